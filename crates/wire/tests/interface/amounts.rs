//! Every amount that is said of a sale is found by whoever asks for all of them.

use std::{fs, path::Path};

use openset_wire::{
    der::{Decode, Encode, decode},
    inspect,
    types::{CommercialCardData, MarketSpecSaleData, Priced, SaleDetail},
};

/// How many amounts a vector has, drawn by the inspector and asked of the type.
fn count<T: Priced + Decode + Encode>(asn1: &str, file: &str) -> (usize, usize) {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/inside");
    let octets = fs::read(vectors.join(file)).expect("a vector");
    let tree = inspect::named(asn1, &octets).expect("a sample");
    let drawn = tree.walk().into_iter().filter(|node| node.kind == "CurrencyAmount").count();
    (drawn, decode::<T>(&octets).expect("a sample").amounts().len())
}

#[test]
fn every_amount_of_a_sale_is_found() {
    // Every optional field stands in one of these vectors, so that none is left out.
    let mut all = 0;
    for (drawn, asked) in [
        count::<SaleDetail>("SaleDetail", "SaleDetail.der"),
        count::<CommercialCardData>("CommercialCardData", "CommercialCardData.der"),
        count::<MarketSpecSaleData>("MarketSpecSaleData", "MarketSpecSaleData.der"),
        count::<MarketSpecSaleData>("MarketSpecSaleData", "MarketSpecSaleData-auto.der"),
        count::<MarketSpecSaleData>("MarketSpecSaleData", "MarketSpecSaleData-transport.der"),
    ] {
        assert_eq!(asked, drawn);
        all += drawn;
    }
    assert!(all > 50, "{all} amounts");
}
