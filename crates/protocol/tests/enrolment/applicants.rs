//! A wallet and two servers that register, each with its authority, step by step.

use openset_crypto::Suite;
use openset_protocol::{
    ca::{Application, Effect as Desk},
    cardholder::registration::{
        Begin as BeginCard, CardholderRegistration, Effect, Filled as FilledCard,
        Input as CardInput, Secrets, Stage as CardStage,
    },
    enrolment::{
        Answer, Patience,
        applicant::{Applicant, Begin, Filled, Input, Keys, Registering, Stage, Standing},
    },
    octets::Octets,
    refusal::Refusal,
};
use openset_types::{Language, Secret};

use crate::{
    office::{Office, answers, new_key, newcomer},
    world::{Done, Party, World, letterhead, pki::CARD, wallet},
};

/// What the shell of the wallet calls the registration.
pub(crate) const HERE: &[u8] = b"card";

/// A wallet, its vault, and the authority of cardholders.
pub(crate) struct Counter {
    pub(crate) world: World,
    pub(crate) office: Office,
    pub(crate) wallet: Party<CardholderRegistration>,
}

pub(crate) type CardDone = Done<CardholderRegistration>;

/// A key for the answer; as one for DES it has odd parity and is not weak.
pub(crate) fn back_key(suite: Suite) -> Secret {
    Secret::new(vec![0x61; suite.content_key_octets()])
}

pub(crate) fn filled(answers: Vec<Answer>) -> FilledCard {
    filled_in(Suite::Modern, answers)
}

fn filled_in(suite: Suite, answers: Vec<Answer>) -> FilledCard {
    FilledCard {
        answers,
        pan: CARD.pan(),
        expiry: CARD.expiry(),
        card_secret: CARD.card_secret(suite),
        back_key: back_key(suite),
    }
}

pub(crate) fn secrets(answer: Octets) -> Secrets {
    secrets_in(Suite::Modern, answer)
}

fn secrets_in(suite: Suite, answer: Octets) -> Secrets {
    Secrets {
        answer,
        pan: CARD.pan(),
        expiry: CARD.expiry(),
        card_secret: CARD.card_secret(suite),
        back_key: back_key(suite),
        others: Vec::new(),
    }
}

impl Counter {
    pub(crate) fn new() -> Self {
        Self::in_suite(Suite::Modern)
    }

    pub(crate) fn in_suite(suite: Suite) -> Self {
        let mut world = World::in_suite(suite);
        let office = Office::of_cardholders(&mut world);
        let wallet = Party::new(wallet(), newcomer(&world.pki));
        Self { world, office, wallet }
    }

    pub(crate) fn do_here(&mut self, input: CardInput) -> Result<CardDone, Refusal> {
        self.wallet.command(HERE, input, &mut self.world)
    }

    pub(crate) fn hear(&mut self, octets: &[u8]) -> Result<CardDone, Refusal> {
        self.wallet.answer(HERE, octets, &mut self.world)
    }

    /// Gives CardCInitReq.
    pub(crate) fn begin(&mut self) -> Vec<u8> {
        let key = new_key(&self.world.pki);
        let brand = self.world.pki.house.brand.clone();
        self.do_here(CardInput::Begin(BeginCard { brand, key, renews: None }))
            .expect("a beginning")
            .ask()
    }

    /// Gives CardCInitRes.
    pub(crate) fn introduced(&mut self) -> Vec<u8> {
        let request = self.begin();
        self.office.request(&request, &mut self.world).expect("a good request").reply()
    }

    /// Gives RegFormReq.
    pub(crate) fn asking(&mut self) -> Vec<u8> {
        let answer = self.introduced();
        let done = self.hear(&answer).expect("a good answer");
        assert!(matches!(done.own().as_slice(), [Effect::WantCard]));
        self.do_here(CardInput::Card(CARD.pan())).expect("the card").ask()
    }

    /// Gives RegFormRes.
    pub(crate) fn form(&mut self) -> Vec<u8> {
        let request = self.asking();
        self.office.request(&request, &mut self.world).expect("a good request").reply()
    }

    /// Gives CertReq.
    pub(crate) fn applying(&mut self) -> Vec<u8> {
        let answer = self.form();
        self.hear(&answer).expect("a form");
        let filled = filled_in(self.world.pki.suite, answers());
        self.do_here(CardInput::Filled(filled)).expect("good answers").ask()
    }

