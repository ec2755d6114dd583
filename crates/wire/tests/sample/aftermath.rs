//! Samples of what follows a purchase: reversals, credits, batches, and the gateway's certificates.

use openset_wire::{
    der::{Element, Original},
    opaque::Linked,
    payment::{
        AmountType, AuthResDataNew, AuthRevCode, AuthRevReq, AuthRevReqBaggage, AuthRevReqData,
        AuthRevReqTbs, AuthRevRes, AuthRevResBaggage, AuthRevResData, AuthRevResEncB,
        AuthRevResTbs, AuthRevTags, AuthTokenData, AuthTokenTbe, AuthTokenTbs, BaStatus,
        BatchAdminReqData, BatchAdminResData, BatchOperation, BrandAndBin, CapEncB, CapEncBx,
        CapRevOrCredCode, CapRevOrCredReqData, CapRevOrCredReqItem, CapRevOrCredResData,
        CapRevOrCredResItem, CapRevOrCredResPayload, CapRevReq, CapRevReqTbex, CapRevReqTbs,
        CapRevReqTbsx, CapRevResData, CapToken, CredReq, CredReqTbex, CredReqTbs, CredReqTbsx,
        CredResData, CredRevReq, CredRevReqTbex, CredRevReqTbs, CredRevReqTbsx, CredRevResData,
        PCertCode, PCertReqData, PCertResItem, PCertResTbs, Pi, ReimbursementId,
        ReturnTransactionDetail, SettlementInfo, TransDetails, TransactionDetail,
        TransactionStatus, TransmissionStatus,
    },
    wrapper::Message,
};

use super::{
    Sample, amount, auth_req_data, auth_res_payload, back_key_data, batch_status, bin, brand,
    brand_crl_identifier, cap_payload, cap_tokens, digested, extensions, later, merchant_id, now,
    pan_token, pi, recurring, rr_tags, rrpid, sealed, signed, text, thumb, thumbs, trans_ids,
};

pub(crate) fn messages() -> Vec<(&'static str, Message)> {
    vec![
        ("AuthRevReq", Message::AuthRevReq(Box::new(auth_rev_req()))),
        ("AuthRevReq-token", Message::AuthRevReq(Box::new(auth_rev_req_token()))),
        ("AuthRevRes", Message::AuthRevRes(Box::new(auth_rev_res()))),
        ("AuthRevRes-bare", Message::AuthRevRes(Box::new(AuthRevRes::Enc(sealed(60))))),
        ("CapRevReq", Message::CapRevReq(Box::new(CapRevReq::EncB(with_tokens(65))))),
        ("CapRevReq-extra", Message::CapRevReq(Box::new(CapRevReq::EncBx(with_account(66))))),
        ("CapRevRes", Message::CapRevRes(sealed(67))),
        ("CredReq", Message::CredReq(Box::new(CredReq::EncB(with_tokens(68))))),
        ("CredReq-extra", Message::CredReq(Box::new(CredReq::EncBx(with_account(69))))),
        ("CredRes", Message::CredRes(sealed(70))),
        ("CredRevReq", Message::CredRevReq(Box::new(CredRevReq::EncB(with_tokens(71))))),
        ("CredRevReq-extra", Message::CredRevReq(Box::new(CredRevReq::EncBx(with_account(72))))),
        ("CredRevRes", Message::CredRevRes(sealed(73))),
        ("PCertReq", Message::PCertReq(signed(38))),
        ("PCertRes", Message::PCertRes(signed(39))),
        ("BatchAdminReq", Message::BatchAdminReq(sealed(74))),
        ("BatchAdminRes", Message::BatchAdminRes(sealed(75))),
    ]
}

