//! Whose wallet this is: the brand pack that the bank signed, verified before anything else.

use std::path::Path;

use openset_crypto::KeyId;
use serde_json::json;

use super::print_json;
use crate::{
    args,
    ending::{Done, Ending},
    house::wallet::ROLE,
    pack::{self, Pack, Signed, dress, require_not_older, require_pinned, worn},
    paint::Paint,
    said::say,
};

/// A pack that was verified.
pub(super) enum Brand {
    /// The one that the command line names.
    Given(Signed),
    /// The one in the wallet's folder.
    Worn(Pack),
}

impl Brand {
    /// What it says.
    pub(super) fn pack(&self) -> &Pack {
        match self {
            Self::Given(signed) => &signed.pack,
            Self::Worn(pack) => pack,
        }
    }

    /// Lets the wallet in this folder wear it, and packs of this bank only from now on.
    pub(super) fn keep(&self, data: &Path) -> anyhow::Result<()> {
        match self {
            Self::Given(signed) => dress(&data.join(ROLE.folder), &signed.octets, &signed.by),
            Self::Worn(_) => Ok(()),
        }
    }

    /// What it says, for good.
    pub(super) fn into_pack(self) -> Pack {
        match self {
            Self::Given(signed) => signed.pack,
            Self::Worn(pack) => pack,
        }
    }
}

/// The pack that the command line names, or the one in the wallet's folder; nothing if the wallet
/// is nobody's. A pack that was changed ends everything here.
pub(super) fn brand(wallet: &args::Wallet) -> Result<Option<Brand>, Ending> {
    let folder = wallet.data.join(ROLE.folder);
    match (&wallet.pack, &wallet.signed_by) {
        (Some(path), Some(by)) => {
            let expected = "expected: 64 hexadecimal digits, as on the bank's page";
            let by = KeyId::parse(by)
                .map_err(|_| Ending::input(format_args!("--signed-by {by}\n  {expected}")))?;
            require_pinned(&folder, &by).map_err(Ending::Input)?;
            let given = pack::open(path, Some(&by)).map_err(Ending::Input)?;
            require_not_older(&folder, &given.pack).map_err(Ending::Input)?;
            Ok(Some(Brand::Given(given)))
        }
        (None, None) => Ok(worn(&folder).map_err(Ending::Input)?.map(Brand::Worn)),
        _ => Err(Ending::input("--pack and --signed-by belong together")),
    }
}

/// Verifies the pack and says whose wallet this is.
pub(super) fn about(wallet: &args::Wallet) -> Done {
    let Some(brand) = brand(wallet)? else {
        say!("a wallet of no bank: it has no brand pack");
        return Ok(());
    };
    let Pack { facts, anchor, .. } = brand.pack();
    let names = facts.names(facts.tongue());
    if wallet.json {
        return print_json(&json!({
            "id": facts.id,
            "version": facts.version,
            "bank": names.bank,
            "wallet": names.wallet,
            "brand": facts.brand.as_str(),
            "suite": facts.suite.to_string(),
            "authority": facts.authority,
            "trust_anchor_sha256": anchor,
        }));
    }
    say!("{}, a wallet of {}", Paint::of_stdout().strong(&names.wallet), names.bank);
    say!("  {} the brand pack is as the bank signed it", Paint::of_stdout().good("✓"));
    say!("  pack          version {}", facts.version);
    say!("  cards         {}", facts.brand);
    say!("  suite         {}", facts.suite);
    say!("  authority     {}", facts.authority);
    say!("  trust anchor  {anchor}");
    say!("  questions     {}", facts.contact);
    Ok(())
}
