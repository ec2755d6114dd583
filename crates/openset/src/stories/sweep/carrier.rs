//! Somebody who carries what applicants and an authority say to each other: holds a question on
//! its way, or says another answer than was given.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use openset_node::{
    fault::Fault,
    http::{Answering, Answers, Media, Said, client::Client, set_endpoint},
};
use openset_protocol::refusal::Refusal;
use openset_types::Rrpid;
use openset_wire::wrapper::MessageWrapper;
use tokio::{sync::watch, time::timeout};

use super::super::{between::Aside, stage::PATIENCE};
use crate::house::ground::Ground;

/// Another answer than was given, and what whoever hears it makes of it.
pub(super) struct Lie {
    pub(super) what: String,
    pub(super) tell: Tell,
    pub(super) heard_as: HeardAs,
}

/// Makes a lie of the answer that was given.
pub(super) type Tell = Box<dyn Fn(&[u8]) -> Vec<u8> + Send>;

/// What whoever hears a lie makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HeardAs {
    /// It is refused in these words, and the question asked again.
    Refused(Refusal),
    /// It is an envelope that does not open, whatever is wrong with it or in it.
    Unopened,
    /// It is refused, in whatever words.
    Nonsense,
    /// It is refused, or what was changed is not what is believed.
    Harmless,
    /// What was changed is not what is believed: the answer is taken.
    TheTruth,
}

/// A lie that was told.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) what: String,
    pub(super) heard_as: HeardAs,
    /// The question.
    pub(super) asked: Vec<u8>,
    /// How often the same octets came after it.
    pub(super) again: usize,
}

/// Somebody on the way to one authority.
pub(super) struct Carrier {
    pub(super) url: String,
    ear: Arc<Ear>,
    _aside: Aside,
}

struct Ear {
    to: String,
    client: Client,
    /// The name of the questions that are held.
    holds: watch::Sender<Option<&'static str>>,
    /// Every question, by its name.
    heard: watch::Sender<Vec<(&'static str, Vec<u8>)>>,
    /// Lies to come, by the name of the question.
    lies: Mutex<HashMap<&'static str, VecDeque<Lie>>>,
    told: Mutex<HashMap<Rrpid, Told>>,
}

impl Carrier {
    /// Goes to stand before an authority.
    pub(super) async fn stand(ground: &Ground, to: String) -> Self {
        let ear = Arc::new(Ear {
            to,
            client: ground.client.clone(),
            holds: watch::Sender::default(),
            heard: watch::Sender::default(),
            lies: Mutex::default(),
            told: Mutex::default(),
        });
        let aside = Aside::serve(set_endpoint(&[Media::Registration], Arc::clone(&ear) as _)).await;
        Self { url: aside.url.clone(), ear, _aside: aside }
    }

    /// Holds questions of a name from now on, and lets all others go.
    pub(super) fn hold(&self, name: &'static str) {
        self.ear.holds.send_replace(Some(name));
    }

    /// Lets everything go.
    pub(super) fn release(&self) {
        self.ear.holds.send_replace(None);
    }

    /// The newest question of a name, once there are so many.
    pub(super) async fn heard(&self, name: &str, count: usize) -> Vec<u8> {
        let mut heard = self.ear.heard.subscribe();
        let of = |heard: &[(&str, Vec<u8>)]| {
            let mut all: Vec<Vec<u8>> = Vec::new();
            for (_, octets) in heard.iter().filter(|(said, _)| *said == name) {
                if !all.contains(octets) {
                    all.push(octets.clone());
                }
            }
            all
        };
        let enough = heard.wait_for(|heard| of(heard).len() >= count);
        let heard = timeout(PATIENCE, enough).await.expect("it is asked").expect("the ear listens");
        of(&heard).pop().expect("at least one")
    }

    /// Tells lies in answer to the next questions of a name, one each.
    pub(super) fn lie(&self, name: &'static str, lies: Vec<Lie>) {
        self.ear.lies.lock().expect("nobody panics").insert(name, lies.into());
    }

    /// The lies that were told, by the number of their question.
    pub(super) fn told(&self) -> HashMap<Rrpid, Told> {
        self.ear.told.lock().expect("nobody panics").clone()
    }

    /// How many lies have not been told yet.
    pub(super) fn untold(&self) -> usize {
        self.ear.lies.lock().expect("nobody panics").values().map(VecDeque::len).sum()
    }
}

impl Ear {
    async fn carry(&self, octets: Vec<u8>) -> Result<Said, Fault> {
        let wrapper = MessageWrapper::decode(&octets).expect("an applicant's message");
        let name = wrapper.message.name();
        let rrpid = wrapper.message_header.rrpid.expect("a question has a number").0;
        self.heard.send_modify(|heard| heard.push((name, octets.clone())));
        let mut holds = self.holds.subscribe();
        let released = holds.wait_for(|holds| *holds != Some(name));
        released.await.map_err(|_| Fault::Unanswered)?;
        let answer = self.client.ask(&self.to, Media::Registration, octets.clone()).await;
        let answer = answer.map_err(|_| Fault::Unanswered)?;
        Ok(Said::Message(self.say(name, rrpid, octets, answer)))
    }

    /// The truth, or the next lie if none was told about this question.
    fn say(&self, name: &'static str, rrpid: Rrpid, asked: Vec<u8>, answer: Vec<u8>) -> Vec<u8> {
        let mut told = self.told.lock().expect("nobody panics");
        if let Some(told) = told.get_mut(&rrpid) {
            told.again += usize::from(told.asked == asked);
            return answer;
        }
        let mut lies = self.lies.lock().expect("nobody panics");
        let Some(lie) = lies.get_mut(name).and_then(VecDeque::pop_front) else { return answer };
        let Lie { what, tell, heard_as } = lie;
        let what = format!("in answer to {name}, {what}");
        told.insert(rrpid, Told { what, heard_as, asked, again: 0 });
        tell(&answer)
    }
}

impl Answers for Ear {
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        Box::pin(self.carry(message))
    }
}
