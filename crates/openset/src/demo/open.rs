//! `openset demo`: starts everything, says where it is, and serves until it is told to stop.

use std::{
    env, net::SocketAddr, path::Path, process::Command, process::Stdio, sync::Arc, time::Instant,
};

use openset_node::{
    hardening,
    shutdown::{Shutdown, Stop},
};

use super::{Brands, Making, cast, data::Data};
use crate::{
    args::Demo,
    ending::{Done, Ending},
    house::{
        self,
        first_start::Made,
        system::{System, Wish},
    },
    paint::Paint,
    ports,
    said::say,
    sites::{self, Name},
};

/// What reaches the terminal of the log; all of it is in the roles' folders.
const LOG: &str = "warn";

/// What is said of a suite in which no card is safe.
pub(super) const FOR_STUDY: &str =
    "for study: the algorithms of 1997 protect nothing today; test cards only, no real card";

/// Runs the demo until Ctrl-C.
pub(super) async fn open(demo: &Demo, data: &Arc<Data>, wish: Wish<'_>, mut stop: Stop) -> Done {
    let begun = Instant::now();
    let paint = Paint::of_stdout();
    say!("openset  suite {}, no real money, test authorities", wish.suite);
    if !wish.suite.protects_cards() {
        say!("  {} {FOR_STUDY}", paint.bad("!"));
    }
    if !data.is_ready() {
        say!("  … making the authorities, the banks, the shop and a wallet (a few seconds)");
    }
    let Making::Made(made) = super::make(data, wish, Brands::Both, &mut stop).await? else {
        say!("\nstopped; the next start makes anew what is missing");
        return Ok(());
    };
    let measured = house::begin(data.path(), LOG)?;
    let (system, mut running) = System::start(data, wish).await?;
    let own = own_ports(&system)?;
    running.serve(system.at, ports::sites(&system, &own, &measured), &own).await?;
    greet(paint, data.path(), made, &system, &own, wish, begun);
    let page = page(system.at, demo);
    match reach() {
        Reach::Display if !demo.no_open => browse(&page),
        Reach::Ssh => tunnel(system.at, &own),
        _ => {}
    }
    stop.asked().await;
    say!("\nstopping …");
    let is_stopped = running.stop(&system).await;
    if !is_stopped {
        return Err(Ending::Machine(anyhow::anyhow!("something did not end in time and was cut")));
    }
    say!("nothing is left running");
    Ok(())
}

/// One free port after another, for each site.
pub(crate) fn own_ports(system: &System) -> anyhow::Result<Vec<SocketAddr>> {
    let mut next = system.at.port();
    let mut ports = Vec::new();
    for _ in ports::served(system) {
        let at = sites::free_port(next.saturating_add(1))?;
        next = at.port();
        ports.push(at);
    }
    Ok(ports)
}

fn page(at: SocketAddr, demo: &Demo) -> String {
    let language = demo.lang.map(|tongue| format!("?lang={}", tongue.code())).unwrap_or_default();
    format!("{}/{language}", Name::Home.origin(at))
}

