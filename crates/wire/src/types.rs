//! The parts that many messages share.

mod amount;
mod binding;
mod card;
mod extension;
mod float;
mod freshness;
mod ids;
mod install;
mod location;
mod market;
mod priced;
mod sale;
mod text;
mod thumb;

pub use amount::CurrencyAmount;
pub use binding::{ForMerchant, IntendedGateway};
pub use card::{BackKey, BackKeyData, PanData, PanData0, PanOnly, PanToken};
pub use extension::{MsgExtension, MsgExtensions};
pub use float::FloatingPoint;
pub use freshness::{Challenge, Nonce};
pub use ids::{MerTermIds, PaySysId, RrTags, TransIds};
pub use install::{InstallRecurData, InstallRecurInd, Recurring};
pub use location::Location;
pub use market::{
    AutoApplicableRate, AutoCharges, AutoNoShow, AutoRateInfo, ChargeInfo, CommercialCardData,
    Distance, DistanceScale, HotelCharges, HotelNoShow, HotelRateInfo, Item, MarketAutoAuth,
    MarketAutoCap, MarketHotelAuth, MarketHotelCap, MarketSpecAuthData, MarketSpecCapData,
    MarketSpecSaleData, MarketTransportCap, Prestige, Restrictions, StopOverCode, TripLeg,
};
pub use priced::Priced;
pub use sale::{
    BatchDetails, BatchStatus, BatchTotals, BrandBatchDetails, CloseStatus, ClosedWhen,
    PayRecurInd, SaleDetail,
};
pub(crate) use text::is_seen;
pub use text::{Phone, SetString, SwIdent, Url};
pub use thumb::{CertThumb, Digest, Thumbs};
