//! The gateway's console.

mod checks;

use std::sync::Arc;

use data_encoding::HEXLOWER;
use openset_bank::iso8583::{
    Message, ResponseCode, Value,
    words::{is_refund, read_refund, read_response_code},
};
use openset_crypto::look_into;
use openset_node::{
    banks::ABOUT_SALE,
    store::{JournalOf, Page, Passed},
};
use openset_protocol::gateway::{Authorization, Stage};
use openset_types::{Money, RetrievalReference, Rrpid};
use openset_web::{
    Problem,
    ports::{
        BatchRow, Element, GatewayFile, GatewayPort, GatewayRefund, GatewayRow, IssuerLeg,
        MaskedCard, Said, Standing,
    },
};
use openset_wire::wrapper::{Message as SetMessage, MessageWrapper};

use super::{batches, broken, unavailable, words};
use crate::{
    ceremony::papers,
    demo::cast,
    house::{banks, lookups::reference_of, system::System},
};

/// How many transactions the list shows.
const ROWS_MAX: u32 = 200;
/// More messages than one authorization has with the issuer.
const LEG_MAX: u32 = 20;

/// More messages than one sale has with the acquirer, its refunds included.
const TOLD_MAX: u32 = 400;

/// The gateway's console.
pub(super) struct Console(pub(super) Arc<System>);

impl Console {
    async fn sale(&self, authorization: &Authorization) -> Said<Vec<Passed>> {
        let Some(reference) = reference_of(authorization) else { return Ok(Vec::new()) };
        let key = reference.as_str().as_bytes().to_vec();
        let of = JournalOf::Instance { kind: ABOUT_SALE, key };
        let mut journal = Vec::new();
        for view in self.0.views() {
            let newest = Page::newest(LEG_MAX);
            journal.extend(view.issuer.store.journal(&of, newest).await.map_err(broken)?);
        }
        journal.reverse();
        Ok(journal)
    }

    /// What passed between the gateway and the acquirer about an authorization, oldest first.
    async fn told(&self, authorization: &Authorization) -> Said<Vec<Passed>> {
        let Some(reference) = reference_of(authorization) else { return Ok(Vec::new()) };
        let key = reference.as_str().as_bytes().to_vec();
        let of = JournalOf::Instance { kind: ABOUT_SALE, key };
        let store = &self.0.acquirer.store;
        let mut journal = store.journal(&of, Page::newest(TOLD_MAX)).await.map_err(broken)?;
        journal.reverse();
        Ok(journal)
    }

    /// What was captured of an authorization.
    async fn captured(&self, reference: Option<&RetrievalReference>) -> Said<Option<Money>> {
        let view = self.0.acquirer.host.view().await.map_err(broken)?;
        let capture =
            view.captures.iter().find(|capture| Some(&capture.advice.authorization) == reference);
        Ok(capture.map(|capture| capture.advice.amount))
    }

    async fn standing(&self, authorization: &Authorization) -> Said<Standing> {
        let reference = reference_of(authorization);
        Ok(match self.captured(reference.as_ref()).await? {
            Some(_) => Standing::Captured,
            None => words::standing(authorization.fact()),
        })
    }
}

impl GatewayPort for Console {
    fn name(&self) -> String {
        let is_of_first = self.0.ground.within.is_none();
        if is_of_first { cast::GATEWAY.to_owned() } else { cast::OTHER_GATEWAY.to_owned() }
    }

    async fn batches(&self) -> Said<Vec<BatchRow>> {
        batches::asked(&self.0).await
    }

    async fn transactions(&self) -> Said<Vec<GatewayRow>> {
        let all = self.0.gateway.authorizations.list(Page::newest(ROWS_MAX)).await;
        let mut rows = Vec::new();
        for (record, authorization) in all.map_err(broken)? {
            let leg = self.sale(&authorization).await?;
            let question = &authorization.question;
            rows.push(GatewayRow {
                slug: question.rrpid.to_string(),
                xid: question.ids.xid.to_string(),
                merchant: question.merchant.to_string(),
                amount: question.amount.unwrap_or_else(zero),
                standing: self.standing(&authorization).await?,
                last_four: card(&leg).map(|card| last_four(&card.number)).unwrap_or_default(),
                at: record.created_at,
            });
        }
        Ok(rows)
    }

