//! How news of lists travels: from an authority to its brand, and from the brand to everybody.
//!
//! The brand is in this house or in another one. What it has not taken is told again: the outbox
//! is the list on the disk, beside which stands which one the brand has taken. So the newest list
//! is told, and signed when it is sent: an old signature would be refused.

use std::{fs, path::PathBuf};

use anyhow::Context;
use data_encoding::HEXLOWER;
use openset_crypto::{Authority as Kind, Thumb};
use openset_node::http::{Media, client::Unanswered};
use openset_protocol::refusal::Refusal;
use openset_wire::{cert::CrlNotification, opaque::Signed, x509::CertificateRevocationList};

use super::clerk::Clerk;
use crate::{
    ceremony::{self, Rings, Seat},
    house::{ground::Ground, hearing::DISTRIBUTIONS},
};

/// The file that says which list the brand has taken.
const TAKEN: &str = "taken-by-brand";

/// Whether a party has heard the brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Who: a role of this house, or where another one is.
    pub(crate) role: String,
    /// Nothing if it has; otherwise why not. It reads the lists itself within the hour.
    pub(crate) why_not: Option<String>,
}

/// Why a brand whose keys are on a stick hears nothing.
const APART: &str =
    "its keys are apart; carry its ceremony what openset ca publish --request FILE writes";

/// The brand, as those see it who are told.
pub(crate) const BRAND: &str = "brand";

/// CRLNotification: an authority below the brand tells the brand of its list, which takes it and
/// says so. Root and brand tell nobody: theirs is not the brand's to take. Says how it went where
/// the brand is in another house.
pub(super) async fn notify(
    ground: &Ground,
    rings: &Rings<'_>,
    by: Seat,
    list: &CertificateRevocationList,
) -> anyhow::Result<Option<Heard>> {
    if let Kind::Root | Kind::Brand = by.kind {
        return Ok(None);
    }
    if rings.hold(Seat::BRAND) {
        return at_home(ground, rings, by, list).map(|()| None);
    }
    let why_not = match deliver(ground, rings, by).await {
        Ok(()) => None,
        Err(_) if ground.neighbours.notify.is_none() => Some(APART.to_owned()),
        Err(error) => Some(format!("{error:#}; it is told again when the authority is served")),
    };
    Ok(Some(Heard { role: BRAND.to_owned(), why_not }))
}

/// Both are in this house.
fn at_home(
    ground: &Ground,
    rings: &Rings<'_>,
    by: Seat,
    list: &CertificateRevocationList,
) -> anyhow::Result<()> {
    let signer = ceremony::lister::of(&ground.data, by)?;
    let (authority, brand) =
        (Clerk::of(ground, rings, by)?, Clerk::of(ground, rings, Seat::BRAND)?);
    let told = || -> Result<(), Refusal> {
        let notice = authority.desk(ground).notify(list, &signer, &authority.signature)?;
        let notice = CrlNotification::from_octets(notice.octets().to_vec())?;
        let taken = brand.desk(ground).on_notification(&notice, &brand.signature)?;
        authority.desk(ground).on_taken(&Signed::from_octets(taken.octets().to_vec())?, list)
    };
    Ok(told()?)
}

/// The list of an authority that its brand, in another house, has not taken yet.
pub(crate) fn untaken(
    ground: &Ground,
    by: Seat,
) -> anyhow::Result<Option<CertificateRevocationList>> {
    let Some(list) = ceremony::own(&ground.data, by)? else { return Ok(None) };
    let taken = match fs::read_to_string(taken_file(ground, by)) {
        Ok(taken) => taken,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).context("which list the brand has taken"),
    };
    Ok((taken.trim() != name(ground, &list)).then_some(list))
}

/// Tells the brand, in another house, of the list that it has not taken, if there is one, and
/// writes down that it has.
pub(crate) async fn deliver(ground: &Ground, rings: &Rings<'_>, by: Seat) -> anyhow::Result<()> {
    let Some(list) = untaken(ground, by)? else { return Ok(()) };
    let url = ground.neighbours.notify.as_deref();
    let url = url.context("nothing says where the brand is: notify under [lists]")?;
    let signer = ceremony::lister::of(&ground.data, by)?;
    let authority = Clerk::of(ground, rings, by)?;
    let notice = authority.desk(ground).notify(&list, &signer, &authority.signature)?;
    let octets = notice.octets().to_vec();
    let answer = ground.client.ask(url, Media::Registration, octets).await;
    let answer = answer.map_err(|unanswered| match unanswered {
        Unanswered::Status(422) => anyhow::anyhow!("it did not believe the list"),
        unanswered => unanswered.into(),
    })?;
    authority.desk(ground).on_taken(&Signed::from_octets(answer)?, &list)?;
    let path = taken_file(ground, by);
    fs::write(&path, name(ground, &list)).with_context(|| path.display().to_string())
}

fn taken_file(ground: &Ground, by: Seat) -> PathBuf {
    ground.data.join(by.folder).join(TAKEN)
}

fn name(ground: &Ground, list: &CertificateRevocationList) -> String {
    HEXLOWER.encode(Thumb::of_crl(ground.suite, list).as_bytes())
}

/// Who heard and who did not, as the audit trail has it.
pub(super) fn said(heard: &[Heard]) -> String {
    let silent = heard.iter().filter(|one| one.why_not.is_some());
    let silent: Vec<_> = silent.map(|one| one.role.as_str()).collect();
    match silent.is_empty() {
        true => "all heard".to_owned(),
        false => format!("not heard by {}", silent.join(" ")),
    }
}

/// BCIDistribution: what the brand says goes to every party that listens. Where the brand is in
/// another house, what it says is fetched there.
pub(crate) async fn tell(ground: &Ground, rings: &Rings<'_>) -> anyhow::Result<Vec<Heard>> {
    let message = match (rings.hold(Seat::BRAND), &ground.neighbours.fetch) {
        (true, _) => {
            let brand = Clerk::of(ground, rings, Seat::BRAND)?;
            let message = brand.desk(ground).distribute(ground.lists.bci(), &brand.signature)?;
            message.octets().to_vec()
        }
        (false, Some(url)) => match ground.client.get(url).await {
            Ok(message) => message,
            Err(unanswered) => {
                let why_not = Some(format!("the brand says nothing: {unanswered}"));
                let role = "everybody".to_owned();
                return Ok(vec![Heard { role, why_not }]);
            }
        },
        (false, None) => return Ok(Vec::new()),
    };
    let at = &ground.addresses;
    let parties = [("gateway", &at.gateway), ("merchant", &at.merchant)];
    let authorities = Seat::answering(&ground.data).map(|seat| (seat.folder, at.of(seat)));
    let own = parties.into_iter().chain(authorities).filter_map(|(role, url)| {
        Some((role.to_owned(), format!("{}{DISTRIBUTIONS}", url.strip_suffix("/set")?)))
    });
    let others = ground.neighbours.tell.iter().map(|url| (url.clone(), url.clone()));
    let mut heard = Vec::new();
    for (role, url) in own.chain(others) {
        let posted = ground.client.post(&url, Media::Registration.header(), message.clone()).await;
        let why_not = match posted {
            Ok(_) | Err(Unanswered::Status(204)) => None,
            Err(Unanswered::Status(422)) => Some("it did not believe the list".to_owned()),
            Err(unanswered) => Some(unanswered.to_string()),
        };
        heard.push(Heard { role, why_not });
    }
    Ok(heard)
}
