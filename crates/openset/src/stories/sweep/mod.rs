//! The sweep: every message between applicants and authorities, and everything that somebody else
//! could do to it.
//!
//! | | |
//! |---|---|
//! | [`scene`] | three authorities and their applicants, in either suite |
//! | [`carrier`] | who carries their messages, holds them, and says other things |
//! | [`hands`] | all keys, in the wrong hands |
//! | [`applicants`] | whoever wants to be certified |
//! | [`attacks`] | the language: octets, and what they come to |
//! | [`requests`] | what is done to questions, at the doors of the authorities |
//! | [`answers`] | what is done to answers, on the way to applicants |

mod answers;
mod applicants;
mod attacks;
mod carrier;
mod hands;
mod requests;
mod scene;
