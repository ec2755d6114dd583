//! `openset wallet open`: the wallet's pages in a browser, served alone, for this machine only.
//!
//! The pack is verified first. If a wallet of this folder is open already, it is led to the file
//! through the socket in its folder, which is its owner's alone; else it is opened here, and closed
//! when it is asked to stop or when nobody has come for a while.

mod handed;
mod unopened;

use std::{
    fs,
    io::{self, IsTerminal},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use data_encoding::HEXLOWER;
use openset_node::{
    entropy,
    http::{Doors, Limits, Server},
    shutdown::Stop,
};
use openset_wire::initiation::RegistrationInitiation;
use serde_json::json;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep},
};

use self::handed::{Deed, Hand, Told};
use super::{
    brand::{Brand, brand},
    open::{Beginning, Need, Opened},
    print_json, registration, run,
};
use crate::{
    args::{self, Open},
    ceremony::papers::write_private,
    demo::open::{Reach, browse, forward, listen, reach},
    ending::{Done, Ending},
    house::{
        purse::Purse,
        socket::{self, OPERATORS},
        wallet::ROLE,
    },
    paint::Paint,
    ports,
    said::say,
    serve::claim::InUse,
    sites,
    wallet::gate::Gate,
};

/// The file with the name under which browsers know the pages.
const HOST: &str = "host";
/// The most octets of that name: a label (RFC 1035, 2.3.4) below `localhost`.
const LABEL_OCTETS_MAX: usize = 63;
/// How often somebody looks whether anybody still comes.
const LOOK: Duration = Duration::from_secs(2);
/// How often, and for how long apart, a wallet that is just being opened is waited for.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

/// Opens the pages, or leads those that are open to what a file asks for. Whoever opened them from
/// a menu reads no terminal, and is told in a browser what is in the way.
pub(super) fn open(wallet: &args::Wallet, open: &Open) -> Done {
    let done = opened(wallet, open);
    if let Err(Ending::Input(error) | Ending::Machine(error)) = &done
        && !open.no_open
        && !io::stderr().is_terminal()
    {
        unopened::tell(&format!("{error:#}"));
    }
    done
}

fn opened(wallet: &args::Wallet, open: &Open) -> Done {
    let brand = brand(wallet)?;
    let document = open.file.as_deref().map(document).transpose()?;
    let deed = Deed::of(document.as_deref());
    run(async {
        for _ in 0..TRIES {
            if let Some(socket) = socket::find(&wallet.data, ROLE.folder, OPERATORS).await {
                let told: Told = socket::ask(&socket, &deed).await?;
                return led(&told, open, wallet.json);
            }
            let beginning = beginning(open, document.as_deref(), brand.as_ref());
            match Opened::open(wallet, Need::Pages { beginning: &beginning }).await {
                Ok(opened) => return serve(opened, &deed, open, wallet.json).await,
                // Another one of this folder is being opened, perhaps.
                Err(ending) if InUse::is_why(&ending) => sleep(BETWEEN_TRIES).await,
                Err(ending) => return Err(ending),
            }
        }
        Err(Ending::Machine(anyhow::anyhow!(
            "the wallet in {} is in use by another openset, without its pages\n  try: stop it",
            wallet.data.display()
        )))
    })
}

fn document(file: &Path) -> Result<Vec<u8>, Ending> {
    let unread = |error: io::Error| Ending::input(format_args!("{}: {error}", file.display()));
    registration::read(file).map_err(unread)
}

/// What a new wallet begins with: as the command line says, or where there is no brand pack, as
/// the file of a bank's page.
fn beginning(open: &Open, document: Option<&[u8]>, brand: Option<&Brand>) -> Beginning {
    let named =
        Beginning { trust: open.trust.clone(), brand: None, authority: open.authority.clone() };
    let asked = document.and_then(|octets| RegistrationInitiation::parse(octets).ok());
    match (brand, asked) {
        (None, Some(asked)) => Beginning {
            brand: Some(asked.brand.to_string()),
            authority: named.authority.or(Some(asked.set_url)),
            ..named
        },
        _ => named,
    }
}

