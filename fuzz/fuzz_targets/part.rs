//! Any octets as each part that is signed or sealed: the first octet chooses which.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openset_wire::{
    cert::{
        AcctInfo, BciDistributionTbs, CardCInitResTbs, CertInqReqTbs, CertReqTbex, CertResData,
        CrlNotification, CrlNotificationResTbs, CrlNotificationTbs, MeAqCInitResTbs, RegFormReqTbe,
        RegFormResTbs,
    },
    der::{Decode, Encode, decode, encode},
    error::ErrorTbs,
    payment::{
        AcqCardCodeMsg, AuthReqTbs, AuthResTbex, AuthResTbs, CapReqTbs, CapResData, CapTokenTbex,
        HodInput, InqReqData, PInitResData, PResData, PiDualSignedTbe, PiTbs, PiUnsignedTbe,
    },
    types::{PanData, PanOnly, PanToken},
};

fn check<T: Decode + Encode>(octets: &[u8]) {
    if let Ok(value) = decode::<T>(octets) {
        assert_eq!(encode(&value).as_deref(), Ok(octets));
    }
}

const PARTS: [fn(&[u8]); 30] = [
    check::<PInitResData>,
    check::<PiTbs>,
    check::<PiDualSignedTbe>,
    check::<PiUnsignedTbe>,
    check::<HodInput>,
    check::<PanData>,
    check::<PanToken>,
    check::<PanOnly>,
    check::<PResData>,
    check::<InqReqData>,
    check::<AuthReqTbs>,
    check::<AuthResTbs>,
    check::<AuthResTbex>,
    check::<AcqCardCodeMsg>,
    check::<CapReqTbs>,
    check::<CapResData>,
    check::<CapTokenTbex>,
    check::<CardCInitResTbs>,
    check::<MeAqCInitResTbs>,
    check::<RegFormReqTbe>,
    check::<RegFormResTbs>,
    check::<CertReqTbex>,
    check::<AcctInfo>,
    check::<CertResData>,
    check::<CertInqReqTbs>,
    check::<ErrorTbs>,
    check::<CrlNotification>,
    check::<CrlNotificationTbs>,
    check::<CrlNotificationResTbs>,
    check::<BciDistributionTbs>,
];

fuzz_target!(|octets: &[u8]| {
    if let Some((which, octets)) = octets.split_first() {
        PARTS[usize::from(*which) % PARTS.len()](octets);
    }
});
