//! `openset wallet`: a wallet of one's own, asked on the command line. It runs in this process
//! and speaks to authorities and shops as the wallet in a browser does.

mod enroll;
mod lists;
mod open;
mod pay;

use serde::Serialize;

use self::open::{Need, Opened};
use crate::{
    args::{Wallet, WalletDeed},
    demo::open::harden,
    ending::{Done, Ending},
    said::say,
};

/// Does what is asked.
pub(crate) fn wallet(wallet: &Wallet) -> Done {
    harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    runtime.block_on(async {
        let need = match &wallet.deed {
            WalletDeed::Enroll(enroll) => Need::MayBeNew { enroll },
            WalletDeed::Pay(_) => Need::Speaks,
            WalletDeed::Cards | WalletDeed::History => Need::Reads,
        };
        let opened = Opened::open(wallet, need).await?;
        let done = match &wallet.deed {
            WalletDeed::Enroll(enroll) => enroll::enroll(&opened, enroll, wallet.json).await,
            WalletDeed::Cards => lists::cards(&opened, wallet.json).await,
            WalletDeed::Pay(pay) => pay::pay(&opened, pay, wallet.json).await,
            WalletDeed::History => lists::history(&opened, wallet.json).await,
        };
        opened.close().await;
        done
    })
}

/// Prints facts as JSON.
fn print_json(facts: &impl Serialize) -> Done {
    let json = serde_json::to_string_pretty(facts).map_err(anyhow::Error::new)?;
    say!("{json}");
    Ok(())
}
