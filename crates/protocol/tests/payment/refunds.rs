//! Money given back, stepped by hand through shop and gateway: as it should go, and as dishonest
//! parties would have it.

use openset_crypto::{Suite, Untrusted};
use openset_protocol::{
    cardholder,
    gateway::{
        capture,
        refund::{self, AdviceAnswer, GatewayRefund, Outcome},
    },
    merchant::{self, Captured, REFUNDS_MAX, RefundOutcome, RefundRefused, purchase::Input},
    refusal::Refusal,
    role::Effect,
    summary::Fact,
};
use openset_types::{Currency, Money, RefundAdvice, RefundKind, RefundRefusal, Rrpid, Xid};
use openset_wire::{
    error::ErrorCode,
    payment::{
        CapRevOrCredCode, CapRevOrCredReqData, CapRevOrCredReqItem, CapToken, CompletionCode,
    },
    wrapper::Message,
};

use super::complaint::complain;
use crate::world::{self, Cast, Done, Party, eur, forge, message};

const ORDER: &[u8] = b"1042";
const OTHER: &[u8] = b"1043";
fn usd(minor: u64) -> Money {
    Money::new(minor, Currency::from_code("USD").expect("known")).expect("an amount")
}

const KINDS: [RefundKind; 3] =
    [RefundKind::CaptureReversal, RefundKind::Credit, RefundKind::CreditReversal];

/// A shop that has captured, and the gateway's machine for what is given back.
struct Till {
    cast: Cast,
    refunds: Party<GatewayRefund>,
}

impl Till {
    /// Forty-two euros were captured.
    fn new() -> Self {
        Self::in_suite(Suite::Modern)
    }

    fn in_suite(suite: Suite) -> Self {
        let mut cast = Cast::in_suite(suite);
        sell(&mut cast, ORDER, eur(4200));
        let house = &cast.world.pki.house;
        let mut refunds = Party::new(world::gateway(house, &house.gateway), cast.world.pki.trust());
        refunds.register = cast.captures.register.clone();
        Self { cast, refunds }
    }

    /// The shop asks: gives the message.
    fn asks(&mut self, kind: RefundKind, amount: Money) -> Vec<u8> {
        let input = Input::Refund { kind, amount };
        self.cast.shop.command(ORDER, input, &mut self.cast.world).expect("a refund").ask()
    }

    /// Why the shop does not ask.
    fn refuses(&mut self, kind: RefundKind, amount: Money) -> Option<Refusal> {
        let input = Input::Refund { kind, amount };
        self.cast.shop.command(ORDER, input, &mut self.cast.world).err()
    }

    fn gateway_takes(&mut self, octets: &[u8]) -> Done<GatewayRefund> {
        self.refunds.request(octets, &mut self.cast.world).expect("a good request")
    }

    /// The acquirer has answered the only advice: gives the answer for the merchant.
    fn acquirer_says(&mut self, done: &Done<GatewayRefund>, answer: AdviceAnswer) -> Vec<u8> {
        let retrieval = only_advice(done).trace.retrieval;
        let input = refund::Input::Advised { retrieval, answer };
        let said = self.refunds.command(&done.key, input, &mut self.cast.world);
        said.expect("an outcome").reply()
    }

    fn shop_hears(&mut self, octets: &[u8]) {
        self.cast.shop.answer(ORDER, octets, &mut self.cast.world).expect("a good answer");
    }

    /// From the command to the answer.
    fn gives(&mut self, kind: RefundKind, amount: Money, answer: AdviceAnswer) {
        let asked = self.asks(kind, amount);
        let done = self.gateway_takes(&asked);
        assert_eq!((only_advice(&done).kind, only_advice(&done).amount), (kind, amount));
        let answered = self.acquirer_says(&done, answer);
        self.shop_hears(&answered);
    }

    fn captured(&self) -> Captured {
        let merchant::Stage::Captured(captured) = self.cast.shop_stage(ORDER) else {
            panic!("it was captured");
        };
        captured
    }

    /// What the gateway answers to a changed CredReq, without asking the acquirer.
    fn forged(
        &mut self,
        change: impl FnOnce(&mut CapRevOrCredReqItem, &mut CapToken),
    ) -> CapRevOrCredCode {
        let asked = self.asks(RefundKind::Credit, eur(1000));
        let pki = &self.cast.world.pki;
        let forged = forge::cred_req(&asked, pki, &pki.house.merchant, |data, tokens| {
            change(&mut data.cap_rev_or_cred_req_item_seq[0], &mut tokens[0]);
        });
        self.refused_by_gateway(&forged)
    }

