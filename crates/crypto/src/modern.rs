//! Suite `modern`: CMS over P-256, SHA-256 and AES-256-GCM.

pub(crate) mod algorithms;
pub(crate) mod cms;
pub(crate) mod primitives;
pub(crate) mod sealed;
pub(crate) mod signed;
