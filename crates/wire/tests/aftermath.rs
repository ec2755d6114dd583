//! What follows a purchase: reversals, credits, batches, and the gateway's certificates.
//!
//! Every bound, tag and field of these messages is tried in `interface/`; here is what that cannot
//! know.

mod sample;

use std::{collections::BTreeSet, fmt::Debug};

use openset_wire::{
    Malformed, What,
    content::{Content, ContentType},
    der::{Decode, Encode, decode, encode},
    payment::{
        AuthRevReqBaggage, AuthRevReqTbe, AuthRevRes, AuthRevResTbe, AuthRevResTbeb,
        BatchAdminReqTbe, BatchAdminResTbe, CapReqTbe, CapReqTbs, CapResData, CapResTbe,
        CapRevReqTbe, CapRevReqTbs, CapRevReqTbsx, CapRevResData, CapRevResTbe, CapToken,
        CapTokenSeq, CredReqTbe, CredReqTbs, CredReqTbsx, CredResData, CredResTbe, CredRevReqTbe,
        CredRevReqTbs, CredRevReqTbsx, CredRevResData, CredRevResTbe,
    },
    types::{InstallRecurData, InstallRecurInd},
};

/// What is wrong with octets that should not decode.
fn fault<T: Decode + Encode + Debug>(octets: &[u8]) -> What {
    decode::<T>(octets).expect_err("must be refused").what
}

/// The DER of something short, under a tag.
fn under(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = u8::try_from(contents.len()).expect("short");
    assert!(length < 0x80, "one octet of length");
    [&[tag, length], contents.as_slice()].concat()
}

#[test]
fn three_that_share_a_body_are_not_called_the_same_when_they_are_signed_or_sealed() {
    let called = [
        CapReqTbs::TYPE,
        CapRevReqTbs::TYPE,
        CredReqTbs::TYPE,
        CredRevReqTbs::TYPE,
        CapRevReqTbsx::TYPE,
        CredReqTbsx::TYPE,
        CredRevReqTbsx::TYPE,
        CapResData::TYPE,
        CapRevResData::TYPE,
        CredResData::TYPE,
        CredRevResData::TYPE,
        CapReqTbe::TYPE,
        CapRevReqTbe::TYPE,
        CredReqTbe::TYPE,
        CredRevReqTbe::TYPE,
        CapResTbe::TYPE,
        CapRevResTbe::TYPE,
        CredResTbe::TYPE,
        CredRevResTbe::TYPE,
    ];
    let different: BTreeSet<ContentType> = called.into_iter().collect();
    assert_eq!(different.len(), called.len());
    let body = encode(&sample::cap_rev_req_tbs()).expect("encodable");
    assert_eq!(encode(&sample::cred_req_tbs()).expect("encodable"), body, "the body is the same");
}

#[test]
fn what_is_sealed_is_called_by_the_numbers_of_1997() {
    for (content, number) in [
        (AuthRevReqTbe::TYPE, 59),
        (AuthRevResTbe::TYPE, 60),
        (AuthRevResTbeb::TYPE, 61),
        (CapRevReqTbe::TYPE, 65),
        (CapRevResTbe::TYPE, 67),
        (CredReqTbe::TYPE, 68),
        (CredResTbe::TYPE, 70),
        (CredRevReqTbe::TYPE, 71),
        (CredRevResTbe::TYPE, 73),
        (BatchAdminReqTbe::TYPE, 74),
        (BatchAdminResTbe::TYPE, 75),
    ] {
        assert_eq!(content.oid().to_string(), format!("2.23.42.0.{number}"));
    }
}

