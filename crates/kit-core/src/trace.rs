//! Tracing of calls: a span for each call, and an event for each step. Neither holds a secret or a body.

#[cfg(feature = "tracing")]
pub(crate) use on::Trace;

#[cfg(not(feature = "tracing"))]
pub(crate) use off::Trace;

#[cfg(feature = "tracing")]
mod on {
    use std::time::Duration;

    use http::Response;
    use tracing::field::{Empty, display};
    use tracing::{Span, debug, info, info_span, warn};

    use crate::endpoint::{Endpoint, operation};
    use crate::{Applied, Credentials, Error, Kit, SessionError, TransportError};

    const TARGET: &str = "kit_core::call";

    #[derive(Debug)]
    pub(crate) struct Trace {
        span: Span,
    }

    impl Trace {
        pub(crate) fn new<E: Endpoint>(endpoint: &E) -> Self {
            let span = info_span!(
                target: TARGET,
                "kit.call",
                operation = %operation(endpoint),
                attempt = Empty,
                status = Empty,
                request_id = Empty,
                wait = Empty,
                outcome = Empty,
            );
            Self { span }
        }

        pub(crate) fn sends(&self, attempt: u32) {
            self.span.record("attempt", attempt);
            self.span.in_scope(|| debug!(target: TARGET, attempt, "sends"));
        }

        pub(crate) fn received<B, E: Endpoint>(
            &self,
            response: &Response<B>,
            kit: &Kit,
            endpoint: &E,
            token: Option<&Credentials>,
        ) {
            if self.span.is_disabled() {
                return;
            }
            let status = response.status().as_u16();
            self.span.record("status", status);
            let id = kit.request_id(response.headers(), endpoint, token);
            if let Some(id) = &id {
                self.span.record("request_id", id);
            }
            self.span.in_scope(
                || debug!(target: TARGET, status, request_id = id, "received a response"),
            );
        }

        pub(crate) fn failed(&self, failure: &TransportError) {
            self.span.in_scope(|| debug!(target: TARGET, %failure, "got no response"));
        }

        pub(crate) fn waits(&self, wait: Duration) {
            self.span.record("wait", display(format_args!("{wait:?}")));
            self.span.in_scope(|| debug!(target: TARGET, ?wait, "waits"));
        }

        pub(crate) fn waits_for_session(&self) {
            self.span.in_scope(|| debug!(target: TARGET, "waits for the session"));
        }

        pub(crate) fn waits_for_budget(&self) {
            self.span.in_scope(|| debug!(target: TARGET, "waits for a share of the budget"));
        }

        /// An event outside of any call's span.
        pub(crate) fn budget_fails(failure: &str) {
            warn!(target: TARGET, failure, "the store of the shared budget fails");
        }

        /// An event outside of any call's span.
        pub(crate) fn budget_works() {
            info!(target: TARGET, "the store of the shared budget works again");
        }

        pub(crate) fn refreshes(&self) {
            self.span.in_scope(|| debug!(target: TARGET, "refreshes the session"));
        }

        pub(crate) fn done<T>(&self, result: &Result<T, Error>) {
            self.ends(match result {
                Ok(_) => "done",
                Err(error) if error.may_have_been_applied() => "may have been applied",
                Err(Error::Input { .. }) => "bad input",
                Err(Error::Session { .. }) => "no access token",
                Err(Error::Paced { .. }) => "paced",
                Err(Error::Api(error)) if error.status().is_client_error() => "refused",
                Err(Error::Api(_)) => "failed",
                Err(Error::Reply(_)) => "not understood",
                Err(Error::Transport { failure, .. }) => match failure.applied() {
                    Applied::No => "not sent",
                    Applied::Perhaps => "no response",
                },
            });
        }

        /// An event outside of any call's span: new tokens are in use, but could not be saved.
        pub(crate) fn unsaved(failure: &SessionError) {
            warn!(target: TARGET, %failure, "new tokens are not saved, and live in this process alone");
        }

        pub(crate) fn refreshed(&self, is_done: bool) {
            self.ends(if is_done { "done" } else { "not refreshed" });
        }

        fn ends(&self, outcome: &str) {
            self.span.record("outcome", outcome);
            self.span.in_scope(|| debug!(target: TARGET, outcome, "ends"));
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::time::Duration;

    use http::Response;

    use crate::{Credentials, Endpoint, Error, Kit, SessionError, TransportError};

    #[derive(Debug)]
    pub(crate) struct Trace;

    #[expect(clippy::unused_self, reason = "it stands in for the one that sees")]
    impl Trace {
        pub(crate) fn new<E: Endpoint>(_: &E) -> Self {
            Self
        }

        pub(crate) fn sends(&self, _: u32) {}

        pub(crate) fn received<B, E: Endpoint>(
            &self,
            _: &Response<B>,
            _: &Kit,
            _: &E,
            _: Option<&Credentials>,
        ) {
        }

        pub(crate) fn failed(&self, _: &TransportError) {}

        pub(crate) fn waits(&self, _: Duration) {}

        pub(crate) fn waits_for_session(&self) {}

        pub(crate) fn waits_for_budget(&self) {}

        pub(crate) fn budget_fails(_: &str) {}

        pub(crate) fn budget_works() {}

        pub(crate) fn refreshes(&self) {}

        pub(crate) fn done<T>(&self, _: &Result<T, Error>) {}

        pub(crate) fn unsaved(_: &SessionError) {}

        pub(crate) fn refreshed(&self, _: bool) {}
    }
}
