//! The signed and sealed messages between merchant and gateway: nobody here opens them, and both
//! must keep the same octets.

use std::collections::BTreeMap;

use openset_types::{Rrpid, Xid};
use openset_wire::wrapper::Outline;

use crate::{
    report::{Difference, Report, What},
    testimony::{Message, Role, Testimony, Way},
};

/// One message of a journal, by its digest.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) name: String,
    way: Way,
    sender: String,
    recipient: String,
    xid: Option<Xid>,
    rrpid: Option<Rrpid>,
    digest: [u8; 32],
}

/// A message by its name and the request it is or answers.
type Key<'a> = (&'a str, Rrpid);

impl Letter {
    pub(crate) fn of(message: &Message<'_>, digest: [u8; 32]) -> Self {
        Self {
            name: message.name.to_owned(),
            way: message.way,
            sender: message.sender.to_owned(),
            recipient: message.recipient.to_owned(),
            xid: message.xid,
            rrpid: message.rrpid,
            digest,
        }
    }

    /// Whether the message's own header names another request or purchase than the journal.
    pub(crate) fn says_otherwise(&self, outline: &Outline) -> bool {
        let header = &outline.header;
        let xid = header.message_ids.as_ref().and_then(|ids| ids.xid.as_ref().map(|xid| xid.0));
        header.rrpid.as_ref().map(|rrpid| rrpid.0) != self.rrpid || xid != self.xid
    }

    fn is_between(&self, one: &str, other: &str) -> bool {
        let ends = [self.sender.as_str(), self.recipient.as_str()];
        ends == [one, other] || ends == [other, one]
    }
}

/// Compares what merchants and gateways keep of the messages between them.
pub(crate) fn compare(testimonies: &[Testimony], report: &mut Report) {
    let (merchants, gateways) =
        (side(testimonies, Role::Merchant), side(testimonies, Role::Gateway));
    if merchants.is_empty() || gateways.is_empty() {
        return;
    }
    one_way(&gateways, &merchants, report);
    one_way(&merchants, &gateways, report);
}

fn side(testimonies: &[Testimony], role: Role) -> Vec<&Testimony> {
    testimonies.iter().filter(|one| one.party().role == role).collect()
}

/// Everything that came to these must have left those. What left and has not come is under way, or
/// was lost: that is no difference.
fn one_way(came: &[&Testimony], left: &[&Testimony], report: &mut Report) {
    let sent: BTreeMap<Key<'_>, (&str, &Letter)> = left
        .iter()
        .flat_map(|one| letters(one, Way::Out).map(|(key, letter)| (key, (folder(one), letter))))
        .collect();
    let somebody = left.first().map_or("", |one| folder(one));
    for recipient in came {
        for ((name, rrpid), letter) in letters(recipient, Way::In) {
            let about = format!("{name} of request {rrpid}");
            let found = match sent.get(&(name, rrpid)) {
                None => (What::MessageMissing, somebody, ["it came", "nothing"]),
                Some((sender, twin)) if twin.digest != letter.digest => {
                    (What::MessageDiffers, *sender, ["one message", "another"])
                }
                Some(_) => continue,
            };
            let (what, sender, says) = found;
            report.find(Difference::new(what, about, [folder(recipient), sender], says));
        }
    }
}

fn letters(of: &Testimony, way: Way) -> impl Iterator<Item = (Key<'_>, &Letter)> {
    let between = of.letters.iter().filter(|letter| letter.is_between("merchant", "gateway"));
    let crossed = between.filter(move |letter| letter.way == way);
    crossed.filter_map(|letter| Some(((letter.name.as_str(), letter.rrpid?), letter)))
}

fn folder(of: &Testimony) -> &str {
    &of.party().folder
}
