//! What all messages come to, in one currency.

use openset_types::Currency;

/// Sums over all messages, in minor units of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// What issuers agreed to.
    pub authorized: u128,
    /// What of it was undone.
    pub undone: u128,
    /// What acquirers took note of.
    pub captured: u128,
    /// What merchants took back of that before issuers were asked.
    pub taken_back: u128,
    /// What merchants gave back, and did not take back again.
    pub given_back: u128,
    /// What issuers paid for.
    pub settled: u128,
    /// What issuers were paid for what was given back.
    pub returned: u128,
    /// What acquirers ordered to be credited to merchants.
    pub credited: u128,
    /// What acquirers kept of it.
    pub fees: u128,
    /// What acquirers debited to merchants.
    pub debited: u128,
    /// What merchants heard of credits from their bank's statements.
    pub stated: u128,
}

/// A sum in minor units as amounts are written: `42.00 EUR`.
pub fn written(sum: u128, currency: Currency) -> String {
    let places = usize::from(currency.decimals());
    let width = places.saturating_add(1);
    let digits = format!("{sum:0>width$}");
    match digits.split_at_checked(digits.len().saturating_sub(places)) {
        Some((whole, fraction)) if !fraction.is_empty() => {
            format!("{whole}.{fraction} {currency}")
        }
        _ => format!("{digits} {currency}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_with_the_places_of_their_currency_however_large() {
        let yen = Currency::from_code("JPY").expect("known");
        assert_eq!(written(5, Currency::EUR), "0.05 EUR");
        assert_eq!(written(4200, Currency::EUR), "42.00 EUR");
        assert_eq!(written(4200, yen), "4200 JPY");
        assert_eq!(written(u128::from(u64::MAX) + 1, Currency::EUR), "184467440737095516.16 EUR");
    }
}
