//! Operators of authorities in the browser, and what comes of it at everybody else.

use std::fs;

use openset_crypto::Authority as Kind;
use openset_protocol::summary::Fact;
use openset_wire::x509::CrlReason;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::UnixListener,
};

use super::{
    bureau::Bureau as Offices,
    renewals::id,
    stage::{card, runtime},
    town::Town,
    visitor::Visitor,
};
use crate::{
    ceremony::{Seat, papers},
    demo::{cast::Behaviour, story},
    house::bureau::{Bureau, Office, Operator, Undone},
    sites::Name,
};

/// Somebody at the console of an authority, who has said a name.
async fn operator(town: &Town, at: Name) -> Visitor {
    let mut pages = Visitor::new(town.system.at, at.host());
    pages.get("/").await;
    let fields = [("name", "Ada Martin"), ("next", "/requests")];
    assert_eq!(pages.post("/operator", &fields).await, "/requests");
    pages
}

/// Where the first link leads that begins like this.
pub(super) fn link(page: &str, begins: &str) -> String {
    let rest = page.split(&format!("href=\"{begins}")).nth(1).expect("a link");
    format!("{begins}{}", rest.split('"').next().expect("its end"))
}

#[test]
fn a_card_that_waits_is_given_back_and_then_approved_in_the_console() {
    runtime().block_on(async {
        let town = Town::open().await;
        let (elise, mut holder) = (card(Behaviour::LookedAt), town.holder().await);
        let page = holder.applies(elise).await;
        holder.answers(&town, &page, elise, None).await;
        holder.until(&page, "Your bank has not decided yet").await;

        // The operator reads as much of the answers as the bank says, and never the card's number.
        let mut desk = operator(&town, Name::CaCardholder).await;
        let request = link(&desk.get("/requests").await, "/requests/");
        let file = desk.get(&request).await;
        assert!(file.contains("Élise Faure") && file.contains("2•••0"), "{file}");
        assert!(file.contains("…1018, 2029-12"), "{file}");
        assert!(!file.contains("29200") && !file.contains(elise.number), "{file}");

        // An answer that is not right comes back to the wallet with the operator's words.
        let [approve, refuse] = ["approve", "refuse"].map(|deed| format!("{request}/{deed}"));
        let why = [("why", "answers"), ("answer-2", "not where we write to")];
        assert_eq!(desk.post(&refuse, &why).await, request);
        holder.pages.get(&page).await;
        holder.pages.post(&format!("{page}/inquire"), &[]).await;
        let back = holder.until(&page, "not where we write to").await;
        assert!(back.contains("<a href=\"#field-2\">Postcode</a>"), "{back}");
        // What is with the applicant is not decided meanwhile.
        let gone = desk.tries(&approve, &[]).await;
        assert_eq!(gone.status, 409);

        holder.answers(&town, &page, elise, None).await;
        holder.until(&page, "Your bank has not decided yet").await;
        // Without the visitor's token, with another, and at the console of another authority,
        // nobody approves.
        for fields in [&[][..], &[("token", "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")]] {
            assert_eq!(desk.forges(&approve, fields).await.status, 403);
        }
        let mut elsewhere = operator(&town, Name::CaMerchant).await;
        assert_eq!(elsewhere.tries(&approve, &[]).await.status, 404);
        // Two approve at the same moment: one of them does.
        let mut other = operator(&town, Name::CaCardholder).await;
        let (first, second) = tokio::join!(desk.tries(&approve, &[]), other.tries(&approve, &[]));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        assert_eq!(desk.tries(&refuse, &[("why", "issuer")]).await.status, 409, "too late");

        holder.pages.post(&format!("{page}/inquire"), &[]).await;
        holder.until(&page, "You can pay with it now").await;
        assert_eq!(town.buy(&id(&page)).await.expect("paid"), Fact::Authorized);

        // Who did it stands in the trail, which shows when somebody tampers with it.
        let trail = desk.get("/audit?verify=yes").await;
        assert!(trail.contains("operator Ada Martin (console)"), "{trail}");
        assert!(trail.contains("note good") && !trail.contains("note bad"), "{trail}");
        let heads = town.data.path().join("ca-cardholder/trail.heads");
        let forged = format!(
            "{{\"version\":1,\"party\":\"ca-cardholder\",\"records\":1,\"link\":\"{}\",\
             \"at\":1,\"signature\":\"\"}}\n",
            "0".repeat(64)
        );
        fs::write(&heads, forged).expect("a file");
        let trail = desk.get("/audit?verify=yes").await;
        assert!(trail.contains("note bad") && trail.contains("was not signed"), "{trail}");
    });
}

