//! A further brand below the root of a data folder: its authorities have a folder of their own,
//! with their keys, their lists and their brand's word on them. Of the root it has what everybody
//! may read: the certificate and the list, which are brought again when there are newer ones.

use std::{fs, io::ErrorKind, path::Path};

use anyhow::Context;
use openset_crypto::{Authority, Suite};
use openset_node::clock::Clock;

use super::{
    Ceremony, Rings, Seat, folder,
    lists::{self, publish},
    papers::{self, Papers},
};
use crate::demo::cast::CardBrand;

/// Makes a brand in the folder of its own rings, certified by the root of others; answers how many
/// certificates that took.
pub(crate) fn hold_beside(
    root: &Rings<'_>,
    own: &Rings<'_>,
    of: &CardBrand,
    suite: Suite,
    clock: &dyn Clock,
) -> anyhow::Result<usize> {
    bring_root(root.data, own.data)?;
    let ceremony = Ceremony { suite, now: clock.now(), rings: own, root, of };
    let above = Papers::of(&own.data.join(folder(Authority::Root))).take(papers::CERTIFICATES)?;
    let made = ceremony.brand(&above)?;
    publish(own, suite, clock)?;
    Ok(made)
}

/// Brings the root's certificate and its list from the data folder where its keys are, if they are
/// others than those that lie here. Answers whether they were.
pub(crate) fn bring_root(from: &Path, to: &Path) -> anyhow::Result<bool> {
    let seat = Seat::first(Authority::Root);
    let papers = |data: &Path| data.join(seat.folder).join("certificates");
    papers::make_private(&papers(to)).context("the folder of the brand cannot be made")?;
    let certificate = |data: &Path| papers(data).join(papers::CERTIFICATES).with_extension("pem");
    let mut is_news = false;
    for (source, target) in
        [(certificate(from), certificate(to)), (lists::path(from, seat), lists::path(to, seat))]
    {
        let shown = || source.display().to_string();
        let octets = fs::read(&source).with_context(shown)?;
        match fs::read(&target) {
            Ok(known) if known == octets => continue,
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| target.display().to_string());
            }
            _ => {}
        }
        lists::write(&target, &octets).with_context(|| target.display().to_string())?;
        is_news = true;
    }
    Ok(is_news)
}

#[cfg(test)]
mod tests {
    use openset_crypto::{Bag, Purpose, Trust, Untrusted};
    use openset_node::clock::SystemClock;
    use openset_types::Brand;

    use super::*;
    use crate::{
        ceremony::{Lists, hold},
        demo::cast,
        house::holders::Holders,
    };

    #[test]
    fn a_second_brand_leads_to_the_same_root_and_has_no_key_of_it() {
        let data = tempfile::tempdir().expect("a folder");
        let own = data.path().join("other");
        let (files, suite, now) = (Holders::FILES, Suite::Modern, SystemClock.now());
        let (first, other) = (Rings::new(data.path(), &files), Rings::new(&own, &files));
        hold(&first, suite, &SystemClock).expect("a ceremony");
        let made = hold_beside(&first, &other, &cast::OTHER_BRAND, suite, &SystemClock);
        assert_eq!(made.expect("another"), 11);
        assert!(!other.hold(Seat::first(Authority::Root)), "no key of the root");
        assert!(!bring_root(data.path(), &own).expect("there"), "nothing new");

        let root = Papers::of(&data.path().join("ca-root")).take(papers::CERTIFICATES);
        let root = root.expect("the root").certificate;
        let trust = Trust::new(suite, &[root]).expect("a root");
        Lists::read(&own).expect("the lists").teach(&trust, now).expect("believed");
        let [ours, theirs] =
            [&cast::OTHER_BRAND, &cast::BRAND].map(|of| Brand::parse(of.name).expect("a name"));
        for seat in Seat::answering(&own) {
            let purpose = Purpose::AuthoritySignature(seat.kind);
            let papers = Papers::of(&own.join(seat.folder));
            let identity = papers.take(papers::SIGNATURE).expect("a paper");
            let path = |brand| {
                let bag = Bag::of(&identity);
                trust.path(&identity.certificate, &bag, purpose, Some(brand), now).map(drop)
            };
            assert_eq!(path(&ours), Ok(()), "{}", seat.folder);
            assert_eq!(path(&theirs), Err(Untrusted::OtherBrand), "{}", seat.folder);
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look_into_the_folder_of_a_second_brand() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().expect("a folder");
        let own = data.path().join("other");
        hold(&Rings::new(data.path(), &Holders::FILES), Suite::Modern, &SystemClock)
            .expect("a ceremony");
        assert!(bring_root(data.path(), &own).expect("a root"));
        for folder in [own.clone(), own.join("ca-root")] {
            let mode = fs::metadata(&folder).expect("made").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", folder.display());
        }
    }
}
