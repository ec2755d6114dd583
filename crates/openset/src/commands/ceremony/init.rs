//! `openset ceremony init`: a root, its two operators, the key of the root after it.

use anyhow::Context;
use openset_crypto::{
    Authority, Identity, KeyUse, Keys, PublicKey, Purpose, Suite,
    authority::{Terms, draft_root, issue},
};
use openset_node::{entropy, keys::KeyHolder};
use openset_protocol::ceremony::{LIFE_YEARS_MAX, Objection, Subject, root_terms};

use super::{
    held::{self, Begun},
    list,
    plate::Plate,
    require_free,
    stick::{self, Stick},
    suite,
};
use crate::{
    args::Init,
    ceremony::{papers, write_pem},
    ending::{Done, Ending},
    said::say,
};

/// Nobody uses the key of a root alone (abuse case 35).
const OPERATORS: u8 = 2;

/// Makes a root.
pub(super) fn init(init: &Init) -> Done {
    require_free(&init.out)?;
    let is_taken = std::fs::read_dir(&init.place.at).is_ok_and(|mut all| all.next().is_some());
    if is_taken {
        return Err(Ending::input(format_args!(
            "{} is not empty; a root begins in a new folder. If an earlier try was broken off, \
             delete it: nothing in it was given out",
            init.place.at.display()
        )));
    }
    let suite = suite(init.suite);
    let subject = Subject {
        country: init.country.clone(),
        brand: init.organization.clone(),
        institution: None,
        name: Some(init.name.clone()),
    };
    require(&subject, init.years)?;
    let stick = Stick::take(&init.place.at)?;
    let made = held::begin(&stick, OPERATORS, &init.place, &init.token)
        .and_then(|begun| make(&stick, &begun, suite, &subject, init.years));
    let identity = match made {
        Ok(identity) => identity,
        Err(ending) => {
            // Nothing in it was given out, so that the next try finds the folder empty.
            std::fs::remove_dir_all(stick.path()).context("what was begun cannot be deleted")?;
            return Err(ending);
        }
    };
    stick::replace(&init.out, write_pem([&identity.certificate])?.as_bytes())?;
    say!("made the root {}", identity.certificate.to_be_signed.subject);
    say!("  its hash     {}", identity.key);
    say!("  certificate  {}", init.out.display());
    say!("  read the hash out to whoever will ask to be certified");
    Ok(())
}

fn require(subject: &Subject, years: u8) -> Done {
    if years == 0 || years > LIFE_YEARS_MAX {
        return Err(Ending::input(Objection::Life { years_max: LIFE_YEARS_MAX }));
    }
    subject.to_name().map(drop).map_err(|_| Ending::input(Objection::Name))
}

fn make(
    stick: &Stick,
    begun: &Begun,
    suite: Suite,
    subject: &Subject,
    years: u8,
) -> Result<Identity, Ending> {
    let keys = begun.keys.as_ref();
    let key = new_key(keys, suite)?;
    let next = new_key(keys, suite)?;
    let now = stick::now();
    let seed = entropy::seed().map_err(anyhow::Error::new)?;
    let terms = root_terms(suite, subject, &key, &next, years, (seed, now));
    let terms = terms.map_err(Ending::input)?;
    let identity = issue_root(suite, &terms, keys)?;
    stick.log(&format!("made the root {}", identity.key))?;
    stick.put_papers(&[(papers::CERTIFICATES, &identity)])?;
    let subject = subject.clone();
    let plate = Plate::new(Authority::Root, suite, identity.key, OPERATORS, &subject);
    list::publish(stick, suite, keys, &[], now)?;
    stick.put_plate(&plate.announcing(&next).holding(begun.token()))?;
    begun.hand_over(stick)?;
    Ok(identity)
}

/// A key that signs as a root.
pub(super) fn new_key(keys: &dyn KeyHolder, suite: Suite) -> anyhow::Result<PublicKey> {
    let kind = Purpose::CertificateSigning(Authority::Root).key_kind(suite);
    Ok(keys.generate(kind, KeyUse::Signs)?)
}

/// A root's own certificate, signed by itself.
fn issue_root(suite: Suite, terms: &Terms<'_>, keys: &dyn Keys) -> Result<Identity, Ending> {
    let draft = draft_root(suite, terms).map_err(Ending::input)?;
    let certificate = issue(&draft, keys).context("the root's key does not sign")?;
    Ok(Identity::new(certificate, Vec::new()).map_err(anyhow::Error::new)?)
}
