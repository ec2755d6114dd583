//! `openset demo --once`: the whole story without a browser, told as it happens.
//!
//! It ends well only if the books of wallet, merchant, gateway, issuer and acquirer tell the same.

use std::{path::Path, sync::Arc, time::Instant};

use openset_node::{link::Tap, shutdown::Stop};
use openset_types::Money;
use serde::Serialize;

use super::{
    Brands, Making,
    books::Difference,
    cast,
    data::Data,
    open::FOR_STUDY,
    reading,
    saving::{self, Marks},
    story::{self, Bought},
};
use crate::{
    args::Demo,
    commands::audit,
    ending::{Done, Ending},
    house::{
        self,
        first_start::Made,
        merge::Crossed,
        system::{Arrangement, System, Wish},
    },
    paint::Paint,
    ports,
    said::say,
};

/// What reaches the terminal besides the story.
const LOG: &str = "error";

/// What the story came to.
#[derive(Debug, Serialize)]
struct Facts {
    suite: String,
    order: String,
    xid: String,
    amount: String,
    captured: String,
    /// Every message that crossed a wire, in order.
    messages: Vec<MessageFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<String>,
    took_ms: u128,
    books_agree: bool,
    differences: Vec<Difference>,
    /// What an independent reader found who derived every balance from the messages.
    audit: Vec<openset_audit::Difference>,
}

#[derive(Debug, Serialize)]
struct MessageFact {
    number: usize,
    name: String,
    from: String,
    to: String,
    octets: usize,
}

/// Runs the story.
pub(super) async fn once(demo: &Demo, data: &Arc<Data>, wish: Wish<'_>, mut stop: Stop) -> Done {
    let teller = Teller { is_quiet: demo.json, paint: Paint::of_stdout() };
    teller.say(&format!(
        "openset  one purchase, from the card to the settlement, suite {}",
        wish.suite
    ));
    if !wish.suite.protects_cards() {
        teller.say(&format!("  {} {FOR_STUDY}", teller.paint.bad("!")));
    }
    let Making::Made(made) = super::make(data, wish, Brands::First, &mut stop).await? else {
        teller.say("\n  stopped; the next start makes anew what is missing");
        return Err(Ending::No);
    };
    teller.made(data.path(), made);
    let measured = house::begin(data.path(), LOG)?;
    let tap = Tap::default();
    let (system, mut running) = System::start_as(data, wish, Arrangement::with(&tap)).await?;
    running.serve(system.at, ports::sites(&system, &[], &measured), &[]).await?;
    let told = tell(&system, demo, &tap, &teller).await;
    let is_stopped = running.stop(&system).await;
    let facts = told?;
    if demo.json {
        let json =
            serde_json::to_string_pretty(&facts).map_err(|error| Ending::Machine(error.into()))?;
        say!("{json}");
    } else {
        teller.end(&facts);
    }
    if !is_stopped {
        return Err(Ending::Machine(anyhow::anyhow!("something did not end in time")));
    }
    if facts.books_agree && facts.audit.is_empty() { Ok(()) } else { Err(Ending::No) }
}

