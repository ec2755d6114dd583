//! Lists of revoked certificates, told by an authority, taken by the brand, and heard by
//! everybody over the wire.

use std::sync::Arc;

use openset_crypto::{
    Authority as Kind, Bag, Identity, KeyKind, KeyUse, Purpose, Suite, Trust, Untrusted,
    authority::{BciTerms, CrlTerms, Details, Revoked, Terms, bci, crl, draft, issue},
};
use openset_node::{
    fault::Fault,
    http::{Answering, Answers, Media, Said, endpoint},
    keys::KeyHolder,
};
use openset_protocol::{acceptance::Acceptance, lists::ListDesk};
use openset_wire::{
    cert::CrlNotificationRes,
    opaque::Signed,
    x509::{BrandCrlIdentifier, CertificateRevocationList, Name as Subject, NameAttribute},
};

use super::{
    between::Aside,
    bureau::Bureau,
    forge::draw,
    stage::{MODERN, runtime},
};
use crate::{ceremony::papers, demo::cast, house::hearing::DISTRIBUTIONS};

const DAY_S: i64 = 86_400;

/// One authority with its keys, as its operator has it.
struct Desk {
    bureau: Arc<Bureau>,
    keys: Arc<dyn KeyHolder>,
    certificates: Identity,
    /// With which it signs messages.
    signature: Identity,
    trust: Trust,
}

impl Desk {
    /// An authority of a bureau's folder. A brand's clerk is certified by the root.
    fn of(bureau: &Arc<Bureau>, kind: Kind, certified_by: Kind) -> Self {
        let ground = &bureau.ground;
        let folder = crate::ceremony::folder;
        let open = |kind| {
            let keys = ground.holders.open(&ground.data, folder(kind), &Default::default());
            keys.expect("its keys")
        };
        let certificates = ground.papers(folder(kind)).take(papers::CERTIFICATES).expect("made");
        let issuer = ground.papers(folder(certified_by)).take(papers::CERTIFICATES).expect("made");
        let keys = open(kind);
        let public =
            keys.generate(KeyKind::of_parties(Suite::Modern), KeyUse::Signs).expect("randomness");
        let now = ground.clock.now();
        let terms = Terms {
            serial: draw().serial(),
            subject: clerk(kind),
            key: &public,
            purpose: Purpose::AuthoritySignature(kind),
            not_before: now.plus_s(-60),
            not_after: now.plus_s(DAY_S),
            signs_until: now.plus_s(DAY_S),
            crl_url: None,
            details: Details::None,
        };
        let drafted = draft(MODERN, &terms, &issuer).expect("a good draft");
        let signed = issue(&drafted, open(certified_by).as_ref()).expect("signed");
        let mut chain = Vec::new();
        if certified_by != Kind::Root {
            chain.push(issuer.certificate.clone());
            chain.extend(issuer.chain.iter().cloned());
        }
        let signature = Identity::new(signed, chain).expect("a key");
        let trust = Trust::new(MODERN, std::slice::from_ref(&ground.root)).expect("a root");
        ground.lists.teach(&trust, now).expect("good lists");
        Self { bureau: Arc::clone(bureau), keys, certificates, signature, trust }
    }

    fn says(&self) -> ListDesk<'_> {
        let ground = &self.bureau.ground;
        ListDesk {
            trust: &self.trust,
            keys: self.keys.as_ref(),
            brand: &ground.brand,
            acceptance: Acceptance::default(),
            now: ground.clock.now(),
        }
    }

    fn list(&self, number: u64, revoked: &[&Identity]) -> CertificateRevocationList {
        let now = self.bureau.ground.clock.now();
        let entry = |one: &&Identity| Revoked {
            serial: one.certificate.to_be_signed.serial_number.clone(),
            at: now,
            reason: None,
        };
        let revoked: Vec<_> = revoked.iter().map(entry).collect();
        let (this_update, next_update) = (now.plus_s(-1), now.plus_s(DAY_S));
        let terms = CrlTerms { number, this_update, next_update, revoked: &revoked };
        crl(Suite::Modern, &terms, &self.certificates, self.keys.as_ref()).expect("a list")
    }

    /// The brand's word on which lists are the current ones: all it has heard of.
    fn current(&self, sequence: u64) -> BrandCrlIdentifier {
        let ground = &self.bureau.ground;
        let now = ground.clock.now();
        let terms = BciTerms {
            sequence,
            brand: &ground.brand,
            not_before: now.plus_s(-1),
            not_after: now.plus_s(DAY_S),
            lists: &self.trust.list_numbers(&ground.brand),
        };
        bci(Suite::Modern, &terms, &self.certificates, self.keys.as_ref()).expect("signed")
    }

    fn tells(&self, sequence: u64) -> Vec<u8> {
        let told = self.says().distribute(Some(self.current(sequence)), &self.signature);
        told.expect("signed").octets().to_vec()
    }
}