    async fn transaction(&self, slug: &str) -> Said<GatewayFile> {
        let rrpid = Rrpid::parse(slug).map_err(|_| Problem::NotFound)?;
        let authorization = self.0.authorization(rrpid).await.map_err(unavailable)?;
        let authorization = authorization.ok_or(Problem::NotFound)?;
        let leg = self.sale(&authorization).await?;
        let reference = reference_of(&authorization);
        let question = &authorization.question;
        let unknown = MaskedCard {
            number: "•••• •••• •••• ••••".to_owned(),
            expiry: String::new(),
        };
        Ok(GatewayFile {
            xid: question.ids.xid.to_string(),
            merchant: question.merchant.to_string(),
            standing: self.standing(&authorization).await?,
            checks: checks::of(&authorization.stage),
            card: card(&leg).unwrap_or(unknown),
            order_hash: self.order_hash(rrpid).await?,
            leg: issuer_leg(&leg, &["0100"], "0110"),
            reversal: issuer_leg(&leg, &["0420", "0421"], "0430"),
            refunds: refunds(&self.told(&authorization).await?),
            amount: question.amount.unwrap_or_else(zero),
            authorized: authorized(&authorization),
            captured: self.captured(reference.as_ref()).await?.unwrap_or_else(zero),
            transaction: Some(question.ids.xid.to_string()),
        })
    }
}

impl Console {
    /// The hash of the order, as the request carried it: all that this gateway knows of it.
    async fn order_hash(&self, rrpid: Rrpid) -> Said<String> {
        let store = &self.0.gateway.party.store;
        let journal = store.journal(&JournalOf::Request(rrpid), Page::newest(LEG_MAX)).await;
        let journal = journal.map_err(broken)?;
        let request = journal.iter().find(|passed| passed.name == "AuthReq");
        let hash = request.and_then(|passed| self.hash_in(&passed.octets));
        Ok(hash.unwrap_or_default())
    }

    /// Opens a request once more and reads the hash that the merchant computed.
    fn hash_in(&self, octets: &[u8]) -> Option<String> {
        let wrapper = MessageWrapper::decode(octets).ok()?;
        let SetMessage::AuthReq(request) = wrapper.message else { return None };
        let ground = &self.0.ground;
        let own = ground.papers("gateway").take(papers::ENCIPHERMENT).ok()?;
        let keys = ground.keys("gateway").ok()?;
        let envelope = openset_wire::der::encode(&request).ok()?;
        let inside = super::evidence::envelopes(&envelope).find_map(|one| {
            let opener = std::slice::from_ref(&own);
            look_into(ground.suite, one, opener, keys.as_ref()).into_iter().next()
        })?;
        super::evidence::order_digest(&inside).map(|digest| HEXLOWER.encode(&digest))
    }
}

fn zero() -> Money {
    Money::zero(cast::price().currency())
}

fn authorized(authorization: &Authorization) -> Money {
    match &authorization.stage {
        Stage::Authorized { amount, .. } => *amount,
        Stage::Releasing(releasing) => releasing.amount,
        Stage::Selling { sale, .. } | Stage::Sold(sale) => sale.advice.amount,
        _ => zero(),
    }
}

fn read(passed: &Passed) -> Option<Message> {
    banks::dialect().read(&passed.octets).ok()
}

/// The card as the kept copy of the request has it: masked.
fn card(leg: &[Passed]) -> Option<MaskedCard> {
    let request = leg.iter().find(|passed| passed.name == "0100").and_then(read)?;
    let number = request.text(2)?;
    let (first, last) = (number.get(..6)?, number.get(number.len().checked_sub(4)?..)?);
    let expiry = request.text(14).unwrap_or_default();
    let expiry = match (expiry.get(..2), expiry.get(2..)) {
        (Some(year), Some(month)) => format!("{month}/{year}"),
        _ => String::new(),
    };
    Some(MaskedCard { number: format!("{first}•• •••• {last}"), expiry })
}

fn last_four(masked: &str) -> String {
    let digits: Vec<char> = masked.chars().collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}

/// What the issuer adds to what it was asked: approval code and response code.
const SAID: [u8; 2] = [38, 39];

/// A conversation with the issuer about one authorization: the last question of these types and
/// its answer.
fn issuer_leg(leg: &[Passed], asks: &[&str], answers: &str) -> Option<IssuerLeg> {
    let asked = leg.iter().rfind(|passed| asks.contains(&passed.name.as_str()))?;
    let answered = leg.iter().rfind(|passed| passed.name == answers);
    let mut shown = read(asked)?;
    if let Some(answer) = answered.and_then(read) {
        shown = shown.echoing(&answer, &SAID);
    }
    Some(IssuerLeg {
        asked: asked.name.clone(),
        answered: answered.map(|passed| passed.name.clone()),
        elements: shown.masked().fields().map(|(number, value)| element(number, value)).collect(),
    })
}

