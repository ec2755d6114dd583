//! Messages that others wrote, read by our engine; and messages that nobody should read.

use openset_bank::iso8583::{Dialect, InvalidMti, Message, Mti, Part, Unreadable, WhyUnreadable};

/// The encodings of the samples: like ours in ASCII, and each as its name says.
fn dialect(changes: &[(&str, &str)]) -> Dialect {
    let mut json = include_str!("../src/iso8583/dialects/openset-87.json").to_owned();
    for (from, to) in changes {
        assert!(json.contains(from), "{from}");
        json = json.replace(from, to);
    }
    Dialect::parse(&json).expect("a dialect")
}

fn ascii(octets: &[u8]) -> Result<Message, Unreadable> {
    Dialect::openset_87().read(octets)
}

fn fault(octets: &[u8]) -> (Part, WhyUnreadable) {
    let fault = ascii(octets).expect_err("not a message");
    (fault.part, fault.why)
}

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("vectors/iso8583/", $name, ".dat")).as_slice()
    };
}

#[test]
fn a_financial_message_is_read_and_written_to_the_same_octets() {
    let octets = sample!("financial_transaction_message");
    let message = ascii(octets).expect("a sound sample");
    assert_eq!(message.mti().as_str(), "0200");
    assert_eq!(message.text(3), Some("380000"));
    assert_eq!(message.text(7), Some("0420050805"));
    assert_eq!(message.text(42), Some("0800411        "));
    assert_eq!(Dialect::openset_87().write(&message).as_deref(), Ok(octets));
}

#[test]
fn a_reversal_advice_is_read_and_written_to_the_same_octets() {
    let octets = sample!("iso_reversal_message_advice");
    let message = ascii(octets).expect("a sound sample");
    assert_eq!(message.mti(), Mti::REVERSAL_ADVICE);
    assert_eq!(Dialect::openset_87().write(&message).as_deref(), Ok(octets));
}

/// Theirs hold text where field 55 has octets and where field 90 has 42 digits.
#[test]
fn reversals_with_fields_of_another_form_are_refused_at_those_fields() {
    let refused = (Part::Field(90), WhyUnreadable::Truncated);
    assert_eq!(fault(sample!("iso_reversal_message")), refused);
    let refused = (Part::Field(55), WhyUnreadable::Characters);
    assert_eq!(fault(sample!("iso_reversal_repeat_message")), refused);
}

#[test]
fn sign_on_messages_are_read() {
    let message = ascii(sample!("network_management_message")).expect("a sound sample");
    assert_eq!(message.mti(), Mti::NETWORK_REQUEST);
    assert_eq!(message.text(70), Some("001"));
    let answer = ascii(sample!("network_management_message_response")).expect("a sound sample");
    assert_eq!(answer.mti(), Mti::NETWORK_RESPONSE);
}

#[test]
fn packed_digits_are_read_in_a_dialect_of_packed_digits() {
    let packed = dialect(&[("\"numbers\": \"ascii\"", "\"numbers\": \"bcd\"")]);
    let message = packed.read(sample!("message_with_number_bcd_encoding")).expect("a sound sample");
    assert_eq!(message.text(7), Some("0420090613"));
    assert_eq!(message.text(11), Some("900001"));
}

#[test]
fn ebcdic_characters_are_read_only_in_a_dialect_of_ebcdic() {
    let octets = sample!("message_with_character_ebcdic_encoding");
    assert_eq!(fault(octets).0, Part::Field(42));
    let ebcdic = dialect(&[("\"characters\": \"ascii\"", "\"characters\": \"ebcdic\"")]);
    let message = ebcdic.read(octets).expect("a sound sample");
    assert_eq!(message.text(42), Some("ABCDEFGHIJKLMNO"));
}

#[test]
fn fields_that_shift_the_rest_are_refused() {
    for octets in [
        sample!("iso_reversal_message_advice_missing_field"),
        sample!("iso_reversal_message_advice_unexpected_field"),
    ] {
        let longer = [octets, b"0"].concat();
        assert_eq!(fault(&longer), (Part::End, WhyUnreadable::TrailingOctets));
        let shorter = octets.get(..octets.len() - 1).expect("not empty");
        assert_eq!(fault(shorter).1, WhyUnreadable::Truncated);
    }
}

