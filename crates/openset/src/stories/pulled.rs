//! A token that is pulled between the record of what will be signed and the signature: what was
//! recorded is signed, or nothing is; never anything else under the same number (abuse case 30).

#[path = "../../../node/tests/tokens/fragile.rs"]
mod fragile;

use std::{fs, path::PathBuf, sync::Arc};

use cryptoki::{
    context::Pkcs11,
    error::{Error, RvError},
};
use openset_crypto::Authority as Kind;
use openset_node::{
    clock::{Clock, SystemClock},
    driver::NotTaken,
    fault::Fault,
    store::{JournalOf, Page},
};
use openset_protocol::{
    ca::{Input as Decision, Stage},
    enrolment::applicant::Stage as At,
    octets::Octets,
    role::{Lookup, Register},
};
use openset_wire::{
    cert::CertStatusCode,
    der::{Original, decode},
    x509::{Certificate, UnsignedCertificate},
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::{
    bureau::{Bureau, Shop, approval},
    tokens::{
        softhsm::{self, SoftHsm},
        tokens,
    },
};
use crate::{
    ceremony::{Seat, papers},
    house::{
        authority::{self, Authority},
        ground::{self, Ground},
        holders::Holders,
    },
    sites,
};

/// What a shop calls its registration.
const ID: &[u8] = b"first";

/// An authority of merchants whose keys are in a token, and its folder.
struct Vault<'a> {
    hsm: &'a SoftHsm,
    holders: Holders,
    data: Arc<TempDir>,
}

/// Plays a story in a process of its own.
fn play(test: &str, module: impl Fn(&SoftHsm) -> PathBuf, story: impl FnOnce(&Vault<'_>)) {
    SoftHsm::play(&format!("stories::pulled::{test}"), |hsm| {
        let mut holders = Holders::default();
        let mut terms = hsm.token("ca-merchant");
        terms.module = module(hsm);
        holders.put("ca-merchant", terms);
        let data = Arc::new(tempfile::tempdir().expect("a folder"));
        Bureau::hold(&data, &holders);
        story(&Vault { hsm, holders, data });
    });
}

fn own(hsm: &SoftHsm) -> PathBuf {
    hsm.module.clone()
}

fn threads() -> Runtime {
    Builder::new_multi_thread().enable_all().build().expect("threads")
}

impl Vault<'_> {
    fn ground(&self) -> Ground {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let at = sites::free_port(0).expect("a port");
        ground::of(self.data.path(), clock, at, &self.holders).expect("a ceremony was held")
    }

    async fn open(&self) -> Bureau {
        Bureau::serve(Arc::clone(&self.data), &self.holders, |_| {}).await
    }

    /// A merchant applies, and what it will get is recorded and no more.
    async fn drafted(&self) -> (Bureau, Shop) {
        let bureau = self.open().await;
        let shop = bureau.shop().await;
        bureau.clerk.will(Decision::Approved(approval()));
        bureau.clerk.leave_drafts();
        shop.begin("first", None).await;
        let shown = |stage: &At| matches!(stage, At::Applied(_));
        shop.until(ID, shown).await;
        bureau.clerk.drafted().await;
        (bureau, shop)
    }

    fn aside(&self) -> PathBuf {
        self.hsm.folder().join("aside")
    }

    fn pull(&self) {
        fs::rename(tokens(self.hsm), self.aside()).expect("the token is pulled");
        fs::create_dir(tokens(self.hsm)).expect("an empty reader");
    }

    /// SoftHSM looks for its tokens when it begins.
    fn put_back(&self) {
        fs::remove_dir(tokens(self.hsm)).expect("an empty reader");
        fs::rename(self.aside(), tokens(self.hsm)).expect("the token is back");
        let module = Pkcs11::new(&self.hsm.module).expect("SoftHSM");
        // Where nobody has it open, it begins anew by itself.
        let ended = module.finalize();
        let none = matches!(ended, Err(Error::Pkcs11(RvError::CryptokiNotInitialized, _)));
        assert!(ended.is_ok() || none, "{ended:?}");
    }
}

impl Bureau {
    /// What is recorded to be signed.
    async fn drafts(&self) -> Vec<Vec<u8>> {
        let Stage::Issuing(issuing) = self.newest().await.1.stage else { panic!("recorded") };
        issuing.drafts.iter().map(|draft| draft.as_ref().to_vec()).collect()
    }

    /// What was signed of the certificates that were issued.
    async fn issued(&self) -> Vec<Vec<u8>> {
        let Stage::Issued { certificates, .. } = self.newest().await.1.stage else {
            panic!("issued")
        };
        let signed = |octets: &Octets| {
            let certificate: Certificate = decode(octets.as_ref()).expect("a certificate");
            certificate.to_be_signed.octets().to_vec()
        };
        certificates.iter().map(signed).collect()
    }

    /// Each word of the audit trail about what became of an application.
    async fn outcomes(&self) -> Vec<String> {
        let trail = self.merchants.party.store.trail(0, 1_000).await.expect("a trail");
        trail.into_iter().map(|record| record.account.outcome).collect()
    }

    /// Somebody wants the newest application signed now.
    async fn sign(&self) -> Result<(), NotTaken> {
        let (key, _) = self.newest().await;
        self.merchants.enrolments.command(Lookup::Key(key), Decision::Sign).await
    }

    /// How many answers to applications have left.
    async fn answers(&self) -> usize {
        let page = Page::newest(100);
        let journal = self.merchants.party.store.journal(&JournalOf::Everything, page).await;
        journal.expect("a journal").iter().filter(|passed| passed.name == "CertRes").count()
    }
}

