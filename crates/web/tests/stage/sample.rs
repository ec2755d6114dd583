//! Plain data to show: the demo's cast in the middle of one purchase.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "shared by the page tests, the site tests and the preview"
)]

use std::sync::Arc;

use openset_types::{BatchTotals, Currency, Money, RefundKind, Side, UnixTime};
use openset_web::diagram::{Passed, Protection};
use openset_web::dress::{Called, Dress, Logo, Shade};
use openset_web::frame::{Anchor, Bank, ConsolePlace, Frame, Places, Site, Theme};
use openset_web::party::Party;
use openset_web::ports::*;
use openset_web::problem::Problem;
use openset_web::visibility::{Evidence, Opened, Reader, Reading, Secret, Trace};
use openset_web::words::{Tongue, Words};

#[path = "books.rs"]
mod books;
#[path = "consoles.rs"]
mod consoles;

pub use books::*;
pub use consoles::*;

pub fn places() -> Places {
    let at = |name: &str| format!("http://{name}.localhost:7180");
    let home = "http://localhost:7180".to_owned();
    let bank = |name: &str, tail: &str| Bank {
        name: name.to_owned(),
        wallet: at(&format!("wallet{tail}")),
        issuer: at(&format!("issuer{tail}")),
    };
    Places {
        shop: at("shop"),
        wallet: at("wallet"),
        merchant: at("merchant"),
        gateway: at("gateway"),
        issuer: at("issuer"),
        acquirer: at("acquirer"),
        authorities: home.clone(),
        consoles: vec![ConsolePlace {
            name: "Banque Demo Cardholder CA".to_owned(),
            origin: at("ca-cardholder"),
        }],
        inspector: home.clone(),
        banks: vec![bank("Banque Démo", ""), bank("Nordic Test Bank", "-nordic")],
        home,
    }
}

pub fn registration_offer() -> RegistrationOffer {
    RegistrationOffer {
        id: "banque-demo".to_owned(),
        brand: "Demo Brand".to_owned(),
        authority: "http://ca-cardholder.localhost:7180/set".to_owned(),
        document: b"SET-Initiation-Type: Registration-Initiation\r\n".to_vec(),
    }
}

pub fn frame(site: Site, tongue: Tongue) -> Frame {
    Frame {
        say: Words::of(tongue),
        theme: Theme::Auto,
        site,
        places: Arc::new(places()),
        anchor: anchor(),
        dress: None,
        path: "/".to_owned(),
        token: "form-token".to_owned(),
    }
}

pub fn dress() -> Dress {
    let called =
        |wallet: &str| Called { bank: "Banque Démo".to_owned(), wallet: wallet.to_owned() };
    let shade = |accent: &str, on: &str| Shade { accent: accent.into(), on_accent: on.into() };
    let logo = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"/>";
    Dress::new(
        (Tongue::French, called("Portefeuille Banque Démo")),
        vec![(Tongue::English, called("Banque Démo Wallet"))],
        Logo::Svg(logo.as_bytes().to_vec()),
        [&shade("#0b5394", "#ffffff"), &shade("#8ec5ff", "#06223f")],
    )
}

pub fn wallet_offer() -> WalletOffer {
    let row = |file: &str, kind: PackageKind, digit: &str| PackageRow {
        file: file.to_owned(),
        kind,
        octets: 21_500_000,
        print: digit.repeat(64),
    };
    WalletOffer {
        id: "banque-demo".to_owned(),
        packages: vec![
            row("openset-wallet-banque-demo_0.1.0_amd64.deb", PackageKind::Debian, "a"),
            row("openset-wallet-banque-demo-0.1.0-amd64.tar.gz", PackageKind::Tarball, "b"),
            row("banque-demo.setpack", PackageKind::Pack, "c"),
            row("SHA256SUMS", PackageKind::Prints, "d"),
        ],
        command: "openset wallet package --brand var/demo/issuer/banque-demo.setpack".to_owned(),
        key: "e".repeat(64),
    }
}

pub fn anchor() -> Arc<Anchor> {
    Arc::new(Anchor { name: "OpenSET Demo Root 2026".to_owned(), is_for_study: false })
}

pub fn eur(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("within range")
}

pub fn at(seconds: i64) -> UnixTime {
    UnixTime::parse_generalized("20261123140210Z").expect("a real moment").plus_s(seconds)
}

