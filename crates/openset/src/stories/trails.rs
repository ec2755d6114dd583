//! The audit trails of the authorities.

use openset_node::store::Recorded;

use super::stage::{Stage, play};
use crate::{
    demo::{cast::Behaviour, story},
    house::audit,
    sites::Name,
};

/// The whole trail of the authority for cardholders.
async fn trail(stage: &Stage) -> Vec<Recorded> {
    stage.store(Name::CaCardholder).trail(0, u32::MAX).await.expect("a trail")
}

#[test]
fn an_authority_records_who_asked_what_and_what_became_of_it() {
    play(async |stage| {
        let before = trail(stage).await.len();
        story::enrol(&stage.system, super::stage::card(Behaviour::Approves)).await.expect("a card");
        let trail = trail(stage).await;
        let said: Vec<_> = trail[before..]
            .iter()
            .map(|one| (one.account.cause.as_str(), one.account.outcome.as_str()))
            .collect();
        let expected = [
            ("CardCInitReq", "initiated"),
            ("RegFormReq", "form-sent"),
            ("CertReq", "applied"),
            ("outcome", "to-be-signed"),
            ("outcome", "issued"),
        ];
        assert_eq!(said, expected);
        let [.., applied, _, issued] = &trail[..] else { panic!("five records") };
        assert!(applied.account.subject.contains("cardholder of"), "{}", applied.account.subject);
        assert_eq!(applied.messages.len(), 1, "CertReq");
        assert_eq!(issued.messages.len(), 1, "CertRes");
        assert!(!issued.account.detail.is_empty(), "the certificate's number");
    });
}

#[test]
fn the_trails_of_all_authorities_hold() {
    play(async |stage| {
        for authority in stage.system.offices() {
            let folder = authority.seat.folder;
            let whole = audit::verify(&stage.data(), folder).await.expect("nobody touched it");
            assert!(whole.records > 0, "{folder}");
        }
    });
}
