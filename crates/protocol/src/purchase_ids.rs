//! The names of one purchase, as they are stored.

use openset_types::{Language, LidC, LidM, UnixTime, Xid};
use openset_wire::{types::TransIds, wrapper::MessageIds};
use serde::{Deserialize, Serialize};

/// TransIDs, without what the payment system added.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseIds {
    /// The cardholder's label.
    pub lid_c: LidC,
    /// The merchant's label: the order number.
    pub lid_m: LidM,
    /// The name everybody knows the purchase by.
    pub xid: Xid,
    /// When the purchase began.
    pub began_at: UnixTime,
    /// The language of the cardholder.
    pub language: Language,
}

impl PurchaseIds {
    /// As they travel inside a message.
    pub fn trans_ids(&self) -> TransIds {
        TransIds {
            lid_c: self.lid_c.clone().into(),
            lid_m: Some(self.lid_m.clone().into()),
            xid: self.xid.into(),
            p_req_date: self.began_at.into(),
            pay_sys_id: None,
            language: self.language.clone().into(),
        }
    }

    /// As they travel in the header of a message.
    pub fn message_ids(&self) -> MessageIds {
        MessageIds {
            lid_c: Some(self.lid_c.clone().into()),
            lid_m: Some(self.lid_m.clone().into()),
            xid: Some(self.xid.into()),
        }
    }

    /// Whether a message names the same purchase by the same labels. PaySysID is the payment
    /// system's to add and is not compared.
    pub fn are(&self, other: &TransIds) -> bool {
        let without = TransIds { pay_sys_id: None, ..other.clone() };
        self.trans_ids() == without
    }

    /// Takes them out of a message that names the merchant's label.
    pub fn read(ids: &TransIds) -> Option<Self> {
        Some(Self {
            lid_c: ids.lid_c.0.clone(),
            lid_m: ids.lid_m.as_ref()?.0.clone(),
            xid: ids.xid.0,
            began_at: ids.p_req_date.0,
            language: ids.language.0.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> PurchaseIds {
        PurchaseIds {
            lid_c: LidC::new(b"c").expect("a label"),
            lid_m: LidM::new(b"m").expect("a label"),
            xid: Xid::new([7; 20]),
            began_at: UnixTime::new(1_800_000_000).expect("after 1970"),
            language: Language::parse("fr").expect("a tag"),
        }
    }

    #[test]
    fn they_are_read_back_from_what_travels() {
        assert_eq!(PurchaseIds::read(&ids().trans_ids()), Some(ids()));
    }

    #[test]
    fn each_difference_makes_another_purchase() {
        let others = [
            TransIds { xid: Xid::new([8; 20]).into(), ..ids().trans_ids() },
            TransIds { lid_c: LidC::new(b"d").expect("a label").into(), ..ids().trans_ids() },
            TransIds { lid_m: None, ..ids().trans_ids() },
            TransIds { p_req_date: ids().began_at.plus_s(1).into(), ..ids().trans_ids() },
        ];
        assert!(ids().are(&ids().trans_ids()));
        for other in others {
            assert!(!ids().are(&other), "{other:?}");
        }
    }
}
