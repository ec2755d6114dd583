//! A stage: every port played from sample data, and all sites behind one door.
#![allow(dead_code, unreachable_pub, reason = "shared by the site tests and the preview")]

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use openset_types::{Money, RefundKind, Secret};
use openset_web::ports::*;
use openset_web::problem::Problem;
use openset_web::routes::{self, House};
use openset_web::words::Tongue;

mod own;
pub mod sample;

/// Plays every party.
#[derive(Default)]
pub struct Stage {
    draws: AtomicU8,
    /// The documents the wallet was given.
    pub received: Mutex<Vec<Vec<u8>>>,
    /// What the merchant captured.
    pub captured: Mutex<Vec<Money>>,
    /// What the merchant gave back, or took back.
    pub given_back: Mutex<Vec<(RefundKind, Money)>>,
    /// What the merchant had authorized, and whether it was taken at once.
    pub authorized: Mutex<Vec<(Money, bool)>>,
    /// Which parts the merchant turned to.
    pub turned: Mutex<Vec<usize>>,
    /// What the merchant wanted to stay of what it gave up.
    pub voided: Mutex<Vec<Money>>,
    /// Who was paid with which card.
    pub consented: Mutex<Vec<String>>,
    /// What was asked for again, and with which last month.
    pub renewed: Mutex<Vec<(String, Option<String>)>>,
    /// What operators did, and who.
    pub acts: Mutex<Vec<String>>,
    /// How the certificates of merchant and gateway stand, in a word; good if it is empty.
    pub standing: Mutex<&'static str>,
    /// The passphrase, once chosen.
    pub passphrase: Mutex<Option<Vec<u8>>>,
}

pub const SESSION: &str = "open-session";

impl Stage {
    /// A stage whose wallet has a passphrase.
    pub fn furnished() -> Self {
        let stage = Self::default();
        *stage.passphrase.lock().expect("one thread") = Some(b"lighthouse-42".to_vec());
        stage
    }

    pub fn house(self: &Arc<Self>) -> House {
        House {
            anchor: sample::anchor(),
            dress: Some(Arc::new(sample::dress())),
            named: Arc::new(sample::places()),
            numbered: Arc::new(sample::places()),
            chance: self.clone(),
        }
    }

    /// The router of a site, by the first label of its host name.
    pub fn site(self: &Arc<Self>, name: &str) -> Router {
        let (house, stage) = (self.house(), self.clone());
        match name {
            "shop" => routes::shop(&house, stage),
            "wallet" => routes::wallet(&house, stage),
            "merchant" => routes::merchant(&house, stage.clone(), stage),
            "gateway" => routes::gateway(&house, stage.clone(), stage),
            "issuer" => routes::issuer(&house, stage),
            "acquirer" => routes::acquirer(&house, stage),
            "ca-cardholder" => routes::console(&house, 0, stage),
            _ => routes::home(&house, stage.clone(), stage.clone(), stage),
        }
    }
}

fn opened(session: &str) -> Said<()> {
    if session == SESSION { Ok(()) } else { Err(Problem::WalletLocked) }
}

impl Chance for Stage {
    fn draw(&self) -> [u8; 20] {
        [self.draws.fetch_add(1, Ordering::Relaxed); 20]
    }
}

impl HomePort for Stage {
    async fn neighbours(&self) -> Vec<Neighbour> {
        sample::neighbours()
    }

    async fn recent(&self) -> Said<Vec<RecentPayment>> {
        Ok(sample::recent())
    }
}

impl ShopPort for Stage {
    async fn goods(&self, _: Tongue) -> Said<Goods> {
        Ok(sample::goods())
    }

    async fn quote(&self, basket: &Basket, _: Tongue) -> Said<Quote> {
        let goods = sample::goods();
        let post = goods.deliveries.iter().find(|it| it.id == basket.delivery);
        let sum = goods.price.times(u64::from(basket.quantity)).expect("small");
        let total = sum.plus(post.expect("a known delivery").price).expect("small");
        Ok(Quote { total, ..sample::quote() })
    }

    async fn place(&self, _: Basket, _: Buyer, _: Tongue) -> Said<String> {
        Ok("1044-new0".to_owned())
    }

    async fn handover(&self, slug: &str) -> Said<Handover> {
        known(slug)?;
        Ok(sample::handover())
    }

    async fn receipt(&self, slug: &str) -> Said<Receipt> {
        known(slug)?;
        let new = slug.starts_with("1044");
        let standing = if new { Standing::AwaitingWallet } else { Standing::Authorized };
        Ok(Receipt { standing, ..sample::receipt() })
    }
}

fn known(slug: &str) -> Said<()> {
    if ["1042-k3v9", "1044-new0"].contains(&slug) { Ok(()) } else { Err(Problem::NotFound) }
}

