//! A bank's logo: a drawing that can do nothing but be drawn, or a small picture.

use anyhow::bail;

use super::{
    files::{Files, LOGO_PNG, LOGO_SVG},
    png, svg,
};

/// A logo that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Logo {
    /// A drawing.
    Svg(Vec<u8>),
    /// A picture.
    Png(Vec<u8>),
}

impl Logo {
    /// The one logo of a pack.
    pub(crate) fn of(files: &Files) -> anyhow::Result<Self> {
        match (files.find(LOGO_SVG), files.find(LOGO_PNG)) {
            (Some(drawing), None) => {
                svg::check(files.text(LOGO_SVG)?)
                    .map_err(|why| anyhow::anyhow!("{LOGO_SVG}: {why}"))?;
                Ok(Self::Svg(drawing.to_vec()))
            }
            (None, Some(picture)) => {
                png::check(picture).map_err(|why| anyhow::anyhow!("{LOGO_PNG}: {why}"))?;
                Ok(Self::Png(picture.to_vec()))
            }
            (None, None) => bail!("{LOGO_SVG} is missing, and so is {LOGO_PNG}"),
            (Some(_), Some(_)) => bail!("{LOGO_SVG} and {LOGO_PNG}: a pack has one logo"),
        }
    }

    /// Its octets.
    pub(crate) fn octets(&self) -> &[u8] {
        match self {
            Self::Svg(octets) | Self::Png(octets) => octets,
        }
    }

    /// How its file ends.
    pub(crate) fn extension(&self) -> &'static str {
        match self {
            Self::Svg(_) => "svg",
            Self::Png(_) => "png",
        }
    }
}
