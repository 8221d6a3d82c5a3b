use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use zeroize::Zeroizing;

use super::Tokens;
use crate::secret::seal::{Seal, SealError};

/// How long before its end an access token is refreshed, or a tenth of its lifetime, if that is less.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// By how much the dates of processes may differ.
const SKEW: Duration = Duration::from_secs(10 * 60);

/// From how many seconds on a lifetime is a moment: the first is in 2001, and a lifetime would be 31 years.
const FIRST_MOMENT: Duration = Duration::from_secs(1_000_000_000);

/// The tokens of a session, as a [`Store`](super::Store) keeps them.
///
/// Serde writes the record in full, secrets included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u64,
    #[serde(skip)]
    replaces: Option<u64>,
    /// A number for the authorization that the tokens came of: it stays when they are refreshed.
    #[serde(default)]
    authorization: u64,
    tokens: Tokens,
    #[serde(with = "unix_seconds")]
    obtained_at: SystemTime,
    /// Until then the process that saved the record may spend the refresh token.
    #[serde(default, with = "optional_unix_seconds", skip_serializing_if = "Option::is_none")]
    claimed_until: Option<SystemTime>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    needs_authorization: bool,
}

impl Record {
    /// The record of new tokens, which replaces `old`, or is the first.
    pub(super) fn new(old: Option<&Self>, tokens: Tokens, now: SystemTime) -> Self {
        // Also where a store was emptied, no version comes back: it might be taken for the old one.
        let time = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let replaces = old.map(|old| old.version);
        let next = replaces.unwrap_or_default().saturating_add(1);
        let version = next.max(u64::try_from(time).unwrap_or_default());
        let authorization = old.map_or_else(|| number(version, &tokens), |old| old.authorization);
        Self {
            version,
            replaces,
            authorization,
            tokens,
            obtained_at: now,
            claimed_until: None,
            needs_authorization: false,
        }
    }

