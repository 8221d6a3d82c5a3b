//! Where Kit is, and as whom: by the environment, or by the settings of a profile.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use etcetera::BaseStrategy as _;
use kit_file_store::FileStore;
use kit_private_file::PrivateFile;
use kit_ureq::oauth::{App, Session, Tokens};
use kit_ureq::{Credentials, Principal};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::output::{plain, say};
use crate::{Failure, keyring};

const BASE_URL: &str = "https://api.kit.com";

/// The name of the profile that is used where none is named.
const DEFAULT: &str = "default";

/// How long another program may hold the lock of the credentials, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How many bytes a file of settings has at most.
const MAX_SIZE: u64 = 1024 * 1024;

/// The profiles of this user.
pub(crate) struct Profiles {
    folder: PathBuf,
    name: String,
    /// Whether the command line names it: then the environment's credentials do not count.
    is_named: bool,
    settings: Settings,
    credentials: BTreeMap<String, Secret>,
    /// The secret of the profile that is used, or why the keyring does not give it.
    unlocked: OnceCell<Result<Secret, String>>,
}

/// `config.toml`
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The profile that is used where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    profiles: BTreeMap<String, ProfileSettings>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileSettings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base_url: Option<String>,
}

/// The secret of a profile, in `credentials.toml`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Secret {
    ApiKey(String),
    AccessToken(String),
    /// An app that the account has let in. Its tokens are in a file of their own.
    App {
        client_id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_secret: Option<String>,
    },
    /// A secret that the system's keyring has, under this name.
    Keyring(String),
}

impl Secret {
    /// The app, if it is one.
    fn app(&self) -> Option<App> {
        match self {
            Self::App { client_id, client_secret: Some(secret) } => {
                Some(App::confidential(client_id, secret.as_str()))
            }
            Self::App { client_id, client_secret: None } => Some(App::public(client_id)),
            Self::ApiKey(_) | Self::AccessToken(_) | Self::Keyring(_) => None,
        }
    }
}

/// Where Kit is, and as whom.
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) base_url: String,
    secret: Result<Secret, Option<String>>,
    /// Where the tokens of an app are.
    session: PathBuf,
    /// Where the secret comes from.
    pub(crate) source: String,
}

impl Profile {
    pub(crate) fn principal(&self) -> Result<Principal, Failure> {
        match &self.secret {
            Ok(Secret::ApiKey(key)) => Ok(Credentials::api_key(key).into()),
            Ok(Secret::AccessToken(token)) => Ok(Credentials::access_token(token).into()),
            Ok(Secret::App { .. } | Secret::Keyring(_)) => {
                let session = self.session_of_app();
                session.map(Principal::from).ok_or_else(|| Failure::other("it is no app"))
            }
            Err(Some(locked)) => {
                let message = format!("the keyring does not give what {} has: {locked}", self.name);
                Err(Failure::not_authorized(message)
                    .advise("Unlock it, or log in again by `kit login`."))
            }
            Err(None) => {
                let message = format!("the profile {} has no credentials", self.name);
                let advice = "Log in by `kit login`, or set KIT_API_KEY or KIT_ACCESS_TOKEN.";
                Err(Failure::not_authorized(message).advise(advice))
            }
        }
    }

    /// The session of an app, if it is one.
    pub(crate) fn session_of_app(&self) -> Option<Session> {
        let app = self.secret.as_ref().ok()?.app()?;
        Some(Session::new(app, FileStore::new(&self.session)))
    }

    /// What kind of credentials there are.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.secret {
            Ok(Secret::ApiKey(_)) => "API key",
            Ok(Secret::AccessToken(_)) => "access token",
            Ok(Secret::App { .. }) => "OAuth session",
            Ok(Secret::Keyring(_)) | Err(_) => "none",
        }
    }
}

impl Profiles {
    /// Reads the settings; `name` is what the command line says.
    pub(crate) fn find(name: Option<String>) -> Result<Self, Failure> {
        let strategy = etcetera::choose_base_strategy()
            .map_err(|error| Failure::other(format!("there is no folder for settings: {error}")))?;
        let folder = strategy.config_dir().join("kit");
        let settings: Settings = read(&folder.join("config.toml"))?.unwrap_or_default();
        let credentials = read(&folder.join("credentials.toml"))?.unwrap_or_default();
        let is_named = name.is_some();
        let name = name.or_else(|| variable("KIT_PROFILE")).or_else(|| settings.profile.clone());
        let name = name.unwrap_or_else(|| DEFAULT.to_owned());
        Ok(Self { folder, name, is_named, settings, credentials, unlocked: OnceCell::new() })
    }