impl Answers for Desk {
    /// CRLNotification, at the brand.
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        Box::pin(async move {
            let notification = Signed::from_octets(message).map_err(|_| Fault::Unanswered)?;
            let taken = self.says().on_notification(&notification, &self.signature);
            Ok(taken.map_or(Said::Refused, |taken| Said::Message(taken.octets().to_vec())))
        })
    }
}

/// Who signs messages for an authority. Those below a brand name their bank.
fn clerk(kind: Kind) -> Subject {
    let mut name = vec![
        (NameAttribute::Country, "FR"),
        (NameAttribute::Organization, cast::BRAND.name),
        (NameAttribute::OrganizationalUnit, cast::ACQUIRER),
        (NameAttribute::CommonName, "Clerk"),
    ];
    name.retain(|(part, _)| kind != Kind::Brand || *part != NameAttribute::OrganizationalUnit);
    Subject::new(&name).expect("a name")
}

/// An authority of merchants that a brand's other authorities know nothing of.
fn second(brand: &Desk) -> Identity {
    brand.bureau.ground.papers("ca-merchant").take(papers::CERTIFICATES).expect("made by the brand")
}

#[test]
fn what_an_authority_takes_back_is_refused_by_everybody_the_brand_tells() {
    // A21 and abuse cases 29 and 30.
    runtime().block_on(async {
        let bureau = Arc::new(Bureau::open().await);
        let brand = Arc::new(Desk::of(&bureau, Kind::Brand, Kind::Root));
        let gateways = Desk::of(&bureau, Kind::Gateway, Kind::Brand);
        let counter = endpoint("/set", &[Media::Registration], Arc::clone(&brand) as _);
        let counter = Aside::serve(counter).await;

        // The authority of gateways tells the brand of a list, over the wire.
        let list = gateways.list(1_000, &[]);
        let notice = gateways
            .says()
            .notify(&list, &gateways.certificates, &gateways.signature)
            .expect("signed");
        let client = &bureau.ground.client;
        let octets = notice.octets().to_vec();
        let answer = client.ask(&counter.url, Media::Registration, octets.clone()).await;
        let answer: CrlNotificationRes =
            Signed::from_octets(answer.expect("taken")).expect("a sequence");
        gateways.says().on_taken(&answer, &list).expect("it was this one");
        // Cut, or of an older list: refused.
        let cut = client.ask(&counter.url, Media::Registration, octets[..200].to_vec()).await;
        assert!(cut.is_err());
        let older = gateways.list(999, &[]);
        let older = gateways
            .says()
            .notify(&older, &gateways.certificates, &gateways.signature)
            .expect("signed");
        let older = older.octets().to_vec();
        assert!(client.ask(&counter.url, Media::Registration, older).await.is_err());

        // The brand takes an authority back, and tells everybody.
        let mca = second(&brand);
        let trust = Arc::clone(bureau.merchants.party.shell.trust());
        let now = bureau.ground.clock.now();
        let is_good = || {
            let purpose = Purpose::CertificateSigning(Kind::Merchant);
            trust.path(&mca.certificate, &Bag::of(&mca), purpose, None, now).map(drop)
        };
        assert_eq!(is_good(), Ok(()));
        let list = brand.list(1_000, &[&mca]);
        brand.trust.learn_crl(&list, &Bag::of(&brand.certificates), now).expect("its own");
        let (first, second) = (brand.tells(1_000), brand.tells(1_001));
        assert_eq!(bureau.post(DISTRIBUTIONS, &second).await.status, 204);
        assert_eq!(is_good(), Err(Untrusted::Revoked));
        assert_eq!(bureau.post(DISTRIBUTIONS, &second).await.status, 204, "nothing new");
        assert_eq!(bureau.post(DISTRIBUTIONS, &first).await.status, 422, "an older one");
        assert_eq!(is_good(), Err(Untrusted::Revoked));
    });
}

