//! Samples of the messages of a purchase.

use openset_types::MerchantCategory;
use openset_wire::{
    der::{Element, Original, Visible},
    opaque::Linked,
    payment::{
        AcqCardCode, AcqCardCodeMsg, AcqCardMsgData, AuthCharInd, AuthCode, AuthHeader, AuthReq,
        AuthReqData, AuthReqItem, AuthReqPayload, AuthReqTbs, AuthRes, AuthResBaggage, AuthResData,
        AuthResEncB, AuthResEncBx, AuthResPayload, AuthResTbex, AuthResTbs, AuthResTbsx,
        AuthStatus, AuthTags, AuthValCodes, AvsData, AvsResult, CapCode, CapEncB, CapEncBx,
        CapItem, CapPayload, CapReq, CapReqData, CapReqTbex, CapReqTbs, CapReqTbsx, CapResData,
        CapResItem, CapResPayload, CapRevOrCredCode, CapStatus, CapToken, CapTokenData,
        CapTokenSeq, CapTokenTbex, CapTokenTbs, CardSuspect, CardType, CheckDigests,
        CompletionCode, CreditStatus, CurrConv, HodInput, Inputs, InqReq, InqReqData, LogRefId,
        MarketSpecDataId, MerchData, MerchGroup, OiData, OiDualSigned, OiUnsigned,
        OrderDescription, PInitReq, PInitResData, PReq, PReqDualSigned, PReqUnsigned, PResData,
        PResPayload, Pi, PiData, PiDataUnsigned, PiDualSigned, PiDualSignedTbe, PiHead, PiOiLink,
        PiTbs, PiUnsignedTbe, RespReason, ResponseData, Results, SpecialProcessing,
    },
    types::{
        AutoApplicableRate, AutoCharges, AutoNoShow, AutoRateInfo, BackKey, BackKeyData,
        BatchDetails, BatchStatus, BatchTotals, BrandBatchDetails, ChargeInfo, CloseStatus,
        ClosedWhen, CommercialCardData, Distance, DistanceScale, FloatingPoint, HotelCharges,
        HotelNoShow, HotelRateInfo, InstallRecurData, InstallRecurInd, Item, Location,
        MarketAutoAuth, MarketAutoCap, MarketHotelAuth, MarketHotelCap, MarketSpecAuthData,
        MarketSpecCapData, MarketSpecSaleData, MarketTransportCap, PanData, PanToken, PayRecurInd,
        Prestige, Recurring, Restrictions, SaleDetail, StopOverCode, TripLeg, Url,
    },
    wrapper::Message,
};

use super::{
    Sample, amount, bin, brand, brand_crl_identifier, challenge, digest, digested, expiry,
    extensions, language, later, local_id, merchant_id, nonce, now, oid, pan, rr_tags, rrpid,
    sealed, sealed_under, secret, signed, sw_ident, text, thumb, thumbs, trans_ids,
};

pub(crate) fn messages() -> Vec<(&'static str, Message)> {
    vec![
        ("PInitReq", Message::PInitReq(Box::new(p_init_req()))),
        ("PInitRes", Message::PInitRes(signed(12))),
        ("PReq-dual", Message::PReq(Box::new(dual_signed()))),
        ("PReq-unsigned", Message::PReq(Box::new(unsigned()))),
        ("PRes", Message::PRes(signed(14))),
        ("InqReq-signed", Message::InqReq(Box::new(InqReq::InqReqSigned(signed(15))))),
        ("InqReq-unsigned", Message::InqReq(Box::new(InqReq::InqReqUnsigned(inq_req_data())))),
        ("InqRes", Message::InqRes(signed(14))),
        ("AuthReq", Message::AuthReq(Box::new(auth_req()))),
        ("AuthRes", Message::AuthRes(Box::new(auth_res()))),
        ("AuthRes-extra", Message::AuthRes(Box::new(auth_res_extra()))),
        ("CapReq", Message::CapReq(Box::new(cap_req()))),
        ("CapReq-extra", Message::CapReq(Box::new(cap_req_extra()))),
        ("CapRes", Message::CapRes(sealed(64))),
    ]
}

