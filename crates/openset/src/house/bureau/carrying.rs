//! Lists that people carry, where the keys of the brand are on a stick: what its ceremony is to do,
//! and what it gave back.

use data_encoding::HEXLOWER;
use openset_crypto::{Authority as Kind, Bag, Trust, Untrusted};
use openset_wire::x509::{CrlReason, Serial};

use tokio::task::block_in_place;

use super::{Act, Bureau, Heard, Operator, Published, Undone, notices::said};
use crate::{
    ceremony::{self, Carried, Seat, carried::Wish, lister, papers},
    house::ground::Ground,
};

/// Below a brand.
const BELOW: [Kind; 4] = [Kind::Geopolitical, Kind::Cardholder, Kind::Merchant, Kind::Gateway];

impl Bureau {
    /// What a ceremony is asked to do: to take certificates back, and to name the lists of those
    /// authorities whose keys are here.
    pub(crate) async fn ask_ceremony(
        &self,
        wishes: Vec<Wish>,
        by: &Operator,
    ) -> Result<Carried, Undone> {
        for wish in &wishes {
            let act =
                Act::of(by, format!("certificate {wish}"), "asked-of-ceremony", String::new());
            self.record(Seat::BRAND, &act).await?;
        }
        Ok(self.gather(wishes)?)
    }

    fn gather(&self, wishes: Vec<Wish>) -> anyhow::Result<Carried> {
        let (data, rings) = (&self.ground.data, self.ground.rings());
        let mut carried = Carried { wishes, ..Carried::default() };
        let below = Seat::every(data).filter(|seat| BELOW.contains(&seat.kind));
        for seat in below.filter(|seat| rings.hold(*seat)) {
            let Some(list) = ceremony::own(data, seat)? else { continue };
            carried.lists.push(list);
            let own = self.ground.papers(seat.folder).take(papers::CERTIFICATES)?;
            let certificates =
                [vec![lister::of(data, seat)?.certificate, own.certificate], own.chain];
            for certificate in certificates.concat() {
                if !carried.certificates.contains(&certificate) {
                    carried.certificates.push(certificate);
                }
            }
        }
        Ok(carried)
    }

    /// Takes in what a ceremony gave back, and tells everybody. Nothing is written unless all of it
    /// is believed and none of it is older than what is here.
    pub(crate) async fn take_in(
        &self,
        carried: &Carried,
        by: &Operator,
    ) -> Result<(Published, Vec<Heard>), Undone> {
        let trust = self.believe(carried)?;
        let lists = || "the lists of a ceremony".to_owned();
        let act = Act::of(by, lists(), "to-be-taken-in", String::new());
        self.record(Seat::BRAND, &act).await?;
        let Ground { data, brand, .. } = &self.ground;
        block_in_place(|| ceremony::take_in(data, &trust, brand))?;
        let heard = self.tell(&self.ground.rings()).await?;
        let published = self.published();
        let named = published.bci.map_or(0, |bci| bci.sequence);
        let detail = format!("list of lists {named}, {}", said(&heard));
        self.remember(Seat::BRAND, &Act::of(by, lists(), "taken-in", detail)).await;
        Ok((published, heard))
    }

    fn believe(&self, carried: &Carried) -> Result<Trust, Undone> {
        let Ground { data, suite, root, clock, lists, .. } = &self.ground;
        let now = clock.now();
        let refused = |why: Untrusted| Undone::NotBelieved { what: why.to_string() };
        let trust = Trust::new(*suite, std::slice::from_ref(root)).map_err(refused)?;
        lists.reread(data)?;
        lists.teach_what_stands(&trust, now);
        let certificates = carried.certificates.clone();
        let bag = Bag { certificates, crls: Vec::new() };
        for list in &carried.lists {
            match trust.learn_crl(list, &bag, now) {
                // The house's own authorities have made newer ones meanwhile.
                Ok(()) | Err(Untrusted::RolledBack) => {}
                Err(why) => return Err(refused(why)),
            }
        }
        match &carried.bci {
            Some(bci) => trust.learn_bci(bci, &bag, now).map_err(refused)?,
            None if carried.lists.len() != 1 => {
                let what = "the brand's word on these lists is not with them".to_owned();
                return Err(Undone::NotBelieved { what });
            }
            None => {}
        }
        Ok(trust)
    }
}

impl Wish {
    /// A certificate of this number in hexadecimal digits.
    pub(crate) fn of(serial: &str, reason: CrlReason) -> Option<Self> {
        let serial = Serial::new(&HEXLOWER.decode(serial.as_bytes()).ok()?).ok()?;
        Some(Self { serial, reason })
    }
}
