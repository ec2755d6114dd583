//! Where the effects of one machine alone are done: asking the banks, showing a page.

use std::{future::Future, pin::Pin};

use openset_protocol::role::{Machine, Nothing};

/// An effect being done.
pub type Performing<'a, M> =
    Pin<Box<dyn Future<Output = Option<<M as Machine>::Input>> + Send + 'a>>;

/// Does what only one machine asks for.
pub trait Desk<M: Machine>: Send + Sync {
    /// Does an effect of the instance with this key, and gives the input it leads to, if any.
    ///
    /// It always comes to an end: a time-out is an outcome, and has an input.
    fn perform<'a>(&'a self, key: &'a [u8], effect: M::Effect) -> Performing<'a, M>;
}

/// The desk of a machine that has no effects of its own.
#[derive(Debug, Clone, Copy)]
pub struct NoDesk;

impl<M: Machine<Effect = Nothing>> Desk<M> for NoDesk {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Nothing) -> Performing<'a, M> {
        match effect {}
    }
}