fn element(number: u8, value: &str) -> Element {
    Element { number, value: value.to_owned() }
}

fn fact(name: &str, value: &str) -> Fact {
    Fact { name: name.to_owned(), value: value.to_owned() }
}

pub fn neighbours() -> Vec<Neighbour> {
    let one = |party, name: &str| Neighbour { party, name: name.to_owned(), pulse: Pulse::Up };
    vec![
        one(Party::Cardholder, "OpenSET Wallet"),
        one(Party::Merchant, "Atelier Lumen"),
        one(Party::Gateway, "Demo Gateway"),
        one(Party::Acquirer, "Demo Acquirer"),
        one(Party::Issuer, "Banque Démo"),
        one(Party::CardholderAuthority, "Banque Démo"),
        one(Party::MerchantAuthority, "Demo Acquirer"),
        Neighbour { pulse: Pulse::Down, ..one(Party::GatewayAuthority, "Demo Brand") },
    ]
}

pub fn recent() -> Vec<RecentPayment> {
    vec![RecentPayment {
        transaction: "ord-1042".to_owned(),
        order: "1042".to_owned(),
        payee: "Atelier Lumen".to_owned(),
        amount: eur(4200),
        standing: Standing::Authorized,
        at: at(0),
    }]
}

pub fn goods() -> Goods {
    let delivery = |id: &str, name: &str, minor| Delivery {
        id: id.to_owned(),
        name: name.to_owned(),
        price: eur(minor),
    };
    Goods {
        shop: "Atelier Lumen".to_owned(),
        name: "Lighthouse poster, 50 × 70 cm".to_owned(),
        price: eur(3800),
        quantity_max: 5,
        deliveries: vec![delivery("post", "Post, 3 days", 400), delivery("pickup", "Pick up", 0)],
    }
}

pub fn basket() -> Basket {
    Basket { quantity: 1, delivery: "post".to_owned() }
}

fn lines() -> Vec<Line> {
    let line = |text: &str, minor| Line { text: text.to_owned(), amount: eur(minor) };
    vec![line("1 × Lighthouse poster, 50 × 70 cm", 3800), line("Post, 3 days", 400)]
}

pub fn quote() -> Quote {
    Quote { lines: lines(), total: eur(4200) }
}

/// What both pages show of the order.
const ORDER_HASH: &str = "8f21d1b04c7e55a90b3e6f7712c8d9e0a1b2c3d4e5f60718293a4b5c6d7ec07e";

pub fn handover() -> Handover {
    let document = "SET-Initiation: 1\r\nSET-SET-URL: http://merchant.localhost:7180/set\r\n\r\n\
                    1 × Lighthouse poster";
    Handover {
        shop: "Atelier Lumen".to_owned(),
        number: "1042".to_owned(),
        total: eur(4200),
        order_hash: ORDER_HASH.to_owned(),
        document: document.as_bytes().to_vec(),
    }
}

pub fn receipt() -> Receipt {
    let step = |standing, at| ReceiptStep { standing, at };
    Receipt {
        shop: "Atelier Lumen".to_owned(),
        number: "1042".to_owned(),
        lines: lines(),
        total: eur(4200),
        standing: Standing::Authorized,
        steps: vec![
            step(Standing::Received, Some(at(1))),
            step(Standing::Authorized, Some(at(2))),
            step(Standing::Captured, None),
            step(Standing::Settled, None),
        ],
        signed_by: Some(
            "3fa24c91d05e7716b2a9c4e8f0117d3a5b6c9c00e1f2a3b4c5d6e7f80910a29c".to_owned(),
        ),
        transaction: Some("ord-1042".to_owned()),
        order_hash: ORDER_HASH.to_owned(),
    }
}

pub fn card(last_four: &str) -> Card {
    Card {
        id: format!("card-{last_four}"),
        bank: "Banque Démo".to_owned(),
        brand: "Demo Brand".to_owned(),
        last_four: last_four.to_owned(),
        state: CardState::Certified {
            until: UnixTime::parse_generalized("20291130235959Z").expect("a real moment"),
        },
        application: None,
    }
}

/// A card that has no certificate yet.
pub fn unfinished(state: ApplicationState) -> Card {
    let application = Some(Application { id: "e7".to_owned(), state });
    Card { id: "e7".to_owned(), state: CardState::Unfinished, application, ..card("0002") }
}

