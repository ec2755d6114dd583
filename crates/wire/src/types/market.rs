//! What airlines, hotels, car rentals and company cards add to a sale.

use openset_types::UnixTime;
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{CurrencyAmount, FloatingPoint, Location, Phone, SetString};
use crate::{der::Carried, payment::MarketSpecDataId};

/// The number of units where none is written.
fn one() -> u64 {
    1
}

/// MarketSpecAuthData
///
/// What a market adds to an authorization.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum MarketSpecAuthData {
    /// Auto rental.
    #[rasn(tag(context, 0))]
    AutoRental(MarketAutoAuth),
    /// Hotel.
    #[rasn(tag(context, 1))]
    Hotel(MarketHotelAuth),
    /// Transport.
    #[rasn(tag(context, 2))]
    Transport(()),
}

/// MarketAutoAuth
///
/// A car rental.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MarketAutoAuth {
    /// Days.
    #[rasn(value("1..=99"))]
    pub duration: u16,
}

/// MarketHotelAuth
///
/// A hotel stay.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MarketHotelAuth {
    /// Days.
    #[rasn(value("1..=99"))]
    pub duration: u16,
    /// Prestigious property class.
    pub prestige: Option<Prestige>,
}

/// Prestige
///
/// The level of a preferred hotel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum Prestige {
    /// `unknown`
    Unknown = 0,
    /// `level-1`
    Level1 = 1,
    /// `level-2`
    Level2 = 2,
    /// `level-3`
    Level3 = 3,
}

/// MarketSpecSaleData
///
/// What a market adds to a sale.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MarketSpecSaleData {
    /// Market data accepted.
    pub market_spec_data_id: Option<MarketSpecDataId>,
    /// Market spec cap data.
    pub market_spec_cap_data: Option<MarketSpecCapData>,
}

/// MarketSpecCapData
///
/// What a market adds to a capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum MarketSpecCapData {
    /// Auto rental.
    #[rasn(tag(context, 0))]
    AutoRental(Box<MarketAutoCap>),
    /// Hotel.
    #[rasn(tag(context, 1))]
    Hotel(Box<MarketHotelCap>),
    /// Transport.
    #[rasn(tag(context, 2))]
    Transport(Box<MarketTransportCap>),
}

/// CommercialCardData
///
/// What company cards ask for: taxes, places and every item.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CommercialCardData {
    /// Charge info.
    #[rasn(tag(context, 0))]
    pub charge_info: Option<ChargeInfo>,
    /// Merchant location.
    #[rasn(tag(context, 1))]
    pub merchant_location: Option<Location>,
    /// Ship from.
    #[rasn(tag(context, 2))]
    pub ship_from: Option<Location>,
    /// Ship to.
    #[rasn(tag(context, 3))]
    pub ship_to: Option<Location>,
    /// Item seq.
    #[rasn(tag(context, 4), size("1..=999"))]
    pub item_seq: Option<Vec<Item>>,
}

/// ChargeInfo
///
/// Charges and taxes of the whole sale.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ChargeInfo {
    /// Total freight shipping amount.
    #[rasn(tag(context, 0))]
    pub total_freight_shipping_amount: Option<CurrencyAmount>,
    /// Total duty tariff amount.
    #[rasn(tag(context, 1))]
    pub total_duty_tariff_amount: Option<CurrencyAmount>,
    /// Duty tariff reference.
    #[rasn(tag(explicit(context, 2)))]
    pub duty_tariff_reference: Option<SetString<20>>,
    /// Total national tax amount.
    #[rasn(tag(context, 3))]
    pub total_national_tax_amount: Option<CurrencyAmount>,
    /// Total local tax amount.
    #[rasn(tag(context, 4))]
    pub total_local_tax_amount: Option<CurrencyAmount>,
    /// Total other tax amount.
    #[rasn(tag(context, 5))]
    pub total_other_tax_amount: Option<CurrencyAmount>,
    /// Total tax amount.
    #[rasn(tag(context, 6))]
    pub total_tax_amount: Option<CurrencyAmount>,
    /// Merchant tax id.
    #[rasn(tag(explicit(context, 7)))]
    pub merchant_tax_id: Option<SetString<20>>,
    /// Merchant duty tariff ref.
    #[rasn(tag(explicit(context, 8)))]
    pub merchant_duty_tariff_ref: Option<SetString<20>>,
    /// Customer duty tariff ref.
    #[rasn(tag(explicit(context, 9)))]
    pub customer_duty_tariff_ref: Option<SetString<20>>,
    /// Summary commodity code.
    #[rasn(tag(explicit(context, 10)))]
    pub summary_commodity_code: Option<SetString<20>>,
    /// Merchant type.
    #[rasn(tag(explicit(context, 11)))]
    pub merchant_type: Option<SetString<4>>,
}

