//! With which certificate an authority signs lists: its own, or one for that alone.

use std::path::Path;

use anyhow::{Context, bail};
use openset_crypto::{
    Authority, Draw, Identity, Purpose, Suite,
    authority::{self, Details, Terms},
};
use openset_node::entropy;
use openset_types::UnixTime;

use super::{Rings, Seat, folder, papers, papers::Papers};

/// The certificate that an authority signs lists with.
pub(crate) fn of(data: &Path, seat: Seat) -> anyhow::Result<Identity> {
    let kept = Papers::of(&data.join(seat.folder));
    kept.take(if kept.has(papers::LISTS) { papers::LISTS } else { papers::CERTIFICATES })
}

/// The brand gives an authority a certificate for lists, unless it has one. It ends when the
/// authority's own does.
pub(super) fn certify(
    rings: &Rings<'_>,
    suite: Suite,
    now: UnixTime,
    seat: Seat,
) -> anyhow::Result<()> {
    let papers = Papers::of(&rings.data.join(seat.folder));
    if papers.has(papers::LISTS) {
        return Ok(());
    }
    if suite == Suite::Set10 {
        bail!("in suite set10 {} publishes no list", seat.folder);
    }
    let own = papers.take(papers::CERTIFICATES)?;
    let unsigned = &own.certificate.to_be_signed;
    // Whoever has certified the authority: its lists are believed from the same hand only.
    let region = Papers::of(&rings.data.join(folder(Authority::Geopolitical)));
    let region = region.has(papers::CERTIFICATES).then(|| region.take(papers::CERTIFICATES));
    let is_above = |it: &Identity| it.certificate.to_be_signed.subject == unsigned.issuer;
    let (above, issuer) = match region.transpose()?.filter(is_above) {
        Some(region) => (Authority::Geopolitical, region),
        None => {
            let brand = Papers::of(&rings.data.join(folder(Authority::Brand)));
            (Authority::Brand, brand.take(papers::CERTIFICATES)?)
        }
    };
    rings.require(Seat::first(above)).with_context(|| {
        format!(
            "{} has no certificate for lists: let openset ceremony request ask for one with \
             --lists-apart",
            seat.folder
        )
    })?;
    let purpose = Purpose::ListSigning(seat.kind);
    let key = rings.at(seat)?.generate(purpose.key_kind(suite), purpose.key_use())?;
    let until = unsigned.validity.not_after.moment();
    let terms = Terms {
        serial: Draw::new(suite, entropy::seed()?).serial(),
        subject: unsigned.subject.clone(),
        key: &key,
        purpose,
        not_before: now.plus_s(-60),
        not_after: until,
        signs_until: until,
        crl_url: None,
        details: Details::None,
    };
    let draft = authority::draft(suite, &terms, &issuer)
        .with_context(|| format!("a certificate for the lists of {}", seat.folder))?;
    let signed = authority::issue(&draft, rings.of(above)?.as_ref())?;
    papers.keep(papers::LISTS, &Identity::new(signed, own.chain)?)
}
