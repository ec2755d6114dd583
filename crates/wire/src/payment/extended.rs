//! Where a message may say something that SET does not: every field of type MsgExtensions, found
//! from the outside in.
//!
//! A receiver must refuse what it does not know and what is critical, wherever it stands. Whoever
//! asks a whole message cannot forget a place.

use super::{
    AuthHeader, AuthReqData, AuthReqItem, AuthReqPayload, AuthResData, AuthResDataNew,
    AuthResPayload, AuthRevReqData, AuthRevResData, AuthTokenData, BatchAdminReqData,
    BatchAdminResData, CapItem, CapPayload, CapReqData, CapResData, CapResItem, CapResPayload,
    CapRevOrCredReqData, CapRevOrCredReqItem, CapRevOrCredResData, CapRevOrCredResItem,
    CapRevOrCredResPayload, HodInput, InqReqData, OiData, PCertReqData, PCertResTbs, PInitReq,
    PInitResData, PResData, PResPayload, PiHead, TransDetails, TransactionDetail,
};
use crate::{
    der::Oid,
    types::{
        BatchDetails, BatchStatus, BatchTotals, BrandBatchDetails, InstallRecurData, MsgExtensions,
        SaleDetail,
    },
    wrapper::MessageWrapper,
};

/// Lists of extensions, each with its place.
pub type Found<'a> = Vec<(Place, &'a MsgExtensions)>;

/// A message, or a part of one, in which extensions may stand.
pub trait Extended {
    /// Adds the lists that stand in it, outermost first.
    fn find_extensions<'a>(&'a self, found: &mut Found<'a>);

    /// Every list that stands in it, outermost first.
    fn extensions(&self) -> Found<'_> {
        let mut found = Found::new();
        self.find_extensions(&mut found);
        found
    }

    /// The first critical extension that is not known at its place, if there is one.
    fn unknown_critical(&self, known: &[(Place, Oid)]) -> Option<&Oid> {
        let is_known =
            |place, name: &Oid| known.iter().any(|(at, known)| *at == place && known == name);
        self.extensions().into_iter().find_map(|(place, extensions)| {
            let mut all = extensions.iter();
            let unknown = all.find(|one| one.critical && !is_known(place, &one.extn_id));
            unknown.map(|extension| &extension.extn_id)
        })
    }
}

impl<T: Extended> Extended for Option<T> {
    fn find_extensions<'a>(&'a self, found: &mut Found<'a>) {
        self.iter().for_each(|part| part.find_extensions(found));
    }
}

impl<T: Extended> Extended for Vec<T> {
    fn find_extensions<'a>(&'a self, found: &mut Found<'a>) {
        self.iter().for_each(|part| part.find_extensions(found));
    }
}

/// Names every place by the field it is, in the words of the interface.
macro_rules! places {
    ($($place:ident $field:literal,)*) => {
        /// One field of type MsgExtensions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Place {
            $(#[doc = concat!("`", $field, "`")] $place,)*
        }

        impl Place {
            /// Every place.
            pub const ALL: &[Self] = &[$(Self::$place),*];

            /// The name of the field.
            pub fn field(self) -> &'static str {
                match self {
                    $(Self::$place => $field,)*
                }
            }
        }
    };
}

places! {
    MessageWrapper "mwExtensions",
    PInitReq "piRqExtensions",
    PInitRes "piRsExtensions",
    PiHead "piExtensions",
    HodInput "odExtensions",
    OiData "oiExtensions",
    PRes "pRsExtensions",
    InqReq "inqRqExtensions",
    AuthReq "aRqExtensions",
    AuthRes "aRsExtensions",
    AuthRevReq "aRvRqExtensions",
    AuthRevRes "aRvRsExtensions",
    CapReq "cRqExtensions",
    CapPayload "cPayExtensions",
    CapRes "cRsExtensions",
    CapResPayload "cRsPayExtensions",
    CapRevOrCredReq "cRvRqExtensions",
    CapRevOrCredReqItem "cRvRqItemExtensions",
    CapRevOrCredRes "cRvRsExtensions",
    CapRevOrCredResPayload "cRvRsPayExtensions",
    PCertReq "pcRqExtensions",
    PCertRes "pcRsExtensions",
    BatchAdminReq "baRqExtensions",
    BatchAdminRes "baRsExtensions",
    InstallRecurData "irExtensions",
    SaleDetail "saleExtensions",
    BatchStatus "batchExtensions",
    BatchTotals "batchTotalExtensions",
    TransactionDetail "transExtensions",
}

