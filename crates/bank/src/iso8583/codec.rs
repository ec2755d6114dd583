//! The engine: writes a message in a dialect and reads it back, strictly.

use zeroize::Zeroizing;

use super::bitmap::Bitmap;
use super::field::{bcd_octets, from_bcd, from_ebcdic, from_hex, to_bcd, to_ebcdic, to_hex};
use super::{
    Content, Dialect, Form, Length, Message, Mti, Notation, Part, Unreadable, Unwritable, Value,
    WhyUnreadable, WhyUnwritable,
};

impl Dialect {
    /// The most octets a message may have.
    pub const MESSAGE_OCTETS_MAX: usize = 8192;

    /// Reads one whole message.
    pub fn read(&self, octets: &[u8]) -> Result<Message, Unreadable> {
        let mut reader = Reader { left: octets, at: 0, part: Part::Mti };
        if octets.len() > Self::MESSAGE_OCTETS_MAX {
            return Err(reader.fault(WhyUnreadable::Oversize));
        }
        let mut message = Message::new(self.read_mti(&mut reader)?);
        reader.part = Part::Bitmap;
        for field in self.read_bitmap(&mut reader)?.fields() {
            reader.part = Part::Field(field);
            let form = self.form(field).ok_or_else(|| reader.fault(WhyUnreadable::UnknownField))?;
            message = message.with_value(field, self.read_field(form, &mut reader)?);
        }
        reader.part = Part::End;
        if !reader.left.is_empty() {
            return Err(reader.fault(WhyUnreadable::TrailingOctets));
        }
        Ok(message)
    }

    /// Writes a message.
    pub fn write(&self, message: &Message) -> Result<Vec<u8>, Unwritable> {
        let mut bitmap = Bitmap::default();
        let mut fields = Vec::new();
        for (number, value) in message.fields() {
            bitmap.insert(number);
            let written = self
                .form(number)
                .ok_or(WhyUnwritable::UnknownField)
                .and_then(|form| self.write_field(form, value, &mut fields));
            written.map_err(|why| Unwritable { field: number, why })?;
        }
        let mut octets = write_digits(self.mti, &message.mti().digits());
        match self.bitmap {
            Notation::Hex => octets.extend(to_hex(&bitmap.octets())),
            _ => octets.extend(bitmap.octets()),
        }
        octets.append(&mut fields);
        Ok(octets)
    }

    fn read_mti(&self, reader: &mut Reader<'_>) -> Result<Mti, Unreadable> {
        let fault = reader.fault(WhyUnreadable::Truncated);
        let digits = reader.digits(self.mti, 4)?;
        let digits = digits.try_into().map_err(|_| fault)?;
        Mti::parse(digits).map_err(|why| Unreadable { why: WhyUnreadable::Mti(why), ..fault })
    }

    fn read_bitmap(&self, reader: &mut Reader<'_>) -> Result<Bitmap, Unreadable> {
        let first = self.read_half(reader)?;
        let second = match Bitmap::announces_second(first) {
            true => Some(self.read_half(reader)?),
            false => None,
        };
        Ok(Bitmap::from_halves(first, second))
    }

    fn read_half(&self, reader: &mut Reader<'_>) -> Result<[u8; 8], Unreadable> {
        let fault = reader.fault(WhyUnreadable::Truncated);
        let octets = reader.octets(self.bitmap, 8)?;
        octets.try_into().map_err(|_| fault)
    }

    fn read_field(&self, form: Form, reader: &mut Reader<'_>) -> Result<Value, Unreadable> {
        let length = self.read_length(form.length, reader)?;
        if form.content == Content::Octets {
            return Ok(Value::Octets(Zeroizing::new(reader.octets(self.octets, length)?)));
        }
        let start = reader.fault(WhyUnreadable::Characters);
        let characters = match form.content {
            Content::Digits => reader.digits(self.numbers, length)?,
            _ => reader.digits(self.characters, length)?,
        };
        if !characters.iter().all(|character| form.content.holds(*character)) {
            return Err(start);
        }
        let text = String::from_utf8(characters).map_err(|_| start)?;
        Ok(Value::Text(Zeroizing::new(text)))
    }