/// Item
///
/// One item of a sale.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Item {
    /// Quantity.
    #[rasn(value("1..=18446744073709551615"), default = "one")]
    pub quantity: u64,
    /// Unit of measure code.
    #[rasn(tag(explicit(context, 0)))]
    pub unit_of_measure_code: Option<SetString<20>>,
    /// Descriptor.
    pub descriptor: SetString<35>,
    /// Commodity code.
    #[rasn(tag(explicit(context, 1)))]
    pub commodity_code: Option<SetString<20>>,
    /// Product code.
    #[rasn(tag(explicit(context, 2)))]
    pub product_code: Option<SetString<20>>,
    /// Unit cost.
    #[rasn(tag(context, 3))]
    pub unit_cost: Option<CurrencyAmount>,
    /// Net cost.
    #[rasn(tag(context, 4))]
    pub net_cost: Option<CurrencyAmount>,
    /// Discount ind.
    #[rasn(default)]
    pub discount_ind: bool,
    /// Discount amount.
    #[rasn(tag(context, 5))]
    pub discount_amount: Option<CurrencyAmount>,
    /// National tax amount.
    #[rasn(tag(context, 6))]
    pub national_tax_amount: Option<CurrencyAmount>,
    /// National tax rate.
    #[rasn(tag(context, 7))]
    pub national_tax_rate: Option<FloatingPoint>,
    /// National tax type.
    #[rasn(tag(explicit(context, 8)))]
    pub national_tax_type: Option<SetString<20>>,
    /// Local tax amount.
    #[rasn(tag(context, 9))]
    pub local_tax_amount: Option<CurrencyAmount>,
    /// Other tax amount.
    #[rasn(tag(context, 10))]
    pub other_tax_amount: Option<CurrencyAmount>,
    /// Item total cost.
    pub item_total_cost: CurrencyAmount,
}

/// MarketAutoCap
///
/// A car rental, at its end.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MarketAutoCap {
    /// Renter name.
    #[rasn(tag(explicit(context, 0)))]
    pub renter_name: Option<SetString<50>>,
    /// Rental location.
    #[rasn(tag(context, 1))]
    pub rental_location: Option<Location>,
    /// Rental date time.
    pub rental_date_time: Carried<UnixTime>,
    /// Auto no show.
    #[rasn(tag(context, 2))]
    pub auto_no_show: Option<AutoNoShow>,
    /// Rental agreement number.
    #[rasn(tag(explicit(context, 3)))]
    pub rental_agreement_number: Option<SetString<25>>,
    /// Reference number.
    #[rasn(tag(explicit(context, 4)))]
    pub reference_number: Option<SetString<20>>,
    /// Insurance type.
    #[rasn(tag(explicit(context, 5)))]
    pub insurance_type: Option<SetString<20>>,
    /// Auto rate info.
    #[rasn(tag(context, 6))]
    pub auto_rate_info: Option<AutoRateInfo>,
    /// Return location.
    #[rasn(tag(context, 7))]
    pub return_location: Option<Location>,
    /// Return date time.
    pub return_date_time: Carried<UnixTime>,
    /// Auto charges.
    pub auto_charges: AutoCharges,
}

/// AutoNoShow
///
/// What was kept for a renter who did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AutoNoShow {
    /// `normalVehicle`
    NormalVehicle = 0,
    /// `specialVehicle`
    SpecialVehicle = 1,
}

/// AutoRateInfo
///
/// The rates of a rental.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AutoRateInfo {
    /// Auto applicable rate.
    pub auto_applicable_rate: AutoApplicableRate,
    /// Late return hourly rate.
    #[rasn(tag(context, 0))]
    pub late_return_hourly_rate: Option<CurrencyAmount>,
    /// Distance rate.
    #[rasn(tag(context, 1))]
    pub distance_rate: Option<CurrencyAmount>,
    /// Free distance.
    #[rasn(tag(context, 2))]
    pub free_distance: Option<Distance>,
    /// Vehicle class code.
    #[rasn(tag(explicit(context, 3)))]
    pub vehicle_class_code: Option<SetString<10>>,
    /// Corporate id.
    #[rasn(tag(explicit(context, 4)))]
    pub corporate_id: Option<SetString<20>>,
}

