//! What operators of authorities do, and what comes of it at everybody else: requests decided,
//! certificates taken back, lists told over the wire.

use std::{sync::Arc, time::Duration};

use openset_crypto::{Authority as Kind, Bag, Identity, Purpose, Suite, Untrusted, vault::Cost};
use openset_node::{measure::Measured, shutdown::Shutdown};
use openset_protocol::{
    ca::Stage,
    cardholder::{Abandoned, Stage as Paying},
    enrolment::{Ended, applicant::Stage as At},
    summary::Fact,
};
use openset_wire::{error::ErrorCode, x509::CrlReason};
use tempfile::TempDir;

use super::{
    bureau::Bureau as Offices,
    stage::{card, runtime},
};
use crate::{
    ceremony::{Seat, papers},
    demo::{
        cast::{self, Behaviour},
        data::Data,
        story,
    },
    house::{
        bureau::{
            Bureau, Listed, No, Office, Operator, State, Undone, Verified, door,
            queue::{Applicant, By},
            record::Sought,
        },
        first_start,
        holders::Holders,
        running::Running,
        system::{System, Wish},
    },
    ports,
};

/// Who acts in these stories.
pub(super) fn operator() -> Operator {
    Operator::at_command_line(Some("Ada Martin")).expect("a name")
}

/// A system of its own, whose certificates may be taken back.
struct Town {
    system: Arc<System>,
    bureau: Bureau,
    _data: Data,
    _folder: TempDir,
    _running: Running,
}

impl Town {
    async fn open() -> Self {
        Self::of(Suite::Modern).await
    }

    async fn of(suite: Suite) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(&folder.path().join("data")).expect("a new folder");
        let wish = Wish { suite, port: 0, vault: Cost::FLEETING, holders: &Holders::FILES };
        first_start::make(&data, wish).await.expect("everything is made");
        let (system, mut running) = System::start(&data, wish).await.expect("a system");
        let sites = ports::sites(&system, &[], &Measured::begin());
        running.serve(system.at, sites, &[]).await.expect("sites");
        story::unlock(&system).await.expect("the demo's passphrase");
        let ground = system.ground.clone();
        let mut offices = Vec::new();
        for authority in system.offices() {
            let office = Office::behind(authority.seat, &ground.data).await;
            offices.push(office.expect("a system opens a door for each"));
        }
        let bureau = Bureau { ground, offices };
        Self { system, bureau, _data: data, _folder: folder, _running: running }
    }

    /// Takes a certificate back; everybody who listens hears it.
    async fn take_back(&self, certificate: &Identity, reason: CrlReason) {
        let serial = &certificate.certificate.to_be_signed.serial_number;
        let serial = data_encoding::HEXLOWER.encode(serial.as_bytes());
        let done = self.bureau.revoke(&serial, reason, &operator()).await.expect("taken back");
        assert_eq!(done.heard.len(), 6);
        for heard in &done.heard {
            assert_eq!(heard.why_not, None, "{}", heard.role);
        }
        let again = self.bureau.revoke(&serial, reason, &operator()).await;
        assert!(matches!(again, Err(Undone::Already { .. })));
        let lines = self.bureau.tree().await.expect("certificates");
        let line = lines.into_iter().find(|line| line.serial == serial).expect("it is listed");
        assert_eq!(line.state, State::Revoked);
        assert_eq!(line.revoked.expect("on a list").reason, Some(reason));
    }

    async fn identity(&self, card: &str) -> Identity {
        let cards = self.system.wallet.certified().await.expect("cards");
        let (_, card) = cards.into_iter().find(|(id, _)| id == card).expect("certified");
        card.identity().expect("its certificate")
    }

    async fn buy(&self, card: &str) -> anyhow::Result<Fact> {
        let order = story::order(&self.system).await?;
        let id = story::offer(&self.system, &order, card).await?;
        Ok(story::pay(&self.system, &order, &id, card).await?.fact)
    }
}

