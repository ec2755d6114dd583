//! A brand whose keys are on a stick says which lists are the current ones: its own, those above
//! it, and those of the authorities below that were brought to it.

use anyhow::Context;
use openset_crypto::{
    Authority, Bag, Keys, Trust,
    authority::{BciTerms, bci},
};
use openset_types::{Brand, UnixTime};
use openset_wire::{
    der::{decode, encode},
    x509::{BrandCrlIdentifier, Certificate, CertificateRevocationList, Name},
};

use super::{
    accept::ABOVE,
    list::{GOOD_S, number},
    plate::Plate,
    stick::{self, Stick, read_list},
};
use crate::{
    ceremony::{
        Carried, Papers,
        elsewhere::{heard_in, put_heard},
        papers,
    },
    ending::{Done, Ending},
};

/// The lists of authorities below, on a brand's stick.
const BELOW: &str = "below";
const BCI: &str = "current.bci";

/// Takes the lists that were brought: each of an authority of this brand, and none older than the
/// last that was brought of it.
pub(super) fn take(stick: &Stick, plate: &Plate, carried: &Carried, now: UnixTime) -> Done {
    let trust = trust(stick, plate)?;
    let mut bag = Bag::of(&stick.identity()?);
    bag.certificates.extend(carried.certificates.iter().cloned());
    let below = stick.path().join(BELOW);
    for known in heard_in(&below)? {
        let mut bag = bag.clone();
        bag.certificates.extend(known.certificates);
        // One that is not good any more may be followed by a newer one.
        let _ = trust.learn_crl(&known.list, &bag, now);
    }
    for list in &carried.lists {
        let issuer = &list.to_be_signed.issuer;
        if is_above(stick, issuer)? {
            continue;
        }
        if issuer.organization() != Some(plate.subject().brand.as_str()) {
            return Err(Ending::input(format_args!("a list of another brand: {issuer}")));
        }
        trust.learn_crl(list, &bag, now).map_err(|why| {
            Ending::input(format_args!("list {} of {issuer}: {why}", number(list)))
        })?;
    }
    let mut known = Vec::new();
    for octets in trust.remember().map_err(anyhow::Error::new)?.authorities {
        known.push(decode::<Certificate>(&octets).map_err(anyhow::Error::new)?);
    }
    for list in &carried.lists {
        if !is_above(stick, &list.to_be_signed.issuer)? {
            put_heard(&below, list, &known)?;
        }
    }
    Ok(())
}

/// What goes back to the houses: every list, and the brand's word on them.
pub(super) fn answer(
    stick: &Stick,
    plate: &Plate,
    made: &CertificateRevocationList,
    keys: &dyn Keys,
    now: UnixTime,
) -> Result<Carried, Ending> {
    let identity = stick.identity()?;
    let mut carried = Carried { lists: vec![made.clone()], ..Carried::default() };
    carried.certificates.push(stick.lister()?.certificate);
    for above in above(plate)? {
        carried.lists.extend(read_list(&stick.above(above, plate.role()?))?);
    }
    for heard in heard_in(&stick.path().join(BELOW))? {
        carried.lists.push(heard.list);
        carried.certificates.extend(heard.certificates);
    }
    carried.certificates.extend(identity.chain.iter().cloned());
    carried.certificates.push(identity.certificate.clone());
    let lists = carried.lists.iter().map(|list| (list.to_be_signed.issuer.clone(), number(list)));
    let path = stick.path().join(BCI);
    let before = match std::fs::read(&path) {
        Ok(octets) => Some(decode::<BrandCrlIdentifier>(&octets).map_err(anyhow::Error::new)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Ending::Machine(error.into())),
    };
    let terms = BciTerms {
        sequence: before.map_or(1, |before| before.to_be_signed.sequence_num.saturating_add(1)),
        brand: &Brand::parse(&plate.subject().brand).map_err(anyhow::Error::new)?,
        not_before: now.plus_s(-60),
        not_after: now.plus_s(GOOD_S),
        lists: &lists.collect::<Vec<_>>(),
    };
    stick.log(&format!("named {} lists, number {}", terms.lists.len(), terms.sequence))?;
    let said = bci(plate.suite, &terms, &stick.lister()?, keys);
    let said = said.context("the brand's word on its lists is not signed")?;
    stick::replace(&path, &encode(&said).map_err(anyhow::Error::new)?)?;
    carried.bci = Some(said);
    Ok(carried)
}

/// The root that stands above, with the lists above.
fn trust(stick: &Stick, plate: &Plate) -> Result<Trust, Ending> {
    let root = Papers::of(&stick.above(Authority::Root, plate.role()?));
    let root = root.take(papers::CERTIFICATES)?.certificate;
    Ok(Trust::new(plate.suite, &[root]).map_err(anyhow::Error::new)?)
}

/// Whether a list is the brand's own, or of somebody above it.
fn is_above(stick: &Stick, issuer: &Name) -> Result<bool, Ending> {
    let own = stick.identity()?;
    let mut all = own.chain.iter().chain([&own.certificate]);
    Ok(all.any(|one| one.to_be_signed.subject == *issuer))
}

fn above(plate: &Plate) -> Result<Vec<Authority>, Ending> {
    let role = plate.role()?;
    Ok(ABOVE.into_iter().take_while(|above| *above != role).collect())
}