    /// The profile that is used, as it is kept: whatever the environment says.
    pub(crate) fn kept(&self) -> Profile {
        Profile {
            name: self.name.clone(),
            base_url: self.base_url(),
            secret: self.secret(),
            session: self.session(),
            source: self.source(),
        }
    }

    /// The secret of the profile that is used; or why there is none, if there is one.
    fn secret(&self) -> Result<Secret, Option<String>> {
        match self.credentials.get(&self.name) {
            None => Err(None),
            Some(Secret::Keyring(entry)) => {
                let unlock = || {
                    let text = keyring::read(entry)?;
                    // Its text is the secret.
                    toml::from_str(&text).map_err(|_| "it cannot be understood".to_owned())
                };
                self.unlocked.get_or_init(unlock).clone().map_err(Some)
            }
            Some(secret) => Ok(secret.clone()),
        }
    }

    /// The place of the secret of the profile that is used.
    fn source(&self) -> String {
        match self.credentials.get(&self.name) {
            Some(Secret::Keyring(_)) => "the system's keyring".to_owned(),
            _ => self.folder.join("credentials.toml").display().to_string(),
        }
    }

    /// The profile that is used. The environment comes before what it has.
    pub(crate) fn current(&self) -> Profile {
        if self.is_named {
            return self.kept();
        }
        let token =
            || Some(("KIT_ACCESS_TOKEN", Secret::AccessToken(variable("KIT_ACCESS_TOKEN")?)));
        let key = || Some(("KIT_API_KEY", Secret::ApiKey(variable("KIT_API_KEY")?)));
        let base_url = self.base_url_in_use();
        match token().or_else(key) {
            // What is kept may be behind a question of the keyring's.
            Some((source, secret)) => Profile {
                name: self.name.clone(),
                base_url,
                secret: Ok(secret),
                session: self.session(),
                source: source.to_owned(),
            },
            None => Profile { base_url, ..self.kept() },
        }
    }

    /// The name of the profile that is used.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The URL of Kit: of the environment, unless the command line names a profile.
    pub(crate) fn base_url_in_use(&self) -> String {
        let variable = if self.is_named { None } else { variable("KIT_BASE_URL") };
        variable.unwrap_or_else(|| self.base_url())
    }

    /// The URL of Kit that the profile that is used has.
    fn base_url(&self) -> String {
        let settings = self.settings.profiles.get(&self.name);
        let base_url = settings.and_then(|settings| settings.base_url.clone());
        base_url.unwrap_or_else(|| BASE_URL.to_owned())
    }

    /// The file with the tokens of the profile that is used.
    fn session(&self) -> PathBuf {
        // A name of a profile is no path.
        let name = utf8_percent_encode(&self.name, NON_ALPHANUMERIC);
        self.folder.join(format!("session-{name}.json"))
    }

    /// Keeps an app that the account has let in, and its tokens.
    pub(crate) fn begin(
        &mut self,
        secret: Secret,
        tokens: &Tokens,
        base_url: &str,
    ) -> Result<String, Failure> {
        let app = secret.app().ok_or_else(|| Failure::other("it is no app"))?;
        // Before the tokens are kept, the folder has to be there.
        let place = self.log_in(secret, base_url)?;
        let begun = Session::new(app, FileStore::new(self.session())).begin(tokens);
        begun.map_err(|error| Failure::other(error.to_string()))?;
        Ok(place)
    }

    /// The folder of all settings.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Keeps the secret of the profile that is used, and says where: in the keyring if there is one, otherwise in a file.
    pub(crate) fn log_in(&mut self, secret: Secret, base_url: &str) -> Result<String, Failure> {
        let kept = self.keep_in_keyring(&secret)?;
        let name = self.name.clone();
        let base_url = Some(base_url.to_owned()).filter(|url| url != BASE_URL);
        let before = self.change(|this| {
            let before = this.credentials.remove(&name);
            let profile = this.settings.profiles.entry(name.clone()).or_default();
            if profile.base_url != base_url {
                // A secret is never sent anywhere else than where it was tried: the one before goes first.
                if before.is_some() {
                    this.write_credentials()?;
                }
                this.settings.profiles.entry(name.clone()).or_default().base_url = base_url;
                if let Err(failure) = write(&this.folder.join("config.toml"), &this.settings) {
                    // The one before still counts, at its own URL.
                    if let Some(before) = before {
                        this.credentials.insert(name, before);
                        this.write_credentials()?;
                    }
                    return Err(failure);
                }
            }
            this.end_session()?;
            this.credentials.insert(name, kept.clone().unwrap_or(secret));
            this.write_credentials()?;
            Ok(before)
        });
        match before {
            Ok(before) => {
                self.forget(before);
                Ok(self.source())
            }
            Err(failure) => {
                self.forget(kept);
                Err(failure)
            }
        }
    }