impl WalletPort for Stage {
    async fn door(&self, session: Option<&str>) -> Door {
        if self.passphrase.lock().expect("one thread").is_none() {
            return Door::New;
        }
        match session {
            Some(SESSION) => Door::Open { minutes_left: 9 },
            _ => Door::Locked,
        }
    }

    async fn create(&self, passphrase: Secret) -> Said<String> {
        *self.passphrase.lock().expect("one thread") = Some(passphrase.expose().to_vec());
        Ok(SESSION.to_owned())
    }

    async fn unlock(&self, passphrase: Secret, _: u32) -> Result<String, Unopened> {
        let chosen = self.passphrase.lock().expect("one thread");
        match chosen.as_deref() == Some(passphrase.expose()) {
            true => Ok(SESSION.to_owned()),
            false => Err(Unopened::Wrong { tries_left: 4 }),
        }
    }

    async fn lock(&self, _: &str) {}

    async fn cards(&self, session: &str) -> Said<Vec<Card>> {
        opened(session)?;
        let ending = CardState::Ending { until: sample::at(12 * 86_400), days: 12 };
        let ended = CardState::Expired { on: sample::at(0) };
        Ok(vec![
            sample::card("4242"),
            Card { state: ending, ..sample::card("1881") },
            Card { state: ended, ..sample::card("0069") },
            sample::unfinished(ApplicationState::Form),
        ])
    }

    async fn card(&self, session: &str, id: &str) -> Said<CardFile> {
        opened(session)?;
        let ending = CardState::Ending { until: sample::at(12 * 86_400), days: 12 };
        let file = sample::card_file("4242");
        Ok(match id {
            "card-4242" => file,
            "card-1881" => CardFile { card: Card { state: ending, ..file.card }, ..file },
            "e7" => CardFile {
                card: sample::unfinished(ApplicationState::Form),
                certificate: None,
                ..file
            },
            _ => return Err(Problem::NotFound),
        })
    }

    async fn renew(
        &self,
        session: &str,
        id: &str,
        expiry: Option<openset_types::CardExpiry>,
        _: Tongue,
    ) -> Said<String> {
        opened(session)?;
        let expiry = expiry.map(|expiry| expiry.to_string());
        self.renewed.lock().expect("one thread").push((id.to_owned(), expiry));
        Ok("e8".to_owned())
    }

    async fn ask_again(&self, session: &str, id: &str) -> Said<()> {
        opened(session)?;
        if id == "pended" { Ok(()) } else { Err(Problem::FormStale) }
    }

    async fn follow(&self, session: &str, _: &str, address: String) -> Said<()> {
        opened(session)?;
        let known = sample::referral().addresses.contains(&address);
        if known { Ok(()) } else { Err(Problem::FormStale) }
    }

    async fn apply(&self, session: &str, card: CardEntry, _: Tongue) -> Said<String> {
        opened(session)?;
        assert_eq!(card.pan.last_four(), "4242");
        Ok("e7".to_owned())
    }

    async fn enrolment(&self, session: &str, id: &str) -> Said<Enrolment<Card>> {
        opened(session)?;
        let bearer = sample::bearer("4242");
        Ok(Enrolment { bearer, stage: own::stage_of(id, sample::card("4242")) })
    }

    async fn answer(&self, session: &str, _: &str, answers: Vec<Answer>) -> Said<()> {
        assert_eq!(answers.len(), 3);
        opened(session)
    }

    async fn receive(&self, document: Vec<u8>, _: &str) -> Said<String> {
        self.received.lock().expect("one thread").push(document);
        Ok("p1".to_owned())
    }

    async fn purchase(&self, session: &str, id: &str, _: Tongue) -> Said<Purchase> {
        opened(session)?;
        let payee = "Atelier Lumen".to_owned();
        let declined = Some(Problem::CardDeclined);
        let checks = Checks { reached: true, signature: true, ..Checks::default() };
        let mut doubtful = sample::consent();
        doubtful.payee.claimed = Some("Atelier Lumière".to_owned());
        Ok(match id {
            "checking" => Purchase::Checking(checks),
            "doubtful" => Purchase::Offered(Box::new(doubtful)),
            "paying" => Purchase::Paying { payee, amount: sample::eur(4200), known: Known::Unsure },
            "done" => Purchase::Ended(sample::outcome()),
            "declined" => Purchase::Ended(Outcome {
                standing: Standing::Declined,
                problem: declined,
                ..sample::outcome()
            }),
            "stopped" => Purchase::Stopped(Problem::MerchantUntrusted),
            _ => Purchase::Offered(Box::new(sample::consent())),
        })
    }

