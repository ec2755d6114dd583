//! Octets that are no message, and messages that nobody here answers.

use std::{fs, path::Path};

use openset_crypto::{Authority, Purpose, verify};
use openset_types::Brand;
use openset_wire::{
    error::{Error, ErrorCode, ErrorMsg, ErrorTbs},
    wrapper::{Message, MessageHeader, MessageWrapper},
};

use super::{
    endpoints::DOORS,
    forge::draw,
    post::{Answer, media},
    replays::REQUESTS,
    stage::{BODY_OCTETS_MAX, Stage, play_in_both},
};
use crate::sites::Name;

#[test]
fn octets_that_are_no_message_are_answered_by_an_error_and_nothing_is_kept() {
    // Abuse cases 22 to 25.
    play_in_both(async |stage| {
        for door in DOORS {
            let honest = stage.honest(door).await;
            for (what, octets) in unreadable(&honest) {
                let before = stage.kept(door).await;
                let answer = stage.post(door, &octets).await;
                let said = stage.complaint(door, &answer);
                assert_eq!(said.error_code, ErrorCode::DecodingFailure, "{door:?}: {what}");
                stage.nothing_came_of_it(door, &before, 1, what).await;
            }
        }
    });
}

#[test]
fn an_error_echoes_no_more_than_the_beginning_of_what_came() {
    play_in_both(async |stage| {
        let octets = vec![0xAA; BODY_OCTETS_MAX];
        let answer = stage.post(Name::Gateway, &octets).await;
        let said = stage.complaint(Name::Gateway, &answer);
        assert!(matches!(said.error_msg, ErrorMsg::BadWrapper(_)));
        assert!(answer.body.len() < 32 * 1024, "{} octets of answer", answer.body.len());
    });
}

#[test]
fn another_version_is_refused_by_name() {
    play_in_both(async |stage| {
        for door in DOORS {
            let honest = stage.honest(door).await;
            let versions = [
                (0, 0, ErrorCode::VersionTooOld),
                (-1, 0, ErrorCode::VersionTooOld),
                (2, 0, ErrorCode::VersionTooNew),
                (i64::MAX, 0, ErrorCode::VersionTooNew),
                (1, 1, ErrorCode::VersionTooNew),
            ];
            for (version, revision, code) in versions {
                let before = stage.kept(door).await;
                let other = with_header(&honest, |header| {
                    header.version = version;
                    header.revision = revision;
                    header.rrpid = Some(openset_types::Rrpid::new([0x77; 20]).into());
                });
                let said = stage.complaint(door, &stage.post(door, &other).await);
                assert_eq!(said.error_code, code, "{door:?}: version {version}.{revision}");
                stage.nothing_came_of_it(door, &before, 1, "another version").await;
            }
        }
    });
}

#[test]
fn a_message_for_somebody_else_is_not_answered_here() {
    play_in_both(async |stage| {
        let order = &stage.example().await.order;
        let auth_req = stage.crossed(order, "AuthReq").await;
        let p_init_req = stage.crossed(order, "PInitReq").await;
        let form = stage.honest(Name::CaCardholder).await;
        let for_others = [
            (Name::Merchant, &auth_req),
            (Name::Gateway, &p_init_req),
            (Name::Merchant, &form),
            (Name::CaMerchant, &p_init_req),
            (Name::CaGateway, &auth_req),
        ];
        for (door, message) in for_others {
            let before = stage.kept(door).await;
            let said = stage.complaint(door, &stage.post(door, message).await);
            assert_eq!(said.error_code, ErrorCode::MessageNotSupported, "{door:?}");
            stage.nothing_came_of_it(door, &before, 1, "a message for somebody else").await;
        }
    });
}

#[test]
fn a_message_that_a_role_does_not_act_on_is_named_as_not_supported() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    let read = |name: &str| fs::read(vectors.join(format!("{name}.der"))).expect("a vector");
    play_in_both(async |stage| {
        for name in
            ["AuthRevReq", "CapRevReq", "CredReq", "CredRevReq", "PCertReq", "BatchAdminReq"]
        {
            for door in DOORS {
                if matches!(door, Name::Gateway) {
                    continue;
                }
                let before = stage.kept(door).await;
                let said = stage.complaint(door, &stage.post(door, &read(name)).await);
                assert_eq!(said.error_code, ErrorCode::MessageNotSupported, "{name} at {door:?}");
                stage.nothing_came_of_it(door, &before, 1, name).await;
            }
        }
    });
}