    /// The version of the record. It grows with each record that is saved.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The version of the record that this one is to replace in the store. `None` where the store is to be
    /// empty, and for a record that was read from a store.
    pub fn replaces(&self) -> Option<u64> {
        self.replaces
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// When Kit gave the tokens, by the clock of the program that got them.
    pub fn obtained_at(&self) -> SystemTime {
        self.obtained_at
    }

    /// Whether the user has to authorize the app again: Kit has said so to the process that saved the record. A session
    /// that loads the record asks Kit all the same when it needs a token, once in each process.
    pub fn needs_authorization(&self) -> bool {
        self.needs_authorization
    }

    /// The record as a store keeps it: JSON, sealed for the place of the session with this key.
    ///
    /// # Errors
    ///
    /// The error of the seal.
    pub fn sealed(&self, key: &str, seal: &dyn Seal) -> Result<Zeroizing<Vec<u8>>, SealError> {
        // All of it fits: nothing stays behind where it would have grown.
        let mut json = Zeroizing::new(Vec::with_capacity(self.tokens.longest_json() + 512));
        serde_json::to_writer(&mut *json, self)?;
        seal.seal(&place(key), &json).map(Zeroizing::new)
    }

    /// Reads a record that was [`sealed`](Self::sealed).
    ///
    /// # Errors
    ///
    /// The error of the seal; or that the text is no session. The error does not show the text.
    pub fn open(key: &str, sealed: &[u8], seal: &dyn Seal) -> Result<Self, SealError> {
        let json = Zeroizing::new(seal.open(&place(key), sealed)?);
        // The reader's own error could repeat a token.
        serde_json::from_slice(&json).map_err(|_| "the row holds no session".into())
    }

    /// Whether the access token should be refreshed soon. False where its lifetime is not known.
    pub(super) fn is_due(&self, now: SystemTime) -> bool {
        self.has_aged(now, |lifetime| lifetime.saturating_sub(MARGIN.min(lifetime / 10)))
    }

    /// Whether the access token has expired. False where its lifetime is not known.
    pub(super) fn has_expired(&self, now: SystemTime) -> bool {
        self.has_aged(now, |lifetime| lifetime)
    }

    fn has_aged(&self, now: SystemTime, limit: impl FnOnce(Duration) -> Duration) -> bool {
        // A clock that was set back makes it younger, and Kit's 401 tells in its place.
        let age = now.duration_since(self.obtained_at).unwrap_or_default();
        self.lifetime().is_some_and(|lifetime| age >= limit(lifetime))
    }

    /// How long the access token lasts. In place of that Kit was seen to say when it ends, in Unix seconds.
    fn lifetime(&self) -> Option<Duration> {
        let expires_in = Duration::from_secs(self.tokens.expires_in?);
        if expires_in < FIRST_MOMENT {
            return Some(expires_in);
        }
        let obtained_at = self.obtained_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        Some(expires_in.saturating_sub(obtained_at))
    }

    /// The same tokens, in a record by which this process claims the refresh token, to spend it.
    pub(super) fn claim(&self, now: SystemTime, lease: Duration) -> Self {
        let claimed_until = now.checked_add(lease);
        let needs_authorization = self.needs_authorization;
        Self { claimed_until, needs_authorization, ..self.over(Some(self), now) }
    }

    /// The same tokens, in a record that claims nothing.
    pub(super) fn release(&self, now: SystemTime, needs_authorization: bool) -> Self {
        // Only new tokens end the need.
        let needs_authorization = needs_authorization || self.needs_authorization;
        Self { needs_authorization, ..self.over(Some(self), now) }
    }

    /// The same tokens, in a record that claims nothing and replaces `old`.
    pub(super) fn over(&self, old: Option<&Self>, now: SystemTime) -> Self {
        let (obtained_at, authorization) = (self.obtained_at, self.authorization);
        Self { authorization, obtained_at, ..Self::new(old, self.tokens.clone(), now) }
    }

    /// Whether the tokens of both came of one authorization, by refreshes.
    pub(super) fn is_of_the_authorization_of(&self, other: &Self) -> bool {
        self.authorization == other.authorization
    }

    /// Whether a process claims the refresh token, which may have another date than this one.
    pub(super) fn is_claimed(&self, now: SystemTime) -> bool {
        let ends_at = self.claimed_until.and_then(|until| until.checked_add(SKEW));
        ends_at.is_some_and(|ends_at| now < ends_at)
    }
}

/// A number for tokens that came of an authorization. That of others is another, even at the same time.
fn number(version: u64, tokens: &Tokens) -> u64 {
    let mut hasher = DefaultHasher::new();
    (version, tokens.access_token.secret()).hash(&mut hasher);
    hasher.finish()
}

/// The place of a session for a [`Seal`].
fn place(key: &str) -> String {
    format!("session {key}")
}

mod unix_seconds {
    use super::{
        Deserialize as _, Deserializer, Duration, Serialize as _, Serializer, SystemTime,
        UNIX_EPOCH,
    };

    pub(super) fn serialize<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
        time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        let seconds = Duration::from_secs(u64::deserialize(from)?);
        UNIX_EPOCH.checked_add(seconds).ok_or_else(|| serde::de::Error::custom("no such time"))
    }
}

mod optional_unix_seconds {
    use super::{Deserialize, Deserializer, Serialize, Serializer, SystemTime, unix_seconds};

