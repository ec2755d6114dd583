//! `openset ceremony accept`: an answer or a newer list, checked before it is taken into use.

use std::fs;

use anyhow::Context;
use openset_crypto::{Authority, Bag, Identity, Trust, statement::Statement};
use openset_protocol::ceremony::{Accepted, Answer, Paper, Request};
use openset_wire::x509::CertificateRevocationList;

use super::{
    brought,
    held::{self, Begun},
    list,
    plate::Plate,
    statement,
    stick::{self, Stick, answers, put_list, read_list},
};
use crate::{
    args::Accept,
    ceremony::{Papers, papers, read_list_pem},
    ending::{Done, Ending},
    said::say,
};

/// Who may stand above an authority and publish a list.
pub(super) const ABOVE: [Authority; 3] =
    [Authority::Root, Authority::Brand, Authority::Geopolitical];

/// Takes a file from above.
pub(super) fn accept(accept: &Accept) -> Done {
    let (stick, plate) = Stick::open(&accept.at)?;
    let text = brought(&accept.file)?;
    let list = read_list_pem(&text)
        .map_err(|error| Ending::input(format_args!("{}: {error:#}", accept.file.display())))?;
    let accepted = match list {
        Some(list) => accept_list(&stick, &plate, &list),
        None => {
            let answer = statement(&accept.file)?;
            accept_answer(&stick, &plate, &answer, accept)
        }
    };
    accepted.map_err(|ending| match ending {
        Ending::Input(error) => {
            let shown = accept.file.display();
            Ending::input(format_args!("{shown}: {error:#}; nothing was accepted"))
        }
        other => other,
    })
}

fn accept_answer(stick: &Stick, plate: &Plate, signed: &Statement, given: &Accept) -> Done {
    let (request, asked) = pending(stick)?;
    let answer = Answer::read(signed).map_err(Ending::input)?;
    let accepted =
        answer.accept(signed, (&request, &asked), stick::now()).map_err(Ending::input)?;
    let role = plate.role()?;
    let publishes = answers(role) && role.publishes_crl();
    // A token holds the keys that have signed the request; nobody is asked to open it for that.
    let is_lost = |own: &Identity| plate.token.is_none() && !stick.holds(&own.key);
    if let Some((_, lost)) = accepted.papers.iter().find(|(_, own)| is_lost(own)) {
        return Err(Ending::input(format_args!("the key {} is not in this folder", lost.key)));
    }
    // Opened before anything is written: a wrong PIN is no half of an acceptance.
    let keys = match publishes {
        true => Some(held::of_role(stick, plate, given.module.as_deref(), &given.into())?),
        false => None,
    };
    require_known_root(stick, plate, &accepted)?;
    put_above(stick, plate, &accepted)?;
    let papers: Vec<_> =
        accepted.papers.iter().map(|(paper, identity)| (file(*paper), identity)).collect();
    stick.put_papers(&papers)?;
    if let Some(Begun { keys, .. }) = keys {
        // Whoever runs alone finds a list of its own, as it finds those from above.
        list::publish(stick, plate.suite, keys.as_ref(), &[], stick::now())?;
    }
    stick.log(&format!("accepted the answer to request {}", request.number))?;
    fs::rename(stick.pending(), stick.file("accepted.request")).context("the request")?;
    say!("accepted certificates: {}", accepted.papers.len());
    for identity in &accepted.above {
        say!("  under  {}", identity.certificate.to_be_signed.subject);
    }
    for (_, own) in accepted.papers.iter().take(1) {
        let read = own.certified(plate.suite).map_err(anyhow::Error::new)?;
        say!("  until  {}", read.not_after());
    }
    Ok(())
}

/// The request that is waited for.
fn pending(stick: &Stick) -> Result<(Request, Statement), Ending> {
    let path = stick.pending();
    if !path.exists() {
        return Err(Ending::input(match stick.file("accepted.request").exists() {
            true => "no answer is waited for; the last request was accepted already",
            false => "no answer is waited for; no request was made in this folder",
        }));
    }
    let asked = statement(&path)?;
    let request = Request::read(&asked).map_err(Ending::input)?;
    Ok((request, asked))
}

