//! A door for operators: a socket in a role's folder, for its owner alone.
//!
//! One process at a time has a role's database. Whoever else works for the same operator says a
//! deed, one line of JSON, and hears what came of it, another one.

use std::{
    future::Future,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use openset_node::shutdown::Stop;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
    time::timeout,
};

/// The socket in a role's folder by which most of its operators come in.
pub(crate) const OPERATORS: &str = "operator.sock";
/// The longest answer: every certificate that an authority has issued.
const TOLD_OCTETS_MAX: u64 = 256 * 1024 * 1024;
/// How long a deed may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// Whoever does what operators say.
pub(crate) trait Performs: Send + Sync + 'static {
    /// What is asked.
    type Deed: DeserializeOwned + Send;
    /// What came of it.
    type Told: Serialize + Send;
    /// The longest deed.
    const DEED_OCTETS_MAX: u64 = 16 * 1024;

    /// Does a deed.
    fn perform(&self, deed: Self::Deed) -> impl Future<Output = Self::Told> + Send;
    /// What is told of a line that is no deed.
    fn baffled() -> Self::Told;
}

/// A door in a role's folder, if a process has opened it.
pub(crate) async fn find(data: &Path, role: &str, door: &str) -> Option<PathBuf> {
    let socket = data.join(role).join(door);
    UnixStream::connect(&socket).await.ok()?;
    Some(socket)
}

/// Says a deed to whoever is behind a door.
pub(crate) async fn ask<D: Serialize, T: DeserializeOwned>(
    socket: &Path,
    deed: &D,
) -> anyhow::Result<T> {
    let asked = async {
        let mut stream = UnixStream::connect(socket).await.context("nobody is there any more")?;
        let mut line = serde_json::to_vec(deed)?;
        line.push(b'\n');
        stream.write_all(&line).await?;
        let mut told = Vec::new();
        stream.take(TOLD_OCTETS_MAX).read_to_end(&mut told).await?;
        serde_json::from_slice(&told).context("the role says something else")
    };
    timeout(PATIENCE, asked).await.context("the role says nothing")?
}

/// Opens a door of a role in its folder, which this process has claimed.
pub(crate) fn open<P: Performs>(
    data: &Path,
    role: &str,
    door: &str,
    performer: Arc<P>,
    mut stop: Stop,
) -> anyhow::Result<JoinHandle<()>> {
    use std::os::unix::fs::PermissionsExt;
    let socket = data.join(role).join(door);
    match std::fs::remove_file(&socket) {
        // What an earlier process left: nobody else has this folder.
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| socket.display().to_string()),
    }
    let listener = match UnixListener::bind(&socket) {
        Ok(listener) => listener,
        // The path of a socket has no more than a hundred characters or so. The role serves its
        // peers all the same.
        Err(error) => {
            tracing::warn!(%error, socket = %socket.display(), "operators cannot come in");
            return Ok(tokio::spawn(async {}));
        }
    };
    std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o600))?;
    Ok(tokio::spawn(async move {
        loop {
            let stream = tokio::select! {
                () = stop.asked() => break,
                accepted = listener.accept() => accepted,
            };
            match stream {
                Ok((stream, _)) => drop(tokio::spawn(answer(stream, Arc::clone(&performer)))),
                Err(error) => tracing::warn!(%error, "an operator could not come in"),
            }
        }
        let _ = std::fs::remove_file(&socket);
    }))
}

async fn answer<P: Performs>(stream: UnixStream, performer: Arc<P>) {
    let answered = async {
        let (read, mut write) = stream.into_split();
        let mut line = String::new();
        let read_octets =
            BufReader::new(read.take(P::DEED_OCTETS_MAX)).read_line(&mut line).await?;
        if read_octets == 0 {
            // Somebody looked whether the door is there.
            return Ok(());
        }
        let told = match serde_json::from_str(&line) {
            Ok(deed) => performer.perform(deed).await,
            Err(_) => P::baffled(),
        };
        write.write_all(&serde_json::to_vec(&told)?).await?;
        write.shutdown().await
    };
    match timeout(PATIENCE, answered).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "an operator hung up"),
        Err(_) => tracing::warn!("an operator said nothing"),
    }
}
