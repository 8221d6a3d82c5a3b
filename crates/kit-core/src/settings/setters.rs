/// The methods that the builders of both transports share, on a type with a field `settings`.
#[doc(hidden)]
#[macro_export]
macro_rules! setters {
    () => {
        $crate::setters! {
            /// Where Kit is. Default: `https://api.kit.com`.
            base_url: impl Into<String> => |url| Some(url.into()),
            /// Where Kit is, over http on another machine: whoever listens on the way reads the credential.
            plaintext_base_url: impl Into<String> => |url| Some(url.into()),
            /// Where the pages of OAuth are, apart from the base URL.
            oauth_urls: $crate::oauth::OAuthUrls => |urls| Some(urls),
            /// The application's name and version, put in front of this library's in `User-Agent`.
            user_agent: impl Into<String> => |application| Some(application.into()),
            /// How often a call is tried. Default: up to 5 times, where that is safe.
            retry: $crate::RetryPolicy => |policy| policy,
            /// Who makes calls wait before they run into Kit's rate limit; `None` for nobody. Default: a
            /// pacer of the client's own.
            pacing: impl Into<$crate::settings::Pacing> => |pacing| pacing.into(),
            /// How long a call may take in all, waits and further attempts included. Default: 2 minutes.
            timeout: std::time::Duration => |timeout| timeout,
            /// How long one attempt may take. Default: 30 s.
            attempt_timeout: std::time::Duration => |timeout| timeout,
            /// How long a connection may take to be made. Default: 10 s.
            connect_timeout: std::time::Duration => |timeout| timeout,
            /// How large the body of a response may be, in bytes. Default: 10 MiB.
            max_response_size: usize => |bytes| bytes,
            /// How long a connection is kept that nobody uses. Default: 15 s.
            idle_timeout: std::time::Duration => |timeout| timeout,
            /// How many connections are kept that nobody uses. Default: 100.
            max_idle_connections: usize => |count| count,
            /// Whose certificates the server may show.
            roots: $crate::settings::Roots => |roots| roots,
            /// The certificate that the client shows. Default: none.
            identity: $crate::settings::Identity => |identity| Some(identity),
            /// Which proxy requests go through. Default: what the environment says.
            proxy: impl Into<$crate::settings::Proxy> => |proxy| proxy.into(),
        }

        /// All of these at once, in place of what was set before.
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