    /// Puts a secret into the keyring, and returns the reference to it; `None` if the keyring does not take it.
    fn keep_in_keyring(&self, secret: &Secret) -> Result<Option<Secret>, Failure> {
        // Another configuration of this user has other entries.
        let entry = format!("{} {}", self.name, uuid::Uuid::new_v4());
        match keyring::keep(&entry, &text(secret)?) {
            Ok(()) => Ok(Some(Secret::Keyring(entry))),
            Err(error) => {
                if cfg!(feature = "keyring") {
                    say(&plain(&format!("The system's keyring cannot be used: {error}")));
                }
                Ok(None)
            }
        }
    }

    /// Forgets what the keyring has of a secret. Returns whether nothing of it is left.
    fn forget(&mut self, secret: Option<Secret>) -> bool {
        self.unlocked = OnceCell::new();
        let Some(Secret::Keyring(entry)) = secret else { return true };
        let forgotten = keyring::forget(&entry);
        if let Err(error) = &forgotten {
            let message =
                format!("The system's keyring still has the entry {entry:?} of kit: {error}");
            say(&plain(&message));
        }
        forgotten.is_ok()
    }

    /// Changes the files, as they are now: another login may have ended meanwhile.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| Failure::of_file(&self.folder, error))?;
        let credentials = self.folder.join("credentials.toml");
        let of_file = |error: io::Error| Failure::of_file(&credentials, error);
        let file = PrivateFile::at(&credentials).map_err(of_file)?;
        let start = Instant::now();
        let _lock = loop {
            if let Some(lock) = file.try_lock().map_err(of_file)? {
                break lock;
            }
            if start.elapsed() > PATIENCE {
                return Err(Failure::other(
                    "another kit is writing the credentials, and does not end",
                ));
            }
            std::thread::sleep(LOOK_AGAIN);
        };
        self.settings = read(&self.folder.join("config.toml"))?.unwrap_or_default();
        self.credentials = read(&credentials)?.unwrap_or_default();
        change(self)
    }

    fn write_credentials(&self) -> Result<(), Failure> {
        write(&self.folder.join("credentials.toml"), &self.credentials)
    }

    /// Forgets the tokens of an app.
    fn end_session(&self) -> Result<(), Failure> {
        let session = self.session();
        if session.exists() {
            std::fs::remove_file(&session).map_err(|error| Failure::of_file(&session, error))?;
        }
        Ok(())
    }

    /// Forgets the secret of the profile that is used. Returns whether there was one.
    pub(crate) fn log_out(&mut self) -> Result<bool, Failure> {
        if !self.folder.is_dir() {
            return Ok(false);
        }
        let name = self.name.clone();
        let before = self.change(|this| {
            let before = this.credentials.remove(&name);
            if before.is_some() {
                this.write_credentials()?;
            }
            this.end_session()?;
            Ok(before)
        })?;
        let was_there = before.is_some();
        if self.forget(before) {
            Ok(was_there)
        } else {
            let message = format!("the profile {name} is logged out, but for the system's keyring");
            Err(Failure::partly(message).advise("Remove the entry by the keyring's own program."))
        }
    }
}

/// A variable of the environment that says something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, Failure> {
    let of_file = |error: &dyn std::fmt::Display| Failure::of_file(path, error);
    match path.parent() {
        Some(folder) if folder.is_dir() => {}
        _ => return Ok(None),
    }
    let file = PrivateFile::at(path).and_then(|file| file.open()).map_err(|e| of_file(&e))?;
    let Some(file) = file else { return Ok(None) };
    let mut text = String::new();
    file.take(MAX_SIZE).read_to_string(&mut text).map_err(|error| of_file(&error))?;
    // Its text may repeat a secret.
    let parsed = toml::from_str(&text).map_err(|error| {
        let line = line_of(&error, &text);
        Failure::usage(format!("{}: cannot be understood in line {line}", path.display()))
    })?;
    Ok(Some(parsed))
}

/// The line of a text at which it is no TOML any more, counted from 1.
pub(crate) fn line_of(error: &toml::de::Error, text: &str) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    before.matches('\n').count() + 1
}

fn text(value: &impl Serialize) -> Result<String, Failure> {
    toml::to_string(value).map_err(|error| Failure::other(error.to_string()))
}

fn write(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let text = text(value)?;
    let file = PrivateFile::at(path);
    let written = file.and_then(|file| file.replace(|file| file.write_all(text.as_bytes())));
    written.map(drop).map_err(|error| Failure::of_file(path, error))
}
