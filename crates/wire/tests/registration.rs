//! The messages of registrations and their parts: what is in bounds is read, what is not is
//! refused.

mod sample;

use openset_wire::{
    What,
    cert::{
        BciDistributionTbs, CertInqReqTbs, CertReqData, CertResData, CertStatusCode,
        CrlNotification, CrlNotificationTbs, FailedItem, RegFormOrReferral, RegFormResTbs,
        RequestType,
    },
    der::{Decode, Encode, decode, encode},
};

/// What is wrong with octets that should not decode.
fn fault<T: Decode + Encode + std::fmt::Debug>(octets: &[u8]) -> What {
    decode::<T>(octets).expect_err("must be refused").what
}

/// The DER of a SEQUENCE that is short enough for one octet of length.
fn sequence(contents: &[u8]) -> Vec<u8> {
    let length = u8::try_from(contents.len()).expect("short");
    assert!(length < 0x80, "one octet of length");
    [&[0x30, length], contents].concat()
}

/// Every value with one octet at a place, that of a sample first.
fn with_octet(octets: &[u8], at: usize) -> impl Iterator<Item = (u8, Vec<u8>)> {
    (0..=u8::MAX).map(move |octet| {
        let mut changed = octets.to_vec();
        changed[at] = octet;
        (octet, changed)
    })
}

#[test]
fn a_status_is_one_of_twelve() {
    let octets = encode(&CertStatusCode::RequestPended).expect("encodable");
    assert_eq!(octets, [0x0A, 0x01, 8]);
    for (number, changed) in with_octet(&octets, 2) {
        let found = decode::<CertStatusCode>(&changed);
        assert_eq!(found.is_ok(), (1..=12).contains(&number), "{number}");
    }
}

#[test]
fn a_request_is_of_one_of_fourteen_types() {
    let octets = encode(&RequestType::CardInitialSig).expect("encodable");
    let known = [1, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18];
    for (number, changed) in with_octet(&octets, 2) {
        let found = decode::<RequestType>(&changed);
        assert_eq!(found.is_ok(), known.contains(&number), "{number}");
    }
}

#[test]
fn a_failed_item_is_one_of_fifty_and_says_why() {
    let mut item = FailedItem { item_number: 50, item_reason: sample::text("illegible") };
    assert!(encode(&item).is_ok());
    for number in [0, 51] {
        item.item_number = number;
        assert!(encode(&item).is_err(), "{number}");
    }
    let silent = sequence(&[0x02, 0x01, 0x01, 0x1A, 0x00]);
    assert_eq!(fault::<FailedItem>(&silent), What::Bounds);
}

#[test]
fn a_response_without_failed_items_leaves_the_list_out() {
    let mut data = sample::cert_res_data();
    data.cert_status.failed_item_seq = Some(Vec::new());
    assert!(encode(&data).is_err());
    data.cert_status.failed_item_seq = None;
    let octets = encode(&data).expect("encodable");
    assert_eq!(decode(&octets), Ok(data));
}

#[test]
fn an_inquiry_has_all_four_parts_in_order_and_no_fifth() {
    let octets = encode(&sample::cert_inq_req_tbs()).expect("encodable");
    let parts = openset_wire::der::elements(&octets).expect("one").len();
    assert_eq!(parts, 1);
    let (rrpid, rest) = octets[2..].split_at(22);
    let (label, rest) = rest.split_at(10);
    let (challenge, lid_ca) = rest.split_at(34);
    let whole = [rrpid, label, challenge, lid_ca].concat();
    assert_eq!(sequence(&whole), octets);
    for wrong in [
        [rrpid, label, challenge, &[]].concat(),
        [rrpid, label, &[], lid_ca].concat(),
        [rrpid, challenge, label, lid_ca].concat(),
        [&whole[..], lid_ca].concat(),
        [label, rrpid, challenge, lid_ca].concat(),
    ] {
        assert!(decode::<CertInqReqTbs>(&sequence(&wrong)).is_err(), "{wrong:02x?}");
    }
}