#[test]
fn answers_and_errors_are_not_answered() {
    // Two machines that answered each other's answers would never stop.
    play_in_both(async |stage| {
        let order = &stage.example().await.order;
        let p_res = stage.crossed(order, "PRes").await;
        let auth_res = stage.crossed(order, "AuthRes").await;
        let error = stage.post(Name::Merchant, b"no message").await.body;
        for door in DOORS {
            for octets in [&p_res, &auth_res, &error] {
                let before = stage.kept(door).await;
                let answer = stage.post(door, octets).await;
                assert_eq!((answer.status, answer.body.len()), (204, 0), "{door:?}");
                stage.nothing_came_of_it(door, &before, 0, "an answer").await;
            }
        }
    });
}

#[test]
fn a_header_that_contradicts_its_message_is_refused() {
    // A10: the wrapper names another request, or another purchase.
    play_in_both(async |stage| {
        for (door, name) in REQUESTS {
            let honest = stage.taken(door, name).await;
            let before = stage.kept(door).await;
            let renamed = with_header(&honest, |header| {
                header.rrpid = Some(openset_types::Rrpid::new([0x78; 20]).into());
            });
            let said = stage.complaint(door, &stage.post(door, &renamed).await);
            assert_eq!(said.error_code, ErrorCode::UnknownRrpid, "{name}");
            let nameless = with_header(&honest, |header| header.rrpid = None);
            let said = stage.complaint(door, &stage.post(door, &nameless).await);
            assert_eq!(said.error_code, ErrorCode::BadMessageHeader, "{name}");
            stage.nothing_came_of_it(door, &before, 2, name).await;
        }
    });
}

#[test]
fn a_question_under_a_foreign_brand_is_refused_and_nothing_is_kept() {
    // A12, at everybody who is asked for a brand in clear.
    play_in_both(async |stage| {
        for door in DOORS.into_iter().filter(|door| *door != Name::Gateway) {
            let foreign = of_another_brand(&stage.honest(door).await);
            let before = stage.kept(door).await;
            let said = stage.complaint(door, &stage.post(door, &foreign).await);
            assert_eq!(said.error_code, ErrorCode::UnspecifiedFailure, "{door:?}");
            assert!(stage.log(door).contains("Foreign Brand"), "{door:?} says why in its log");
            stage.nothing_came_of_it(door, &before, 1, "a foreign brand").await;
        }
    });
}

#[test]
fn what_was_sealed_for_another_authority_is_not_opened() {
    play_in_both(async |stage| {
        let crossed = [
            (Name::CaMerchant, Name::CaGateway),
            (Name::CaGateway, Name::CaMerchant),
            (Name::CaMerchant, Name::CaCardholder),
        ];
        for (sealed_for, door) in crossed {
            let request = stage.newest(sealed_for, "CertReq").await;
            let before = stage.kept(door).await;
            let said = stage.complaint(door, &stage.post(door, &request).await);
            assert_eq!(said.error_code, ErrorCode::SignatureFailure, "{sealed_for:?}: {door:?}");
            stage.nothing_came_of_it(door, &before, 1, "sealed for another").await;
        }
    });
}

#[test]
fn a_message_of_another_day_is_refused() {
    // Abuse case 10. The same octets as before would be answered as before: these are others.
    play_in_both(async |stage| {
        for door in DOORS {
            let honest = stage.honest(door).await;
            let dates = [
                (-86_400 - 60, ErrorCode::MessageTooOld),
                (-400 * 86_400, ErrorCode::MessageTooOld),
                (360, ErrorCode::MessageTooNew),
                (400 * 86_400, ErrorCode::MessageTooNew),
            ];
            for (seconds, code) in dates {
                let before = stage.kept(door).await;
                let now = stage.system.ground.clock.now();
                let dated = with_header(&honest, |header| {
                    header.date = now.plus_s(seconds).into();
                    header.rrpid = Some(openset_types::Rrpid::new([0x79; 20]).into());
                });
                let said = stage.complaint(door, &stage.post(door, &dated).await);
                assert_eq!(said.error_code, code, "{door:?}: {seconds} s from now");
                stage.nothing_came_of_it(door, &before, 1, "another day").await;
            }
        }
    });
}

