//! Messages to be signed and sealed, for tests.

use openset_types::{LocalId, Rrpid};
use openset_wire::cert::{CertInqReqTbs, CertReqData, PublicKeySorE, RequestType};
use openset_wire::der::{Carried, decode};
use openset_wire::types::Challenge;

use crate::PublicKey;
use crate::pki::now;

/// A request for a certificate of this key.
pub(crate) fn request(key: &PublicKey, request_type: RequestType) -> CertReqData {
    CertReqData {
        rrpid: Carried(Rrpid::new([1; 20])),
        lid_ee: Carried(LocalId::new(&[1]).expect("a label")),
        chall_ee3: Challenge::from([1; 32]),
        lid_ca: None,
        chall_ca: None,
        request_type,
        request_date: Carried(now()),
        id_data: None,
        reg_form_id: 1,
        reg_form: None,
        ca_back_key_data: None,
        public_key_s_or_e: PublicKeySorE {
            public_key_s: Some(decode(key.der()).expect("a key")),
            public_key_e: None,
        },
        ee_thumb: None,
        thumbs: None,
    }
}

/// A question about an application, told from others by one octet.
pub(crate) fn question(octet: u8) -> CertInqReqTbs {
    CertInqReqTbs {
        rrpid: Carried(Rrpid::new([octet; 20])),
        lid_ee: Carried(LocalId::new(&[octet]).expect("a label")),
        chall_ee3: Challenge::from([octet; 20]),
        lid_ca: Carried(LocalId::new(&[octet]).expect("a label")),
    }
}
