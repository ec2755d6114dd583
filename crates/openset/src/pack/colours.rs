//! Colours of a bank, readable or refused: the contrast of WCAG 2.2, in light and in dark.

use std::fmt;

/// The least contrast between a text and what is behind it (WCAG 2.2, 1.4.3).
pub(crate) const CONTRAST_MIN: f64 = 4.5;

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour([u8; 3]);

/// Light or dark pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Light,
    Dark,
}

/// The bank's colours for one mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shade {
    /// Links, and the ground of buttons.
    pub(crate) accent: Colour,
    /// The words on those buttons.
    pub(crate) on_accent: Colour,
}

/// A text that nobody could read well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Faint {
    /// Which of the bank's colours.
    pub(crate) what: &'static str,
    /// On what.
    pub(crate) on: Colour,
    /// The contrast, of 21.
    pub(crate) contrast: f64,
}

impl fmt::Display for Faint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded down: what is refused is never shown as what is asked for.
        let shown = (self.contrast * 100.0).floor() / 100.0;
        write!(f, "{shown:.2}:1 on {}\n  expected: {CONTRAST_MIN}:1 or more", self.on)
    }
}

impl Mode {
    /// What texts in the accent's colour stand on: `--bg`, `--surface` and `--sunken` of the
    /// style sheet.
    fn grounds(self) -> [Colour; 3] {
        match self {
            Self::Light => [[0xf7, 0xf6, 0xf2], [0xff, 0xff, 0xff], [0xef, 0xed, 0xe6]],
            Self::Dark => [[0x12, 0x16, 0x1d], [0x1a, 0x20, 0x2a], [0x0c, 0x10, 0x16]],
        }
        .map(Colour)
    }
}

impl Shade {
    /// Refuses a shade that would be hard to read in this mode.
    pub(crate) fn require_contrast(&self, mode: Mode) -> Result<(), Faint> {
        let on_grounds = mode.grounds().map(|ground| ("accent", self.accent, ground));
        let on_button = [("on-accent", self.on_accent, self.accent)];
        for (what, text, on) in on_grounds.into_iter().chain(on_button) {
            let contrast = text.contrast(on);
            if contrast < CONTRAST_MIN {
                return Err(Faint { what, on, contrast });
            }
        }
        Ok(())
    }
}

impl Colour {
    /// Reads `#` and six hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let octets = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?;
        octets.try_into().ok().map(Self)
    }

    /// The contrast ratio of WCAG 2.2: from 1, the same, to 21, black on white.
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The relative luminance of WCAG 2.2: from 0, black, to 1, white.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|octet| {
            let share = f64::from(octet) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).expect("a colour")
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        let (black, white) = (colour("#000000"), colour("#FFFFFF"));
        assert!((black.contrast(white) - 21.0).abs() < 0.001);
        assert!((white.contrast(white) - 1.0).abs() < 0.001);
        // The two greys that are known to stand on either side of 4.5:1 on white.
        assert!(colour("#767676").contrast(white) >= CONTRAST_MIN);
        assert!(colour("#777777").contrast(white) < CONTRAST_MIN);
    }

    #[test]
    fn a_shade_that_is_hard_to_read_is_refused_in_the_mode_where_it_is() {
        let shade = Shade { accent: colour("#0b5394"), on_accent: colour("#ffffff") };
        assert_eq!(shade.require_contrast(Mode::Light), Ok(()));
        let faint = shade.require_contrast(Mode::Dark).expect_err("dark on dark");
        assert_eq!(faint.what, "accent");
        assert!(faint.contrast < CONTRAST_MIN);
        let button = Shade { on_accent: colour("#5a8fc4"), ..shade };
        assert_eq!(button.require_contrast(Mode::Light).expect_err("faint").what, "on-accent");
    }

    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        let octets = &openset_web::assets::STYLE.octets;
        let style = str::from_utf8(octets).expect("text");
        let [light, dark] = [Mode::Light.grounds(), Mode::Dark.grounds()];
        for (at, name) in ["bg", "surface", "sunken"].into_iter().enumerate() {
            let line = format!("--{name}: light-dark({}, {});", light[at], dark[at]);
            assert!(style.contains(&line), "{line}");
        }
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "#", "0b5394", "#0b539", "#0b53944", "#0b539g", "red", "#0b5394;"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
