//! Memory for connections that say nothing more: each was answered once and stays open.

use std::net::SocketAddr;

use anyhow::ensure;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::machine;
use crate::sites;

/// The end of the head of an answer.
const HEAD_ENDS: &[u8] = b"\r\n\r\n";
/// The longest answer to what is asked here.
const ANSWER_MAX: usize = 64 * 1024;

/// What they cost.
pub(super) struct Kept {
    /// How many were still open when memory was looked at.
    pub(super) open: usize,
    /// Resident memory before they came and while they were there, in MiB. Both ends of each
    /// connection are in this process.
    pub(super) memory: [Option<f64>; 2],
}

/// Opens so many connections, is answered on each, and looks.
pub(super) async fn keep(at: SocketAddr, count: usize) -> anyhow::Result<Kept> {
    let before = machine::resident_mib();
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        connections.push(answered(at).await?);
    }
    let after = machine::resident_mib();
    let open = connections.iter().filter(|connection| is_open(connection)).count();
    Ok(Kept { open, memory: [before, after] })
}

/// A connection on which one question was answered, and which the server keeps.
async fn answered(at: SocketAddr) -> anyhow::Result<TcpStream> {
    let mut connection = TcpStream::connect(at).await?;
    let host = sites::ALL[0].host();
    let question = format!("HEAD / HTTP/1.1\r\nHost: {host}:{}\r\n\r\n", at.port());
    connection.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(HEAD_ENDS) {
        ensure!(answer.len() < ANSWER_MAX, "the answer has no end");
        ensure!(connection.read_buf(&mut answer).await? > 0, "a connection was closed");
    }
    Ok(connection)
}

/// Whether the server has neither closed it nor said anything.
fn is_open(connection: &TcpStream) -> bool {
    let read = connection.try_read(&mut [0]);
    read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}
