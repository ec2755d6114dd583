//! `openset wallet`: a wallet of one's own, asked on the command line. It runs in this process
//! and speaks to authorities and shops as the wallet in a browser does.

mod application;
mod ask;
mod brand;
mod enroll;
mod lists;
mod open;
pub(crate) mod package;
mod pages;
mod pay;
mod registration;
mod renew;

use serde::Serialize;

use self::open::{Need, Opened};
use crate::{
    args::{Enroll, Inquire, Renew, Wallet, WalletDeed},
    demo::open::harden,
    ending::{Done, Ending},
    said::say,
};

/// Does what is asked.
pub(crate) fn wallet(wallet: &Wallet) -> Done {
    match &wallet.deed {
        WalletDeed::About => return brand::about(wallet),
        WalletDeed::Package(package) => return package::package(package, wallet.json),
        WalletDeed::Open(open) => return pages::open(wallet, open),
        WalletDeed::Enroll(enroll @ Enroll { file: Some(file), .. }) => {
            let deed = WalletDeed::Enroll(registration::asked_by(file, enroll, wallet)?);
            return self::wallet(&Wallet { deed, ..wallet.clone() });
        }
        WalletDeed::Enroll(_)
        | WalletDeed::Renew(_)
        | WalletDeed::Inquire(_)
        | WalletDeed::Cards
        | WalletDeed::Pay(_)
        | WalletDeed::Ask(_)
        | WalletDeed::History => {}
    }
    run(async {
        let need = match &wallet.deed {
            WalletDeed::Enroll(enroll) => Need::MayBeNew { enroll },
            WalletDeed::Renew(Renew { terms, .. }) | WalletDeed::Inquire(Inquire { terms, .. }) => {
                Need::Asks { terms }
            }
            WalletDeed::Pay(_) | WalletDeed::Ask(_) => Need::Speaks,
            WalletDeed::Cards
            | WalletDeed::History
            | WalletDeed::About
            | WalletDeed::Open(_)
            | WalletDeed::Package(_) => Need::Reads,
        };
        let opened = Opened::open(wallet, need).await?;
        let done = match &wallet.deed {
            WalletDeed::Enroll(enroll) => enroll::enroll(&opened, enroll, wallet.json).await,
            WalletDeed::Renew(renew) => renew::renew(&opened, renew, wallet.json).await,
            WalletDeed::Inquire(inquire) => renew::inquire(&opened, inquire, wallet.json).await,
            WalletDeed::Cards => lists::cards(&opened, wallet.json).await,
            WalletDeed::Pay(pay) => pay::pay(&opened, pay, wallet.json).await,
            WalletDeed::Ask(ask) => ask::ask(&opened, ask, wallet.json).await,
            WalletDeed::History => lists::history(&opened, wallet.json).await,
            WalletDeed::About | WalletDeed::Open(_) | WalletDeed::Package(_) => Ok(()),
        };
        opened.close().await;
        done
    })
}

/// Runs what waits for others, in a process that leaves no trace of what it holds.
fn run(deed: impl Future<Output = Done>) -> Done {
    harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    runtime.block_on(deed)
}

/// Prints facts as JSON.
fn print_json(facts: &impl Serialize) -> Done {
    let json = serde_json::to_string_pretty(facts).map_err(anyhow::Error::new)?;
    say!("{json}");
    Ok(())
}