/// A root takes another's place only if that one has announced its key (A20).
fn require_known_root(stick: &Stick, plate: &Plate, accepted: &Accepted) -> Done {
    let root = accepted.above.last().context("every answer has a root")?;
    let known = Papers::of(&stick.above(Authority::Root, plate.role()?));
    if !known.has(papers::CERTIFICATES) {
        return Ok(());
    }
    let known = known.take(papers::CERTIFICATES)?;
    if known.key == root.key {
        return Ok(());
    }
    let trust = Trust::new(plate.suite, &[known.certificate]).map_err(anyhow::Error::new)?;
    trust.roll_root(&root.certificate, stick::now()).map_err(|why| {
        Ending::input(format_args!(
            "another root is believed here, and this one does not take its place: {why}"
        ))
    })
}

/// Writes down those above, and their lists.
fn put_above(stick: &Stick, plate: &Plate, accepted: &Accepted) -> Done {
    let role = plate.role()?;
    for identity in &accepted.above {
        let above = role_of(plate, identity)?;
        let folder = stick.above(above, role);
        Papers::of(&folder).keep(papers::CERTIFICATES, identity)?;
        for lister in &accepted.listers {
            if lister.to_be_signed.subject == identity.certificate.to_be_signed.subject {
                let chain = identity.chain.clone();
                let lister = Identity::new(lister.clone(), chain).map_err(anyhow::Error::new)?;
                Papers::of(&folder).keep(papers::LISTS, &lister)?;
            }
        }
        for list in &accepted.lists {
            let is_its = list.to_be_signed.issuer == identity.certificate.to_be_signed.subject;
            let before = read_list(&folder)?;
            let is_newer = before.is_none_or(|before| list::number(&before) < list::number(list));
            if is_its && is_newer {
                put_list(&folder, list)?;
            }
        }
    }
    Ok(())
}

/// A newer list of somebody above.
fn accept_list(stick: &Stick, plate: &Plate, list: &CertificateRevocationList) -> Done {
    let role = plate.role()?;
    let mut bag = Bag::default();
    let mut publisher = None;
    let mut root = None;
    for above in ABOVE.into_iter().filter(|above| *above != role) {
        let folder = stick.above(above, role);
        let kept = Papers::of(&folder);
        for paper in [papers::CERTIFICATES, papers::LISTS] {
            if kept.has(paper) {
                let identity = kept.take(paper)?;
                if identity.certificate.to_be_signed.subject == list.to_be_signed.issuer {
                    publisher = Some(folder.clone());
                }
                if above == Authority::Root && paper == papers::CERTIFICATES {
                    root = Some(identity.certificate.clone());
                }
                bag = bag.and(&identity);
            }
        }
    }
    let (Some(folder), Some(root)) = (publisher, root) else {
        return Err(Ending::input("it is the list of nobody above this authority"));
    };
    let trust = Trust::new(plate.suite, &[root]).map_err(anyhow::Error::new)?;
    let now = stick::now();
    if let Some(before) = read_list(&folder)? {
        // An older one has ended perhaps; the number of what is taken must be higher all the same.
        if list::number(&before) >= list::number(list) {
            return Err(Ending::input(format_args!(
                "list {} or a newer one is here already",
                list::number(list)
            )));
        }
    }
    trust.learn_crl(list, &bag, now).map_err(Ending::input)?;
    stick.log(&format!("accepted list {} of {}", list::number(list), list.to_be_signed.issuer))?;
    put_list(&folder, list)?;
    say!("accepted list {} of {}", list::number(list), list.to_be_signed.issuer);
    Ok(())
}

fn role_of(plate: &Plate, identity: &Identity) -> Result<Authority, Ending> {
    let read = identity.certified(plate.suite).map_err(anyhow::Error::new)?;
    Ok(read.authorities().next().context("no authority's certificate")?)
}

fn file(paper: Paper) -> &'static str {
    match paper {
        Paper::Certificates => papers::CERTIFICATES,
        Paper::Lists => papers::LISTS,
        Paper::Signature => papers::SIGNATURE,
        Paper::Encipherment => papers::ENCIPHERMENT,
    }
}
