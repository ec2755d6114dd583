//! How news of lists travels: from an authority to its brand, and from the brand to everybody.

use openset_crypto::{Authority as Kind, Identity, Trust};
use openset_node::http::{Media, client::Unanswered};
use openset_protocol::{lists::ListDesk, refusal::Refusal};
use openset_wire::{cert::CrlNotification, opaque::Signed, x509::CertificateRevocationList};

use crate::{
    ceremony::{self, Rings, papers},
    house::{ground::Ground, hearing::DISTRIBUTIONS},
};

/// Whether a party has heard the brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Who.
    pub(crate) role: &'static str,
    /// Nothing if it has; otherwise why not. It reads the lists itself within the hour.
    pub(crate) why_not: Option<String>,
}

/// One authority at work: with its keys, its certificate for messages, and what it knows.
struct Clerk {
    keys: std::sync::Arc<dyn openset_node::keys::KeyHolder>,
    signature: Identity,
    trust: Trust,
}

impl Clerk {
    fn of(ground: &Ground, rings: &Rings<'_>, kind: Kind) -> anyhow::Result<Self> {
        let trust = Trust::new(ground.suite, std::slice::from_ref(&ground.root))?;
        ground.lists.teach(&trust, ground.clock.now())?;
        let signature = ground.papers(ceremony::folder(kind)).take(papers::SIGNATURE)?;
        Ok(Self { keys: rings.of(kind)?, signature, trust })
    }

    fn desk<'a>(&'a self, ground: &'a Ground) -> ListDesk<'a> {
        ListDesk {
            trust: &self.trust,
            keys: self.keys.as_ref(),
            brand: &ground.brand,
            acceptance: ground.acceptance(),
            now: ground.clock.now(),
        }
    }
}

/// CRLNotification: an authority below the brand tells the brand of its list, which takes it and
/// says so. Root and brand tell nobody: theirs is not the brand's to take.
pub(super) fn notify(
    ground: &Ground,
    rings: &Rings<'_>,
    by: Kind,
    list: &CertificateRevocationList,
) -> anyhow::Result<()> {
    if let Kind::Root | Kind::Brand = by {
        return Ok(());
    }
    let signer = ceremony::lister::of(&ground.data, by)?;
    let (authority, brand) =
        (Clerk::of(ground, rings, by)?, Clerk::of(ground, rings, Kind::Brand)?);
    let told = || -> Result<(), Refusal> {
        let notice = authority.desk(ground).notify(list, &signer, &authority.signature)?;
        let notice = CrlNotification::from_octets(notice.octets().to_vec())?;
        let taken = brand.desk(ground).on_notification(&notice, &brand.signature)?;
        authority.desk(ground).on_taken(&Signed::from_octets(taken.octets().to_vec())?, list)
    };
    Ok(told()?)
}

/// BCIDistribution: the brand tells every party that listens which lists are the current ones.
pub(super) async fn tell(ground: &Ground, rings: &Rings<'_>) -> anyhow::Result<Vec<Heard>> {
    let brand = Clerk::of(ground, rings, Kind::Brand)?;
    let message = brand.desk(ground).distribute(ground.lists.bci(), &brand.signature)?;
    let message = message.octets().to_vec();
    let at = &ground.addresses;
    let mut heard = Vec::new();
    for (role, url) in [
        ("gateway", &at.gateway),
        ("merchant", &at.merchant),
        ("ca-cardholder", &at.ca_cardholder),
        ("ca-merchant", &at.ca_merchant),
        ("ca-gateway", &at.ca_gateway),
    ] {
        let url = url.strip_suffix("/set").map(|origin| format!("{origin}{DISTRIBUTIONS}"));
        let Some(url) = url else { continue };
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