pub fn card_file(last_four: &str) -> CardFile {
    let card = card(last_four);
    let CardState::Certified { until } = card.state else { panic!("certified") };
    let serial = "2f9c41d07a11b3".to_owned();
    let certificate = Some(CardCertificate { since: at(0), until, serial });
    CardFile { card, certificate, expiry: "12/29".to_owned() }
}

/// A card as whom something is asked for.
pub fn bearer(last_four: &str) -> Bearer {
    Bearer::Card { last_four: last_four.to_owned() }
}

pub fn pended() -> Pended {
    Pended {
        bank: "Banque Démo".to_owned(),
        sent: at(0),
        asked: at(1),
        is_open: false,
        until: at(30 * 86_400),
    }
}

pub fn referral() -> Referral {
    Referral {
        words: Some("Please ask the authority of your branch.".to_owned()),
        addresses: vec![
            "http://ca.branch.localhost:7180/set".to_owned(),
            "http://ca.head-office.localhost:7180/set".to_owned(),
        ],
    }
}

pub fn refusal() -> Refusal {
    Refusal {
        bank: "Banque Démo".to_owned(),
        why: RefusedFor::Bank,
        words: Some("Please call your branch.".to_owned()),
        good_until: None,
    }
}

pub fn registration_form() -> RegistrationForm {
    let field = |id: &str, label: &str, required| Field {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: None,
        required,
        length_max: 60,
        hidden: false,
    };
    let birth = Field {
        hint: Some("Day, month, year".to_owned()),
        ..field("field-1", "Date of birth", true)
    };
    RegistrationForm {
        bank: "Banque Démo".to_owned(),
        policy: "By registering this card you agree to pay what you sign with it.\n\
                 The certificate is for demonstration; it moves no real money."
            .to_owned(),
        fields: vec![
            field("field-0", "Name on the card", true),
            birth,
            field("field-2", "Telephone", false),
        ],
        unfit: Vec::new(),
    }
}

pub fn consent() -> Consent {
    let refused = Some(Problem::BrandNotAccepted);
    Consent {
        payee: Identity {
            name: "Atelier Lumen".to_owned(),
            acquirer: "Demo Acquirer".to_owned(),
            brand: "Demo Brand".to_owned(),
            place: "France".to_owned(),
            claimed: None,
            merchant_id: "ATELIER-LUMEN-001".to_owned(),
            serial: "3fa24c91".to_owned(),
            since: at(-90_000),
            until: at(31_000_000),
        },
        amount: eur(4200),
        further: None,
        order: "1042".to_owned(),
        description: "1 × Lighthouse poster, post".to_owned(),
        cards: vec![
            PayCard { card: card("4242"), obstacle: None },
            PayCard { card: card("0002"), obstacle: refused },
        ],
        signing: Signing {
            xid: "5c1e7f00a1b2c3d4e5f60718293a4b5c6d7e90ab".to_owned(),
            order_hash: ORDER_HASH.to_owned(),
        },
    }
}

pub fn outcome() -> Outcome {
    Outcome {
        payee: "Atelier Lumen".to_owned(),
        amount: eur(4200),
        given_back: None,
        order: "1042".to_owned(),
        standing: Standing::Authorized,
        problem: None,
        return_url: Some("http://shop.localhost:7180/orders/1042-k3v9".to_owned()),
        transaction: Some("ord-1042".to_owned()),
    }
}

pub fn paid() -> Vec<Paid> {
    let one = |id: &str, minor, standing| Paid {
        id: id.to_owned(),
        payee: "Atelier Lumen".to_owned(),
        amount: eur(minor),
        terms: None,
        standing,
        last_four: Some("4242".to_owned()),
        at: at(0),
    };
    vec![one("p1", 4200, Standing::Authorized), one("p0", 7600, Standing::Declined)]
}

pub fn orders() -> Vec<OrderRow> {
    let row = |slug: &str, number: &str, buyer: &str, minor, standing| OrderRow {
        slug: slug.to_owned(),
        number: number.to_owned(),
        buyer: buyer.to_owned(),
        total: eur(minor),
        standing,
        placed: at(0),
    };
    vec![
        row("1043-p2m7", "1043", "Grace Hopper", 7600, Standing::Received),
        row("1042-k3v9", "1042", "Ada Martin", 4200, Standing::Authorized),
        row("1041-b8d1", "1041", "Émile Baudot", 3800, Standing::Settled),
        row("1040-c4f2", "1040", "Ada Martin", 4200, Standing::Declined),
    ]
}