async fn tell(
    system: &Arc<System>,
    demo: &Demo,
    tap: &Tap,
    teller: &Teller,
) -> anyhow::Result<Facts> {
    let begun = Instant::now();
    let marks = Marks::set(system).await?;
    story::unlock(system).await?;
    let card = &cast::CARDS[0];
    teller.step(
        "enrol",
        &format!("the card …{} asks {} for a certificate:", card.last_four(), cast::ISSUER),
        "CardCInitReq/Res, RegFormReq/Res, CertReq/Res; the number is sealed to the authority",
    );
    let id = story::enrol(system, card).await?;
    let order = story::order(system).await?;
    teller.step(
        "buy",
        &format!(
            "order {} for {}, handed to the wallet as a document nobody signed:",
            order.number, order.total
        ),
        "PInitReq/Res; the shop and its gateway prove who they are before anything is signed",
    );
    let purchase = story::offer(system, &order, &id).await?;
    teller.step(
        "authorize",
        "one signature over both halves; the shop reads the order, the gateway the card:",
        "PReq, AuthReq, 0100/0110, AuthRes; the issuer holds the amount",
    );
    let bought = story::pay(system, &order, &purchase, &id).await?;
    teller.step(
        "confirm",
        "the shop signs how the order stands:",
        &format!("PRes: {:?}", bought.fact),
    );
    let captured = story::capture(system, &order).await?;
    teller.step(
        "capture",
        &format!("the shop takes {captured}:"),
        "CapReq, 0220/0230, CapRes; by the gateway's own token, without the card",
    );
    let run = story::clear(system).await?;
    teller.step(
        "clear, settle",
        &format!("{} file to the issuer, money back, the shop credited:", run.files.len()),
        "camt.054, pacs.009, pain.001, camt.053",
    );
    let crossed = saving::unmasked(marks.since(system).await?, tap)?;
    if let Some(folder) = &demo.save {
        saving::write(system, folder, &crossed).await?;
    }
    let saved = demo.save.as_deref().map(|folder| folder.display().to_string());
    let differences = reading::read(system).await?.differences();
    let audit = audit::look_at(&system.ground.data).map_err(Ending::into_error)?.differences;
    let found = Found { differences, audit };
    Ok(facts(system, &bought, captured, &crossed, saved, begun, found))
}

fn facts(
    system: &System,
    bought: &Bought,
    captured: Money,
    crossed: &[Crossed],
    saved: Option<String>,
    begun: Instant,
    Found { differences, audit }: Found,
) -> Facts {
    let message = |(crossed, number): (&Crossed, usize)| MessageFact {
        number,
        name: crossed.passed.name.clone(),
        from: crossed.passed.sender.clone(),
        to: crossed.passed.recipient.clone(),
        octets: crossed.passed.octets.len(),
    };
    Facts {
        suite: system.ground.suite.to_string(),
        order: bought.order.clone(),
        xid: bought.xid.to_string(),
        amount: bought.amount.to_string(),
        captured: captured.to_string(),
        messages: crossed.iter().zip(1..).map(message).collect(),
        saved,
        took_ms: begun.elapsed().as_millis(),
        books_agree: differences.is_empty(),
        differences,
        audit,
    }
}

/// What two ways of comparing all books have found.
struct Found {
    differences: Vec<Difference>,
    audit: Vec<openset_audit::Difference>,
}

/// Tells the story to whoever reads along.
struct Teller {
    is_quiet: bool,
    paint: Paint,
}

impl Teller {
    fn say(&self, line: &str) {
        if !self.is_quiet {
            say!("{line}");
        }
    }

    fn made(&self, data: &Path, made: Option<Made>) {
        if let Some(Made { certificates, took }) = made {
            let seconds = took.as_secs_f64();
            self.say(&format!(
                "  {} {certificates} certificates made in {seconds:.1} s",
                self.paint.good("✓")
            ));
        }
        self.say(&format!("  {} data in {}", self.paint.good("✓"), data.display()));
    }

    fn step(&self, deed: &str, what: &str, how: &str) {
        self.say(&format!("\n  {:<14} {what}", self.paint.strong(deed)));
        self.say(&format!("  {:<14} {}", "", self.paint.faint(how)));
    }

    fn end(&self, facts: &Facts) {
        self.say("");
        for message in &facts.messages {
            let MessageFact { number, name, from, to, octets } = message;
            self.say(&format!(
                "  {number:>3}  {from:>13} → {to:<13} {name:<13} {octets:>6} octets"
            ));
        }
        if let Some(folder) = &facts.saved {
            self.say(&format!("\n  saved in {folder}"));
        }
        if facts.books_agree {
            let who = "wallet, merchant, gateway, issuer and acquirer";
            self.say(&format!("\n  {} the books of {who} agree", self.paint.good("✓")));
        } else {
            self.say(&format!("\n  {} the books do not agree:", self.paint.bad("✗")));
            for difference in &facts.differences {
                self.say(&format!("      {difference}"));
            }
        }
        if facts.audit.is_empty() {
            self.say(&format!("  {} {}", self.paint.good("✓"), audit::AGREED));
        } else {
            self.say(&format!("  {} the audit found differences:", self.paint.bad("✗")));
            facts.audit.iter().for_each(|found| self.say(&format!("      {found}")));
        }
    }
}
