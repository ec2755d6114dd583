//! An acquirer's batches: every item counted once, in a batch that is there, and nothing presented
//! out of one that still takes items.

use std::collections::BTreeMap;

use openset_types::{BatchNumber, BatchPlace, MerchantId};

use crate::{
    books::{self, Batch, Capture},
    report::{Difference, What},
    testimony::Testimony,
};

/// What is wrong with the batches in an acquirer's books.
pub(crate) fn compare(of: &Testimony) -> Vec<Difference> {
    let all = of.books.batches.iter();
    let all: BTreeMap<_, _> = all.map(|batch| ((&batch.merchant, batch.number), batch)).collect();
    let mut taken = BTreeMap::new();
    let mut found = Vec::new();
    let folder = of.party().folder.as_str();
    let mut differ = |about: String, says: &str| {
        let says = [says.to_owned(), "every item is counted once".to_owned()];
        found.push(Difference::new(What::BatchDiffers, about, [folder, folder], says));
    };
    for capture in &of.books.captures {
        let merchant = &capture.advice.merchant;
        for place in places(capture) {
            let about = || format!("place {} of batch {}", place.position, place.batch);
            if taken.insert((merchant, place), ()).is_some() {
                differ(about(), "two items are counted there");
            }
            if !all.contains_key(&(merchant, place.batch)) {
                differ(about(), "there is no such batch");
            }
        }
        if let Some(batch) = left_early(capture, &all) {
            let about = format!("batch {}", batch.number);
            differ(about, "it takes items, and one of them was presented");
        }
    }
    found
}

fn places(capture: &Capture) -> impl Iterator<Item = BatchPlace> {
    let parts = capture.taken_back.iter().map(|part| part.counted.as_ref());
    let all = [capture.counted.as_ref()].into_iter().chain(parts);
    all.flatten().map(|counted| counted.place)
}

/// The open batch of a capture that has left.
fn left_early<'a>(
    capture: &Capture,
    all: &BTreeMap<(&MerchantId, BatchNumber), &'a Batch>,
) -> Option<&'a Batch> {
    let place = capture.counted.as_ref()?.place;
    let batch = all.get(&(&capture.advice.merchant, place.batch))?;
    let (state, _) = books::state(&capture.state);
    let has_left = !["awaiting", "taken-back"].contains(&state);
    (has_left && batch.closed.is_none()).then_some(*batch)
}