pub(crate) fn parts() -> Vec<Sample> {
    vec![
        Sample::of("PInitResData", &p_init_res_data()),
        Sample::of("OIData", &oi_data()),
        Sample::of("PIHead", &pi_head()),
        Sample::of("PI-OILink", &pi_oi_link()),
        Sample::of("PIDualSignedTBE", &pi_dual_signed_tbe()),
        Sample::of("PIUnsignedTBE", &pi_unsigned_tbe()),
        Sample::of("PIData", &PiData { pi_head: pi_head(), pan_data: pan_data() }),
        Sample::of("PIDataUnsigned", &pi_data_unsigned()),
        Sample::of("PI-TBS", &PiTbs { h_pi_data: digested(5), h_oi_data: digested(3) }),
        Sample::of("PANData", &pan_data()),
        Sample::of("PANToken", &pan_token()),
        Sample::of("HODInput", &hod_input()),
        Sample::of("PI", &pi()),
        Sample::of("PResData", &p_res_data()),
        Sample::of("InqReqData", &inq_req_data()),
        Sample::of("AuthReqTBS", &auth_req_tbs()),
        Sample::of("AuthReqData", &auth_req_data()),
        Sample::of("AuthReqPayload", &rental_begins()).named("auto"),
        Sample::of("AuthReqPayload", &journey_begins()).named("transport"),
        Sample::of("AuthResTBS", &auth_res_tbs()),
        Sample::of("AuthResTBEX", &auth_res_tbex()),
        Sample::of("AuthResTBSX", &auth_res_tbsx()),
        Sample::of("AuthResBaggage", &auth_res_baggage()),
        Sample::of("AcqCardCodeMsg", &acq_card_code_msg()),
        Sample::of("CapReqTBS", &cap_req_tbs()),
        Sample::of("CapReqTBEX", &cap_req_tbex()),
        Sample::of("CapReqTBSX", &cap_req_tbsx()),
        Sample::of("CapResData", &cap_res_data()),
        Sample::of("CapTokenSeq", &cap_tokens()),
        Sample::of("CapTokenData", &cap_token_data()),
        Sample::of("CapTokenTBEX", &cap_token_tbex()),
        Sample::of("CapTokenTBS", &cap_token_tbs()),
        Sample::of("SaleDetail", &sale_detail()),
        Sample::of("MarketSpecSaleData", &hotel()),
        car().named("auto"),
        journey().named("transport"),
        Sample::of("AutoRateInfo", &by_the_day()),
        Sample::of("CommercialCardData", &commercial_card_data()),
        Sample::of("BatchStatus", &batch_status()),
    ]
}

pub(crate) fn p_init_req() -> PInitReq {
    PInitReq {
        rrpid: rrpid(),
        language: language(),
        local_id_c: local_id(b"wallet-1"),
        local_id_m: Some(local_id(b"order-1042")),
        chall_c: challenge(0x31),
        brand_id: brand(),
        bin: bin(),
        thumbs: Some(thumbs()),
        pi_rq_extensions: Some(extensions()),
    }
}

pub(crate) fn p_init_res_data() -> PInitResData {
    PInitResData {
        trans_ids: trans_ids(),
        rrpid: rrpid(),
        chall_c: challenge(0x31),
        chall_m: challenge(0x32),
        brand_crl_identifier: Some(brand_crl_identifier()),
        pe_thumb: thumb(0x33),
        thumbs: Some(thumbs()),
        pi_rs_extensions: Some(extensions()),
    }
}

pub(crate) fn oi_data() -> OiData {
    OiData {
        trans_ids: trans_ids(),
        rrpid: rrpid(),
        chall_c: challenge(0x31),
        hod: digested(7),
        od_salt: nonce(0x34),
        chall_m: Some(challenge(0x32)),
        brand_id: brand(),
        bin: bin(),
        od_ext_oids: Some(vec![oid(&[2, 23, 42, 1, 1])]),
        oi_extensions: Some(extensions()),
    }
}

pub(crate) fn pi_head() -> PiHead {
    PiHead {
        trans_ids: trans_ids(),
        inputs: Inputs { hod: digested(7), purch_amt: amount() },
        merchant_id: merchant_id(),
        install_recur_data: Some(recurring()),
        trans_stain: digest(0x35),
        sw_ident: sw_ident(),
        acq_back_key_data: Some(back_key_data()),
        pi_extensions: Some(extensions()),
    }
}

pub(crate) fn back_key_data() -> BackKeyData {
    BackKeyData {
        back_alg_id: oid(&[2, 16, 840, 1, 101, 3, 4, 1, 46]),
        back_key: BackKey(secret(0x36).0),
    }
}