pub(crate) fn parts() -> Vec<Sample> {
    let asked = || original(cap_rev_req_tbs());
    let credit = || original(cred_req_tbs());
    let undone = || original(cred_rev_req_tbs());
    vec![
        Sample::of("AuthRevReqTBS", &auth_rev_req_tbs()),
        Sample::of("AuthRevReqBaggage", &auth_rev_req().baggage),
        Sample::of("AuthRevResTBS", &auth_rev_res_tbs()),
        Sample::of("AuthRevResData", &auth_rev_res_data()).named("refused"),
        Sample::of("AuthRevResBaggage", &auth_rev_res_baggage()),
        Sample::of("CapRevReqTBS", &cap_rev_req_tbs()),
        Sample::of(
            "CapRevReqTBEX",
            &CapRevReqTbex { cap_rev_req_tbs: asked(), cap_rev_req_s: signed(30) },
        ),
        Sample::of(
            "CapRevReqTBSX",
            &CapRevReqTbsx { cap_rev_req_tbs: asked(), pan_token: pan_token() },
        ),
        Sample::of("CredReqTBS", &cred_req_tbs()),
        Sample::of("CredReqTBEX", &CredReqTbex { cred_req_tbs: credit(), cred_req_s: signed(33) }),
        Sample::of("CredReqTBSX", &CredReqTbsx { cred_req_tbs: credit(), pan_token: pan_token() }),
        Sample::of("CredRevReqTBS", &cred_rev_req_tbs()),
        Sample::of(
            "CredRevReqTBEX",
            &CredRevReqTbex { cred_rev_req_tbs: undone(), cred_rev_req_s: signed(36) },
        ),
        Sample::of(
            "CredRevReqTBSX",
            &CredRevReqTbsx { cred_rev_req_tbs: undone(), pan_token: pan_token() },
        ),
        Sample::of("CapRevOrCredResData", &cap_rev_res_data()),
        Sample::of("CapRevOrCredResData", &cred_res_data()).named("credit"),
        Sample::of("CapRevOrCredResData", &cred_rev_res_data()).named("undone"),
        Sample::of("PCertReqData", &p_cert_req_data()),
        Sample::of("PCertResTBS", &p_cert_res_tbs()),
        Sample::of("BatchAdminReqData", &batch_admin_req_data()),
        Sample::of("BatchAdminReqData", &batch_admin_totals()).named("totals"),
        Sample::of("BatchAdminResData", &batch_admin_res_data()),
        Sample::of("BatchAdminResData", &batch_admin_unknown()).named("unknown"),
        Sample::of("AuthTokenTBE", &auth_token_tbe()),
        Sample::of("AuthTokenTBS", &auth_token_tbs()),
        Sample::of("AuthTokenData", &auth_token_first()).named("first"),
        Sample::of("PI", &Pi::AuthToken(sealed(55))).named("token"),
        Sample::of("PI", &Pi::PiUnsigned(sealed(51))).named("unsigned"),
    ]
}

fn original<T: rasn::Encode>(value: T) -> Original<T> {
    Original::new(value).expect("encodable")
}

pub(crate) fn auth_rev_req() -> AuthRevReq {
    let baggage = AuthRevReqBaggage { pi: pi(), cap_token: Some(CapToken::EncX(sealed(57))) };
    AuthRevReq { enc: sealed(59), baggage: original(baggage) }
}

pub(crate) fn auth_rev_req_token() -> AuthRevReq {
    let baggage = AuthRevReqBaggage { pi: Pi::AuthToken(sealed(55)), cap_token: None };
    AuthRevReq { enc: sealed(59), baggage: original(baggage) }
}

pub(crate) fn auth_rev_req_tbs() -> AuthRevReqTbs {
    let data = AuthRevReqData {
        auth_rev_tags: auth_rev_tags(),
        m_thumbs: Some(thumbs()),
        auth_req_data: Some(auth_req_data()),
        auth_res_payload: Some(auth_res_payload()),
        auth_new_amt: amount(),
        a_rv_rq_extensions: Some(extensions()),
    };
    Linked::new(data, digested(9)).expect("encodable")
}

fn auth_rev_tags() -> AuthRevTags {
    AuthRevTags { auth_rev_rr_tags: rr_tags(), auth_ret_num: Some(0) }
}

pub(crate) fn auth_rev_res() -> AuthRevRes {
    let baggage = original(auth_rev_res_baggage());
    AuthRevRes::EncB(AuthRevResEncB { enc: sealed(61), baggage })
}

pub(crate) fn auth_rev_res_baggage() -> AuthRevResBaggage {
    AuthRevResBaggage { cap_token_new: Some(CapToken::Null(())), auth_token_new: Some(sealed(55)) }
}

pub(crate) fn auth_rev_res_tbs() -> AuthRevResTbs {
    let data = AuthRevResData {
        auth_rev_code: AuthRevCode::Approved,
        auth_rev_tags: auth_rev_tags(),
        brand_crl_identifier: Some(brand_crl_identifier()),
        pe_thumb: Some(thumb(0x33)),
        auth_new_amt: amount(),
        auth_res_data_new: AuthResDataNew {
            trans_ids: trans_ids(),
            auth_res_payload_new: Some(auth_res_payload()),
        },
        a_rv_rs_extensions: Some(extensions()),
    };
    Linked::new(data, digested(10)).expect("encodable")
}

pub(crate) fn auth_rev_res_data() -> AuthRevResData {
    AuthRevResData {
        auth_rev_code: AuthRevCode::InvalidAmount,
        auth_rev_tags: AuthRevTags { auth_rev_rr_tags: rr_tags(), auth_ret_num: None },
        brand_crl_identifier: None,
        pe_thumb: None,
        auth_new_amt: amount(),
        auth_res_data_new: AuthResDataNew { trans_ids: trans_ids(), auth_res_payload_new: None },
        a_rv_rs_extensions: None,
    }
}

