//! `openset ceremony roll`: the root whose key was announced takes the place of the one before.

use std::{fs, path::PathBuf};

use anyhow::Context;
use data_encoding::BASE64;
use openset_crypto::{
    Identity, PublicKey, Suite, Trust,
    authority::{Draft, draft_root, issue, restore_root},
};
use openset_node::{entropy, keys::KeyHolder};
use openset_protocol::ceremony::root_terms;
use openset_types::UnixTime;

use super::{
    held,
    init::new_key,
    list,
    plate::Plate,
    require_free,
    stick::{self, Stick},
};
use crate::{
    args::Roll,
    ceremony::{papers, write_pem},
    ending::{Done, Ending},
    said::say,
};

/// Makes the next root.
pub(super) fn roll(roll: &Roll) -> Done {
    require_free(&roll.out)?;
    let (stick, plate) = Stick::open(&roll.place.at)?;
    if plate.role()? != openset_crypto::Authority::Root {
        return Err(Ending::input("only a root announces the key of the next one"));
    }
    let before = stick.identity()?;
    let keys = held::open(&stick, &plate, &roll.place)?;
    let keys = keys.as_ref();
    let now = stick::now();
    let step = match Step::begun(&stick, plate.suite)? {
        Some(step) => step,
        None => Step::begin(&stick, &plate, roll, keys, now)?,
    };
    let identity = match before.certificate.to_be_signed.octets() == step.draft.octets() {
        // It was signed before a crash, and is not signed twice.
        true => before,
        false => replace(&stick, &plate, &before, &step, keys)?,
    };
    let mut subject = plate.subject();
    subject.name = identity.certificate.to_be_signed.subject.common_name().map(str::to_owned);
    let role = plate.role()?;
    let next = Plate::new(role, plate.suite, identity.key, plate.operators, &subject);
    list::publish(&stick, plate.suite, keys, &[], now)?;
    stick.put_plate(&next.announcing(&step.after).holding(plate.token.clone()))?;
    step.end(&stick)?;
    stick::replace(&roll.out, write_pem([&identity.certificate])?.as_bytes())?;
    say!("made the root {}", identity.certificate.to_be_signed.subject);
    say!("  its hash     {}", identity.key);
    say!("  certificate  {}", roll.out.display());
    say!("  brands ask to be certified again, under this hash");
    Ok(())
}

/// Signs the next root and puts it in the place of the one before.
fn replace(
    stick: &Stick,
    plate: &Plate,
    before: &Identity,
    step: &Step,
    keys: &dyn KeyHolder,
) -> Result<Identity, Ending> {
    let certificate = issue(&step.draft, keys).context("the announced key does not sign")?;
    let identity = Identity::new(certificate, Vec::new()).map_err(anyhow::Error::new)?;
    require_announced(plate.suite, before, &identity, stick::now())?;
    stick.log(&format!("the root {} takes the place of {}", identity.key, before.key))?;
    stick.put_papers(&[(papers::CERTIFICATES, &identity)])?;
    Ok(identity)
}

/// What everybody who believes the root before will check.
fn require_announced(suite: Suite, before: &Identity, new: &Identity, now: UnixTime) -> Done {
    let trust = Trust::new(suite, std::slice::from_ref(&before.certificate));
    let trust = trust.map_err(anyhow::Error::new)?;
    Ok(trust.roll_root(&new.certificate, now).context("nobody would believe the new root")?)
}

/// A root that is being made: written down before it is signed, and taken up again after a crash.
struct Step {
    draft: Draft,
    /// The key that it announces.
    after: PublicKey,
}

impl Step {
    fn begun(stick: &Stick, suite: Suite) -> Result<Option<Self>, Ending> {
        let [draft, after] = files(stick);
        if !draft.exists() {
            return Ok(None);
        }
        let read = fs::read(&draft).with_context(|| draft.display().to_string())?;
        let draft = restore_root(suite, &read).map_err(Ending::input)?;
        let after = fs::read(&after).with_context(|| after.display().to_string())?;
        let after = PublicKey::from_der(suite, &BASE64.decode(&after).context("the next key")?);
        Ok(Some(Self { draft, after: after.map_err(anyhow::Error::new)? }))
    }

    fn begin(
        stick: &Stick,
        plate: &Plate,
        roll: &Roll,
        keys: &dyn KeyHolder,
        now: UnixTime,
    ) -> Result<Self, Ending> {
        let announced = plate.next()?;
        let after = new_key(keys, plate.suite)?;
        let mut subject = plate.subject();
        if let Some(name) = &roll.name {
            subject.name = Some(name.clone());
        }
        let seed = entropy::seed().map_err(anyhow::Error::new)?;
        let terms = root_terms(plate.suite, &subject, &announced, &after, roll.years, (seed, now));
        let terms = terms.map_err(Ending::input)?;
        let draft = draft_root(plate.suite, &terms).map_err(Ending::input)?;
        let [draft_file, after_file] = files(stick);
        stick::replace(&after_file, BASE64.encode(after.der()).as_bytes())?;
        stick::replace(&draft_file, draft.octets())?;
        Ok(Self { draft, after })
    }

    /// Forgets it: the root is in use.
    fn end(&self, stick: &Stick) -> anyhow::Result<()> {
        files(stick).iter().try_for_each(fs::remove_file).context("the draft of the root")
    }
}

fn files(stick: &Stick) -> [PathBuf; 2] {
    ["root.draft", "root.after"].map(|name| stick.file(name))
}