#[test]
fn a_card_a_shop_and_a_gateway_that_are_taken_back_stop_working() {
    // Abuse cases 29 and 30, A21.
    runtime().block_on(async {
        let town = Town::open().await;
        let system = &town.system;
        let lost = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        assert_eq!(town.buy(&lost).await.expect("paid"), Fact::Authorized);

        // A card: the shop refuses it, and says why; others pay as before.
        town.take_back(&town.identity(&lost).await, CrlReason::KeyCompromise).await;
        let order = story::order(system).await.expect("an order");
        let id = story::offer(system, &order, &lost).await.expect("an offer");
        let refused = story::pay(system, &order, &id, &lost).await;
        assert!(refused.is_err(), "{refused:?}");
        let purchase = system.wallet.purchase(&id).await.expect("a store").expect("there");
        let Paying::Abandoned(why) = purchase.stage else { panic!("given up") };
        assert_eq!(why, Abandoned::WithError(ErrorCode::RevokedCertificate));
        let other = story::enrol(system, card(Behaviour::Declines)).await.expect("certified");
        assert_eq!(town.buy(&other).await.expect("asked"), Fact::Declined);

        // A shop, after it has made an offer: its gateway asks nobody about its orders.
        let good = story::enrol(system, card(Behaviour::Approves)).await.expect("certified anew");
        let order = story::order(system).await.expect("an order");
        let id = story::offer(system, &order, &good).await.expect("an offer");
        let shop = system.ground.papers("merchant");
        let shop = shop.take(papers::SIGNATURE).expect("enrolled");
        town.take_back(&shop, CrlReason::PrivilegeWithdrawn).await;
        let paid = story::pay(system, &order, &id, &good).await;
        assert!(!matches!(&paid, Ok(paid) if paid.fact == Fact::Authorized), "{paid:?}");
        let gateway = system.gateway.party.shell.trust();
        let now = system.ground.clock.now();
        let judged =
            gateway.path(&shop.certificate, &Bag::of(&shop), Purpose::MerchantSignature, None, now);
        assert_eq!(judged.err(), Some(Untrusted::Revoked));

        // A gateway.
        let papers = system.ground.papers("gateway");
        let merchant = system.merchant.party.shell.trust();
        for (paper, purpose) in [
            (papers::SIGNATURE, Purpose::GatewaySignature),
            (papers::ENCIPHERMENT, Purpose::GatewayEncipherment),
        ] {
            let own = papers.take(paper).expect("enrolled");
            let judged = || {
                let now = system.ground.clock.now();
                merchant.path(&own.certificate, &Bag::of(&own), purpose, None, now).map(drop)
            };
            assert_eq!(judged(), Ok(()));
            town.take_back(&own, CrlReason::Superseded).await;
            assert_eq!(judged(), Err(Untrusted::Revoked));
        }
    });
}

#[test]
fn in_suite_set10_a_gateway_is_taken_back_and_cards_and_shops_are_left_to_their_banks() {
    // Abuse case 30, in the suite whose cards and shops stand on no list.
    runtime().block_on(async {
        let town = Town::of(Suite::Set10).await;
        let system = &town.system;
        let good = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        assert_eq!(town.buy(&good).await.expect("paid"), Fact::Authorized);
        let shop = system.ground.papers("merchant").take(papers::SIGNATURE).expect("enrolled");
        for (own, authority) in
            [(town.identity(&good).await, "ca-cardholder"), (shop, "ca-merchant")]
        {
            let serial = &own.certificate.to_be_signed.serial_number;
            let serial = data_encoding::HEXLOWER.encode(serial.as_bytes());
            let refused = town.bureau.revoke(&serial, CrlReason::KeyCompromise, &operator()).await;
            let refused = refused.expect_err("there is no list to put it on");
            assert_eq!(refused, Undone::NoLists { authority: authority.to_owned() });
        }
        assert_eq!(town.buy(&good).await.expect("paid"), Fact::Authorized, "nothing has changed");

        let gateway = system.ground.papers("gateway");
        let merchant = system.merchant.party.shell.trust();
        for (paper, purpose) in [
            (papers::SIGNATURE, Purpose::GatewaySignature),
            (papers::ENCIPHERMENT, Purpose::GatewayEncipherment),
        ] {
            let own = gateway.take(paper).expect("enrolled");
            town.take_back(&own, CrlReason::KeyCompromise).await;
            let now = system.ground.clock.now();
            let judged = merchant.path(&own.certificate, &Bag::of(&own), purpose, None, now);
            assert_eq!(judged.err(), Some(Untrusted::Revoked));
        }
        let stopped = town.buy(&good).await.expect_err("nobody is paid through this gateway");
        assert!(format!("{stopped:#}").contains("RevokedCertificate"), "{stopped:#}");
    });
}

#[test]
fn an_authority_that_is_taken_back_takes_all_it_certified_with_it() {
    runtime().block_on(async {
        let town = Town::open().await;
        let ground = &town.system.ground;
        let authority = ground.papers("ca-merchant").take(papers::CERTIFICATES).expect("made");
        town.take_back(&authority, CrlReason::CaCompromise).await;
        let shop = ground.papers("merchant").take(papers::SIGNATURE).expect("enrolled");
        let gateway = town.system.gateway.party.shell.trust();
        let now = ground.clock.now();
        let (leaf, bag) = (&shop.certificate, Bag::of(&shop));
        let judged = gateway.path(leaf, &bag, Purpose::MerchantSignature, None, now);
        assert_eq!(judged.err(), Some(Untrusted::Revoked));
        // A root is no matter of lists, and a number that nobody has is none.
        let root = ground.papers("ca-root").take(papers::CERTIFICATES).expect("made");
        let serial = root.certificate.to_be_signed.serial_number.clone();
        let serial = data_encoding::HEXLOWER.encode(serial.as_bytes());
        let refused = town.bureau.revoke(&serial, CrlReason::KeyCompromise, &operator()).await;
        assert_eq!(refused.err(), Some(Undone::IsRoot));
        for nobody in ["", "zz", "00000000000000000000"] {
            let refused = town.bureau.revoke(nobody, CrlReason::KeyCompromise, &operator()).await;
            let serial = nobody.to_owned();
            assert_eq!(refused.err(), Some(Undone::NoCertificate { serial }));
        }
        // Who took it back, and what came of it, stands everywhere: the brand keeps no trail.
        let sought = Sought { before: None, about: Some("operator".to_owned()), limit: 10 };
        for office in &town.bureau.offices {
            let trail = office.trail(&sought).await.expect("a trail");
            let [after, before] = trail.as_slice() else { panic!("one act: {trail:?}") };
            assert_eq!(
                (before.outcome.as_str(), after.outcome.as_str()),
                ("to-be-revoked", "revoked")
            );
            assert!(before.detail == "CaCompromise" && before.cause.contains("Ada Martin"));
        }
        let whole = town.bureau.verify("ca-merchant").await.expect("a trail");
        assert!(matches!(whole, Verified::Whole(_)), "{whole:?}");
        // Lists are published as often as their operator likes, and only ever newer ones.
        let (before, _) = town.bureau.publish(&operator()).await.expect("published");
        let (after, heard) = town.bureau.publish(&operator()).await.expect("published");
        assert!(heard.iter().all(|heard| heard.why_not.is_none()));
        assert!(before.bci.map(|bci| bci.sequence) < after.bci.map(|bci| bci.sequence));
        for (before, after) in before.lists.iter().zip(&after.lists) {
            assert_eq!((before.number + 1, before.revoked), (after.number, after.revoked));
        }
    });
}