    #[derive(Serialize, Deserialize)]
    struct Time(#[serde(with = "unix_seconds")] SystemTime);

    #[expect(clippy::ref_option, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(
        time: &Option<SystemTime>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(Time).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<SystemTime>, D::Error> {
        Ok(Option::<Time>::deserialize(from)?.map(|Time(time)| time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn lasting(seconds: u64) -> Record {
        let tokens = Tokens::new("a").with_refresh_token("r").with_expires_in(seconds);
        Record::new(None, tokens, at(1000))
    }

    #[test]
    fn a_token_is_due_shortly_before_it_expires() {
        for (lifetime, due) in [(172_800, 172_500), (3000, 2700), (100, 90), (1, 1), (0, 0)] {
            let record = lasting(lifetime);
            for (age, is_due, has_expired) in [
                (due, true, lifetime == due),
                (due.saturating_sub(1), due == 0, lifetime == 0),
                (lifetime, true, true),
            ] {
                // No clock gets that far.
                let Some(now) = at(1000).checked_add(Duration::from_secs(age)) else { continue };
                assert_eq!(record.is_due(now), is_due, "{lifetime} at {age}");
                assert_eq!(record.has_expired(now), has_expired, "{lifetime} at {age}");
            }
        }
        assert!(!lasting(60).is_due(at(0)), "a clock that was set back");
        // Two days after the tokens were obtained, as a moment.
        let moment = Record::new(
            None,
            Tokens::new("a").with_expires_in(1_790_259_200),
            at(1_790_259_200 - 172_800),
        );
        // The shortest moment is long ago.
        assert!(lasting(1_000_000_000).has_expired(at(1_000_000_000)));
        assert!(!lasting(999_999_999).has_expired(at(1_000_000_000)));
        for (left, is_due, has_expired) in
            [(301, false, false), (300, true, false), (0, true, true)]
        {
            let now = at(1_790_259_200 - left);
            assert_eq!((moment.is_due(now), moment.has_expired(now)), (is_due, has_expired));
        }
        let untold = Record::new(None, Tokens::new("a"), at(0));
        assert!(!untold.is_due(at(u64::MAX / 4)) && !untold.has_expired(at(u64::MAX / 4)));
    }

    #[test]
    fn versions_grow_and_do_not_come_back() {
        let first = lasting(1);
        assert_eq!((first.version(), first.replaces()), (1_000_000, None));
        let second = first.claim(at(1000), Duration::from_secs(9));
        assert_eq!((second.version(), second.replaces()), (1_000_001, Some(1_000_000)));
        // A clock that was set back is no step back.
        let third = second.release(at(5), false);
        assert_eq!((third.version(), third.replaces()), (1_000_002, Some(1_000_001)));
        assert_eq!((third.tokens(), third.obtained_at()), (first.tokens(), at(1000)));
        let anew = Record::new(None, first.tokens().clone(), at(1001));
        assert!(anew.version() > third.version() && anew.replaces().is_none());
    }

    /// Ten minutes later than it says, since another process may be late by that much.
    #[test]
    fn a_claim_ends_by_itself() {
        let record = lasting(1).claim(at(1000), Duration::from_secs(60));
        for (now, is_claimed) in [(0, true), (1059, true), (1659, true), (1660, false)] {
            assert_eq!(record.is_claimed(at(now)), is_claimed, "{now}");
        }
        assert!(!lasting(1).is_claimed(at(0)));
    }

    #[test]
    fn a_sealed_record_is_opened_at_its_place() {
        struct Xor;
        impl Seal for Xor {
            fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
                let key = place.bytes().cycle();
                Ok(plain.iter().zip(key).map(|(byte, key)| byte ^ key ^ 0xAA).collect())
            }

            fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
                self.seal(place, sealed)
            }
        }
        let record = Record::new(None, Tokens::new("5ecret").with_expires_in(9), at(1000));
        let seals: [&dyn Seal; 2] = [&Xor, &std::sync::Arc::new(crate::seal::Unsealed)];
        for (seal, shows) in seals.into_iter().zip([false, true]) {
            let sealed = record.sealed("a", seal).unwrap();
            assert_eq!(String::from_utf8_lossy(&sealed).contains("5ecret"), shows);
            assert_eq!(Record::open("a", &sealed, seal).unwrap(), record);
            assert_eq!(Record::open("b", &sealed, seal).is_ok(), shows);
            let error = Record::open("a", b"{5ecret", seal).unwrap_err().to_string();
            assert_eq!(error, "the row holds no session");
        }
    }

    #[test]
    fn a_written_value_is_read_again() {
        let lease = Duration::from_secs(60);
        for record in
            [lasting(60), lasting(60).claim(at(100), lease), lasting(60).release(at(100), true)]
        {
            let json = serde_json::to_string(&record).unwrap();
            let read: Record = serde_json::from_str(&json).unwrap();
            assert_eq!(read, Record { replaces: None, ..record }, "{json}");
        }
        let absurd = r#"{"version": 1, "tokens": {"access_token": "a"},
            "obtained_at": 18446744073709551615}"#;
        assert!(serde_json::from_str::<Record>(absurd).is_err());
    }
}
