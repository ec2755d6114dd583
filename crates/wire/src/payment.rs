//! The messages of a purchase.

mod auth;
mod auth_res;
mod cap;
mod inq;
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
pub use cap::{
    CapCode, CapEncB, CapEncBx, CapItem, CapPayload, CapReq, CapReqData, CapReqTbe, CapReqTbex,
    CapReqTbs, CapReqTbsx, CapRes, CapResData, CapResItem, CapResPayload, CapResTbe,
    CapRevOrCredCode,
};
pub use inq::{InqReq, InqReqData, InqRes};
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
    AuthToken, AuthTokenTbe, CapToken, CapTokenData, CapTokenSeq, CapTokenTbe, CapTokenTbex,
    CapTokenTbs,
};
