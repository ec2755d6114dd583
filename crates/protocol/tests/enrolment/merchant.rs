//! A merchant and a gateway come to their certificates.

use openset_crypto::Purpose;
use openset_protocol::{
    ca::Approval,
    enrolment::applicant::Stage,
    gateway::registration::{Gateway, Names as GatewayNames},
    merchant::registration::{Merchant, Names},
};
use openset_types::{Bin, MerchantId};

use crate::{
    applicants::Hall,
    office::{ACQUIRER, Office, listing},
    world::forge::path,
};

fn bin() -> Bin {
    Bin::parse(ACQUIRER).expect("six digits")
}

pub(crate) fn shop() -> Hall<Merchant> {
    let merchant = MerchantId::parse("ATELIER-LUMEN-001").expect("a number");
    Hall::new(Office::of_merchants, Names { acquirer: bin(), merchant })
}

pub(crate) fn gateway() -> Hall<Gateway> {
    let business = Some("42".to_owned());
    Hall::new(Office::of_gateways, GatewayNames { acquirer: bin(), business })
}

#[test]
fn a_merchant_gets_two_certificates_with_the_names_its_acquirer_lists() {
    let mut hall = shop();
    let key = hall.applied();
    let cert_res = hall.office.approve(&key, Approval::Merchant(listing()), &mut hall.world);
    hall.hear(&cert_res).expect("certificates");
    let Stage::Certified { signature, encipherment } = hall.stage() else { panic!("certified") };
    let trust = hall.world.pki.trust();
    let signs = signature.identity().expect("stored");
    let signs = path(&signs, Purpose::MerchantSignature, &trust);
    let opens = encipherment.identity().expect("stored");
    let opens = path(&opens, Purpose::MerchantEncipherment, &trust);
    assert_eq!(signs.leaf().subject(), opens.leaf().subject());
    assert_eq!(signs.leaf().subject().common_name(), Some("Atelier Lumen"));
    assert_eq!(signs.merchant_id().map(MerchantId::as_str), Some("ATELIER-LUMEN-001"));
}

#[test]
fn a_gateway_gets_two_certificates() {
    let mut hall = gateway();
    let key = hall.applied();
    let approval = Approval::Gateway { name: "Demo Gateway".to_owned() };
    let cert_res = hall.office.approve(&key, approval, &mut hall.world);
    hall.hear(&cert_res).expect("certificates");
    let Stage::Certified { signature, encipherment } = hall.stage() else { panic!("certified") };
    let trust = hall.world.pki.trust();
    path(&signature.identity().expect("stored"), Purpose::GatewaySignature, &trust);
    path(&encipherment.identity().expect("stored"), Purpose::GatewayEncipherment, &trust);
}
