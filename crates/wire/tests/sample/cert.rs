//! Samples of the messages of a registration.

use openset_wire::{
    cert::{
        AcctData, AcctInfo, AcquirerId, BciDistribution, BciDistributionTbs, CaMsg, CardCInitReq,
        CardCInitResTbs, CertInqReqTbs, CertReq, CertReqData, CertReqTbex, CertReqTbs, CertRes,
        CertResData, CertStatus, CertStatusCode, CrlNotification, CrlNotificationRes,
        CrlNotificationResTbs, CrlNotificationTbs, FailedItem, FieldValue, IdData, MeAqCInitReq,
        MeAqCInitResTbs, MerchantAcquirerId, PublicKeySorE, ReferralData, RegField, RegFormData,
        RegFormItems, RegFormOrReferral, RegFormReqData, RegFormReqTbe, RegFormResTbs, RegTemplate,
        RequestType,
    },
    der::{Numeric, Octets, Original, Visible},
    opaque::Linked,
    types::{BackKey, BackKeyData, PanData0, PanOnly, Url},
    wrapper::Message,
    x509::BrandCrlIdentifier,
};

use super::{
    Sample, bin, brand, brand_crl_identifier, challenge, digested, expiry, language, local_id,
    merchant_id, nonce, now, oid, pan, public_key, rrpid, sealed, sealed_under, secret, signed,
    text, thumb, thumbs,
};

pub(crate) fn messages() -> Vec<(&'static str, Message)> {
    vec![
        ("CardCInitReq", Message::CardCInitReq(Box::new(card_c_init_req()))),
        ("CardCInitRes", Message::CardCInitRes(signed(42))),
        ("Me-AqCInitReq", Message::MeAqCInitReq(Box::new(me_aq_c_init_req()))),
        ("Me-AqCInitRes", Message::MeAqCInitRes(signed(43))),
        ("RegFormReq", Message::RegFormReq(sealed(76))),
        ("RegFormRes", Message::RegFormRes(signed(44))),
        ("CertReq-account", Message::CertReq(CertReq::Encx(sealed(78)))),
        ("CertReq", Message::CertReq(CertReq::Enc(sealed(77)))),
        ("CertRes", Message::CertRes(CertRes::CertResS(signed(47)))),
        ("CertRes-sealed", Message::CertRes(CertRes::EncK(sealed_under(79)))),
        ("CertInqReq", Message::CertInqReq(signed(48))),
        ("CertInqRes", Message::CertInqRes(CertRes::CertResS(signed(47)))),
        ("CertInqRes-sealed", Message::CertInqRes(CertRes::EncK(sealed_under(79)))),
    ]
}

pub(crate) fn parts() -> Vec<Sample> {
    vec![
        Sample::of("CardCInitResTBS", &card_c_init_res_tbs()),
        Sample::of("Me-AqCInitResTBS", &me_aq_c_init_res_tbs()),
        Sample::of("RegFormReqTBE", &reg_form_req_tbe()),
        Sample::of("PANOnly", &PanOnly { pan: pan(), ex_nonce: nonce(0x41) }),
        Sample::of("RegFormResTBS", &reg_form_res_tbs()),
        Sample::of("CertReqTBEX", &cert_req_tbex()),
        Sample::of("CertReqTBS", &cert_req_tbs()),
        Sample::of("CertReqData", &cert_req_data()),
        Sample::of("AcctInfo", &acct_info()),
        Sample { file: "inside/AcctInfo-merchant.der".into(), ..merchant_account() },
        Sample::of("CertResData", &cert_res_data()),
        Sample::of("CertInqReqTBS", &cert_inq_req_tbs()),
        Sample::of("Me-AqCInitResTBS", &referral()).named("referral"),
        Sample::of("CertReqData", &renewal()).named("renewal"),
        Sample::of("CertResData", &pended()).named("pended"),
        Sample::of("CRLNotification", &crl_notification()),
        Sample::of("CRLNotificationTBS", &crl_notification_tbs()),
        Sample::of("CRLNotificationResTBS", &crl_notification_res_tbs()),
        Sample::of("CRLNotificationRes", &crl_notification_res()),
        Sample::of("BCIDistribution", &bci_distribution()),
        Sample::of("BCIDistributionTBS", &bci_distribution_tbs(Some(brand_crl_identifier()))),
        Sample::of("BCIDistributionTBS", &no_list()).named("none"),
    ]
}

fn referral() -> MeAqCInitResTbs {
    let urls = ["https://ca.example/set", "https://second.example/set"];
    let url = |url: &str| Url::new(url).expect("printable");
    let referral = ReferralData {
        reason: Some(text("Your acquirer has an authority of its own.")),
        referral_url_seq: Some(urls.map(url).to_vec()),
    };
    MeAqCInitResTbs {
        reg_form_or_referral: RegFormOrReferral::ReferralData(referral),
        acct_data_field: None,
        ..me_aq_c_init_res_tbs()
    }
}