pub(crate) fn recurring() -> InstallRecurData {
    InstallRecurData {
        install_recur_ind: InstallRecurInd::Recurring(Recurring {
            recurring_frequency: 28,
            recurring_expiry: later(),
        }),
        ir_extensions: Some(extensions()),
    }
}

fn instalments() -> InstallRecurData {
    InstallRecurData {
        install_recur_ind: InstallRecurInd::InstallTotalTrans(12),
        ir_extensions: None,
    }
}

pub(crate) fn pan_data() -> PanData {
    PanData { pan: pan(), card_expiry: expiry(), pan_secret: secret(0x37), ex_nonce: nonce(0x38) }
}

pub(crate) fn pan_token() -> PanToken {
    PanToken { pan: pan(), card_expiry: expiry(), ex_nonce: nonce(0x38) }
}

pub(crate) fn hod_input() -> HodInput {
    HodInput {
        od: OrderDescription::new(b"One lighthouse poster").expect("within bounds"),
        purch_amt: amount(),
        od_salt: nonce(0x34),
        install_recur_data: Some(instalments()),
        od_extensions: Some(extensions()),
    }
}

pub(crate) fn pi_oi_link() -> PiOiLink {
    Linked::new(pi_head(), digested(3)).expect("encodable")
}

pub(crate) fn pi_dual_signed_tbe() -> PiDualSignedTbe {
    Linked::new(pi_oi_link(), digested(0)).expect("encodable")
}

pub(crate) fn pi_unsigned_tbe() -> PiUnsignedTbe {
    Linked::new(pi_oi_link(), digested(1)).expect("encodable")
}

pub(crate) fn pi_data_unsigned() -> PiDataUnsigned {
    PiDataUnsigned { pi_head: pi_head(), pan_token: pan_token() }
}

fn pi_dual_signed() -> PiDualSigned {
    PiDualSigned { pi_signature: signed(13), ex_pi_data: sealed(50) }
}

pub(crate) fn dual_signed() -> PReq {
    let oi_dual_signed: OiDualSigned = Linked::new(oi_data(), digested(5)).expect("encodable");
    PReq::PReqDualSigned(PReqDualSigned { pi_dual_signed: pi_dual_signed(), oi_dual_signed })
}

pub(crate) fn unsigned() -> PReq {
    let oi_unsigned: OiUnsigned = Linked::new(oi_data(), digested(6)).expect("encodable");
    PReq::PReqUnsigned(PReqUnsigned { pi_unsigned: sealed(51), oi_unsigned })
}

pub(crate) fn pi() -> Pi {
    Pi::PiDualSigned(pi_dual_signed())
}

pub(crate) fn p_res_data() -> PResData {
    PResData {
        trans_ids: trans_ids(),
        rrpid: rrpid(),
        chall_c: challenge(0x31),
        brand_crl_identifier: Some(brand_crl_identifier()),
        p_res_payload_seq: vec![PResPayload {
            completion_code: CompletionCode::CapturePerformed,
            results: Some(results()),
            p_rs_extensions: Some(extensions()),
        }],
    }
}

fn results() -> Results {
    Results {
        acq_card_msg: Some(sealed_under(58)),
        auth_status: Some(AuthStatus {
            auth_date: now(),
            auth_code: AuthCode::Approved,
            auth_ratio: FloatingPoint::ONE,
            curr_conv: Some(CurrConv {
                curr_conv_rate: FloatingPoint::ratio(9, 8),
                card_curr: 840,
            }),
        }),
        cap_status: Some(CapStatus {
            cap_date: now(),
            cap_code: CapCode::Success,
            cap_ratio: FloatingPoint::ratio(1, 2),
        }),
        cred_status_seq: Some(vec![CreditStatus {
            credit_date: later(),
            credit_code: CapRevOrCredCode::Success,
            credit_ratio: FloatingPoint::ratio(1, 3),
        }]),
    }
}

pub(crate) fn inq_req_data() -> InqReqData {
    InqReqData {
        trans_ids: trans_ids(),
        rrpid: rrpid(),
        chall_c2: challenge(0x39),
        inq_rq_extensions: Some(extensions()),
    }
}

pub(crate) fn auth_req() -> AuthReq {
    AuthReq { enc: sealed(52), baggage: Original::new(pi()).expect("encodable") }
}