fn greet(
    paint: Paint,
    data: &Path,
    made: Option<Made>,
    system: &System,
    own: &[SocketAddr],
    wish: Wish<'_>,
    begun: Instant,
) {
    let tick = paint.good("✓");
    say!("  {tick} data in {} (removed by: openset demo --reset)", data.display());
    if let Some(Made { certificates, took }) = made {
        let names = "Root ▸ 2 brands ▸ 7 authorities ▸ gateways, shop";
        say!("  {tick} {certificates} certificates made in {:.1} s   {names}", took.as_secs_f64());
    }
    if wish.port != system.at.port() {
        say!("  ! port {} is in use; {} is taken", wish.port, system.at.port());
    }
    say!("  {tick} ready in {:.1} s", begun.elapsed().as_secs_f64());
    say!("\n  Open this page:   {}\n", paint.strong(&format!("{}/", Name::Home.origin(system.at))));
    let columns = [
        (true, [Name::Shop, Name::Gateway]),
        (true, [Name::Wallet, Name::Issuer]),
        (true, [Name::Merchant, Name::Acquirer]),
        (system.second.is_some(), [Name::SecondWallet, Name::SecondIssuer]),
        (system.other_brand.is_some(), [Name::OtherWallet, Name::OtherIssuer]),
    ];
    for (_, row) in columns.into_iter().filter(|(is_there, _)| *is_there) {
        let cells = row.map(|name| {
            format!("{:<10} {:<38}", title(name), format!("{}/", name.origin(system.at)))
        });
        say!("  {}", cells.concat().trim_end());
    }
    let home = Name::Home.origin(system.at);
    say!("  {:<10} {home}/authorities", "CAs");
    say!("  {:<10} {home}/transactions", "Inspector");
    if let (Some(first), Some(last)) = (own.first(), own.last()) {
        say!(
            "\n  Without these names: 127.0.0.1:{} to {}, one site each",
            first.port(),
            last.port()
        );
    }
    say!("\n  Wallet passphrase for the demo:  {}", cast::PASSPHRASE);
    say!("  Test cards, all 12/2029, all holders in {}:", cast::POSTCODE);
    for view in system.views() {
        let bank = view.ground.bank;
        say!("  {}, {}, at {}/", bank.name, view.ground.brand, view.wallet_origin());
        for card in bank.cards {
            let (number, told) = (spaced(card.number), card.behaviour.told());
            say!("    {number}  {:<12}  {told}", card.holder);
        }
    }
    say!("\n  Stop with Ctrl-C");
}

fn title(name: Name) -> &'static str {
    match name {
        Name::Shop => "Shop",
        Name::Wallet => "Wallet",
        Name::Merchant => "Merchant",
        Name::Gateway => "Gateway",
        Name::Issuer => "Issuer",
        Name::Acquirer => "Acquirer",
        Name::SecondWallet => "Wallet 2",
        Name::SecondIssuer => "Issuer 2",
        Name::OtherWallet => "Wallet 3",
        Name::OtherIssuer => "Issuer 3",
        _ => "",
    }
}

fn spaced(number: &str) -> String {
    let fours = number.as_bytes().chunks(4).map(String::from_utf8_lossy);
    fours.collect::<Vec<_>>().join(" ")
}

/// How a person at this terminal reaches a browser.
pub(crate) enum Reach {
    /// There is a display here.
    Display,
    /// The terminal is at the other end of an SSH connection.
    Ssh,
    /// Nobody knows.
    Nowhere,
}

/// Whether there is a display, as far as this process can know.
pub(crate) fn reach() -> Reach {
    let has = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "macos") || has("DISPLAY") || has("WAYLAND_DISPLAY") {
        Reach::Display
    } else if has("SSH_CONNECTION") {
        Reach::Ssh
    } else {
        Reach::Nowhere
    }
}

/// The line that brings the demo to the browser at the other end.
fn tunnel(at: SocketAddr, own: &[SocketAddr]) {
    forward(own.iter().map(|at| at.port()).chain([at.port()]));
}

/// The line that brings ports of this machine to the one at the other end.
pub(crate) fn forward(ports: impl Iterator<Item = u16>) {
    let server = env::var("SSH_CONNECTION").unwrap_or_default();
    let server = server.split(' ').nth(2).unwrap_or("this-host").to_owned();
    let user = env::var("USER").unwrap_or_else(|_| "user".to_owned());
    let forwards: Vec<String> = ports.map(|port| format!("-L {port}:localhost:{port}")).collect();
    say!("\n  From the machine with your browser:\n    ssh {} {user}@{server}", forwards.join(" "));
}

/// Opens the page, if there is something that opens pages.
pub(crate) fn browse(page: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = Command::new(opener)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        tracing::debug!(%error, "no browser was opened");
    }
}

/// Listens for Ctrl-C and for the system's request to end from now on, also while nobody waits for
/// them, and where whoever started this process ignores them. It is called before anybody can know
/// that this process is there: who stops it right then must not cut it off.
pub(crate) fn listen() -> anyhow::Result<Stop> {
    let shutdown = Shutdown::default();
    let stop = shutdown.listen();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            shutdown.ask();
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            shutdown.ask();
        }
    });
    Ok(stop)
}

/// What a process that holds card numbers asks of its system before it begins.
pub(crate) fn harden() {
    hardening::allow_open_files();
    if let Err(fault) = hardening::forbid_core_dumps() {
        tracing::warn!(%fault, "core dumps are not forbidden");
    }
}
