//! The texts in a package: the launcher, what a desktop and a package manager read.
//!
//! Names from the pack stand in them as they are: a pack's names have letters, digits, spaces and
//! a few signs that mean nothing in any of these formats.

use openset_crypto::KeyId;
use openset_web::Tongue;

use super::{Machine, VERSION};
use crate::pack::{Facts, SUFFIX};

/// The media types that the wallet opens, with the endings of their files.
pub(super) const MEDIA_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/set-payment-initiation">
    <comment>payment for a wallet</comment>
    <comment xml:lang="fr">paiement pour un portefeuille</comment>
    <glob pattern="*.setpay"/>
  </mime-type>
  <mime-type type="application/set-registration-initiation">
    <comment>card registration for a wallet</comment>
    <comment xml:lang="fr">enregistrement de carte pour un portefeuille</comment>
    <glob pattern="*.setreg"/>
  </mime-type>
</mime-info>
"#;

/// Whose work is in the package, and what may be done with it.
pub(super) const COPYRIGHT: &str = concat!(
    "The program is OpenSET, under either of the two licences below. The names, the logo and the \
     colours\nof the brand pack are the bank's.\n\n",
    include_str!("../../../../LICENSE-APACHE"),
    "\n\n",
    include_str!("../../../../LICENSE-MIT")
);

/// What the texts are about.
pub(super) struct Texts<'a> {
    pub(super) facts: &'a Facts,
    pub(super) by: KeyId,
    /// The package's name.
    pub(super) package: String,
}

impl Texts<'_> {
    /// The command: it finds the rest beside itself, wherever the tree was put.
    pub(super) fn launcher(&self) -> String {
        let Self { facts, by, package } = self;
        let (id, wallet) = (&facts.id, &facts.names(facts.tongue()).wallet);
        format!(
            r#"#!/bin/sh
# {wallet}. The brand pack is verified at every start; the key that signed it is named here.
lib=$(dirname "$(readlink -f "$0")")/../lib/{package}
exec "$lib/openset" wallet --pack "$lib/{id}.{SUFFIX}" --signed-by {by} \
  --data "${{XDG_DATA_HOME:-$HOME/.local/share}}/openset/{id}" "$@"
"#
        )
    }

    /// The entry in menus (Desktop Entry Specification), which opens the wallet's pages, and what
    /// shops and the bank send.
    pub(super) fn desktop(&self) -> String {
        let Self { facts, package, .. } = self;
        let own = facts.names(facts.tongue());
        let names: String = facts
            .names
            .iter()
            .map(|(tongue, names)| format!("Name[{}]={}\n", tongue.tag(), names.wallet))
            .collect();
        format!(
            "[Desktop Entry]\n\
             Type=Application\n\
             Name={wallet}\n\
             {names}\
             Exec={id}-wallet open %f\n\
             Icon={package}\n\
             Terminal=false\n\
             Categories=Office;Finance;\n\
             MimeType=application/set-payment-initiation;\
             application/set-registration-initiation;\n",
            wallet = own.wallet,
            id = facts.id,
        )
    }

    /// What Debian's package manager reads.
    pub(super) fn control(&self, machine: Machine, size_kib: usize) -> String {
        let Self { facts, by, package } = self;
        let own = facts.names(facts.tongue());
        format!(
            "Package: {package}\n\
             Version: {VERSION}\n\
             Architecture: {machine}\n\
             Maintainer: {bank} <{contact}>\n\
             Installed-Size: {size_kib}\n\
             Depends: libc6, libgcc-s1\n\
             Recommends: desktop-file-utils, shared-mime-info, xdg-utils\n\
             Section: net\n\
             Priority: optional\n\
             Description: {wallet}\n \
             Pays in shops by Secure Electronic Transaction, with cards of {bank}.\n \
             .\n \
             The brand pack is signed with the key {by}.\n",
            machine = machine.debian(),
            bank = own.bank,
            contact = facts.contact,
            wallet = own.wallet,
        )
    }

    /// What to do with the tarball, in each language of the bank.
    pub(super) fn readme(&self) -> String {
        let paragraphs: Vec<String> =
            self.facts.names.iter().map(|(tongue, _)| self.paragraph(*tongue)).collect();
        paragraphs.join("\n")
    }

    fn paragraph(&self, tongue: Tongue) -> String {
        let Self { facts, by, .. } = self;
        let (id, wallet, contact) = (&facts.id, &facts.names(tongue).wallet, &facts.contact);
        let commands = format!(
            "    bin/{id}-wallet about\n    bin/{id}-wallet open\n\n    \
             cp -r bin lib share ~/.local/\n    update-mime-database ~/.local/share/mime\n    \
             update-desktop-database ~/.local/share/applications\n"
        );
        match tongue {
            Tongue::English => format!(
                "{wallet}\n\nIt runs where it is: the first command says whose wallet this is, the \
                 second opens its\npages in a browser. The others put it into your own menus, and \
                 let it open what shops and\nyour bank send.\n\n{commands}\n\
                 The bank's key: {by}\nQuestions: {contact}\n"
            ),
            Tongue::French => format!(
                "{wallet}\n\nIl fonctionne là où il est : la première commande dit de quelle \
                 banque il vient, la\ndeuxième ouvre ses pages dans un navigateur. Les autres le \
                 mettent dans vos\nmenus et lui font ouvrir ce que les commerçants et votre \
                 banque envoient.\n\n{commands}\n\
                 La clé de la banque : {by}\nQuestions : {contact}\n"
            ),
        }
    }
}
