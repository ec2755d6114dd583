//! How the executable ends: one exit code per kind of ending, and one way to say why.

use std::{fmt, process::ExitCode};

/// A way to end that is not success.
#[derive(Debug)]
pub(crate) enum Ending {
    /// It ran and the answer is no; what there was to say is printed already.
    No,
    /// What was given is not what it should be.
    Input(anyhow::Error),
    /// Something on this machine is missing or in the way.
    Machine(anyhow::Error),
}

/// What a deed gives back.
pub(crate) type Done = Result<(), Ending>;

impl Ending {
    /// The arguments, a file or a message are not what they should be.
    pub(crate) fn input(message: impl fmt::Display) -> Self {
        Self::Input(anyhow::anyhow!("{message}"))
    }

    /// Why it ended, for whoever goes on telling.
    pub(crate) fn into_error(self) -> anyhow::Error {
        match self {
            Self::Input(error) | Self::Machine(error) => error,
            Self::No => anyhow::anyhow!("the answer is no"),
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::No => 1,
            Self::Input(_) => 2,
            Self::Machine(_) => 69,
        }
    }
}

/// A file that its owner wrote says what it must not, or does not say what it must.
#[derive(Debug)]
pub(crate) struct Miswritten(pub(crate) String);

impl fmt::Display for Miswritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Miswritten {}

impl From<anyhow::Error> for Ending {
    fn from(error: anyhow::Error) -> Self {
        if error.is::<Miswritten>() { Self::Input(error) } else { Self::Machine(error) }
    }
}

/// Says why it ended, if there is something to say, and gives the code.
pub(crate) fn report(done: Done) -> ExitCode {
    let Err(ending) = done else { return ExitCode::SUCCESS };
    match &ending {
        Ending::No => {}
        Ending::Input(error) | Ending::Machine(error) => eprintln!("openset: {error:#}"),
    }
    ExitCode::from(ending.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_its_own_code() {
        let machine = Ending::from(anyhow::anyhow!("no disk"));
        let codes = [Ending::No.code(), Ending::input("no file").code(), machine.code()];
        assert_eq!(codes, [1, 2, 69]);
        let misread = anyhow::Error::new(Miswritten("a.toml: b is no setting".to_owned()));
        assert_eq!(Ending::from(misread.context("at the start")).code(), 2);
    }
}
