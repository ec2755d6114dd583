//! Octets that are not DER, or not SET, are refused: where, and why.

mod sample;

use openset_wire::{
    Malformed, What,
    cert::CardCInitReq,
    der::{COUNT_MAX, Carried, DEPTH_MAX, Element, MESSAGE_BYTES_MAX, Octets, Oid, decode, encode},
    opaque::{PaymentGateway, Sealed, Signed},
    payment::{AuthReqData, CapReqTbs, OiData, PReq, PiTbs},
    types::{MsgExtension, PanOnly, TransIds},
    wrapper::{Message, MessageWrapper},
    x509::{BasicConstraints, Extension, Extensions, Name},
};
use rasn::types::SetOf;

/// What is wrong with octets that should not decode.
fn fault<T: rasn::Decode + rasn::Encode + std::fmt::Debug>(octets: &[u8]) -> What {
    decode::<T>(octets).expect_err("must be refused").what
}

/// A whole message, as octets that can be spoilt.
fn message() -> Vec<u8> {
    let wrapper = sample::wrapper(Message::PReq(Box::new(sample::dual_signed())));
    wrapper.encode().expect("encodable")
}

fn sequence(contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).expect("short").to_be_bytes();
    match contents.len() {
        0..=0x7F => [&[0x30, length[3]], contents].concat(),
        0x80..=0xFF => [&[0x30, 0x81, length[3]], contents].concat(),
        0x100..=0xFFFF => [&[0x30, 0x82, length[2], length[3]], contents].concat(),
        _ => [&[0x30, 0x83, length[1], length[2], length[3]], contents].concat(),
    }
}

#[test]
fn indefinite_and_long_lengths_are_refused() {
    assert_eq!(fault::<Element>(&[0x30, 0x80, 0x05, 0x00, 0x00, 0x00]), What::Length);
    assert_eq!(fault::<Element>(&[0x04, 0x81, 0x01, 0xAA]), What::Length);
    assert_eq!(fault::<Element>(&[0x04, 0x82, 0x00, 0x01, 0xAA]), What::Length);
    assert_eq!(fault::<Element>(&[0x04, 0xFF]), What::Length);
}

