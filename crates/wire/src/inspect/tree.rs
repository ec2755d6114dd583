//! Draws the tree: the elements on one side, the interface on the other.

use super::{
    Node,
    schema::{Field, SCHEMA, Shape, universal_name},
    value,
};
use crate::{
    content::ContentType,
    der::{Contents, Header, Oid},
};

/// Draws an element as a type of the interface, or as any DER where it does not fit.
pub(super) fn draw(asn1: &str, octets: &[u8]) -> Node {
    draw_at(asn1, Element { octets, at: 0, opened: 0 })
}

/// How many contents within contents are opened: a signature can hold a signature, for ever.
const OPENED_MAX: usize = 8;

fn draw_at(asn1: &str, element: Element<'_>) -> Node {
    let shape = Shape::Type(asn1.to_owned());
    let place = Place { name: asn1, kind: None, sealed_for: None };
    element
        .header()
        .and_then(|header| element.read(&header, &shape, &place))
        .unwrap_or_else(|| element.anything(asn1))
}

/// Who can open what, by the type or by the field.
const RECIPIENTS: [(&str, &str); 24] = [
    ("PIDualSigned.exPIData", GATEWAY),
    ("PIUnsigned", GATEWAY),
    ("AuthToken", GATEWAY),
    ("AuthReq.enc", GATEWAY),
    ("AuthRevReq.enc", GATEWAY),
    ("CapToken.encX", GATEWAY),
    ("CapToken.enc", GATEWAY),
    ("CapEncB.enc", GATEWAY),
    ("CapEncBX.encX", GATEWAY),
    ("BatchAdminReq", GATEWAY),
    ("AuthResEncB.enc", MERCHANT),
    ("AuthResEncBX.encX", MERCHANT),
    ("AuthRevResEncB.enc", MERCHANT),
    ("AuthRevRes.enc", MERCHANT),
    ("CapRes", MERCHANT),
    ("CapRevRes", MERCHANT),
    ("CredRes", MERCHANT),
    ("CredRevRes", MERCHANT),
    ("BatchAdminRes", MERCHANT),
    ("RegFormReq", AUTHORITY),
    ("CertReq.encx", AUTHORITY),
    ("CertReq.enc", AUTHORITY),
    ("CertRes.encK", APPLICANT),
    ("AcqCardMsg", CARDHOLDER),
];
const GATEWAY: &str = "payment gateway";
const MERCHANT: &str = "merchant";
const AUTHORITY: &str = "authority";
const APPLICANT: &str = "applicant";
const CARDHOLDER: &str = "cardholder";

/// The types that an extension of a certificate has as its value.
const EXTENSIONS: [(&[u8], &str); 15] = [
    (&[0x55, 0x1D, 0x0F], "KeyUsage"),
    (&[0x55, 0x1D, 0x10], "PrivateKeyUsagePeriod"),
    (&[0x55, 0x1D, 0x11], "GeneralNames"),
    (&[0x55, 0x1D, 0x12], "GeneralNames"),
    (&[0x55, 0x1D, 0x13], "BasicConstraintsSyntax"),
    (&[0x55, 0x1D, 0x14], "CRLNumber"),
    (&[0x55, 0x1D, 0x20], "CertificatePoliciesSyntax"),
    (&[0x55, 0x1D, 0x23], "AuthorityKeyIdentifier"),
    (&[0x67, 0x2A, 0x07, 0x00], "HashedRootKeySyntax"),
    (&[0x67, 0x2A, 0x07, 0x01], "CertificateTypeSyntax"),
    (&[0x67, 0x2A, 0x07, 0x02], "MerchantDataSyntax"),
    (&[0x67, 0x2A, 0x07, 0x03], "CardCertRequiredSyntax"),
    (&[0x67, 0x2A, 0x07, 0x04], "TunnelingSyntax"),
    (&[0x67, 0x2A, 0x07, 0x05], "SETExtensionsSyntax"),
    (&[0x67, 0x2A, 0x07, 0x06], "SetPolicyQualifier"),
];