#[test]
fn operators_decide_about_requests_through_the_door_of_their_authority() {
    runtime().block_on(async {
        let offices = Offices::open().await;
        let stop = Shutdown::default();
        let (ground, enrolments) = (&offices.ground, &offices.merchants.enrolments);
        let door = door::open(
            &ground.data,
            Seat::first(Kind::Merchant),
            enrolments.clone(),
            stop.listen(),
        );
        let door = door.expect("a socket");
        let office =
            Office::behind(Seat::first(Kind::Merchant), &ground.data).await.expect("it is open");
        let bureau = Bureau { ground: ground.clone(), offices: vec![office] };
        assert_eq!(bureau.offices[0].requests().await, Ok(Vec::new()));

        let shop = offices.shop().await;
        let first = shop.begin("first", None).await;
        shop.until(&first, |stage| matches!(stage, At::Pending(_) | At::Inquiring(_))).await;
        let requests = bureau.offices[0].requests().await.expect("requests");
        let [request] = requests.as_slice() else { panic!("one: {requests:?}") };
        assert!(request.state.is_open() && matches!(request.applicant, Applicant::Merchant { .. }));
        let asked = bureau.request(&request.id[..6]).await.expect("it waits").asked;
        let asked = asked.expect("what was answered");
        let [name] = asked.answers.as_slice() else { panic!("one question: {asked:?}") };
        assert_eq!((name.number, name.text.as_str()), (Some(1), cast::SHOP));
        let nobody = bureau.approve("ffff", None, &operator()).await;
        assert_eq!(nobody, Err(Undone::NoRequest { id: "ffff".to_owned() }));
        let listed = Listed { name: "Phare Books".to_owned(), city: "Brest".to_owned() };
        let approved =
            bureau.approve(&request.id[..6], Some(listed), &operator()).await.expect("approved");
        assert!(!approved.state.is_open());
        shop.certified(&first).await;
        let (_, enrolment) = offices.newest().await;
        assert!(matches!(enrolment.stage, Stage::Issued { .. }));
        let again = bureau.approve(&request.id, None, &operator()).await;
        assert!(matches!(again, Err(Undone::NotWaiting { .. })), "{again:?}");
        assert_eq!(bureau.request(&request.id).await.expect("decided").asked, None);
        let about = Some(request.id.clone());
        let sought = Sought { before: None, about, limit: 50 };
        let trail = bureau.trail("ca-merchant", &sought).await.expect("a trail");
        let signs = trail.iter().find(|entry| entry.outcome == "to-be-signed").expect("recorded");
        assert!(signs.cause.starts_with("operator Ada Martin ("), "{}", signs.cause);

        let second = shop.begin("second", None).await;
        shop.until(&second, |stage| matches!(stage, At::Pending(_) | At::Inquiring(_))).await;
        let requests = bureau.offices[0].requests().await.expect("requests");
        let waits = requests.iter().find(|request| request.state.is_open()).expect("one waits");
        let message = Some("The contract has ended.".to_owned());
        let no = No { by: By::Acquirer, message: message.clone() };
        let refused = bureau.refuse(&waits.id, no, &operator()).await.expect("refused");
        assert_eq!(refused.message, message);
        let stage = shop.until(&second, |stage| matches!(stage, At::Refused(_))).await;
        let At::Refused(Ended::Rejected(rejection)) = stage else { panic!("rejected") };
        assert_eq!(rejection.message, message);

        stop.ask();
        tokio::time::timeout(Duration::from_secs(5), door).await.expect("it closes").expect("ends");
        assert!(Office::behind(Seat::first(Kind::Merchant), &ground.data).await.is_none());
    });
}
