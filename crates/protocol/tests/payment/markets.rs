//! What a hotel, a rental company, an airline or a company's supplier says of a sale, held against
//! the sale at the gateway.

use openset_crypto::Suite;
use openset_protocol::gateway::{
    self,
    capture::{self, GatewayCapture},
};
use openset_types::{Currency, Money, Rrpid, UnixTime};
use openset_wire::{
    payment::{AuthCode, CapCode, MarketSpecDataId},
    types::{
        AutoCharges, ChargeInfo, CommercialCardData, CurrencyAmount, HotelCharges, HotelRateInfo,
        Item, MarketAutoCap, MarketHotelCap, MarketSpecCapData, MarketSpecSaleData,
        MarketTransportCap, SaleDetail, SetString, StopOverCode, TripLeg,
    },
};

use crate::world::{self, Cast, Done, eur, forge};

const ORDER: &[u8] = b"1042";
const DAY_S: i64 = 86_400;

fn text<const MAX: usize>(text: &str) -> SetString<MAX> {
    SetString::new(text).expect("a short text")
}

fn day(day: i64) -> UnixTime {
    world::now().plus_s(day * DAY_S)
}

fn usd(minor: u64) -> CurrencyAmount {
    Money::new(minor, Currency::from_code("USD").expect("known")).expect("an amount").into()
}

fn sale() -> SaleDetail {
    SaleDetail {
        batch_id: None,
        batch_sequence_num: None,
        pay_recur_ind: None,
        mer_order_num: None,
        auth_char_ind: None,
        market_spec_sale_data: None,
        commercial_card_data: None,
        order_summary: None,
        customer_reference_number: None,
        customer_service_phone: None,
        ok_to_print_phone_ind: false,
        sale_extensions: None,
    }
}

fn of_market(id: MarketSpecDataId, data: MarketSpecCapData) -> SaleDetail {
    let market =
        MarketSpecSaleData { market_spec_data_id: Some(id), market_spec_cap_data: Some(data) };
    SaleDetail { market_spec_sale_data: Some(market), ..sale() }
}

/// Two nights, from an afternoon to a morning.
fn stay(change: impl FnOnce(&mut MarketHotelCap)) -> SaleDetail {
    let mut stay = MarketHotelCap {
        arrival_date: day(0).plus_s(8 * 3600).into(),
        hotel_no_show: None,
        departure_date: day(2).into(),
        duration_of_stay: Some(2),
        folio_number: Some(text("F-17")),
        property_phone: None,
        customer_service_phone: None,
        program_code: None,
        hotel_rate_info: Some(HotelRateInfo {
            daily_room_rate: eur(2100).into(),
            daily_tax_rate: None,
        }),
        hotel_charges: HotelCharges {
            room_charges: eur(4200).into(),
            room_tax: None,
            prepaid_expenses: None,
            food_beverage_charges: None,
            room_service_charges: None,
            mini_bar_charges: None,
            laundry_charges: None,
            telephone_charges: None,
            business_center_charges: None,
            parking_charges: None,
            movie_charges: None,
            health_club_charges: None,
            gift_shop_purchases: None,
            folio_cash_advances: None,
            other_charges: None,
            total_tax_amount: None,
            audit_adjustment: None,
        },
    };
    change(&mut stay);
    of_market(MarketSpecDataId::Hotel, MarketSpecCapData::Hotel(Box::new(stay)))
}

fn rental(change: impl FnOnce(&mut MarketAutoCap)) -> SaleDetail {
    let mut rental = MarketAutoCap {
        renter_name: None,
        rental_location: None,
        rental_date_time: day(0).into(),
        auto_no_show: None,
        rental_agreement_number: None,
        reference_number: None,
        insurance_type: None,
        auto_rate_info: None,
        return_location: None,
        return_date_time: day(3).into(),
        auto_charges: AutoCharges {
            regular_distance_charges: eur(4000).into(),
            late_return_charges: None,
            total_distance: None,
            extra_distance_charges: None,
            insurance_charges: None,
            fuel_charges: Some(eur(200).into()),
            auto_towing_charges: None,
            one_way_drop_off_charges: None,
            telephone_charges: None,
            violations_charges: None,
            delivery_charges: None,
            parking_charges: None,
            other_charges: None,
            total_tax_amount: None,
            audit_adjustment: None,
        },
    };
    change(&mut rental);
    of_market(MarketSpecDataId::Auto, MarketSpecCapData::AutoRental(Box::new(rental)))
}

