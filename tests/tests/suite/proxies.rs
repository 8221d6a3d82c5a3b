//! Proxies of both transports: explicit, and of the environment.

use std::process::Command;
use std::time::Duration;

use kit_core::settings::{Proxy, ProxyUrl};
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Credentials, Error};
use kit_emulator::Emulator;
use kit_tests::certificates::{Authority, Validity};
use kit_tests::on_each_transport;
use kit_tests::proxy::{refusing, tunnelling, tunnelling_over_tls};
use kit_tests::secrets::{SECRET, assert_error_silent, assert_silent};
use kit_tests::server::Server;
use kit_tests::transport::{Setup, Transport};

on_each_transport!(
    requests_go_through_a_tunnel,
    tls_goes_through_a_tunnel_to_its_end,
    a_proxy_can_be_reached_over_tls,
    the_password_of_a_proxy_goes_to_the_proxy_alone,
    what_a_proxy_refuses_was_not_sent,
    a_proxy_that_hangs_ends_by_the_timeout_for_connecting,
    a_proxy_that_drips_ends_by_the_timeout_for_connecting,
    a_proxy_that_is_not_there_is_no_way_around,
);

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// Through a proxy at this URL.
fn through(setup: Setup, proxy: &str) -> Setup {
    let proxy = ProxyUrl::parse(proxy).unwrap();
    setup.with(|settings| settings.proxy = Proxy::Url(proxy))
}

fn assert_not_sent(error: &Error) {
    assert_error_silent(error);
    assert!(!error.may_have_been_applied(), "{error}");
    assert!(error.to_string().starts_with("POST /v4/webhooks: not sent: "), "{error}");
}

fn requests_go_through_a_tunnel<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.base_url().strip_prefix("http://").unwrap().to_owned();
    // The proxy knows the host: the client does not have to.
    for (base_url, asked_for) in [
        (emulator.base_url().to_owned(), address.as_str()),
        ("http://kit.invalid".to_owned(), "kit.invalid:80"),
        ("http://kit.invalid:4010".to_owned(), "kit.invalid:4010"),
    ] {
        let proxy = tunnelling(Some(address.clone()));
        let setup = Setup::in_the_clear(base_url).as_whom(Credentials::api_key(emulator.api_key()));
        let client = T::new(through(setup, &proxy.base_url()));
        let before = emulator.requests();
        for _ in 0..3 {
            client.send(&create()).unwrap();
        }
        assert_eq!(emulator.requests(), before + 3);
        assert!(proxy.connections() <= T::CONNECTIONS_PER_CALLER, "{}", proxy.connections());
        let request = &proxy.requests()[0];
        let line = format!("CONNECT {asked_for} HTTP/1.1\r\n");
        assert!(request.starts_with(&line), "{request}");
        assert!(
            request.to_lowercase().contains(&format!("\r\nhost: {asked_for}\r\n")),
            "{request}"
        );
        assert!(!request.contains(emulator.api_key()), "{request}");
    }
}

/// A server that answers over TLS.
fn over_tls(authority: &Authority) -> Server {
    Server::start_tls(authority.server("127.0.0.1", Validity::Now), |peer| {
        while peer.request().is_some() {
            let body = r#"{"webhook": {"id": 9, "account_id": 1539,
                "target_url": "https://example.com/kit", "event": {"name": "purchase_create"}}}"#;
            let length = body.len();
            let _ = peer
                .send(format!("HTTP/1.1 201 Created\r\nContent-Length: {length}\r\n\r\n{body}"));
        }
    })
}

