//! The media types of SET (External Interface Guide).

use axum::http::HeaderValue;

/// A media type that a SET message travels under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// A message about a payment.
    Payment,
    /// A message about a certificate.
    Registration,
}

impl Media {
    /// Reads a `Content-Type`, whose parameters say nothing to us.
    pub fn parse(value: &HeaderValue) -> Option<Self> {
        let essence = value.to_str().ok()?.split(';').next()?.trim();
        [Self::Payment, Self::Registration]
            .into_iter()
            .find(|media| essence.eq_ignore_ascii_case(media.as_str()))
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "application/set-payment",
            Self::Registration => "application/set-registration",
        }
    }

    /// The value of a `Content-Type`.
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_media_types_are_known_in_any_case_and_with_parameters() {
        for text in ["application/set-payment", "Application/SET-Payment ; version=1"] {
            assert_eq!(Media::parse(&HeaderValue::from_static(text)), Some(Media::Payment));
        }
        let registration = HeaderValue::from_static("application/set-registration");
        assert_eq!(Media::parse(&registration), Some(Media::Registration));
    }

    #[test]
    fn others_are_not() {
        for text in [
            "",
            "text/plain",
            "application/set-payment-initiation",
            "application/set-paymen",
            "application/json, application/set-payment",
        ] {
            assert_eq!(Media::parse(&HeaderValue::from_static(text)), None, "{text}");
        }
    }
}
