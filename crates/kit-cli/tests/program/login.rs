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
    let at = program.emulator.base_url();
    let big = ["login", "--token", "--profile", "big", "--base-url", at];
    let login = run(&program, &big, token);
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
        command.env("DBUS_SESSION_BUS_ADDRESS", &bus).env_remove("KIT_NO_KEYRING");
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

/// The keyring of a session of its own, by the programs of GNOME, where they are installed.
#[cfg(all(feature = "keyring", target_os = "linux"))]
#[test]
fn the_keyring_keeps_what_it_is_given() {
    let is_there = |name: &str| std::path::Path::new("/usr/bin").join(name).exists();
    if !is_there("gnome-keyring-daemon") || !is_there("dbus-run-session") {
        eprintln!("skipped: there is no gnome-keyring-daemon and dbus-run-session");
        return;
    }
    let program = Program::new();
    program.file(
        "session.sh",
        "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
        unset KIT_NO_KEYRING
        echo $KEY | $KIT login || exit 1
        cp .config/kit/credentials.toml first
        $KIT whoami --csv --fields credentials > whoami || exit 2
        echo $KEY | $KIT login --profile other --base-url $KIT_BASE_URL || exit 3
        echo $TOKEN | $KIT login --token || exit 4
        $KIT whoami --csv --fields credentials >> whoami || exit 5
        $KIT whoami --csv --profile other --fields credentials >> whoami || exit 6
        KIT_NO_KEYRING=1 $KIT whoami 2> locked && exit 7
        echo $KEY | KIT_NO_KEYRING=1 $KIT login 2> kept
        $KIT logout || exit 8
        $KIT logout --profile other || exit 9
        $KIT whoami && exit 10
        exit 0",
    );
    let mut command = Command::new("/usr/bin/dbus-run-session");
    command.args(["--", "sh", "session.sh"]).current_dir(program.home()).env_clear();
    command.env("PATH", "/usr/bin:/bin").env("HOME", program.home());
    command.env("KIT", env!("CARGO_BIN_EXE_kit")).env("KIT_BASE_URL", program.emulator.base_url());
    let (key, token) = (program.emulator.api_key(), program.emulator.access_token());
    command.env("KEY", key).env("TOKEN", token);
    let ended = ended(command, "");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let read = |name: &str| std::fs::read_to_string(program.home().join(name)).unwrap();
    assert!(read("first").contains("keyring = \"default ") && !read("first").contains(key));
    let credentials: Vec<_> = read("whoami").lines().map(str::to_owned).collect();
    let head = "credentials";
    assert_eq!(credentials, [head, "API key", head, "access token", head, "API key"]);
    assert!(read("locked").contains("the keyring does not give"), "{}", read("locked"));
    // The entry that the file took the place of cannot be removed then, which is said.
    assert!(read("kept").contains("still has the entry"), "{}", read("kept"));
    assert!(!read(".config/kit/credentials.toml").contains(key));
}

#[test]
fn two_that_change_the_credentials_lose_nothing() {
    use std::io::Write as _;
    use std::process::Stdio;

    let program = Program::new();
    let key = program.emulator.api_key().to_owned();
    let at = program.emulator.base_url().to_owned();
    let login = |name: &str| bare(&program, &["login", "--profile", name, "--base-url", &at]);
    assert_eq!(ended(login("b"), &key).code, Some(0));
    // One waits for its key; meanwhile another logs out, and a third logs in.
    let mut waiting = login("a").stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    assert_eq!(run(&program, &["logout", "--profile", "b"], "").code, Some(0));
    assert_eq!(ended(login("c"), &key).code, Some(0));
    waiting.stdin.take().unwrap().write_all(key.as_bytes()).unwrap();
    assert!(waiting.wait().unwrap().success());
    let code = |name: &str| run(&program, &["whoami", "--profile", name], "").code;
    assert_eq!((code("a"), code("b"), code("c")), (Some(0), Some(4), Some(0)));
}

/// A key is never sent to a Kit that has not taken it.
#[cfg(unix)]
#[test]
fn a_login_that_cannot_be_kept_leaves_no_key_for_another_url() {
    let program = Program::new();
    let other = kit_emulator::Emulator::builder().api_key("0ther").start().unwrap();
    let key = program.emulator.api_key().to_owned();
    let login = ["login", "--base-url", program.emulator.base_url()];
    assert_eq!(run(&program, &login, &key).code, Some(0));
    // The new key cannot be written: its file is too large for the disk, say.
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -f 0; trap '' XFSZ; exec $KIT login --base-url $OTHER"])
        .env_clear();
    command.env("KIT", env!("CARGO_BIN_EXE_kit")).env("OTHER", other.base_url());
    command.env("HOME", program.home()).env("PATH", "/usr/bin:/bin");
    let refused = ended(command, "0ther");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let before = other.requests();
    let mut whoami = program.bare();
    whoami.arg("whoami");
    let still = ended(whoami, "");
    // The old key is gone before the URL is another.
    assert_eq!(still.code, Some(4), "{still:?}");
    assert_eq!(other.requests(), before);
}

#[test]
fn a_key_that_is_an_argument_is_not_repeated() {
    let program = Program::new();
    let json = ["login", "5ecret", "--json"];
    for arguments in [&["login", "5ecret"][..], &["login", "--token", "5ecret"], &json] {
        let refused = run(&program, arguments, "");
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(!refused.err.contains("5ecret"), "{refused:?}");
        assert!(refused.err.contains("standard input"), "{refused:?}");
    }
}

#[test]
fn a_url_can_be_pasted_after_an_empty_line() {
    let program = Program::new();
    let secret = program.emulator.client_secret().to_owned();
    let ended =
        log_in_by_app(&program, &secret, ELSEWHERE, |page| Some(format!("\n \n{}", browse(page))));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    // A wrong secret of the app is said to be one.
    let ended = log_in_by_app(&program, "wr0ng", ELSEWHERE, |page| Some(browse(page)));
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.err.contains("KIT_CLIENT_SECRET"), "{ended:?}");
}