    fn refused_by_gateway(&mut self, octets: &[u8]) -> CapRevOrCredCode {
        let done = self.gateway_takes(octets);
        assert!(done.own().is_empty(), "the acquirer is not told");
        assert!(done.answers(), "the merchant is answered at once");
        let items = self.refunds.state(&done.key).expect("a record").items;
        match &items[0].outcome {
            Outcome::Refused(code) => *code,
            other => panic!("refused, not {other:?}"),
        }
    }
}

fn sell(cast: &mut Cast, order: &[u8], amount: Money) {
    let p_res = cast.authorize(order, amount);
    cast.wallet.answer(order, &p_res, &mut cast.world).expect("a good receipt");
    let cap_req = cast.capture(order, amount);
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("one advice") };
    let retrieval = advice.trace.retrieval.clone();
    let taken = capture::Input::Advised { retrieval, answer: capture::AdviceAnswer::Taken };
    let cap_res = cast.captures.command(&done.key, taken, &mut cast.world).expect("taken").reply();
    cast.shop.answer(order, &cap_res, &mut cast.world).expect("a good answer");
}

fn only_advice(done: &Done<GatewayRefund>) -> RefundAdvice {
    let [refund::Effect::AdviseRefund(advice)] = done.own()[..] else {
        panic!("the acquirer is told once");
    };
    advice.clone()
}

fn name(octets: &[u8]) -> &'static str {
    message(octets).name()
}

#[test]
fn a_sale_is_given_back_in_both_suites_and_the_cardholder_is_told() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut till = Till::in_suite(suite);
        let asked = till.asks(RefundKind::Credit, eur(4200));
        assert_eq!(name(&asked), "CredReq");
        let done = till.gateway_takes(&asked);
        let answered = till.acquirer_says(&done, AdviceAnswer::Done);
        assert_eq!(name(&answered), "CredRes");
        till.shop_hears(&answered);
        assert_eq!(till.captured().left(), Ok(eur(0)));
        let summary = till.cast.shop.state(ORDER).expect("an order").summary();
        assert_eq!((summary.fact, summary.given_back), (Fact::Credited, Some(eur(4200))));
        let (completion, given_back) = inquire(&mut till);
        assert_eq!((completion, given_back), (CompletionCode::CreditPerformed, Some(eur(4200))));
    }
}

/// The cardholder asks how the order stands, and hears it.
fn inquire(till: &mut Till) -> (CompletionCode, Option<Money>) {
    let cast = &mut till.cast;
    let inquire = cardholder::purchase::Input::Inquire;
    let inq_req = cast.wallet.command(ORDER, inquire, &mut cast.world).expect("a question").ask();
    let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an inquiry").reply();
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("a good answer");
    let cardholder::Stage::Answered(ordered) = cast.wallet_stage(ORDER) else {
        panic!("the wallet has its answer");
    };
    let given_back = cast.wallet.state(ORDER).expect("a purchase").summary().given_back;
    (ordered.answer.expect("an answer").completion, given_back)
}

#[test]
fn a_credit_in_parts_and_one_taken_back_is_told_as_it_stands() {
    let mut till = Till::new();
    till.gives(RefundKind::Credit, eur(1000), AdviceAnswer::Done);
    till.gives(RefundKind::Credit, eur(700), AdviceAnswer::Done);
    assert_eq!(inquire(&mut till), (CompletionCode::CreditPerformed, Some(eur(1700))));
    till.gives(RefundKind::CreditReversal, eur(1000), AdviceAnswer::Done);
    assert_eq!(till.captured().given_back(), Ok(eur(700)));
    assert_eq!(inquire(&mut till), (CompletionCode::CreditPerformed, Some(eur(700))));
    till.gives(RefundKind::CreditReversal, eur(700), AdviceAnswer::Done);
    assert_eq!(inquire(&mut till), (CompletionCode::CapturePerformed, None));
}

#[test]
fn a_capture_taken_back_whole_leaves_the_authorization() {
    let mut till = Till::new();
    till.gives(RefundKind::CaptureReversal, eur(1200), AdviceAnswer::Done);
    assert_eq!(till.captured().standing(), Ok(eur(3000)));
    assert_eq!(inquire(&mut till).0, CompletionCode::CapturePerformed);
    till.gives(RefundKind::CaptureReversal, eur(3000), AdviceAnswer::Done);
    assert_eq!(inquire(&mut till).0, CompletionCode::AuthorizationPerformed);
}