pub(crate) fn auth_req_tbs() -> AuthReqTbs {
    Linked::new(auth_req_data(), digested(4)).expect("encodable")
}

pub(crate) fn auth_req_data() -> AuthReqData {
    AuthReqData {
        auth_req_item: auth_req_item(),
        m_thumbs: Some(thumbs()),
        capture_now: true,
        sale_detail: Some(sale_detail()),
    }
}

fn auth_tags() -> AuthTags {
    AuthTags { auth_rr_tags: rr_tags(), trans_ids: trans_ids(), auth_ret_num: Some(1_000_000) }
}

fn auth_req_item() -> AuthReqItem {
    AuthReqItem {
        auth_tags: auth_tags(),
        check_digests: Some(CheckDigests { h_oi_data: digested(3), hod2: digested(7) }),
        auth_req_payload: auth_req_payload(),
    }
}

fn rental_begins() -> AuthReqPayload {
    let rental = MarketSpecAuthData::AutoRental(MarketAutoAuth { duration: 99 });
    AuthReqPayload { market_spec_auth_data: Some(rental), ..auth_req_payload() }
}

fn journey_begins() -> AuthReqPayload {
    let journey = MarketSpecAuthData::Transport(());
    AuthReqPayload { market_spec_auth_data: Some(journey), ..auth_req_payload() }
}

fn auth_req_payload() -> AuthReqPayload {
    AuthReqPayload {
        subsequent_auth_ind: true,
        auth_req_amt: amount(),
        avs_data: Some(AvsData {
            street_address: Some(text("12 rue des Ph\u{e9}niciens")),
            location: place(),
        }),
        special_processing: Some(SpecialProcessing::PreferredCustomer),
        card_suspect: Some(CardSuspect::UnspecifiedReason),
        request_card_type_ind: true,
        install_recur_data: Some(instalments()),
        market_spec_auth_data: Some(MarketSpecAuthData::Hotel(MarketHotelAuth {
            duration: 3,
            prestige: Some(Prestige::Level2),
        })),
        merch_data: MerchData {
            merch_cat_code: Some(MerchantCategory::parse("5999").expect("four digits").into()),
            merch_group: Some(MerchGroup::Other),
        },
        a_rq_extensions: Some(extensions()),
    }
}

fn place() -> Location {
    Location {
        country_code: 250,
        city: Some(text("Brest")),
        state_province: Some(text("B-2")),
        postal_code: Some(text("29200")),
        location_id: Some(text("B-2")),
    }
}

pub(crate) fn auth_res() -> AuthRes {
    let baggage = Original::new(auth_res_baggage()).expect("encodable");
    AuthRes::EncB(AuthResEncB { enc: sealed(53), baggage })
}

pub(crate) fn auth_res_extra() -> AuthRes {
    let baggage = Original::new(auth_res_baggage()).expect("encodable");
    AuthRes::EncBx(AuthResEncBx { enc_x: sealed(54), baggage })
}

pub(crate) fn auth_res_baggage() -> AuthResBaggage {
    AuthResBaggage {
        cap_token: Some(CapToken::EncX(sealed(57))),
        acq_card_msg: Some(sealed_under(58)),
        auth_token: Some(sealed(55)),
    }
}

pub(crate) fn acq_card_code_msg() -> AcqCardCodeMsg {
    AcqCardCodeMsg {
        acq_card_code: AcqCardCode::CallCustomerService,
        acq_card_msg_data: AcqCardMsgData {
            acq_card_text: Some(text("Please call us")),
            acq_card_url: Some(Url::new("https://bank.example/").expect("printable")),
            acq_card_phone: Some(text("+33 2 98 00 00 00")),
        },
    }
}

pub(crate) fn auth_res_tbs() -> AuthResTbs {
    let data = AuthResData {
        auth_tags: auth_tags(),
        brand_crl_identifier: Some(brand_crl_identifier()),
        pe_thumb: Some(thumb(0x33)),
        auth_res_payload: auth_res_payload(),
    };
    Linked::new(data, digested(8)).expect("encodable")
}

pub(crate) fn auth_res_tbex() -> AuthResTbex {
    let auth_res_tbs = Original::new(auth_res_tbs()).expect("encodable");
    AuthResTbex { auth_res_tbs, auth_res_s: signed(18) }
}