pub fn order_file() -> OrderFile {
    let crossing = |number, seconds, name: &str, direction, size| Crossing {
        number,
        at: at(seconds),
        name: name.to_owned(),
        direction,
        size,
    };
    OrderFile {
        number: "1042".to_owned(),
        buyer: "Ada Martin".to_owned(),
        address: "12 rue du Port, 29200 Brest".to_owned(),
        lines: lines(),
        total: eur(4200),
        standing: Standing::Authorized,
        authorized: eur(4200),
        captured: eur(0),
        approval_code: Some("4K7Q21".to_owned()),
        xid: Some("5c1e7f00a1b2c3d4e5f60718293a4b5c6d7e90ab".to_owned()),
        capturable: Some(eur(4200)),
        given_back: eur(0),
        refundable: None,
        reversible: None,
        refunds: Vec::new(),
        voidable: Some(Voidable { amount: eur(4200), is_held: true }),
        void_refused: None,
        parts: Vec::new(),
        next: None,
        next_refused: None,
        timeline: vec![
            crossing(1, 0, "PInitReq", Direction::In, 1124),
            crossing(2, 0, "PInitRes", Direction::Out, 4811),
            crossing(3, 1, "PReq", Direction::In, 6312),
            crossing(4, 1, "AuthReq", Direction::Out, 9044),
            crossing(7, 2, "AuthRes", Direction::In, 5203),
            crossing(8, 2, "PRes", Direction::Out, 3904),
        ],
        transaction: Some("ord-1042".to_owned()),
    }
}

/// An order that is paid in parts: one is authorized, and the rest is not yet.
pub fn order_in_parts() -> OrderFile {
    let part = |seconds, minor, standing, is_in_front| PaidPart {
        at: at(seconds),
        amount: eur(minor),
        standing,
        is_in_front,
    };
    OrderFile {
        parts: vec![
            part(2, 3000, Standing::Captured, false),
            part(80, 1000, Standing::Authorized, true),
        ],
        next: Some(NextPart { left: eur(200), due: eur(200), is_each: false }),
        next_refused: Some("Declined".to_owned()),
        ..order_file()
    }
}

/// An order that was captured, and of which a part was given back.
pub fn order_given_back() -> OrderFile {
    let line = |kind, minor, result, can_undo| RefundLine {
        at: at(90),
        kind,
        amount: eur(minor),
        result,
        can_undo,
    };
    OrderFile {
        standing: Standing::Refunded,
        captured: eur(4200),
        capturable: None,
        given_back: eur(1000),
        refundable: Some(eur(3200)),
        reversible: Some(eur(3200)),
        refunds: vec![
            line(RefundKind::CaptureReversal, 4200, RefundResult::Settled, false),
            line(RefundKind::Credit, 1000, RefundResult::Done, true),
        ],
        ..order_file()
    }
}

pub fn gateway_rows() -> Vec<GatewayRow> {
    let row = |slug: &str, minor, standing, last_four: &str| GatewayRow {
        slug: slug.to_owned(),
        xid: "5c1e7f00a1b2c3d4e5f60718293a4b5c6d7e90ab".to_owned(),
        merchant: "ATELIER-LUMEN-001".to_owned(),
        amount: eur(minor),
        standing,
        last_four: last_four.to_owned(),
        at: at(1),
    };
    vec![row("g1", 4200, Standing::Authorized, "4242"), row("g0", 4200, Standing::Declined, "0002")]
}

