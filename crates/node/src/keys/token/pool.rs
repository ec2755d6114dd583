//! Sessions that are used one after the other, not more of them than a token bears.
//!
//! A session that was lost is replaced, and the same work is done once more with the new one. Work
//! is a closure over what was fixed before it was first tried: it cannot differ the second time.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::fault::TokenFault;

/// How often work is tried when sessions are lost.
const ATTEMPTS: usize = 2;

/// Idle sessions and the number of those in use.
pub(super) struct Pool<S> {
    sessions_max: usize,
    /// How long a free session is waited for.
    wait: Duration,
    shelf: Mutex<Shelf<S>>,
    freed: Condvar,
}

struct Shelf<S> {
    idle: Vec<S>,
    in_use: usize,
}

/// A place among the sessions in use, given back when it is dropped.
struct Place<'a, S>(&'a Pool<S>);

impl<S> Pool<S> {
    pub(super) fn new(sessions_max: usize, wait: Duration) -> Self {
        let shelf = Mutex::new(Shelf { idle: Vec::new(), in_use: 0 });
        Self { sessions_max, wait, shelf, freed: Condvar::new() }
    }

    /// Does work with a session: an idle one, or a new one where there is none. After an error
    /// the session is not used again.
    pub(super) fn work<T>(
        &self,
        open: impl Fn() -> Result<S, TokenFault>,
        work: impl Fn(&mut S) -> Result<T, TokenFault>,
    ) -> Result<T, TokenFault> {
        let place = self.place()?;
        let mut tried = Err(TokenFault::Lost);
        for _ in 0..ATTEMPTS {
            let mut session = match self.shelf().idle.pop() {
                Some(idle) => idle,
                None => open()?,
            };
            tried = work(&mut session);
            match &tried {
                Ok(_) => {
                    self.shelf().idle.push(session);
                    break;
                }
                Err(TokenFault::Lost) => {
                    tracing::warn!("a session with a token was lost and is opened again");
                    // What ended one has most likely ended all.
                    let ended = std::mem::take(&mut self.shelf().idle);
                    drop(ended);
                }
                Err(_) => break,
            }
        }
        drop(place);
        tried
    }

    /// Waits for its turn.
    fn place(&self) -> Result<Place<'_, S>, TokenFault> {
        let until = Instant::now() + self.wait;
        let mut shelf = self.shelf();
        while shelf.in_use >= self.sessions_max {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TokenFault::Busy);
            }
            let waited = self.freed.wait_timeout(shelf, left);
            shelf = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        shelf.in_use += 1;
        Ok(Place(self))
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<S>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Drop for Place<'_, S> {
    fn drop(&mut self) {
        self.0.shelf().in_use -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        sync::{Barrier, atomic::AtomicUsize, atomic::Ordering},
    };

    use super::*;

    fn pool(sessions_max: usize) -> Pool<usize> {
        Pool::new(sessions_max, Duration::from_millis(20))
    }

    #[test]
    fn a_session_is_used_again_and_after_an_error_it_is_not() {
        let (pool, opened) = (pool(2), Cell::new(0));
        let open = || {
            opened.set(opened.get() + 1);
            Ok(opened.get())
        };
        assert_eq!(pool.work(open, |session| Ok(*session)), Ok(1));
        assert_eq!(pool.work(open, |session| Ok(*session)), Ok(1));
        let refused = pool.work(open, |_| Err::<(), _>(TokenFault::OtherKind));
        assert_eq!(refused, Err(TokenFault::OtherKind));
        assert_eq!(pool.work(open, |session| Ok(*session)), Ok(2));
    }

    #[test]
    fn work_whose_session_was_lost_is_done_once_more_with_the_same_content() {
        let (pool, opened) = (pool(2), Cell::new(0));
        let open = || {
            opened.set(opened.get() + 1);
            Ok(opened.get())
        };
        let signed = RefCell::new(Vec::new());
        let content = b"draft".to_vec();
        let sign = |session: &mut usize| {
            signed.borrow_mut().push(content.clone());
            if *session == 1 { Err(TokenFault::Lost) } else { Ok(*session) }
        };
        assert_eq!(pool.work(open, sign), Ok(2));
        assert_eq!(*signed.borrow(), [b"draft", b"draft"]);
    }

    #[test]
    fn a_token_that_stays_away_is_asked_twice_and_no_more() {
        let (pool, asked) = (pool(2), Cell::new(0));
        let lost = pool.work(
            || Ok(0),
            |_| {
                asked.set(asked.get() + 1);
                Err::<(), _>(TokenFault::Lost)
            },
        );
        assert_eq!((lost, asked.get()), (Err(TokenFault::Lost), ATTEMPTS));
        let gone = pool.work(|| Err(TokenFault::NoToken), |_| Ok(()));
        assert_eq!(gone, Err(TokenFault::NoToken));
        // Neither has used up a place.
        for _ in 0..3 {
            assert_eq!(pool.work(|| Ok(0), |_| Ok(())), Ok(()));
        }
    }

    #[test]
    fn no_more_sessions_are_open_than_allowed_and_who_waits_too_long_is_told() {
        let pool = pool(1);
        let nested = pool.work(|| Ok(0), |_| pool.work(|| Ok(0), |_| Ok(())));
        assert_eq!(nested, Err(TokenFault::Busy));
        let pool = Pool::new(3, Duration::from_secs(60));
        let (open, most, together) = (AtomicUsize::new(0), AtomicUsize::new(0), Barrier::new(12));
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    together.wait();
                    let work = |_: &mut usize| {
                        let now = open.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        open.fetch_sub(1, Ordering::SeqCst);
                        Ok(())
                    };
                    assert_eq!(pool.work(|| Ok(0), work), Ok(()));
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 3);
    }
}
