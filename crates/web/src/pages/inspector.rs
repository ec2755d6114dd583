//! The inspector: what really passed between whom, and who could read what.

mod message;
mod transcript;
mod transcripts;

pub use message::MessagePage;
pub use transcript::TranscriptPage;
pub use transcripts::Transcripts;
