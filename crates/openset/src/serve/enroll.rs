//! `openset enroll`: a gateway or a merchant of a data folder comes to its certificates, by the
//! messages that it sends to its authority, which is served.

use std::sync::Arc;

use anyhow::Context;
use data_encoding::HEXLOWER;
use openset_crypto::{Authority as Kind, Identity};
use openset_node::clock::SystemClock;

use super::{claim::Claim, settings::Settings};
use crate::{
    args::{EnrollRole, Enrolled},
    ceremony::{self, papers},
    demo::open::harden,
    ending::{Done, Ending},
    house::{
        enrol, gateway,
        ground::{self, Ground, SetAddresses},
        merchant,
    },
    said::say,
    sites::Name,
};

/// Enrols a role of the data folder that a configuration names.
pub(crate) fn enroll(enroll: &EnrollRole) -> Done {
    harden();
    let settings = Settings::read(&enroll.config, std::env::vars())?;
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    threads.context("no threads")?.block_on(perform(&settings, enroll.role))
}

async fn perform(settings: &Settings, role: Enrolled) -> Done {
    let data = &settings.config.data;
    let (folder, authority) = match role {
        Enrolled::Gateway => (gateway::ROLE.folder, Kind::Gateway),
        Enrolled::Merchant => (merchant::ROLE.folder, Kind::Merchant),
    };
    if !data.join(ceremony::folder(Kind::Root)).is_dir() {
        return Err(Ending::input(format_args!(
            "there are no authorities in {}\n  try: openset ceremony --help",
            data.display()
        )));
    }
    let ground = ground(settings)?;
    let papers = ground.papers(folder);
    if papers.has(papers::SIGNATURE) {
        return Err(Ending::input(format_args!("the {folder} in {} is enrolled", data.display())));
    }
    let _claim = Claim::take(data, folder)?;
    let done = match role {
        Enrolled::Gateway => enrol::gateway(&ground).await,
        Enrolled::Merchant => enrol::merchant(&ground).await,
    };
    let served = ceremony::folder(authority);
    done.with_context(|| format!("is openset serve {served} running?"))?;
    for paper in [papers::SIGNATURE, papers::ENCIPHERMENT] {
        tell(paper, &papers.take(paper)?);
    }
    Ok(())
}

/// What the role stands on, with the authorities at the ports that they have when they run alone,
/// and beside others.
fn ground(settings: &Settings) -> Result<Ground, Ending> {
    let holders = settings.holders()?;
    let at = settings.own_port(Name::Home)?;
    let ground = ground::of(&settings.config.data, Arc::new(SystemClock), at, &holders)?;
    let own =
        |name| settings.own_port(name).map(|at| format!("http://127.0.0.1:{}/set", at.port()));
    let addresses = SetAddresses {
        ca_merchant: own(Name::CaMerchant)?,
        ca_gateway: own(Name::CaGateway)?,
        ..ground.addresses.clone()
    };
    Ok(Ground { addresses, ..ground })
}

fn tell(paper: &str, identity: &Identity) {
    let unsigned = &identity.certificate.to_be_signed;
    say!("certified for {paper}: {}", unsigned.subject);
    say!("  number   {}", HEXLOWER.encode(unsigned.serial_number.as_bytes()));
    say!("  until    {}", unsigned.validity.not_after.moment());
}
