use std::time::{Duration, SystemTime};

use http::Response;
use kit_core::oauth::{App, Record, Refresh, RefreshStep, Session, Tokens};
use kit_core::webhooks::ListWebhooks;
use kit_core::{Call, Clock, Credentials, Kit, Step, Time};

/// Makes records as sessions do, by a clock of its own.
#[derive(Debug)]
pub struct Records {
    clock: Clock,
}

impl Records {
    /// Records of the year 2026.
    #[expect(clippy::new_without_default, reason = "each has a clock of its own")]
    pub fn new() -> Self {
        Self { clock: Clock::new() }
    }

    /// Tokens that differ by their number. The access token has expired, so that a session claims the refresh token.
    pub fn tokens(number: usize) -> Tokens {
        Tokens::new(format!("access-{number}"))
            .with_refresh_token(format!("refresh-{number}"))
            .with_expires_in(0)
    }

    fn now(&self) -> Time {
        self.clock.time(Duration::ZERO, SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000))
    }

    /// The record of these tokens, which replaces `held`, or is the first.
    pub fn of(&self, tokens: &Tokens, held: Option<&Record>) -> Record {
        let session = Session::new(App::public("id"));
        let mut refresh = session.begin(tokens, self.now()).expect("a session");
        self.saves(&mut refresh, held)
    }

    /// The record by which a process claims the refresh token of `held`, whose access token has expired.
    pub fn claim(&self, held: &Record) -> Record {
        self.claiming(held).1
    }

    /// The record that says that the user has to authorize the app again, which replaces the claim of `held`; and the
    /// claim.
    pub fn needing_authorization(&self, held: &Record) -> (Record, Record) {
        let (mut refresh, claim) = self.claiming(held);
        refresh.saved(Ok(()), self.now());
        let step = refresh.next(self.now());
        assert!(matches!(step, RefreshStep::Send(_)), "{step:?}");
        let refusal = Response::builder().status(400).body(r#"{"error":"invalid_grant"}"#);
        refresh.received(refusal.expect("a response"), self.now());
        (claim.clone(), self.saves(&mut refresh, Some(&claim)))
    }

    fn claiming(&self, held: &Record) -> (Box<Refresh>, Record) {
        let session = Session::new(App::public("id"));
        let kit = Kit::new(Credentials::session(&session));
        let mut call = Call::new(&kit, ListWebhooks::new(), 0);
        let step = call.next(self.now());
        let Step::Refresh(mut refresh) = step else { panic!("no refresh: {step:?}") };
        let claim = self.saves(&mut refresh, Some(held));
        (refresh, claim)
    }

    /// The record that a refresh saves, which finds `held` in the store.
    fn saves(&self, refresh: &mut Refresh, held: Option<&Record>) -> Record {
        loop {
            match refresh.next(self.now()) {
                RefreshStep::Load => refresh.loaded(Ok(held.cloned()), self.now()),
                RefreshStep::Save(record) => return record,
                step => panic!("nothing is saved: {step:?}"),
            }
        }
    }
}
