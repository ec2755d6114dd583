//! A party of SET that runs alone: the gateway or one of the authorities.

use openset_crypto::Authority as Kind;

use super::{
    alone::Alone,
    settings::{Settings, required},
};
use crate::{
    demo::cast,
    ending::Done,
    house::{
        authority::{self, Authority},
        gateway::{Banks, Gateway},
        ground::{Ground, SetAddresses},
        life, news,
        upkeep::Renewals,
    },
    sites::Name,
};

/// Serves the payment gateway.
pub(super) async fn gateway(settings: Settings) -> Done {
    let mine = settings.gateway()?;
    let banks = Banks {
        issuer: required(mine.issuer, "role.gateway.issuer.address")?,
        issuer_bin: None,
        others: mine.others,
        acquirer: required(mine.acquirer, "role.gateway.acquirer.address")?,
        acquirer_bin: cast::acquirer_bin(),
    };
    let mut alone = Alone::begin(settings, Name::Gateway)?;
    let (ground, stop) = (alone.ground()?, alone.stop());
    let asks = match mine.authority {
        Some(authority) => authority,
        // Where it is when it runs alone on this machine.
        None => {
            format!("{}/set", Name::CaGateway.origin(alone.settings.own_port(Name::CaGateway)?))
        }
    };
    let addresses = SetAddresses { ca_gateway: asks, ..ground.addresses.clone() };
    let renewals = Renewals { gateway: mine.renew_in_last_percent, ..Renewals::default() };
    let ground = Ground { addresses, renewals, policies: mine.policies, ..ground };
    let gateway = Gateway::open(&ground, &banks, &stop).await?;
    alone.tasks.push(gateway.upkeep.open_to_operators(stop.clone())?);
    alone.remarks.push(gateway.upkeep.remark());
    alone.remarks.push(gateway.links_remark());
    alone.reminders.extend(gateway.start(&stop).await?);
    let others = banks.others.iter().map(|(_, terms)| ("issuer", terms));
    let all = [("issuer", &banks.issuer), ("acquirer", &banks.acquirer)];
    for (bank, terms) in all.into_iter().chain(others) {
        alone.say(bank, format_args!("{}, ISO 8583, {}", terms.address, terms.dialect.name()));
    }
    alone.say("messages", "POST /set");
    alone.keep_lists(&ground, &gateway.party);
    alone.serve(&gateway.party.store, gateway.endpoint(), Some(&gateway.party)).await
}

/// Serves an authority.
pub(super) async fn authority(settings: Settings, name: Name) -> Done {
    let verifying = match name {
        Name::CaCardholder => {
            Some(required(settings.verifying()?, "role.ca-cardholder.issuer.address")?)
        }
        other => settings.nothing(other.label()).map(|()| None)?,
    };
    let mut alone = Alone::begin(settings, name)?;
    let (ground, stop) = (alone.ground()?, alone.stop());
    let authority: Authority = match (name, &verifying) {
        (_, Some(issuer)) => {
            let speaks = issuer.dialect.name();
            alone.say("issuer", format_args!("{}, ISO 8583, {speaks}", issuer.address));
            authority::of_cardholders(&ground, issuer, &stop).await?
        }
        (Name::CaMerchant, None) => authority::of_acquirer(&ground, Kind::Merchant).await?,
        (_, None) => authority::of_acquirer(&ground, Kind::Gateway).await?,
    };
    alone.reminders.extend(authority.start(&stop).await?);
    alone.tasks.extend(news::tell_brand(&ground, authority.seat, stop.clone()));
    alone.remarks.push(life::remark(&ground, name.label()));
    alone.tasks.push(authority.open_to_operators(&ground.data, stop)?);
    alone.say("messages", "POST /set");
    alone.keep_lists(&ground, &authority.party);
    alone.serve(&authority.party.store, authority.endpoint(), Some(&authority.party)).await
}
