//! The shop's host: the order form, the hand-over, the receipt.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};

use super::form::{Fields, Posted};
use super::threshold::FormTarget;
use super::{House, Shown, Turn, file, go, host, refreshing, show};
use crate::frame::{Frame, Places, Site};
use crate::pages::shop::{Complaint, HandoverPage, OrderForm, ReceiptPage, Typed};
use crate::ports::{Basket, Buyer, Goods, Quote, ShopPort, Standing};

/// The shop.
pub fn shop<P: ShopPort>(house: &House, port: Arc<P>) -> Router {
    let routes = Router::new()
        .route("/", get(form::<P>))
        .route("/total", get(total::<P>))
        .route("/orders", post(place::<P>))
        .route("/orders/{slug}", get(receipt::<P>))
        .route("/orders/{slug}/pay", get(pay::<P>))
        .route("/orders/{slug}/initiation", get(initiation::<P>))
        .with_state(port);
    host(house, Site::Shop, routes)
}

async fn form<P: ShopPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let goods = port.goods(frame.say.tongue()).await?;
    let basket = chosen(&goods, 1, "");
    let quote = port.quote(&basket, frame.say.tongue()).await?;
    let (basket, quote, typed) = (&basket, &quote, &Typed::default());
    show(&OrderForm { frame: &frame, goods: &goods, basket, quote, typed, complaints: &[] })
}

/// A basket the shop can fill, as near as may be to what was asked.
fn chosen(goods: &Goods, quantity: u32, delivery: &str) -> Basket {
    let known = goods.deliveries.iter().find(|it| it.id == delivery);
    let delivery =
        known.or_else(|| goods.deliveries.first()).map(|it| it.id.clone()).unwrap_or_default();
    Basket { quantity: quantity.clamp(1, goods.quantity_max.max(1)), delivery }
}

/// What the script asks for: the total, the button, the total in minor units; a line each.
async fn total<P: ShopPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Query(asked): Query<Vec<(String, String)>>,
) -> Shown {
    let value = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, it)| it.as_str());
    let quantity = value("quantity").and_then(|it| it.parse().ok()).unwrap_or(1);
    let goods = port.goods(frame.say.tongue()).await?;
    let basket = chosen(&goods, quantity, value("delivery").unwrap_or_default());
    let total = port.quote(&basket, frame.say.tongue()).await?.total;
    let amount = frame.say.money(total);
    let button = frame.say.shop_pay(&amount);
    Ok(format!("{amount}\n{button}\n{}", total.minor()).into_response())
}

async fn place<P: ShopPort>(
    State(port): State<Arc<P>>,
    mut frame: Frame,
    Posted(fields): Posted,
) -> Shown {
    let tongue = frame.say.tongue();
    let goods = port.goods(tongue).await?;
    let quantity = fields.number("quantity").unwrap_or(1);
    let basket = chosen(&goods, quantity, fields.text("delivery"));
    let quote = port.quote(&basket, tongue).await?;
    let typed = typed(&fields);
    let updating = !fields.text("update").is_empty();
    let complaints = if updating { Vec::new() } else { complaints(&fields, &typed, &quote) };
    if !updating && complaints.is_empty() {
        let slug = port.place(basket, buyer(typed), tongue).await?;
        return go(&format!("/orders/{slug}/pay"));
    }
    frame.path = Site::Shop.front().to_owned();
    let status = if updating { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (goods, basket, quote, typed) = (&goods, &basket, &quote, &typed);
    let complaints = &complaints;
    let shown = show(&OrderForm { frame: &frame, goods, basket, quote, typed, complaints })?;
    Ok((status, shown).into_response())
}

fn typed(fields: &Fields) -> Typed {
    let text = |name| fields.text(name).to_owned();
    Typed { name: text("name"), address: text("address"), email: text("email") }
}

fn buyer(typed: Typed) -> Buyer {
    let email = Some(typed.email).filter(|email| !email.is_empty());
    Buyer { name: typed.name, address: typed.address, email }
}

const NAME_CHARACTERS_MAX: usize = 80;
const ADDRESS_CHARACTERS_MAX: usize = 200;
const EMAIL_CHARACTERS_MAX: usize = 120;

fn complaints(fields: &Fields, typed: &Typed, quote: &Quote) -> Vec<Complaint> {
    let fits = |text: &str, max| (1..=max).contains(&text.chars().count());
    let mut complaints = Vec::new();
    if !fits(&typed.name, NAME_CHARACTERS_MAX) {
        complaints.push(Complaint::Name);
    }
    if !fits(&typed.address, ADDRESS_CHARACTERS_MAX) {
        complaints.push(Complaint::Address);
    }
    if !typed.email.is_empty() && !is_email(&typed.email) {
        complaints.push(Complaint::Email);
    }
    if fields.number("shown") != Some(quote.total.minor()) {
        complaints.push(Complaint::TotalChanged);
    }
    complaints
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    let whole = |part: &str| !part.is_empty() && !part.contains(['@', ' ', ',', ';', '<', '>']);
    text.chars().count() <= EMAIL_CHARACTERS_MAX
        && parts.is_some_and(|(local, domain)| whole(local) && whole(domain))
}

async fn pay<P: ShopPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let receipt = port.receipt(&slug).await?;
    if receipt.standing != Standing::AwaitingWallet {
        return Err(Turn::To(format!("/orders/{slug}")));
    }
    let handover = port.handover(&slug).await?;
    let mut shown = show(&HandoverPage { frame: &frame, slug: &slug, handover: &handover })?;
    shown.extensions_mut().insert(FormTarget(wallets(&frame.places)));
    Ok(shown)
}

/// The origins of every wallet.
fn wallets(places: &Places) -> String {
    let others = places.other_banks().map(|bank| bank.wallet.as_str());
    [places.wallet.as_str()].into_iter().chain(others).collect::<Vec<_>>().join(" ")
}

/// The initiation document as a file, for wallets that open files.
async fn initiation<P: ShopPort>(State(port): State<Arc<P>>, Path(slug): Path<String>) -> Shown {
    let handover = port.handover(&slug).await?;
    let name = format!("order-{}.setpay", handover.number);
    Ok(file(&name, "application/set-payment-initiation", handover.document))
}

async fn receipt<P: ShopPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let receipt = port.receipt(&slug).await?;
    let shown = show(&ReceiptPage { frame: &frame, slug: &slug, receipt: &receipt });
    match receipt.standing {
        Standing::Received | Standing::Unknown => refreshing(3, shown),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_no_addresses_of_mail_are_told_apart() {
        for right in ["ada@example.org", "a@b"] {
            assert!(is_email(right), "{right}");
        }
        for wrong in ["ada", "@", "a@", "@b", "a@b@c", "a b@c", "a@b, c@d", "<a@b>"] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
