//! Credentials that are kept.

use std::process::Command;

use crate::program::{Ended, Program, ended};

fn bare(program: &Program, arguments: &[&str]) -> Command {
    let mut command = program.bare();
    command.env("KIT_BASE_URL", program.emulator.base_url()).args(arguments);
    command
}

fn run(program: &Program, arguments: &[&str], input: &str) -> Ended {
    ended(bare(program, arguments), input)
}

#[test]
fn a_key_is_kept_once_kit_has_taken_it() {
    let program = Program::new();
    let file = program.home().join(".config/kit/credentials.toml");
    let refused = run(&program, &["login"], "wr0ng\n");
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(!format!("{refused:?}").contains("wr0ng"));
    assert!(!file.exists());
    let empty = run(&program, &["login"], " \n");
    assert_eq!((empty.code, empty.err.as_str()), (Some(2), "kit: the api key is empty\n"));
    let key = program.emulator.api_key().to_owned();
    let kept = run(&program, &["login"], &format!("{key}\n"));
    assert_eq!(kept.code, Some(0), "{kept:?}");
    assert_eq!(kept.out, "");
    assert!(kept.err.contains("Logged in to A local Kit."), "{kept:?}");
    assert!(!kept.err.contains(&key));
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    }
    assert_eq!(run(&program, &["whoami"], "").json()["credentials"], "API key");
    assert_eq!(run(&program, &["logout"], "").code, Some(0));
    assert!(!std::fs::read_to_string(&file).unwrap().contains(&key));
    assert_eq!(run(&program, &["whoami"], "").code, Some(4));
    assert!(run(&program, &["logout"], "").err.contains("had no credentials"));
}

#[test]
fn profiles_are_kept_apart() {
    let program = Program::new();
    let (key, token) = (program.emulator.api_key(), program.emulator.access_token());
    assert_eq!(run(&program, &["login"], key).code, Some(0));
    let login = run(&program, &["login", "--token", "--profile", "big"], token);
    assert_eq!(login.code, Some(0), "{login:?}");
    assert_eq!(run(&program, &["whoami"], "").json()["credentials"], "API key");
    let big = run(&program, &["whoami", "--profile", "big"], "").json();
    assert_eq!((&big["credentials"], &big["profile"]), (&"access token".into(), &"big".into()));
    let mut by_variable = bare(&program, &["whoami"]);
    by_variable.env("KIT_PROFILE", "big");
    assert_eq!(ended(by_variable, "").json()["profile"], "big");
    let folder = program.home().join(".config/kit");
    let config = std::fs::read_to_string(folder.join("config.toml")).unwrap();
    std::fs::write(folder.join("config.toml"), format!("profile = \"big\"\n{config}")).unwrap();
    assert_eq!(run(&program, &["whoami"], "").json()["profile"], "big");
    assert_eq!(run(&program, &["logout"], "").code, Some(0));
    assert_eq!(run(&program, &["whoami", "--profile", "default"], "").code, Some(0));
}

#[test]
fn a_file_that_cannot_be_understood_is_named_and_not_shown() {
    let program = Program::new();
    let folder = program.home().join(".config/kit");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        ("credentials.toml", "[default]\napi_key = \"5ecret\n"),
        ("credentials.toml", "[default]\nkey = \"5ecret\"\n"),
        ("config.toml", "profile = \"a\"\n5ecret = 1\n"),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let failed = run(&program, &["whoami"], "");
        assert_eq!(failed.code, Some(2), "{failed:?}");
        assert!(
            failed.err.contains(&format!("{name}: cannot be understood in line ")),
            "{failed:?}"
        );
        assert!(!failed.err.contains("5ecret"), "{failed:?}");
        std::fs::remove_file(file).unwrap();
    }
}

/// What a browser comes back to that opens this page, and lets the app in.
fn browse(url: &str) -> String {
    let agent: ureq::Agent = ureq::Agent::config_builder().max_redirects(0).build().into();
    let mut url = url.to_owned();
    loop {
        let response = agent.get(&url).call().unwrap();
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        if location.starts_with("https://example.com/") {
            return location;
        }
        url = location;
    }
}

/// Logs in by an app, and returns how it has ended. `answer` is given the page, and returns what is pasted, if anything is.
fn log_in_by_app(
    program: &Program,
    secret: &str,
    redirect: &str,
    answer: impl FnOnce(&str) -> Option<String>,
) -> Ended {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::process::Stdio;

    let id = program.emulator.client_id().to_owned();
    let mut command = bare(program, &["login", "--client-id", &id, "--redirect-uri", redirect]);
    let command = command.env("KIT_CLIENT_SECRET", secret).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    let page = loop {
        let start = said.len();
        assert!(err.read_line(&mut said).unwrap() > 0, "{said}");
        if let Some(url) = said[start..].trim().strip_prefix("http") {
            break format!("http{url}");
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    if let Some(pasted) = answer(&page) {
        stdin.write_all(format!("{pasted}\n").as_bytes()).unwrap();
    }
    drop(stdin);
    err.read_to_string(&mut said).unwrap();
    let code = child.wait().unwrap().code();
    Ended { code, out: String::new(), err: said }
}

/// A redirect URL that is not of this machine.
const ELSEWHERE: &str = "https://example.com/callback";

#[test]
fn an_app_is_let_in_and_its_tokens_are_renewed() {
    let program = Program::new();
    let secret = program.emulator.client_secret().to_owned();
    let ended = log_in_by_app(&program, &secret, ELSEWHERE, |page| Some(browse(page)));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.err.contains("Logged in to A local Kit.") && !ended.err.contains(&secret),
        "{ended:?}"
    );
    assert_eq!(run(&program, &["whoami"], "").json()["credentials"], "OAuth session");
    // Three days later: an access token lasts for two.
    program.emulator.advance(std::time::Duration::from_secs(3 * 24 * 60 * 60));
    let listed = run(&program, &["purchases", "list"], "");
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert_eq!(program.emulator.refreshes(), 1);
    assert_eq!(run(&program, &["whoami"], "").code, Some(0));
    let folder = program.home().join(".config/kit");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        for entry in std::fs::read_dir(&folder).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().mode() & 0o777, 0o600);
        }
    }
    assert_eq!(run(&program, &["logout"], "").code, Some(0));
    assert!(!folder.join("session-default.json").exists());
    assert_eq!(run(&program, &["whoami"], "").code, Some(4));
}

