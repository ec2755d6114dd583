//! The bank's download page: its wallet, the prints of the packages, and what to do with them.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{PackageKind, PackageRow, WalletOffer};
use crate::table::{Cell, Table};

/// The bank's wallet, to be fetched.
#[derive(Template)]
#[template(path = "pages/issuer/offer.html")]
pub struct Offer<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// What there is.
    pub offer: &'a WalletOffer,
}

impl Offer<'_> {
    fn wallet(&self) -> String {
        self.frame.wallet_name()
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |package: &PackageRow| {
            let href = format!("/wallet/{}", package.file);
            let kind = match package.kind {
                PackageKind::Debian => say.offer_debian(),
                PackageKind::Tarball => say.offer_tarball(),
                PackageKind::Pack => say.offer_pack(),
                PackageKind::Prints => say.offer_prints(),
            };
            vec![
                Cell::Link { href, text: package.file.clone() },
                Cell::Text(kind),
                Cell::Number(say.size(package.octets)),
                Cell::Text(package.print.clone()),
            ]
        };
        Table::new(say.offer_files(), say.offer_none())
            .column(say.head_file())
            .column(say.head_kind())
            .numbers(say.head_size())
            .column("SHA-256".to_owned())
            .rows(self.offer.packages.iter().map(row))
    }

    /// How each package is installed.
    fn installs(&self) -> Vec<String> {
        let command = |package: &PackageRow| match package.kind {
            PackageKind::Debian => Some(format!("sudo apt install ./{}", package.file)),
            PackageKind::Tarball => Some(format!("tar xzf {}", package.file)),
            PackageKind::Pack | PackageKind::Prints => None,
        };
        self.offer.packages.iter().filter_map(command).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn page(tongue: Tongue, offer: &WalletOffer) -> String {
        let frame = sample::frame(Site::Issuer, tongue);
        Offer { frame: &frame, name: "Banque Démo", offer }.to_string()
    }

    #[test]
    fn each_package_stands_with_its_print_and_what_to_do() {
        let offer = sample::wallet_offer();
        let html = page(Tongue::English, &offer);
        for package in &offer.packages {
            assert!(html.contains(&format!("href=\"/wallet/{}\"", package.file)), "{html}");
            assert!(html.contains(&package.print), "{html}");
        }
        assert!(html.contains("sudo apt install ./openset-wallet-banque-demo_0.1.0_amd64.deb"));
        assert!(
            html.contains("banque-demo-wallet open")
                && html.contains("href=\"/register\"")
                && html.contains(&offer.key)
        );
    }

    #[test]
    fn before_there_are_packages_the_command_that_makes_them_is_told() {
        let offer = WalletOffer { packages: Vec::new(), ..sample::wallet_offer() };
        let html = page(Tongue::French, &offer);
        assert!(html.contains("openset wallet package") && !html.contains("sha256sum"), "{html}");
    }
}
