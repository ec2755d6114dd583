//! Where the purchases of a merchant say that a gateway has named another certificate than the one
//! in use.

use std::{
    collections::BTreeMap,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use openset_crypto::Thumb;
use openset_node::driver::{Desk, Performing};
use openset_protocol::merchant::{news::AskGateway, purchase::MerchantPurchase};
use openset_types::Brand;
use tokio::sync::Notify;

/// What was named last. Whoever holds one hears every ring.
#[derive(Debug, Clone, Default)]
pub(super) struct Bell(Arc<Rung>);

#[derive(Debug, Default)]
struct Rung {
    named: Mutex<BTreeMap<Brand, Named>>,
    notify: Notify,
}

#[derive(Debug)]
struct Named {
    thumb: Thumb,
    is_heard: bool,
    is_told: bool,
}

impl Bell {
    fn ring(&self, brand: Brand, thumb: Thumb) {
        let mut all = self.all();
        // Every purchase under way rings with the same news. A gateway that names one certificate
        // and tells another is asked once for that: the next day it is asked anyway.
        if all.get(&brand).is_some_and(|known| known.thumb == thumb) {
            return;
        }
        all.insert(brand, Named { thumb, is_heard: false, is_told: false });
        drop(all);
        self.0.notify.notify_one();
    }

    /// Waits until it rings, unless it has rung since the last time.
    pub(super) async fn rung(&self) {
        self.0.notify.notified().await;
    }

    /// Whether a certificate was named since this was asked last.
    pub(super) fn has_news(&self, brand: &Brand) -> bool {
        let mut all = self.all();
        all.get_mut(brand).is_some_and(|named| !std::mem::replace(&mut named.is_heard, true))
    }

    /// Whether a certificate was named that the gateway has not told since.
    pub(super) fn waits(&self, brand: &Brand) -> bool {
        self.all().get(brand).is_some_and(|named| !named.is_told)
    }

    /// The gateway has told which certificate it uses, whatever was named before.
    pub(super) fn is_told(&self, brand: &Brand) {
        if let Some(named) = self.all().get_mut(brand) {
            named.is_told = true;
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Brand, Named>> {
        self.0.named.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk<MerchantPurchase> for Bell {
    fn perform<'a>(
        &'a self,
        _: &'a [u8],
        AskGateway { brand, thumb }: AskGateway,
    ) -> Performing<'a, MerchantPurchase> {
        self.ring(brand, thumb);
        Box::pin(ready(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brand(name: &str) -> Brand {
        Brand::parse(name).expect("a brand")
    }

    fn thumb(octet: u8) -> Thumb {
        Thumb::try_from([octet; 32].as_slice()).expect("a thumb")
    }

    #[test]
    fn the_same_news_is_heard_once() {
        let (bell, ours) = (Bell::default(), brand("Demo Brand"));
        assert!(!bell.has_news(&ours));
        bell.ring(ours.clone(), thumb(1));
        assert!(bell.has_news(&ours) && !bell.has_news(&ours));
        bell.ring(ours.clone(), thumb(1));
        assert!(!bell.has_news(&ours) && bell.waits(&ours));
    }

    #[test]
    fn other_news_are_heard_and_each_brand_for_itself() {
        let (bell, ours, other) = (Bell::default(), brand("Demo Brand"), brand("Trial Brand"));
        bell.ring(ours.clone(), thumb(1));
        assert!(bell.has_news(&ours) && !bell.has_news(&other) && !bell.waits(&other));
        bell.ring(ours.clone(), thumb(2));
        assert!(bell.has_news(&ours));
    }

    #[test]
    fn what_was_told_is_waited_for_no_more_and_is_no_news_again() {
        let (bell, ours) = (Bell::default(), brand("Demo Brand"));
        bell.ring(ours.clone(), thumb(1));
        assert!(bell.has_news(&ours));
        bell.is_told(&ours);
        assert!(!bell.waits(&ours) && !bell.has_news(&ours));
        bell.ring(ours.clone(), thumb(1));
        assert!(!bell.waits(&ours) && !bell.has_news(&ours));
        bell.ring(ours.clone(), thumb(2));
        assert!(bell.waits(&ours) && bell.has_news(&ours));
    }

    #[tokio::test]
    async fn a_ring_before_anybody_waits_is_not_missed() {
        let bell = Bell::default();
        bell.ring(brand("Demo Brand"), thumb(1));
        bell.clone().rung().await;
    }
}
