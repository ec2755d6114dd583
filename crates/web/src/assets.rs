//! The few files pages load: one style sheet, one icon, two small scripts.
//!
//! They are part of the executable. Each address names its content, so a browser may keep a file
//! for ever and never shows an old one.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

/// A file pages load.
pub struct Asset {
    stem: &'static str,
    extension: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its octets.
    pub octets: Cow<'static, [u8]>,
    print: u64,
}

impl Asset {
    fn new(
        stem: &'static str,
        extension: &'static str,
        media_type: &'static str,
        octets: Cow<'static, [u8]>,
    ) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&octets);
        Self { stem, extension, media_type, octets, print: hasher.finish() }
    }

    /// A file that is made while the program runs.
    pub(crate) fn made(
        stem: &'static str,
        extension: &'static str,
        media_type: &'static str,
        octets: Vec<u8>,
    ) -> Self {
        Self::new(stem, extension, media_type, octets.into())
    }

    /// Whether this is its name: that of its content.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name() == name
    }

    /// Its name, such as `page.0123456789abcdef.css`.
    fn name(&self) -> String {
        format!("{}.{:016x}.{}", self.stem, self.print, self.extension)
    }

    /// Its address on every site.
    pub fn path(&self) -> String {
        format!("/assets/{}", self.name())
    }
}

/// Declares an asset from a file of the `assets` folder.
macro_rules! asset {
    ($(#[$doc:meta])* $name:ident, $stem:literal, $extension:literal, $media_type:literal) => {
        $(#[$doc])*
        pub static $name: LazyLock<Asset> = LazyLock::new(|| {
            let octets = include_bytes!(concat!("../assets/", $stem, ".", $extension));
            Asset::new($stem, $extension, $media_type, Cow::Borrowed(octets))
        });
    };
}

asset! {
    /// The style sheet of every page.
    STYLE, "page", "css", "text/css; charset=utf-8"
}

asset! {
    /// The icon of the tab.
    ICON, "icon", "svg", "image/svg+xml"
}

asset! {
    /// Asks the shop for the total when the form changes.
    ORDER_SCRIPT, "order", "js", "text/javascript; charset=utf-8"
}

asset! {
    /// Presses the button of the hand-over.
    HANDOVER_SCRIPT, "handover", "js", "text/javascript; charset=utf-8"
}

/// The asset of a name, if its content is the one named.
pub fn find(name: &str) -> Option<&'static Asset> {
    let all: [&'static Asset; 4] = [&STYLE, &ICON, &ORDER_SCRIPT, &HANDOVER_SCRIPT];
    all.into_iter().find(|asset| asset.is_named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_by_the_name_of_its_content_only() {
        let path = STYLE.path();
        let name = path.strip_prefix("/assets/").expect("under assets");
        assert!(find(name).is_some());
        for wrong in ["", "page.css", "page.0000000000000000.css", "../page.css"] {
            assert!(find(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn nothing_loads_from_outside() {
        for asset in [&*STYLE, &ORDER_SCRIPT, &HANDOVER_SCRIPT] {
            let text = std::str::from_utf8(&asset.octets).expect("text");
            assert!(
                !text.contains("http:") && !text.contains("https:") && !text.contains("@import")
            );
        }
    }
}