/// Abuse case 28.
#[test]
fn octets_that_the_bitmap_does_not_announce_are_refused() {
    assert_eq!(fault(b"08000000000000000000042009061"), (Part::End, WhyUnreadable::TrailingOctets));
}

/// Abuse case 28.
#[test]
fn a_card_number_of_twenty_digits_is_refused() {
    let octets = b"010040000000000000002041111111111111111111";
    let refused = ascii(octets).expect_err("too long");
    assert_eq!(refused.part, Part::Field(2));
    assert_eq!(refused.why, WhyUnreadable::TooLong);
    assert_eq!(refused.at, 20);
    assert_eq!(refused.to_string(), "field 2 at octet 20: longer than the field may be");
}

/// Abuse case 28.
#[test]
fn a_length_beyond_the_frame_is_refused() {
    assert_eq!(fault(b"01004000000000000000164111"), (Part::Field(2), WhyUnreadable::Truncated));
    assert_eq!(fault(b"010040000000000000001"), (Part::Field(2), WhyUnreadable::Truncated));
    assert_eq!(fault(b"01004000000000000000xx4111"), (Part::Field(2), WhyUnreadable::LengthDigits));
}

/// Abuse case 28.
#[test]
fn a_mixture_of_encodings_is_refused() {
    assert_eq!(
        fault(b"08000200000000000000\xF0\xF4\xF2\xF0\xF0\xF9\xF0\xF6\xF1\xF3").1,
        WhyUnreadable::Characters
    );
    assert_eq!(fault(b"0800020000000000000004200906 3").1, WhyUnreadable::Characters);
}

/// Abuse case 28.
#[test]
fn a_message_type_of_nothing_is_refused() {
    assert_eq!(
        fault(b"\x00\x00\x00\x000000000000000000"),
        (Part::Mti, WhyUnreadable::Mti(InvalidMti::Digits))
    );
    assert_eq!(fault(b"00000000000000000000"), (Part::Mti, WhyUnreadable::Mti(InvalidMti::Class)));
    let packed = Dialect::packed_87().read(&[0; 10]).expect_err("type 0x0000");
    assert_eq!(packed.why, WhyUnreadable::Mti(InvalidMti::Class));
}

#[test]
fn a_field_the_dialect_does_not_speak_is_refused() {
    assert_eq!(fault(b"08000000001000000000x"), (Part::Field(28), WhyUnreadable::UnknownField));
    let bit_65 = b"080080000000000000008000000000000000";
    assert_eq!(fault(bit_65), (Part::Field(65), WhyUnreadable::UnknownField));
}

#[test]
fn every_cut_of_a_message_is_refused_and_none_panics() {
    for whole in [sample!("iso_reversal_message_advice"), sample!("financial_transaction_message")]
    {
        for end in 0..whole.len() {
            let cut = whole.get(..end).expect("within the message");
            assert!(ascii(cut).is_err(), "{end}");
        }
    }
}

#[test]
fn a_message_larger_than_any_is_refused_unread() {
    let octets = vec![b'0'; Dialect::MESSAGE_OCTETS_MAX + 1];
    assert_eq!(fault(&octets), (Part::Mti, WhyUnreadable::Oversize));
}

proptest::proptest! {
    #[test]
    fn no_octets_make_the_engine_panic(octets in proptest::collection::vec(0_u8.., 0..200)) {
        let _ = Dialect::openset_87().read(&octets);
        let _ = Dialect::packed_87().read(&octets);
    }

    #[test]
    fn what_is_read_is_written_to_a_message_that_reads_the_same(
        fields in proptest::collection::btree_map(2_u8..=128, "[0-9]{1,12}", 0..20)
    ) {
        for dialect in [Dialect::openset_87(), Dialect::packed_87()] {
            let mut message = Message::new(Mti::AUTHORIZATION_REQUEST);
            for (field, text) in &fields {
                let candidate = message.clone().with(*field, text.clone());
                if dialect.write(&candidate).is_ok() {
                    message = candidate;
                }
            }
            let octets = dialect.write(&message).expect("every field was tried");
            proptest::prop_assert_eq!(dialect.read(&octets), Ok(message));
        }
    }
}
