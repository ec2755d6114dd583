//! Every amount of money that is said of a sale.
//!
//! A receiver holds each of them against the sale. Whoever asks the whole cannot forget one.

use super::{
    AutoApplicableRate, AutoCharges, AutoRateInfo, ChargeInfo, CommercialCardData, CurrencyAmount,
    HotelCharges, HotelRateInfo, Item, MarketAutoCap, MarketHotelCap, MarketSpecCapData,
    MarketSpecSaleData, MarketTransportCap, SaleDetail, TripLeg,
};

/// Something that is said of a sale, with amounts in it.
pub trait Priced {
    /// Adds the amounts that stand in it.
    fn find_amounts<'a>(&'a self, found: &mut Vec<&'a CurrencyAmount>);

    /// Every amount that stands in it.
    fn amounts(&self) -> Vec<&CurrencyAmount> {
        let mut found = Vec::new();
        self.find_amounts(&mut found);
        found
    }
}

impl Priced for CurrencyAmount {
    fn find_amounts<'a>(&'a self, found: &mut Vec<&'a CurrencyAmount>) {
        found.push(self);
    }
}

impl<T: Priced> Priced for Option<T> {
    fn find_amounts<'a>(&'a self, found: &mut Vec<&'a CurrencyAmount>) {
        self.iter().for_each(|part| part.find_amounts(found));
    }
}

impl<T: Priced> Priced for Vec<T> {
    fn find_amounts<'a>(&'a self, found: &mut Vec<&'a CurrencyAmount>) {
        self.iter().for_each(|part| part.find_amounts(found));
    }
}

impl Priced for MarketSpecCapData {
    fn find_amounts<'a>(&'a self, found: &mut Vec<&'a CurrencyAmount>) {
        match self {
            Self::AutoRental(data) => data.find_amounts(found),
            Self::Hotel(data) => data.find_amounts(found),
            Self::Transport(data) => data.find_amounts(found),
        }
    }
}

impl Priced for AutoApplicableRate {
    fn find_amounts<'a>(&'a self, found: &mut Vec<&'a CurrencyAmount>) {
        let (Self::DailyRentalRate(rate) | Self::WeeklyRentalRate(rate)) = self;
        rate.find_amounts(found);
    }
}

/// Says of each type which of its fields are amounts, or hold some.
macro_rules! priced {
    ($($kind:ident [$($part:ident),*];)*) => {
        $(impl Priced for $kind {
            fn find_amounts<'a>(&'a self, found: &mut Vec<&'a CurrencyAmount>) {
                $(self.$part.find_amounts(found);)*
            }
        })*
    };
}

priced! {
    SaleDetail [market_spec_sale_data, commercial_card_data];
    MarketSpecSaleData [market_spec_cap_data];
    CommercialCardData [charge_info, item_seq];
    ChargeInfo [
        total_freight_shipping_amount, total_duty_tariff_amount, total_national_tax_amount,
        total_local_tax_amount, total_other_tax_amount, total_tax_amount
    ];
    Item [
        unit_cost, net_cost, discount_amount, national_tax_amount, local_tax_amount,
        other_tax_amount, item_total_cost
    ];
    MarketAutoCap [auto_rate_info, auto_charges];
    AutoRateInfo [auto_applicable_rate, late_return_hourly_rate, distance_rate];
    AutoCharges [
        regular_distance_charges, late_return_charges, extra_distance_charges, insurance_charges,
        fuel_charges, auto_towing_charges, one_way_drop_off_charges, telephone_charges,
        violations_charges, delivery_charges, parking_charges, other_charges, total_tax_amount,
        audit_adjustment
    ];
    MarketHotelCap [hotel_rate_info, hotel_charges];
    HotelRateInfo [daily_room_rate];
    HotelCharges [
        room_charges, room_tax, prepaid_expenses, food_beverage_charges, room_service_charges,
        mini_bar_charges, laundry_charges, telephone_charges, business_center_charges,
        parking_charges, movie_charges, health_club_charges, gift_shop_purchases,
        folio_cash_advances, other_charges, total_tax_amount, audit_adjustment
    ];
    MarketTransportCap [trip_leg_seq];
    TripLeg [departure_tax];
}
