//! The code over files between two parties: only the two ends can compute it.
//!
//! It is computed over more than the file: over what kind of file it is, who sends it, whom it is
//! for, and, of an answer, the file it answers. None of that travels: each end says what it
//! expects. So a file does not come back to its sender as an answer, is not taken by a third party
//! that holds the same key or for a file of another kind, and an answer fits its own file only. The
//! identification of a file stands in the file itself.
//!
//! The code travels as a parameter of the media type, `application/xml; mac=<hex>`. It does not say
//! when a file was sent: the same file may come again, and whoever takes it must be able to.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use openset_crypto::mac::MacKey;
use openset_node::{banks::demo_merchant, entropy, http::client::Client};
use openset_types::{Bin, MerchantId, Secret};

use super::banks;
use crate::demo::cast::{self, CardBank};

/// The essence of the media type.
const XML: &str = "application/xml";

/// What goes from whom to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// The document, by its ISO 20022 name.
    kind: &'static str,
    sender: String,
    recipient: String,
}

impl Route {
    /// Clearing files from an acquirer to an issuer.
    pub(crate) fn clearing(acquirer: &Bin, issuer: &Bin) -> Self {
        let (sender, recipient) = (format!("acquirer {acquirer}"), format!("issuer {issuer}"));
        Self { kind: "camt.054", sender, recipient }
    }

    /// Statements from an acquirer to a merchant.
    pub(crate) fn statements(acquirer: &Bin, merchant: &MerchantId) -> Self {
        let (sender, recipient) = (format!("acquirer {acquirer}"), format!("merchant {merchant}"));
        Self { kind: "camt.053", sender, recipient }
    }
}

/// The code over files of one route.
#[derive(Clone)]
pub(crate) struct FileSeal {
    key: Arc<MacKey>,
    route: Arc<Route>,
}

impl FileSeal {
    /// Reads the shared key of a route from a file, made if there is none.
    pub(crate) fn open(path: &Path, route: Route) -> anyhow::Result<Self> {
        let hex = match fs::read_to_string(path) {
            Ok(hex) => hex,
            Err(_) => {
                let hex = HEXLOWER.encode(&entropy::seed()?);
                crate::ceremony::papers::write_private(path, hex.as_bytes())?;
                hex
            }
        };
        let key = HEXLOWER.decode(hex.trim().as_bytes()).context("a file key is in hex")?;
        Ok(Self { key: Arc::new(MacKey::new(Secret::new(key))), route: Arc::new(route) })
    }

    /// The two routes of the acquirer in a data folder: to its issuer and to its merchant.
    pub(crate) fn of_acquirer(data: &Path) -> anyhow::Result<[Self; 2]> {
        let folder = data.join(banks::ACQUIRER);
        let statements = Route::statements(&cast::acquirer_bin(), &demo_merchant().id);
        Ok([
            Self::to_issuer(data, &cast::FIRST)?,
            Self::open(&folder.join(banks::STATEMENT_KEY), statements)?,
        ])
    }

    /// The route of the acquirer in a data folder to an issuer, each with a key of its own.
    pub(crate) fn to_issuer(data: &Path, bank: &CardBank) -> anyhow::Result<Self> {
        let file = match bank.issuer.label() {
            banks::ISSUER => banks::CLEARING_KEY.to_owned(),
            other => format!("{}-{other}", banks::CLEARING_KEY),
        };
        let route = Route::clearing(&cast::acquirer_bin(), &bank.bin());
        Self::open(&data.join(banks::ACQUIRER).join(file), route)
    }

    /// Posts a file and gives its answer, if there is one that can be believed.
    pub(crate) async fn send(&self, client: &Client, url: &str, file: &[u8]) -> Option<Vec<u8>> {
        let media = media(&self.of_file(file))?;
        match client.post(url, media, file.to_vec()).await {
            Ok((Some(media), answer)) if self.is_answer(&media, file, &answer) => Some(answer),
            Ok(_) => {
                tracing::error!(url, "a file was answered by somebody else");
                None
            }
            Err(reason) => {
                tracing::warn!(url, %reason, "a file was not taken");
                None
            }
        }
    }