/// A journey with a leg on each of these days.
fn journey(departure: i64, legs: &[i64], tax: CurrencyAmount) -> SaleDetail {
    let leg = |on: &i64| TripLeg {
        date_of_travel: day(*on).into(),
        carrier_code: text("XX"),
        service_class: text("Y"),
        stop_over_code: StopOverCode::StopOverPermitted,
        dest_city_airport: text("CDG"),
        fare_basis_code: None,
        departure_tax: Some(tax.clone()),
    };
    let journey = MarketTransportCap {
        passenger_name: text("A. Traveller"),
        departure_date: day(departure).into(),
        orig_city_airport: text("BES"),
        trip_leg_seq: Some(legs.iter().map(leg).collect()),
        ticket_number: None,
        travel_agency_code: None,
        travel_agency_name: None,
        restrictions: None,
    };
    of_market(MarketSpecDataId::Transport, MarketSpecCapData::Transport(Box::new(journey)))
}

/// What a supplier tells a company that it delivered.
fn supplied(freight: CurrencyAmount, total: CurrencyAmount) -> SaleDetail {
    let charge_info = ChargeInfo {
        total_freight_shipping_amount: Some(freight),
        total_duty_tariff_amount: None,
        duty_tariff_reference: None,
        total_national_tax_amount: None,
        total_local_tax_amount: None,
        total_other_tax_amount: None,
        total_tax_amount: None,
        merchant_tax_id: None,
        merchant_duty_tariff_ref: None,
        customer_duty_tariff_ref: None,
        summary_commodity_code: None,
        merchant_type: None,
    };
    let item = Item {
        quantity: 2,
        unit_of_measure_code: None,
        descriptor: text("Lighthouse poster"),
        commodity_code: None,
        product_code: None,
        unit_cost: None,
        net_cost: None,
        discount_ind: false,
        discount_amount: None,
        national_tax_amount: None,
        national_tax_rate: None,
        national_tax_type: None,
        local_tax_amount: None,
        other_tax_amount: None,
        item_total_cost: total,
    };
    let data = CommercialCardData {
        charge_info: Some(charge_info),
        merchant_location: None,
        ship_from: None,
        ship_to: None,
        item_seq: Some(vec![item]),
    };
    SaleDetail { commercial_card_data: Some(data), ..sale() }
}

fn honest() -> Vec<(&'static str, SaleDetail)> {
    vec![
        ("nothing of a market", sale()),
        ("a stay", stay(|_| ())),
        ("a stay whose nights nobody counted", stay(|stay| stay.duration_of_stay = None)),
        (
            "a room for an hour",
            stay(|stay| {
                stay.departure_date = stay.arrival_date.plus_s(3600).into();
                stay.duration_of_stay = Some(0);
            }),
        ),
        ("a rental", rental(|_| ())),
        ("a journey", journey(1, &[1, 1, 8], eur(900).into())),
        ("a company's order", supplied(eur(500).into(), eur(3700).into())),
        ("data that the issuer could not read", {
            let mut sale = stay(|_| ());
            let market = sale.market_spec_sale_data.as_mut().expect("a stay");
            market.market_spec_data_id = Some(MarketSpecDataId::FailedEdit);
            sale
        }),
    ]
}