fn with_tokens<T>(number: u8) -> CapEncB<T> {
    CapEncB { enc: sealed(number), baggage: original(cap_tokens()) }
}

fn with_account<T>(number: u8) -> CapEncBx<T> {
    CapEncBx { enc_x: sealed(number), baggage: original(cap_tokens()) }
}

/// The same request in each of the three messages that have it.
pub(crate) fn cap_rev_or_cred_req_data() -> CapRevOrCredReqData {
    CapRevOrCredReqData {
        cap_rev_or_cred_rr_tags: rr_tags(),
        m_thumbs: Some(thumbs()),
        cap_rev_or_cred_req_item_seq: vec![whole(), part()],
        c_rv_rq_extensions: Some(extensions()),
    }
}

/// All of a capture.
fn whole() -> CapRevOrCredReqItem {
    CapRevOrCredReqItem {
        trans_ids: trans_ids(),
        auth_rrpid: rrpid(),
        cap_payload: cap_payload(),
        new_batch_id: None,
        cap_rev_or_cred_req_date: later(),
        cap_rev_or_cred_req_amt: None,
        new_account_ind: false,
        c_rv_rq_item_extensions: None,
    }
}

/// Part of one, to another account.
fn part() -> CapRevOrCredReqItem {
    CapRevOrCredReqItem {
        new_batch_id: Some(17),
        cap_rev_or_cred_req_amt: Some(amount()),
        new_account_ind: true,
        c_rv_rq_item_extensions: Some(extensions()),
        ..whole()
    }
}

pub(crate) fn cap_rev_req_tbs() -> CapRevReqTbs {
    CapRevReqTbs(Linked::new(cap_rev_or_cred_req_data(), digested(11)).expect("encodable"))
}

pub(crate) fn cred_req_tbs() -> CredReqTbs {
    CredReqTbs(Linked::new(cap_rev_or_cred_req_data(), digested(11)).expect("encodable"))
}

pub(crate) fn cred_rev_req_tbs() -> CredRevReqTbs {
    CredRevReqTbs(Linked::new(cap_rev_or_cred_req_data(), digested(11)).expect("encodable"))
}

pub(crate) fn cap_rev_res_data() -> CapRevResData {
    CapRevResData(CapRevOrCredResData {
        cap_rev_or_cred_rr_tags: rr_tags(),
        brand_crl_identifier: Some(brand_crl_identifier()),
        pe_thumb: Some(thumb(0x33)),
        batch_status_seq: Some(vec![batch_status()]),
        cap_rev_or_cred_res_item_seq: vec![outcome(CapRevOrCredCode::Success)],
        c_rv_rs_extensions: Some(extensions()),
    })
}

fn outcome(code: CapRevOrCredCode) -> CapRevOrCredResItem {
    CapRevOrCredResItem {
        trans_ids: trans_ids(),
        auth_rrpid: rrpid(),
        cap_rev_or_cred_res_payload: CapRevOrCredResPayload {
            cap_rev_or_cred_code: code,
            cap_rev_or_cred_actual_amt: amount(),
            batch_id: Some(17),
            batch_sequence_num: Some(2),
            c_rv_rs_pay_extensions: Some(extensions()),
        },
    }
}

fn refused(code: CapRevOrCredCode) -> CapRevOrCredResData {
    let mut item = outcome(code);
    let payload = &mut item.cap_rev_or_cred_res_payload;
    (payload.batch_id, payload.batch_sequence_num) = (None, None);
    payload.c_rv_rs_pay_extensions = None;
    CapRevOrCredResData {
        cap_rev_or_cred_rr_tags: rr_tags(),
        brand_crl_identifier: None,
        pe_thumb: None,
        batch_status_seq: None,
        cap_rev_or_cred_res_item_seq: vec![item, outcome(CapRevOrCredCode::Success)],
        c_rv_rs_extensions: None,
    }
}

pub(crate) fn cred_res_data() -> CredResData {
    CredResData(refused(CapRevOrCredCode::OriginalNotFound))
}

pub(crate) fn cred_rev_res_data() -> CredRevResData {
    CredRevResData(refused(CapRevOrCredCode::BatchClosed))
}

pub(crate) fn p_cert_req_data() -> PCertReqData {
    PCertReqData {
        p_cert_rr_tags: rr_tags(),
        m_thumbs: Some(thumbs()),
        brand_and_bin_seq: brands(),
        pc_rq_extensions: Some(extensions()),
    }
}

fn brands() -> Vec<BrandAndBin> {
    vec![
        BrandAndBin { brand_id: brand(), bin: Some(bin()) },
        BrandAndBin { brand_id: brand(), bin: None },
    ]
}

