//! `openset doctor`: looks at this machine before a demo or a role is started on it.
//!
//! Every line says what was looked at and what was found; every complaint says what to do.

mod certificates;
mod clock;
mod folder;
mod forms;
mod network;
mod stores;
mod tokens;
mod tools;
mod trails;

use serde::Serialize;

use crate::{
    args::Doctor,
    demo::cast,
    ending::{Done, Ending},
    house,
    paint::Paint,
    said::say,
};

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was looked at.
    about: &'static str,
    state: State,
    /// What was found.
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Good,
    Notable,
    Bad,
}

impl Finding {
    fn good(about: &'static str, found: impl Into<String>) -> Self {
        Self { about, state: State::Good, found: found.into(), remedy: None }
    }

    /// Works, and somebody should know.
    fn notable(about: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        let (found, remedy) = (found.into(), Some(remedy.into()));
        Self { about, state: State::Notable, found, remedy }
    }

    fn bad(about: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        let (found, remedy) = (found.into(), Some(remedy.into()));
        Self { about, state: State::Bad, found, remedy }
    }

    fn line(&self, paint: Paint) -> String {
        let mark = match self.state {
            State::Good => paint.good("✓"),
            State::Notable => paint.strong("!"),
            State::Bad => paint.bad("✗"),
        };
        let mut line = format!("  {mark} {:<13} {}", self.about, self.found);
        if let Some(remedy) = &self.remedy {
            line.push_str(&format!("\n    {:<13} → {remedy}", ""));
        }
        line
    }
}

/// Looks at everything; ends with 1 if anything is bad.
pub(crate) fn doctor(doctor: &Doctor) -> Done {
    let mut findings = vec![clock::look(&doctor.data)];
    findings.extend(network::look(doctor.port));
    findings.extend(folder::look(&doctor.data));
    findings.extend(certificates::look(&doctor.data));
    findings.extend(forms::look(&doctor.data));
    findings.extend(trails::look(&doctor.data));
    if let Some(other) = house::other_brand(&doctor.data) {
        findings.extend([forms::look(&other), trails::look(&other)].concat().into_iter().map(
            |finding| {
                let found = format!("{}: {}", cast::OTHER_BRAND.name, finding.found);
                Finding { found, ..finding }
            },
        ));
    }
    findings.extend(tokens::look(&doctor.config, &doctor.data));
    findings.extend(stores::look(&doctor.config));
    findings.push(tools::look());
    print(&findings, doctor.json)?;
    let is_bad = |finding: &Finding| finding.state == State::Bad;
    if findings.iter().any(is_bad) { Err(Ending::No) } else { Ok(()) }
}

fn print(findings: &[Finding], json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string_pretty(findings)?);
        return Ok(());
    }
    let paint = Paint::of_stdout();
    say!("openset doctor");
    for finding in findings {
        say!("{}", finding.line(paint));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_printed_with_its_remedy() {
        let finding = Finding::bad("ports", "7180 is in use", "stop whatever listens there");
        assert_eq!(
            finding.line(Paint::plain()),
            "  ✗ ports         7180 is in use\n                  → stop whatever listens there"
        );
    }
}