/// The number that a draft has taken.
fn serial(draft: &[u8]) -> Vec<u8> {
    let draft = Original::<UnsignedCertificate>::from_octets(draft).expect("a draft");
    draft.value().serial_number.as_bytes().to_vec()
}

fn count(outcomes: &[String], wanted: &str) -> usize {
    outcomes.iter().filter(|outcome| *outcome == wanted).count()
}

#[test]
fn what_was_recorded_before_the_token_was_pulled_is_signed_when_it_is_back() {
    let name = "what_was_recorded_before_the_token_was_pulled_is_signed_when_it_is_back";
    play(name, own, |vault| {
        threads().block_on(async {
            let (bureau, shop) = vault.drafted().await;
            let drafts = bureau.drafts().await;
            vault.pull();
            for _ in 0..2 {
                let tried = bureau.sign().await;
                assert!(matches!(tried, Err(NotTaken::Fault(Fault::Key))), "{tried:?}");
            }
            assert_eq!(bureau.drafts().await, drafts, "it stands as it was recorded");
            let outcomes = bureau.outcomes().await;
            assert_eq!(count(&outcomes, "to-be-signed"), 1, "{outcomes:?}");
            assert_eq!(count(&outcomes, "issued"), 0, "{outcomes:?}");
            assert_eq!(bureau.answers().await, 0, "nobody was told anything");
            vault.put_back();
            bureau.clerk.go_on();
            shop.certified(ID).await;
            assert_eq!(bureau.issued().await, drafts);
            let outcomes = bureau.outcomes().await;
            assert_eq!(count(&outcomes, "to-be-signed"), 1, "{outcomes:?}");
            assert_eq!(count(&outcomes, "issued"), 1, "{outcomes:?}");
        });
    });
}

#[test]
fn an_authority_that_stopped_without_its_token_signs_the_same_after_a_restart() {
    let name = "an_authority_that_stopped_without_its_token_signs_the_same_after_a_restart";
    play(name, own, |vault| {
        let stopped = threads();
        let drafts = stopped.block_on(async {
            let (bureau, _shop) = vault.drafted().await;
            let drafts = bureau.drafts().await;
            vault.pull();
            drafts
        });
        drop(stopped);
        threads().block_on(async {
            let ground = vault.ground();
            let opened = Authority::open(&ground, Seat::first(Kind::Merchant), |_, _| {
                panic!("nobody is asked about applicants")
            });
            let refused = format!("{:#}", opened.await.err().expect("it does not start"));
            let why = "in the token \"ca-merchant\": no slot holds a token with this label";
            assert!(refused.contains(why), "{refused}");
        });
        vault.put_back();
        threads().block_on(async {
            let bureau = vault.open().await;
            let shop = bureau.shop().await;
            shop.certified(ID).await;
            assert_eq!(bureau.issued().await, drafts);
        });
    });
}

#[test]
fn a_draft_of_an_authority_with_another_certificate_by_now_is_closed_and_never_signed() {
    let name = "a_draft_of_an_authority_with_another_certificate_by_now_is_closed_and_never_signed";
    play(name, own, |vault| {
        threads().block_on(async {
            let (bureau, shop) = vault.drafted().await;
            let drafts = bureau.drafts().await;
            vault.pull();
            assert!(matches!(bureau.sign().await, Err(NotTaken::Fault(Fault::Key))));
            let seat = Seat::first(Kind::Merchant);
            let mut standing = authority::standing(&bureau.ground, seat).expect("its papers");
            let others = bureau.ground.papers("ca-gateway").take(papers::CERTIFICATES);
            standing.issuing = others.expect("another authority's");
            bureau.merchants.enrolments.stand(standing);
            vault.put_back();
            bureau.clerk.go_on();
            shop.until(ID, |stage| matches!(stage, At::Refused(_))).await;
            let stage = bureau.newest().await.1.stage;
            let Stage::Refused { code: CertStatusCode::RejectedByCa, .. } = stage else {
                panic!("closed: {stage:?}")
            };
            let outcomes = bureau.outcomes().await;
            assert_eq!(count(&outcomes, "issued"), 0, "{outcomes:?}");
            assert_eq!(count(&outcomes, "refused"), 1, "{outcomes:?}");
            for draft in drafts {
                let number = serial(&draft);
                let store = &bureau.merchants.party.store;
                let holder = store.holder(Register::Serials.name(), &number).await;
                assert!(holder.expect("a store").is_some(), "its number is nobody else's");
            }
        });
    });
}

#[test]
fn a_session_that_ends_between_two_signatures_costs_nothing_but_time() {
    let name = "a_session_that_ends_between_two_signatures_costs_nothing_but_time";
    play(name, SoftHsm::fragile_module, |vault| {
        threads().block_on(async {
            let (bureau, shop) = vault.drafted().await;
            let drafts = bureau.drafts().await;
            // The first certificate is signed, the second is lost, and lost again when the
            // session was opened anew.
            vault.hsm.lose(1, 2);
            let tried = bureau.sign().await;
            assert!(matches!(tried, Err(NotTaken::Fault(Fault::Key))), "{tried:?}");
            let first = vault.hsm.seen();
            let given: Vec<bool> = first.iter().map(|(_, given)| *given).collect();
            assert_eq!(given, [true, false, false]);
            assert_eq!(bureau.drafts().await, drafts, "nothing was issued");
            bureau.clerk.go_on();
            shop.certified(ID).await;
            assert_eq!(bureau.issued().await, drafts);
            let seen = vault.hsm.seen();
            assert_eq!(seen[1].0, seen[2].0, "the same content when it is tried again");
            let later: Vec<&String> = seen[3..].iter().map(|(what, _)| what).collect();
            assert_eq!(later[..2], [&seen[0].0, &seen[1].0], "and in the next step");
        });
    });
}