pub(crate) fn auth_res_tbsx() -> AuthResTbsx {
    let auth_res_tbs = Original::new(auth_res_tbs()).expect("encodable");
    AuthResTbsx { auth_res_tbs, pan_token: pan_token() }
}

pub(crate) fn auth_res_payload() -> AuthResPayload {
    AuthResPayload {
        auth_header: AuthHeader {
            auth_amt: amount(),
            auth_code: AuthCode::Approved,
            response_data: response_data(),
            batch_status: Some(batch_status()),
            curr_conv: Some(CurrConv {
                curr_conv_rate: FloatingPoint::ratio(11, 10),
                card_curr: 840,
            }),
        },
        cap_res_payload: Some(cap_res_payload()),
        a_rs_extensions: Some(extensions()),
    }
}

fn response_data() -> ResponseData {
    ResponseData {
        auth_val_codes: Some(AuthValCodes {
            approval_code: Some(Visible::new("4K7Q2M").expect("six characters")),
            auth_char_ind: Some(AuthCharInd::AddressVerification),
            validation_code: Some(Visible::new("A1B2").expect("four characters")),
            market_spec_data_id: Some(MarketSpecDataId::Hotel),
        }),
        resp_reason: Some(RespReason::Issuer),
        card_type: Some(CardType::Classic),
        avs_result: Some(AvsResult::FullMatch),
        log_ref_id: Some(LogRefId::new("000123456789").expect("digits")),
    }
}

pub(crate) fn batch_status() -> BatchStatus {
    let batch_totals = BatchTotals {
        transaction_count_credit: 0,
        transaction_total_amt_credit: amount(),
        transaction_count_debit: 128,
        transaction_total_amt_debit: amount(),
        batch_total_extensions: Some(extensions()),
    };
    BatchStatus {
        open_date_time: now(),
        closed_when: Some(ClosedWhen {
            close_status: CloseStatus::ClosedbyMerchant,
            close_date_time: later(),
        }),
        batch_details: BatchDetails {
            batch_totals: batch_totals.clone(),
            brand_batch_details_seq: Some(vec![BrandBatchDetails {
                brand_id: brand(),
                batch_totals,
            }]),
        },
        batch_extensions: Some(extensions()),
    }
}

pub(crate) fn cap_req() -> CapReq {
    let baggage = Original::new(cap_tokens()).expect("encodable");
    CapReq::EncB(CapEncB { enc: sealed(62), baggage })
}

pub(crate) fn cap_req_extra() -> CapReq {
    let baggage = Original::new(cap_tokens()).expect("encodable");
    CapReq::EncBx(CapEncBx { enc_x: sealed(63), baggage })
}

pub(crate) fn cap_tokens() -> CapTokenSeq {
    let tokens = [CapToken::Enc(sealed(56)), CapToken::EncX(sealed(57)), CapToken::Null(())];
    CapTokenSeq(tokens.to_vec())
}

pub(crate) fn cap_req_tbs() -> CapReqTbs {
    let data = CapReqData {
        cap_rr_tags: rr_tags(),
        m_thumbs: Some(thumbs()),
        cap_item_seq: vec![CapItem {
            trans_ids: trans_ids(),
            auth_rrpid: rrpid(),
            cap_payload: cap_payload(),
        }],
        c_rq_extensions: Some(extensions()),
    };
    Linked::new(data, digested(11)).expect("encodable")
}

pub(crate) fn cap_payload() -> CapPayload {
    CapPayload {
        cap_date: now(),
        cap_req_amt: amount(),
        auth_req_item: Some(auth_req_item()),
        auth_res_payload: Some(auth_res_payload()),
        sale_detail: Some(sale_detail()),
        c_pay_extensions: Some(extensions()),
    }
}

pub(crate) fn cap_req_tbex() -> CapReqTbex {
    let cap_req_tbs = Original::new(cap_req_tbs()).expect("encodable");
    CapReqTbex { cap_req_tbs, cap_req_s: signed(27) }
}

pub(crate) fn cap_req_tbsx() -> CapReqTbsx {
    let cap_req_tbs = Original::new(cap_req_tbs()).expect("encodable");
    CapReqTbsx { cap_req_tbs, pan_token: pan_token() }
}