#[test]
fn a_reversal_shows_payment_instructions_first_and_at_most_one_token_after_them() {
    let instructions = encode(&sample::pi()).expect("encodable");
    let token = encode(&CapToken::EncX(sample::sealed(57))).expect("encodable");
    let nothing = encode(&CapToken::Null(())).expect("encodable");
    for parts in [&[&instructions[..]][..], &[&instructions, &token], &[&instructions, &nothing]] {
        let octets = under(0x30, parts);
        let baggage = decode::<AuthRevReqBaggage>(&octets).expect("well formed");
        assert_eq!(baggage.cap_token.is_some(), parts.len() == 2);
        assert_eq!(encode(&baggage).as_deref(), Ok(octets.as_slice()));
    }
    let other = under(0xA3, &[&[0x05, 0x00]]);
    for parts in [
        &[][..],
        &[&nothing[..]],
        &[&nothing, &instructions],
        &[&instructions, &other],
        &[&other, &instructions],
        &[&instructions, &token, &token],
        &[&instructions, &nothing, &nothing],
    ] {
        let refused = decode::<AuthRevReqBaggage>(&under(0x30, parts));
        assert!(refused.is_err(), "{refused:?}");
    }
}

#[test]
fn a_token_that_is_none_holds_nothing() {
    assert_eq!(decode(&[0xA2, 0x02, 0x05, 0x00]), Ok(CapToken::Null(())));
    assert_eq!(fault::<CapToken>(&[0xA2, 0x03, 0x05, 0x01, 0x00]), What::Primitive);
    assert!(decode::<CapToken>(&[0xA2, 0x00]).is_err());
    assert!(decode::<CapToken>(&[0x82, 0x00]).is_err());
    assert!(decode::<CapToken>(&[0xA3, 0x02, 0x05, 0x00]).is_err());
    assert!(decode::<CapToken>(&[0xA2, 0x04, 0x05, 0x00, 0x05, 0x00]).is_err());
}

#[test]
fn an_answer_to_a_reversal_has_baggage_or_is_sealed_alone() {
    let sealed: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0x3C];
    assert_eq!(decode(&under(0xA1, &[sealed])), Ok(AuthRevRes::Enc(sample::sealed(60))));
    let both = encode(&sample::auth_rev_res()).expect("encodable");
    assert_eq!(decode(&both), Ok(sample::auth_rev_res()));
    for octets in [
        under(0xA0, &[sealed]),
        under(0xA0, &[&under(0x30, &[sealed])]),
        under(0xA1, &[sealed, sealed]),
        under(0xA1, &[&[0x31, 0x00]]),
        under(0xA2, &[sealed]),
        sealed.to_vec(),
    ] {
        assert!(decode::<AuthRevRes>(&octets).is_err(), "{octets:02x?}");
    }
}

#[test]
fn what_would_be_refused_cannot_be_written() {
    let refused = Err(Malformed::new(0, What::Unencodable));
    assert_eq!(encode(&CapTokenSeq(Vec::new())), refused);
    let mut asked = sample::cap_rev_or_cred_req_data();
    asked.cap_rev_or_cred_req_item_seq.clear();
    assert_eq!(encode(&asked), refused);
    let mut answered = sample::cred_res_data();
    answered.0.cap_rev_or_cred_res_item_seq[1].cap_rev_or_cred_res_payload.batch_sequence_num =
        Some(0);
    assert_eq!(encode(&answered), refused);
    let mut brands = sample::p_cert_req_data();
    brands.brand_and_bin_seq.clear();
    assert_eq!(encode(&brands), refused);
    let mut certificates = sample::p_cert_res_tbs();
    certificates.brand_crl_identifier_seq = Some(Vec::new());
    assert_eq!(encode(&certificates), refused);
    let mut batch = sample::batch_admin_totals();
    batch.return_transaction_detail.as_mut().expect("some").maximum_items = 0;
    assert_eq!(encode(&batch), refused);
    let mut token = sample::auth_token_data();
    token.recurring_count = Some(0);
    assert_eq!(encode(&token), refused);
    let once = InstallRecurInd::InstallTotalTrans(1);
    assert_eq!(encode(&InstallRecurData { install_recur_ind: once, ir_extensions: None }), refused);
}

#[test]
fn the_key_in_a_token_does_not_print() {
    let printed = format!("{:?} {:?}", sample::auth_token_tbe(), sample::auth_token_tbs());
    assert!(!printed.contains("3636"), "{printed}");
    assert!(!printed.contains("4111111111111111"), "{printed}");
}
