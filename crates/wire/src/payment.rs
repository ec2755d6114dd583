//! The messages of a purchase.

mod auth;
mod auth_res;
mod auth_rev;
mod batch_admin;
mod cap;
mod cap_rev;
mod cap_rev_or_cred;
mod cred;
mod cred_rev;
mod extended;
mod inq;
mod pcert;
mod pinit;
mod preq;
mod pres;
mod token;

pub use auth::{
    AuthReq, AuthReqData, AuthReqItem, AuthReqPayload, AuthReqTbe, AuthReqTbs, AuthTags, AvsData,
    CardSuspect, CheckDigests, MerchData, MerchGroup, SpecialProcessing,
};
pub use auth_res::{
    AcqCardCode, AcqCardCodeMsg, AcqCardCodeMsgTbe, AcqCardMsg, AcqCardMsgData, AuthCharInd,
    AuthCode, AuthHeader, AuthRes, AuthResBaggage, AuthResData, AuthResEncB, AuthResEncBx,
    AuthResPayload, AuthResTbe, AuthResTbex, AuthResTbs, AuthResTbsx, AuthValCodes, AvsResult,
    CardType, CurrConv, LogRefId, MarketSpecDataId, RespReason, ResponseData,
};
pub use auth_rev::{
    AuthResDataNew, AuthRevCode, AuthRevReq, AuthRevReqBaggage, AuthRevReqData, AuthRevReqTbe,
    AuthRevReqTbs, AuthRevRes, AuthRevResBaggage, AuthRevResData, AuthRevResEncB, AuthRevResTbe,
    AuthRevResTbeb, AuthRevResTbs, AuthRevTags,
};
pub use batch_admin::{
    AmountType, BaStatus, BatchAdminReq, BatchAdminReqData, BatchAdminReqTbe, BatchAdminRes,
    BatchAdminResData, BatchAdminResTbe, BatchOperation, ReimbursementId, ReturnTransactionDetail,
    SettlementInfo, TransDetails, TransactionDetail, TransactionStatus, TransmissionStatus,
};
pub use cap::{
    CapCode, CapEncB, CapEncBx, CapItem, CapPayload, CapReq, CapReqData, CapReqTbe, CapReqTbex,
    CapReqTbs, CapReqTbsx, CapRes, CapResData, CapResItem, CapResPayload, CapResTbe,
};
pub use cap_rev::{
    CapRevReq, CapRevReqTbe, CapRevReqTbex, CapRevReqTbs, CapRevReqTbsx, CapRevRes, CapRevResData,
    CapRevResTbe,
};
pub use cap_rev_or_cred::{
    CapRevOrCredCode, CapRevOrCredReqData, CapRevOrCredReqItem, CapRevOrCredResData,
    CapRevOrCredResItem, CapRevOrCredResPayload,
};
pub use cred::{
    CredReq, CredReqTbe, CredReqTbex, CredReqTbs, CredReqTbsx, CredRes, CredResData, CredResTbe,
};
pub use cred_rev::{
    CredRevReq, CredRevReqTbe, CredRevReqTbex, CredRevReqTbs, CredRevReqTbsx, CredRevRes,
    CredRevResData, CredRevResTbe,
};
pub use extended::{Extended, Found, Place};
pub use inq::{InqReq, InqReqData, InqRes};
pub use pcert::{
    BrandAndBin, PCertCode, PCertReq, PCertReqData, PCertRes, PCertResItem, PCertResTbs,
};
pub use pinit::{PInitReq, PInitRes, PInitResData};
pub use preq::{
    Hod, HodInput, Inputs, OiData, OiDualSigned, OiUnsigned, OrderDescription, PReq,
    PReqDualSigned, PReqUnsigned, Pi, PiData, PiDataUnsigned, PiDualSigned, PiDualSignedTbe,
    PiHead, PiOiLink, PiSignature, PiTbs, PiUnsigned, PiUnsignedTbe,
};
pub use pres::{
    AuthStatus, CapStatus, CompletionCode, CreditStatus, PRes, PResData, PResPayload, Results,
};
pub use token::{
    AuthToken, AuthTokenData, AuthTokenTbe, AuthTokenTbs, CapToken, CapTokenData, CapTokenSeq,
    CapTokenTbe, CapTokenTbex, CapTokenTbs,
};