#[test]
fn a_callback_that_is_not_ones_own_is_refused() {
    let program = Program::new();
    let secret = program.emulator.client_secret().to_owned();
    for callback in [
        "https://example.com/callback?code=x&state=another",
        "https://example.com/callback?error=access_denied",
        "what",
    ] {
        let ended = log_in_by_app(&program, &secret, ELSEWHERE, |_| Some(callback.to_owned()));
        assert_eq!(ended.code, Some(4), "{ended:?}");
        assert!(ended.err.contains("the pasted URL: "), "{ended:?}");
    }
    assert_eq!(run(&program, &["whoami"], "").code, Some(4));
}

#[test]
fn the_browser_comes_back_to_the_program_where_it_can() {
    let program = Program::new();
    let secret = program.emulator.client_secret().to_owned();
    let here = "http://127.0.0.1:0/back";
    // It follows the redirect, also where nothing can be pasted.
    let ended = log_in_by_app(&program, &secret, here, |page| {
        let thanks = ureq::get(page).call().unwrap().body_mut().read_to_string().unwrap();
        assert!(thanks.contains("go back to the program"), "{thanks}");
        None
    });
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(run(&program, &["whoami"], "").json()["credentials"], "OAuth session");
    // From another machine, it is pasted.
    let ended = log_in_by_app(&program, &secret, here, |page| {
        let agent: ureq::Agent = ureq::Agent::config_builder().max_redirects(0).build().into();
        let mut url = page.to_owned();
        while !url.contains("/back?") {
            url =
                agent.get(&url).call().unwrap().headers()["location"].to_str().unwrap().to_owned();
        }
        Some(url)
    });
    assert_eq!(ended.code, Some(0), "{ended:?}");
    program.emulator.set_consent(kit_emulator::Consent::Denied);
    let ended = log_in_by_app(&program, &secret, here, |page| {
        drop(ureq::get(page).call());
        None
    });
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.err.contains("access_denied"), "{ended:?}");
}

#[test]
fn a_port_that_is_taken_is_said_and_the_url_is_pasted() {
    let program = Program::new();
    let secret = program.emulator.client_secret().to_owned();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let here = format!("http://{}/back", taken.local_addr().unwrap());
    let ended =
        log_in_by_app(&program, &secret, &here, |_| Some(format!("{here}?error=access_denied")));
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.err.contains("cannot come back to this program"), "{ended:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_page_is_opened_in_the_browser_of_the_user() {
    use std::os::unix::fs::PermissionsExt as _;

    let program = Program::new();
    let browser = program.file("xdg-open", "#!/bin/sh\ncurl -sL \"$1\" > \"$HOME/page\"\n");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
    let id = program.emulator.client_id().to_owned();
    let arguments =
        ["login", "--open", "--client-id", &id, "--redirect-uri", "http://127.0.0.1:0/back"];
    let mut command = bare(&program, &arguments);
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", program.home().display()));
    command.env("KIT_CLIENT_SECRET", program.emulator.client_secret());
    let ended = ended(command, "");
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// A Secret Service that never answers, or that is not there, keeps nobody from logging in.
#[cfg(all(feature = "keyring", target_os = "linux"))]
#[test]
fn a_file_is_used_where_there_is_no_keyring() {
    let program = Program::new();
    let silent = program.home().join("bus");
    let _listener = std::os::unix::net::UnixListener::bind(&silent).unwrap();
    for bus in [format!("unix:path={}", silent.display()), "unix:path=/nowhere".to_owned()] {
        let mut command = bare(&program, &["login"]);
        command.env("DBUS_SESSION_BUS_ADDRESS", &bus);
        let key = program.emulator.api_key().to_owned();
        let kept = ended(command, &key);
        assert_eq!(kept.code, Some(0), "{kept:?}");
        assert!(kept.err.contains("The system's keyring cannot be used: "), "{kept:?}");
        assert!(kept.err.contains("credentials.toml"), "{kept:?}");
        let mut whoami = bare(&program, &["whoami"]);
        whoami.env("DBUS_SESSION_BUS_ADDRESS", &bus);
        assert_eq!(ended(whoami, "").code, Some(0));
    }
}
