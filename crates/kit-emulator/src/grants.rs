use std::collections::HashMap;
use std::time::Duration;

/// How long an authorization code may be exchanged: the most that RFC 6749, section 4.1.2, advises.
const CODE_LIFETIME: Duration = Duration::from_secs(600);

/// Whether the user lets the app in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// Yes, without being asked.
    #[default]
    Given,
    /// No: the app is told `access_denied`.
    Refused,
}

/// Tokens as the token endpoint gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tokens {
    /// For requests.
    pub access_token: String,
    /// For one refresh.
    pub refresh_token: String,
    /// How long the access token lasts.
    pub expires_in: Duration,
    /// What it allows.
    pub scope: String,
}

/// What users have granted to the app: codes and tokens.
#[derive(Debug)]
pub(crate) struct Grants {
    pub(crate) lifetime: Duration,
    pub(crate) consent: Consent,
    /// How many refresh tokens were spent, and how many that were spent came again.
    pub(crate) refreshes: usize,
    pub(crate) repeated_refreshes: usize,
    codes: HashMap<String, Code>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
    last_session: u64,
}

/// What a code was given for.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    /// That of PKCE, by S256.
    pub(crate) challenge: Option<String>,
    given_at: Duration,
}

#[derive(Debug)]
struct AccessToken {
    session: Session,
    ends_at: Duration,
}

#[derive(Debug)]
struct RefreshToken {
    session: Session,
    is_spent: bool,
}

/// All tokens that follow from one code.
#[derive(Clone, Debug)]
struct Session {
    number: u64,
    scope: String,
    /// Whether the app proves itself by its secret.
    is_confidential: bool,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unknown,
    Spent,
    /// The app did not prove itself.
    NoSecret,
}

impl Grants {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            consent: Consent::default(),
            refreshes: 0,
            repeated_refreshes: 0,
            codes: HashMap::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            last_session: 0,
        }
    }

    /// The user has said yes.
    pub(crate) fn give_code(
        &mut self,
        redirect_uri: String,
        scope: String,
        challenge: Option<String>,
        now: Duration,
    ) -> String {
        let code = random();
        let grant = Code { redirect_uri, scope, challenge, given_at: now };
        self.codes.insert(code.clone(), grant);
        code
    }

    /// Each code is good for one exchange, well or not.
    pub(crate) fn take_code(&mut self, code: &str, now: Duration) -> Option<Code> {
        let code = self.codes.remove(code)?;
        (now < code.given_at.saturating_add(CODE_LIFETIME)).then_some(code)
    }

    /// The first tokens of a session.
    pub(crate) fn begin(&mut self, scope: String, is_confidential: bool, now: Duration) -> Tokens {
        self.last_session += 1;
        self.issue(Session { number: self.last_session, scope, is_confidential }, now)
    }

    /// The next tokens of a session.
    pub(crate) fn refresh(
        &mut self,
        refresh_token: &str,
        has_secret: bool,
        now: Duration,
    ) -> Result<Tokens, Refusal> {
        let token = self.refresh_tokens.get_mut(refresh_token).ok_or(Refusal::Unknown)?;
        if token.session.is_confidential && !has_secret {
            return Err(Refusal::NoSecret);
        }
        if token.is_spent {
            self.repeated_refreshes += 1;
            return Err(Refusal::Spent);
        }
        token.is_spent = true;
        self.refreshes += 1;
        let session = token.session.clone();
        Ok(self.issue(session, now))
    }

    fn issue(&mut self, session: Session, now: Duration) -> Tokens {
        let tokens = Tokens {
            access_token: random(),
            refresh_token: random(),
            expires_in: self.lifetime,
            scope: session.scope.clone(),
        };
        let ends_at = now.saturating_add(self.lifetime);
        let access_token = AccessToken { session: session.clone(), ends_at };
        self.access_tokens.insert(tokens.access_token.clone(), access_token);
        let refresh_token = RefreshToken { session, is_spent: false };
        self.refresh_tokens.insert(tokens.refresh_token.clone(), refresh_token);
        tokens
    }

    /// Whether requests may come with it.
    pub(crate) fn is_valid(&self, access_token: &str, now: Duration) -> bool {
        self.access_tokens.get(access_token).is_some_and(|token| now < token.ends_at)
    }

    /// Ends the session of a token, if it is one.
    pub(crate) fn revoke(&mut self, token: &str, has_secret: bool) -> Result<(), Refusal> {
        let access = self.access_tokens.get(token).map(|token| token.session.clone());
        let refresh = self.refresh_tokens.get(token).map(|token| token.session.clone());
        let Some(session) = access.or(refresh) else { return Ok(()) };
        if session.is_confidential && !has_secret {
            return Err(Refusal::NoSecret);
        }
        self.access_tokens.retain(|_, token| token.session.number != session.number);
        self.refresh_tokens.retain(|_, token| token.session.number != session.number);
        Ok(())
    }
}

fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
