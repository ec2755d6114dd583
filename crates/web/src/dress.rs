//! A bank's dress for its sites: names, a logo, and colours of its own.
//!
//! What is here was checked by whoever made it: the logo runs nothing and loads nothing, and the
//! colours are readable on the grounds of the style sheet in light and in dark.

use crate::assets::Asset;
use crate::words::Tongue;

/// What a bank and its wallet are called in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The bank.
    pub bank: String,
    /// Its wallet.
    pub wallet: String,
}

/// A logo: its octets, and how its file ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logo {
    /// A drawing.
    Svg(Vec<u8>),
    /// A picture.
    Png(Vec<u8>),
}

/// The colours of one mode, each `#` and six hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shade {
    /// Links, and the ground of buttons.
    pub accent: String,
    /// The words on those buttons.
    pub on_accent: String,
}

/// A bank's dress.
pub struct Dress {
    names: Vec<(Tongue, Called)>,
    logo: Asset,
    style: Asset,
}

impl Dress {
    /// Makes a dress in one language or more, the bank's own first.
    pub fn new(
        own: (Tongue, Called),
        others: Vec<(Tongue, Called)>,
        logo: Logo,
        [light, dark]: [&Shade; 2],
    ) -> Self {
        let mut names = vec![own];
        names.extend(others);
        let logo = match logo {
            Logo::Svg(octets) => Asset::made("logo", "svg", "image/svg+xml", octets),
            Logo::Png(octets) => Asset::made("logo", "png", "image/png", octets),
        };
        let style = format!(
            ":root {{ --accent: light-dark({}, {}); --on-accent: light-dark({}, {}); \
             --accent-deep: var(--accent); }}\n",
            light.accent, dark.accent, light.on_accent, dark.on_accent
        );
        let style = Asset::made("bank", "css", "text/css; charset=utf-8", style.into_bytes());
        Self { names, logo, style }
    }

    /// What the bank and its wallet are called in a language; in the bank's own if it does not
    /// speak it.
    pub fn called(&self, tongue: Tongue) -> &Called {
        let spoken = self.names.iter().find(|(known, _)| *known == tongue);
        let (_, called) = spoken.unwrap_or(&self.names[0]);
        called
    }

    /// A language that the bank speaks: this one, or its own.
    pub fn spoken(&self, tongue: Tongue) -> Tongue {
        if self.speaks(tongue) { tongue } else { self.names[0].0 }
    }

    /// Whether the bank speaks a language.
    pub fn speaks(&self, tongue: Tongue) -> bool {
        self.names.iter().any(|(known, _)| *known == tongue)
    }

    /// The address of the logo.
    pub fn logo(&self) -> String {
        self.logo.path()
    }

    /// The address of the colours.
    pub fn style(&self) -> String {
        self.style.path()
    }

    /// One of its files, by the name of its content.
    pub(crate) fn find(&self, name: &str) -> Option<&Asset> {
        [&self.logo, &self.style].into_iter().find(|asset| asset.is_named(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_bank_is_called_as_in_the_language_of_the_page_or_in_its_own() {
        let dress = sample::dress();
        assert_eq!(dress.called(Tongue::English).wallet, "Banque Démo Wallet");
        assert_eq!(dress.called(Tongue::French).wallet, "Portefeuille Banque Démo");
        let called = dress.called(Tongue::French).clone();
        let shade = Shade { accent: "#0b5394".to_owned(), on_accent: "#ffffff".to_owned() };
        let logo = Logo::Png(Vec::new());
        let own = Dress::new((Tongue::French, called), Vec::new(), logo, [&shade, &shade]);
        assert_eq!(own.spoken(Tongue::English), Tongue::French);
        assert_eq!(own.called(Tongue::English).wallet, "Portefeuille Banque Démo");
    }

    #[test]
    fn its_files_are_found_by_the_names_of_their_content_only() {
        let dress = sample::dress();
        for path in [dress.logo(), dress.style()] {
            let name = path.strip_prefix("/assets/").expect("under assets");
            assert!(dress.find(name).is_some());
        }
        assert!(dress.find("bank.css").is_none());
    }
}
