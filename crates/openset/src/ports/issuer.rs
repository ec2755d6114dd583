//! The issuer's console.

use std::sync::Arc;

use openset_bank::{
    issuer::{CardView, Standing},
    ledger::{Hold, HoldState as Held},
};
use openset_node::banks::IssuerView;
use openset_types::Money;
use openset_web::{
    Problem, Tongue,
    ports::{
        AccountFile, AccountRow, AccountState, BooksPort, ClearingFile, ClearingRow, Entry,
        HeldRow, HoldRow, HoldState, IssuerPort, LedgerBooks, Newest, RegistrationOffer, Said,
        StoredFile, WalletOffer,
    },
};

use super::{
    books::{self, ROWS_MAX},
    broken, offer,
};
use crate::{demo::cast, house::system::System};

/// The issuer's console.
pub(super) struct Console(pub(super) Arc<System>);

impl Console {
    async fn view(&self) -> Said<IssuerView> {
        self.0.issuer.host.view().await.map_err(broken)
    }
}

impl BooksPort for Console {
    fn name(&self) -> String {
        self.0.ground.bank.name.to_owned()
    }

    async fn ledger(&self, before: Option<u64>) -> Said<LedgerBooks> {
        let host = &self.0.issuer.host;
        let entries = host.entries(before, books::ENTRIES).await.map_err(broken)?;
        let view = self.view().await?;
        books::ledger(&books::Kept {
            balances: &view.balances,
            count: view.entries,
            is_balanced: view.is_balanced,
            entries: &entries,
        })
    }

    async fn clearing_files(&self) -> Said<Newest<ClearingRow>> {
        Ok(books::newest(self.view().await?.files.iter().map(books::taken).collect()))
    }

    async fn clearing_file(&self, name: &str) -> Said<ClearingFile> {
        let view = self.view().await?;
        let taken = view.files.iter().find(|taken| taken.file.id().as_str() == name);
        let taken = taken.ok_or(Problem::NotFound)?;
        let store = self.0.issuer.store.as_ref();
        books::file(books::taken(taken), taken.file.items(), store).await
    }

    async fn file(&self, name: &str) -> Said<StoredFile> {
        books::stored(self.0.issuer.store.as_ref(), name).await
    }
}

impl IssuerPort for Console {
    async fn wallet_offer(&self) -> Said<WalletOffer> {
        offer::offer(&self.0.ground.data, self.0.ground.bank).await
    }

    async fn registration(&self, tongue: Tongue) -> Said<RegistrationOffer> {
        let ground = &self.0.ground;
        let authority = ground.addresses.of(ground.bank.seat());
        let brand = ground.brand.clone();
        offer::registration(&ground.data, ground.bank, authority, brand, tongue).await
    }

    async fn wallet_package(&self, file: &str) -> Said<Vec<u8>> {
        offer::package(&self.0.ground.data, self.0.ground.bank, file).await
    }

    async fn holds(&self) -> Said<Newest<HeldRow>> {
        let view = self.view().await?;
        let mut holds: Vec<&Hold> = view.holds.iter().collect();
        holds.sort_by_key(|hold| std::cmp::Reverse(hold.placed_at));
        Ok(Newest::of(holds.into_iter().map(held).collect(), ROWS_MAX))
    }

    async fn accounts(&self) -> Said<Vec<AccountRow>> {
        Ok(self.view().await?.cards.iter().map(row).collect())
    }

    async fn account(&self, slug: &str) -> Said<AccountFile> {
        let view = self.view().await?;
        let card = view.cards.iter().find(|card| card.id.to_string() == slug);
        let card = card.ok_or(Problem::NotFound)?;
        let mut holds: Vec<&Hold> = view.holds.iter().filter(|hold| hold.card == card.id).collect();
        holds.sort_by_key(|hold| std::cmp::Reverse(hold.placed_at));
        Ok(AccountFile {
            account: row(card),
            holds: holds.iter().map(|hold| hold_row(hold)).collect(),
            entries: holds.iter().filter_map(|hold| entry(hold, &view)).collect(),
        })
    }
}