fn cap_res_payload() -> CapResPayload {
    CapResPayload {
        cap_code: CapCode::Success,
        cap_amt: amount(),
        batch_id: Some(0),
        batch_sequence_num: Some(1),
        c_rs_pay_extensions: Some(extensions()),
    }
}

pub(crate) fn cap_res_data() -> CapResData {
    CapResData {
        cap_rr_tags: rr_tags(),
        brand_crl_identifier: Some(brand_crl_identifier()),
        pe_thumb: Some(thumb(0x33)),
        batch_status_seq: Some(vec![batch_status()]),
        cap_res_item_seq: vec![CapResItem {
            trans_ids: trans_ids(),
            auth_rrpid: rrpid(),
            cap_res_payload: cap_res_payload(),
        }],
        c_rs_extensions: Some(extensions()),
    }
}

pub(crate) fn cap_token_data() -> CapTokenData {
    CapTokenData {
        auth_rrpid: rrpid(),
        auth_amt: amount(),
        token_opaque: Element::of(&true).expect("encodable"),
    }
}

pub(crate) fn cap_token_tbex() -> CapTokenTbex {
    let cap_token_data = Original::new(cap_token_data()).expect("encodable");
    CapTokenTbex { cap_token_data, s: signed(21) }
}

pub(crate) fn cap_token_tbs() -> CapTokenTbs {
    let cap_token_data = Original::new(cap_token_data()).expect("encodable");
    CapTokenTbs { cap_token_data, pan_token: pan_token() }
}

pub(crate) fn sale_detail() -> SaleDetail {
    SaleDetail {
        batch_id: Some(9),
        batch_sequence_num: Some(10),
        pay_recur_ind: Some(PayRecurInd::SingleTransaction),
        mer_order_num: Some(Visible::new("1042").expect("printable")),
        auth_char_ind: Some(AuthCharInd::DirectMarketing),
        market_spec_sale_data: Some(hotel()),
        commercial_card_data: Some(commercial_card_data()),
        order_summary: Some(text("Lighthouse poster")),
        customer_reference_number: Some(text("C-17")),
        customer_service_phone: Some(text("+33 2 98 00 00 01")),
        ok_to_print_phone_ind: true,
        sale_extensions: Some(extensions()),
    }
}

pub(crate) fn hotel() -> MarketSpecSaleData {
    let stay = MarketHotelCap {
        arrival_date: now(),
        hotel_no_show: Some(HotelNoShow::GuaranteedLateArrival),
        departure_date: later(),
        duration_of_stay: Some(3),
        folio_number: Some(text("F-1")),
        property_phone: Some(text("B-2")),
        customer_service_phone: Some(text("+33 2 98 00 00 02")),
        program_code: Some(text("A-1")),
        hotel_rate_info: Some(HotelRateInfo {
            daily_room_rate: amount(),
            daily_tax_rate: Some(FloatingPoint::ratio(1, 10)),
        }),
        hotel_charges: HotelCharges {
            room_charges: amount(),
            room_tax: Some(amount()),
            prepaid_expenses: Some(amount()),
            food_beverage_charges: Some(amount()),
            room_service_charges: Some(amount()),
            mini_bar_charges: Some(amount()),
            laundry_charges: Some(amount()),
            telephone_charges: Some(amount()),
            business_center_charges: Some(amount()),
            parking_charges: Some(amount()),
            movie_charges: Some(amount()),
            health_club_charges: Some(amount()),
            gift_shop_purchases: Some(amount()),
            folio_cash_advances: Some(amount()),
            other_charges: Some(amount()),
            total_tax_amount: Some(amount()),
            audit_adjustment: Some(amount()),
        },
    };
    sale_data(MarketSpecDataId::Hotel, MarketSpecCapData::Hotel(Box::new(stay)))
}

fn sale_data(id: MarketSpecDataId, data: MarketSpecCapData) -> MarketSpecSaleData {
    MarketSpecSaleData { market_spec_data_id: Some(id), market_spec_cap_data: Some(data) }
}

