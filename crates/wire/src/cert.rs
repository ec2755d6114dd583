//! The messages by which a party comes to its certificates.

mod card_c_init;
mod cert_inq;
mod cert_req;
mod cert_res;
mod form;
mod lists;
mod me_aq_c_init;
mod reg_form;

pub use card_c_init::{CardCInitReq, CardCInitRes, CardCInitResTbs};
pub use cert_inq::{CertInqReq, CertInqReqTbs, CertInqRes};
pub use cert_req::{
    AcctData, AcctInfo, AcquirerId, CertReq, CertReqData, CertReqTbe, CertReqTbex, CertReqTbs,
    FieldValue, IdData, MerchantAcquirerId, PublicKeySorE, RegForm, RegFormItems, RequestType,
};
pub use cert_res::{
    CaMsg, CertRes, CertResData, CertResTbe, CertStatus, CertStatusCode, FailedItem,
};
pub use form::{PolicyText, ReferralData, RegField, RegFormData, RegFormOrReferral, RegTemplate};
pub use lists::{
    BciDistribution, BciDistributionTbs, CrlNotification, CrlNotificationRes,
    CrlNotificationResTbs, CrlNotificationTbs,
};
pub use me_aq_c_init::{MeAqCInitReq, MeAqCInitRes, MeAqCInitResTbs};
pub use reg_form::{RegFormReq, RegFormReqData, RegFormReqTbe, RegFormRes, RegFormResTbs};