    async fn consent(&self, session: &str, _: &str, card: &str) -> Said<()> {
        opened(session)?;
        self.consented.lock().expect("one thread").push(card.to_owned());
        Ok(())
    }

    async fn cancel(&self, _: &str) -> Said<Option<String>> {
        Ok(sample::outcome().return_url)
    }

    async fn ask(&self, session: &str, _: &str) -> Said<()> {
        opened(session)
    }

    async fn history(&self, session: &str) -> Said<Vec<Paid>> {
        opened(session)?;
        Ok(sample::paid())
    }
}

impl MerchantPort for Stage {
    fn shop(&self) -> String {
        "Atelier Lumen".to_owned()
    }

    async fn batches(&self) -> Said<Vec<BatchRow>> {
        Ok(vec![sample::batch().row])
    }

    async fn batch(&self, slug: &str) -> Said<BatchFile> {
        let batch = sample::batch();
        if slug == batch.row.slug { Ok(batch) } else { Err(Problem::NotFound) }
    }

    async fn open_batch(&self) -> Said<String> {
        Ok(sample::batch().row.slug)
    }

    async fn ask_batch(&self, slug: &str, _: BatchDeed) -> Said<()> {
        self.batch(slug).await.map(drop)
    }

    async fn orders(&self, search: &str) -> Said<Vec<OrderRow>> {
        let found = |order: &OrderRow| order.number.contains(search);
        Ok(sample::orders().into_iter().filter(found).collect())
    }

    async fn order(&self, slug: &str) -> Said<OrderFile> {
        if slug == "1042-back" {
            return Ok(sample::order_given_back());
        }
        known(slug)?;
        Ok(sample::order_file())
    }

    async fn capture(&self, slug: &str, amount: Money) -> Said<()> {
        known(slug)?;
        if amount != sample::eur(4200) {
            return Err(Problem::FormStale);
        }
        self.captured.lock().expect("one thread").push(amount);
        Ok(())
    }

    async fn refund(&self, slug: &str, kind: RefundKind, amount: Money) -> Said<()> {
        if slug != "1042-back" || amount.minor() > 3200 {
            return Err(Problem::NothingToRefund);
        }
        self.given_back.lock().expect("one thread").push((kind, amount));
        Ok(())
    }

    async fn void(&self, slug: &str, remains: Money) -> Said<()> {
        known(slug)?;
        if remains.minor() >= 4200 {
            return Err(Problem::AmountNotLess);
        }
        self.voided.lock().expect("one thread").push(remains);
        Ok(())
    }

    async fn next(&self, slug: &str, amount: Money, is_taken: bool) -> Said<()> {
        known(slug)?;
        if amount.minor() > 200 {
            return Err(Problem::FormStale);
        }
        self.authorized.lock().expect("one thread").push((amount, is_taken));
        Ok(())
    }

    async fn turn_to(&self, slug: &str, part: usize) -> Said<()> {
        known(slug)?;
        self.turned.lock().expect("one thread").push(part);
        if part < 2 { Ok(()) } else { Err(Problem::FormStale) }
    }
}

impl GatewayPort for Stage {
    fn name(&self) -> String {
        "Demo Gateway".to_owned()
    }

    async fn batches(&self) -> Said<Vec<BatchRow>> {
        Ok(vec![sample::batch().row])
    }

    async fn transactions(&self) -> Said<Vec<GatewayRow>> {
        Ok(sample::gateway_rows())
    }

    async fn transaction(&self, _: &str) -> Said<GatewayFile> {
        Ok(sample::gateway_file())
    }
}

impl BooksPort for Stage {
    fn name(&self) -> String {
        "Demo Bank".to_owned()
    }

    async fn ledger(&self, before: Option<u64>) -> Said<LedgerBooks> {
        let older = before.is_none().then_some(2);
        Ok(LedgerBooks { older, ..sample::ledger() })
    }

    async fn clearing_files(&self) -> Said<Newest<ClearingRow>> {
        Ok(sample::clearing_rows())
    }

    async fn clearing_file(&self, name: &str) -> Said<ClearingFile> {
        let file = sample::clearing_file();
        if file.row.name == name { Ok(file) } else { Err(Problem::NotFound) }
    }

    async fn file(&self, name: &str) -> Said<StoredFile> {
        Ok(StoredFile { name: name.to_owned(), octets: b"<Document/>".to_vec() })
    }
}

impl IssuerPort for Stage {
    async fn accounts(&self) -> Said<Vec<AccountRow>> {
        Ok(sample::accounts())
    }

    async fn account(&self, _: &str) -> Said<AccountFile> {
        Ok(sample::account_file())
    }

    async fn holds(&self) -> Said<Newest<HeldRow>> {
        Ok(sample::held())
    }

    async fn wallet_offer(&self) -> Said<WalletOffer> {
        Ok(sample::wallet_offer())
    }