pub(crate) fn p_cert_res_tbs() -> PCertResTbs {
    PCertResTbs {
        p_cert_rr_tags: rr_tags(),
        p_cert_res_item_seq: vec![
            PCertResItem { p_cert_code: PCertCode::Success, cert_thumb: Some(thumb(0x33)) },
            PCertResItem { p_cert_code: PCertCode::UnknownBin, cert_thumb: None },
        ],
        brand_crl_identifier_seq: Some(vec![brand_crl_identifier()]),
        pc_rs_extensions: Some(extensions()),
    }
}

/// A batch is opened.
pub(crate) fn batch_admin_req_data() -> BatchAdminReqData {
    BatchAdminReqData {
        batch_admin_rr_tags: rr_tags(),
        batch_id: None,
        brand_and_bin_seq: Some(brands()),
        batch_operation: Some(BatchOperation::Open),
        return_batch_summary_ind: false,
        return_transaction_detail: None,
        batch_status: None,
        trans_details: None,
        ba_rq_extensions: None,
    }
}

/// A batch is compared.
pub(crate) fn batch_admin_totals() -> BatchAdminReqData {
    BatchAdminReqData {
        batch_admin_rr_tags: rr_tags(),
        batch_id: Some(17),
        brand_and_bin_seq: None,
        batch_operation: None,
        return_batch_summary_ind: true,
        return_transaction_detail: Some(ReturnTransactionDetail {
            starting_point: 0,
            maximum_items: 100,
            errors_only_ind: true,
            brand_id: Some(brand()),
        }),
        batch_status: Some(batch_status()),
        trans_details: Some(trans_details()),
        ba_rq_extensions: Some(extensions()),
    }
}

fn trans_details() -> TransDetails {
    let failed = TransactionDetail {
        trans_ids: trans_ids(),
        auth_rrpid: rrpid(),
        brand_id: brand(),
        batch_sequence_num: 1,
        reimbursement_id: Some(ReimbursementId::Electronic),
        transaction_amt: amount(),
        transaction_amt_type: AmountType::Debit,
        transaction_status: Some(TransactionStatus::UnspecifiedFailure),
        trans_extensions: Some(extensions()),
    };
    let plain = TransactionDetail {
        batch_sequence_num: 2,
        reimbursement_id: None,
        transaction_status: None,
        trans_extensions: None,
        ..failed.clone()
    };
    TransDetails { next_starting_point: -7, transaction_detail_seq: vec![failed, plain] }
}

pub(crate) fn batch_admin_res_data() -> BatchAdminResData {
    BatchAdminResData {
        batch_admin_tags: rr_tags(),
        batch_id: 17,
        ba_status: Some(BaStatus::Success),
        batch_status: Some(batch_status()),
        transmission_status: Some(TransmissionStatus::CompletedWithItemErrors),
        settlement_info: Some(SettlementInfo {
            settlement_amount: amount(),
            settlement_type: AmountType::Credit,
            settlement_account: text("FR76 SHOP 0001"),
            settlement_deposit_date: later(),
        }),
        trans_details: Some(trans_details()),
        ba_rs_extensions: Some(extensions()),
    }
}

/// The batch is not known: nothing but that is said.
pub(crate) fn batch_admin_unknown() -> BatchAdminResData {
    BatchAdminResData {
        batch_admin_tags: rr_tags(),
        batch_id: 0,
        ba_status: Some(BaStatus::UnknownBatchId),
        batch_status: None,
        transmission_status: None,
        settlement_info: None,
        trans_details: Some(TransDetails {
            next_starting_point: 0,
            transaction_detail_seq: vec![],
        }),
        ba_rs_extensions: None,
    }
}

/// What a gateway remembers of a recurring payment.
pub(crate) fn auth_token_data() -> AuthTokenData {
    AuthTokenData {
        trans_ids: trans_ids(),
        purch_amt: amount(),
        merchant_id: merchant_id(),
        acq_back_key_data: Some(back_key_data()),
        install_recur_data: Some(recurring()),
        recurring_count: Some(3),
        prev_auth_date_time: now(),
        total_auth_amount: Some(amount()),
        auth_token_opaque: Some(Element::of(&7_u64).expect("encodable")),
    }
}

/// What it remembers of a split shipment.
pub(crate) fn auth_token_first() -> AuthTokenData {
    AuthTokenData {
        acq_back_key_data: None,
        install_recur_data: None,
        recurring_count: None,
        total_auth_amount: None,
        auth_token_opaque: None,
        ..auth_token_data()
    }
}

pub(crate) fn auth_token_tbe() -> AuthTokenTbe {
    AuthTokenTbe { auth_token_data: original(auth_token_data()), s: signed(19) }
}

pub(crate) fn auth_token_tbs() -> AuthTokenTbs {
    AuthTokenTbs { auth_token_data: original(auth_token_data()), pan_token: pan_token() }
}