#[test]
fn each_of_the_three_messages_has_its_own_answer() {
    let mut till = Till::new();
    let names = [
        ("CapRevReq", "CapRevRes", RefundKind::CaptureReversal),
        ("CredReq", "CredRes", RefundKind::Credit),
        ("CredRevReq", "CredRevRes", RefundKind::CreditReversal),
    ];
    for (request, response, kind) in names {
        let asked = till.asks(kind, eur(1000));
        let done = till.gateway_takes(&asked);
        let answered = till.acquirer_says(&done, AdviceAnswer::Done);
        assert_eq!((name(&asked), name(&answered)), (request, response));
        till.shop_hears(&answered);
    }
}

#[test]
fn what_the_acquirer_has_done_is_a_success_of_the_whole_amount() {
    for suite in Suite::ALL {
        let mut till = Till::in_suite(suite);
        let asked = till.asks(RefundKind::Credit, eur(4200));
        let done = till.gateway_takes(&asked);
        let answered = till.acquirer_says(&done, AdviceAnswer::Done);
        let pki = &till.cast.world.pki;
        let mut said = None;
        forge::cred_res(&answered, pki, &pki.house.gateway.signature, |data| {
            let payload = &data.cap_rev_or_cred_res_item_seq[0].cap_rev_or_cred_res_payload;
            let amount = payload.cap_rev_or_cred_actual_amt.money();
            said = Some((payload.cap_rev_or_cred_code, amount));
        });
        assert_eq!(said, Some((CapRevOrCredCode::Success, Ok(eur(4200)))), "{suite}");
    }
}

#[test]
fn the_acquirer_s_no_is_a_code_and_nothing_is_given_back() {
    let codes = [
        (RefundRefusal::AnotherAmount, CapRevOrCredCode::CapDataMismatch),
        (RefundRefusal::FileClosed, CapRevOrCredCode::BatchClosed),
        (RefundRefusal::BatchUnknown, CapRevOrCredCode::BatchUnknown),
        (RefundRefusal::NotFound, CapRevOrCredCode::OriginalNotFound),
        (RefundRefusal::Processed, CapRevOrCredCode::OriginalProcessed),
        (RefundRefusal::Repeated, CapRevOrCredCode::DuplicateRequest),
        (RefundRefusal::Unspecified, CapRevOrCredCode::UnspecifiedFailure),
    ];
    let mut till = Till::new();
    for (why, code) in codes {
        till.gives(RefundKind::CaptureReversal, eur(4200), AdviceAnswer::Refused(why));
        let last = till.captured().refunds.last().expect("it was asked").outcome;
        assert_eq!(last, RefundOutcome::Refused(RefundRefused::Because(code)));
        assert_eq!(till.captured().left(), Ok(eur(4200)));
    }
}

#[test]
fn the_gateway_refuses_by_itself_what_a_token_does_not_say() {
    type Change = fn(&mut CapRevOrCredReqItem, &mut CapToken);
    let changes: [(Change, CapRevOrCredCode); 9] = [
        (|item, _| item.new_account_ind = true, CapRevOrCredCode::UnspecifiedFailure),
        (|item, _| item.new_batch_id = Some(u64::MAX), CapRevOrCredCode::BatchUnknown),
        (|_, token| *token = CapToken::Null(()), CapRevOrCredCode::MissingCapData),
        (|item, _| item.auth_rrpid = Rrpid::new([9; 20]).into(), CapRevOrCredCode::InvalidCapToken),
        (
            |item, _| item.trans_ids.xid = Xid::new([9; 20]).into(),
            CapRevOrCredCode::OriginalNotFound,
        ),
        (
            |item, _| item.cap_payload.cap_req_amt = eur(4201).into(),
            CapRevOrCredCode::CapDataMismatch,
        ),
        (
            |item, _| item.cap_rev_or_cred_req_amt = Some(eur(4201).into()),
            CapRevOrCredCode::CapDataMismatch,
        ),
        (
            |item, _| item.cap_rev_or_cred_req_amt = Some(eur(0).into()),
            CapRevOrCredCode::CapDataMismatch,
        ),
        (
            |item, _| item.cap_rev_or_cred_req_amt = Some(usd(1).into()),
            CapRevOrCredCode::CapDataMismatch,
        ),
    ];
    for (at, (change, code)) in changes.into_iter().enumerate() {
        assert_eq!(Till::new().forged(change), code, "change {at}");
    }
}

