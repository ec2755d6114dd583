//! What a market adds to a sale (a stay, a rental, a journey, the items of a company's order): held
//! against the sale before any bank hears of it.
//!
//! The gateway asks no bank about it and sends none of it on. What contradicts the sale, or itself,
//! is refused all the same: it is under the merchant's signature, and somebody may rely on it.

use std::iter::once;

use openset_types::Money;
use openset_wire::{
    payment::MarketSpecDataId,
    types::{
        MarketHotelCap, MarketSpecCapData, MarketSpecSaleData, MarketTransportCap, Priced,
        SaleDetail,
    },
};

/// The seconds of a day.
const DAY_S: i64 = 86_400;

/// Whether what is said of a sale agrees with its amount and with itself.
pub(super) fn agrees(sale: Option<&SaleDetail>, amount: Money) -> bool {
    let Some(sale) = sale else { return true };
    let is_of_currency = |said: Money| said.currency() == amount.currency();
    let mut amounts = sale.amounts().into_iter();
    amounts.all(|said| said.money().is_ok_and(is_of_currency))
        && sale.market_spec_sale_data.as_ref().is_none_or(is_one_market)
}

/// Whether the market that is named is the one that is told of, and what is told is in order.
fn is_one_market(data: &MarketSpecSaleData) -> bool {
    let Some(told) = &data.market_spec_cap_data else { return true };
    let (named, is_in_order) = match told {
        MarketSpecCapData::AutoRental(rental) => {
            let is_in_order = *rental.rental_date_time <= *rental.return_date_time;
            (MarketSpecDataId::Auto, is_in_order)
        }
        MarketSpecCapData::Hotel(stay) => (MarketSpecDataId::Hotel, is_stay(stay)),
        MarketSpecCapData::Transport(journey) => (MarketSpecDataId::Transport, is_journey(journey)),
    };
    // An issuer that could not read the data of the authorization has said so of whatever it was.
    let id = data.market_spec_data_id;
    let is_named = id.is_none_or(|id| id == named || id == MarketSpecDataId::FailedEdit);
    is_named && is_in_order
}

/// Nights are counted between days, and a stay begins and ends at any hour.
fn is_stay(stay: &MarketHotelCap) -> bool {
    let length_s = stay.departure_date.seconds_since(*stay.arrival_date);
    let nights = |nights: u16| {
        let stayed_s = i64::from(nights).saturating_mul(DAY_S);
        length_s.abs_diff(stayed_s) < DAY_S.unsigned_abs()
    };
    length_s >= 0 && stay.duration_of_stay.is_none_or(nights)
}

fn is_journey(journey: &MarketTransportCap) -> bool {
    let legs = journey.trip_leg_seq.iter().flatten();
    once(*journey.departure_date).chain(legs.map(|leg| *leg.date_of_travel)).is_sorted()
}
