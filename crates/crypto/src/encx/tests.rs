//! EncBX in both suites: of each message that has it, what opens, what is believed, and what is
//! not.

use openset_wire::{
    der::{Decode, Encode, Original, decode, encode},
    opaque::{Linked, Sealed},
    payment::{
        AuthResTbex, CapReqTbex, CapReqTbs, CapRevReqTbex, CapTokenSeq, CredReqTbex, CredRevReqTbex,
    },
    types::PanToken,
};

use crate::{
    Bag, Identity, Purpose, SignedWithExtra, Signer, Suite, Untrusted, digest, digest_original,
    link, open_signed_with_extra, open_without_extra,
    pki::{World, brand, in_every_suite, now},
    seal_signed_with_extra,
};

/// Read from the vectors, which `crates/wire` writes.
fn vector<T: Decode + Encode>(octets: &[u8]) -> T {
    decode(octets).expect("a vector")
}

macro_rules! vector {
    ($name:literal) => {
        vector(include_bytes!(concat!("../../../../vectors/inside/", $name, ".der")))
    };
}

fn pan_token() -> PanToken {
    vector!("PANToken")
}

/// Who seals what for whom.
struct Way<'a> {
    world: &'a World,
    by: &'a Identity,
    signs_as: Purpose,
    to: &'a Identity,
    sealed_to: Purpose,
}

impl<'a> Way<'a> {
    fn to_gateway(world: &'a World) -> Self {
        Self {
            world,
            by: &world.merchant,
            signs_as: Purpose::MerchantSignature,
            to: &world.gateway_exchange,
            sealed_to: Purpose::GatewayEncipherment,
        }
    }

    fn to_merchant(world: &'a World) -> Self {
        Self {
            world,
            by: &world.gateway,
            signs_as: Purpose::GatewaySignature,
            to: &world.merchant_exchange,
            sealed_to: Purpose::MerchantEncipherment,
        }
    }

    fn seal<T>(&self, data: T::Data) -> Sealed<T, ()>
    where
        T: SignedWithExtra<Extra = PanToken>,
    {
        let bag = Bag::of(self.by);
        let signer = Signer::Certified { identity: self.by, bag: &bag };
        let to = self.world.path(self.to, self.sealed_to);
        let sealed =
            seal_signed_with_extra(data, &pan_token(), signer, &self.world.keys, &to, now());
        sealed.expect("sealed")
    }

    /// What is sealed is opened by one, believed of one, and nothing of it is another's.
    fn holds<T>(&self, data: &[u8])
    where
        T: SignedWithExtra<Extra = PanToken>,
        T::Data: PartialEq + std::fmt::Debug,
    {
        let (world, suite) = (self.world, self.world.suite);
        let own: T::Data = vector(data);
        let sealed = self.seal::<T>(vector(data));
        let open = |opener: &Identity| {
            open_signed_with_extra(&sealed, std::slice::from_ref(opener), suite, &world.keys)
        };
        let (trust, brand) = (world.trust(), brand());
        let opened = open(self.to).expect("its own envelope");
        let believed = opened.verify(&trust, self.signs_as, Some(&brand), now());
        let believed = believed.expect("signed by who may");
        assert_eq!(*believed.value.value(), own);
        assert!(believed.extra == pan_token(), "the account came with it");
        // Another role's signature is none, and another's envelope does not open.
        let as_another = open(self.to).expect("its own envelope");
        let as_another =
            as_another.verify(&trust, Purpose::CardholderSignature, Some(&brand), now());
        assert!(as_another.is_err());
        for stranger in [&world.cca_exchange, self.by] {
            assert!(open(stranger).is_err());
        }
        let without: T::Data =
            open_without_extra(&sealed, std::slice::from_ref(self.to), suite, &world.keys)
                .expect("its own envelope");
        assert_eq!(without, own);
        // Octets of it that were changed on their way are not believed.
        for at in [sealed.octets().len() / 3, sealed.octets().len() - 1] {
            let mut octets = sealed.octets().to_vec();
            octets[at] ^= 1;
            let Ok(changed) = Sealed::<T, ()>::from_octets(octets) else { continue };
            let openers = std::slice::from_ref(self.to);
            let opened = open_signed_with_extra(&changed, openers, suite, &world.keys);
            let believed = opened
                .map_err(Untrusted::from)
                .and_then(|opened| opened.verify(&trust, self.signs_as, Some(&brand), now()));
            assert!(believed.is_err(), "octet {at}");
        }
    }
}

