//! The frame around every page: its language, its place among the sites, its form token.

use std::sync::Arc;

use crate::assets;
use crate::dress::Dress;
use crate::party::Party;
use crate::words::{Tongue, Words};

/// A site: what one host name shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Site {
    /// The page that says where everything is.
    Home,
    /// The shop.
    Shop,
    /// The wallet.
    Wallet,
    /// The merchant's desk.
    Merchant,
    /// The gateway's console.
    Gateway,
    /// The issuer's console.
    Issuer,
    /// The acquirer's console.
    Acquirer,
    /// The certificate authorities.
    Authorities,
    /// The console of one authority, by its place among [`Places::consoles`].
    Console(usize),
    /// The inspector.
    Inspector,
}

impl Site {
    /// The sites of the bar, in its order.
    pub const BAR: [Self; 8] = [
        Self::Shop,
        Self::Wallet,
        Self::Merchant,
        Self::Gateway,
        Self::Issuer,
        Self::Acquirer,
        Self::Authorities,
        Self::Inspector,
    ];

    /// The word that names its cookies.
    pub fn id(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Shop => "shop",
            Self::Wallet => "wallet",
            Self::Merchant => "merchant",
            Self::Gateway => "gateway",
            Self::Issuer => "issuer",
            Self::Acquirer => "acquirer",
            Self::Authorities => "authorities",
            Self::Console(_) => "console",
            Self::Inspector => "inspector",
        }
    }

    /// Its first page. The authorities and the inspector may share a host with the home page.
    pub fn front(self) -> &'static str {
        match self {
            Self::Authorities => "/authorities",
            Self::Inspector => "/transactions",
            _ => "/",
        }
    }

    /// Where the bar says that one is: a console is of the authorities.
    fn in_bar(self) -> Self {
        match self {
            Self::Console(_) => Self::Authorities,
            other => other,
        }
    }

    /// Its name in the bar.
    pub fn name(self, say: &Words) -> String {
        match self {
            Self::Home => say.site_home(),
            Self::Shop => say.site_shop(),
            Self::Wallet => say.site_wallet(),
            Self::Merchant => say.site_merchant(),
            Self::Gateway => say.site_gateway(),
            Self::Issuer => say.site_issuer(),
            Self::Acquirer => say.site_acquirer(),
            Self::Authorities | Self::Console(_) => say.site_authorities(),
            Self::Inspector => say.site_inspector(),
        }
    }
}

/// A bank that gives out cards, with where its own sites are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    /// What it is called.
    pub name: String,
    /// Its customers' wallet: an origin without a slash at the end.
    pub wallet: String,
    /// Its console.
    pub issuer: String,
}

/// Where each site is: origins such as `http://shop.localhost:7180`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The home page.
    pub home: String,
    /// The shop.
    pub shop: String,
    /// The wallet.
    pub wallet: String,
    /// The merchant's desk.
    pub merchant: String,
    /// The gateway's console.
    pub gateway: String,
    /// The issuer's console.
    pub issuer: String,
    /// The acquirer's console.
    pub acquirer: String,
    /// The certificate authorities.
    pub authorities: String,
    /// The consoles of the authorities.
    pub consoles: Vec<ConsolePlace>,
    /// The inspector.
    pub inspector: String,
    /// Every bank that gives out cards.
    pub banks: Vec<Bank>,
}

/// Where an authority's console is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsolePlace {
    /// What the authority is called.
    pub name: String,
    /// Its origin.
    pub origin: String,
}

impl Places {
    /// Those of a wallet that is served alone: it knows of no other site.
    pub fn alone(wallet: String) -> Self {
        let nowhere = String::new;
        Self {
            home: nowhere(),
            shop: nowhere(),
            wallet,
            merchant: nowhere(),
            gateway: nowhere(),
            issuer: nowhere(),
            acquirer: nowhere(),
            authorities: nowhere(),
            consoles: Vec::new(),
            inspector: nowhere(),
            banks: Vec::new(),
        }
    }

    /// The banks whose wallets are not the one of these places.
    pub fn other_banks(&self) -> impl Iterator<Item = &Bank> {
        self.banks.iter().filter(|bank| bank.wallet != self.wallet)
    }

    /// The origin of a site.
    pub fn of(&self, site: Site) -> &str {
        match site {
            Site::Home => &self.home,
            Site::Shop => &self.shop,
            Site::Wallet => &self.wallet,
            Site::Merchant => &self.merchant,
            Site::Gateway => &self.gateway,
            Site::Issuer => &self.issuer,
            Site::Acquirer => &self.acquirer,
            Site::Authorities => &self.authorities,
            Site::Console(place) => self.consoles.get(place).map_or("", |it| &it.origin),
            Site::Inspector => &self.inspector,
        }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system says.
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word for it in cookies and in the page.
    pub fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.id() == text)
    }

    /// Its name in the switch.
    pub fn name(self, say: &Words) -> String {
        match self {
            Self::Auto => say.theme_auto(),
            Self::Light => say.theme_light(),
            Self::Dark => say.theme_dark(),
        }
    }
}

/// What all trust in the demonstration begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its name.
    pub name: String,
    /// Whether the suite below it is for study only, and takes no real card.
    pub is_for_study: bool,
}

/// What every page knows of its surroundings.
#[derive(Clone)]
pub struct Frame {
    /// The words of the visitor's language.
    pub say: &'static Words,
    /// Light or dark.
    pub theme: Theme,
    /// Which site this is.
    pub site: Site,
    /// Where the sites are, as this visitor reaches them.
    pub places: Arc<Places>,
    /// The trust anchor of the demonstration.
    pub anchor: Arc<Anchor>,
    /// The dress of the bank whose site this is.
    pub dress: Option<Arc<Dress>>,
    /// The path and query of this page.
    pub path: String,
    /// What every form of this visitor must carry.
    pub token: String,
}