#[test]
fn a_token_of_another_gateway_or_of_another_merchant_gives_nothing_back() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    // Sealed by ourselves and for another purchase: the second order's token for the first.
    sell(&mut till.cast, OTHER, eur(700));
    let merchant::Stage::Captured(other) = till.cast.shop_stage(OTHER) else { panic!("captured") };
    let foreign = openset_wire::der::decode::<CapToken>(other.authorized.cap_token.as_ref());
    let foreign = foreign.expect("a token");
    let pki = &till.cast.world.pki;
    let swapped = forge::cred_req(&asked, pki, &pki.house.merchant, |_, tokens| {
        tokens[0] = foreign;
    });
    assert_eq!(till.refused_by_gateway(&swapped), CapRevOrCredCode::InvalidCapToken);
}

#[test]
fn another_merchant_gives_nothing_back_of_it() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    let pki = &till.cast.world.pki;
    let stolen = forge::cred_req(&asked, pki, &pki.house.other_merchant, |data, _| {
        data.cap_rev_or_cred_rr_tags.rrpid = Rrpid::new([8; 20]).into();
        let number = openset_types::MerchantId::parse("MAISON-002").expect("a number");
        data.cap_rev_or_cred_rr_tags.mer_term_ids.merchant_id = number.into();
    });
    assert_eq!(till.refused_by_gateway(&stolen), CapRevOrCredCode::InvalidCapToken);
    let pki = &till.cast.world.pki;
    let unnamed = forge::cred_req(&asked, pki, &pki.house.other_merchant, |_, _| {});
    let refusal = till.refunds.request(&unnamed, &mut till.cast.world).err();
    assert_eq!(refusal, Some(Refusal::MerchantNamedAnother));
}

#[test]
fn what_was_only_authorized_cannot_be_given_back() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    till.refunds.register.clear();
    assert_eq!(till.refused_by_gateway(&asked), CapRevOrCredCode::OriginalNotFound);
}

#[test]
fn data_without_a_token_lacks_the_token() {
    let mut till = Till::new();
    let auth_req = till.cast.order(OTHER, eur(700));
    let mut item = None;
    let pki = &till.cast.world.pki;
    forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
        item = Some(data.auth_req_item.clone());
    });
    let done = till.cast.gateway.request(&auth_req, &mut till.cast.world).expect("a request");
    let auth_res = till.cast.issuer_says(&done.key, world::approved());
    let mut payload = None;
    let pki = &till.cast.world.pki;
    let (by, to) = (&pki.house.gateway.signature, &pki.house.merchant);
    forge::auth_res(&auth_res, pki, by, to, |data, _| {
        payload = Some(data.auth_res_payload.clone());
    });
    let code = till.forged(|asking, token| {
        asking.cap_payload.auth_req_item = item;
        asking.cap_payload.auth_res_payload = payload;
        *token = CapToken::Null(());
    });
    assert_eq!(code, CapRevOrCredCode::MissingCapToken);
}

#[test]
fn an_old_capture_is_not_reversed_and_is_still_credited() {
    let mut till = Till::new();
    till.cast.world.now = till.cast.world.now.plus_s(8 * 86_400);
    till.gives(RefundKind::CaptureReversal, eur(1000), AdviceAnswer::Done);
    till.cast.world.now = till.cast.world.now.plus_s(1);
    till.gives(RefundKind::Credit, eur(1000), AdviceAnswer::Done);
    let asked = till.asks(RefundKind::CaptureReversal, eur(1000));
    assert_eq!(till.refused_by_gateway(&asked), CapRevOrCredCode::CapPurged);
}

#[test]
fn twice_in_one_request_is_once_and_items_end_one_by_one() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    let pki = &till.cast.world.pki;
    let twice = |data: &mut CapRevOrCredReqData, tokens: &mut Vec<CapToken>| {
        let item = data.cap_rev_or_cred_req_item_seq[0].clone();
        data.cap_rev_or_cred_req_item_seq.push(item);
        tokens.push(tokens[0].clone());
    };
    let both = forge::cred_req(&asked, pki, &pki.house.merchant, twice);
    let done = till.gateway_takes(&both);
    assert!(!done.answers(), "the merchant is answered when every item has come to an end");
    till.acquirer_says(&done, AdviceAnswer::Done);
    let items = till.refunds.state(&done.key).expect("a record").items;
    assert!(matches!(items[0].outcome, Outcome::Done { .. }));
    assert_eq!(items[1].outcome, Outcome::Refused(CapRevOrCredCode::DuplicateRequest));
}

