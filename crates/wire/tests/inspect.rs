//! The tree that people see: named by the interface, with secrets masked.

mod sample;

use openset_wire::{
    der::{Element, MESSAGE_BYTES_MAX, What, encode},
    inspect::{self, Node},
    opaque::Signed,
    wrapper::Message,
};
use proptest::{collection::vec, prelude::*};

fn tree(message: Message) -> Node {
    let octets = sample::wrapper(message).encode().expect("encodable");
    inspect::inspect(&octets).expect("a message")
}

/// Reads a path of field names.
fn at<'a>(node: &'a Node, path: &str) -> &'a Node {
    path.split('.').fold(node, |node, name| {
        node.child(name).unwrap_or_else(|| panic!("{} has no {name}: {node:#?}", node.name))
    })
}

#[test]
fn every_sample_fits_the_interface_to_the_last_field() {
    for sample in sample::all() {
        let node = inspect::named(sample.asn1, &sample.octets).expect("a sample");
        assert_eq!(node.len, sample.octets.len());
        assert_eq!(node.kind, sample.asn1, "{} does not fit", sample.file);
        // The qualifier of a policy is an open type; every other tag has its name.
        let unknown = node.walk().into_iter().find(|node| node.kind.starts_with('['));
        let is_open = ["Certificate", "CertificatePoliciesSyntax"].contains(&sample.asn1);
        assert!(unknown.is_none() || is_open, "{unknown:?}");
    }
}

#[test]
fn every_part_of_a_story_in_suite_set10_has_its_name() {
    for (file, octets) in sample::story() {
        let node = inspect::inspect(&octets).expect("a message");
        // Beside policies, what is sealed and what was left open for others has no names.
        let unknown = node.walk().into_iter().find(|node| node.kind.starts_with('['));
        assert!(unknown.is_none(), "{file}: {unknown:?}");
    }
}

#[test]
fn signatures_and_envelopes_of_suite_set10_are_drawn_by_the_names_of_1997() {
    let named = |number: &str| {
        let mut story = sample::story().into_iter();
        let (_, octets) = story.find(|(file, _)| file.contains(number)).expect("a message");
        inspect::inspect(&octets).expect("a message")
    };
    let offer = named("10-PInitRes");
    let signed = at(&offer, "message.purchaseInitResponse");
    let thumb = at(signed, "contentInfo.content.peThumb.thumbprint").value.as_deref();
    assert!(thumb.is_some_and(|octets| octets.len() == 40), "{thumb:?}");
    assert_eq!(at(signed, "certificates").children[0].kind, "Certificate");
    assert!(at(signed, "signerInfos").children[0].child("encryptedDigest").is_some());
    let order = named("11-PReq");
    let dual = at(&order, "message.purchaseRequest.pReqDualSigned.piDualSigned");
    let envelope = at(dual, "exPIData");
    assert_eq!(envelope.sealed_for, Some("payment gateway"));
    let wrapped = &at(envelope, "recipientInfos").children[0];
    assert_eq!((wrapped.sealed_for, wrapped.child("encryptedKey").is_some()), (None, true));
    let certified = named("08-CertRes");
    let sealed = at(&certified, "message.certificateResponse.encK");
    assert_eq!(sealed.sealed_for, Some("applicant"));
    assert!(at(sealed, "encryptedContentInfo").child("encryptedContent").is_some());
}

#[test]
fn a_message_shows_its_fields_by_name() {
    let node = tree(Message::PInitReq(Box::new(sample::p_init_req())));
    assert_eq!((node.name.as_str(), node.kind.as_str()), ("PInitReq", "MessageWrapper"));
    let date = at(&node, "messageHeader.date");
    assert_eq!(date.value.as_deref(), Some("2026-11-23T08:15:00Z"));
    let brand = at(&node, "message.purchaseInitRequest.brandID");
    assert_eq!(brand.value.as_deref(), Some("Demo Brand"));
    assert_eq!(brand.kind, "BrandID");
}

