//! A server that does as little as it can: it answers every request with the same 201, and one for tokens, after a
//! while, with the same tokens.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

use crate::floor::CREATED;
use crate::waiting::REFRESH_TAKES;

const TOKENS: &str = r#"{"access_token":"a","refresh_token":"r","expires_in":172800}"#;

/// Starts it on loopback, with a thread for each connection, and returns its base URL. It serves as
/// long as the process lives.
pub fn start() -> String {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            thread::spawn(move || serve(stream));
        }
    });
    format!("http://{address}")
}

fn serve(mut stream: TcpStream) {
    stream.set_nodelay(true).expect("an option");
    let length = CREATED.len();
    let head = format!(
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Request-Id: 1\r\nContent-Length: {length}"
    );
    let answer = format!("{head}\r\n\r\n{CREATED}");
    let length = TOKENS.len();
    let tokens = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{TOKENS}");
    let mut received = Vec::with_capacity(4096);
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        received.extend_from_slice(&buffer[..count]);
        while let Some(length) = request_length(&received) {
            let is_refresh = received.starts_with(b"POST /v4/oauth/token ");
            received.drain(..length);
            if is_refresh {
                thread::sleep(REFRESH_TAKES);
            }
            let answer = if is_refresh { &tokens } else { &answer };
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// How long the first request is, if it is whole.
fn request_length(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&received[..head]).expect("a head");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().expect("a length"))
    });
    let length = head + length.unwrap_or(0_usize);
    (received.len() >= length).then_some(length)
}