fn row(card: &CardView) -> AccountRow {
    let minor = |minor: u128| {
        let minor = u64::try_from(minor).unwrap_or(Money::MINOR_MAX);
        Money::new(minor, card.credit_line.currency())
            .unwrap_or_else(|_| Money::zero(card.credit_line.currency()))
    };
    let mut customers = cast::BANKS.into_iter().flat_map(|bank| bank.cards);
    let holder = customers.find(|known| known.last_four() == card.last_four);
    AccountRow {
        slug: card.id.to_string(),
        number: format!("{}•• •••• {}", card.bin, card.last_four),
        holder: holder.map(|known| known.holder.to_owned()).unwrap_or_default(),
        state: match card.standing {
            Standing::Open | Standing::Silent => AccountState::Active,
            Standing::Ended => AccountState::Expired,
            Standing::Blocked => AccountState::Blocked,
        },
        limit: card.credit_line,
        held: minor(card.held_minor),
        spent: minor(card.owed_minor),
    }
}

fn hold_row(hold: &Hold) -> HoldRow {
    HoldRow {
        at: hold.placed_at,
        merchant: hold.merchant.to_string(),
        amount: hold.amount,
        approval_code: hold.approval_code.to_string(),
        state: match hold.state {
            Held::Placed => HoldState::Placed,
            Held::Posted(_) => HoldState::Posted,
            Held::Released => HoldState::Released,
            Held::Expired => HoldState::Expired,
        },
    }
}

fn held(hold: &Hold) -> HeldRow {
    HeldRow {
        authorization: hold.authorization.to_string(),
        account: hold.card.to_string(),
        hold: hold_row(hold),
        posted: match hold.state {
            Held::Posted(amount) => Some(amount),
            Held::Placed | Held::Released | Held::Expired => None,
        },
        until: hold.expires_at,
    }
}

/// The line that a cleared sale made, at the time its file was settled.
fn entry(hold: &Hold, view: &IssuerView) -> Option<Entry> {
    let Held::Posted(amount) = hold.state else { return None };
    let file = view.files.iter().find(|file| {
        file.file.items().iter().any(|item| item.authorization == hold.authorization)
    })?;
    Some(Entry {
        at: file.settlement.at,
        text: format!("{} · {}", hold.merchant, hold.authorization),
        debit: Some(amount),
        credit: None,
    })
}

#[cfg(test)]
mod tests {
    use openset_bank::ledger::CardId;
    use openset_types::{CardExpiry, Currency};

    use super::*;

    fn card(standing: Standing, held_minor: u128) -> CardView {
        CardView {
            id: CardId(7),
            bin: "999999".to_owned(),
            last_four: "4242".to_owned(),
            expiry: CardExpiry::parse("202912").expect("a month"),
            credit_line: Money::new(100, Currency::EUR).expect("an amount"),
            held_minor,
            owed_minor: 0,
            standing,
        }
    }

    #[test]
    fn an_account_is_called_by_its_own_number_and_never_by_the_cards() {
        let row = row(&card(Standing::Open, 42));
        assert_eq!((row.slug.as_str(), row.number.as_str()), ("000007", "999999•• •••• 4242"));
        assert_eq!((row.holder.as_str(), row.held.minor()), ("Ada Martin", 42));
    }

    #[test]
    fn a_card_of_nobody_in_the_cast_has_no_holder() {
        let stranger = CardView { last_four: "0000".to_owned(), ..card(Standing::Open, 0) };
        assert_eq!(row(&stranger).holder, "");
    }

    #[test]
    fn a_card_whose_answers_get_lost_still_may_pay_and_the_others_may_not() {
        let state = |standing| row(&card(standing, 0)).state;
        assert_eq!(state(Standing::Silent), AccountState::Active);
        assert_eq!(state(Standing::Ended), AccountState::Expired);
        assert_eq!(state(Standing::Blocked), AccountState::Blocked);
    }

    #[test]
    fn a_sum_too_large_to_show_is_the_largest_that_can_be_shown() {
        assert_eq!(row(&card(Standing::Open, u128::MAX)).held.minor(), Money::MINOR_MAX);
    }
}