#[test]
fn sealed_parts_say_who_can_open_them() {
    let order = tree(Message::PReq(Box::new(sample::dual_signed())));
    let dual = at(&order, "message.purchaseRequest.pReqDualSigned.piDualSigned");
    assert_eq!(at(dual, "exPIData").sealed_for, Some("payment gateway"));
    assert_eq!(at(dual, "piSignature").sealed_for, None);
    for (message, path, who) in [
        (Message::RegFormReq(sample::sealed(1)), "registrationFormRequest", "authority"),
        (Message::CapRes(sample::sealed(1)), "captureResponse", "merchant"),
        (
            Message::BatchAdminReq(sample::sealed(1)),
            "batchAdministrationRequest",
            "payment gateway",
        ),
        (Message::BatchAdminRes(sample::sealed(1)), "batchAdministrationResponse", "merchant"),
        (Message::CapRevRes(sample::sealed(1)), "captureReversalResponse", "merchant"),
        (Message::CredRes(sample::sealed(1)), "creditResponse", "merchant"),
        (Message::CredRevRes(sample::sealed(1)), "creditReversalResponse", "merchant"),
        (
            Message::AuthRevReq(Box::new(sample::auth_rev_req())),
            "authReversalRequest.enc",
            "payment gateway",
        ),
        (
            Message::AuthRevRes(Box::new(sample::auth_rev_res())),
            "authReversalResponse.encB.baggage.authTokenNew",
            "payment gateway",
        ),
        (
            Message::AuthRes(Box::new(sample::auth_res())),
            "authorizationResponse.encB.enc",
            "merchant",
        ),
        (
            Message::AuthRes(Box::new(sample::auth_res())),
            "authorizationResponse.encB.baggage.capToken.encX",
            "payment gateway",
        ),
        (
            Message::AuthRes(Box::new(sample::auth_res())),
            "authorizationResponse.encB.baggage.acqCardMsg",
            "cardholder",
        ),
    ] {
        let node = tree(message);
        let path = format!("message.{path}");
        assert_eq!(at(&node, &path).sealed_for, Some(who), "{path}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    for sample in sample::parts() {
        for asn1 in [sample.asn1, "ANY"] {
            let printed = format!("{:?}", inspect::named(asn1, &sample.octets));
            assert!(!printed.contains("4111111111111111"), "{}", sample.file);
        }
        let printed = format!("{:?}", inspect::named(sample.asn1, &sample.octets));
        for octet in ["37", "46", "48", "4a", "36"] {
            assert!(!printed.contains(&octet.repeat(32)), "{} shows {octet}", sample.file);
        }
        assert!(!printed.contains("ritier"), "{} shows an answer", sample.file);
        assert!(!printed.contains("FR00 SHOP"), "{} shows an account", sample.file);
    }
    let octets = encode(&sample::pan_data()).expect("encodable");
    let node = inspect::named("PANData", &octets).expect("a sample");
    assert_eq!(at(&node, "pan").value.as_deref(), Some("\u{2026}1111"));
    assert_eq!(at(&node, "panSecret").value.as_deref(), Some("(not shown)"));
}

#[test]
fn a_certificate_shows_what_its_extensions_say() {
    let octets = encode(&sample::certificate()).expect("encodable");
    let node = inspect::inspect(&octets).expect("a certificate");
    assert_eq!(node.kind, "Certificate");
    let said: Vec<&str> = node.walk().iter().filter_map(|node| node.value.as_deref()).collect();
    for word in ["mer, acq", "digitalSignature, cRLSign", "Brest", "Demo Brand", "TRUE"] {
        assert!(said.contains(&word), "{word}: {said:?}");
    }
}

/// An element of up to 65,535 octets.
fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).expect("short").to_be_bytes();
    match contents.len() {
        0..=0x7F => [&[tag, length[1]], contents].concat(),
        0x80..=0xFF => [&[tag, 0x81, length[1]], contents].concat(),
        _ => [&[tag, 0x82, length[0], length[1]], contents].concat(),
    }
}

/// A SignedData as CMS has it, around some content.
fn signed_data(content_type: &[u8], content: &[u8]) -> Vec<u8> {
    let inside = tlv(0xA0, &tlv(0x04, content));
    let info = tlv(0x30, &[&tlv(0x06, content_type), inside.as_slice()].concat());
    let parts = [&[0x02, 0x01, 0x01][..], &[0x31, 0x00], &info, &[0x31, 0x00]];
    tlv(0x30, &parts.concat())
}

/// The same as suite `set10` has it: no SET OF, and no OCTET STRING around the content.
fn signed_data_of_1997(content_type: &[u8], content: &[u8]) -> Vec<u8> {
    let info = tlv(0x30, &[tlv(0x06, content_type), tlv(0xA0, content)].concat());
    let parts = [&[0x02, 0x01, 0x02][..], &[0x30, 0x00], &info, &[0x30, 0x00]];
    tlv(0x30, &parts.concat())
}

