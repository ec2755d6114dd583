//! `openset ceremony sign`: people read what is asked for, agree, and it is signed.

use std::path::Path;

use anyhow::Context;
use openset_crypto::{Identity, Keys, authority::issue, statement::Statement};
use openset_node::entropy;
use openset_protocol::ceremony::{Answer, Parent, Request, draft_all, judge, word};

use super::{
    held, list,
    plate::Plate,
    record::{Progress, Record},
    require_free, statement,
    stick::{self, Stick, read_list},
};
use crate::{
    args::Sign,
    ceremony::{Papers, papers},
    commands::terminal,
    ending::{Done, Ending},
    said::say,
};

/// Shows a request and signs it.
pub(super) fn sign(sign: &Sign) -> Done {
    require_free(&sign.out)?;
    let (stick, plate) = Stick::open(&sign.place.at)?;
    let asked = statement(&sign.request)?;
    let (request, progress) = match examine(&stick, &plate, &asked) {
        Ok(examined) => examined,
        Err(Ending::Input(error)) => {
            stick.log(&format!("refused a request: {error:#}"))?;
            let shown = sign.request.display();
            return Err(Ending::input(format_args!("{shown}: {error:#}; nothing was signed")));
        }
        Err(ending) => return Err(ending),
    };
    show(&request);
    if !sign.yes && !terminal::agree("Sign this?")? {
        stick.log(&format!("request {} was not agreed to", request.number))?;
        return Err(Ending::No);
    }
    let keys = held::open(&stick, &plate, &sign.place)?;
    let answer = answer(&stick, &plate, (&request, &asked), progress, keys.as_ref())?;
    stick::replace(&sign.out, answer.to_string().as_bytes())?;
    say!("signed for request {}, certificates: {}", request.number, request.keys.len());
    say!("  answer  {}", sign.out.display());
    Ok(())
}

/// Everything that can be refused without a key.
fn examine(stick: &Stick, plate: &Plate, asked: &Statement) -> Result<(Request, Progress), Ending> {
    let request = Request::read(asked).map_err(Ending::input)?;
    let identity = stick.identity()?;
    judge(&request, &parent(plate, &identity)?, stick::now()).map_err(Ending::input)?;
    match Record::find(stick, &request, asked)? {
        Progress::Answered(answer) => Err(Ending::input(format_args!(
            "this request was signed before, and its answer lies in {}",
            answer.display()
        ))),
        progress => Ok((request, progress)),
    }
}

fn parent<'a>(plate: &Plate, identity: &'a Identity) -> Result<Parent<'a>, Ending> {
    Ok(Parent { suite: plate.suite, role: plate.role()?, identity, root: plate.root })
}

/// What the operators read before they agree.
fn show(request: &Request) {
    let wanted = &request.wanted;
    say!("request {}", request.number);
    say!("  made          {}, to be signed until {}", request.made, request.expires());
    say!("  wants to be   a {} authority", word(wanted.role));
    say!("  of the brand  {}", wanted.subject.brand);
    let also = [&wanted.subject.institution, &wanted.subject.name];
    let also: Vec<_> = also.into_iter().flatten().map(String::as_str).collect();
    say!("  named         {}", also.join(", "));
    say!("  in            {}", wanted.subject.country);
    say!("  for           {} years, in suite {}", wanted.life_years, wanted.suite);
    for (paper, key) in &request.keys {
        say!("  key           {} for {}", key.id(), paper.word());
    }
}

/// Writes down what is signed, signs it, writes down the answer.
fn answer(
    stick: &Stick,
    plate: &Plate,
    (request, asked): (&Request, &Statement),
    progress: Progress,
    keys: &dyn Keys,
) -> Result<Statement, Ending> {
    let (suite, identity) = (plate.suite, stick.identity()?);
    let (record, drafts) = match progress {
        Progress::Begun(record) => {
            stick.log(&format!("request {} is taken up again", request.number))?;
            let drafts = record.drafts(suite, request, &identity)?;
            (record, drafts)
        }
        Progress::New | Progress::Answered(_) => {
            let seed = entropy::seed().map_err(anyhow::Error::new)?;
            let parent = parent(plate, &identity)?;
            let drafts = draft_all(request, &parent, seed, stick::now()).map_err(Ending::input)?;
            stick.log(&format!("request {} is written down", request.number))?;
            (Record::begin(stick, request, asked, &drafts)?, drafts)
        }
    };
    let mut certificates = Vec::new();
    for (paper, draft) in &drafts {
        let certificate = issue(draft, keys).context("the key does not sign")?;
        certificates.push((*paper, certificate));
    }
    let mut answer = Answer {
        number: request.number.clone(),
        request: asked.name(),
        certificates,
        above: [std::slice::from_ref(&identity.certificate), &identity.chain].concat(),
        listers: Vec::new(),
        lists: Vec::new(),
    };
    add_lists(stick, plate, keys, &mut answer)?;
    let signed = answer.sign(identity.key, keys).map_err(Ending::input)?;
    record.finish(&signed)?;
    stick.log(&format!("request {} is signed", request.number))?;
    Ok(signed)
}

/// Adds one's own list, made anew, and those from above.
fn add_lists(
    stick: &Stick,
    plate: &Plate,
    keys: &dyn Keys,
    answer: &mut Answer,
) -> Result<(), Ending> {
    answer.lists.push(list::publish(stick, plate.suite, keys, &[], stick::now())?);
    answer.listers.extend(lister_in(stick.path())?);
    let role = plate.role()?;
    for above in super::accept::ABOVE.into_iter().filter(|above| *above != role) {
        let folder = stick.above(above, role);
        answer.lists.extend(read_list(&folder)?);
        answer.listers.extend(lister_in(&folder)?);
    }
    Ok(())
}

fn lister_in(folder: &Path) -> anyhow::Result<Option<openset_wire::x509::Certificate>> {
    let papers = Papers::of(folder);
    let has = papers.has(papers::LISTS);
    has.then(|| papers.take(papers::LISTS).map(|lister| lister.certificate)).transpose()
}
