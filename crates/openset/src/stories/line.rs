//! A line between a gateway and its issuer: it passes every message on, or swallows it, or breaks
//! in the middle of it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use openset_bank::iso8583::Dialect;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

use super::stage::PATIENCE;

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is passed on.
    Passes,
    /// It is swallowed, and the line stays.
    IsSwallowed,
    /// Half of it is passed on, and then the line is cut, in both directions.
    IsCut,
}

/// Decides by the type of a message, such as `0100`.
type Will = Box<dyn FnMut(&str) -> Fate + Send>;

/// A line to an issuer.
pub(super) struct Line {
    /// Where the gateway finds it.
    pub(super) at: SocketAddr,
    wire: Arc<Wire>,
    listening: JoinHandle<()>,
}

struct Wire {
    /// Where the issuer is.
    to: SocketAddr,
    will: Mutex<Will>,
    /// The types of the messages that came, in their order.
    came: watch::Sender<Vec<String>>,
}

impl Line {
    /// Lays a line to an issuer.
    pub(super) async fn to(
        issuer: SocketAddr,
        will: impl FnMut(&str) -> Fate + Send + 'static,
    ) -> Self {
        let will: Mutex<Will> = Mutex::new(Box::new(will));
        let wire = Arc::new(Wire { to: issuer, will, came: watch::Sender::default() });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let at = listener.local_addr().expect("it is bound");
        let listening = tokio::spawn(Arc::clone(&wire).listen(listener));
        Self { at, wire, listening }
    }

    /// Does otherwise from now on.
    pub(super) fn now(&self, will: impl FnMut(&str) -> Fate + Send + 'static) {
        *self.wire.will.lock().expect("nobody panics") = Box::new(will);
    }

    /// Waits until so many messages of a type have come.
    pub(super) async fn came(&self, mti: &str, times: usize) {
        let mut came = self.wire.came.subscribe();
        let waiting = came.wait_for(|all| all.iter().filter(|one| *one == mti).count() >= times);
        timeout(PATIENCE, waiting).await.expect("it comes").expect("the line stands");
    }

    /// How many messages of a type have come.
    pub(super) fn count(&self, mti: &str) -> usize {
        self.wire.came.borrow().iter().filter(|one| *one == mti).count()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Wire {
    async fn listen(self: Arc<Self>, listener: TcpListener) {
        while let Ok((near, _)) = listener.accept().await {
            // Where the issuer is down, so is the line.
            let Ok(far) = TcpStream::connect(self.to).await else { continue };
            tokio::spawn(Arc::clone(&self).carry(near, far));
        }
    }

    /// Carries both directions until one ends; then both are gone.
    async fn carry(self: Arc<Self>, near: TcpStream, far: TcpStream) {
        let ((hears_near, tells_near), (hears_far, tells_far)) =
            (near.into_split(), far.into_split());
        tokio::select! {
            () = self.pass(hears_near, tells_far) => {}
            () = self.pass(hears_far, tells_near) => {}
        }
    }

    async fn pass(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        while let Some(framed) = message(&mut from).await {
            let fate = self.judge(&framed);
            let octets = match fate {
                Fate::Passes => &framed[..],
                Fate::IsSwallowed => continue,
                Fate::IsCut => &framed[..framed.len() / 2],
            };
            if to.write_all(octets).await.is_err() || fate == Fate::IsCut {
                return;
            }
        }
    }

    fn judge(&self, framed: &[u8]) -> Fate {
        let dialect = Dialect::openset_87();
        let message = framed.get(dialect.frame().header_octets()..).unwrap_or_default();
        let message = dialect.read(message).expect("our own banks speak it");
        let mti = message.mti().as_str().to_owned();
        let fate = (self.will.lock().expect("nobody panics"))(&mti);
        self.came.send_modify(|all| all.push(mti));
        fate
    }
}

/// The next message with its header, as it came.
async fn message(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let frame = Dialect::openset_87().frame();
    let mut framed = vec![0; frame.header_octets()];
    from.read_exact(&mut framed).await.ok()?;
    let begins = framed.len();
    framed.resize(begins + frame.message_octets(&framed)?, 0);
    from.read_exact(framed.get_mut(begins..)?).await.ok()?;
    Some(framed)
}