fn renewal() -> CertReqData {
    CertReqData {
        request_type: RequestType::MerRenewalEnc,
        public_key_s_or_e: PublicKeySorE { public_key_s: None, public_key_e: Some(public_key()) },
        ca_back_key_data: None,
        reg_form: None,
        ..cert_req_data()
    }
}

fn pended() -> CertResData {
    let cert_status = CertStatus {
        cert_status_code: CertStatusCode::RequestPended,
        nonce_cca: None,
        ee_message: None,
        ca_msg: None,
        failed_item_seq: None,
    };
    CertResData { cert_status, cert_thumbs: None, ..cert_res_data() }
}

pub(crate) fn crl_notification() -> CrlNotification {
    signed(80)
}

pub(crate) fn crl_notification_res() -> CrlNotificationRes {
    signed(81)
}

pub(crate) fn bci_distribution() -> BciDistribution {
    signed(82)
}

pub(crate) fn crl_notification_tbs() -> CrlNotificationTbs {
    CrlNotificationTbs { date: now(), crl_thumbprint: thumb(0x55) }
}

pub(crate) fn crl_notification_res_tbs() -> CrlNotificationResTbs {
    CrlNotificationResTbs { date: now(), crl_thumbprint: thumb(0x55) }
}

pub(crate) fn bci_distribution_tbs(bci: Option<BrandCrlIdentifier>) -> BciDistributionTbs {
    BciDistributionTbs { date: now(), bci }
}

fn no_list() -> BciDistributionTbs {
    bci_distribution_tbs(None)
}

pub(crate) fn card_c_init_req() -> CardCInitReq {
    CardCInitReq {
        rrpid: rrpid(),
        lid_ee: local_id(b"wallet-1"),
        chall_ee: challenge(0x42),
        brand_id: brand(),
        thumbs: None,
    }
}

pub(crate) fn card_c_init_res_tbs() -> CardCInitResTbs {
    CardCInitResTbs {
        rrpid: rrpid(),
        lid_ee: local_id(b"wallet-1"),
        chall_ee: challenge(0x42),
        lid_ca: Some(local_id(b"ca-1")),
        cae_thumb: thumb(0x43),
        brand_crl_identifier: Some(brand_crl_identifier()),
        thumbs: Some(thumbs()),
    }
}

pub(crate) fn me_aq_c_init_req() -> MeAqCInitReq {
    MeAqCInitReq {
        rrpid: rrpid(),
        lid_ee: local_id(b"shop-1"),
        chall_ee: challenge(0x42),
        request_type: RequestType::MerInitialBoth,
        id_data: IdData::MerchantAcquirerId(MerchantAcquirerId {
            merchant_bin: bin(),
            merchant_id: merchant_id(),
        }),
        brand_id: brand(),
        language: language(),
        thumbs: Some(thumbs()),
    }
}

pub(crate) fn me_aq_c_init_res_tbs() -> MeAqCInitResTbs {
    MeAqCInitResTbs {
        rrpid: rrpid(),
        lid_ee: local_id(b"shop-1"),
        chall_ee: challenge(0x42),
        lid_ca: Some(local_id(b"ca-1")),
        chall_ca: challenge(0x44),
        request_type: RequestType::PgwyInitialBoth,
        reg_form_or_referral: form(),
        acct_data_field: Some(field("Account", 74)),
        cae_thumb: thumb(0x43),
        brand_crl_identifier: Some(brand_crl_identifier()),
        thumbs: Some(thumbs()),
    }
}

fn form() -> RegFormOrReferral {
    RegFormOrReferral::RegFormData(RegFormData {
        reg_template: Some(RegTemplate {
            reg_form_id: 1,
            brand_logo_url: Some(Url::new("https://brand.example/logo").expect("printable")),
            card_logo_url: Some(Url::new("https://brand.example/card").expect("printable")),
            reg_field_seq: Some(vec![
                field("Nom de famille", 128),
                RegField { field_invisible: true, ..field("Pr\u{e9}nom", 40) },
            ]),
        }),
        policy: text("Certificates of this demonstration are worth nothing."),
    })
}

fn field(name: &str, field_len: u16) -> RegField {
    RegField {
        field_id: Some(oid(&[2, 23, 42, 2, 2])),
        field_name: text(name),
        field_desc: Some(text("As it stands on the card")),
        field_len,
        field_required: true,
        field_invisible: false,
    }
}

pub(crate) fn reg_form_req_tbe() -> RegFormReqTbe {
    let data = RegFormReqData {
        rrpid: rrpid(),
        lid_ee: local_id(b"wallet-1"),
        chall_ee2: challenge(0x45),
        lid_ca: Some(local_id(b"ca-1")),
        request_type: RequestType::CardInitialSig,
        language: language(),
        thumbs: Some(thumbs()),
    };
    Linked::new(data, digested(2)).expect("encodable")
}