/// The octets of one element and where they stand in the whole.
#[derive(Clone, Copy)]
struct Element<'a> {
    octets: &'a [u8],
    at: usize,
    /// How many contents lie around it.
    opened: usize,
}

/// What is known of an element before it is read.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: &'a str,
    /// The first type name on the way here.
    kind: Option<&'a str>,
    sealed_for: Option<&'static str>,
}

impl<'a> Element<'a> {
    fn header(&self) -> Option<Header> {
        Header::read(self.octets).ok()
    }

    fn contents(&self, header: &Header) -> &'a [u8] {
        self.octets.get(header.len..).unwrap_or_default()
    }

    /// The elements inside this one.
    fn members(&self, header: &Header) -> Option<Vec<Self>> {
        let mut at = self.at.saturating_add(header.len);
        let members = crate::der::elements(self.contents(header)).ok()?;
        let place = |octets: &'a [u8]| {
            let member = Self { octets, at, ..*self };
            at = at.saturating_add(octets.len());
            member
        };
        Some(members.into_iter().map(place).collect())
    }

    fn node(&self, place: &Place<'_>, kind: &str) -> Node {
        Node {
            name: place.name.to_owned(),
            kind: place.kind.unwrap_or(kind).to_owned(),
            at: self.at,
            len: self.octets.len(),
            value: None,
            sealed_for: place.sealed_for,
            children: Vec::new(),
        }
    }

    /// Draws the element as a shape; its own tag has been checked or replaced.
    fn read(&self, header: &Header, shape: &Shape, place: &Place<'_>) -> Option<Node> {
        match shape {
            Shape::Any => Some(self.anything(place.name)),
            Shape::Type(name) => self.read_type(header, name, place),
            Shape::Choice(alternatives) => self.read_choice(alternatives, place),
            Shape::Sequence(fields) => self.read_sequence(header, fields, place),
            Shape::List(member) => self.read_list(header, member, place),
            Shape::Names(tag, names) => {
                let number = value::say(*tag, self.contents(header));
                let name = names.iter().find(|(known, _)| *known == number).map(|(_, name)| name);
                let said = match tag {
                    3 => value::bits(self.contents(header), names),
                    _ => name.cloned().unwrap_or(number),
                };
                Some(self.leaf(place, universal_name(*tag), said))
            }
            Shape::Universal(_) if header.constructed => None,
            Shape::Universal(tag) => {
                let said = value::say(*tag, self.contents(header));
                Some(self.leaf(place, universal_name(*tag), said))
            }
        }
    }

    fn leaf(&self, place: &Place<'_>, kind: &str, said: String) -> Node {
        let secret = value::is_secret(place.name) || place.kind.is_some_and(value::is_secret);
        let said = if secret { value::MASK.to_owned() } else { said };
        Node { value: Some(said), ..self.node(place, kind) }
    }

    fn read_type(&self, header: &Header, name: &str, place: &Place<'_>) -> Option<Node> {
        let sealed_for = recipient(name).or(place.sealed_for);
        let place = Place { kind: place.kind.or(Some(name)), sealed_for, ..*place };
        match name {
            "SignedData" => {
                let place = Place { sealed_for: None, ..place };
                let one = |suite| self.read(header, &part(suite, name), &place);
                one(Suite::Modern)
                    .or_else(|| one(Suite::Set10))
                    .or_else(|| self.read_parts(header, &place))
            }
            "EnvelopedData" | "EncryptedData" => {
                let one = |suite| self.read(header, &part(suite, name), &place);
                let two = || self.read_list(header, &part(Suite::Modern, name), &place);
                one(Suite::Modern)
                    .or_else(two)
                    .or_else(|| one(Suite::Set10))
                    .or_else(|| self.read_parts(header, &place))
            }
            "EncapsulatedContentInfo" => self.read_content(header, &place),
            "Set10ContentInfo" => self.read_bare_content(header, &place),
            "Extension" => self.read_extension(header, &place),
            _ => self.read(
                header,
                SCHEMA.get(name)?,
                &Place { sealed_for: keep(name, &place), ..place },
            ),
        }
    }

    /// A SEQUENCE OF ANY whose insides are not known.
    fn read_parts(&self, header: &Header, place: &Place<'_>) -> Option<Node> {
        self.read_list(header, &Shape::Any, place)
    }

    fn read_choice(&self, alternatives: &[Field], place: &Place<'_>) -> Option<Node> {
        let header = self.header()?;
        let field = alternatives.iter().find(|field| field.fits(&header))?;
        if field.tag.is_none() {
            // Which kind of text it is shows in its type; it is no level of its own.
            return self.read(&header, &field.shape, place);
        }
        let child = self.read_field(&header, field, place.kind)?;
        Some(Node {
            children: vec![child],
            ..self.node(&Place { sealed_for: None, ..*place }, "CHOICE")
        })
    }

    fn read_sequence(&self, header: &Header, fields: &[Field], place: &Place<'_>) -> Option<Node> {
        let mut members = self.members(header)?.into_iter().peekable();
        let mut children = Vec::new();
        for field in fields {
            let fits =
                |member: &Element<'_>| member.header().is_some_and(|header| field.fits(&header));
            match members.next_if(fits) {
                Some(member) => {
                    let header = member.header()?;
                    children.push(member.read_field(&header, field, place.kind)?);
                }
                None if field.optional => {}
                None => return None,
            }
        }
        let whole = members.next().is_none();
        whole.then(|| Node { children, ..self.node(place, "SEQUENCE") })
    }

    fn read_list(&self, header: &Header, member: &Shape, place: &Place<'_>) -> Option<Node> {
        let name = if let Shape::Type(name) = member { name.as_str() } else { "" };
        let inner = Place { name, kind: None, sealed_for: place.sealed_for };
        let read = |element: Element<'_>| {
            let header = element.header()?;
            member.fits(&header).then(|| element.read(&header, member, &inner)).flatten()
        };
        let children = self.members(header)?.into_iter().map(read).collect::<Option<_>>()?;
        Some(Node { children, ..self.node(place, "SEQUENCE OF") })
    }

    /// Draws a field, whose tag has been found to be right.
    fn read_field(&self, header: &Header, field: &Field, owner: Option<&str>) -> Option<Node> {
        let key = format!("{}.{}", owner.unwrap_or_default(), field.name);
        let place = Place { name: &field.name, kind: None, sealed_for: recipient(&key) };
        if !field.is_wrapped() {
            return self.read(header, &field.shape, &place);
        }
        let [inner] = self.members(header)?.try_into().ok()?;
        let header = inner.header()?;
        field.shape.fits(&header).then(|| inner.read(&header, &field.shape, &place)).flatten()
    }

    /// The content of a signature, read as what its type says.
    fn read_content(&self, header: &Header, place: &Place<'_>) -> Option<Node> {
        let mut node = self.read(header, SCHEMA.get("EncapsulatedContentInfo")?, place)?;
        let oid = self.named_oid(header)?;
        let name = ContentType::from_oid(&oid).map_or("ANY", ContentType::name);
        node.children.iter_mut().for_each(|child| self.open(child, "eContent", name));
        Some(node)
    }

    /// The same in suite `set10`, where the content stands without an OCTET STRING around it.
    fn read_bare_content(&self, header: &Header, place: &Place<'_>) -> Option<Node> {
        let mut node = self.read(header, SCHEMA.get("Set10ContentInfo")?, place)?;
        let oid = self.named_oid(header)?;
        let name = ContentType::from_oid(&oid).map_or("ANY", ContentType::name);
        if let Some(content) = node.children.iter_mut().find(|child| child.name == "content") {
            let opened = self.opened.saturating_add(1);
            let element = Element { opened, ..self.part(content) };
            if self.opened < OPENED_MAX {
                *content = Node { name: "content".to_owned(), ..draw_at(name, element) };
            }
        }
        Some(node)
    }

    /// The octets that a part of this element was drawn from.
    fn part(&self, child: &Node) -> Self {
        let from = child.at.saturating_sub(self.at);
        let octets = self.octets.get(from..from.saturating_add(child.len)).unwrap_or_default();
        Self { octets, at: child.at, ..*self }
    }

    /// An extension of a certificate, read as what its name says.
    fn read_extension(&self, header: &Header, place: &Place<'_>) -> Option<Node> {
        let mut node = self.read(header, SCHEMA.get("Extension")?, place)?;
        let oid = self.named_oid(header)?;
        let known = EXTENSIONS.iter().find(|(octets, _)| *octets == oid.as_bytes());
        let name = known.map_or("ANY", |(_, name)| name);
        node.children.iter_mut().for_each(|child| self.open(child, "extnValue", name));
        Some(node)
    }

    /// The identifier that stands first inside.
    fn named_oid(&self, header: &Header) -> Option<Oid> {
        let first = self.members(header)?.into_iter().next()?;
        Oid::read(first.contents(&first.header()?)).ok()
    }

    /// Puts what an OCTET STRING holds below it.
    fn open(&self, child: &mut Node, name: &str, asn1: &str) {
        let element = self.part(child);
        let Some(header) = element.header().filter(|_| child.name == name) else { return };
        let inside = element.contents(&header);
        if self.opened < OPENED_MAX && crate::der::scan(inside).is_ok() {
            let at = element.at.saturating_add(header.len);
            let opened = self.opened.saturating_add(1);
            child.value = None;
            child.children = vec![draw_at(asn1, Element { octets: inside, at, opened })];
        }
    }

    /// Draws the element as DER of which nothing more is known.
    fn anything(&self, name: &str) -> Node {
        let header = self.header();
        let kind = header.map_or_else(|| "ANY".to_owned(), |header| kind_of(&header));
        let place = Place { name, kind: None, sealed_for: None };
        let node = self.node(&place, &kind);
        let members = header.filter(|header| header.constructed);
        match (header, members.and_then(|header| self.members(&header))) {
            (_, Some(members)) => {
                let children = members.iter().map(|member| member.anything("")).collect();
                Node { children, ..node }
            }
            (Some(header), None) => {
                let tag = if header.class == 0 { header.number } else { 4 };
                Node { value: Some(value::say(tag, self.contents(&header))), ..node }
            }
            (None, None) => node,
        }
    }
}