/// Serves the pages until they are not wanted any more.
async fn serve(opened: Opened, deed: &Deed, open: &Open, json: bool) -> Done {
    let clock = Arc::clone(&opened.ground.clock);
    let folder = opened.ground.data.join(ROLE.folder);
    let host = host(&folder, opened.pack.as_ref().map(|pack| pack.facts.id.as_str()))?;
    let at = sites::free_port(open.port)?;
    let origin = format!("http://{host}:{}", at.port());
    let gate = Arc::new(Gate::new(Arc::clone(&clock)).map_err(anyhow::Error::new)?);
    let purse = Purse { ground: opened.ground.clone(), wallet: Arc::clone(&opened.wallet) };
    let (site, pages) = ports::alone::wallet(purse, &host, origin.clone(), &gate);
    let mut server = Server::new(Limits::default());
    // Only under its own name: neither `localhost` nor an address leads here.
    let port_used = || format!("port {} cannot be opened", at.port());
    let asked = listen()?;
    server.open(at, Doors::by_host([site])).await.with_context(port_used)?;
    let hand = Hand::new(pages, Arc::clone(&gate), origin);
    let told = hand.lead(deed).await;
    let stop = || opened.shutdown.listen();
    let vault = opened.wallet.vault.clone();
    let ear = stop();
    let tasks: Vec<JoinHandle<()>> = vec![
        tokio::spawn(server.serve(stop())),
        tokio::spawn(async move { vault.keep_watch(clock, ear).await }),
        opened.wallet.party.keep_learned(stop()),
        socket::open(&opened.ground.data, ROLE.folder, OPERATORS, Arc::new(hand), stop())?,
    ];
    if !json {
        let whose = opened.pack.as_ref().map(|pack| pack.facts.names(pack.facts.tongue()));
        let whose = whose.map_or("wallet", |names| names.wallet.as_str());
        say!("{}", Paint::of_stdout().strong(whose));
    }
    told_at_start(&told, open, json)?;
    until_unwanted(asked, &gate, open).await;
    opened.close().await;
    for task in tasks {
        task.await.context("a part of the wallet did not end by itself")?;
    }
    if !json {
        say!("closed; nothing is left running");
    }
    taken(&told)
}

/// Waits for the request to stop, or until nobody has come for long enough.
async fn until_unwanted(mut asked: Stop, gate: &Gate, open: &Open) {
    let idle_s_max = i64::from(open.idle) * 60;
    let nobody_comes = async {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while gate.idle_s() < idle_s_max {
            looks.tick().await;
        }
    };
    tokio::select! {
        () = asked.asked() => {}
        () = nobody_comes => {}
    }
}

/// Says where the pages are, and opens them.
fn told_at_start(told: &Told, open: &Open, json: bool) -> Done {
    if json {
        print_json(&json!({ "address": told.address, "refused": told.refused }))?;
    } else {
        say!("  pages     {}", told.address);
        say!("  closes    after {} minutes without a visit, or with Ctrl-C", open.idle);
    }
    bring(told, open, json);
    Ok(())
}

/// Opens the page that a wallet which is open has led to.
fn led(told: &Told, open: &Open, json: bool) -> Done {
    if json {
        print_json(&json!({ "address": told.address, "refused": told.refused }))?;
    } else {
        say!("the wallet is open: {}", told.address);
    }
    bring(told, open, json);
    taken(told)
}

/// Whether the file was taken, if there was one. If not, its page says why, and so does this.
fn taken(told: &Told) -> Done {
    let Some(sentence) = &told.refused else { return Ok(()) };
    eprintln!("openset: {sentence}");
    Err(Ending::No)
}

fn bring(told: &Told, open: &Open, json: bool) {
    match reach() {
        Reach::Display if !open.no_open => browse(&told.address),
        Reach::Ssh if !json => forward(told.port().into_iter()),
        _ => {}
    }
}

/// The name under which browsers know the pages of this wallet. Cookies are sent to every port of
/// a name, so a part of it is drawn, once, and told to nobody else: no page and no other user of
/// this computer can have a browser bring them there.
fn host(folder: &Path, id: Option<&str>) -> anyhow::Result<String> {
    let path = folder.join(HOST);
    let label = match fs::read_to_string(&path) {
        Ok(label) => label.trim_end().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seed = entropy::seed()?;
            let drawn: String = HEXLOWER.encode(&seed).chars().take(12).collect();
            let label = format!("{}-{drawn}", id.unwrap_or("wallet"));
            write_private(&path, format!("{label}\n").as_bytes())?;
            label
        }
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if label.is_empty() || label.len() > LABEL_OCTETS_MAX || !label.bytes().all(is_plain) {
        bail!("{}: not a name for pages\n  try: remove it; another one is drawn", path.display());
    }
    Ok(format!("{label}.localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_pages_is_drawn_once_and_is_each_wallets_own() {
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let [one, other] =
            folders.each_ref().map(|at| host(at.path(), Some("a-bank")).expect("a name"));
        assert_ne!(one, other);
        assert!(one.starts_with("a-bank-") && one.ends_with(".localhost"), "{one}");
        assert_eq!(host(folders[0].path(), Some("a-bank")).expect("the same"), one);
        let longest = "b".repeat(40);
        let folder = tempfile::tempdir().expect("a folder");
        assert!(host(folder.path(), Some(&longest)).is_ok(), "the longest name of a pack fits");
    }

    #[test]
    fn a_name_that_somebody_wrote_and_no_host_has_is_not_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        for wrong in ["", "\n", "evil.example", "A", "a b", "é", &"x".repeat(64), "a/../b"] {
            fs::write(folder.path().join(HOST), wrong).expect("written");
            assert!(host(folder.path(), None).is_err(), "{wrong:?}");
        }
    }
}
