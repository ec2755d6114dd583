//! Log lines: to the terminal, and for each role into its own folder.
//!
//! Every line passes [`mask`] last, so that nothing that looks like a card number reaches a file
//! or a screen. Work for a role is done inside [`role_span`]; that is how a line finds its file.

pub mod mask;

use std::{fs, io, path::PathBuf, sync::Mutex};

use serde::{Deserialize, Serialize};
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, filter::DynFilterFn, fmt, layer::SubscriberExt, registry::LookupSpan,
};

use self::mask::Masked;
use crate::fault::Fault;

/// How lines look on the terminal. In files they are always JSON.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// One JSON object a line, for machines.
    Json,
    /// For people.
    #[default]
    Text,
}

/// What is logged and where.
#[derive(Debug, Clone)]
pub struct Logging {
    /// Directives such as `info,openset_node=debug`.
    pub filter: String,
    /// How lines look on the terminal.
    pub form: Form,
    /// Each role with a log file of its own.
    pub roles: Vec<(String, PathBuf)>,
}

/// Why logging did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoggingFailed {
    /// Another subscriber is installed already.
    AlreadyInstalled,
    /// A log file cannot be opened.
    File(io::ErrorKind),
    /// The filter is not a list of directives.
    Filter,
}

impl std::fmt::Display for LoggingFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AlreadyInstalled => f.write_str("logging is installed already"),
            Self::File(kind) => write!(f, "a log file cannot be opened: {kind}"),
            Self::Filter => f.write_str("the log filter is not a list of directives"),
        }
    }
}

impl std::error::Error for LoggingFailed {}

impl From<LoggingFailed> for Fault {
    fn from(failed: LoggingFailed) -> Self {
        match failed {
            LoggingFailed::File(kind) => Self::File(kind),
            LoggingFailed::AlreadyInstalled | LoggingFailed::Filter => {
                Self::File(io::ErrorKind::InvalidInput)
            }
        }
    }
}

/// Starts logging for the whole process.
pub fn install(logging: &Logging) -> Result<(), LoggingFailed> {
    let subscriber = subscriber(logging, io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LoggingFailed::AlreadyInstalled)
}

/// The subscriber: a terminal of any kind and one file for each role.
pub fn subscriber<W>(
    logging: &Logging,
    terminal: W,
) -> Result<impl Subscriber + Send + Sync + use<W>, LoggingFailed>
where
    W: for<'a> fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&logging.filter).map_err(|_| LoggingFailed::Filter)?;
    let lines = fmt::layer().with_writer(Masked::new(terminal));
    let screen = match logging.form {
        Form::Json => lines.json().boxed(),
        Form::Text => lines.with_target(false).boxed(),
    };
    let files = logging.roles.iter().map(role_file).collect::<Result<Vec<_>, _>>()?;
    Ok(tracing_subscriber::registry().with(filter).with(screen).with(files))
}

/// The layer that writes one role's lines into its file.
fn role_file<S>((role, path): &(String, PathBuf)) -> Result<impl Layer<S> + use<S>, LoggingFailed>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let file = open(path).map_err(|error| LoggingFailed::File(error.kind()))?;
    let role = role.clone();
    let of_role = DynFilterFn::new(move |metadata: &Metadata<'_>, context| {
        metadata.is_span()
            || context
                .lookup_current()
                .is_some_and(|span| span.scope().any(|span| span.name() == role))
    });
    Ok(fmt::layer().json().with_writer(Masked::new(Mutex::new(file))).with_filter(of_role))
}

fn open(path: &PathBuf) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens the span in which a role works: its name decides whose log file a line goes to.
///
/// The names are those of the roles' folders. A name that is none of them gets a span without
/// a file.
pub fn role_span(role: &str) -> Span {
    macro_rules! named {
        ($($name:literal)*) => {
            match role {
                $($name => tracing::span!(Level::ERROR, $name),)*
                _ => tracing::span!(Level::ERROR, "role"),
            }
        };
    }
    named!(
        "acquirer" "ca-cardholder" "ca-gateway" "ca-merchant" "gateway" "home" "issuer" "merchant"
        "shop" "wallet"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Screen {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics").write(octets)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("nobody panics").clone()).expect("text")
        }
    }

    fn logging(form: Form, roles: Vec<(String, PathBuf)>) -> Logging {
        Logging { filter: "info".to_owned(), form, roles }
    }

    #[test]
    fn a_card_number_reaches_neither_screen_nor_file() {
        // Abuse case 31: as a value, in a message, in a span, nested in a structure.
        for form in [Form::Json, Form::Text] {
            let folder = tempfile::tempdir().expect("a folder for the test");
            let path = folder.path().join("gateway.log");
            let screen = Screen::default();
            let writer = screen.clone();
            let roles = vec![("gateway".to_owned(), path.clone())];
            let subscriber =
                subscriber(&logging(form, roles), move || writer.clone()).expect("a good filter");
            tracing::subscriber::with_default(subscriber, || {
                let _role = role_span("gateway").entered();
                let number = "4111111111111111";
                let _span = tracing::info_span!("inner", number).entered();
                tracing::info!(number, "asked for {number}");
                tracing::warn!(nested = ?Some(("pan", number)), spaced = "4111 1111 1111 1111");
            });
            for text in [screen.text(), fs::read_to_string(&path).expect("the log")] {
                assert!(text.contains("[card number]"), "{text}");
                assert!(!text.contains("41111111"), "{text}");
            }
        }
    }

    #[test]
    fn a_line_goes_to_the_file_of_the_role_that_wrote_it() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = |role: &str| folder.path().join(role);
        let roles = ["gateway", "merchant"].map(|role| (role.to_owned(), path(role))).to_vec();
        let subscriber =
            subscriber(&logging(Form::Json, roles), Screen::default).expect("a good filter");
        tracing::subscriber::with_default(subscriber, || {
            role_span("gateway").in_scope(|| tracing::info!("opened"));
            role_span("merchant").in_scope(|| {
                tracing::info_span!("deeper").in_scope(|| tracing::info!("sent"));
            });
            tracing::info!("outside");
        });
        let gateway = fs::read_to_string(path("gateway")).expect("the log");
        let merchant = fs::read_to_string(path("merchant")).expect("the log");
        assert!(gateway.contains("opened") && !gateway.contains("sent"));
        assert!(merchant.contains("sent") && !merchant.contains("opened"));
        assert!(!gateway.contains("outside") && !merchant.contains("outside"));
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        let wrong = Logging { filter: "info,=,".to_owned(), ..logging(Form::Text, Vec::new()) };
        assert_eq!(subscriber(&wrong, io::sink).err(), Some(LoggingFailed::Filter));
    }
}
