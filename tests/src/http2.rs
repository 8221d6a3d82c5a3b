//! HTTP/2 as a server that writes and reads its frames by hand (RFC 9113), and headers by an HPACK decoder that
//! no client here uses.

use std::io::Read as _;
use std::sync::Arc;

use crate::certificates::{Authority, Validity};
use crate::server::{Peer, Server};

/// How the first bytes of a connection read (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The types of frames, with the numbers of RFC 9113, section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A part of a body.
    Data = 0,
    /// The beginning of a message.
    Headers = 1,
    /// The end of a stream, at once.
    RstStream = 3,
    /// The settings that the peer should know.
    Settings = 4,
    /// A stream that the server begins.
    PushPromise = 5,
    /// Whether the peer is there.
    Ping = 6,
    /// The end of a connection.
    GoAway = 7,
    /// Headers that go on.
    Continuation = 9,
}

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
/// A flag: no CONTINUATION follows.
pub const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const PRIORITY: u8 = 32;

/// A frame as it was sent.
#[derive(Clone, Debug)]
pub struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

/// A request, as its frames have it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its stream.
    pub stream: u32,
    /// All headers, in their order, those that begin with a colon included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The server's end of a connection.
pub struct Connection<'a, 'b> {
    peer: &'a mut Peer<'b>,
    decoder: loona_hpack::Decoder<'static>,
}

/// A server of an authority that a client is to trust, which offers HTTP/2 and nothing else. `script` runs for
/// each connection, once the client has said its preface.
pub fn serve(
    authority: &Authority,
    settings: &'static [u8],
    script: impl Fn(&mut Connection<'_, '_>) + Send + Sync + 'static,
) -> Server {
    let mut config = Arc::unwrap_or_clone(authority.server("127.0.0.1", Validity::Now));
    config.alpn_protocols = vec![b"h2".to_vec()];
    Server::start_tls(config.into(), move |peer| {
        let mut preface = [0; PREFACE.len()];
        // A peer that speaks another version is gone.
        if peer.read_exact(&mut preface).is_err() || preface != PREFACE {
            return;
        }
        let mut connection = Connection { peer, decoder: loona_hpack::Decoder::new() };
        connection.send(Kind::Settings, 0, 0, settings);
        script(&mut connection);
    })
}

impl<'b> Connection<'_, 'b> {
    /// Sends a frame. Whether the client was still there to take it.
    pub fn send(&mut self, kind: Kind, flags: u8, stream: u32, payload: &[u8]) -> bool {
        let length = u32::try_from(payload.len()).expect("a length").to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind as u8, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.peer.send(frame).is_ok()
    }

    /// Answers a request with this status and body.
    pub fn respond(&mut self, stream: u32, status: u16, body: &str) {
        // `:status` by the static table, without indexing (RFC 7541, section 6.2.2).
        let mut headers = vec![8, 3];
        headers.extend(status.to_string().into_bytes());
        self.send(Kind::Headers, END_HEADERS, stream, &headers);
        self.send(Kind::Data, END_STREAM, stream, body.as_bytes());
    }

    /// Ends a stream with this error.
    pub fn reset(&mut self, stream: u32, error: u32) {
        self.send(Kind::RstStream, 0, stream, &error.to_be_bytes());
    }

    /// Says that the connection ends, what the last stream is that may have been processed, and why.
    pub fn go_away(&mut self, last_stream: u32, error: u32) {
        let payload = [last_stream.to_be_bytes(), error.to_be_bytes()].concat();
        self.send(Kind::GoAway, 0, 0, &payload);
    }

    /// The next frame. `None` where the client is gone.
    fn frame(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.peer.read_exact(&mut head).ok()?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.peer.read_exact(&mut payload).ok()?;
        Some(Frame { kind, flags, stream: u32::from_be_bytes(stream), payload })
    }

    /// Reads the next request to the end of its body. Settings and pings are acknowledged meanwhile. `None` where
    /// the client is gone.
    pub fn request(&mut self) -> Option<Request> {
        self.request_until(END_STREAM)
    }

    /// Reads the next request to the end of its headers.
    pub fn headers(&mut self) -> Option<Request> {
        self.request_until(END_HEADERS)
    }

    fn request_until(&mut self, end: u8) -> Option<Request> {
        let mut request = Request { stream: 0, headers: Vec::new(), body: Vec::new() };
        loop {
            let frame = self.frame()?;
            match frame.kind {
                kind if kind == Kind::Headers as u8 => {
                    assert!(frame.flags & END_HEADERS != 0, "headers that go on");
                    assert_eq!(frame.flags & (PADDED | PRIORITY), 0);
                    request.stream = frame.stream;
                    let headers = self.decoder.decode(&frame.payload).expect("headers");
                    let text = |bytes| String::from_utf8(bytes).expect("text");
                    request.headers =
                        headers.into_iter().map(|(n, v)| (text(n), text(v))).collect();
                }
                kind if kind == Kind::Data as u8 => request.body.extend(frame.payload),
                kind if kind == Kind::Settings as u8 && frame.flags & ACK == 0 => {
                    self.send(Kind::Settings, ACK, 0, &[]);
                    continue;
                }
                kind if kind == Kind::Ping as u8 && frame.flags & ACK == 0 => {
                    self.send(Kind::Ping, ACK, 0, &frame.payload);
                    continue;
                }
                _ => continue,
            }
            if frame.stream == request.stream && frame.flags & end != 0 {
                return Some(request);
            }
        }
    }

    /// The bytes below.
    pub fn peer(&mut self) -> &mut Peer<'b> {
        self.peer
    }
}
