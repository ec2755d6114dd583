//! What `openset.toml` says of the acquirer's fees: what is kept of every merchant's sales
//! (`fees`), and of those of a merchant with terms of its own (`[[role.acquirer.merchants]]`).

use openset_bank::acquirer::Fees;
use openset_types::{Currency, MerchantId, Money};
use toml::Value;

use crate::{
    ending::Ending,
    house::banks::FeeTerms,
    section::{Section, missing, wrong},
};

const SHARE: &str = "hundredths of a percent of what sales come to, from 0 to 10000";
const FIXED: &str =
    "what is kept of each sale, an amount for each currency, such as [\"0.05 EUR\", \"8 JPY\"]";
const MERCHANT: &str = "the number of a merchant that banks here, such as \"ATELIER-LUMEN\"";
const TERMS: &str = "its terms, such as { basis_points = 90 }";

/// Reads what an acquirer's table says of fees.
pub(super) fn terms(section: &mut Section) -> Result<FeeTerms, Ending> {
    let usual = fees(section)?;
    let mut own: Vec<(MerchantId, Fees)> = Vec::new();
    for mut merchant in section.sections("merchants")? {
        let path = merchant.path("id");
        let id =
            merchant.required("id", MERCHANT, |value| MerchantId::parse(value.as_str()?).ok())?;
        if own.iter().any(|(other, _)| *other == id) {
            return Err(wrong(&path, &id, "a merchant that was not named before"));
        }
        let fees = fees(&mut merchant)?.ok_or_else(|| missing(&merchant.path("fees"), TERMS))?;
        merchant.finish()?;
        own.push((id, fees));
    }
    Ok(FeeTerms { usual, own })
}

fn fees(section: &mut Section) -> Result<Option<Fees>, Ending> {
    let Some(mut table) = section.section("fees")? else { return Ok(None) };
    let path = table.path("fixed");
    let share = |value: &Value| {
        u16::try_from(value.as_integer()?).ok().filter(|share| *share <= Fees::BASIS_POINTS_MAX)
    };
    let basis_points = table.required("basis_points", SHARE, share)?;
    let fixed = table.optional("fixed", FIXED, amounts)?.unwrap_or_default();
    table.finish()?;
    let fees = Fees::new(basis_points, fixed);
    fees.map(Some).map_err(|invalid| wrong(&path, &invalid, FIXED))
}

fn amounts(value: &Value) -> Option<Vec<Money>> {
    value.as_array()?.iter().map(amount).collect()
}

/// `0.05 EUR`, with no more decimals than the currency has.
fn amount(value: &Value) -> Option<Money> {
    let (amount, currency) = value.as_str()?.split_once(' ')?;
    Money::parse(amount, Currency::from_code(currency).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FeeTerms, Ending> {
        let table = text.parse().expect("TOML");
        let mut section =
            Section::new("role.acquirer", Some(Value::Table(table))).expect("a table");
        let terms = terms(&mut section)?;
        section.finish()?;
        Ok(terms)
    }

    fn told(text: &str) -> String {
        match read(text) {
            Err(Ending::Input(error)) => error.to_string(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn terms_are_of_every_merchant_or_of_one() {
        let none = read("").expect("nothing");
        assert!(none.usual.is_none() && none.own.is_empty());
        let text = "fees = { basis_points = 120, fixed = ['0.05 EUR', '8 JPY', '0.020 KWD'] }\n\
                    [[merchants]]\nid = 'ATELIER-LUMEN'\nfees = { basis_points = 0 }\n";
        let terms = read(text).expect("terms");
        let usual = terms.usual.expect("the usual ones");
        let fixed: Vec<_> = usual.fixed().iter().map(Money::to_string).collect();
        assert_eq!(
            (usual.basis_points(), fixed.join(", ").as_str()),
            (120, "0.05 EUR, 8 JPY, 0.020 KWD")
        );
        let [(id, own)] = terms.own.as_slice() else { panic!("one merchant") };
        assert_eq!((id.as_str(), own.basis_points(), own.fixed().len()), ("ATELIER-LUMEN", 0, 0));
    }

    #[test]
    fn a_share_is_a_whole_number_and_no_more_than_all() {
        for share in ["10001", "-1", "1.2", "'120'", "99999999999999"] {
            let told = told(&format!("fees = {{ basis_points = {share} }}"));
            assert!(told.starts_with("role.acquirer.fees.basis_points = "), "{told}");
            assert!(told.ends_with(SHARE), "{told}");
        }
        assert!(told("fees = {}").starts_with("role.acquirer.fees.basis_points is missing"));
        assert!(told("fees = 120").starts_with("role.acquirer.fees = 120"));
        assert!(told("fees = { basis_points = 1, percent = 2 }").contains("is no setting"));
    }

    #[test]
    fn an_amount_has_a_known_currency_its_decimals_and_no_twin() {
        for fixed in [
            "['0.5 JPY']",
            "['0.005 EUR']",
            "['0.05 ABC']",
            "['0.05']",
            "['-0.05 EUR']",
            "['0.05  EUR']",
            "[0.05]",
            "'0.05 EUR'",
            "['0.05 EUR', '0.06 EUR']",
        ] {
            let told = told(&format!("fees = {{ basis_points = 1, fixed = {fixed} }}"));
            assert!(told.starts_with("role.acquirer.fees.fixed = "), "{told}");
            assert!(told.ends_with(FIXED), "{told}");
        }
    }

    #[test]
    fn a_merchant_is_named_once_and_has_terms() {
        let merchant = "[[merchants]]\nid = 'SHOP-1'\nfees = { basis_points = 1 }\n";
        let twice = told(&format!("{merchant}{merchant}"));
        assert!(twice.starts_with("role.acquirer.merchants[2].id = SHOP-1"), "{twice}");
        let none = told("[[merchants]]\nid = 'SHOP-1'\n");
        assert!(none.starts_with("role.acquirer.merchants[1].fees is missing"), "{none}");
        let nobody = told("[[merchants]]\nfees = { basis_points = 1 }\n");
        assert!(nobody.starts_with("role.acquirer.merchants[1].id is missing"), "{nobody}");
    }
}