    fn read_length(&self, length: Length, reader: &mut Reader<'_>) -> Result<usize, Unreadable> {
        let (digits, most) = match length {
            Length::Fixed(exact) => return Ok(usize::from(exact)),
            Length::Two(most) => (2, usize::from(most)),
            Length::Three(most) => (3, usize::from(most)),
        };
        let start = reader.fault(WhyUnreadable::LengthDigits);
        let length = match self.lengths {
            Notation::Binary => binary_number(reader.take(bcd_octets(digits))?),
            notation => {
                decimal_number(&reader.digits(notation, digits).map_err(
                    |fault| match fault.why {
                        WhyUnreadable::Truncated => fault,
                        _ => start,
                    },
                )?)
            }
        };
        let length = length.ok_or(start)?;
        if length > most {
            return Err(Unreadable { why: WhyUnreadable::TooLong, ..start });
        }
        Ok(length)
    }

    fn write_field(
        &self,
        form: Form,
        value: &Value,
        to: &mut Vec<u8>,
    ) -> Result<(), WhyUnwritable> {
        let (content, length) = match (form.content, value) {
            (Content::Octets, Value::Octets(octets)) => (octets.as_slice(), octets.len()),
            (Content::Octets, Value::Text(_)) | (_, Value::Octets(_)) => {
                return Err(WhyUnwritable::Kind);
            }
            (_, Value::Text(text)) => (text.as_bytes(), text.len()),
        };
        if !content.iter().all(|octet| form.content.holds(*octet)) {
            return Err(WhyUnwritable::Characters);
        }
        self.write_length(form.length, length, to)?;
        match (form.content, self.octets) {
            (Content::Octets, Notation::Hex) => to.extend(to_hex(content)),
            (Content::Octets, _) => to.extend_from_slice(content),
            (Content::Digits, _) => to.extend(write_digits(self.numbers, content)),
            _ => to.extend(write_digits(self.characters, content)),
        }
        Ok(())
    }

    fn write_length(
        &self,
        form: Length,
        length: usize,
        to: &mut Vec<u8>,
    ) -> Result<(), WhyUnwritable> {
        let (digits, most) = match form {
            Length::Fixed(exact) if usize::from(exact) == length => return Ok(()),
            Length::Fixed(_) => return Err(WhyUnwritable::Length),
            Length::Two(most) => (2, usize::from(most)),
            Length::Three(most) => (3, usize::from(most)),
        };
        let number = u16::try_from(length).map_err(|_| WhyUnwritable::Length)?;
        if length > most {
            return Err(WhyUnwritable::Length);
        }
        match self.lengths {
            Notation::Binary if digits == 2 => to.extend(number.to_be_bytes().into_iter().skip(1)),
            Notation::Binary => to.extend(number.to_be_bytes()),
            notation => to.extend(write_digits(notation, format!("{number:0digits$}").as_bytes())),
        }
        Ok(())
    }
}

/// What is left of a message, and where in it we are.
struct Reader<'a> {
    left: &'a [u8],
    at: usize,
    part: Part,
}

impl<'a> Reader<'a> {
    fn fault(&self, why: WhyUnreadable) -> Unreadable {
        Unreadable { part: self.part, at: self.at, why }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, left) = self
            .left
            .split_at_checked(count)
            .ok_or_else(|| self.fault(WhyUnreadable::Truncated))?;
        self.left = left;
        self.at = self.at.saturating_add(count);
        Ok(taken)
    }

    /// So many digits or characters, as ASCII.
    fn digits(&mut self, notation: Notation, count: usize) -> Result<Vec<u8>, Unreadable> {
        let start = self.fault(WhyUnreadable::Characters);
        let read = match notation {
            Notation::Bcd => from_bcd(self.take(bcd_octets(count))?, count),
            Notation::Ebcdic => from_ebcdic(self.take(count)?),
            Notation::Ascii | Notation::Binary | Notation::Hex => Ok(self.take(count)?.to_vec()),
        };
        read.map_err(|why| Unreadable { why, ..start })
    }

    fn octets(&mut self, notation: Notation, count: usize) -> Result<Vec<u8>, Unreadable> {
        let start = self.fault(WhyUnreadable::Characters);
        if notation != Notation::Hex {
            return Ok(self.take(count)?.to_vec());
        }
        let digits = self.take(count.saturating_mul(2))?;
        from_hex(digits).map_err(|why| Unreadable { why, ..start })
    }
}

fn write_digits(notation: Notation, digits: &[u8]) -> Vec<u8> {
    match notation {
        Notation::Bcd => to_bcd(digits),
        Notation::Ebcdic => to_ebcdic(digits),
        Notation::Ascii | Notation::Binary | Notation::Hex => digits.to_vec(),
    }
}

fn decimal_number(digits: &[u8]) -> Option<usize> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn binary_number(octets: &[u8]) -> Option<usize> {
    octets.iter().try_fold(0_usize, |number, octet| {
        number.checked_mul(256)?.checked_add(usize::from(*octet))
    })
}
