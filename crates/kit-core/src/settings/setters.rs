/// The methods that the builders of both transports share, on a type with a field `settings`.
#[doc(hidden)]
#[macro_export]
macro_rules! setters {
    () => {
        $crate::setters! {
            /// Kit's base URL. Default: `https://api.kit.com`.
            base_url: impl Into<String> => |url| Some(url.into()),
            /// Kit's base URL, which may be an http URL of another machine: the credential is sent there
            /// unencrypted.
            plaintext_base_url: impl Into<String> => |url| Some(url.into()),
            /// The URLs of the OAuth pages. Default: the paths of Kit's specification below the base URL.
            oauth_urls: $crate::oauth::OAuthUrls => |urls| Some(urls),
            /// The application's name and version, put in front of this library's in `User-Agent`.
            user_agent: impl Into<String> => |application| Some(application.into()),
            /// How often a call is tried, and how long it waits in between. Default: up to 5 times, where
            /// that is safe.
            retry: $crate::RetryPolicy => |policy| policy,
            /// Which pacer keeps calls below Kit's rate limit; `None` for no pacer. Default: a pacer of the
            /// client's own.
            pacing: impl Into<$crate::settings::Pacing> => |pacing| pacing.into(),
            /// Is told of each wait of a call: before another attempt, for the rate limit, or for a session,
            /// where the time is the longest that the wait can take. Default: nothing is told.
            on_wait: impl Fn(&$crate::Operation, std::time::Duration) + Send + Sync + 'static
                => |tell| $crate::settings::OnWait::new(tell),
            /// How long a call may take in all, with all attempts and waits. Default: 2 minutes.
            timeout: std::time::Duration => |timeout| timeout,
            /// How long one attempt may take. Default: 30 s.
            attempt_timeout: std::time::Duration => |timeout| timeout,
            /// How long connecting may take. Default: 10 s.
            connect_timeout: std::time::Duration => |timeout| timeout,
            /// How large the body of a response may be, in bytes. Default: 10 MiB.
            max_response_size: usize => |bytes| bytes,
            /// How long the client keeps an idle connection. Default: 15 s.
            idle_timeout: std::time::Duration => |timeout| timeout,
            /// How many idle connections the client keeps. Default: 100.
            max_idle_connections: usize => |count| count,
            /// Which certificate authorities the client trusts. Default: Mozilla's with `rustls`, the
            /// platform's with `native-tls`.
            roots: $crate::settings::Roots => |roots| roots,
            /// The certificate by which the client identifies itself to the server. Default: none.
            identity: $crate::settings::Identity => |identity| Some(identity),
            /// Which proxy requests go through. Default: the proxy that the environment names.
            proxy: impl Into<$crate::settings::Proxy> => |proxy| proxy.into(),
        }

        /// Replaces all settings that were made before.
        #[must_use]
        pub fn settings(mut self, settings: $crate::settings::Settings) -> Self {
            self.settings = settings;
            self
        }
    };
    ($($(#[$doc:meta])* $name:ident: $type:ty => |$value:ident| $field:expr,)+) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("See [`Settings::", stringify!($name), "`](kit_core::settings::Settings::",
            stringify!($name), ").")]
        #[must_use]
        pub fn $name(mut self, $value: $type) -> Self {
            self.settings.$name = $field;
            self
        }
    )+};
}