#[test]
fn what_is_signed_is_drawn_as_what_it_says_it_is() {
    let content = encode(&sample::p_init_res_data()).expect("encodable");
    let octets = signed_data(&[0x67, 0x2A, 0x00, 12], &content);
    let signed = Signed::from_octets(octets).expect("one sequence");
    let node = tree(Message::PInitRes(signed));
    let content = at(&node, "message.purchaseInitResponse.encapContentInfo.eContent");
    let data = &content.children[0];
    assert_eq!(data.kind, "PInitResData");
    let xid = at(data, "transIDs.xid");
    assert_eq!(xid.value.as_deref(), Some("11".repeat(20).as_str()));
}

#[test]
fn what_follows_a_purchase_is_drawn_by_name_in_both_suites() {
    let asked = encode(&sample::p_cert_req_data()).expect("encodable");
    let answered = encode(&sample::p_cert_res_tbs()).expect("encodable");
    for (number, content, message, list) in [
        (38, &asked, "pCertificateRequest", "brandAndBINSeq"),
        (39, &answered, "pCertificateResponse", "pCertResItemSeq"),
    ] {
        let kind = [0x67, 0x2A, 0x00, number];
        for octets in [signed_data(&kind, content), signed_data_of_1997(&kind, content)] {
            let node = match number {
                38 => tree(Message::PCertReq(Signed::from_octets(octets).expect("one sequence"))),
                _ => tree(Message::PCertRes(Signed::from_octets(octets).expect("one sequence"))),
            };
            let node = at(at(&node, "message"), message);
            let found = node.walk().into_iter().find(|node| node.name == list);
            assert_eq!(found.map(|list| list.children.len()), Some(2), "{node:#?}");
        }
    }
}

#[test]
fn codes_are_drawn_by_their_names() {
    for (asn1, octets, path, said) in [
        (
            "AuthRevResData",
            encode(&sample::auth_rev_res_data()).expect("encodable"),
            "authRevCode",
            "invalidAmount",
        ),
        (
            "BatchAdminResData",
            encode(&sample::batch_admin_res_data()).expect("encodable"),
            "transmissionStatus",
            "completedWithItemErrors",
        ),
        (
            "BatchAdminResData",
            encode(&sample::batch_admin_unknown()).expect("encodable"),
            "baStatus",
            "unknownBatchID",
        ),
        (
            "BatchAdminReqData",
            encode(&sample::batch_admin_req_data()).expect("encodable"),
            "batchOperation",
            "open",
        ),
    ] {
        let node = inspect::named(asn1, &octets).expect("a sample");
        assert_eq!(at(&node, path).value.as_deref(), Some(said));
    }
}

#[test]
fn content_that_is_not_what_it_says_is_drawn_as_it_is() {
    let octets = signed_data(&[0x67, 0x2A, 0x00, 12], &[0x05, 0x00]);
    let node = tree(Message::PInitRes(Signed::from_octets(octets).expect("one sequence")));
    let content = at(&node, "message.purchaseInitResponse.encapContentInfo.eContent");
    assert_eq!(content.children[0].kind, "NULL");
}

#[test]
fn places_are_those_of_the_octets() {
    let content = encode(&sample::p_init_res_data()).expect("encodable");
    let octets = signed_data(&[0x67, 0x2A, 0x00, 12], &content);
    let message = Message::PInitRes(Signed::from_octets(octets).expect("one sequence"));
    let octets = sample::wrapper(message).encode().expect("encodable");
    let node = inspect::inspect(&octets).expect("a message");
    for node in node.walk() {
        let element = octets[node.at..node.at + node.len].to_vec();
        assert!(Element::from_octets(element).is_ok(), "{} at {}", node.name, node.at);
    }
}

#[test]
fn contents_within_contents_end() {
    let mut octets = vec![0x05, 0x00];
    while octets.len() < 60_000 {
        octets = signed_data(&[0x67, 0x2A, 0x00, 52], &octets);
    }
    assert!(octets.len() < MESSAGE_BYTES_MAX);
    let node = inspect::named("AuthReqTBE", &octets).expect("proper DER");
    assert!(node.walk().len() < 1000);
}

