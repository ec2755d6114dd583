//! `openset certificates`: the certificates of a merchant or a gateway, and asking for others. What
//! is done is in [`house::upkeep`](crate::house::upkeep).

use std::{net::SocketAddr, sync::Arc, time::Duration};

use openset_node::{clock::SystemClock, shutdown::Shutdown};
use openset_protocol::enrolment::applicant::Applicant;

use crate::{
    args::{Certificates, CertificatesDeed, Server},
    ceremony::papers,
    demo::open::harden,
    ending::{Done, Ending},
    house::{
        gateway,
        ground::{self, Ground, Lesson, Party, Role},
        holders::Holders,
        merchant,
        socket::Performs as _,
        upkeep::{
            Application, Deed, Line, Progress, Purpose, Report, State, Told, Upkeep, perform_behind,
        },
    },
    inspect::tree::harmless,
    paint::Paint,
    said::say,
    serve::{self, claim::Claim},
};

/// How long work that was begun may take at the end.
const SETTLE: Duration = Duration::from_secs(5);

/// Does what is asked.
pub(crate) fn certificates(asked: &Certificates) -> Done {
    harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    let report = match runtime.block_on(perform(asked))? {
        Told::Report(report) => report,
        Told::Undone(why) => {
            eprintln!(
                "openset: {why}\n  try: openset certificates --role {} list",
                role(asked).name
            );
            return Err(Ending::No);
        }
    };
    print(&report, asked.json)?;
    match (&asked.deed, &report.application) {
        (CertificatesDeed::List, _) | (_, None) => Ok(()),
        (_, Some(Application { progress: Progress::Asking, .. })) => {
            Err(Ending::Machine(anyhow::anyhow!("the authority has not answered yet")))
        }
        (_, Some(_)) => Err(Ending::No),
    }
}

async fn perform(asked: &Certificates) -> Result<Told, Ending> {
    let (role, deed) = (role(asked), deed(asked));
    if let Some(told) = perform_behind(&asked.data, role.folder, &deed).await {
        return Ok(told?);
    }
    let ground = ground(asked, role)?;
    let _claim = Claim::take(&ground.data, role.folder)?;
    let keys = ground.keys(role.folder)?;
    let party = ground.party(role, Lesson::Told, keys.clone()).await?;
    match asked.role {
        Server::Merchant => {
            let upkeep = merchant::upkeep(&ground, &party, keys).await?;
            here(&party, &upkeep, deed).await
        }
        Server::Gateway => {
            let acquirer = crate::demo::cast::acquirer_bin();
            let upkeep = gateway::upkeep(&ground, &party, keys, acquirer).await?;
            here(&party, &upkeep, deed).await
        }
    }
}

/// Does a deed for a role that nobody serves.
async fn here<A: Applicant>(
    party: &Party,
    upkeep: &Arc<Upkeep<A>>,
    deed: Deed,
) -> Result<Told, Ending> {
    if deed == Deed::List {
        return Ok(upkeep.perform(deed).await);
    }
    let shutdown = Shutdown::default();
    let reminders = upkeep.start(&shutdown.listen()).await?;
    let told = upkeep.perform(deed).await;
    party.shell.settle(SETTLE).await;
    shutdown.ask();
    for reminder in reminders {
        reminder.ended().await;
    }
    party.learned.save().await.map_err(anyhow::Error::new)?;
    Ok(told)
}

fn role(asked: &Certificates) -> Role {
    match asked.role {
        Server::Merchant => merchant::ROLE,
        Server::Gateway => gateway::ROLE,
    }
}

fn deed(asked: &Certificates) -> Deed {
    match &asked.deed {
        CertificatesDeed::List => Deed::List,
        CertificatesDeed::Renew => Deed::Renew,
        CertificatesDeed::Inquire { follow } => Deed::Inquire { follow: follow.clone() },
    }
}

fn ground(asked: &Certificates, role: Role) -> Result<Ground, Ending> {
    let kept = crate::ceremony::Papers::of(&asked.data.join(role.folder));
    if !kept.has(papers::SIGNATURE) {
        return Err(Ending::input(format_args!(
            "the {} has no certificates in {}\n  try: openset demo, or another --data",
            role.name,
            asked.data.display()
        )));
    }
    let holders =
        if asked.config.is_file() { serve::holders(&asked.config)? } else { Holders::FILES };
    let at = SocketAddr::from(([127, 0, 0, 1], asked.port));
    Ok(ground::of(&asked.data, Arc::new(SystemClock), at, &holders)?)
}

fn print(report: &Report, json: bool) -> Done {
    if json {
        let json = serde_json::to_string_pretty(report).map_err(anyhow::Error::new)?;
        say!("{json}");
        return Ok(());
    }
    let paint = Paint::of_stdout();
    let Report { role, state, until, renew_from, .. } = report;
    say!(
        "{}",
        match state {
            State::Current => paint.good(&format!("{role}: certified until {until}")),
            State::Ending => paint.bad(&format!("{role}: certified until {until}, others are due")),
            State::Ended => paint.bad(&format!("{role}: its certificates ended on {until}")),
            State::Revoked => paint.bad(&format!("{role}: its certificates were taken back")),
        }
    );
    say!("  others are asked for from {renew_from} on");
    for Line { purpose, serial, until, is_in_use, taken_back, .. } in &report.certificates {
        let purpose = match purpose {
            Purpose::Signature => "signature",
            Purpose::Encipherment => "encipherment",
        };
        let only = if *is_in_use { "" } else { ", only opens what is late" };
        let back = taken_back.as_ref().map(|it| format!(", taken back on {}", it.at));
        say!("  {serial}  {purpose:<12}  until {until}{only}{}", back.unwrap_or_default());
    }
    if let Some(application) = &report.application {
        print_application(role, application);
    }
    Ok(())
}

fn print_application(role: &str, application: &Application) {
    let words = application.words.iter().map(|words| harmless(words).to_string());
    let words = words.collect::<Vec<_>>().join("; ");
    let again = || application.again_at.map(|at| format!(", and again on {at}"));
    let again = again().unwrap_or_default();
    let inquire = format!("openset certificates --role {role} inquire");
    match application.progress {
        Progress::Asking => say!("others are asked for; the authority has not answered yet"),
        Progress::Pended => {
            let sent = application.sent_at.map(|at| format!(" since {at}")).unwrap_or_default();
            let number = application.number.as_deref().unwrap_or_default();
            say!("somebody at the authority looks at it{sent}, as request {number}");
            say!("  try: {inquire}");
        }
        Progress::Referred => {
            say!("another authority is to be asked; nothing was sent there: {words}");
            for address in &application.addresses {
                say!("  try: {inquire} --follow {}", harmless(address));
            }
        }
        Progress::Form => say!("the authority's form waits for answers on the page of this role"),
        Progress::Returned => say!("the authority does not accept the answers: {words}"),
        Progress::Refused => say!("the authority refused others: {words}{again}"),
    }
}
