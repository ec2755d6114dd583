//! The same again: the same octets, the same consent, the same name with other octets.

use openset_node::store::{Direction, JournalOf, Page};
use openset_wire::{
    error::ErrorCode,
    payment::{AuthCode, CompletionCode},
};

use super::{
    forge::{Forger, Server, draw, rrpid},
    post::Answer,
    requests::with_header,
    stage::{Stage, play_in_both},
};
use crate::sites::Name;

/// How often the same is said at once.
const TIMES: usize = 100;

#[test]
fn an_order_sent_a_hundred_times_at_once_is_paid_once_and_answered_alike() {
    // Abuse case 2, from the cardholder on.
    play_in_both(async |stage| {
        let held = stage.hold(&stage.good).await;
        let before = stage.issuer_saw().await;
        let answers = stage.post_at_once(Name::Merchant, &held.p_req, TIMES).await;
        all_alike(&answers);
        assert_eq!(stage.issuer_saw().await, before + 2, "one 0100 and one 0110");
        let said = stage.forger().p_res(&answers[0].body);
        let code = said.p_res_payload_seq[0].completion_code;
        assert_eq!(code, CompletionCode::AuthorizationPerformed);
        held.release();
    });
}

#[test]
fn a_question_sent_a_hundred_times_at_once_reaches_the_issuer_once() {
    // Abuse case 2, from the merchant on.
    play_in_both(async |stage| {
        let (forger, asking) = (stage.forger(), asking(stage, 1).await);
        let before = stage.issuer_saw().await;
        let answers = stage.post_at_once(Name::Gateway, &asking[0], TIMES).await;
        all_alike(&answers);
        assert_eq!(stage.issuer_saw().await, before + 2, "one 0100 and one 0110");
        assert_eq!(verdict(forger, &answers[0]), AuthCode::Approved);
    });
}

#[test]
fn a_consent_presented_many_times_at_once_is_spent_once() {
    // A7, the race: every request has its own name, and all have the same instructions.
    play_in_both(async |stage| {
        let (forger, asking) = (stage.forger(), asking(stage, 30).await);
        let before = stage.issuer_saw().await;
        let mut posted = tokio::task::JoinSet::new();
        for message in asking {
            posted.spawn(async move { stage.post(Name::Gateway, &message).await });
        }
        let mut verdicts: Vec<AuthCode> = Vec::new();
        for answer in posted.join_all().await {
            verdicts.push(verdict(forger, &answer));
        }
        verdicts.sort_by_key(|code| *code != AuthCode::Approved);
        let [AuthCode::Approved, rest @ ..] = verdicts.as_slice() else { panic!("{verdicts:?}") };
        assert!(rest.iter().all(|code| *code == AuthCode::PiPreviouslyUsed), "{rest:?}");
        assert_eq!(stage.issuer_saw().await, before + 2, "one 0100 and one 0110");
    });
}

#[test]
fn what_was_answered_once_is_answered_the_same_for_ever() {
    // A10.
    play_in_both(async |stage| {
        for (door, name) in REQUESTS {
            let request = stage.taken(door, name).await;
            let answer = stage.first_answer(door, &request).await;
            let before = stage.kept(door).await;
            let answers = stage.post_at_once(door, &request, TIMES).await;
            all_alike(&answers);
            assert_eq!(answers[0].body, answer, "{door:?} gives the first answer to {name} again");
            stage.nothing_came_of_it(door, &before, 0, "a repeated request").await;
        }
    });
}

#[test]
fn the_name_of_a_request_belongs_to_its_octets() {
    // A10: one second later in the header, and all else the same.
    play_in_both(async |stage| {
        for (door, name) in REQUESTS {
            let honest = stage.taken(door, name).await;
            let other = with_header(&honest, |header| {
                header.date = header.date.0.plus_s(1).into();
            });
            let before = stage.kept(door).await;
            let said = stage.complaint(door, &stage.post(door, &other).await);
            assert_eq!(said.error_code, ErrorCode::UnspecifiedFailure, "{name}");
            stage.nothing_came_of_it(door, &before, 1, name).await;
        }
    });
}

