//! Offers that a wallet does not believe, and what it tells whoever waits for them.

use openset_crypto::Authority;
use openset_protocol::cardholder::{Abandoned, Doubt, Stage as Stand};
use openset_types::UnixTime;

use super::{
    between::{Between, Plan},
    certificates::{GOOD, Office},
    requests::with_header,
    stage::{Stage, play_in_both},
};
use crate::demo::{cast, story};

#[test]
fn a_wallet_whose_clock_and_the_shop_s_differ_says_so() {
    // Abuse case 45: three hours, which is more than any message may be ahead.
    play_in_both(async |stage| {
        let ahead = |answer: Vec<u8>| {
            let three_hours = |date: UnixTime| date.plus_s(3 * 3_600);
            with_header(&answer, |header| header.date = three_hours(header.date.0).into())
        };
        let Doubt::ClocksDiffer { seconds } = stage.doubted(ahead).await else {
            panic!("something else is doubted")
        };
        assert!(seconds.abs_diff(3 * 3_600) < 120, "{seconds} seconds apart");
    });
}

#[test]
fn a_wallet_does_not_pay_a_shop_whose_certificate_was_withdrawn_and_says_so() {
    // A21: the authority that certified it was taken back by the brand, whose list comes along.
    play_in_both(async |stage| {
        let brand = Office::of(stage, Authority::Brand);
        let second = brand.authority(Authority::Merchant, "Third Merchant CA");
        let shop = second.server(cast::MERCHANT_ID, GOOD);
        let lists = stage.trusting(&brand, &[&second.identity]);
        let forger = stage.forger();
        let doubt = stage.doubted(move |answer| forger.p_init_res(&answer, &shop, &lists)).await;
        assert_eq!(doubt, Doubt::Revoked);
    });
}

impl Stage {
    /// Why the wallet gives a purchase up whose offer is changed on its way.
    async fn doubted(&self, change: impl FnOnce(Vec<u8>) -> Vec<u8> + Send + 'static) -> Doubt {
        let mut change = Some(change);
        let between = Between::stand(self, &self.system.ground.addresses.merchant, move |_| {
            match change.take() {
                Some(change) => Plan::Change(Box::new(change)),
                None => Plan::Hold,
            }
        })
        .await;
        let order = story::order(&self.system).await.expect("an order");
        let id = self.begin_through(&order, &self.good, &between.url).await;
        self.wallet_until(&id, |purchase| matches!(purchase.stage, Stand::Abandoned(_))).await;
        let purchase = self.system.wallet.purchase(&id).await.expect("a store");
        match purchase.expect("a purchase").stage {
            Stand::Abandoned(Abandoned::Doubted(doubt)) => doubt,
            other => panic!("doubted, not {other:?}"),
        }
    }
}