/// A link of a switch: where it leads, what it says, whether it is where we are.
pub struct Choice {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub text: String,
    /// The language it is written in.
    pub tag: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Frame {
    /// What stands above every page.
    pub fn strip(&self) -> String {
        let anchor = &self.anchor.name;
        match (self.is_alone(), self.anchor.is_for_study) {
            (true, true) => self.say.alone_study_strip(anchor),
            (true, false) if anchor.is_empty() => self.say.alone_strip_bare(),
            (true, false) => self.say.alone_strip(anchor),
            (false, true) => self.say.study_strip(anchor),
            (false, false) => self.say.demo_strip(anchor),
        }
    }

    /// Whether there is no other site to lead to.
    pub fn is_alone(&self) -> bool {
        self.places.home.is_empty()
    }

    /// A page of another site, in the same language.
    pub fn away(&self, site: Site, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{}{path}{mark}lang={}", self.places.of(site), self.say.tongue().tag())
    }

    /// The front page of a bank's site, in the same language.
    pub fn at(&self, origin: &str) -> String {
        format!("{origin}/?lang={}", self.say.tongue().tag())
    }

    /// The inspector's page of a transaction.
    pub fn inspect(&self, transaction: &str) -> String {
        self.away(Site::Inspector, &format!("/transactions/{transaction}"))
    }

    /// The inspector's page of one message.
    pub fn inspect_message(&self, transaction: &str, number: &u32) -> String {
        self.away(Site::Inspector, &format!("/transactions/{transaction}/messages/{number}"))
    }

    /// The front page of the home site.
    pub fn home(&self) -> String {
        self.away(Site::Home, "/")
    }

    /// The consoles of the authorities: where they are, and what they are called.
    pub fn consoles(&self) -> Vec<(String, &str)> {
        let all = self.places.consoles.iter().enumerate();
        all.map(|(place, it)| (self.away(Site::Console(place), "/"), it.name.as_str())).collect()
    }

    /// The links of the bar.
    pub fn bar(&self) -> Vec<Choice> {
        let link = |site: Site| Choice {
            href: self.away(site, site.front()),
            text: site.name(self.say),
            tag: self.say.tongue().tag(),
            chosen: site == self.site.in_bar(),
        };
        Site::BAR.into_iter().map(link).collect()
    }

    /// The language switch: this very page, in each language.
    pub fn tongues(&self) -> Vec<Choice> {
        let link = |tongue: Tongue| Choice {
            href: self.here("lang", tongue.tag()),
            text: tongue.name().to_owned(),
            tag: tongue.tag(),
            chosen: tongue == self.say.tongue(),
        };
        let spoken =
            |tongue: &Tongue| self.dress.as_ref().is_none_or(|dress| dress.speaks(*tongue));
        Tongue::ALL.into_iter().filter(spoken).map(link).collect()
    }

    /// The switch between light and dark: this very page, in each.
    pub fn themes(&self) -> Vec<Choice> {
        let link = |theme: Theme| Choice {
            href: self.here("theme", theme.id()),
            text: theme.name(self.say),
            tag: self.say.tongue().tag(),
            chosen: theme == self.theme,
        };
        Theme::ALL.into_iter().map(link).collect()
    }

    fn here(&self, name: &str, value: &str) -> String {
        let mark = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{mark}{name}={value}", self.path)
    }

    /// The style sheet, named for what is in it.
    pub fn style(&self) -> String {
        assets::STYLE.path()
    }

    /// The icon of the tab.
    pub fn icon(&self) -> String {
        assets::ICON.path()
    }

    /// What the wallet is called: by its bank, or by what it is.
    pub fn wallet_name(&self) -> String {
        match &self.dress {
            Some(dress) => dress.called(self.say.tongue()).wallet.clone(),
            None => self.say.wallet_name(),
        }
    }

    /// Whose pages these are, for the end of their titles.
    pub fn house(&self) -> String {
        match (&self.dress, self.site) {
            (Some(_), Site::Wallet) => self.wallet_name(),
            _ => "OpenSET".to_owned(),
        }
    }

    /// The script of the order form.
    pub fn order_script(&self) -> String {
        assets::ORDER_SCRIPT.path()
    }

    /// The script of the hand-over.
    pub fn handover_script(&self) -> String {
        assets::HANDOVER_SCRIPT.path()
    }

    /// A party's name.
    pub fn party(&self, party: &Party) -> String {
        party.name(self.say)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_switch_keeps_the_place() {
        let mut frame = sample::frame(Site::Shop, Tongue::English);
        frame.path = "/orders/1042?seen=yes".to_owned();
        let hrefs: Vec<_> = frame.tongues().into_iter().map(|choice| choice.href).collect();
        assert_eq!(hrefs, ["/orders/1042?seen=yes&lang=en", "/orders/1042?seen=yes&lang=fr"]);
    }

    #[test]
    fn a_page_over_a_suite_for_study_says_that_no_real_card_belongs_there() {
        for (tongue, said) in
            [(Tongue::English, "no real card"), (Tongue::French, "aucune vraie carte")]
        {
            let mut frame = sample::frame(Site::Shop, tongue);
            assert!(!frame.strip().contains(said));
            let name = frame.anchor.name.clone();
            frame.anchor = Arc::new(Anchor { name, is_for_study: true });
            assert!(frame.strip().contains(said), "{}", frame.strip());
        }
    }

    #[test]
    fn the_language_follows_to_other_sites() {
        let frame = sample::frame(Site::Shop, Tongue::French);
        let inspector = frame.inspect("x1");
        assert_eq!(inspector, "http://localhost:7180/transactions/x1?lang=fr");
    }
}