#[test]
fn a_consent_that_was_spent_is_not_spent_again() {
    // A7 and abuse case 3, weeks later for all the gateway knows.
    play_in_both(async |stage| {
        let forger = stage.forger();
        let auth_req = stage.crossed(&stage.example().await.order, "AuthReq").await;
        for cents in [4200, 4199, 1] {
            let before = stage.issuer_saw().await;
            let again = forger.auth_req(&auth_req, &forger.merchant, |data, _| {
                data.auth_req_item.auth_tags.auth_rr_tags.rrpid = draw().rrpid().into();
                data.auth_req_item.auth_req_payload.auth_req_amt.amount = cents;
            });
            let answer = stage.post(Name::Gateway, &again).await;
            assert_eq!(verdict(forger, &answer), AuthCode::PiPreviouslyUsed, "{cents} cents");
            stage.keeps_an_answer_and_no_more(&again, AuthCode::PiPreviouslyUsed).await;
            assert_eq!(stage.issuer_saw().await, before);
        }
    });
}

/// Every request that somebody here takes, and who.
pub(super) const REQUESTS: [(Name, &str); 12] = [
    (Name::Merchant, "PInitReq"),
    (Name::Merchant, "PReq"),
    (Name::Merchant, "InqReq"),
    (Name::Gateway, "AuthReq"),
    (Name::Gateway, "CapReq"),
    (Name::CaCardholder, "CardCInitReq"),
    (Name::CaCardholder, "RegFormReq"),
    (Name::CaCardholder, "CertReq"),
    (Name::CaMerchant, "Me-AqCInitReq"),
    (Name::CaMerchant, "CertReq"),
    (Name::CaGateway, "Me-AqCInitReq"),
    (Name::CaGateway, "CertReq"),
];

impl Stage {
    /// A request that was taken at a door.
    pub(super) async fn taken(&self, door: Name, name: &str) -> Vec<u8> {
        match name {
            "InqReq" | "CapReq" => self.crossed(&self.shipped().await.order, name).await,
            "PInitReq" | "PReq" | "AuthReq" => {
                self.crossed(&self.example().await.order, name).await
            }
            _ => self.newest(door, name).await,
        }
    }

    /// What a request was answered when it came first.
    async fn first_answer(&self, door: Name, request: &[u8]) -> Vec<u8> {
        let of = JournalOf::Request(rrpid(request));
        let journal = self.store(door).journal(&of, Page::newest(10)).await.expect("a journal");
        let answer = journal.into_iter().find(|passed| passed.direction == Direction::Out);
        answer.expect("it was answered").octets
    }
}

/// So many AuthReqs, each with its own name, for one consent that nobody has presented.
async fn asking(stage: &Stage, count: usize) -> Vec<Vec<u8>> {
    let held = stage.hold(&stage.good).await;
    let forger = stage.forger();
    let pattern = stage.crossed(&stage.example().await.order, "AuthReq").await;
    let description = held.description(stage).await;
    let by: &Server = &forger.merchant;
    let ask = |_| forger.asking(&pattern, &held.p_req, &description, by, |_| {});
    (0..count).map(ask).collect()
}

/// What the gateway answered a merchant.
fn verdict(forger: &Forger, answer: &Answer) -> AuthCode {
    assert_eq!(answer.status, 200, "{}", answer.head);
    let said = forger.auth_res(&answer.body, &forger.merchant);
    said.auth_res_payload.auth_header.auth_code
}

fn all_alike(answers: &[Answer]) {
    let [first, ..] = answers else { panic!("no answer") };
    assert_eq!(first.status, 200, "{}", first.head);
    let alike = answers.iter().filter(|answer| answer.body == first.body).count();
    assert_eq!(alike, answers.len(), "answers that are the same");
}