/// Says of each type which field of it is a list of extensions, and which hold others.
macro_rules! extended {
    ($($kind:ident $(($place:ident $own:ident))? [$($part:ident),*];)*) => {
        $(impl Extended for $kind {
            fn find_extensions<'a>(&'a self, found: &mut Found<'a>) {
                $(found.extend(self.$own.iter().map(|list| (Place::$place, list)));)?
                $(self.$part.find_extensions(found);)*
            }
        })*
    };
}

extended! {
    MessageWrapper (MessageWrapper mw_extensions) [];
    PInitReq (PInitReq pi_rq_extensions) [];
    PInitResData (PInitRes pi_rs_extensions) [];
    PiHead (PiHead pi_extensions) [install_recur_data];
    HodInput (HodInput od_extensions) [install_recur_data];
    OiData (OiData oi_extensions) [];
    PResData [p_res_payload_seq];
    PResPayload (PRes p_rs_extensions) [];
    InqReqData (InqReq inq_rq_extensions) [];
    AuthReqData [auth_req_item, sale_detail];
    AuthReqItem [auth_req_payload];
    AuthReqPayload (AuthReq a_rq_extensions) [install_recur_data];
    AuthResData [auth_res_payload];
    AuthResPayload (AuthRes a_rs_extensions) [auth_header, cap_res_payload];
    AuthHeader [batch_status];
    AuthTokenData [install_recur_data];
    AuthRevReqData (AuthRevReq a_rv_rq_extensions) [auth_req_data, auth_res_payload];
    AuthRevResData (AuthRevRes a_rv_rs_extensions) [auth_res_data_new];
    AuthResDataNew [auth_res_payload_new];
    CapReqData (CapReq c_rq_extensions) [cap_item_seq];
    CapItem [cap_payload];
    CapPayload (CapPayload c_pay_extensions) [auth_req_item, auth_res_payload, sale_detail];
    CapResData (CapRes c_rs_extensions) [batch_status_seq, cap_res_item_seq];
    CapResItem [cap_res_payload];
    CapResPayload (CapResPayload c_rs_pay_extensions) [];
    CapRevOrCredReqData (CapRevOrCredReq c_rv_rq_extensions) [cap_rev_or_cred_req_item_seq];
    CapRevOrCredReqItem (CapRevOrCredReqItem c_rv_rq_item_extensions) [cap_payload];
    CapRevOrCredResData (CapRevOrCredRes c_rv_rs_extensions)
        [batch_status_seq, cap_rev_or_cred_res_item_seq];
    CapRevOrCredResItem [cap_rev_or_cred_res_payload];
    CapRevOrCredResPayload (CapRevOrCredResPayload c_rv_rs_pay_extensions) [];
    PCertReqData (PCertReq pc_rq_extensions) [];
    PCertResTbs (PCertRes pc_rs_extensions) [];
    BatchAdminReqData (BatchAdminReq ba_rq_extensions) [batch_status, trans_details];
    BatchAdminResData (BatchAdminRes ba_rs_extensions) [batch_status, trans_details];
    TransDetails [transaction_detail_seq];
    TransactionDetail (TransactionDetail trans_extensions) [];
    InstallRecurData (InstallRecurData ir_extensions) [];
    SaleDetail (SaleDetail sale_extensions) [];
    BatchStatus (BatchStatus batch_extensions) [batch_details];
    BatchDetails [batch_totals, brand_batch_details_seq];
    BrandBatchDetails [batch_totals];
    BatchTotals (BatchTotals batch_total_extensions) [];
}