/// Each is wrong in one point.
fn contradictory() -> Vec<(&'static str, SaleDetail)> {
    let fraction = CurrencyAmount { currency: 978, amount: 1, amt_exp10: -3 };
    let giant = CurrencyAmount { currency: 978, amount: u64::MAX, amt_exp10: 9 };
    let nowhere = CurrencyAmount { currency: 998, amount: 1, amt_exp10: 0 };
    let mut all = vec![
        ("it ends before it begins", stay(|stay| stay.departure_date = day(-1).into())),
        ("a night too many", stay(|stay| stay.duration_of_stay = Some(3))),
        ("a night too few", stay(|stay| stay.duration_of_stay = Some(0))),
        (
            "brought back before it was taken",
            rental(|rental| {
                rental.return_date_time = day(-1).into();
            }),
        ),
        ("a leg before the departure", journey(2, &[1], eur(900).into())),
        ("legs out of order", journey(1, &[3, 2], eur(900).into())),
        ("taxes in another currency", journey(1, &[1], usd(900))),
        (
            "a car paid in another currency",
            rental(|rental| {
                rental.auto_charges.fuel_charges = Some(usd(200));
            }),
        ),
        ("a supplier's freight in another currency", supplied(usd(500), eur(3700).into())),
        ("an item in another currency", supplied(eur(500).into(), usd(3700))),
        ("a stay that is called a rental", {
            let mut sale = stay(|_| ());
            let market = sale.market_spec_sale_data.as_mut().expect("a stay");
            market.market_spec_data_id = Some(MarketSpecDataId::Auto);
            sale
        }),
    ];
    for amount in [fraction, giant, nowhere] {
        let change = |stay: &mut MarketHotelCap| stay.hotel_charges.mini_bar_charges = Some(amount);
        all.push(("an amount that is none", stay(change)));
    }
    all
}

#[test]
fn a_capture_says_of_its_market_what_agrees_with_it() {
    for suite in Suite::ALL {
        for (what, sale) in honest() {
            let mut cast = Cast::in_suite(suite);
            let done = captured(&mut cast, sale);
            assert_eq!(done.own().len(), 1, "{suite}, {what}: the acquirer is told");
        }
    }
}

#[test]
fn a_capture_that_contradicts_itself_is_refused_and_the_acquirer_hears_nothing() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        cast.authorize(ORDER, eur(4200));
        let cap_req = cast.capture(ORDER, eur(4200));
        for (attempt, (what, sale)) in (1_u8..).zip(contradictory()) {
            let done = takes(&mut cast, &cap_req, sale, attempt);
            assert!(done.own().is_empty() && done.answers(), "{suite}: {what}");
            let items = cast.captures.state(&done.key).expect("a record").items;
            let refused = capture::Outcome::Refused(CapCode::InvalidAuthData);
            assert_eq!(items[0].outcome, refused, "{suite}: {what}");
            assert!(cast.captures.register.is_empty(), "{suite}, {what}: the token is not used");
        }
        let done = takes(&mut cast, &cap_req, stay(|_| ()), 0);
        assert_eq!(done.own().len(), 1, "{suite}: the token is as good as before");
    }
}

fn captured(cast: &mut Cast, sale: SaleDetail) -> Done<GatewayCapture> {
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    takes(cast, &cap_req, sale, 0)
}

/// The gateway takes a capture of which this is said, under a number of its own.
fn takes(cast: &mut Cast, cap_req: &[u8], sale: SaleDetail, attempt: u8) -> Done<GatewayCapture> {
    let pki = &cast.world.pki;
    let asked = forge::cap_req(cap_req, pki, &pki.house.merchant, |data, _| {
        data.cap_rr_tags.rrpid = Rrpid::new([attempt; 20]).into();
        data.cap_item_seq[0].cap_payload.sale_detail = Some(sale);
    });
    cast.captures.request(&asked, &mut cast.world).expect("an answer")
}

#[test]
fn a_question_that_contradicts_itself_asks_no_bank() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        let auth_req = cast.order(ORDER, eur(4200));
        for (attempt, (what, sale)) in (1_u8..).zip(contradictory()) {
            let pki = &cast.world.pki;
            let asked = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
                let tags = &mut data.auth_req_item.auth_tags.auth_rr_tags;
                tags.rrpid = Rrpid::new([attempt; 20]).into();
                data.sale_detail = Some(sale);
            });
            let done = cast.gateway.request(&asked, &mut cast.world).expect("an answer");
            assert!(done.own().is_empty() && done.answers(), "{suite}: {what}");
            let told = cast.gateway.state(&done.key).expect("a record").stage;
            let code = AuthCode::AmountError;
            assert_eq!(told, gateway::Stage::Refused { code }, "{suite}: {what}");
            assert!(cast.gateway.register.is_empty(), "{suite}, {what}: the consent stands");
        }
        let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
        assert_eq!(done.own().len(), 1, "{suite}: the consent is as good as before");
    }
}