    /// The registrar is asked: gives the name of the instance at the authority.
    pub(crate) fn applied(&mut self) -> Vec<u8> {
        let request = self.applying();
        let done = self.office.request(&request, &mut self.world).expect("a good application");
        assert!(asked(&done).is_some(), "the registrar is asked");
        done.key
    }

    /// Gives CertRes.
    pub(crate) fn approved(&mut self) -> Vec<u8> {
        let key = self.applied();
        let approval = openset_protocol::ca::Approval::Cardholder;
        self.office.approve(&key, approval, &mut self.world)
    }

    /// The wallet opens CertRes with what its vault holds.
    pub(crate) fn open(&mut self, cert_res: &[u8]) -> Result<CardDone, Refusal> {
        self.open_beside(cert_res, Vec::new())
    }

    /// The same in a wallet that has other certificates, with these secrets.
    pub(crate) fn open_beside(
        &mut self,
        cert_res: &[u8],
        others: Vec<Secret>,
    ) -> Result<CardDone, Refusal> {
        let done = self.hear(cert_res)?;
        let [Effect::WantSecrets { answer }] = done.own()[..] else {
            panic!("the vault is asked");
        };
        let secrets = secrets_in(self.world.pki.suite, answer.clone());
        self.do_here(CardInput::Secrets(Secrets { others, ..secrets }))
    }

    pub(crate) fn stage(&self) -> CardStage {
        self.wallet.state(HERE).expect("a registration").stage
    }
}

/// What the registrar is asked, if it is.
pub(crate) fn asked(done: &Done<openset_protocol::ca::AuthorityEnrolment>) -> Option<&Application> {
    done.own().into_iter().find_map(|effect| match effect {
        Desk::Verify(application) => Some(&**application),
        Desk::Sign => None,
    })
}

/// A merchant or gateway, and its authority.
pub(crate) struct Hall<A: Applicant> {
    pub(crate) world: World,
    pub(crate) office: Office,
    pub(crate) server: Party<Registering<A>>,
    names: A::Names,
}

impl<A: Applicant> Hall<A> {
    pub(crate) fn new(office: impl FnOnce(&mut World) -> Office, names: A::Names) -> Self {
        let mut world = World::new();
        let office = office(&mut world);
        let standing = Standing {
            language: Language::parse("en").expect("a tag"),
            letterhead: letterhead(),
            acceptance: Default::default(),
            give_up_after_s: 300,
            patience: Patience::default(),
        };
        let server = Party::new(standing, newcomer(&world.pki));
        Self { world, office, server, names }
    }

    pub(crate) fn do_here(&mut self, input: Input<A>) -> Result<Done<Registering<A>>, Refusal> {
        self.server.command(HERE, input, &mut self.world)
    }

    pub(crate) fn hear(&mut self, octets: &[u8]) -> Result<Done<Registering<A>>, Refusal> {
        self.server.answer(HERE, octets, &mut self.world)
    }

    /// Gives Me-AqCInitReq.
    pub(crate) fn begin(&mut self) -> Vec<u8> {
        let pki = &self.world.pki;
        let keys = Keys { signature: new_key(pki), encipherment: new_key(pki) };
        let brand = pki.house.brand.clone();
        let names = self.names.clone();
        self.do_here(Input::Begin(Begin { brand, names, keys, renews: None }))
            .expect("a beginning")
            .ask()
    }

    /// Gives Me-AqCInitRes.
    pub(crate) fn form(&mut self) -> Vec<u8> {
        let request = self.begin();
        self.office.request(&request, &mut self.world).expect("a good request").reply()
    }

    /// Gives CertReq.
    pub(crate) fn applying(&mut self, account: Option<&str>) -> Vec<u8> {
        let answer = self.form();
        self.hear(&answer).expect("a form");
        let account = account.map(ToOwned::to_owned);
        let filled = Filled { answers: answers(), account };
        self.do_here(Input::Filled(filled)).expect("good answers").ask()
    }

    /// The registrar is asked: gives the name of the instance at the authority.
    pub(crate) fn applied(&mut self) -> Vec<u8> {
        let request = self.applying(None);
        let done = self.office.request(&request, &mut self.world).expect("a good application");
        assert!(asked(&done).is_some(), "the registrar is asked");
        done.key
    }

    pub(crate) fn stage(&self) -> Stage {
        self.server.state(HERE).expect("a registration").stage
    }
}
