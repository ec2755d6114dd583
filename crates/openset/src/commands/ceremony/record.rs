//! What an authority has signed: written down before it is signed (abuse case 30).
//!
//! ```text
//! signed/NUMBER/request.txt     as it came
//!               *.draft         what is signed, octet for octet
//!               answer.txt      there when everything is signed
//! ```
//!
//! The folder appears whole, before the first signature. Without its answer, the same drafts are
//! signed at the next try, or none.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_crypto::{
    Identity, Suite,
    authority::{Draft, restore},
    statement::Statement,
};
use openset_protocol::ceremony::{Paper, Request};

use super::stick::{self, Stick};
use crate::ending::Ending;

/// The record of one request.
pub(super) struct Record(PathBuf);

/// How far a request has come.
pub(super) enum Progress {
    /// Nobody has seen it.
    New,
    /// It was written down, and its answer is not there.
    Begun(Record),
    /// It was answered; the answer lies there.
    Answered(PathBuf),
}

impl Record {
    /// What is known of a request. One that was changed, and one whose keys are certified, is
    /// refused.
    pub(super) fn find(
        stick: &Stick,
        request: &Request,
        asked: &Statement,
    ) -> Result<Progress, Ending> {
        let mine = stick.file("signed").join(&request.number);
        for folder in folders(&stick.file("signed"))? {
            if folder == mine {
                continue;
            }
            let other = read_request(&folder)?;
            let of_other = |key| other.keys.iter().any(|(_, known)| known == key);
            if request.keys.iter().any(|(_, key)| of_other(key)) {
                return Err(Ending::input(format_args!(
                    "a key of this request was certified before, by request {}",
                    other.number
                )));
            }
        }
        if !mine.exists() {
            return Ok(Progress::New);
        }
        if fs::read_to_string(mine.join(REQUEST)).context("the record")? != asked.to_string() {
            return Err(Ending::input(format_args!(
                "another request of the number {} was signed before",
                request.number
            )));
        }
        let answer = mine.join(ANSWER);
        Ok(match answer.exists() {
            true => Progress::Answered(answer),
            false => Progress::Begun(Self(mine)),
        })
    }

    /// Writes down what will be signed.
    pub(super) fn begin(
        stick: &Stick,
        request: &Request,
        asked: &Statement,
        drafts: &[(Paper, Draft)],
    ) -> anyhow::Result<Self> {
        let all = stick.file("signed");
        let new = all.join(format!("{}.new", request.number));
        if new.exists() {
            fs::remove_dir_all(&new)?;
        }
        stick::make_folder(&new)?;
        stick::replace(&new.join(REQUEST), asked.to_string().as_bytes())?;
        for (paper, draft) in drafts {
            stick::replace(&draft_file(&new, *paper), draft.octets())?;
        }
        let folder = all.join(&request.number);
        fs::rename(&new, &folder)?;
        stick::sync(&all)?;
        Ok(Self(folder))
    }

    /// What was to be signed, as it was written down.
    pub(super) fn drafts(
        &self,
        suite: Suite,
        request: &Request,
        issuer: &Identity,
    ) -> Result<Vec<(Paper, Draft)>, Ending> {
        let drafted = |(paper, _): &(Paper, _)| {
            let path = draft_file(&self.0, *paper);
            let octets = fs::read(&path).with_context(|| path.display().to_string())?;
            let draft = restore(suite, &octets, issuer)
                .map_err(|lint| Ending::input(format_args!("{}: {lint}", path.display())))?;
            Ok((*paper, draft))
        };
        request.keys.iter().map(drafted).collect()
    }

    /// Everything is signed.
    pub(super) fn finish(&self, answer: &Statement) -> anyhow::Result<()> {
        stick::replace(&self.0.join(ANSWER), answer.to_string().as_bytes())
    }
}

/// The answers that were given.
pub(super) fn answers(stick: &Stick) -> Result<Vec<Statement>, Ending> {
    let mut answers = Vec::new();
    for folder in folders(&stick.file("signed"))? {
        let path = folder.join(ANSWER);
        if path.exists() {
            answers.push(super::statement(&path)?);
        }
    }
    Ok(answers)
}

fn read_request(folder: &Path) -> Result<Request, Ending> {
    let path = folder.join(REQUEST);
    let unfit = |what| Ending::input(format_args!("{}: {what}", path.display()));
    Request::read(&super::statement(&path)?).map_err(unfit)
}

fn folders(all: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !all.exists() {
        return Ok(Vec::new());
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(all)? {
        let path = entry?.path();
        if path.is_dir() && path.extension().is_none() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn draft_file(folder: &Path, paper: Paper) -> PathBuf {
    folder.join(paper.word()).with_extension("draft")
}

const REQUEST: &str = "request.txt";
const ANSWER: &str = "answer.txt";