    async fn registration(&self, _: Tongue) -> Said<RegistrationOffer> {
        Ok(sample::registration_offer())
    }

    async fn wallet_package(&self, file: &str) -> Said<Vec<u8>> {
        let known = sample::wallet_offer().packages.iter().any(|package| package.file == file);
        if known { Ok(b"!<arch>\n".to_vec()) } else { Err(Problem::NotFound) }
    }
}

impl AcquirerPort for Stage {
    async fn books(&self) -> Said<AcquirerBooks> {
        Ok(sample::books())
    }

    async fn run_clearing(&self) -> Said<()> {
        Ok(())
    }

    async fn merchants(&self) -> Said<MerchantBooks> {
        Ok(sample::merchant_books())
    }

    async fn compare(&self) -> Said<Comparison> {
        Ok(Comparison { today: None, ..sample::comparison() })
    }

    async fn ask_today(&self) -> Said<Comparison> {
        Ok(sample::comparison())
    }
}

impl AuthorityPort for Stage {
    async fn tree(&self) -> Said<CertificateNode> {
        Ok(sample::tree())
    }

    async fn certificate(&self, _: &str) -> Said<Certificate> {
        Ok(sample::certificate())
    }
}

impl Stage {
    fn acted(&self, act: String) {
        self.acts.lock().expect("one thread").push(act);
    }
}

fn known_request(id: &str) -> Said<()> {
    if id == sample::REQUEST { Ok(()) } else { Err(Problem::NotFound) }
}

fn known_certificate(thumb: &str) -> Said<()> {
    if thumb == "a4" { Ok(()) } else { Err(Problem::NotFound) }
}

impl ConsolePort for Stage {
    fn name(&self) -> String {
        "Banque Demo Cardholder CA".to_owned()
    }

    fn is_name(&self, name: &str) -> bool {
        !name.is_empty() && name.len() <= 40 && !name.contains('<')
    }

    async fn overview(&self) -> Said<Overview> {
        Ok(sample::overview())
    }

    async fn requests(&self, all: bool) -> Said<Vec<RequestRow>> {
        Ok(if all { vec![sample::request_row(), sample::request_row()] } else { Vec::new() })
    }

    async fn request(&self, id: &str) -> Said<RequestFile> {
        known_request(id)?;
        Ok(sample::request_file())
    }

    async fn approve(&self, id: &str, listed: Option<Listed>, by: &str) -> Said<()> {
        known_request(id)?;
        let listed = listed.map(|it| it.name).unwrap_or_default();
        self.acted(format!("{by} approves {listed}"));
        Ok(())
    }

    async fn refuse(
        &self,
        id: &str,
        refusal: Denial,
        message: Option<String>,
        by: &str,
    ) -> Said<()> {
        known_request(id)?;
        let message = message.unwrap_or_default();
        self.acted(format!("{by} refuses {refusal:?} {message}"));
        Ok(())
    }

    async fn certificates(&self, search: &CertificateSearch) -> Said<CertificatesFound> {
        let mut found = sample::certificates_found();
        found.rows.retain(|row| row.serial.contains(&search.text));
        Ok(found)
    }

    async fn file(&self, thumb: &str) -> Said<CertificateFile> {
        known_certificate(thumb)?;
        Ok(sample::certificate_file())
    }

    async fn consequences(&self, thumb: &str) -> Said<Consequences> {
        known_certificate(thumb)?;
        Ok(sample::consequences())
    }

    async fn revoke(&self, thumb: &str, reason: RevocationReason, by: &str) -> Said<()> {
        known_certificate(thumb)?;
        self.acted(format!("{by} revokes for {}", reason.id()));
        Ok(())
    }

    async fn lists(&self) -> Said<Lists> {
        Ok(sample::lists())
    }

    async fn publish(&self, by: &str) -> Said<()> {
        self.acted(format!("{by} publishes"));
        Ok(())
    }

    async fn trail(&self, _: &TrailSearch) -> Said<Trail> {
        Ok(sample::trail())
    }

    async fn verify(&self) -> Said<Verdict> {
        Ok(Verdict::Whole { records: 42, signed: 40, heads: 1 })
    }
}

impl JournalPort for Stage {
    async fn transcripts(&self) -> Said<Vec<TranscriptRow>> {
        Ok(sample::transcripts())
    }

    async fn transcript(&self, slug: &str) -> Said<Transcript> {
        if slug == "ord-1042" { Ok(sample::transcript()) } else { Err(Problem::NotFound) }
    }

    async fn message(&self, _: &str, number: u32) -> Said<MessageFile> {
        if number > 10 { Err(Problem::NotFound) } else { Ok(sample::message_file()) }
    }
}