#[test]
fn every_message_that_shows_an_account_opens_where_it_should_and_is_believed_of_its_signer() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let merchant = Way::to_gateway(&world);
        merchant.holds::<CapReqTbex>(include_bytes!("../../../../vectors/inside/CapReqTBS.der"));
        let credit = include_bytes!("../../../../vectors/inside/CredReqTBS.der");
        merchant.holds::<CapRevReqTbex>(credit);
        merchant.holds::<CredReqTbex>(credit);
        merchant.holds::<CredRevReqTbex>(credit);
        let gateway = Way::to_merchant(&world);
        gateway.holds::<AuthResTbex>(include_bytes!("../../../../vectors/inside/AuthResTBS.der"));
    });
}

#[test]
fn messages_that_are_written_alike_are_not_taken_for_each_other() {
    // A capture that is taken back and a credit have the same data. What they are called is bound
    // to the signature, and in suite `modern` to the envelope too.
    in_every_suite(|suite| {
        let world = World::new(suite);
        let merchant = Way::to_gateway(&world);
        let credit = include_bytes!("../../../../vectors/inside/CredReqTBS.der");
        let sealed = merchant.seal::<CredReqTbex>(vector(credit));
        let other = Sealed::<CapRevReqTbex, ()>::from_octets(sealed.octets().to_vec());
        let other = other.expect("one sequence");
        let openers = [world.gateway_exchange.clone()];
        assert!(open_signed_with_extra(&other, &openers, suite, &world.keys).is_err());
    });
}

#[test]
fn what_travels_beside_is_tied_to_what_was_signed() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let tokens: Original<CapTokenSeq> =
            Original::new(vector!("CapTokenSeq")).expect("encodable");
        let pattern: CapReqTbs = vector!("CapReqTBS");
        let linked: Linked<_, CapTokenSeq> =
            link(pattern.t1.into_value(), &digest_original(suite, &tokens)).expect("encodable");
        let sealed = Way::to_gateway(&world).seal::<CapReqTbex>(linked);
        let openers = [world.gateway_exchange.clone()];
        let opened = open_signed_with_extra(&sealed, &openers, suite, &world.keys);
        let tied = opened.expect("its own envelope").data().t2.digest().to_vec();
        assert_eq!(tied, digest(suite, tokens.value()).expect("encodable").as_bytes());
        let fewer = CapTokenSeq(tokens.value().0.iter().skip(1).cloned().collect());
        assert_ne!(tied, digest(suite, &fewer).expect("encodable").as_bytes());
    });
}

#[test]
fn in_suite_modern_the_account_has_an_envelope_of_its_own_and_in_set10_stands_beside_the_key() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let data = include_bytes!("../../../../vectors/inside/CapReqTBS.der");
        let sealed = Way::to_gateway(&world).seal::<CapReqTbex>(vector(data));
        let parts = openset_wire::der::Header::read(sealed.octets()).expect("one sequence");
        let mut rest = &sealed.octets()[parts.len..];
        let mut tags = Vec::new();
        while let Ok(next) = openset_wire::der::Header::begin(rest) {
            tags.push(rest[0]);
            rest = &rest[next.total()..];
        }
        let expected: &[u8] = match suite {
            Suite::Modern => &[0x30, 0x30],
            Suite::Set10 => &[0x02, 0x30, 0x30],
        };
        assert_eq!(tags, expected, "{suite}");
        let pan = encode(&pan_token()).expect("encodable");
        let shows = sealed.octets().windows(pan.len()).any(|window| window == pan);
        assert!(!shows, "the account is nowhere in clear");
    });
}
