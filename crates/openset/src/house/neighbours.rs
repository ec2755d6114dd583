//! The other houses of a brand: data folders, and machines, with authorities and parties of the
//! same brand. Whom a house tells of lists, whom it asks, and whom it hears.
//!
//! What travels is signed, and judged as if anybody had brought it; addresses are trusted with
//! nothing.

use std::time::Duration;

use openset_wire::x509::{Name, NameAttribute};

/// What a house knows of the others. Without any it is the brand's only one.
#[derive(Debug, Clone)]
pub(crate) struct Neighbours {
    /// Where the brand takes CRLNotification, if its keys are in another house.
    pub(crate) notify: Option<String>,
    /// Where the brand gives BCIDistribution out, if its keys are in another house.
    pub(crate) fetch: Option<String>,
    /// Where parties of other houses take BCIDistribution.
    pub(crate) tell: Vec<String>,
    /// The institutions whose authorities may tell this house's brand of lists; all that the brand
    /// has certified, if none is named.
    pub(crate) notified_by: Option<Vec<String>>,
    /// How long after a failure it is tried again.
    pub(crate) retry: Duration,
}

impl Default for Neighbours {
    fn default() -> Self {
        Self {
            notify: None,
            fetch: None,
            tell: Vec::new(),
            notified_by: None,
            retry: Duration::from_secs(60),
        }
    }
}

impl Neighbours {
    /// Whether the brand of this house takes lists from an authority of this name.
    pub(crate) fn may_notify(&self, authority: &Name) -> bool {
        let Some(institutions) = &self.notified_by else { return true };
        let unit = authority.get(NameAttribute::OrganizationalUnit);
        institutions.iter().any(|one| Some(one.as_str()) == unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(institution: &str) -> Name {
        let unit = (NameAttribute::OrganizationalUnit, institution);
        let brand = (NameAttribute::Organization, "Lumiere");
        Name::new(&[(NameAttribute::Country, "FR"), brand, unit]).expect("a name")
    }

    #[test]
    fn only_the_institutions_that_are_named_may_notify() {
        let anybody = Neighbours::default();
        assert!(anybody.may_notify(&authority("Banque du Nord")));
        let notified_by = Some(vec!["Banque du Nord".to_owned()]);
        let some = Neighbours { notified_by, ..Neighbours::default() };
        assert!(some.may_notify(&authority("Banque du Nord")));
        assert!(!some.may_notify(&authority("Banque du Sud")));
        let none = Neighbours { notified_by: Some(Vec::new()), ..Neighbours::default() };
        assert!(!none.may_notify(&authority("Banque du Nord")));
    }
}