/// What was to be given back, each question once however often it was told.
fn refunds(told: &[Passed]) -> Vec<GatewayRefund> {
    let mut refunds: Vec<(Passed, Message)> = Vec::new();
    let mut answers = Vec::new();
    for passed in told {
        let Some(message) = read(passed) else { continue };
        let is_known = refunds.iter().any(|(_, other)| other.text(63) == message.text(63));
        if is_refund(&message) && !is_known {
            refunds.push((passed.clone(), message));
        } else if message.mti().is_response() {
            answers.push((passed, message));
        }
    }
    let line = |(passed, asked): (Passed, Message)| {
        let advice = read_refund(&asked, passed.at).ok()?;
        let answer = answers.iter().rfind(|(_, answer)| answer.text(63) == asked.text(63));
        let code = answer.and_then(|(_, answer)| read_response_code(answer).ok());
        let elements = match answer {
            Some((_, answer)) => asked.echoing(answer, &SAID).masked(),
            None => asked.masked(),
        };
        Some(GatewayRefund {
            at: passed.at,
            kind: advice.kind,
            amount: advice.amount,
            is_done: code.map(|code| code == ResponseCode::Approved),
            leg: IssuerLeg {
                asked: passed.name,
                answered: answer.map(|(answer, _)| answer.name.clone()),
                elements: elements.fields().map(|(number, value)| element(number, value)).collect(),
            },
        })
    };
    refunds.into_iter().filter_map(line).collect()
}

fn element(number: u8, value: &Value) -> Element {
    let value = match value {
        Value::Text(digits) if number == 2 => {
            let last = digits.len().saturating_sub(4);
            let hidden = |(at, digit)| if at < 6 || at >= last { digit } else { '•' };
            digits.chars().enumerate().map(hidden).collect()
        }
        Value::Text(text) => text.to_string(),
        Value::Octets(octets) => HEXLOWER.encode(octets),
    };
    Element { number, value }
}

#[cfg(test)]
mod tests {
    use openset_bank::iso8583::Mti;
    use openset_node::store::{Direction, Seq};
    use openset_types::UnixTime;

    use super::*;

    const NUMBER: &str = "9999990000064242";

    fn passed(name: &str, octets: Vec<u8>) -> Passed {
        Passed {
            seq: Seq::new(1),
            at: UnixTime::new(1_800_000_000).expect("after 1970"),
            direction: Direction::In,
            sender: "gateway".to_owned(),
            recipient: "issuer".to_owned(),
            name: name.to_owned(),
            xid: None,
            rrpid: None,
            octets,
        }
    }

    fn asked() -> Passed {
        let message =
            Message::new(Mti::AUTHORIZATION_REQUEST).with(2, NUMBER).with(14, "2912").masked();
        passed("0100", banks::dialect().write(&message).expect("of the dialect"))
    }

    fn answered() -> Passed {
        let message = Message::new(Mti::AUTHORIZATION_RESPONSE).with(38, "4K7Q21").with(39, "00");
        passed("0110", banks::dialect().write(&message).expect("of the dialect"))
    }

    #[test]
    fn a_card_is_shown_by_its_first_six_and_last_four_digits() {
        let card = card(&[asked()]).expect("field 2 is there");
        assert_eq!((card.number.as_str(), card.expiry.as_str()), ("999999•• •••• 4242", "12/29"));
        assert_eq!(last_four(&card.number), "4242");
    }

    #[test]
    fn the_conversation_tells_question_and_answer_without_the_number() {
        let leg = issuer_leg(&[asked(), answered()], &["0100"], "0110").expect("it was asked");
        assert_eq!((leg.asked.as_str(), leg.answered.as_deref()), ("0100", Some("0110")));
        let said: Vec<_> = leg.elements.iter().map(|element| element.value.as_str()).collect();
        assert_eq!(said, ["999999••••••4242", "2912", "4K7Q21", "00"]);
    }

    #[test]
    fn a_question_without_an_answer_is_told_as_one() {
        let leg = issuer_leg(&[asked()], &["0100"], "0110").expect("it was asked");
        assert_eq!(leg.answered, None);
        assert!(leg.elements.iter().all(|element| element.number != 39));
    }

    #[test]
    fn what_was_taken_back_is_a_conversation_of_its_own() {
        let message = Message::new(Mti::REVERSAL_ADVICE).with(95, "0".repeat(42)).masked();
        let told = passed("0420", banks::dialect().write(&message).expect("of the dialect"));
        let journal = [asked(), answered(), told];
        let leg = issuer_leg(&journal, &["0420", "0421"], "0430").expect("it was told");
        assert_eq!((leg.asked.as_str(), leg.answered), ("0420", None));
        assert_eq!(leg.elements.iter().map(|element| element.number).collect::<Vec<_>>(), [95]);
    }

    #[test]
    fn what_is_no_question_to_the_issuer_shows_no_card() {
        for leg in [vec![], vec![answered()], vec![passed("0100", b"0100".to_vec())]] {
            assert!(card(&leg).is_none());
            assert!(issuer_leg(&leg, &["0100"], "0110").is_none());
        }
    }
}
