//! What SET does not say, in messages to every party that answers: critical, it is refused by its
//! name and nothing comes of it; otherwise it is passed over.

use openset_types::Rrpid;
use openset_wire::{
    der::{Element, Oid},
    error::ErrorCode,
    payment::AuthCode,
    types::{MsgExtension, MsgExtensions},
    wrapper::{Message, MessageWrapper},
};

use super::{
    endpoints::DOORS,
    forge::{draw, message},
    stage::play_in_both,
};
use crate::sites::Name;

fn name() -> Oid {
    Oid::from_arcs(&[2, 999, 7]).expect("an arc")
}

fn unknown(critical: bool) -> Option<MsgExtensions> {
    let extn_value = Element::of(&7_u64).expect("encodable");
    let one = MsgExtension { extn_id: name(), critical, extn_value };
    Some(MsgExtensions::new(vec![one]).expect("one"))
}

/// Another question, with something in its wrapper.
fn wrapped(octets: &[u8], critical: bool) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of ours");
    wrapper.mw_extensions = unknown(critical);
    wrapper.message_header.rrpid = Some(Rrpid::new([0x78; 20]).into());
    wrapper.encode().expect("encodable")
}

#[test]
fn every_door_names_the_extension_that_it_does_not_know() {
    play_in_both(async |stage| {
        for door in DOORS {
            let honest = stage.honest(door).await;
            let before = stage.kept(door).await;
            let said = stage.complaint(door, &stage.post(door, &wrapped(&honest, true)).await);
            let named = (said.error_code, said.error_oid);
            assert_eq!(named, (ErrorCode::UnrecognizedExtension, Some(name())), "{door:?}");
            stage.nothing_came_of_it(door, &before, 1, "a critical extension").await;
            // What is wrong with the other is its number: it is not that of the question inside.
            let said = stage.complaint(door, &stage.post(door, &wrapped(&honest, false)).await);
            assert_ne!(said.error_code, ErrorCode::UnrecognizedExtension, "{door:?}");
        }
    });
}

#[test]
fn a_gateway_reads_what_a_merchant_adds_under_its_signature() {
    play_in_both(async |stage| {
        let (order, forger) = (&stage.example().await.order, stage.forger());
        let auth_req = stage.crossed(order, "AuthReq").await;
        let saying = |critical| {
            forger.auth_req(&auth_req, &forger.merchant, |data, _| {
                data.auth_req_item.auth_tags.auth_rr_tags.rrpid = draw().rrpid().into();
                data.auth_req_item.auth_req_payload.a_rq_extensions = unknown(critical);
            })
        };
        let before = stage.kept(Name::Gateway).await;
        let answer = stage.post(Name::Gateway, &saying(true)).await;
        let said = stage.complaint(Name::Gateway, &answer);
        let named = (said.error_code, said.error_oid);
        assert_eq!(named, (ErrorCode::UnrecognizedExtension, Some(name())));
        stage.nothing_came_of_it(Name::Gateway, &before, 1, "a critical extension").await;
        // The other one is judged like any question about a consent that was used.
        let answer = stage.post(Name::Gateway, &saying(false)).await;
        assert!(matches!(message(&answer.body), Message::AuthRes(_)));
        let said = forger.auth_res(&answer.body, &forger.merchant);
        let code = said.auth_res_payload.auth_header.auth_code;
        assert_eq!(code, AuthCode::PiPreviouslyUsed);
    });
}