pub fn gateway_file() -> GatewayFile {
    let names = [
        CheckName::MerchantSignature,
        CheckName::DualSignature,
        CheckName::OrderHashesAgree,
        CheckName::UsedOnce,
        CheckName::BrandMatches,
        CheckName::CertificatesCurrent,
    ];
    GatewayFile {
        xid: "5c1e7f00a1b2c3d4e5f60718293a4b5c6d7e90ab".to_owned(),
        merchant: "ATELIER-LUMEN-001".to_owned(),
        standing: Standing::Authorized,
        checks: names.map(|name| Check { name, state: CheckState::Held }).to_vec(),
        card: MaskedCard {
            number: "999999•• •••• 4242".to_owned(), expiry: "12/29".to_owned()
        },
        order_hash: "8f21d1b04c7e55a90b3e6f7712c8d9e0a1b2c3d4e5f60718293a4b5c6d7ec07e".to_owned(),
        leg: Some(IssuerLeg {
            asked: "0100".to_owned(),
            answered: Some("0110".to_owned()),
            elements: vec![
                element(2, "999999••••••4242"),
                element(4, "000000004200"),
                element(38, "4K7Q21"),
                element(39, "00"),
            ],
        }),
        refunds: Vec::new(),
        reversal: Some(IssuerLeg {
            asked: "0420".to_owned(),
            answered: None,
            elements: vec![element(95, "000000003000000000000000C00000000C00000000")],
        }),
        amount: eur(4200),
        authorized: eur(4200),
        captured: eur(0),
        transaction: Some("ord-1042".to_owned()),
    }
}

pub fn accounts() -> Vec<AccountRow> {
    let row = |slug: &str, last_four: &str, holder: &str, state, held| AccountRow {
        slug: slug.to_owned(),
        number: format!("999999•• •••• {last_four}"),
        holder: holder.to_owned(),
        state,
        limit: eur(200_000),
        held: eur(held),
        spent: eur(12_345),
    };
    vec![
        row("a1", "4242", "Ada Martin", AccountState::Active, 4200),
        row("a2", "0002", "Grace Hopper", AccountState::Blocked, 0),
        row("a3", "0069", "Émile Baudot", AccountState::Expired, 0),
    ]
}

pub fn account_file() -> AccountFile {
    let hold = HoldRow {
        at: at(2),
        merchant: "ATELIER-LUMEN-001".to_owned(),
        amount: eur(4200),
        approval_code: "4K7Q21".to_owned(),
        state: HoldState::Placed,
    };
    let entry = Entry {
        at: at(-90_000),
        text: "Atelier Lumen, order 1041".to_owned(),
        debit: Some(eur(3800)),
        credit: None,
    };
    AccountFile { account: accounts().swap_remove(0), holds: vec![hold], entries: vec![entry] }
}

pub fn books() -> AcquirerBooks {
    let capture = |reference: &str, minor, cleared| CaptureRow {
        at: at(60),
        merchant: "ATELIER-LUMEN-001".to_owned(),
        reference: reference.to_owned(),
        amount: eur(minor),
        cleared,
    };
    AcquirerBooks {
        captures: Newest {
            rows: vec![
                capture("632714000042", 4200, None),
                capture("632613000017", 3800, Some(at(-4000))),
            ],
            older: 0,
        },
        waiting: vec![Waiting { count: 1, total: eur(4200) }],
        refunds: Newest { rows: vec![capture("732714000043", 1000, None)], older: 0 },
        refunds_waiting: vec![Waiting { count: 1, total: eur(1000) }],
        files: Newest {
            rows: vec![FileRow {
                name: "clearing-2026-11-22-01.xml".to_owned(),
                kind: "pacs.003.001.08".to_owned(),
                to: "Banque Démo".to_owned(),
                total: eur(3800),
                at: at(-4000),
            }],
            older: 0,
        },
        credits: vec![Credit {
            merchant: "Atelier Lumen".to_owned(),
            paid: eur(3800),
            waiting: eur(4200),
        }],
    }
}

pub fn tree() -> CertificateNode {
    let until = UnixTime::parse_generalized("20311122000000Z").expect("a real moment");
    let node = |thumb: &str, name: &str, purpose: &str, issued| CertificateNode {
        thumb: thumb.to_owned(),
        name: name.to_owned(),
        purpose: purpose.to_owned(),
        until,
        state: CertificateState::Current,
        issued,
    };
    let card = node("a4", "Card …4242", "cardholder signature", vec![]);
    let shop = node("a5", "Atelier Lumen", "merchant signature", vec![]);
    let shop = CertificateNode { state: CertificateState::Ending, ..shop };
    let cca = node("a2", "Banque Demo Cardholder CA", "cardholder CA", vec![card]);
    let mca = node("a3", "Demo Acquirer Merchant CA", "merchant CA", vec![shop]);
    let brand = node("a1", "Demo Brand CA", "brand CA", vec![cca, mca]);
    node("a0", "OpenSET Demo Root 2026", "root", vec![brand])
}

