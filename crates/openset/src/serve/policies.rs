//! `[role.gateway.policy]` and `[[role.gateway.merchants]]`: what the gateway does for merchants.

use openset_protocol::gateway::{Policies, Policy};
use openset_types::MerchantId;
use toml::Value;

use crate::{
    ending::Ending,
    section::{Section, wrong},
};

const MERCHANT: &str = "the number of a merchant, such as \"ATELIER-LUMEN-001\"";
const YES: &str = "true or false";
const PERCENT: &str = "hundredths of what was agreed, from 0 to 100";
const DAYS: &str = "a number of days, from 1 to 3660";

/// Seconds in a day.
const DAY_S: i64 = 86_400;
/// The longest that a token lasts, in days: ten years.
const DAYS_MAX: i64 = 3_660;

/// Reads the policy for all merchants, then those of some: what such a one leaves out is as for
/// all.
pub(super) fn read(gateway: &mut Section) -> Result<Policies, Ending> {
    let general = match gateway.section("policy")? {
        Some(section) => policy(section, &Policy::default())?,
        None => Policy::default(),
    };
    let mut policies = Policies { general, ..Policies::default() };
    for mut section in gateway.sections("merchants")? {
        let path = section.path("merchant");
        let parse = |value: &Value| MerchantId::parse(value.as_str()?).ok();
        let merchant = section.required("merchant", MERCHANT, parse)?;
        let own = policy(section, &policies.general)?;
        if policies.own.insert(merchant.clone(), own).is_some() {
            return Err(wrong(&path, &merchant, "a merchant that no other table names"));
        }
    }
    Ok(policies)
}

fn policy(mut section: Section, usual: &Policy) -> Result<Policy, Ending> {
    let percent =
        |value: &Value| u8::try_from(value.as_integer()?).ok().filter(|percent| *percent <= 100);
    let seconds = |value: &Value| {
        let days = value.as_integer().filter(|days| (1..=DAYS_MAX).contains(days));
        days.map(|days| days * DAY_S)
    };
    let policy = Policy {
        sales: section.optional("sales", YES, Value::as_bool)?.unwrap_or(usual.sales),
        tokens: section.optional("parts", YES, Value::as_bool)?.unwrap_or(usual.tokens),
        recurring: section.optional("recurring", YES, Value::as_bool)?.unwrap_or(usual.recurring),
        tolerance_percent: section
            .optional("tolerance_percent", PERCENT, percent)?
            .unwrap_or(usual.tolerance_percent),
        parts_last_s: section
            .optional("parts_last_days", DAYS, seconds)?
            .unwrap_or(usual.parts_last_s),
        instalments_last_s: section
            .optional("instalments_last_days", DAYS, seconds)?
            .unwrap_or(usual.instalments_last_s),
    };
    section.finish()?;
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<Policies, String> {
        let table = toml::from_str(text).expect("a table");
        let mut section = Section::new("role.gateway", Some(Value::Table(table))).expect("a table");
        read(&mut section).map_err(|ending| match ending {
            Ending::Input(error) => error.to_string(),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn nothing_said_is_the_usual_policy() {
        assert_eq!(said(""), Ok(Policies::default()));
    }

    #[test]
    fn a_merchant_has_the_policy_of_all_but_for_what_is_said_of_it() {
        let policies = said(
            "policy = { sales = false, tolerance_percent = 15 }\n\
             [[merchants]]\nmerchant = \"SHOP-1\"\nsales = true\nparts_last_days = 60\n",
        );
        let policies = policies.expect("well said");
        assert!(!policies.general.sales);
        let own = policies.own.values().next().expect("one merchant");
        let told = (own.sales, own.tolerance_percent, own.parts_last_s);
        assert_eq!(told, (true, 15, 60 * DAY_S));
    }

    #[test]
    fn what_is_no_policy_is_refused_with_what_is_expected() {
        for (text, expected) in [
            ("policy = { sales = \"yes\" }", YES),
            ("policy = { tolerance_percent = 101 }", PERCENT),
            ("policy = { tolerance_percent = -1 }", PERCENT),
            ("policy = { parts_last_days = 0 }", DAYS),
            ("policy = { instalments = true }", "instalments"),
            ("[[merchants]]\nsales = true\n", MERCHANT),
            ("[[merchants]]\nmerchant = \"\"\n", MERCHANT),
            (
                "[[merchants]]\nmerchant = \"A\"\n[[merchants]]\nmerchant = \"A\"\n",
                "no other table",
            ),
        ] {
            let told = said(text).expect_err(text);
            assert!(told.contains(expected), "{text}: {told}");
        }
    }
}
