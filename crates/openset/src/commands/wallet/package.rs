//! Building the wallet that a bank gives out.

use std::{env, fs, path::Path};

use anyhow::Context;
use serde_json::json;

use super::print_json;
use crate::{
    args::Package,
    ending::{Done, Ending},
    pack::{self, Complement, Pack, PackSigner, SUFFIX, Signed, read_folder},
    package::{Goods, Machine, Made},
    paint::Paint,
    said::say,
};

/// The list of what was made, as `sha256sum -c` reads it.
pub(crate) const SUMS: &str = "SHA256SUMS";
/// The most octets of an executable.
const EXECUTABLE_OCTETS_MAX: u64 = 512 * 1024 * 1024;

/// Builds both packages.
pub(super) fn package(package: &Package, json: bool) -> Done {
    let signed = signed(package).map_err(Ending::Input)?;
    let executable = executable(package).map_err(Ending::Input)?;
    let machine = Machine::of(&executable).map_err(Ending::Input)?;
    let goods = Goods {
        pack: &signed.pack,
        sealed: &signed.octets,
        by: signed.by,
        executable: &executable,
        machine,
    };
    let pack =
        Made { name: format!("{}.{SUFFIX}", signed.pack.facts.id), octets: signed.octets.clone() };
    let made = [goods.deb()?, goods.tarball()?, pack];
    write(&package.out, &made)?;
    if json {
        let files = made.iter().map(|one| json!({ "file": one.name, "sha256": print(one) }));
        let files: Vec<_> = files.collect();
        return print_json(&json!({ "files": files, "signed_by": signed.by.to_string() }));
    }
    let names = signed.pack.facts.names(signed.pack.facts.tongue());
    say!("{} of {}", names.wallet, names.bank);
    for one in &made {
        let tick = Paint::of_stdout().good("✓");
        say!("  {tick} {}", package.out.join(&one.name).display());
    }
    say!("  {} has their prints", package.out.join(SUMS).display());
    say!("  signed by {}", signed.by);
    Ok(())
}

/// The pack: the signed one that was given, or the folder's, signed now.
fn signed(package: &Package) -> anyhow::Result<Signed> {
    let path = &package.brand;
    if !path.is_dir() {
        return pack::open(path, None);
    }
    let shown = || path.display().to_string();
    let mut files = read_folder(path).with_context(shown)?;
    let root = package.trust.as_ref().map(|trust| {
        fs::read_to_string(trust).with_context(|| format!("--trust {}", trust.display()))
    });
    let complement = Complement { root: root.transpose()?, authority: package.authority.clone() };
    complement.add_to(&mut files).with_context(shown)?;
    let pack = Pack::of(&files).with_context(shown)?;
    let signer = PackSigner::open(&package.key)?;
    let octets = signer.seal(&files)?;
    Ok(Signed { pack, by: signer.name(), octets })
}

fn executable(package: &Package) -> anyhow::Result<Vec<u8>> {
    let path = match &package.executable {
        Some(path) => path.clone(),
        None => env::current_exe().context("the running executable cannot be found")?,
    };
    let shown = || path.display().to_string();
    if fs::metadata(&path).with_context(shown)?.len() > EXECUTABLE_OCTETS_MAX {
        anyhow::bail!("{}: too long for an executable", path.display());
    }
    fs::read(&path).with_context(shown)
}

fn print(made: &Made) -> String {
    openset_crypto::print(&made.octets)
}

/// Writes the packages, and last the list that says which of them are whole.
fn write(out: &Path, made: &[Made]) -> anyhow::Result<()> {
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let mut sums = String::new();
    for one in made {
        let path = out.join(&one.name);
        fs::write(&path, &one.octets).with_context(|| path.display().to_string())?;
        sums.push_str(&format!("{}  {}\n", print(one), one.name));
    }
    let path = out.join(SUMS);
    fs::write(&path, sums).with_context(|| path.display().to_string())
}