pub(crate) fn reg_form_res_tbs() -> RegFormResTbs {
    RegFormResTbs {
        rrpid: rrpid(),
        lid_ee: local_id(b"wallet-1"),
        chall_ee2: challenge(0x45),
        lid_ca: None,
        chall_ca: challenge(0x44),
        cae_thumb: Some(thumb(0x43)),
        request_type: RequestType::CardInitialSig,
        form_or_referral: RegFormOrReferral::ReferralData(ReferralData {
            reason: Some(text("Ask the bank that gave you the card.")),
            referral_url_seq: Some(vec![Url::new("https://bank.example/").expect("printable")]),
        }),
        brand_crl_identifier: Some(brand_crl_identifier()),
        thumbs: Some(thumbs()),
    }
}

pub(crate) fn cert_req_tbex() -> CertReqTbex {
    let cert_req_data = Original::new(cert_req_data()).expect("encodable");
    CertReqTbex { cert_req_data, s: signed(46) }
}

pub(crate) fn cert_req_tbs() -> CertReqTbs {
    let cert_req_data = Original::new(cert_req_data()).expect("encodable");
    CertReqTbs { cert_req_data, acct_info: acct_info() }
}

pub(crate) fn acct_info() -> AcctInfo {
    AcctInfo::PanData0(PanData0 {
        pan: pan(),
        card_expiry: expiry(),
        card_secret: secret(0x46),
        ex_nonce: nonce(0x41),
    })
}

fn merchant_account() -> Sample {
    let account = AcctData {
        acct_identification: Visible::new(&format!("{:<74}", "FR00 SHOP")).expect("74"),
        ex_nonce: nonce(0x41),
    };
    Sample::of("AcctInfo", &AcctInfo::AcctData(account))
}

pub(crate) fn cert_req_data() -> CertReqData {
    CertReqData {
        rrpid: rrpid(),
        lid_ee: local_id(b"wallet-1"),
        chall_ee3: challenge(0x47),
        lid_ca: Some(local_id(b"ca-1")),
        chall_ca: Some(challenge(0x44)),
        request_type: RequestType::CardInitialSig,
        request_date: now(),
        id_data: Some(IdData::AcquirerId(AcquirerId {
            acquirer_bin: bin(),
            acquirer_business_id: Some(Numeric::new("12345678").expect("digits")),
        })),
        reg_form_id: 1,
        reg_form: Some(answers()),
        ca_back_key_data: Some(BackKeyData {
            back_alg_id: oid(&[2, 16, 840, 1, 101, 3, 4, 1, 46]),
            back_key: BackKey(secret(0x48).0),
        }),
        public_key_s_or_e: PublicKeySorE {
            public_key_s: Some(public_key()),
            public_key_e: Some(public_key()),
        },
        ee_thumb: Some(thumb(0x49)),
        thumbs: Some(thumbs()),
    }
}

fn answers() -> Vec<RegFormItems> {
    let octets = Octets::new(&[1, 2, 3]).expect("within bounds");
    vec![
        RegFormItems {
            field_name: text("Nom de famille"),
            field_value: FieldValue::SetString(text("L'H\u{e9}ritier")),
        },
        RegFormItems {
            field_name: text("Empreinte"),
            field_value: FieldValue::OctetString(octets),
        },
    ]
}

pub(crate) fn cert_res_data() -> CertResData {
    CertResData {
        rrpid: rrpid(),
        lid_ee: local_id(b"wallet-1"),
        chall_ee3: challenge(0x47),
        lid_ca: local_id(b"ca-1"),
        cert_status: CertStatus {
            cert_status_code: CertStatusCode::RequestComplete,
            nonce_cca: Some(secret(0x4A)),
            ee_message: Some(text("Bienvenue \u{e0} bord")),
            ca_msg: Some(CaMsg {
                card_logo_url: Some(Url::new("https://brand.example/card").expect("printable")),
                brand_logo_url: Some(Url::new("https://brand.example/card").expect("printable")),
                card_currency: Some(978),
                cardholder_msg: Some(text("Good until 12/2029")),
            }),
            failed_item_seq: Some(vec![FailedItem {
                item_number: 2,
                item_reason: text("not legible"),
            }]),
        },
        cert_thumbs: Some(thumbs()),
        brand_crl_identifier: Some(brand_crl_identifier()),
        thumbs: Some(thumbs()),
    }
}

pub(crate) fn cert_inq_req_tbs() -> CertInqReqTbs {
    CertInqReqTbs {
        rrpid: rrpid(),
        lid_ee: local_id(b"wallet-1"),
        chall_ee3: challenge(0x47),
        lid_ca: local_id(b"ca-1"),
    }
}
