//! What the bank's page offers: the packages that somebody made, each only while it is what its
//! print says.

use std::{
    fs,
    path::{Path, PathBuf},
};

use openset_crypto::print;
use openset_types::Brand;
use openset_web::{
    Problem, Tongue,
    ports::{PackageKind, PackageRow, RegistrationOffer, Said, WalletOffer},
};
use openset_wire::initiation::RegistrationInitiation;
use tokio::task::spawn_blocking;

use super::unavailable;
use crate::{
    commands::wallet::package::SUMS,
    demo::{cast::CardBank, dressing},
    pack::{self, Signed},
};

/// The most files that a page offers.
const FILES_MAX: usize = 16;
/// The most octets of the list of prints.
const SUMS_OCTETS_MAX: usize = 16 * 1024;

/// What there is to fetch.
pub(super) async fn offer(data: &Path, bank: &'static CardBank) -> Said<WalletOffer> {
    apart(data, move |data| {
        let signed = pack_of(data, bank)?;
        let sealed = dressing::sealed(data, bank);
        let out = dressing::packages(data, bank);
        Ok(WalletOffer {
            id: signed.pack.facts.id,
            packages: packages(&out)?,
            command: format!(
                "openset wallet package --brand {} --out {}",
                sealed.display(),
                out.display()
            ),
            key: signed.by.to_string(),
        })
    })
    .await
}

/// The file that lets a card of the bank be registered.
pub(super) async fn registration(
    data: &Path,
    bank: &'static CardBank,
    authority: &str,
    brand: Brand,
    tongue: Tongue,
) -> Said<RegistrationOffer> {
    let set_url = authority.to_owned();
    apart(data, move |data| {
        let id = pack_of(data, bank)?.pack.facts.id;
        let (brand_name, authority) = (brand.to_string(), set_url.clone());
        let asked = RegistrationInitiation { set_url, brand, language: tongue.language() };
        let document = asked.write().map_err(unavailable)?;
        Ok(RegistrationOffer { id, brand: brand_name, authority, document })
    })
    .await
}

/// What the bank dresses its wallet in; without that it gives none out.
fn pack_of(data: &Path, bank: &CardBank) -> Said<Signed> {
    let sealed = dressing::sealed(data, bank);
    match sealed.is_file() {
        true => pack::open(&sealed, None).map_err(unavailable),
        false => Err(Problem::NotFound),
    }
}

/// One of the files, if it is still what was made.
pub(super) async fn package(data: &Path, bank: &'static CardBank, file: &str) -> Said<Vec<u8>> {
    let file = file.to_owned();
    apart(data, move |data| {
        let out = dressing::packages(data, bank);
        if file == SUMS {
            return Ok(sums(&out)?.1.into_bytes());
        }
        let (listed, _) = sums(&out)?;
        let (wanted, _) =
            listed.into_iter().find(|(_, name)| *name == file).ok_or(Problem::NotFound)?;
        let octets = fs::read(out.join(&file)).map_err(unavailable)?;
        if print(&octets) != wanted {
            return Err(unavailable(anyhow::anyhow!("{file} is not what its print says")));
        }
        Ok(octets)
    })
    .await
}

/// Reads files where nobody waits for them.
async fn apart<T: Send + 'static>(
    data: &Path,
    read: impl FnOnce(&Path) -> Said<T> + Send + 'static,
) -> Said<T> {
    let data: PathBuf = data.to_owned();
    spawn_blocking(move || read(&data)).await.map_err(unavailable)?
}

fn packages(out: &Path) -> Said<Vec<PackageRow>> {
    let (listed, text) = sums(out)?;
    let row = |(print, file): (String, String)| {
        let about = fs::metadata(out.join(&file)).map_err(unavailable)?;
        let octets = usize::try_from(about.len()).map_err(unavailable)?;
        Ok(PackageRow { kind: kind(&file), file, octets, print })
    };
    let mut rows = listed.into_iter().map(row).collect::<Said<Vec<_>>>()?;
    if !rows.is_empty() {
        let file = SUMS.to_owned();
        let print = print(text.as_bytes());
        rows.push(PackageRow { kind: PackageKind::Prints, file, octets: text.len(), print });
    }
    Ok(rows)
}

fn kind(file: &str) -> PackageKind {
    match file.rsplit_once('.') {
        Some((_, "deb")) => PackageKind::Debian,
        Some((_, "setpack")) => PackageKind::Pack,
        _ => PackageKind::Tarball,
    }
}

/// The prints and names of the list, and its text; nothing if no packages were made.
fn sums(out: &Path) -> Said<(Vec<(String, String)>, String)> {
    let path = out.join(SUMS);
    if !path.is_file() {
        return Ok((Vec::new(), String::new()));
    }
    let text = fs::read_to_string(&path).map_err(unavailable)?;
    let lines = text.lines().map(|line| line.split_once("  ").filter(|(_, name)| is_plain(name)));
    let listed = lines.map(|line| line.map(|(print, name)| (print.to_owned(), name.to_owned())));
    let listed: Option<Vec<_>> = listed.take(FILES_MAX).collect();
    let listed = listed.filter(|_| text.len() <= SUMS_OCTETS_MAX);
    let why = || unavailable(anyhow::anyhow!("{}: not a list of prints", path.display()));
    Ok((listed.ok_or_else(why)?, text))
}

/// Whether a name is that of a file in this folder and of no other.
fn is_plain(name: &str) -> bool {
    let allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '+');
    !name.starts_with('.') && name.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::cast;

    fn made() -> tempfile::TempDir {
        let data = tempfile::tempdir().expect("a folder");
        let out = dressing::packages(data.path(), &cast::FIRST);
        fs::create_dir_all(&out).expect("a folder");
        fs::write(out.join("a.deb"), "the package").expect("written");
        let line = format!("{}  a.deb\n", print(b"the package"));
        fs::write(out.join(SUMS), line).expect("written");
        data
    }

    #[tokio::test]
    async fn a_package_is_given_out_while_it_is_what_its_print_says() {
        let data = made();
        let octets = package(data.path(), &cast::FIRST, "a.deb").await.expect("whole");
        assert_eq!(octets, b"the package");
        assert!(package(data.path(), &cast::FIRST, SUMS).await.is_ok());
        fs::write(dressing::packages(data.path(), &cast::FIRST).join("a.deb"), "another")
            .expect("written");
        assert!(package(data.path(), &cast::FIRST, "a.deb").await.is_err());
    }

    #[tokio::test]
    async fn nothing_beside_the_list_is_given_out() {
        let data = made();
        fs::write(dressing::packages(data.path(), &cast::FIRST).join("secret"), "s")
            .expect("written");
        for file in ["secret", "../packages/a.deb", "", ".", "b.deb"] {
            assert_eq!(
                package(data.path(), &cast::FIRST, file).await,
                Err(Problem::NotFound),
                "{file}"
            );
        }
        let out = dressing::packages(data.path(), &cast::FIRST);
        fs::write(out.join(SUMS), format!("{}  ../a.deb\n", "0".repeat(64))).expect("written");
        assert!(package(data.path(), &cast::FIRST, "../a.deb").await.is_err());
    }

    #[tokio::test]
    async fn a_bank_without_a_pack_offers_no_wallet() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(offer(data.path(), &cast::FIRST).await, Err(Problem::NotFound));
    }
}
