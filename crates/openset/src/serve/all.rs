//! Every role of a data folder in one process, with their pages: what a demo shows, at the
//! addresses and with the banks that a configuration file names.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
};

use openset_crypto::vault::Cost;
use openset_node::{clock::SystemClock, http::Limits};

use super::{
    claim::Claim,
    settings::{AcquirerSettings, GatewaySettings, IssuerSettings, Settings},
};
use crate::{
    ceremony::{self, Papers, Rings, papers},
    demo::{
        data::{Data, MARK},
        open::{listen, own_ports},
    },
    ending::{Done, Ending},
    house::{
        self, first_start, ground,
        system::{Arrangement, System, Wish},
    },
    paint::Paint,
    ports,
    said::say,
    section::wrong,
};

/// Serves all roles.
pub(super) async fn serve(settings: Settings) -> Done {
    let arrangement = arrangement(&settings)?;
    let config = &settings.config;
    let port = config.http.port;
    if config.http.listen != Ipv4Addr::LOCALHOST {
        let here = "\"127.0.0.1\": the pages of all roles are for this machine";
        return Err(wrong("http.listen", &config.http.listen, here));
    }
    let (data, _claims) = data(&config.data)?;
    require_free(port)?;
    let measured = house::begin(data.path(), &config.log.filter)?;
    say!("openset serve all");
    let holders = settings.holders()?;
    let (suite, vault) = (ground::suite(data.path())?, Cost::BESIDE_OTHERS);
    let wish = Wish { suite, port, vault, holders: &holders };
    if data.is_ready() {
        first_start::make(&data, wish).await?;
    } else {
        ceremony::publish(&Rings::new(data.path(), &holders), suite, &SystemClock)?;
    }
    let (system, mut running) = System::start_as(&data, wish, arrangement).await?;
    let own = own_ports(&system)?;
    let mut asked = listen()?;
    running.serve(system.at, ports::sites(&system, &own, &measured), &own).await?;
    for name in ports::served(&system) {
        say!("  {:<14} {}/", name.label(), name.origin(system.at));
    }
    say!("  {} stop with Ctrl-C", Paint::of_stdout().good("ready;"));
    asked.asked().await;
    if !running.stop(&system).await {
        return Err(Ending::Machine(anyhow::anyhow!("something did not end in time and was cut")));
    }
    say!("stopped; nothing is left running");
    Ok(())
}

/// The folder of a demo, or one whose authorities a ceremony has made and whose gateway and
/// merchant are enrolled. All its roles are claimed.
fn data(path: &Path) -> Result<(Data, Vec<Claim>), Ending> {
    let is_enrolled = |role: &str| Papers::of(&path.join(role)).has(papers::SIGNATURE);
    let shown = path.display();
    if !path.join(MARK).exists() && is_enrolled("gateway") && is_enrolled("merchant") {
        let claims = house::roles(path).into_iter().map(|role| Claim::take(path, role));
        return Ok((Data::unmarked(path)?, claims.collect::<Result<_, _>>()?));
    }
    let data = Data::open(path)?;
    if data.is_ready() {
        return Ok((data, Vec::new()));
    }
    Err(Ending::input(format_args!(
        "data = \"{shown}\"\n  expected: a folder that openset demo has made, or one whose \
         authorities are served and whose gateway and merchant are enrolled\n  \
         try: openset demo --once --data {shown}"
    )))
}

/// What the file arranges differently from a demo.
fn arrangement(settings: &Settings) -> Result<Arrangement, Ending> {
    let IssuerSettings { counter: issuer, file_key } = settings.issuer()?;
    let AcquirerSettings { counter: acquirer, clearing, fees, .. } = settings.acquirer()?;
    let GatewaySettings { issuer: asks, others, acquirer: tells, .. } = settings.gateway()?;
    let verifies = settings.verifying()?;
    for role in ["ca-merchant", "ca-gateway", "wallet"] {
        settings.nothing(role)?;
    }
    if file_key.is_some() {
        tracing::debug!("all roles share the key of the acquirer's folder");
    }
    let limits = Limits::from(&settings.config.http);
    let neighbours = settings.neighbours()?;
    let clock = None;
    Ok(Arrangement {
        issuer,
        acquirer,
        asks,
        others,
        verifies,
        tells,
        clearing,
        fees,
        neighbours,
        renewals: settings.renewals()?,
        policies: settings.gateway()?.policies,
        clock,
        limits,
        stores: settings.stores()?,
    })
}

/// A configured port is that one or none.
fn require_free(port: u16) -> Done {
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(at) {
        Ok(_) => Ok(()),
        Err(error) => {
            let error = anyhow::Error::new(error);
            Err(error.context(format!("http.port = {port} cannot be opened")).into())
        }
    }
}
