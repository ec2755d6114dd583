//! Whatever comes, nothing panics; and whatever is accepted is what would be written.

mod sample;

use std::sync::LazyLock;

use openset_types::Bin;
use openset_wire::{
    Malformed,
    der::{self, Decode, Element, Encode},
    payment::{
        AuthRevCode, BaStatus, BrandAndBin, CapRevOrCredCode, CapRevOrCredReqItem, PCertCode,
        PCertResItem,
    },
    types::{CurrencyAmount, InstallRecurInd, SetString},
    wrapper::MessageWrapper,
    x509::{Certificate, Serial},
};
use proptest::{collection::vec, prelude::*};
use rasn::types::Enumerated;
use sample::Sample;

/// Every sample, made once.
static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(sample::all);

/// Changes one octet of a sample.
fn spoilt() -> impl Strategy<Value = (usize, Vec<u8>)> {
    (0..SAMPLES.len()).prop_flat_map(move |which| {
        let octets = SAMPLES[which].octets.clone();
        (0..octets.len(), any::<u8>()).prop_map(move |(at, octet)| {
            let mut octets = octets.clone();
            octets[at] = octet;
            (which, octets)
        })
    })
}

/// An amount that nobody would ask for, and that can be written all the same.
fn amounts() -> impl Strategy<Value = CurrencyAmount> {
    (1..=999_u16, any::<u64>(), any::<i16>())
        .prop_map(|(currency, amount, amt_exp10)| CurrencyAmount { currency, amount, amt_exp10 })
}

/// Reads what was written.
fn again<T: Decode + Encode>(value: &T) -> Result<T, Malformed> {
    der::decode(&der::encode(value)?)
}

proptest! {
    #[test]
    fn a_reversal_of_any_amount_is_read_back(
        amount in amounts(),
        number in any::<Option<u64>>(),
        code in 0..10_usize,
    ) {
        let mut asked = sample::auth_rev_req_tbs().t1.into_value();
        asked.auth_new_amt = amount.clone();
        asked.auth_rev_tags.auth_ret_num = number;
        prop_assert_eq!(again(&asked), Ok(asked));
        let mut answer = sample::auth_rev_res_data();
        answer.auth_new_amt = amount;
        answer.auth_rev_code = AuthRevCode::VARIANTS[code];
        prop_assert_eq!(again(&answer), Ok(answer));
    }

    #[test]
    fn any_number_of_credits_of_any_amount_is_read_back(
        amounts in vec((amounts(), any::<Option<u64>>(), any::<bool>()), 1..20),
        sequence in 1..=u64::MAX,
        code in 0..12_usize,
    ) {
        let mut asked = sample::cap_rev_or_cred_req_data();
        let whole = asked.cap_rev_or_cred_req_item_seq.swap_remove(0);
        let item = |(amount, batch, new_account_ind)| CapRevOrCredReqItem {
            cap_rev_or_cred_req_amt: Some(amount),
            new_batch_id: batch,
            new_account_ind,
            ..whole.clone()
        };
        asked.cap_rev_or_cred_req_item_seq = amounts.into_iter().map(item).collect();
        prop_assert_eq!(again(&asked), Ok(asked));
        let mut answer = sample::cap_rev_res_data();
        let payload = &mut answer.0.cap_rev_or_cred_res_item_seq[0].cap_rev_or_cred_res_payload;
        payload.cap_rev_or_cred_code = CapRevOrCredCode::VARIANTS[code];
        payload.batch_sequence_num = Some(sequence);
        prop_assert_eq!(again(&answer), Ok(answer));
    }

    #[test]
    fn a_batch_of_any_numbers_is_read_back(
        amount in amounts(),
        batch in any::<u64>(),
        starts in any::<i64>(),
        items in 1..=u64::MAX,
        status in 0..9_usize,
        account in "\\PC{1,50}",
    ) {
        let mut asked = sample::batch_admin_totals();
        asked.batch_id = Some(batch);
        let detail = asked.return_transaction_detail.as_mut().expect("some");
        (detail.starting_point, detail.maximum_items) = (starts, items);
        prop_assert_eq!(again(&asked), Ok(asked));
        let mut answer = sample::batch_admin_res_data();
        (answer.batch_id, answer.ba_status) = (batch, Some(BaStatus::VARIANTS[status]));
        let settled = answer.settlement_info.as_mut().expect("some");
        settled.settlement_amount = amount;
        if let Ok(account) = SetString::new(&account) {
            settled.settlement_account = account;
        }
        answer.trans_details.as_mut().expect("some").next_starting_point = starts;
        prop_assert_eq!(again(&answer), Ok(answer));
    }

    #[test]
    fn certificates_for_any_number_of_brands_are_read_back(
        bins in vec(proptest::option::of("[0-9]{6}"), 1..40),
        codes in vec(0..4_usize, 1..40),
    ) {
        let mut asked = sample::p_cert_req_data();
        let brand = |bin: Option<String>| BrandAndBin {
            brand_id: sample::brand(),
            bin: bin.map(|bin| Bin::parse(&bin).expect("six digits").into()),
        };
        asked.brand_and_bin_seq = bins.into_iter().map(brand).collect();
        prop_assert_eq!(again(&asked), Ok(asked));
        let mut answer = sample::p_cert_res_tbs();
        let item = |code: usize| PCertResItem {
            p_cert_code: PCertCode::VARIANTS[code],
            cert_thumb: (code == 0).then(|| sample::thumb(0x33)),
        };
        answer.p_cert_res_item_seq = codes.into_iter().map(item).collect();
        prop_assert_eq!(again(&answer), Ok(answer));
    }

    #[test]
    fn a_token_of_any_numbers_is_read_back(
        amount in amounts(),
        count in 1..=u64::MAX,
        total in proptest::option::of(amounts()),
        trans in 2..=u64::MAX,
    ) {
        let mut token = sample::auth_token_data();
        (token.purch_amt, token.total_auth_amount) = (amount, total);
        token.recurring_count = Some(count);
        let terms = token.install_recur_data.as_mut().expect("some");
        terms.install_recur_ind = InstallRecurInd::InstallTotalTrans(trans);
        prop_assert_eq!(again(&token), Ok(token));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..300)) {
        let _ = MessageWrapper::decode(&octets);
        let _ = MessageWrapper::header_of(&octets);
        let _ = der::decode::<Certificate>(&octets);
    }

    #[test]
    fn what_is_accepted_is_what_would_be_written((which, octets) in spoilt()) {
        if let Ok(again) = (SAMPLES[which].again)(&octets) {
            prop_assert_eq!(again, octets);
        }
    }

    #[test]
    fn the_walk_agrees_with_what_it_lets_through(octets in vec(any::<u8>(), 0..64)) {
        if let Ok(element) = Element::from_octets(octets.clone()) {
            prop_assert_eq!(element.octets(), octets.as_slice());
            prop_assert_eq!(der::elements(&octets).map(|found| found.len()), Ok(1));
        }
    }

    #[test]
    fn texts_are_read_back(text in "\\PC{1,40}") {
        if let Ok(text) = SetString::<40>::new(&text) {
            prop_assert_eq!(der::decode(&der::encode(&text).expect("encodable")), Ok(text));
        }
    }

    #[test]
    fn serial_numbers_are_read_back(octets in vec(any::<u8>(), 0..24)) {
        if let Ok(serial) = Serial::new(&octets) {
            prop_assert_eq!(der::decode(&der::encode(&serial).expect("encodable")), Ok(serial));
        }
    }
}
