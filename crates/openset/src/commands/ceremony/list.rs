//! `openset ceremony list`: the next list of revoked certificates of an authority that is apart,
//! and what a brand says of the lists of those below it.

use std::path::Path;

use anyhow::Context;
use data_encoding::HEXLOWER;
use openset_crypto::{
    Authority, Keys, Suite,
    authority::{CrlTerms, Revoked, crl},
};
use openset_protocol::ceremony::Answer;
use openset_types::UnixTime;
use openset_wire::x509::{CertificateRevocationList, CrlNumber, Serial};

use super::{
    brought, held, named, record, require_free,
    stick::{self, Stick, answers},
};
use crate::{
    args::List,
    ceremony::{Carried, write_list_pem},
    commands::{ca::reason, terminal},
    ending::{Done, Ending},
    said::say,
};

const DAY_S: i64 = 86_400;
/// How long a list is good: its operators meet twice a year.
pub(super) const GOOD_S: i64 = 200 * DAY_S;

/// Makes the next list; a brand also says which lists are the current ones.
pub(super) fn list(list: &List) -> Done {
    require_free(&list.out)?;
    let (stick, plate) = Stick::open(&list.place.at)?;
    let role = plate.role()?;
    if answers(role) {
        return Err(Ending::input(
            "this authority answers messages, and whoever runs it keeps its list current",
        ));
    }
    stick.identity()?;
    let now = stick::now();
    let mut revoked = issued(&stick, &list.revoke)?
        .into_iter()
        .map(|serial| Revoked { serial, at: now, reason: list.reason.map(reason) })
        .collect::<Vec<_>>();
    let mut brought_all = Vec::new();
    for path in &list.files {
        let unfit = |error| Ending::input(format_args!("{}: {error:#}", path.display()));
        let carried = Carried::read(&brought(path)?).map_err(unfit)?;
        show(path, &carried);
        let wished: Vec<_> = carried.wishes.iter().map(|wish| wish.entry(now)).collect();
        let serials = wished.iter().map(|entry| HEXLOWER.encode(entry.serial.as_bytes()));
        issued(&stick, &serials.collect::<Vec<_>>())?;
        revoked.extend(wished);
        brought_all.push(carried);
    }
    if !brought_all.is_empty() && !list.yes && !terminal::agree("Do this?")? {
        stick.log("lists that were brought were not agreed to")?;
        return Err(Ending::No);
    }
    if role == Authority::Brand {
        brought_all.iter().try_for_each(|carried| named::take(&stick, &plate, carried, now))?;
    }
    let keys = held::open(&stick, &plate, &list.place)?;
    let keys: &dyn Keys = keys.as_ref();
    let made = publish(&stick, plate.suite, keys, &revoked, now)?;
    let answer = match role {
        Authority::Brand => named::answer(&stick, &plate, &made, keys, now)?.write()?,
        _ => write_list_pem(&made)?,
    };
    stick::replace(&list.out, answer.as_bytes())?;
    let entries = made.to_be_signed.revoked_certificates.as_ref().map_or(0, Vec::len);
    say!("made list {} of {}", number(&made), made.to_be_signed.issuer);
    say!("  taken back   {entries}");
    if let Some(next) = &made.to_be_signed.next_update {
        say!("  good until   {}", next.moment());
    }
    if role == Authority::Brand {
        let named = Carried::read(&answer)?.lists.len();
        say!("  named        {named} lists, as the current ones");
    }
    say!("  list         {}", list.out.display());
    Ok(())
}

/// What the operators read before they agree.
fn show(path: &Path, carried: &Carried) {
    say!("{}", path.display());
    for list in &carried.lists {
        let entries = list.to_be_signed.revoked_certificates.as_ref().map_or(0, Vec::len);
        let issuer = &list.to_be_signed.issuer;
        say!("  names list   {} of {issuer}, taken back: {entries}", number(list));
    }
    for wish in &carried.wishes {
        say!("  take back    {wish}");
    }
}

/// Makes an authority's next list: what the one before took back, and more.
pub(super) fn publish(
    stick: &Stick,
    suite: Suite,
    keys: &dyn Keys,
    more: &[Revoked],
    now: UnixTime,
) -> Result<CertificateRevocationList, Ending> {
    let before = stick.list()?;
    let mut revoked = before.as_ref().map(entries).transpose()?.unwrap_or_default();
    for entry in more {
        if revoked.iter().all(|known| known.serial != entry.serial) {
            revoked.push(entry.clone());
        }
    }
    let terms = CrlTerms {
        number: before.as_ref().map_or(0, number).saturating_add(1),
        this_update: now.plus_s(-60),
        next_update: now.plus_s(GOOD_S),
        revoked: &revoked,
    };
    stick.log(&format!("list {} with {} entries", terms.number, revoked.len()))?;
    let list = crl(suite, &terms, &stick.lister()?, keys).context("the list is not signed")?;
    stick.put_list(&list)?;
    Ok(list)
}

/// The numbers to be taken back: each of a certificate that was issued here.
fn issued(stick: &Stick, asked: &[String]) -> Result<Vec<Serial>, Ending> {
    let mut issued = Vec::new();
    for answer in record::answers(stick)? {
        let answer = Answer::read(&answer).map_err(Ending::input)?;
        let serial = |(_, one): &(_, openset_wire::x509::Certificate)| {
            one.to_be_signed.serial_number.clone()
        };
        issued.extend(answer.certificates.iter().map(serial));
    }
    let find = |text: &String| {
        let octets = HEXLOWER.decode(text.to_ascii_lowercase().as_bytes()).unwrap_or_default();
        let found = issued.iter().find(|serial| serial.as_bytes() == octets).cloned();
        found.ok_or_else(|| {
            Ending::input(format_args!("no certificate of the number {text} was issued here"))
        })
    };
    asked.iter().map(find).collect()
}

fn entries(list: &CertificateRevocationList) -> anyhow::Result<Vec<Revoked>> {
    let entries = list.to_be_signed.revoked_certificates.iter().flatten();
    Ok(entries.map(Revoked::read).collect::<Result<_, _>>()?)
}

/// The number of a list.
pub(super) fn number(list: &CertificateRevocationList) -> u64 {
    let extensions = list.to_be_signed.crl_extensions.as_ref();
    let number = extensions.and_then(|all| all.get::<CrlNumber>().ok().flatten());
    number.map_or(0, |number| number.0)
}