fn tls_goes_through_a_tunnel_to_its_end<T: Transport>() {
    let authority = Authority::new();
    let server = over_tls(&authority);
    let proxy = tunnelling(None);
    let setup = Setup::new(server.base_url()).trusting(&authority.certificate());
    T::new(through(setup, &proxy.base_url())).send(&create()).unwrap();
    assert_eq!((proxy.requests().len(), server.requests().len()), (1, 1));
    // The proxy proves nothing: the server has to.
    let setup = Setup::new(server.base_url()).trusting(&Authority::new().certificate());
    assert_not_sent(&T::new(through(setup, &proxy.base_url())).send(&create()).unwrap_err());
    assert_eq!(server.requests().len(), 1);
}

fn a_proxy_can_be_reached_over_tls<T: Transport>() {
    let authority = Authority::new();
    let server = over_tls(&authority);
    let proxy = tunnelling_over_tls(authority.server("127.0.0.1", Validity::Now));
    let setup = Setup::new(server.base_url()).trusting(&authority.certificate());
    T::new(through(setup, &proxy.base_url())).send(&create()).unwrap();
    assert_eq!((proxy.requests().len(), server.requests().len()), (1, 1));
    let untrusted = tunnelling_over_tls(Authority::new().server("127.0.0.1", Validity::Now));
    let setup = Setup::new(server.base_url()).trusting(&authority.certificate());
    assert_not_sent(&T::new(through(setup, &untrusted.base_url())).send(&create()).unwrap_err());
    assert!(untrusted.requests().is_empty());
}

fn the_password_of_a_proxy_goes_to_the_proxy_alone<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let proxy = tunnelling(None);
    let url = proxy.base_url().replace("http://", "http://ann%40b:p%3Aw%20@");
    let setup = through(Setup::of(&emulator), &url);
    assert!(!format!("{:?}", setup.settings).contains("p:w"));
    let (seen, see) = std::sync::mpsc::channel();
    emulator.fail_when(move |request| {
        seen.send(request.headers().contains_key("proxy-authorization")).unwrap();
        None
    });
    T::new(setup).send(&create()).unwrap();
    // `ann@b:p:w `, as RFC 7617 wants it.
    let request = proxy.requests()[0].to_lowercase();
    let basic = "proxy-authorization: basic yw5uqgi6cdp3ia==\r\n";
    assert!(request.contains(basic), "{request}");
    assert!(!see.recv().unwrap(), "the server gets the password, too");
    // An error does not show a proxy that is gone, either.
    let url = format!("http://ann:{SECRET}@127.0.0.1:1");
    let setup = through(Setup::of(&emulator), &url);
    assert_silent(&setup.settings);
    assert_not_sent(&T::new(setup).send(&create()).unwrap_err());
}

fn what_a_proxy_refuses_was_not_sent<T: Transport>() {
    let proxy = refusing();
    for base_url in ["https://kit.invalid", "http://kit.invalid"] {
        let setup = through(Setup::in_the_clear(base_url), &proxy.base_url());
        assert_not_sent(&T::new(setup).send(&create()).unwrap_err());
    }
    assert_eq!(proxy.requests().len(), 2);
}

const TIMEOUT: Duration = Duration::from_millis(500);

/// A call through this proxy, which has little time for connecting.
fn hasty<T: Transport>(proxy: &Server) {
    for base_url in ["https://kit.invalid", "http://kit.invalid"] {
        let setup = through(Setup::in_the_clear(base_url), &proxy.base_url());
        let client = T::new(setup.with(|settings| settings.connect_timeout = TIMEOUT));
        assert_not_sent(&client.send(&create()).unwrap_err());
    }
    proxy.wait_until_closed(2);
}

fn a_proxy_that_hangs_ends_by_the_timeout_for_connecting<T: Transport>() {
    hasty::<T>(&Server::start(|peer| {
        peer.request();
        peer.until_closed();
    }));
}

/// No single wait is as long as the timeout.
fn a_proxy_that_drips_ends_by_the_timeout_for_connecting<T: Transport>() {
    for start in ["HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX-Slow: "] {
        hasty::<T>(&Server::start(move |peer| {
            peer.request();
            let mut sent = peer.send(start);
            while sent.is_ok() && peer.pause(TIMEOUT / 10) {
                sent = peer.send("x");
            }
        }));
    }
}