pub fn certificate() -> Certificate {
    Certificate {
        name: "Atelier Lumen".to_owned(),
        state: CertificateState::Revoked,
        facts: vec![
            fact("Subject", "C=FR, O=Demo Brand, OU=Demo Acquirer, CN=Atelier Lumen"),
            fact("Issued by", "C=FR, O=Demo Brand, OU=Demo Acquirer, CN=Merchant CA"),
            fact("Valid", "2026-11-22 to 2027-11-22"),
            fact("certificateType", "mer"),
        ],
        der: vec![0x30, 0x82, 0x03, 0x18],
    }
}

pub fn transcripts() -> Vec<TranscriptRow> {
    let order = TranscriptRow {
        slug: "ord-1042".to_owned(),
        subject: Subject::Order("1042".to_owned()),
        amount: Some(eur(4200)),
        standing: Some(Standing::Authorized),
        messages: 10,
        at: at(0),
    };
    let card = TranscriptRow {
        slug: "card-4242".to_owned(),
        subject: Subject::Card("4242".to_owned()),
        amount: None,
        standing: None,
        messages: 6,
        at: at(-300),
    };
    vec![order, card]
}

fn passed() -> Vec<Passed> {
    use Party::{Cardholder as C, Gateway as G, Issuer as I, Merchant as M};
    use Protection::{Clear, Sealed, Signed};
    let rows = [
        (C, M, "PInitReq", Clear, ""),
        (M, C, "PInitRes", Signed, ""),
        (C, M, "PReq", Signed, ""),
        (M, G, "AuthReq", Sealed, ""),
        (G, I, "0100", Clear, ""),
        (I, G, "0110", Clear, "00, 4K7Q21"),
        (G, M, "AuthRes", Sealed, ""),
        (M, C, "PRes", Signed, ""),
        (M, G, "CapReq", Sealed, "42.00 EUR"),
        (G, M, "CapRes", Sealed, ""),
    ];
    let row =
        |(number, (from, to, name, protection, note)): (u32, (Party, Party, &str, _, &str))| {
            Passed {
                number,
                at: at(i64::from(number) / 4),
                from,
                to,
                name: name.to_owned(),
                size: 1124 + 731 * number as usize,
                protection,
                note: note.to_owned(),
            }
        };
    (1..).zip(rows).map(row).collect()
}

fn evidence() -> Evidence {
    let octets = |text: &str| text.as_bytes().to_vec();
    let trace = |secret, value: &str, hash: &str| {
        Trace::new(secret, vec![octets(value)], vec![octets(hash)])
    };
    let sealed = Opened {
        envelope: octets("<sealed payment>"),
        inside: octets("9999990000004242 pan-secret 000000004200"),
    };
    let request = Opened {
        envelope: octets("<sealed request>"),
        inside: octets("#order-hash <sealed payment> ATELIER-LUMEN 000000004200"),
    };
    let answer = Opened { envelope: octets("<sealed answer>"), inside: octets("4K7Q21 xid-5c1e") };
    let reading = |reader, step, text: &str, opened: &[&Opened]| Reading {
        reader,
        step,
        octets: octets(text),
        opened: opened.iter().map(|it| (*it).clone()).collect(),
    };
    let party = Reader::Party;
    Evidence {
        traces: vec![
            trace(Secret::Goods, "1 x Lighthouse", "#order-hash"),
            trace(Secret::Amount, "000000004200", ""),
            trace(Secret::CardNumber, "9999990000004242", ""),
            trace(Secret::CardSecret, "pan-secret", ""),
            trace(Secret::ShopCertificate, "ATELIER-LUMEN", ""),
            trace(Secret::TransactionNumbers, "xid-5c1e", ""),
            trace(Secret::ApprovalCode, "4K7Q21", ""),
        ],
        readings: vec![
            reading(party(Party::Cardholder), 2, "xid-5c1e ATELIER-LUMEN 1 x Lighthouse", &[]),
            reading(party(Party::Cardholder), 3, "#order-hash <sealed payment>", &[&sealed]),
            reading(
                party(Party::Merchant),
                3,
                "xid-5c1e ATELIER-LUMEN 000000004200 1 x Lighthouse #order-hash <sealed payment>",
                &[],
            ),
            reading(party(Party::Merchant), 7, "<sealed answer>", &[&answer]),
            reading(party(Party::Gateway), 4, "<sealed request> xid-5c1e", &[&request, &sealed]),
            reading(party(Party::Gateway), 6, "4K7Q21", &[]),
            reading(party(Party::Issuer), 5, "9999990000004242 000000004200", &[]),
            reading(party(Party::Issuer), 6, "4K7Q21", &[]),
            reading(Reader::Wire, 3, "xid-5c1e #order-hash ATELIER-LUMEN <sealed payment>", &[]),
            reading(Reader::Wire, 4, "<sealed request>", &[]),
            reading(Reader::Wire, 7, "<sealed answer>", &[]),
        ],
    }
}

