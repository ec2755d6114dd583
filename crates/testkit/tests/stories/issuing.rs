//! An authority that stops at every step of an enrolment, at every point of the step (abuse case
//! 30). Proves: whatever it signs stood on its disk before; after the restart the same draft is
//! signed or none; one key has one certificate and one number; and nobody is left without.

use std::collections::BTreeSet;

use openset_protocol::ca::{AuthorityEnrolment, Stage};
use openset_testkit::world::{Point, Scenario, StopAt, World, enrolling::Who};

use super::{happened, told};

const WHO: [(Who, usize); 3] = [(Who::Cardholder(0), 1), (Who::Merchant, 2), (Who::Gateway, 2)];

/// What authorities have signed, once for each time, in order.
fn signed(world: &World) -> Vec<&[u8]> {
    let witnesses = world.authorities().into_iter().filter_map(|(_, party)| party.witness());
    witnesses.flat_map(|witness| witness.signed()).map(|one| one.draft.as_slice()).collect()
}

/// How many certificates were issued, and whether an application is on the way to one.
fn issued(world: &World) -> (usize, bool) {
    let disks = world.authorities().into_iter().map(|(_, party)| &party.disk);
    let stages = disks.flat_map(|disk| disk.stored::<AuthorityEnrolment>()).map(|it| it.stage);
    stages.fold((0, false), |(count, waits), stage| match stage {
        Stage::Issued { certificates, .. } => (count + certificates.len(), waits),
        Stage::Issuing(_) => (count, true),
        _ => (count, waits),
    })
}

#[test]
fn a_crash_between_the_record_and_the_signature_leaves_one_certificate_of_the_record() {
    let mut again = 0;
    for (who, certificates) in WHO {
        let steps = told(Scenario::enrolment(who)).steps();
        for step in 1..=steps {
            for point in [Point::BeforeCommit, Point::AfterCommit, Point::AmidEffects] {
                let stop_at = Some(StopAt { step, point });
                let world = told(Scenario { stop_at, ..Scenario::enrolment(who) });
                let what = format!("{who:?}, step {step}, {point:?}");
                assert!(happened(&world, "starts"), "{what}: the crash has happened");
                assert_eq!(issued(&world), (certificates, false), "{what}");
                let all = signed(&world);
                let different: BTreeSet<_> = all.iter().collect();
                assert_eq!(different.len(), certificates, "{what}: one draft for each");
                again += usize::from(all.len() > certificates);
            }
        }
    }
    // The signature was made and lost: the same octets were signed once more, and no others.
    assert_eq!(again, WHO.len(), "one point of each enrolment lies behind the signature");
}

#[test]
fn what_was_written_down_before_a_crash_is_signed_once_after_it() {
    for (who, certificates) in WHO {
        let calm = told(Scenario::enrolment(who));
        let stopped = (1..=calm.steps()).filter_map(|step| {
            let stop_at = Some(StopAt { step, point: Point::AfterCommit });
            let world = told(Scenario { stop_at, ..Scenario::enrolment(who) });
            // An authority stopped, with whatever its step had written on its disk.
            let lines = world.history.lines();
            let stops = lines.iter().position(|line| line.contains("stops"))?;
            let before = lines.get(stops.checked_sub(1)?)?;
            before.contains("ca.enrolment").then_some(world)
        });
        let worlds: Vec<_> = stopped.collect();
        assert!(!worlds.is_empty(), "{who:?}");
        for world in &worlds {
            let witnesses =
                world.authorities().into_iter().filter_map(|(_, party)| party.witness());
            let mut all = witnesses.flat_map(|witness| witness.signed());
            assert_eq!(all.by_ref().filter(|one| one.was_recorded).count(), certificates);
        }
    }
}