fn a_proxy_that_is_not_there_is_no_way_around<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let gone = Server::start(|_| {}).base_url();
    let setup = through(Setup::of(&emulator), &gone);
    assert_not_sent(&T::new(setup).send(&create()).unwrap_err());
    assert_eq!(emulator.connections(), 0);
}

/// Runs the program with these variables and no other, and returns what it says.
fn create_with(
    transport: &str,
    base_url: &str,
    api_key: &str,
    environment: &[(&str, &str)],
) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_create_through_environment"))
        .args([transport, base_url, api_key])
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const TRANSPORTS: [&str; 2] = ["ureq", "hyper"];

#[test]
fn the_proxy_of_the_environment_is_used_alike() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.base_url().strip_prefix("http://").unwrap().to_owned();
    let (url, key) = ("http://kit.invalid", emulator.api_key());
    for transport in TRANSPORTS {
        for (base_url, variables) in [
            ("https://kit.invalid", &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"][..]),
            (url, &["http_proxy", "all_proxy", "ALL_PROXY"]),
        ] {
            for variable in variables {
                let proxy = refusing();
                let environment = [(*variable, &*proxy.base_url())];
                let said = create_with(transport, base_url, SECRET, &environment);
                assert!(said.starts_with("POST /v4/webhooks: not sent: "), "{variable}: {said}");
                let [request] = &proxy.requests()[..] else { panic!("{variable}: {said}") };
                assert!(request.starts_with("CONNECT kit.invalid:"), "{request}");
                assert!(!request.contains(SECRET), "{request}");
            }
        }
        let proxy = tunnelling(Some(address.clone()));
        let said = create_with(transport, url, key, &[("http_proxy", &*proxy.base_url())]);
        assert!(said.starts_with("created "), "{said}");
    }
}

#[test]
fn hosts_without_a_proxy_are_reached_alike() {
    let emulator = Emulator::start().unwrap();
    let key = emulator.api_key();
    for transport in TRANSPORTS {
        let proxy = refusing();
        let http_proxy = ("http_proxy", &*proxy.base_url());
        // This machine has none, whatever the environment says.
        let said = create_with(transport, emulator.base_url(), key, &[http_proxy]);
        assert!(said.starts_with("created "), "{said}");
        for no_proxy in ["kit.invalid", "invalid", ".invalid", "a.b, kit.invalid", "*"] {
            for variable in ["no_proxy", "NO_PROXY"] {
                let environment = [http_proxy, (variable, no_proxy)];
                let said = create_with(transport, "http://kit.invalid", SECRET, &environment);
                assert!(said.starts_with("POST /v4/webhooks: not sent: "), "{said}");
            }
        }
        // An http URL goes by no variable of https, and none that a CGI request could set.
        for variable in ["https_proxy", "HTTPS_PROXY", "HTTP_PROXY"] {
            let environment = [(variable, &*proxy.base_url())];
            create_with(transport, "http://kit.invalid", SECRET, &environment);
        }
        assert_eq!(proxy.connections(), 0);
        let other = [http_proxy, ("no_proxy", "it.invalid,127.0.0.1")];
        create_with(transport, "http://kit.invalid", SECRET, &other);
        assert_eq!(proxy.requests().len(), 1);
    }
}

#[test]
fn a_proxy_of_the_environment_that_is_none_is_told_alike() {
    for transport in TRANSPORTS {
        for bad in ["socks5://127.0.0.1:1", "http://", "http://a b", &format!("ftp://{SECRET}@a.b")]
        {
            let environment = [("https_proxy", bad)];
            let said = create_with(transport, "https://kit.invalid", SECRET, &environment);
            let start = "proxy: of the environment variable https_proxy ";
            assert!(said.starts_with(start) && !said.contains(SECRET), "{said}");
        }
    }
}