#[test]
fn a_token_too_many_or_too_few_is_no_request() {
    let changes: [fn(&mut Vec<CapToken>); 2] =
        [|tokens| tokens.push(tokens[0].clone()), |tokens| tokens.push(CapToken::Null(()))];
    for change in changes {
        let mut till = Till::new();
        let asked = till.asks(RefundKind::Credit, eur(1000));
        let pki = &till.cast.world.pki;
        let forged = forge::cred_req(&asked, pki, &pki.house.merchant, |_, tokens| change(tokens));
        let refusal = till.refunds.request(&forged, &mut till.cast.world).err();
        assert_eq!(refusal, Some(Refusal::PartsNotLinked));
    }
}

#[test]
fn an_interrupted_advice_is_told_again_the_same() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    let done = till.gateway_takes(&asked);
    let advice = only_advice(&done);
    let input = refund::Input::Interrupted(advice.clone());
    let again = till.refunds.command(&done.key, input, &mut till.cast.world).expect("again");
    assert_eq!(only_advice(&again), advice);
    till.acquirer_says(&done, AdviceAnswer::Done);
    let input = refund::Input::Interrupted(advice);
    let late = till.refunds.command(&done.key, input, &mut till.cast.world).expect("nothing");
    assert!(late.effects.is_empty());
}

#[test]
fn a_late_second_word_of_the_acquirer_changes_nothing() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    let done = till.gateway_takes(&asked);
    till.acquirer_says(&done, AdviceAnswer::Done);
    let retrieval = only_advice(&done).trace.retrieval;
    let answer = AdviceAnswer::Refused(RefundRefusal::Unspecified);
    let input = refund::Input::Advised { retrieval, answer };
    let late = till.refunds.command(&done.key, input, &mut till.cast.world).expect("nothing");
    assert!(late.effects.is_empty());
    let items = till.refunds.state(&done.key).expect("a record").items;
    assert!(matches!(items[0].outcome, Outcome::Done { .. }));
}

#[test]
fn an_honest_shop_gives_no_more_back_than_it_took() {
    let mut till = Till::new();
    for kind in KINDS {
        for amount in [eur(4201), eur(0)] {
            assert_eq!(till.refuses(kind, amount), Some(Refusal::MerchantAskedForNoAmount));
        }
    }
    assert!(till.refuses(RefundKind::Credit, usd(1)).is_some());
    till.gives(RefundKind::CaptureReversal, eur(1000), AdviceAnswer::Done);
    till.gives(RefundKind::Credit, eur(3000), AdviceAnswer::Done);
    for kind in [RefundKind::CaptureReversal, RefundKind::Credit] {
        assert_eq!(till.refuses(kind, eur(201)), Some(Refusal::MerchantAskedForNoAmount));
    }
    let other_amount = till.refuses(RefundKind::CreditReversal, eur(2999));
    assert_eq!(other_amount, Some(Refusal::MerchantAskedForNoAmount));
}

#[test]
fn a_shop_asks_one_thing_at_a_time_and_only_of_what_was_captured() {
    let mut till = Till::new();
    till.asks(RefundKind::Credit, eur(1000));
    let second = till.refuses(RefundKind::Credit, eur(1000));
    assert_eq!(second, Some(Refusal::CommandOutOfTurn));
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let input = Input::Refund { kind: RefundKind::Credit, amount: eur(1000) };
    let early = cast.shop.command(ORDER, input, &mut cast.world).err();
    assert_eq!(early, Some(Refusal::CommandOutOfTurn));
}

#[test]
fn there_is_an_end_to_asking() {
    let mut till = Till::new();
    let no = AdviceAnswer::Refused(RefundRefusal::Unspecified);
    for _ in 0..REFUNDS_MAX {
        till.gives(RefundKind::Credit, eur(1), no);
    }
    assert_eq!(till.refuses(RefundKind::Credit, eur(1)), Some(Refusal::CommandOutOfTurn));
}

