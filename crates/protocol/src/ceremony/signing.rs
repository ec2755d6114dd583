//! The authority above: whether it signs, and what.

use openset_crypto::{
    Authority, Draw, Identity, KeyId, PublicKey, Purpose, Suite,
    authority::{Details, Draft, Terms, draft},
};
use openset_types::UnixTime;

use super::{Objection, Paper, Request, Subject, answer::says_the_same};

/// Certificates begin a little earlier, for clocks that are late.
const EARLIER_S: i64 = 3600;
/// A request may come from a clock that is ahead by this.
const AHEAD_S_MAX: i64 = 3600;
const YEAR_S: i64 = 365 * 86_400;

/// Whoever signs.
#[derive(Debug, Clone, Copy)]
pub struct Parent<'a> {
    /// The suite of its root.
    pub suite: Suite,
    /// What it is.
    pub role: Authority,
    /// Its certificate for certificates, and those above it.
    pub identity: &'a Identity,
    /// The key of its root, by name.
    pub root: KeyId,
}

/// Whether an authority signs what is asked of it.
pub fn judge(request: &Request, parent: &Parent<'_>, now: UnixTime) -> Result<(), Objection> {
    let wanted = &request.wanted;
    wanted.check()?;
    if wanted.suite != parent.suite {
        return Err(Objection::OtherSuite { ours: parent.suite });
    }
    if wanted.root != parent.root {
        return Err(Objection::OtherRoot);
    }
    let below_brand =
        matches!(wanted.role, Authority::Cardholder | Authority::Merchant | Authority::Gateway);
    let certifies = match parent.role {
        Authority::Root => wanted.role == Authority::Brand,
        Authority::Brand => below_brand || wanted.role == Authority::Geopolitical,
        Authority::Geopolitical => below_brand,
        Authority::Cardholder | Authority::Merchant | Authority::Gateway => false,
    };
    if !certifies {
        return Err(Objection::WrongParent { role: wanted.role, parent: parent.role });
    }
    let own = parent.identity.certified(parent.suite)?.brand();
    let is_ours = own.is_some_and(|brand| brand.as_str() == wanted.subject.brand);
    if parent.role != Authority::Root && !is_ours {
        return Err(Objection::OtherBrand);
    }
    require_own_name(request, parent.identity)?;
    if now > request.expires() {
        return Err(Objection::Expired);
    }
    if request.made > now.plus_s(AHEAD_S_MAX) {
        return Err(Objection::NotYet);
    }
    Ok(())
}

/// Refuses the name of somebody above: certificates and lists find their issuers by name.
fn require_own_name(request: &Request, above: &Identity) -> Result<(), Objection> {
    let name = request.wanted.subject.to_name().map_err(|_| Objection::Name)?;
    let chain = above.chain.iter().chain([&above.certificate]);
    let mut names = chain.map(|one| &one.to_be_signed.subject);
    match names.any(|one| says_the_same(one, &name)) {
        true => Err(Objection::NameTaken),
        false => Ok(()),
    }
}

/// Drafts every certificate of a request that was judged good, from one seed. Their keys sign
/// until a year before the certificates end, so that what they certify last has a year to live.
pub fn draft_all(
    request: &Request,
    parent: &Parent<'_>,
    seed: [u8; 32],
    now: UnixTime,
) -> Result<Vec<(Paper, Draft)>, Objection> {
    let wanted = &request.wanted;
    let mut draw = Draw::new(wanted.suite, seed);
    let name = wanted.subject.to_name().map_err(|_| Objection::Name)?;
    let drafted = |(paper, key): &(Paper, PublicKey)| {
        let lists_apart = wanted.lists_apart && *paper == Paper::Certificates;
        let terms = Terms {
            serial: draw.serial(),
            subject: name.clone(),
            key,
            purpose: paper.purpose(wanted.role),
            not_before: now.plus_s(-EARLIER_S),
            not_after: now.plus_s(i64::from(wanted.life_years).saturating_mul(YEAR_S)),
            signs_until: signs_until(now, wanted.life_years),
            crl_url: None,
            details: if lists_apart { Details::ListsApart } else { Details::None },
        };
        Ok((*paper, draft(wanted.suite, &terms, parent.identity)?))
    };
    request.keys.iter().map(drafted).collect()
}

/// What the certificate of a root is to say, which announces the key of the next one.
pub fn root_terms<'a>(
    suite: Suite,
    subject: &Subject,
    key: &'a PublicKey,
    next: &PublicKey,
    life_years: u8,
    (seed, now): ([u8; 32], UnixTime),
) -> Result<Terms<'a>, Objection> {
    Ok(Terms {
        serial: Draw::new(suite, seed).serial(),
        subject: subject.to_name().map_err(|_| Objection::Name)?,
        key,
        purpose: Purpose::CertificateSigning(Authority::Root),
        not_before: now.plus_s(-EARLIER_S),
        not_after: now.plus_s(i64::from(life_years).saturating_mul(YEAR_S)),
        signs_until: signs_until(now, life_years),
        crl_url: None,
        details: Details::NextRoot(next.digest()),
    })
}

fn signs_until(now: UnixTime, life_years: u8) -> UnixTime {
    let years = i64::from(life_years.saturating_sub(1).max(1));
    now.plus_s(years.saturating_mul(YEAR_S))
}