/// The first question of a conversation, under another brand and another number.
fn of_another_brand(honest: &[u8]) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(honest).expect("one of our messages");
    let (brand, number) = (Brand::parse("Foreign Brand").expect("a brand"), draw().rrpid());
    let (named, numbered) = match &mut wrapper.message {
        Message::PInitReq(asked) => (&mut asked.brand_id, &mut asked.rrpid),
        Message::CardCInitReq(asked) => (&mut asked.brand_id, &mut asked.rrpid),
        Message::MeAqCInitReq(asked) => (&mut asked.brand_id, &mut asked.rrpid),
        other => panic!("{} names no brand in clear", other.name()),
    };
    *named = brand.into();
    *numbered = number.into();
    wrapper.message_header.rrpid = Some(number.into());
    wrapper.encode().expect("encodable")
}

/// Everything that is not a message and was made from one, by name.
fn unreadable(honest: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (first, half) = (honest.len() - 1, honest.len() / 2);
    let content = content(honest);
    let length = content.len();
    let [high, low] = u16::try_from(length).expect("a short message").to_be_bytes();
    let long = |octets: &[u8]| [octets, content].concat();
    vec![
        ("nothing", Vec::new()),
        ("text", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("one octet", honest[..1].to_vec()),
        ("a head without its content", honest[..4].to_vec()),
        ("the first half", honest[..half].to_vec()),
        ("all but the last octet", honest[..first].to_vec()),
        ("one octet more", [honest, &[0]].concat()),
        ("the same message twice", [honest, honest].concat()),
        ("an indefinite length", [&long(&[0x30, 0x80])[..], &[0, 0]].concat()),
        ("a length with a leading zero", long(&[0x30, 0x83, 0, high, low])),
        ("a length of nine octets", long(&[0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, high, low])),
        ("one gigabyte announced", long(&[0x30, 0x84, 0x40, 0, 0, 0])),
        (
            "all 64-bit octets announced",
            long(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]),
        ),
        ("a reserved length", long(&[0x30, 0xFF])),
        ("nested ten thousand deep", nested(10_000)),
        ("fifty thousand elements", many(60_000)),
        ("a set for a sequence", [&[0x31], &honest[1..]].concat()),
    ]
}

/// What stands in the outermost element.
fn content(honest: &[u8]) -> &[u8] {
    let [0x30, 0x82, _, _, content @ ..] = honest else { panic!("a message of two length octets") };
    content
}

/// Sequences within sequences.
fn nested(depth: usize) -> Vec<u8> {
    let mut reversed: Vec<u8> = Vec::new();
    for _ in 0..depth {
        let length = reversed.len();
        let octets = length.to_be_bytes();
        let significant: Vec<u8> = octets.into_iter().skip_while(|octet| *octet == 0).collect();
        reversed.extend(significant.iter().rev());
        match length {
            0 => reversed.push(0),
            1..=127 => {}
            _ => reversed.push(0x80 | u8::try_from(significant.len()).expect("few octets")),
        }
        reversed.push(0x30);
    }
    reversed.reverse();
    reversed
}

/// One sequence of so many empty ones.
fn many(count: usize) -> Vec<u8> {
    let length = u32::try_from(2 * count).expect("fits").to_be_bytes();
    let head = [0x30, 0x83, length[1], length[2], length[3]];
    [&head[..], &[0x30, 0].repeat(count)].concat()
}

/// Changes the header of a message and nothing else.
pub(super) fn with_header(octets: &[u8], change: impl FnOnce(&mut MessageHeader)) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    change(&mut wrapper.message_header);
    wrapper.encode().expect("encodable")
}

impl Stage {
    /// The Error in an answer, well signed by whoever was asked.
    pub(super) fn complaint(&self, by: Name, answer: &Answer) -> ErrorTbs {
        assert_eq!(answer.status, 200, "{by:?}: {}", answer.head);
        assert!(answer.says("content-type", media(by)), "{by:?}: {}", answer.head);
        let wrapper = MessageWrapper::decode(&answer.body).expect("a message");
        let Message::Error(Error::SignedError(signed)) = wrapper.message else {
            panic!("{by:?} answered {} and did not refuse", wrapper.message.name())
        };
        let purpose = match by {
            Name::Gateway => Purpose::GatewaySignature,
            Name::CaCardholder => Purpose::AuthoritySignature(Authority::Cardholder),
            Name::CaMerchant => Purpose::AuthoritySignature(Authority::Merchant),
            Name::CaGateway => Purpose::AuthoritySignature(Authority::Gateway),
            _ => Purpose::MerchantSignature,
        };
        let now = self.system.ground.clock.now();
        let trust = self.system.merchant.party.shell.trust();
        verify(&signed, trust, purpose, None, now).expect("signed by whoever refused").into_value()
    }
}
