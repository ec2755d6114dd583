//! Authorities with their keys in memory, which do what people with files do.

use openset_crypto::{
    Authority, Identity, KeyId, PrivateKey, PublicKey, Purpose, SoftwareKeys, Suite,
    authority::{CrlTerms, Draft, crl, draft_root, issue},
    statement::Statement,
};
use openset_protocol::ceremony::{
    Answer, Objection, Paper, Parent, Request, Subject, Wanted, draft_all, judge, root_terms, word,
};
use openset_types::UnixTime;
use openset_wire::x509::{Certificate, CertificateRevocationList};

const DAY_S: i64 = 86_400;

/// The moment of these tests.
pub(crate) fn now() -> UnixTime {
    UnixTime::new(1_795_000_000).expect("in range")
}

/// One authority.
pub(crate) struct Office {
    suite: Suite,
    role: Authority,
    root: KeyId,
    keys: SoftwareKeys,
    pub(crate) identity: Identity,
    pub(crate) lists: Option<Identity>,
    /// The lists of those above, and who has signed them if it was another certificate.
    known: (Vec<Certificate>, Vec<CertificateRevocationList>),
}

/// What an authority of this kind wants for some years.
pub(crate) fn wanted(suite: Suite, role: Authority, root: &Office) -> Wanted {
    let answers = !matches!(role, Authority::Root | Authority::Brand | Authority::Geopolitical);
    let subject = Subject {
        country: "FR".to_owned(),
        brand: "Lumiere".to_owned(),
        institution: answers.then(|| "Banque du Nord".to_owned()),
        name: Some(word(role).to_owned()),
    };
    let life_years = match role {
        Authority::Root | Authority::Brand => 5,
        Authority::Geopolitical => 4,
        Authority::Cardholder | Authority::Merchant | Authority::Gateway => 3,
    };
    Wanted { suite, role, subject, life_years, lists_apart: false, root: root.root }
}

fn public(suite: Suite, key: &PrivateKey) -> PublicKey {
    PublicKey::from_der(suite, key.public().der()).expect("our own key")
}

impl Office {
    pub(crate) fn root(suite: Suite) -> Self {
        let purpose = Purpose::CertificateSigning(Authority::Root);
        let [key, next] =
            [(); 2].map(|()| PrivateKey::generate(purpose.key_kind(suite)).expect("randomness"));
        let (public, next) = (public(suite, &key), public(suite, &next));
        let keys = SoftwareKeys::new();
        keys.hold(key);
        let subject = Subject {
            country: "FR".to_owned(),
            brand: "OpenSET".to_owned(),
            institution: None,
            name: Some("Root".to_owned()),
        };
        let terms = root_terms(suite, &subject, &public, &next, 10, ([7; 32], now()));
        let draft = draft_root(suite, &terms.expect("a name")).expect("a good draft");
        let certificate = issue(&draft, &keys).expect("signed");
        let identity = Identity::new(certificate, Vec::new()).expect("a key");
        let root = identity.key;
        let role = Authority::Root;
        Self { suite, role, root, keys, identity, lists: None, known: <_>::default() }
    }

    pub(crate) fn parent(&self) -> Parent<'_> {
        let Self { suite, role, root, identity, .. } = self;
        Parent { suite: *suite, role: *role, identity, root: *root }
    }

    /// A request by somebody new, who is forgotten.
    pub(crate) fn ask(&self, wanted: Wanted, made: UnixTime) -> (Request, Statement) {
        let (request, statement, _) = ask(wanted, made);
        (request, statement)
    }

    pub(crate) fn drafts(&self, request: &Request) -> Result<Vec<(Paper, Draft)>, Objection> {
        draft_all(request, &self.parent(), [9; 32], now())
    }

    pub(crate) fn answer(&self, request: &Request, asked: &Statement) -> Answer {
        let drafts = self.drafts(request).expect("good drafts");
        let issued =
            drafts.iter().map(|(paper, draft)| (*paper, issue(draft, &self.keys).expect("signed")));
        let mut above = vec![self.identity.certificate.clone()];
        above.extend(self.identity.chain.iter().cloned());
        let (mut listers, mut lists) = self.known.clone();
        listers.extend(self.lists.iter().map(|lists| lists.certificate.clone()));
        lists.extend(self.role.publishes_crl().then(|| self.list()));
        Answer {
            number: request.number.clone(),
            request: asked.name(),
            certificates: issued.collect(),
            above,
            listers,
            lists,
        }
    }

    pub(crate) fn sign(&self, answer: &Answer) -> Statement {
        answer.sign(self.identity.key, &self.keys).expect("signed")
    }

    /// Somebody new below, all the way.
    pub(crate) fn admit(&self, wanted: Wanted) -> Self {
        let (suite, role) = (wanted.suite, wanted.role);
        let (request, asked, keys) = ask(wanted, now());
        let read = Request::read(&Statement::read(&asked.to_string()).expect("a statement"));
        assert_eq!(read.as_ref(), Ok(&request));
        judge(&request, &self.parent(), now()).expect("no objection");
        let signed = self.sign(&self.answer(&request, &asked));
        let signed = Statement::read(&signed.to_string()).expect("a statement");
        let answer = Answer::read(&signed).expect("an answer");
        let accepted = answer.accept(&signed, (&request, &asked), now()).expect("accepted");
        let of = |wanted: Paper| {
            let mut papers = accepted.papers.iter();
            papers.find(|(paper, _)| *paper == wanted).map(|(_, identity)| identity.clone())
        };
        let identity = of(Paper::Certificates).expect("every authority has it");
        let known = (accepted.listers.clone(), accepted.lists.clone());
        let lists = of(Paper::Lists);
        Self { suite, role, root: self.root, keys, identity, lists, known }
    }

    fn list(&self) -> CertificateRevocationList {
        let terms = CrlTerms {
            number: 1,
            this_update: now().plus_s(-60),
            next_update: now().plus_s(30 * DAY_S),
            revoked: &[],
        };
        let issuer = self.lists.as_ref().unwrap_or(&self.identity);
        crl(self.suite, &terms, issuer, &self.keys).expect("a list")
    }
}

fn ask(wanted: Wanted, made: UnixTime) -> (Request, Statement, SoftwareKeys) {
    let keys = SoftwareKeys::new();
    let papers = wanted.papers();
    let certified = papers.into_iter().map(|paper| {
        let kind = paper.purpose(wanted.role).key_kind(wanted.suite);
        let key = PrivateKey::generate(kind).expect("randomness");
        let public = public(wanted.suite, &key);
        keys.hold(key);
        (paper, public)
    });
    let certified = certified.collect();
    let number = "00112233445566778899aabbccddeeff".to_owned();
    let request = Request { number, wanted, made, keys: certified };
    let statement = request.sign(&keys).expect("signed");
    (request, statement, keys)
}
