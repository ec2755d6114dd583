//! Which parts of which messages EncX puts together.

use openset_wire::cert::{CertReqData, CertReqTbex, CertReqTbs};
use openset_wire::der::Original;
use openset_wire::opaque::Signed;
use openset_wire::payment::{CapTokenData, CapTokenTbex, CapTokenTbs};

use crate::SignedWithExtra;

impl SignedWithExtra for CertReqTbex {
    type Data = CertReqData;
    type Tbs = CertReqTbs;

    fn new(cert_req_data: Original<CertReqData>, s: Signed<CertReqTbs>) -> Self {
        Self { cert_req_data, s }
    }

    fn into_parts(self) -> (Original<CertReqData>, Signed<CertReqTbs>) {
        (self.cert_req_data, self.s)
    }
}

impl SignedWithExtra for CapTokenTbex {
    type Data = CapTokenData;
    type Tbs = CapTokenTbs;

    fn new(cap_token_data: Original<CapTokenData>, s: Signed<CapTokenTbs>) -> Self {
        Self { cap_token_data, s }
    }

    fn into_parts(self) -> (Original<CapTokenData>, Signed<CapTokenTbs>) {
        (self.cap_token_data, self.s)
    }
}
