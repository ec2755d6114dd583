//! Reaching the authorities of a data folder: through their doors where they are served, in this
//! process where they are not.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use openset_crypto::Authority as Kind;
use openset_node::{
    clock::SystemClock,
    driver::{Desk, Performing},
};
use openset_protocol::ca::{AuthorityEnrolment, Effect, Input};

use crate::{
    args::Ca,
    ceremony::{self, Seat},
    ending::Ending,
    house::{
        authority::Authority,
        bureau::{Bureau, Office},
        ground::{self, Ground},
        holders::Holders,
        neighbours::Neighbours,
    },
    serve::{self, claim::Claim},
};

/// How long work that was begun may take at the end.
const SETTLE: Duration = Duration::from_secs(5);

/// The authorities, for as long as the command runs.
pub(super) struct Opened {
    pub(super) bureau: Bureau,
    here: Vec<Authority>,
    claims: Vec<Claim>,
}

/// Signs what is agreed to, and asks nobody about applicants.
struct Signs;

impl Desk<AuthorityEnrolment> for Signs {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        Box::pin(async move {
            match effect {
                Effect::Sign => Some(Input::Sign),
                Effect::Verify(_) => None,
            }
        })
    }
}

impl Opened {
    pub(super) async fn open(ca: &Ca) -> Result<Self, Ending> {
        let ground = ground(ca)?;
        let mut opened = Self {
            bureau: Bureau { ground, offices: Vec::new() },
            here: Vec::new(),
            claims: Vec::new(),
        };
        let seats: Vec<_> = Seat::answering(&opened.bureau.ground.data).collect();
        for seat in seats {
            match Office::behind(seat, &opened.bureau.ground.data).await {
                Some(office) => opened.bureau.offices.push(office),
                None => opened.take(seat).await?,
            }
        }
        Ok(opened)
    }

    /// Opens an authority in this process. It is not started: what else waits there goes on when
    /// it is served again.
    async fn take(&mut self, seat: Seat) -> Result<(), Ending> {
        let ground = &self.bureau.ground;
        self.claims.push(Claim::take(&ground.data, seat.folder)?);
        let authority = Authority::open(ground, seat, |_, _| Ok(Box::new(Signs))).await?;
        let office = Office::here(seat, &ground.data, authority.enrolments.clone());
        self.bureau.offices.push(office);
        self.here.push(authority);
        Ok(())
    }

    /// Finishes what was begun.
    pub(super) async fn close(self) {
        for authority in &self.here {
            authority.party.shell.settle(SETTLE).await;
        }
        drop(self.claims);
    }
}

fn ground(ca: &Ca) -> Result<Ground, Ending> {
    let root = ca.data.join(ceremony::folder(Kind::Root));
    if !root.is_dir() {
        return Err(Ending::input(format_args!(
            "there are no authorities in {}\n  try: openset demo, or another --data",
            ca.data.display()
        )));
    }
    let (holders, neighbours) = match ca.config.is_file() {
        true => (serve::holders(&ca.config)?, serve::neighbours(&ca.config)?),
        false => (Holders::FILES, Neighbours::default()),
    };
    let at = SocketAddr::from(([127, 0, 0, 1], ca.port));
    let ground = ground::of(&ca.data, Arc::new(SystemClock), at, &holders)?;
    Ok(Ground { neighbours, ..ground })
}