fn car() -> Sample {
    let rental = MarketAutoCap {
        renter_name: Some(text("A. Renter")),
        rental_location: Some(place()),
        rental_date_time: now(),
        auto_no_show: Some(AutoNoShow::NormalVehicle),
        rental_agreement_number: Some(text("R-9")),
        reference_number: Some(text("A-1")),
        insurance_type: Some(text("A-1")),
        auto_rate_info: Some(AutoRateInfo {
            auto_applicable_rate: AutoApplicableRate::WeeklyRentalRate(amount()),
            late_return_hourly_rate: Some(amount()),
            distance_rate: Some(amount()),
            free_distance: Some(Distance { scale: DistanceScale::Kilometers, dist: 500 }),
            vehicle_class_code: Some(text("B")),
            corporate_id: Some(text("A-1")),
        }),
        return_location: Some(place()),
        return_date_time: later(),
        auto_charges: car_charges(),
    };
    let data = MarketSpecCapData::AutoRental(Box::new(rental));
    Sample::of("MarketSpecSaleData", &sale_data(MarketSpecDataId::Auto, data))
}

fn by_the_day() -> AutoRateInfo {
    AutoRateInfo {
        auto_applicable_rate: AutoApplicableRate::DailyRentalRate(amount()),
        late_return_hourly_rate: None,
        distance_rate: None,
        free_distance: None,
        vehicle_class_code: None,
        corporate_id: None,
    }
}

fn car_charges() -> AutoCharges {
    AutoCharges {
        regular_distance_charges: amount(),
        late_return_charges: Some(amount()),
        total_distance: Some(Distance { scale: DistanceScale::Miles, dist: 70_000 }),
        extra_distance_charges: Some(amount()),
        insurance_charges: Some(amount()),
        fuel_charges: Some(amount()),
        auto_towing_charges: Some(amount()),
        one_way_drop_off_charges: Some(amount()),
        telephone_charges: Some(amount()),
        violations_charges: Some(amount()),
        delivery_charges: Some(amount()),
        parking_charges: Some(amount()),
        other_charges: Some(amount()),
        total_tax_amount: Some(amount()),
        audit_adjustment: Some(amount()),
    }
}

fn journey() -> Sample {
    let journey = MarketTransportCap {
        passenger_name: text("A. Traveller"),
        departure_date: now(),
        orig_city_airport: text("BES"),
        trip_leg_seq: Some(vec![TripLeg {
            date_of_travel: now(),
            carrier_code: text("XX"),
            service_class: text("Y"),
            stop_over_code: StopOverCode::StopOverPermitted,
            dest_city_airport: text("CDG"),
            fare_basis_code: Some(text("B-2")),
            departure_tax: Some(amount()),
        }]),
        ticket_number: Some(text("T-3")),
        travel_agency_code: Some(text("B-2")),
        travel_agency_name: Some(text("B-2")),
        restrictions: Some(Restrictions::UnspecifiedRestriction),
    };
    let data = MarketSpecCapData::Transport(Box::new(journey));
    Sample::of("MarketSpecSaleData", &sale_data(MarketSpecDataId::Transport, data))
}

pub(crate) fn commercial_card_data() -> CommercialCardData {
    CommercialCardData {
        charge_info: Some(ChargeInfo {
            total_freight_shipping_amount: Some(amount()),
            total_duty_tariff_amount: Some(amount()),
            duty_tariff_reference: Some(text("A-1")),
            total_national_tax_amount: Some(amount()),
            total_local_tax_amount: Some(amount()),
            total_other_tax_amount: Some(amount()),
            total_tax_amount: Some(amount()),
            merchant_tax_id: Some(text("FR00")),
            merchant_duty_tariff_ref: Some(text("A-1")),
            customer_duty_tariff_ref: Some(text("A-1")),
            summary_commodity_code: Some(text("A-1")),
            merchant_type: Some(text("5999")),
        }),
        merchant_location: Some(place()),
        ship_from: Some(place()),
        ship_to: Some(place()),
        item_seq: Some(vec![item(1), item(2)]),
    }
}

fn item(quantity: u64) -> Item {
    Item {
        quantity,
        unit_of_measure_code: Some(text("A-1")),
        descriptor: text("Lighthouse poster"),
        commodity_code: Some(text("A-1")),
        product_code: Some(text("LP-50-70")),
        unit_cost: Some(amount()),
        net_cost: Some(amount()),
        discount_ind: quantity > 1,
        discount_amount: Some(amount()),
        national_tax_amount: Some(amount()),
        national_tax_rate: Some(FloatingPoint::ratio(1, 5)),
        national_tax_type: Some(text("A-1")),
        local_tax_amount: Some(amount()),
        other_tax_amount: Some(amount()),
        item_total_cost: amount(),
    }
}
