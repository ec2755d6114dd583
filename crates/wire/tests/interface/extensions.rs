//! Every field of the interface that takes extensions is a place, and every place is found.

use std::collections::BTreeSet;

use openset_wire::{
    content::OPENSET,
    der::Oid,
    payment::{Extended, Place},
};

use crate::{
    reader::{Kind, read},
    sample,
};

/// Whatever of the samples has extensions in it, as it is asked for them.
fn all() -> Vec<Box<dyn Extended>> {
    vec![
        Box::new(sample::extended()),
        Box::new(sample::p_init_req()),
        Box::new(sample::p_init_res_data()),
        Box::new(sample::pi_head()),
        Box::new(sample::hod_input()),
        Box::new(sample::oi_data()),
        Box::new(sample::p_res_data()),
        Box::new(sample::inq_req_data()),
        Box::new(sample::auth_req_data()),
        Box::new(sample::auth_res_payload()),
        Box::new(sample::auth_rev_req_tbs().t1.into_value()),
        Box::new(sample::auth_rev_res_tbs().t1.into_value()),
        Box::new(sample::cap_req_tbs().t1.into_value()),
        Box::new(sample::cap_res_data()),
        Box::new(sample::cap_rev_or_cred_req_data()),
        Box::new(sample::cap_rev_res_data().0),
        Box::new(sample::p_cert_req_data()),
        Box::new(sample::p_cert_res_tbs()),
        Box::new(sample::batch_admin_totals()),
        Box::new(sample::batch_admin_res_data()),
        Box::new(sample::auth_token_data()),
    ]
}

fn name() -> Oid {
    OPENSET.child(1).child(1)
}

#[test]
fn the_places_are_the_fields_of_the_interface() {
    let types = read("set.asn");
    let mut fields = BTreeSet::new();
    for kind in types.values() {
        let Kind::Fields(all) = kind else { continue };
        let extensions = all.iter().filter(|field| field.of == "MsgExtensions");
        fields.extend(extensions.map(|field| field.name.clone()));
    }
    let places: BTreeSet<String> =
        Place::ALL.iter().map(|place| place.field().to_owned()).collect();
    assert_eq!(places, fields);
    assert_eq!(places.len(), Place::ALL.len());
}

#[test]
fn every_place_is_found_in_some_message() {
    let all = all();
    let found: BTreeSet<Place> =
        all.iter().flat_map(|one| one.extensions()).map(|(place, _)| place).collect();
    assert_eq!(found, Place::ALL.iter().copied().collect());
}

#[test]
fn a_critical_extension_is_known_at_its_place_only() {
    for one in all() {
        assert_eq!(one.unknown_critical(&[]), Some(&name()), "every sample has a critical one");
        let places: Vec<Place> = one.extensions().into_iter().map(|(place, _)| place).collect();
        let here: Vec<_> = places.iter().map(|place| (*place, name())).collect();
        assert_eq!(one.unknown_critical(&here), None);
        let elsewhere = Place::ALL.iter().filter(|place| !places.contains(place));
        let elsewhere: Vec<_> = elsewhere.map(|place| (*place, name())).collect();
        assert_eq!(one.unknown_critical(&elsewhere), Some(&name()));
        let other: Vec<_> = places.iter().map(|place| (*place, OPENSET.child(1))).collect();
        assert_eq!(one.unknown_critical(&other), Some(&name()));
    }
}
