//! `openset ceremony request`: the keys of an authority, and a file that asks for certificates.

use anyhow::Context;
use data_encoding::HEXLOWER;
use openset_crypto::{Authority, KeyId};
use openset_node::entropy;
use openset_protocol::ceremony::{Request, Subject, Wanted, word};

use super::{
    held::{self, Begun},
    plate::Plate,
    require_free, statement,
    stick::{self, Stick, answers},
    suite,
};
use crate::{
    args,
    ending::{Done, Ending},
    said::say,
};

/// Makes keys and asks for certificates of them.
pub(super) fn request(arguments: &args::Request) -> Done {
    require_free(&arguments.out)?;
    let wanted = wanted(arguments)?;
    let stick = Stick::take(&arguments.place.at)?;
    let before = stick.plate()?;
    let plate = plate(&stick, before.as_ref(), &wanted, arguments.operators)?;
    require_none_pending(&stick, arguments.replace)?;
    let begun = keys(&stick, &plate, before.is_some(), arguments)?;
    let (plate, keys) = (plate.holding(begun.token()), begun.keys.as_ref());
    let mut certified = Vec::new();
    for paper in wanted.papers() {
        let purpose = paper.purpose(wanted.role);
        let key = keys.generate(purpose.key_kind(wanted.suite), purpose.key_use());
        certified.push((paper, key.context("no key was made")?));
    }
    let [number, ..] =
        entropy::seed().map_err(anyhow::Error::new)?.as_chunks::<16>().0.to_vec()[..]
    else {
        return Err(anyhow::anyhow!("no randomness").into());
    };
    let request =
        Request { number: HEXLOWER.encode(&number), wanted, made: stick::now(), keys: certified };
    let signed = request.sign(keys).context("the new keys do not sign")?;
    stick.log(&format!("asked to be certified by request {}", request.number))?;
    stick.put_plate(&plate)?;
    begun.hand_over(&stick)?;
    let text = signed.to_string();
    stick::replace(&stick.pending(), text.as_bytes())?;
    stick::replace(&arguments.out, text.as_bytes())?;
    say!("made keys in {}: {}", stick.path().display(), request.keys.len());
    say!("  request  {}", arguments.out.display());
    say!("  number   {}", request.number);
    say!("  it is to be signed until {}", request.expires());
    Ok(())
}

fn wanted(arguments: &args::Request) -> Result<Wanted, Ending> {
    let root = KeyId::parse(&arguments.root)
        .map_err(|what| Ending::input(format_args!("--root {}: {what}", arguments.root)))?;
    let wanted = Wanted {
        suite: suite(arguments.suite),
        role: arguments.role.into(),
        subject: Subject {
            country: arguments.country.clone(),
            brand: arguments.brand.clone(),
            institution: arguments.institution.clone(),
            name: arguments.name.clone(),
        },
        life_years: arguments.years,
        lists_apart: arguments.lists_apart,
        root,
    };
    wanted.check().map_err(Ending::input)?;
    Ok(wanted)
}

/// What the folder is, or is to be: an authority does not become another one.
fn plate(
    stick: &Stick,
    before: Option<&Plate>,
    wanted: &Wanted,
    operators: u8,
) -> Result<Plate, Ending> {
    let operators = if answers(wanted.role) { 0 } else { operators };
    let Some(before) = before else {
        require_place(stick, wanted.role)?;
        let Wanted { suite, role, root, ref subject, .. } = *wanted;
        return Ok(Plate::new(role, suite, root, operators, subject));
    };
    let same = before.role()? == wanted.role
        && before.suite == wanted.suite
        && before.subject().brand == wanted.subject.brand;
    if !same {
        return Err(Ending::input(format_args!(
            "{} is the folder of the {} authority of {}",
            stick.path().display(),
            word(before.role()?),
            before.subject().brand
        )));
    }
    let Wanted { suite, role, root, ref subject, .. } = *wanted;
    let plate = Plate::new(role, suite, root, before.operators, subject);
    Ok(plate.holding(before.token.clone()))
}

/// A running role looks for its folder by name.
fn require_place(stick: &Stick, role: Authority) -> Done {
    let name = crate::ceremony::folder(role);
    if answers(role) && stick.path().file_name().is_none_or(|found| found != name) {
        return Err(Ending::input(format_args!(
            "{} is to be called {name}: there, in its data folder, the running role looks for it",
            stick.path().display()
        )));
    }
    Ok(())
}

fn require_none_pending(stick: &Stick, replace: bool) -> Done {
    let path = stick.pending();
    if !path.exists() || replace {
        return Ok(());
    }
    let before = statement(&path).ok().and_then(|asked| Request::read(&asked).ok());
    match before {
        Some(before) if stick::now() <= before.expires() => Err(Ending::input(format_args!(
            "request {} waits for its answer; it lies in {}\n  try: --replace, if it is not to \
             be answered",
            before.number,
            path.display()
        ))),
        // An expired request, or a file that is none, is in nobody's way.
        _ => Ok(()),
    }
}

/// The folder's keys. Shares of a folder that nothing stands on yet are left from a try that was
/// broken off: nothing was ever asked under them.
fn keys(
    stick: &Stick,
    plate: &Plate,
    is_there: bool,
    arguments: &args::Request,
) -> Result<Begun, Ending> {
    let args::Request { place, token, .. } = arguments;
    if is_there {
        held::require_same(plate, token)?;
    }
    match (answers(plate.role()?), is_there) {
        (true, _) => held::of_role(stick, plate, place.module.as_deref(), token),
        (false, true) => held::open(stick, plate, place).map(|keys| Begun::before(keys, plate)),
        (false, false) => held::begin(stick, plate.operators, place, token),
    }
}
