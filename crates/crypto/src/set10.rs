//! Suite `set10`: 1997 as it was, for study. RSA, SHA-1, DES-CBC, SET's own PKCS#7 and OAEP.
//!
//! Every algorithm here is weaker than what is used today. Nothing in it can be reached from
//! suite `modern`, and real card numbers are refused wherever it is used.

pub(crate) mod algorithms;
pub(crate) mod oaep;
pub(crate) mod pkcs7;
pub(crate) mod primitives;
pub(crate) mod rsa;
pub(crate) mod sealed;
pub(crate) mod signed;