/// Who can open a part of this type or in this field.
fn recipient(key: &str) -> Option<&'static str> {
    let found = RECIPIENTS.iter().find(|(known, _)| *known == key);
    found.map(|(_, who)| *who)
}

/// Whose syntax a signed or sealed part may be in.
#[derive(Clone, Copy)]
enum Suite {
    Set10,
    Modern,
}

/// The shape of a signed or sealed part.
fn part(suite: Suite, asn1: &str) -> Shape {
    Shape::Type(match (suite, asn1) {
        (Suite::Set10, _) => format!("Set10{asn1}"),
        (Suite::Modern, "SignedData") => "CmsSignedData".to_owned(),
        (Suite::Modern, _) => "CmsAuthEnvelopedData".to_owned(),
    })
}

/// A part is sealed from the type that says so down to the envelope, and not beyond.
fn keep(name: &str, place: &Place<'_>) -> Option<&'static str> {
    let is_inside = (name.starts_with("Cms") || name.starts_with("Set10"))
        && !matches!(name, "CmsAuthEnvelopedData" | "Set10EnvelopedData" | "Set10EncryptedData");
    if is_inside { None } else { place.sealed_for }
}

fn kind_of(header: &Header) -> String {
    match header.class {
        0 => universal_name(header.number).to_owned(),
        1 => format!("[APPLICATION {}]", header.number),
        2 => format!("[{}]", header.number),
        _ => format!("[PRIVATE {}]", header.number),
    }
}
