//! Registration forms: what an authority asks, and what was answered.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::Oid,
    types::{SetString, Url},
};

/// The longest answer where the form says nothing.
fn longest_answer() -> u16 {
    128
}

/// PolicyText
///
/// The policy under which certificates are given, for the user to read.
pub type PolicyText = SetString<20_000>;

/// RegFormOrReferral
///
/// The form, or where to ask for it.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum RegFormOrReferral {
    /// Registration form follows.
    #[rasn(tag(context, 0))]
    RegFormData(RegFormData),
    /// Go elsewhere.
    #[rasn(tag(context, 1))]
    ReferralData(ReferralData),
}

/// RegFormData
///
/// The form and the policy.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct RegFormData {
    /// Form.
    pub reg_template: Option<RegTemplate>,
    /// Policy text to display.
    pub policy: PolicyText,
}

/// RegTemplate
///
/// The form.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct RegTemplate {
    /// Form number at this CA.
    pub reg_form_id: u64,
    /// Brand logo.
    #[rasn(tag(context, 0))]
    pub brand_logo_url: Option<Url>,
    /// Issuer/card logo.
    #[rasn(tag(context, 1))]
    pub card_logo_url: Option<Url>,
    /// Form fields.
    #[rasn(size("1..=50"))]
    pub reg_field_seq: Option<Vec<RegField>>,
}

/// RegField
///
/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct RegField {
    /// Well-known field OID 2.23.42.2.x.
    #[rasn(tag(context, 0))]
    pub field_id: Option<Oid>,
    /// Label.
    pub field_name: SetString<128>,
    /// Help text.
    #[rasn(tag(explicit(context, 1)))]
    pub field_desc: Option<SetString<200>>,
    /// Maximum length.
    #[rasn(value("1..=128"), default = "longest_answer")]
    pub field_len: u16,
    /// Must be filled in.
    #[rasn(tag(context, 2), default)]
    pub field_required: bool,
    /// Do not show to the user.
    #[rasn(tag(context, 3), default)]
    pub field_invisible: bool,
}

/// ReferralData
///
/// Where to ask instead, and why.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ReferralData {
    /// A text for the user.
    pub reason: Option<SetString<512>>,
    /// Where to go, by preference.
    pub referral_url_seq: Option<Vec<Url>>,
}