#[test]
fn giant_lengths_are_refused_at_once() {
    for header in [
        &[0x30, 0x84, 0x40, 0x00, 0x00, 0x00][..],
        &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x30, 0x88, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
        &[0x30, 0x89, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    ] {
        assert_eq!(fault::<Element>(header), What::Length, "{header:02x?}");
    }
    assert_eq!(fault::<Element>(&[0x30, 0x83, 0xFF, 0xFF, 0xFF]), What::Truncated);
}

#[test]
fn deep_nesting_is_refused_without_recursion() {
    let nested = |depth: usize| {
        let mut octets = vec![0x05, 0x00];
        (0..depth).for_each(|_| octets = sequence(&octets));
        octets
    };
    assert!(decode::<Element>(&nested(DEPTH_MAX)).is_ok());
    assert_eq!(fault::<Element>(&nested(DEPTH_MAX + 1)), What::Deep);
    assert_eq!(fault::<Element>(&nested(10_000)), What::Deep);
}

#[test]
fn floods_of_elements_and_octets_are_refused() {
    let elements = |count: usize| sequence(&[0x05, 0x00].repeat(count));
    assert!(decode::<Element>(&elements(COUNT_MAX - 1)).is_ok());
    assert_eq!(fault::<Element>(&elements(COUNT_MAX)), What::Many);
    assert_eq!(fault::<Element>(&elements(1_000_000)), What::TooBig);
    assert_eq!(fault::<Element>(&vec![0; MESSAGE_BYTES_MAX + 1]), What::TooBig);
}

#[test]
fn every_truncation_is_refused() {
    let whole = message();
    for end in 0..whole.len() {
        let fault = MessageWrapper::decode(&whole[..end]).expect_err("cut short");
        assert_eq!(fault.what, What::Truncated, "after {end} octets");
    }
}

#[test]
fn octets_after_the_end_are_refused() {
    let whole = message();
    for tail in [&[0][..], &[0, 0], &whole] {
        let octets = [&whole, tail].concat();
        let fault = MessageWrapper::decode(&octets).expect_err("too long");
        assert_eq!(fault, Malformed::new(whole.len(), What::Trailing));
    }
}

#[test]
fn improper_tags_are_refused() {
    assert_eq!(fault::<Element>(&[0x1F, 0x04, 0x00]), What::Tag);
    assert_eq!(fault::<Element>(&[0x9F, 0x1E, 0x00]), What::Tag);
    assert_eq!(fault::<Element>(&[0x9F, 0x80, 0x7F, 0x00]), What::Tag);
    assert_eq!(fault::<Element>(&[0x9F, 0xFF, 0xFF, 0xFF, 0x7F, 0x00]), What::Tag);
    assert_eq!(fault::<Element>(&[0x00, 0x00]), What::Tag);
    assert_eq!(fault::<Element>(&[0x9F]), What::Truncated);
}

#[test]
fn primitives_in_the_form_of_ber_are_refused_even_inside_opaque_parts() {
    for (element, what) in [
        (&[0x01, 0x01, 0x01][..], What::Primitive),
        (&[0x01, 0x00], What::Primitive),
        (&[0x02, 0x00], What::Integer),
        (&[0x02, 0x02, 0x00, 0x7F], What::Integer),
        (&[0x02, 0x02, 0xFF, 0x80], What::Integer),
        (&[0x0A, 0x02, 0x00, 0x01], What::Integer),
        (&[0x03, 0x00], What::Primitive),
        (&[0x03, 0x01, 0x01], What::Primitive),
        (&[0x03, 0x02, 0x08, 0x00], What::Primitive),
        (&[0x03, 0x02, 0x04, 0xFF], What::Primitive),
        (&[0x05, 0x01, 0x00], What::Primitive),
        (&[0x06, 0x00], What::ObjectIdentifier),
        (&[0x06, 0x02, 0x2A, 0x80], What::ObjectIdentifier),
        (&[0x06, 0x03, 0x2A, 0x80, 0x01], What::ObjectIdentifier),
        (&[0x24, 0x03, 0x04, 0x01, 0xAA], What::Construction),
        (&[0x3A, 0x00], What::Construction),
        (&[0x10, 0x00], What::Construction),
        (&[0x11, 0x00], What::Construction),
    ] {
        assert_eq!(fault::<Element>(element), what, "{element:02x?}");
        let inside = Signed::<PiTbs>::from_octets(sequence(element)).expect_err("refused");
        assert_eq!(inside, Malformed::new(2, what), "{element:02x?}");
    }
}

#[test]
fn a_set_out_of_order_is_refused() {
    let sorted = [0x31, 0x06, 0x04, 0x01, 0x01, 0x04, 0x01, 0x02];
    let unsorted = [0x31, 0x06, 0x04, 0x01, 0x02, 0x04, 0x01, 0x01];
    assert!(decode::<SetOf<Octets<1, 1>>>(&sorted).is_ok());
    assert_eq!(fault::<SetOf<Octets<1, 1>>>(&unsorted), What::Order);
    assert_eq!(fault::<Element>(&sequence(&unsorted)), What::Order);
    let nested = [0x31, 0x06, 0x31, 0x00, 0x30, 0x02, 0x05, 0x00];
    let fault = decode::<Element>(&nested).expect_err("refused");
    assert_eq!(fault, Malformed::new(4, What::Order));
}

#[test]
fn a_default_that_is_written_is_refused() {
    let critical = [0x01, 0x01, 0x00];
    let octets = sequence(&[&[0x06, 0x01, 0x2A][..], &critical, &[0x04, 0x00]].concat());
    assert_eq!(fault::<Extension>(&octets), What::NotCanonical);
    assert_eq!(fault::<BasicConstraints>(&sequence(&critical)), What::NotCanonical);
    assert_eq!(decode(&sequence(&[])), Ok(BasicConstraints::default()));
    let fault = decode::<Extension>(&octets).expect_err("refused");
    assert_eq!(fault.at, 1, "the length differs first");
}

#[test]
fn impossible_dates_are_refused_with_their_path() {
    let octets = encode(&sample::trans_ids()).expect("encodable");
    let text = b"20261123081500Z";
    let at = octets.windows(15).position(|window| window == text).expect("a date");
    for (place, digit) in [(5, b'3'), (6, b'4'), (8, b'9'), (14, b'X'), (0, b'0')] {
        let mut spoilt = octets.clone();
        spoilt[at + place] = digit;
        let fault = decode::<TransIds>(&spoilt).expect_err("not a date");
        assert_eq!((fault.what, fault.at), (What::Time, at - 2), "{place}");
        assert_eq!(fault.path(), ["TransIds.p_req_date"]);
    }
    for (other, digits) in [(b'Z', "20261123081500.5"), (b'0', "20261123081500+010")] {
        let date = [&[0x18, 17], digits.as_bytes(), &[other]].concat();
        let date = &date[..date.len().min(19)];
        assert!(decode::<Carried<openset_types::UnixTime>>(date).is_err());
    }
}

#[test]
fn unknown_numbers_are_refused() {
    let known = encode(&openset_wire::error::ErrorCode::MessageTooBig).expect("encodable");
    assert_eq!(known, [0x0A, 0x01, 14]);
    for number in [0, 23, 0x7F, 0xFF] {
        let octets = [0x0A, 0x01, number];
        assert_eq!(fault::<openset_wire::error::ErrorCode>(&octets), What::Enumeration);
    }
}

#[test]
fn values_out_of_bounds_are_refused() {
    let request = encode(&sample::card_c_init_req()).expect("encodable");
    let challenge = request.windows(32).position(|window| window == [0x42; 32]);
    let challenge = challenge.expect("a challenge");
    let mut short = request.clone();
    short.drain(challenge..challenge + 13);
    short[challenge - 1] -= 13;
    short[1] -= 13;
    let fault = decode::<CardCInitReq>(&short).expect_err("19 octets");
    assert_eq!(fault.what, What::Bounds);
    assert_eq!(fault.path(), ["CardCInitReq.chall_ee"]);
    assert_eq!(fault.at, challenge - 2);
}

#[test]
fn lists_with_too_few_or_too_many_members_are_refused_both_ways() {
    let mut none = sample::cap_req_tbs().t1.into_value();
    none.cap_item_seq.clear();
    assert_eq!(encode(&none), Err(Malformed::new(0, What::Unencodable)));
    let items = encode(&sample::cap_req_tbs()).expect("encodable");
    assert!(decode::<CapReqTbs>(&items).is_ok());
}

#[test]
fn a_card_number_with_a_wrong_check_digit_is_refused_and_not_repeated() {
    let card = PanOnly { pan: sample::pan(), ex_nonce: sample::nonce(1) };
    let mut octets = encode(&card).expect("encodable");
    octets[19] = b'2';
    let fault = decode::<PanOnly>(&octets).expect_err("check digit");
    assert_eq!(fault.what, What::Bounds);
    assert!(!format!("{fault} {fault:?}").contains("4111"));
}

#[test]
fn a_digest_of_something_else_is_refused() {
    let mut octets =
        encode(&PiTbs { h_pi_data: sample::digested(5), h_oi_data: sample::digested(3) })
            .expect("encodable");
    let kind = octets.windows(4).rposition(|window| window == [0x67, 0x2A, 0x00, 0x03]);
    octets[kind.expect("a content type") + 3] = 5;
    let fault = decode::<PiTbs>(&octets).expect_err("the digest of PIData");
    assert_eq!(fault.what, What::ContentType);
    assert_eq!(fault.path(), ["PiTbs.h_oi_data"]);
}

#[test]
fn an_opaque_part_is_one_sequence_and_nothing_else() {
    type Part = Sealed<PReq, PaymentGateway>;
    assert!(Part::from_octets(vec![0x30, 0x00]).is_ok());
    for octets in [&[][..], &[0x31, 0x00], &[0x30, 0x00, 0x00], &[0x04, 0x00], &[0x30]] {
        assert!(Part::from_octets(octets.to_vec()).is_err(), "{octets:02x?}");
        assert!(decode::<Part>(octets).is_err(), "{octets:02x?}");
    }
}

#[test]
fn duplicates_are_refused() {
    let extension = Extension {
        extn_id: Oid::from_static(&[0x2A]),
        critical: false,
        extn_value: Octets::new(&[]).expect("empty"),
    };
    let twice = encode(&vec![extension.clone(), extension]).expect("encodable");
    assert_eq!(fault::<Extensions>(&twice), What::Duplicate);
    let name = encode(&sample::name("a")).expect("encodable");
    let twice = sequence(&[&name[2..], &name[2..]].concat());
    assert_eq!(fault::<Name>(&twice), What::Duplicate);
}

#[test]
fn a_fault_in_an_inner_value_is_told_from_the_start_of_the_whole() {
    let mut octets = encode(&sample::cap_req_tbs()).expect("encodable");
    let at = octets.windows(2).position(|window| window == [0x18, 0x0F]).expect("a date");
    octets[at + 2] = b'X';
    let fault = decode::<CapReqTbs>(&octets).expect_err("not a date");
    assert_eq!((fault.what, fault.at), (What::Time, at));
    let path = ["Linked.t1", "CapReqData.cap_rr_tags", "RrTags.current_date"];
    assert_eq!(fault.path(), path);
}

#[test]
fn optional_choices_may_be_left_out() {
    let mut data = sample::auth_req_data();
    if let Some(address) = &mut data.auth_req_item.auth_req_payload.avs_data {
        address.street_address = None;
    }
    let octets = encode(&data).expect("encodable");
    assert_eq!(decode::<AuthReqData>(&octets), Ok(data));
    let extension = MsgExtension {
        extn_id: Oid::from_static(&[0x2A]),
        critical: false,
        extn_value: Element::of(&()).expect("encodable"),
    };
    assert_eq!(decode(&encode(&extension).expect("encodable")), Ok(extension));
}

#[test]
fn a_message_under_an_unknown_tag_is_refused() {
    let octets = encode(&Message::PRes(sample::signed(14))).expect("encodable");
    assert!(decode::<Message>(&octets).is_ok());
    let unknown = [&[0xBF, 0x20], &octets[1..]].concat();
    assert_eq!(fault::<Message>(&unknown), What::Element);
}

#[test]
fn one_type_is_not_another() {
    let order = encode(&sample::oi_data()).expect("encodable");
    assert!(decode::<OiData>(&order).is_ok());
    assert!(decode::<MessageWrapper>(&order).is_err());
    assert!(decode::<TransIds>(&order).is_err());
}