    /// Believes a file that came from the sender of this route.
    pub(super) fn check(&self, headers: &HeaderMap, file: &[u8]) -> Result<(), StatusCode> {
        let media = headers.get(header::CONTENT_TYPE).ok_or(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
        let is_sealed = is_sealed(&self.key, media, &self.covered_file(file));
        if is_sealed { Ok(()) } else { Err(StatusCode::FORBIDDEN) }
    }

    /// Answers a file of this route.
    pub(super) fn answer(&self, file: &[u8], answer: Vec<u8>) -> Response {
        let code = self.key.code(&self.covered_answer(file, &answer));
        match media(&code) {
            Some(media) => ([(header::CONTENT_TYPE, media)], answer).into_response(),
            None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    fn is_answer(&self, media: &HeaderValue, file: &[u8], answer: &[u8]) -> bool {
        is_sealed(&self.key, media, &self.covered_answer(file, answer))
    }

    fn of_file(&self, file: &[u8]) -> [u8; 32] {
        self.key.code(&self.covered_file(file))
    }

    /// What the code of a file is computed over.
    fn covered_file(&self, file: &[u8]) -> Vec<u8> {
        let Route { kind, sender, recipient } = self.route.as_ref();
        covered(&["file", kind, sender, recipient], &[file])
    }

    /// What the code of an answer is computed over.
    fn covered_answer(&self, file: &[u8], answer: &[u8]) -> Vec<u8> {
        let Route { kind, sender, recipient } = self.route.as_ref();
        covered(&["answer", kind, recipient, sender], &[file, answer])
    }
}

/// Parts one after another, each after its length: no two lists of parts give the same octets.
fn covered(words: &[&str], files: &[&[u8]]) -> Vec<u8> {
    let parts = words.iter().map(|word| word.as_bytes()).chain(files.iter().copied());
    let mut covered = Vec::new();
    for part in parts {
        covered.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        covered.extend_from_slice(part);
    }
    covered
}

/// The media type of a file with its code.
fn media(code: &[u8]) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{XML}; mac={}", HEXLOWER.encode(code))).ok()
}

fn is_sealed(key: &MacKey, media: &HeaderValue, covered: &[u8]) -> bool {
    let Some((XML, parameter)) = media.to_str().ok().and_then(|text| text.split_once(';')) else {
        return false;
    };
    let code = parameter.trim().strip_prefix("mac=");
    let code = code.and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok());
    code.is_some_and(|code| key.check(covered, &code).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"<Document>sales</Document>";

    fn bin(text: &str) -> Bin {
        Bin::parse(text).expect("six digits")
    }

    fn merchant(text: &str) -> MerchantId {
        MerchantId::parse(text).expect("an identifier")
    }

    /// Both ends of a route, all with the same key.
    fn seal(route: Route) -> FileSeal {
        let key = Arc::new(MacKey::new(Secret::new(vec![7; 32])));
        FileSeal { key, route: Arc::new(route) }
    }

    fn clearing() -> FileSeal {
        seal(Route::clearing(&bin("400000"), &bin("999999")))
    }

    fn headers(media: Option<HeaderValue>) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, media.expect("a media type"))])
    }

    fn takes(seal: &FileSeal, sealed: &FileSeal, file: &[u8]) -> bool {
        seal.check(&headers(media(&sealed.of_file(FILE))), file).is_ok()
    }

    #[test]
    fn a_file_is_taken_by_whom_it_is_for_again_and_again() {
        for _ in 0..2 {
            assert!(takes(&clearing(), &clearing(), FILE));
        }
        assert!(!takes(&clearing(), &clearing(), b"<Document>sale</Document>"));
    }

    #[test]
    fn a_file_for_one_bank_is_not_taken_by_another_that_holds_the_key() {
        for other in [
            Route::clearing(&bin("400000"), &bin("999998")),
            Route::clearing(&bin("400001"), &bin("999999")),
            Route::clearing(&bin("999999"), &bin("400000")),
            Route::statements(&bin("400000"), &merchant("999999")),
        ] {
            assert!(!takes(&seal(other.clone()), &clearing(), FILE), "{other:?}");
        }
    }

    #[test]
    fn a_statement_is_not_taken_by_another_merchant() {
        let one = seal(Route::statements(&bin("400000"), &merchant("1")));
        let other = seal(Route::statements(&bin("400000"), &merchant("2")));
        assert!(takes(&one, &one, FILE) && !takes(&other, &one, FILE));
    }

    #[test]
    fn a_file_that_comes_back_is_no_answer_and_an_answer_is_no_file() {
        let seal = clearing();
        let sent = media(&seal.of_file(FILE)).expect("a media type");
        assert!(!seal.is_answer(&sent, FILE, FILE));
        let answer = seal.answer(FILE, FILE.to_vec());
        assert!(seal.check(answer.headers(), FILE).is_err());
    }

    #[test]
    fn an_answer_answers_its_own_file_only() {
        let seal = clearing();
        let answer = seal.answer(FILE, b"paid".to_vec());
        let media = &answer.headers()[header::CONTENT_TYPE];
        assert!(seal.is_answer(media, FILE, b"paid"));
        assert!(!seal.is_answer(media, b"<Document>more</Document>", b"paid"));
        assert!(!seal.is_answer(media, FILE, b"not paid"));
        let shifted = [FILE, b"p"].concat();
        assert!(!seal.is_answer(media, &shifted, b"aid"), "no part runs into the next");
    }

    #[test]
    fn what_is_not_our_media_type_is_refused() {
        let seal = clearing();
        let code = HEXLOWER.encode(&seal.of_file(FILE));
        for wrong in [
            "application/xml".to_owned(),
            format!("text/xml; mac={code}"),
            format!("application/xml; code={code}"),
            format!("application/xml; mac={}", &code[2..]),
            "application/xml; mac=".to_owned(),
        ] {
            let media = HeaderValue::from_str(&wrong).ok();
            assert_eq!(seal.check(&headers(media), FILE), Err(StatusCode::FORBIDDEN), "{wrong}");
        }
        let none = seal.check(&HeaderMap::new(), FILE);
        assert_eq!(none, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
}
