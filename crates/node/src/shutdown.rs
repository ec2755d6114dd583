//! How a running node is asked to stop, and how its parts hear it.

use tokio::sync::watch;

/// Asks all parts of a node to stop.
#[derive(Debug)]
pub struct Shutdown(watch::Sender<bool>);

impl Default for Shutdown {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Shutdown {
    /// What a part of the node listens to.
    pub fn listen(&self) -> Stop {
        Stop(self.0.subscribe())
    }

    /// Asks everybody to stop.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}

/// One part's ear for the request to stop. A [`Shutdown`] that is dropped asks everybody.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Waits until the node is asked to stop.
    pub async fn asked(&mut self) {
        // An error means that nobody is left who could ask: then it is time to stop as well.
        let _ = self.0.wait_for(|asked| *asked).await;
    }

    /// Whether the node was asked to stop.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_hears_it_even_who_listens_late() {
        let shutdown = Shutdown::default();
        let mut early = shutdown.listen();
        assert!(!early.is_asked());
        shutdown.ask();
        early.asked().await;
        shutdown.listen().asked().await;
        assert!(early.is_asked());
    }

    #[tokio::test]
    async fn a_shutdown_that_is_gone_has_asked() {
        let shutdown = Shutdown::default();
        let mut stop = shutdown.listen();
        drop(shutdown);
        stop.asked().await;
        assert!(stop.is_asked());
    }
}