pub fn transcript() -> Transcript {
    Transcript {
        subject: Subject::Order("1042".to_owned()),
        xid: Some("5c1e7f00a1b2c3d4e5f60718293a4b5c6d7e90ab".to_owned()),
        messages: passed(),
        evidence: evidence(),
    }
}

fn part(name: &str, kind: &str, at: usize, len: usize) -> Part {
    Part {
        name: name.to_owned(),
        kind: kind.to_owned(),
        at,
        len,
        value: None,
        sealed_for: None,
        parts: Vec::new(),
    }
}

pub fn message_file() -> MessageFile {
    let with = |mut whole: Part, parts| {
        whole.parts = parts;
        whole
    };
    let value = |mut part: Part, value: &str| {
        part.value = Some(value.to_owned());
        part
    };
    let sealed = Part {
        sealed_for: Some("PaymentGateway".to_owned()),
        ..part("PIData", "EnvelopedData", 412, 1310)
    };
    let ids = with(
        part("transIDs", "SEQUENCE", 58, 84),
        vec![
            value(part("lid-C", "OCTET STRING", 60, 10), "00a1b2c3d4e5f607"),
            value(part("xid", "OCTET STRING", 70, 22), "5c1e7f00a1b2c3d4e5f60718293a4b5c6d7e90ab"),
            value(part("pReqDate", "GeneralizedTime", 92, 17), "2026-11-23T14:02:11Z"),
            value(part("language", "VisibleString", 109, 4), "fr"),
        ],
    );
    let order = with(
        part("OIDualSigned", "SEQUENCE", 16, 380),
        vec![with(
            part("oiData", "SEQUENCE", 54, 190),
            vec![ids, value(part("hod", "DigestedData", 142, 34), "8f21d1b04c7e55a90b3e6f77…c07e")],
        )],
    );
    let payment = with(
        part("PIDualSigned", "SEQUENCE", 396, 1400),
        vec![part("PISignature", "SignedData", 400, 12), sealed],
    );
    let mut octets = vec![0x30, 0x82, 0x03, 0x18, 0x06, 0x09, 0x2a, 0x86];
    octets.extend((0..792_u32).map(|at| (at.wrapping_mul(37) >> 2) as u8));
    MessageFile {
        subject: Subject::Order("1042".to_owned()),
        passed: passed().swap_remove(2),
        of: 10,
        tree: with(part("PReqDualSigned", "SEQUENCE", 0, 6312), vec![order, payment]),
        octets,
    }
}

/// A batch that the two sides do not agree about.
pub fn batch() -> BatchFile {
    let totals = |minor| {
        let nothing = BatchTotals::nothing(Currency::EUR);
        nothing.with(Side::Debit, eur(minor)).expect("one currency")
    };
    let row = BatchRow {
        slug: "0-17".to_owned(),
        number: "17".to_owned(),
        whose: "Visor".to_owned(),
        state: BatchState::Open,
        totals: Some(totals(4200)),
    };
    let amount = |minor| Some(Told::Amount(Side::Debit, eur(minor)));
    let breaks = vec![
        BatchBreak {
            about: BreakAbout::Sum(Side::Debit),
            ours: amount(4200),
            theirs: amount(4300),
        },
        BatchBreak { about: BreakAbout::Item(1), ours: amount(4200), theirs: amount(4300) },
    ];
    BatchFile {
        row,
        theirs: Some(totals(4300)),
        status: Some("UnknownTransactionDetail".to_owned()),
        breaks: Some(breaks),
    }
}