#[test]
fn nobody_but_the_brand_says_which_lists_are_current() {
    // A12, A13, abuse cases 22 to 25: another role, cut, re-signed, and what is none.
    runtime().block_on(async {
        let bureau = Arc::new(Bureau::open().await);
        let brand = Desk::of(&bureau, Kind::Brand, Kind::Root);
        let gateways = Desk::of(&bureau, Kind::Gateway, Kind::Brand);
        let honest = brand.tells(1_000);
        let current = brand.current(1_000);
        let by_another = gateways.says().distribute(Some(current), &gateways.signature);
        let by_another = by_another.expect("signed").octets().to_vec();
        let mut changed = honest.clone();
        *changed.last_mut().expect("never empty") ^= 1;
        let wrapped = [&[0x30, 0x03, 0x02, 0x01, 0x01][..], &honest].concat();
        for wrong in [&by_another, &changed, &honest[..honest.len() / 2].to_vec(), &wrapped] {
            assert_eq!(bureau.post(DISTRIBUTIONS, wrong).await.status, 422);
        }
        let as_payment = bureau.post("/set", &honest).await;
        assert_ne!(as_payment.status, 204, "it stands in no wrapper");
        let trust = bureau.merchants.party.shell.trust();
        let now = bureau.ground.clock.now();
        let known = trust.bci(&bureau.ground.brand, now).expect("that of the ceremony");
        assert_eq!(known.to_be_signed.sequence_num, 1);
        assert_eq!(bureau.post(DISTRIBUTIONS, &honest).await.status, 204);
    });
}

/// What somebody can do to a signed message who only carries it.
fn carried(honest: &[u8]) -> Vec<Vec<u8>> {
    let cuts = (0..honest.len()).step_by(honest.len() / 24);
    let mut wrong: Vec<_> = cuts.map(|end| honest[..end].to_vec()).collect();
    wrong.push([honest, &[0]].concat());
    let mut changed = honest.to_vec();
    *changed.last_mut().expect("never empty") ^= 1;
    wrong.push(changed);
    wrong
}

#[test]
fn no_word_about_lists_is_taken_that_somebody_else_had_a_hand_in() {
    // A21: at the brand and at an authority, and after all of it the true word still counts.
    runtime().block_on(async {
        let bureau = Arc::new(Bureau::open().await);
        let brand = Arc::new(Desk::of(&bureau, Kind::Brand, Kind::Root));
        let gateways = Desk::of(&bureau, Kind::Gateway, Kind::Brand);
        let counter = endpoint("/set", &[Media::Registration], Arc::clone(&brand) as _);
        let counter = Aside::serve(counter).await;
        let list = gateways.list(1_000, &[]);
        let (says, certificates) = (gateways.says(), &gateways.certificates);
        let notice = |by| says.notify(&list, certificates, by).expect("signed").octets().to_vec();
        let honest = notice(&gateways.signature);
        let kind = KeyKind::of_parties(Suite::Modern);
        let other = gateways.keys.generate(kind, KeyUse::Signs).expect("randomness");
        let impostor = Identity { key: other.id(), ..gateways.signature.clone() };
        let known = brand.trust.list_numbers(&bureau.ground.brand);
        let client = &bureau.ground.client;
        for wrong in carried(&honest).into_iter().chain([notice(&impostor)]) {
            let said = client.ask(&counter.url, Media::Registration, wrong).await;
            assert!(said.is_err(), "a notice that is none");
        }
        assert_eq!(brand.trust.list_numbers(&bureau.ground.brand), known);
        let taken = client.ask(&counter.url, Media::Registration, honest).await.expect("taken");
        for wrong in carried(&taken) {
            let heard = Signed::from_octets(wrong).ok();
            let heard = heard.map(|answer: CrlNotificationRes| says.on_taken(&answer, &list));
            assert!(heard.is_none_or(|heard| heard.is_err()), "an answer that is none");
        }
        let honest = brand.tells(1_000);
        for wrong in carried(&honest) {
            assert_eq!(bureau.post(DISTRIBUTIONS, &wrong).await.status, 422);
        }
        assert_eq!(bureau.post(DISTRIBUTIONS, &honest).await.status, 204);
    });
}