#[test]
fn a_shop_that_is_taken_back_in_the_console_sells_nothing_more() {
    runtime().block_on(async {
        let town = Town::open().await;
        let _unlocked = town.holder().await;
        let good = story::enrol(&town.system, card(Behaviour::Approves)).await.expect("a card");
        assert_eq!(town.buy(&good).await.expect("paid"), Fact::Authorized);

        let mut desk = operator(&town, Name::CaMerchant).await;
        let shop = town.system.ground.papers("merchant").take(papers::SIGNATURE);
        let serial = shop.expect("enrolled").certificate.to_be_signed.serial_number.clone();
        let serial = data_encoding::HEXLOWER.encode(serial.as_bytes());
        let found = desk.get(&format!("/certificates?q={}", &serial[..12])).await;
        let certificate = link(&found, "/certificates/");
        let page = desk.get(&certificate).await;
        for name in ["merchantData", "certificateType", "Demo Brand CA", &serial] {
            assert!(page.contains(name), "{name}: {page}");
        }
        let revoke = format!("{certificate}/revoke");
        let comes = desk.get(&format!("{revoke}?reason=privilege-withdrawn")).await;
        assert!(comes.contains("Wallets do not believe this shop") && comes.contains("List 1 of"));
        // Looking is not doing.
        assert_eq!(town.buy(&good).await.expect("paid"), Fact::Authorized);
        let reason = [("reason", "privilege-withdrawn")];
        assert_eq!(desk.forges(&revoke, &reason).await.status, 403);
        assert_eq!(desk.post(&revoke, &reason).await, certificate);
        let page = desk.get(&certificate).await;
        assert!(page.contains("Its bearer may not do any more"), "{page}");
        assert!(page.contains("PrivilegeWithdrawn, list 1, all heard"), "{page}");
        assert_eq!(desk.tries(&revoke, &reason).await.status, 409, "once is enough");
        let sold = town.buy(&good).await;
        assert!(!matches!(sold, Ok(Fact::Authorized)), "{sold:?}");

        // The authorities' own pages name the consoles, and a list can be published.
        assert_eq!(desk.post("/lists", &[]).await, "/lists");
        let lists = desk.get("/lists").await;
        assert!(lists.contains("list of lists 3, all heard"), "{lists}");
    });
}

#[test]
fn what_the_audit_trail_does_not_take_is_not_done() {
    runtime().block_on(async {
        let offices = Offices::open().await;
        let ground = &offices.ground;
        // An authority whose disk is full: it knows its certificates and takes no record.
        let socket = ground.data.join("ca-gateway/operator.sock");
        let listener = UnixListener::bind(&socket).expect("a socket");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (read, mut write) = stream.into_split();
                let mut deed = String::new();
                let _ = BufReader::new(read).read_line(&mut deed).await;
                let told = match deed.contains("Record") {
                    true => r#"{"Undone":{"Unrecorded":{"why":"no room"}}}"#,
                    false => r#"{"Issued":[]}"#,
                };
                let _ = write.write_all(told.as_bytes()).await;
            }
        });
        let full =
            Office::behind(Seat::first(Kind::Gateway), &ground.data).await.expect("it is open");
        let bureau = Bureau { ground: ground.clone(), offices: vec![full] };
        let by = Operator::in_console("Ada Martin").expect("a name");
        let own = ground.papers("ca-gateway").take(papers::SIGNATURE).expect("made");
        let serial = own.certificate.to_be_signed.serial_number.as_bytes();
        let serial = data_encoding::HEXLOWER.encode(serial);
        let before = bureau.published();
        let refused = bureau.revoke(&serial, CrlReason::Superseded, &by).await;
        let unrecorded = Undone::Unrecorded { why: "no room".to_owned() };
        assert_eq!(refused.err(), Some(unrecorded.clone()));
        assert_eq!(bureau.publish(&by).await.err(), Some(unrecorded));
        ground.lists.reread(&ground.data).expect("lists");
        let after = bureau.published();
        assert_eq!((before.lists, before.bci), (after.lists, after.bci), "nothing was done");
    });
}