#[test]
fn an_answer_by_somebody_else_or_about_something_else_is_dropped() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    let done = till.gateway_takes(&asked);
    let answered = till.acquirer_says(&done, AdviceAnswer::Done);
    let house = &till.cast.world.pki.house;
    let (own, other) = (house.gateway.signature.clone(), house.other_gateway.signature.clone());
    let pki = &till.cast.world.pki;
    let wrong = [
        forge::cred_res(&answered, pki, &other, |_| {}),
        forge::cred_res(&answered, pki, &own, |data| {
            let item = &mut data.cap_rev_or_cred_res_item_seq[0];
            item.cap_rev_or_cred_res_payload.cap_rev_or_cred_actual_amt = eur(999).into();
        }),
        forge::cred_res(&answered, pki, &own, |data| {
            data.cap_rev_or_cred_res_item_seq[0].auth_rrpid = Rrpid::new([9; 20]).into();
        }),
        forge::cred_res(&answered, pki, &own, |data| {
            data.cap_rev_or_cred_res_item_seq[0].trans_ids.xid = Xid::new([9; 20]).into();
        }),
        forge::cred_res(&answered, pki, &own, |data| {
            let item = data.cap_rev_or_cred_res_item_seq[0].clone();
            data.cap_rev_or_cred_res_item_seq.push(item);
        }),
        forge::cred_res(&answered, pki, &own, |data| {
            data.cap_rev_or_cred_rr_tags.rrpid = Rrpid::new([9; 20]).into();
        }),
    ];
    for (at, octets) in wrong.iter().enumerate() {
        let heard = till.cast.shop.answer(ORDER, octets, &mut till.cast.world);
        assert!(heard.is_err(), "answer {at} was believed");
    }
    assert!(till.captured().refunding().is_some(), "it goes on waiting");
    till.shop_hears(&answered);
    let again = till.cast.shop.answer(ORDER, &answered, &mut till.cast.world).err();
    assert_eq!(again, Some(Refusal::GatewayAnsweredAnother));
    assert_eq!(till.captured().given_back(), Ok(eur(1000)));
}

#[test]
fn a_gateway_that_cannot_answer_has_given_nothing_back() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    let rrpid = till.captured().refunding().expect("it was asked").rrpid;
    let other =
        Input::GatewayRefused { rrpid: Rrpid::new([9; 20]), code: ErrorCode::UnspecifiedFailure };
    let heard = till.cast.shop.command(ORDER, other, &mut till.cast.world).err();
    assert_eq!(heard, Some(Refusal::GatewayAnsweredAnother));
    let input = Input::GatewayRefused { rrpid, code: ErrorCode::UnspecifiedFailure };
    till.cast.shop.command(ORDER, input, &mut till.cast.world).expect("an end");
    let last = till.captured().refunds.last().expect("it was asked").outcome;
    assert_eq!(last, RefundOutcome::Refused(RefundRefused::WithError));
    assert!(matches!(message(&asked), Message::CredReq(_)));
}

#[test]
fn money_that_may_have_been_given_back_is_asked_about_again() {
    for kind in [RefundKind::CaptureReversal, RefundKind::Credit] {
        let mut till = Till::new();
        let asked = till.asks(kind, eur(1000));
        for refusal in [Refusal::SenderSentTooLate, Refusal::Untrusted(Untrusted::CrlNotCurrent)] {
            let pki = &till.cast.world.pki;
            let error = complain(&refusal, &asked, Some(&pki.house.gateway), pki);
            let error = error.expect("an answer");
            let heard = till.cast.shop.answer(ORDER, &error, &mut till.cast.world);
            assert_eq!(heard.err(), Some(Refusal::SenderMayAnswerYet), "{refusal}");
            assert!(till.captured().refunding().is_some(), "{refusal}: it goes on waiting");
        }
    }
}

#[test]
fn an_order_captured_before_refunds_were_known_is_read_back() {
    let till = Till::new();
    let stored = &till.cast.shop.states[ORDER];
    assert!(!stored.contains("\"refunds\""), "nothing is written where nothing was asked");
    assert!(till.captured().refunds.is_empty());
}

#[test]
fn no_register_entry_is_left_that_names_a_card() {
    let mut till = Till::new();
    let asked = till.asks(RefundKind::Credit, eur(1000));
    let done = till.gateway_takes(&asked);
    let claims = done.effects.iter().filter(|effect| matches!(effect, Effect::Claim(_)));
    assert_eq!(claims.count(), 1, "the reference of the advice");
}
