use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

const PATH: &str = "/callback";

/// How much of a request is looked at, in bytes.
const MAX_REQUEST: u64 = 16 * 1024;

/// How long a browser may take for its request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits on this machine for the user's browser to come back.
#[derive(Debug)]
pub struct Callback {
    listener: TcpListener,
    redirect_uri: String,
}

impl Callback {
    /// At a port of 127.0.0.1; 0 lets the system choose.
    ///
    /// # Errors
    ///
    /// The system's error, such as that the port is taken.
    pub fn listen(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let redirect_uri = format!("http://{}{PATH}", listener.local_addr()?);
        Ok(Self { listener, redirect_uri })
    }

    /// The URL that the browser is to be sent to.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Waits until `read` makes something of a callback. It is given the URL with its query, and says
    /// `None` to one that is not for it. Whoever else comes is sent away.
    ///
    /// # Errors
    ///
    /// The system's error from the listener.
    pub fn wait<T>(&self, mut read: impl FnMut(&str) -> Option<T>) -> io::Result<T> {
        loop {
            let (stream, _) = self.listener.accept()?;
            // A connection that fails does not keep the next one from coming.
            let Ok(Some(url)) = request_target(&stream) else { continue };
            let result = read(&url);
            let _ = answer(&stream, result.is_some());
            if let Some(result) = result {
                return Ok(result);
            }
        }
    }
}

/// The target of a browser's request, if it is the callback.
fn request_target(stream: &TcpStream) -> io::Result<Option<String>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(MAX_REQUEST)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    // The rest has to be read, or the browser may not see the answer.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let target = first.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    match target.filter(|target| target.split('?').next() == Some(PATH)) {
        Some(target) => Ok(Some(target.to_owned())),
        None => answer(stream, false).map(|()| None),
    }
}

fn answer(mut stream: &TcpStream, is_expected: bool) -> io::Result<()> {
    let (status, text) = if is_expected {
        ("200 OK", "Thank you. You can close this page, and go back to the program.")
    } else {
        ("404 Not Found", "There is nothing here.")
    };
    let length = text.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}");
    write!(stream, "{head}\r\nConnection: close\r\n\r\n{text}")
}