#[test]
fn a_referral_may_say_little_and_its_addresses_are_addresses() {
    let octets = encode(&sample::reg_form_res_tbs()).expect("encodable");
    let url = octets.windows(8).position(|window| window == b"https://").expect("an address");
    let mut spoilt = octets.clone();
    spoilt[url] = 0x07;
    assert_eq!(fault::<RegFormResTbs>(&spoilt), What::Character);
    let silent = [0xA1, 0x00];
    let referral = decode::<RegFormOrReferral>(&silent).expect("neither reason nor address");
    assert!(matches!(referral, RegFormOrReferral::ReferralData(data)
        if data.reason.is_none() && data.referral_url_seq.is_none()));
    assert!(decode::<RegFormOrReferral>(&[0xA2, 0x00]).is_err(), "neither form nor referral");
    assert!(decode::<RegFormOrReferral>(&[0x81, 0x00]).is_err(), "not constructed");
}

#[test]
fn a_request_names_the_certificate_it_renews_under_its_own_tag() {
    let data = sample::cert_req_data();
    let octets = encode(&data).expect("encodable");
    let thumb = encode(&sample::thumb(0x49)).expect("encodable");
    let at = octets.windows(thumb.len()).position(|window| window == thumb).expect("the thumb");
    let tag = at - 2;
    assert_eq!(octets[tag], 0xA5);
    for (other, changed) in with_octet(&octets, tag) {
        // [6] holds thumbs, which begin in the same way.
        let is_read = decode::<CertReqData>(&changed).is_ok();
        assert_eq!(is_read, other == 0xA5, "{other:02x}");
    }
}

#[test]
fn a_notice_between_authorities_names_a_date_and_a_list() {
    let notice = encode(&sample::crl_notification_tbs()).expect("encodable");
    let (date, thumb) = notice[2..].split_at(17);
    assert_eq!(sequence(&[date, thumb].concat()), notice);
    for wrong in [date.to_vec(), thumb.to_vec(), [thumb, date].concat(), [date, date].concat()] {
        assert!(decode::<CrlNotificationTbs>(&sequence(&wrong)).is_err(), "{wrong:02x?}");
    }
    let more = sequence(&[date, thumb, &[0x05, 0x00]].concat());
    assert!(decode::<CrlNotificationTbs>(&more).is_err());
}

#[test]
fn a_distribution_carries_one_list_or_none() {
    let none = encode(&sample::bci_distribution_tbs(None)).expect("encodable");
    assert!(decode::<BciDistributionTbs>(&none).is_ok());
    let date = &none[2..];
    for wrong in [[date, &[0xA0, 0x00]].concat(), [date, &[0x30, 0x00]].concat()] {
        assert!(decode::<BciDistributionTbs>(&sequence(&wrong)).is_err(), "{wrong:02x?}");
    }
    let one = encode(&sample::bci_distribution_tbs(Some(sample::brand_crl_identifier())));
    let one = one.expect("encodable");
    for end in 0..one.len() {
        assert_eq!(fault::<BciDistributionTbs>(&one[..end]), What::Truncated, "after {end}");
    }
}

#[test]
fn a_signed_notice_is_a_sequence_without_a_wrapper() {
    let octets = encode(&sample::crl_notification()).expect("encodable");
    assert_eq!(octets[0], 0x30);
    for tag in [0x31, 0xA0, 0x04] {
        let mut spoilt = octets.clone();
        spoilt[0] = tag;
        assert!(decode::<CrlNotification>(&spoilt).is_err(), "{tag:02x}");
    }
    let wrapped = sample::messages().into_iter().next().expect("a message").octets;
    assert!(decode::<CrlNotificationTbs>(&wrapped).is_err());
}

#[test]
fn a_part_of_a_registration_is_no_other() {
    let response = encode(&sample::cert_res_data()).expect("encodable");
    assert!(decode::<CertResData>(&response).is_ok());
    assert!(decode::<CertReqData>(&response).is_err());
    assert!(decode::<CertInqReqTbs>(&response).is_err());
    let inquiry = encode(&sample::cert_inq_req_tbs()).expect("encodable");
    assert!(decode::<CertResData>(&inquiry).is_err());
}
