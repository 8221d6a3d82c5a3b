use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use http::Uri;
use http::uri::Scheme;

/// How many bytes a request has at most.
const MAX_REQUEST: usize = 64 * 1024;

/// How long a browser may take for its request. It sends it at once, or it has only opened the connection in advance.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits on this machine for the user's browser to come back.
///
/// For programs that a user starts (RFC 8252, section 7.3): the redirect URL of the app is one of this machine, such as
/// `http://127.0.0.1:4011/callback`, and has to be registered at Kit. Whether Kit takes one of this machine is not known.
///
/// ```no_run
/// use kit_ureq::oauth::{App, Authorize, AuthorizationCode, Callback, CallbackError, State};
/// # use kit_ureq::{Credentials, Kit};
///
/// let app = App::confidential("client id", "client secret");
/// let callback = Callback::listen("http://127.0.0.1:4011/callback")?;
/// let state = State::from_random([7; 32]); // of 32 random bytes
/// let url = Authorize::new(&app, callback.redirect_uri(), &state)?.url(&Kit::new(Credentials::none()))?;
/// println!("Open {url}");
/// let code = callback.wait(|url| match AuthorizationCode::from_callback(url, &state) {
///     Err(CallbackError::State) => None, // somebody else's
///     answer => Some(answer),
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Callback {
    listener: TcpListener,
    redirect_uri: String,
    path: String,
}

impl Callback {
    /// Listens at the redirect URL of an app. It is an `http` URL of `127.0.0.1`, `[::1]` or `localhost`, which is taken for
    /// `127.0.0.1`; with port 0 the system chooses one.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] for any other URL; or the system's error, such as that the port is taken.
    pub fn listen(redirect_uri: &str) -> io::Result<Self> {
        let other = || {
            let message = "the redirect URL is no http URL of this machine, such as http://127.0.0.1:4011/callback";
            io::Error::new(io::ErrorKind::InvalidInput, message)
        };
        let uri: Uri = redirect_uri.parse().map_err(|_| other())?;
        let address = match uri.host() {
            Some("127.0.0.1" | "localhost") => IpAddr::from(Ipv4Addr::LOCALHOST),
            Some("[::1]") => IpAddr::from(Ipv6Addr::LOCALHOST),
            _ => return Err(other()),
        };
        if uri.scheme() != Some(&Scheme::HTTP) {
            return Err(other());
        }
        let port = uri.port_u16().unwrap_or(80);
        let listener = TcpListener::bind((address, port))?;
        let redirect_uri = if port == 0 {
            let chosen = format!(":{}", listener.local_addr()?.port());
            redirect_uri.replacen(":0", &chosen, 1)
        } else {
            redirect_uri.to_owned()
        };
        Ok(Self { listener, redirect_uri, path: uri.path().to_owned() })
    }

    /// The URL that the browser is to be sent to.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Waits until `read` makes something of a callback. It is given the URL with its query, and says
    /// `None` to one that is not for it. Whoever else comes is sent away, and who says nothing is not waited for.
    ///
    /// # Errors
    ///
    /// The system's error from the listener.
    pub fn wait<T>(&self, mut read: impl FnMut(&str) -> Option<T>) -> io::Result<T> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                // The next one may come through.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            // A connection that fails does not keep the next one from coming.
            let Ok(Some(url)) = request_target(&stream, &self.path) else { continue };
            let result = read(&url);
            let _ = answer(&stream, result.is_some());
            if let Some(result) = result {
                return Ok(result);
            }
        }
    }
}

/// The target of a browser's request, if it is the callback.
fn request_target(stream: &TcpStream, path: &str) -> io::Result<Option<String>> {
    let end = Instant::now() + PATIENCE;
    let mut head = Vec::new();
    let mut part = [0; 1024];
    // The whole of it has to be read, or the browser may not see the answer.
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || head.len() > MAX_REQUEST {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let mut from = stream;
        let count = from.read(&mut part)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(part.get(..count).unwrap_or_default());
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    match target.filter(|target| target.split('?').next() == Some(path)) {
        Some(target) => Ok(Some(target.to_owned())),
        None => answer(stream, false).map(|()| None),
    }
}

fn answer(mut stream: &TcpStream, is_expected: bool) -> io::Result<()> {
    let (status, text) = if is_expected {
        ("200 OK", "You can close this page, and go back to the program.")
    } else {
        ("404 Not Found", "There is nothing here.")
    };
    let length = text.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}");
    write!(stream, "{head}\r\nConnection: close\r\n\r\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_urls_of_this_machine_are_listened_at_and_others_are_not() {
        for url in ["http://127.0.0.1:0/callback", "http://localhost:0/a/b?c=d"] {
            let callback = Callback::listen(url).unwrap();
            let port = callback.listener.local_addr().unwrap().port();
            assert_eq!(callback.redirect_uri(), url.replace(":0/", &format!(":{port}/")));
            let taken = Callback::listen(callback.redirect_uri()).unwrap_err();
            assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
        }
        for url in [
            "https://127.0.0.1:0/callback",
            "http://127.0.0.2:0/callback",
            "http://127.0.0.1.example.com:0/",
            "http://example.com/callback",
            "/callback",
            "",
        ] {
            let error = Callback::listen(url).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{url}");
        }
    }

    #[test]
    fn the_browser_is_waited_for_and_others_are_sent_away() {
        let callback = Callback::listen("http://127.0.0.1:0/back").unwrap();
        let port = callback.listener.local_addr().unwrap().port();
        let browser = std::thread::spawn(move || {
            let get = |target: &str| {
                let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
                write!(stream, "GET {target} HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
                let mut text = String::new();
                stream.read_to_string(&mut text).unwrap();
                text.split(' ').nth(1).unwrap().to_owned()
            };
            // One that ends without a word, one that is no GET, and a cookie that is no UTF-8.
            drop(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap());
            let mut other = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            other.write_all(b"POST /back?state=ours HTTP/1.1\r\nCookie: \xff\r\n\r\n").unwrap();
            let mut text = String::new();
            other.read_to_string(&mut text).unwrap();
            assert!(text.starts_with("HTTP/1.1 404 "), "{text}");
            let statuses = ["/favicon.ico", "/back/?state=ours", "/back?state=other"].map(get);
            let mut ours = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            ours.write_all(b"GET /back?state=ours&code=1 HTTP/1.1\r\nCookie: \xff\r\n\r\n")
                .unwrap();
            text.clear();
            ours.read_to_string(&mut text).unwrap();
            assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
            statuses
        });
        let found = callback.wait(|url| url.contains("state=ours").then(|| url.to_owned()));
        assert_eq!(found.unwrap(), "/back?state=ours&code=1");
        assert_eq!(browser.join().unwrap(), ["404", "404", "404"]);
    }
}
