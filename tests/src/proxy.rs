//! A proxy that makes tunnels, and shows how it was asked for them.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

use rustls::ServerConfig;

use crate::server::{Peer, Server};

/// A proxy that connects to wherever it is asked, or to `target` in place of that.
pub fn tunnelling(target: Option<String>) -> Server {
    Server::start(move |peer| tunnel(peer, target.as_deref()))
}

/// The same, itself reached over TLS.
pub fn tunnelling_over_tls(config: Arc<ServerConfig>) -> Server {
    Server::start_tls(config, |peer| tunnel(peer, None))
}

/// A proxy that refuses every tunnel.
pub fn refusing() -> Server {
    Server::start(|peer| {
        peer.request();
        let _ = peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    })
}

fn tunnel(peer: &mut Peer<'_>, target: Option<&str>) {
    let Some(request) = peer.request() else { return };
    let asked_for = request.split(' ').nth(1).unwrap_or_default();
    let Ok(mut far) = TcpStream::connect(target.unwrap_or(asked_for)) else {
        let _ = peer.send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        return;
    };
    if peer.send("HTTP/1.1 200 Connection established\r\n\r\n").is_ok() {
        let _ = take_turns(peer, &mut far);
    }
    let _ = far.shutdown(Shutdown::Both);
}

/// Carries bytes between both, as fast as the slower of them waits for the other.
fn take_turns(near: &mut Peer<'_>, far: &mut TcpStream) -> io::Result<()> {
    let brief = Some(std::time::Duration::from_millis(1));
    near.set_read_timeout(brief)?;
    far.set_read_timeout(brief)?;
    let mut buffer = [0; 16 * 1024];
    loop {
        match read(near, &mut buffer)? {
            Some(0) => return Ok(()),
            Some(count) => far.write_all(&buffer[..count])?,
            None => {}
        }
        match read(far, &mut buffer)? {
            Some(0) => return Ok(()),
            Some(count) => near.send(&buffer[..count])?,
            None => {}
        }
    }
}

/// `None` where there is nothing to read yet.
fn read(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match stream.read(buffer) {
        Err(error)
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
        {
            Ok(None)
        }
        other => other.map(Some),
    }
}
