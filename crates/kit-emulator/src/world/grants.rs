use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::Denied;

/// How many tokens of one kind are remembered, and how many codes: of more, those go that were given first.
const MAX_TOKENS: usize = 10_000;
const MAX_CODES: usize = 10_000;

/// How long an authorization code may be exchanged: the most that RFC 6749, section 4.1.2, advises.
const CODE_LIFETIME: Duration = Duration::from_secs(600);

/// The user's answer on the consent page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// The user allows the app access. The emulator shows no page: the answer comes at once.
    #[default]
    Given,
    /// The user denies the app access: the callback has the error `access_denied`.
    Denied,
}

/// The tokens that the emulator's token endpoint gave.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedTokens {
    /// The access token, which authenticates requests.
    pub access_token: String,
    /// The refresh token, which can be spent once.
    pub refresh_token: String,
    /// How long the access token lasts.
    pub expires_in: Duration,
    /// The scopes of the access token, with spaces between.
    pub scope: String,
}

/// The grants of users to the app: codes and tokens.
#[derive(Debug)]
pub(crate) struct Grants {
    lifetimes: Lifetimes,
    pub(crate) consent: Consent,
    /// The account whose user is asked; `None` where the page asks.
    pub(crate) user: Option<u64>,
    /// How many refresh tokens were spent, and how many that were spent came again.
    pub(crate) refreshes: usize,
    pub(crate) repeated_refreshes: usize,
    /// In the order in which they were given.
    codes: VecDeque<(String, Code)>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
    /// In the order in which they were given.
    given: VecDeque<(String, String)>,
    last_session: u64,
}

/// How long access tokens last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    /// How long access tokens last that come for an authorization code.
    pub(crate) first: Duration,
    /// How long access tokens last that come for a refresh token.
    pub(crate) refreshed: Duration,
}

/// Which app was given access to which account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grantee {
    pub(crate) client_id: String,
    pub(crate) account: u64,
}

/// The request that a code was given for.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    /// The code challenge of PKCE, by the method S256.
    pub(crate) challenge: Option<String>,
    pub(crate) grantee: Grantee,
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
    grantee: Grantee,
    /// Whether the app proves itself by its secret.
    is_confidential: bool,
}

/// Why a request with a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unknown,
    Spent,
    /// The app did not send its secret.
    NoSecret,
}

impl Grants {
    pub(crate) fn new(lifetimes: Lifetimes) -> Self {
        Self {
            lifetimes,
            consent: Consent::default(),
            user: None,
            refreshes: 0,
            repeated_refreshes: 0,
            codes: VecDeque::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            given: VecDeque::new(),
            last_session: 0,
        }
    }

    /// Gives an authorization code: the user has allowed the app access.
    pub(crate) fn give_code(
        &mut self,
        redirect_uri: String,
        scope: String,
        challenge: Option<String>,
        grantee: Grantee,
        now: Duration,
    ) -> String {
        self.codes.retain(|(_, code)| code.lasts(now));
        if self.codes.len() >= MAX_CODES {
            self.codes.pop_front();
        }
        let code = random();
        let grant = Code { redirect_uri, scope, challenge, grantee, given_at: now };
        self.codes.push_back((code.clone(), grant));
        code
    }

    /// Takes a code, which can be exchanged once, whether the exchange succeeds or not.
    pub(crate) fn take_code(&mut self, code: &str, now: Duration) -> Option<Code> {
        let place = self.codes.iter().position(|(given, _)| given == code)?;
        let (_, code) = self.codes.remove(place)?;
        code.lasts(now).then_some(code)
    }

    /// The first tokens of a session.
    pub(crate) fn begin(
        &mut self,
        scope: String,
        grantee: Grantee,
        is_confidential: bool,
        now: Duration,
    ) -> IssuedTokens {
        self.last_session += 1;
        let session = Session { number: self.last_session, scope, grantee, is_confidential };
        self.issue(session, self.lifetimes.first, now)
    }

    /// The next tokens of a session. A confidential app may leave its secret out, as in Kit's guide.
    pub(crate) fn refresh(
        &mut self,
        refresh_token: &str,
        client_id: &str,
        now: Duration,
    ) -> Result<IssuedTokens, Refusal> {
        let token = self.refresh_tokens.get_mut(refresh_token);
        let is_of_the_app =
            |token: &&mut RefreshToken| token.session.grantee.client_id == client_id;
        let token = token.filter(is_of_the_app).ok_or(Refusal::Unknown)?;
        if token.is_spent {
            self.repeated_refreshes += 1;
            return Err(Refusal::Spent);
        }
        token.is_spent = true;
        self.refreshes += 1;
        let session = token.session.clone();
        Ok(self.issue(session, self.lifetimes.refreshed, now))
    }