/// AutoApplicableRate
///
/// By the day or by the week.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum AutoApplicableRate {
    /// Daily rental rate.
    #[rasn(tag(context, 0))]
    DailyRentalRate(CurrencyAmount),
    /// Weekly rental rate.
    #[rasn(tag(context, 1))]
    WeeklyRentalRate(CurrencyAmount),
}

/// AutoCharges
///
/// What a rental cost.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AutoCharges {
    /// Regular distance charges.
    pub regular_distance_charges: CurrencyAmount,
    /// Late return charges.
    #[rasn(tag(context, 0))]
    pub late_return_charges: Option<CurrencyAmount>,
    /// Total distance.
    #[rasn(tag(context, 1))]
    pub total_distance: Option<Distance>,
    /// Extra distance charges.
    #[rasn(tag(context, 2))]
    pub extra_distance_charges: Option<CurrencyAmount>,
    /// Insurance charges.
    #[rasn(tag(context, 3))]
    pub insurance_charges: Option<CurrencyAmount>,
    /// Fuel charges.
    #[rasn(tag(context, 4))]
    pub fuel_charges: Option<CurrencyAmount>,
    /// Auto towing charges.
    #[rasn(tag(context, 5))]
    pub auto_towing_charges: Option<CurrencyAmount>,
    /// One way drop off charges.
    #[rasn(tag(context, 6))]
    pub one_way_drop_off_charges: Option<CurrencyAmount>,
    /// Telephone charges.
    #[rasn(tag(context, 7))]
    pub telephone_charges: Option<CurrencyAmount>,
    /// Violations charges.
    #[rasn(tag(context, 8))]
    pub violations_charges: Option<CurrencyAmount>,
    /// Delivery charges.
    #[rasn(tag(context, 9))]
    pub delivery_charges: Option<CurrencyAmount>,
    /// Parking charges.
    #[rasn(tag(context, 10))]
    pub parking_charges: Option<CurrencyAmount>,
    /// Other charges.
    #[rasn(tag(context, 11))]
    pub other_charges: Option<CurrencyAmount>,
    /// Total tax amount.
    #[rasn(tag(context, 12))]
    pub total_tax_amount: Option<CurrencyAmount>,
    /// Audit adjustment.
    #[rasn(tag(context, 13))]
    pub audit_adjustment: Option<CurrencyAmount>,
}

/// Distance
///
/// A distance.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Distance {
    /// Scale.
    pub scale: DistanceScale,
    /// Dist.
    pub dist: u64,
}

/// DistanceScale
///
/// The unit of a distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum DistanceScale {
    /// `miles`
    Miles = 0,
    /// `kilometers`
    Kilometers = 1,
}

/// MarketHotelCap
///
/// A hotel stay, at its end.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MarketHotelCap {
    /// Arrival date.
    pub arrival_date: Carried<UnixTime>,
    /// Hotel no show.
    #[rasn(tag(context, 0))]
    pub hotel_no_show: Option<HotelNoShow>,
    /// Departure date.
    pub departure_date: Carried<UnixTime>,
    /// Duration of stay.
    #[rasn(tag(context, 1), value("0..=99"))]
    pub duration_of_stay: Option<u16>,
    /// Folio number.
    #[rasn(tag(explicit(context, 2)))]
    pub folio_number: Option<SetString<25>>,
    /// Property phone.
    #[rasn(tag(explicit(context, 3)))]
    pub property_phone: Option<Phone>,
    /// Phone for the statement.
    #[rasn(tag(explicit(context, 4)))]
    pub customer_service_phone: Option<Phone>,
    /// Program code.
    #[rasn(tag(explicit(context, 5)))]
    pub program_code: Option<SetString<10>>,
    /// Hotel rate info.
    #[rasn(tag(context, 6))]
    pub hotel_rate_info: Option<HotelRateInfo>,
    /// Hotel charges.
    pub hotel_charges: HotelCharges,
}

/// HotelNoShow
///
/// What was kept for a guest who did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum HotelNoShow {
    /// `guaranteedLateArrival`
    GuaranteedLateArrival = 0,
}

/// HotelRateInfo
///
/// The rates of a room.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct HotelRateInfo {
    /// Daily room rate.
    pub daily_room_rate: CurrencyAmount,
    /// Daily tax rate.
    pub daily_tax_rate: Option<FloatingPoint>,
}

