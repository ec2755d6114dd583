//! Whether the form files of the authorities can be read: an authority whose file cannot does not
//! start.

use std::path::Path;

use super::Finding;
use crate::{ceremony::Seat, house::authority::form_file};

const ABOUT: &str = "form files";

/// Reads the form file of every authority that is here.
pub(super) fn look(data: &Path) -> Vec<Finding> {
    let here = Seat::answering(data).filter(|seat| data.join(seat.folder).is_dir());
    let here: Vec<Seat> = here.collect();
    let wrong: Vec<_> = here
        .iter()
        .filter_map(|seat| form_file(&data.join(seat.folder), seat.kind).err())
        .map(|error| Finding::bad(ABOUT, format!("{error:#}"), "mend it as docs/forms.toml shows"))
        .collect();
    match (here.len(), wrong.is_empty()) {
        (0, _) => Vec::new(),
        (count, true) => {
            vec![Finding::good(ABOUT, format!("{count} authorities know what to ask"))]
        }
        (_, false) => wrong,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn states(data: &Path) -> Vec<&'static str> {
        let word = |finding: &Finding| if finding.remedy.is_some() { "bad" } else { "good" };
        look(data).iter().map(word).collect()
    }

    #[test]
    fn every_form_file_that_cannot_be_read_is_told_with_its_name() {
        let data = tempfile::tempdir().expect("a folder");
        let data = data.path();
        assert!(look(data).is_empty(), "no authorities");
        for role in ["ca-merchant", "ca-gateway"] {
            fs::create_dir(data.join(role)).expect("a folder");
        }
        assert_eq!(states(data), ["bad", "bad"], "without a file");
        crate::demo::forms::lay_out(data, &crate::demo::cast::BRAND).expect("form files");
        assert_eq!(states(data), ["good"]);
        fs::write(data.join("ca-merchant/forms.toml"), "[[bank]]\nbins = 7\n").expect("a file");
        assert_eq!(states(data), ["bad"]);
        let found = &look(data)[0].found;
        assert!(found.contains("ca-merchant/forms.toml"), "{found}");
    }
}