    fn issue(&mut self, session: Session, lifetime: Duration, now: Duration) -> IssuedTokens {
        if self.given.len() >= MAX_TOKENS
            && let Some((access, refresh)) = self.given.pop_front()
        {
            self.access_tokens.remove(&access);
            self.refresh_tokens.remove(&refresh);
        }
        let tokens = IssuedTokens {
            access_token: random(),
            refresh_token: random(),
            expires_in: lifetime,
            scope: session.scope.clone(),
        };
        let ends_at = now.saturating_add(lifetime);
        let access_token = AccessToken { session: session.clone(), ends_at };
        self.access_tokens.insert(tokens.access_token.clone(), access_token);
        let refresh_token = RefreshToken { session, is_spent: false };
        self.refresh_tokens.insert(tokens.refresh_token.clone(), refresh_token);
        self.given.push_back((tokens.access_token.clone(), tokens.refresh_token.clone()));
        tokens
    }

    /// The account that the access token gives access to.
    pub(crate) fn account_of(&self, access_token: &str, now: Duration) -> Result<u64, Denied> {
        match self.access_tokens.get(access_token) {
            Some(token) if now < token.ends_at => Ok(token.session.grantee.account),
            Some(_) => Err(Denied::ExpiredToken),
            None => Err(Denied::UnknownToken),
        }
    }

    /// Ends the session of a token, if it is one.
    pub(crate) fn revoke(
        &mut self,
        token: &str,
        client_id: &str,
        has_secret: bool,
    ) -> Result<(), Refusal> {
        let access = self.access_tokens.get(token).map(|token| token.session.clone());
        let refresh = self.refresh_tokens.get(token).map(|token| token.session.clone());
        let Some(session) = access.or(refresh) else { return Ok(()) };
        if session.grantee.client_id != client_id {
            return Ok(());
        }
        if session.is_confidential && !has_secret {
            return Err(Refusal::NoSecret);
        }
        self.access_tokens.retain(|_, token| token.session.number != session.number);
        self.refresh_tokens.retain(|_, token| token.session.number != session.number);
        Ok(())
    }
}

impl Code {
    fn lasts(&self, now: Duration) -> bool {
        now < self.given_at.saturating_add(CODE_LIFETIME)
    }
}

fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grantee() -> Grantee {
        Grantee { client_id: "app".into(), account: 7 }
    }

    const HOUR: Duration = Duration::from_secs(3600);

    /// However long a program runs against it.
    #[test]
    fn the_oldest_of_too_many_grants_go() {
        let mut grants = Grants::new(Lifetimes { first: HOUR, refreshed: HOUR });
        let code = |grants: &mut Grants| {
            grants.give_code(String::new(), String::new(), None, grantee(), Duration::ZERO)
        };
        let (first, second) = (code(&mut grants), code(&mut grants));
        for _ in 1..MAX_CODES {
            code(&mut grants);
        }
        assert!(grants.take_code(&first, Duration::ZERO).is_none());
        assert!(grants.take_code(&second, Duration::ZERO).is_some());

        let begin =
            |grants: &mut Grants| grants.begin(String::new(), grantee(), true, Duration::ZERO);
        let (first, second) = (begin(&mut grants), begin(&mut grants));
        for _ in 1..MAX_TOKENS {
            begin(&mut grants);
        }
        assert_eq!(
            grants.account_of(&first.access_token, Duration::ZERO),
            Err(Denied::UnknownToken)
        );
        assert_eq!(
            grants.refresh(&first.refresh_token, "app", Duration::ZERO),
            Err(Refusal::Unknown)
        );
        assert_eq!(grants.account_of(&second.access_token, Duration::ZERO), Ok(7));
        assert_eq!(grants.account_of(&second.access_token, HOUR), Err(Denied::ExpiredToken));
        assert!(grants.refresh(&second.refresh_token, "app", Duration::ZERO).is_ok());
        assert_eq!(grants.refresh_tokens.len(), MAX_TOKENS);
    }
}