#[test]
fn what_is_no_message_is_drawn_as_it_is_or_refused() {
    let node = inspect::inspect(&[0x30, 0x03, 0x01, 0x01, 0xFF]).expect("proper DER");
    assert_eq!(node.children[0].value.as_deref(), Some("TRUE"));
    assert!(inspect::inspect(&[0x30, 0x80]).is_err());
    let node = inspect::named("NoSuchType", &[0x05, 0x00]).expect("proper DER");
    assert_eq!(node.kind, "NULL");
    let message = sample::wrapper(Message::PRes(sample::signed(14)));
    let mut octets = message.encode().expect("encodable");
    let body = octets.len() - 5;
    octets[body] = 0x31;
    let fault = inspect::inspect(&octets).expect_err("not a signed part");
    assert_eq!(fault.path(), ["MessageWrapper.message", "Message.purchaseResponse"]);
    assert_eq!(fault.at, body);
}

#[test]
fn cut_octets_say_in_which_field_they_end() {
    let octets = sample::wrapper(Message::PInitReq(Box::new(sample::p_init_req())));
    let octets = octets.encode().expect("encodable");
    let said = |len| inspect::inspect(&octets[..len]).expect_err("cut").to_string();
    for (len, place) in [
        (1, "0"),
        (9, "4, in MessageWrapper.messageHeader"),
        (40, "38, in MessageWrapper.messageHeader > MessageHeader.messageIDs > MessageIDs.lid-M"),
        (158, "155, in MessageWrapper.message > Message.purchaseInitRequest > PInitReq.localID-M"),
    ] {
        assert_eq!(said(len), format!("the octets end too early at octet {place}"));
    }
    for len in 1..octets.len() {
        let fault = inspect::inspect(&octets[..len]).expect_err("cut");
        assert_eq!((fault.what, fault.at <= len), (What::Truncated, true), "{fault}");
    }
}

#[test]
fn a_form_that_only_ber_allows_is_told_by_its_field() {
    let octets = sample::wrapper(Message::PInitReq(Box::new(sample::p_init_req())));
    let mut octets = octets.encode().expect("encodable");
    let whole = inspect::inspect(&octets).expect("a message");
    let date = at(&whole, "messageHeader.date").at;
    octets[date] |= 0x20;
    let fault = inspect::inspect(&octets).expect_err("not DER");
    assert_eq!(
        fault.to_string(),
        format!(
            "an element in the wrong construction at octet {date}, \
             in MessageWrapper.messageHeader > MessageHeader.date"
        )
    );
}

#[test]
fn a_cut_certificate_says_which_of_its_fields_is_cut() {
    let samples = sample::all();
    let certificate = samples.iter().find(|sample| sample.asn1 == "Certificate").expect("one");
    let octets = &certificate.octets[..certificate.octets.len() - 1];
    let fault = inspect::inspect(octets).expect_err("cut");
    assert_eq!(fault.path().last(), Some(&"Certificate.signature"), "{fault}");
}

#[test]
fn a_choice_after_a_choice_under_the_same_tag_is_drawn_as_itself() {
    let node = tree(Message::AuthRevReq(Box::new(sample::auth_rev_req())));
    let baggage = at(&node, "message.authReversalRequest.baggage");
    assert_eq!(at(baggage, "pi.piDualSigned").kind, "PIDualSigned");
    assert_eq!(at(baggage, "capToken.encX").sealed_for, Some("payment gateway"));
    let node = tree(Message::AuthRevReq(Box::new(sample::auth_rev_req_token())));
    let baggage = at(&node, "message.authReversalRequest.baggage");
    assert_eq!(at(baggage, "pi.authToken").kind, "AuthToken");
    assert!(baggage.child("capToken").is_none());
}

proptest! {
    #[test]
    fn any_octets_are_drawn_or_refused(octets in vec(any::<u8>(), 0..200)) {
        let _ = inspect::inspect(&octets);
        let _ = inspect::named("MessageWrapper", &octets);
    }

    #[test]
    fn a_spoilt_sample_is_drawn_or_refused(
        which in 0_usize..200,
        at in any::<usize>(),
        octet in any::<u8>(),
    ) {
        let samples = sample::all();
        let sample = &samples[which % samples.len()];
        let mut octets = sample.octets.clone();
        let at = at % octets.len();
        octets[at] = octet;
        let _ = inspect::inspect(&octets);
        let _ = inspect::named(sample.asn1, &octets);
    }
}
