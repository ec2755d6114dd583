//! What a vault holds, as octets that are sealed before they touch a disk.

use std::fmt;

use openset_crypto::{KeyId, PrivateKey};
use openset_types::{CardExpiry, Pan, Secret};

/// One card: its number and everything that must stay with its holder.
pub struct Card {
    /// What the wallet calls it.
    pub id: String,
    /// The number.
    pub pan: Pan,
    /// The last month printed on it.
    pub expiry: CardExpiry,
    /// CardSecret: the cardholder's half of what ties the card to its certificate.
    pub card_secret: Secret,
    /// The key under which the bank seals its answer to the registration.
    pub back_key: Secret,
    /// PANSecret, once the card is certified: what its certificate's name was made with.
    pub pan_secret: Option<Secret>,
    /// The private key, locked by the passphrase beside it.
    pub(super) key: LockedKey,
}

/// A private key in its encrypted form, and what opens it. The vault seals both.
pub(super) struct LockedKey {
    pub(super) id: KeyId,
    pub(super) file: Vec<u8>,
    pub(super) passphrase: Secret,
}

impl Card {
    /// The name of the card's private key.
    pub fn key(&self) -> KeyId {
        self.key.id
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card({} {:?})", self.id, self.pan)
    }
}

impl LockedKey {
    /// Opens the key.
    pub(super) fn open(&self) -> Option<PrivateKey> {
        PrivateKey::from_locked_file(&self.file, &self.passphrase).ok()
    }
}

/// The version of the octets. Stored. Change only with a migration.
const VERSION: u8 = 1;

/// Writes cards: the version, then for each card its nine fields, each with its length in
/// four octets.
pub(super) fn write(cards: &[Card]) -> Secret {
    let lengths = cards.iter().flat_map(fields).map(|field| LENGTH_OCTETS + field.len());
    // Room for all of it, so that no half-written copy is left behind unwiped.
    let mut octets = Vec::with_capacity(1 + lengths.sum::<usize>());
    octets.push(VERSION);
    for field in cards.iter().flat_map(fields) {
        let length = u32::try_from(field.len()).expect("a card's field is short");
        octets.extend(length.to_be_bytes());
        octets.extend(field);
    }
    Secret::new(octets)
}

fn fields(card: &Card) -> [&[u8]; FIELDS] {
    [
        card.id.as_bytes(),
        card.pan.expose().as_bytes(),
        card.expiry.as_str().as_bytes(),
        card.card_secret.expose(),
        card.back_key.expose(),
        card.pan_secret.as_ref().map(Secret::expose).unwrap_or_default(),
        card.key.id.as_bytes(),
        &card.key.file,
        card.key.passphrase.expose(),
    ]
}

/// Reads cards, or nothing where the octets are not what [`write`] writes.
pub(super) fn read(octets: &Secret) -> Option<Vec<Card>> {
    let (version, mut rest) = octets.expose().split_first()?;
    if *version != VERSION {
        return None;
    }
    let mut cards = Vec::new();
    while !rest.is_empty() {
        let mut fields = [[].as_slice(); FIELDS];
        for field in &mut fields {
            (*field, rest) = read_field(rest)?;
        }
        cards.push(read_card(fields)?);
    }
    Some(cards)
}

fn read_field(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first_chunk::<LENGTH_OCTETS>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn read_card(
    [id, pan, expiry, card_secret, back_key, pan_secret, key, file, passphrase]: [&[u8]; FIELDS],
) -> Option<Card> {
    Some(Card {
        id: String::from_utf8(id.to_vec()).ok()?,
        pan: Pan::parse(str::from_utf8(pan).ok()?).ok()?,
        expiry: CardExpiry::parse(str::from_utf8(expiry).ok()?).ok()?,
        card_secret: Secret::new(card_secret.to_vec()),
        back_key: Secret::new(back_key.to_vec()),
        pan_secret: (!pan_secret.is_empty()).then(|| Secret::new(pan_secret.to_vec())),
        key: LockedKey {
            id: KeyId::try_from(key).ok()?,
            file: file.to_vec(),
            passphrase: Secret::new(passphrase.to_vec()),
        },
    })
}

const FIELDS: usize = 9;
const LENGTH_OCTETS: usize = 4;

#[cfg(test)]
mod tests {
    use openset_crypto::{KeyKind, Suite};

    use super::*;

    fn card(id: &str, pan_secret: Option<Secret>) -> Card {
        let key = PrivateKey::generate(KeyKind::of_parties(Suite::Modern)).expect("randomness");
        Card {
            id: id.to_owned(),
            pan: Pan::parse("4111111111111111").expect("a public test number"),
            expiry: CardExpiry::parse("203012").expect("a month"),
            card_secret: Secret::new(vec![5; 32]),
            back_key: Secret::new(vec![6; 32]),
            pan_secret,
            key: LockedKey { id: key.id(), file: vec![1, 2, 3], passphrase: Secret::new(vec![4]) },
        }
    }

    #[test]
    fn cards_are_read_back_from_what_is_written() {
        let cards = [card("a", None), card("b", Some(Secret::new(vec![9; 32])))];
        let back = read(&write(&cards)).expect("our own octets");
        assert_eq!(back.len(), 2);
        for (card, back) in cards.iter().zip(&back) {
            assert_eq!(fields(card), fields(back));
        }
        assert_eq!(read(&write(&[])).expect("our own octets").len(), 0);
    }

    #[test]
    fn octets_that_are_cut_or_longer_are_no_cards() {
        let octets = write(&[card("a", None)]);
        for end in (0..octets.expose().len()).filter(|end| *end != 1) {
            let cut = Secret::new(octets.expose()[..end].to_vec());
            assert!(read(&cut).is_none(), "cut at {end}");
        }
        let longer = Secret::new([octets.expose(), &[0]].concat());
        assert!(read(&longer).is_none());
        let newer = Secret::new([&[VERSION + 1], &octets.expose()[1..]].concat());
        assert!(read(&newer).is_none());
    }

    #[test]
    fn a_card_does_not_print() {
        let printed = format!("{:?}", card("first", Some(Secret::new(vec![9; 32]))));
        assert_eq!(printed, "Card(first Pan(…1111))");
    }
}