/// HotelCharges
///
/// What a stay cost.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct HotelCharges {
    /// Room charges.
    pub room_charges: CurrencyAmount,
    /// Room tax.
    #[rasn(tag(context, 0))]
    pub room_tax: Option<CurrencyAmount>,
    /// Prepaid expenses.
    #[rasn(tag(context, 1))]
    pub prepaid_expenses: Option<CurrencyAmount>,
    /// Food beverage charges.
    #[rasn(tag(context, 2))]
    pub food_beverage_charges: Option<CurrencyAmount>,
    /// Room service charges.
    #[rasn(tag(context, 3))]
    pub room_service_charges: Option<CurrencyAmount>,
    /// Mini bar charges.
    #[rasn(tag(context, 4))]
    pub mini_bar_charges: Option<CurrencyAmount>,
    /// Laundry charges.
    #[rasn(tag(context, 5))]
    pub laundry_charges: Option<CurrencyAmount>,
    /// Telephone charges.
    #[rasn(tag(context, 6))]
    pub telephone_charges: Option<CurrencyAmount>,
    /// Business center charges.
    #[rasn(tag(context, 7))]
    pub business_center_charges: Option<CurrencyAmount>,
    /// Parking charges.
    #[rasn(tag(context, 8))]
    pub parking_charges: Option<CurrencyAmount>,
    /// Movie charges.
    #[rasn(tag(context, 9))]
    pub movie_charges: Option<CurrencyAmount>,
    /// Health club charges.
    #[rasn(tag(context, 10))]
    pub health_club_charges: Option<CurrencyAmount>,
    /// Gift shop purchases.
    #[rasn(tag(context, 11))]
    pub gift_shop_purchases: Option<CurrencyAmount>,
    /// Folio cash advances.
    #[rasn(tag(context, 12))]
    pub folio_cash_advances: Option<CurrencyAmount>,
    /// Other charges.
    #[rasn(tag(context, 13))]
    pub other_charges: Option<CurrencyAmount>,
    /// Total tax amount.
    #[rasn(tag(context, 14))]
    pub total_tax_amount: Option<CurrencyAmount>,
    /// Audit adjustment.
    #[rasn(tag(context, 15))]
    pub audit_adjustment: Option<CurrencyAmount>,
}

/// MarketTransportCap
///
/// A journey.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MarketTransportCap {
    /// Passenger name.
    pub passenger_name: SetString<20>,
    /// Departure date.
    pub departure_date: Carried<UnixTime>,
    /// Orig city airport.
    pub orig_city_airport: SetString<10>,
    /// Trip leg seq.
    #[rasn(tag(context, 0), size("1..=16"))]
    pub trip_leg_seq: Option<Vec<TripLeg>>,
    /// Ticket number.
    #[rasn(tag(explicit(context, 1)))]
    pub ticket_number: Option<SetString<20>>,
    /// Travel agency code.
    #[rasn(tag(explicit(context, 2)))]
    pub travel_agency_code: Option<SetString<10>>,
    /// Travel agency name.
    #[rasn(tag(explicit(context, 3)))]
    pub travel_agency_name: Option<SetString<25>>,
    /// Restrictions.
    #[rasn(tag(context, 4))]
    pub restrictions: Option<Restrictions>,
}

/// TripLeg
///
/// One leg of a journey.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct TripLeg {
    /// Date of travel.
    pub date_of_travel: Carried<UnixTime>,
    /// Carrier code.
    pub carrier_code: SetString<4>,
    /// Service class.
    pub service_class: SetString<4>,
    /// Stop over code.
    pub stop_over_code: StopOverCode,
    /// Dest city airport.
    pub dest_city_airport: SetString<10>,
    /// Fare basis code.
    #[rasn(tag(explicit(context, 0)))]
    pub fare_basis_code: Option<SetString<10>>,
    /// Departure tax.
    #[rasn(tag(context, 1))]
    pub departure_tax: Option<CurrencyAmount>,
}

/// StopOverCode
///
/// Whether the traveller may stop over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum StopOverCode {
    /// `noStopOverPermitted`
    NoStopOverPermitted = 0,
    /// `stopOverPermitted`
    StopOverPermitted = 1,
}

/// Restrictions
///
/// What a ticket does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum Restrictions {
    /// `unspecifiedRestriction`
    UnspecifiedRestriction = 0,
}
