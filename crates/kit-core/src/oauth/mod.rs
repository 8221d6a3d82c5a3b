//! OAuth 2.0: as whom to talk to Kit, for apps that many accounts use.
//!
//! | to | use |
//! | --- | --- |
//! | send the user to Kit, to be asked | [`Authorize`], with a [`State`] and a [`CodeVerifier`] |
//! | read what Kit sends back with the user | [`AuthorizationCode::from_callback`] |
//! | get the first tokens for the code | [`ExchangeCode`], `POST /v4/oauth/token` |
//! | use them, and have them refreshed and kept | [`Session`]; in a store, those of `kit-ureq` and `kit-hyper` |
//! | get new tokens by hand | [`RefreshTokens`], `POST /v4/oauth/token` |
//! | end a token | [`RevokeToken`], `POST /v4/oauth/revoke` |
//! | ask elsewhere than at the specification's paths | [`OAuthUrls`] |
//!
//! The first three come with the feature `authorize`, which is on by default.
//!
//! Where a user installs an app from Kit's side, Kit opens the app's own authorization URL with a query
//! parameter `redirect`: after the flow the app sends the user there.
//!
//! Sources: Kit's API v4, "Authentication"; RFC 6749 (OAuth 2.0), RFC 7636 (PKCE), RFC 7009 (revocation).

#![cfg_attr(not(feature = "authorize"), allow(rustdoc::broken_intra_doc_links))]

mod access;
mod app;
#[cfg(feature = "authorize")]
mod authorization_code;
#[cfg(feature = "authorize")]
mod authorize;
#[cfg(feature = "authorize")]
mod code_verifier;
mod coordination;
#[cfg(feature = "authorize")]
mod exchange_code;
mod record;
mod refresh;
mod refresh_step;
mod refresh_tokens;
mod refreshed;
mod revoke_token;
mod secret;
mod session;
#[cfg(feature = "authorize")]
mod state;
mod store;
mod tokens;
mod urls;

pub use crate::error::{OAuthError, OAuthErrorCode, SessionError};
pub(crate) use access::{Access, Asker};
pub use app::App;
#[cfg(feature = "authorize")]
pub use authorization_code::{AuthorizationCode, CallbackError};
#[cfg(feature = "authorize")]
pub use authorize::Authorize;
#[cfg(feature = "authorize")]
pub use code_verifier::CodeVerifier;
#[cfg(feature = "authorize")]
pub use exchange_code::ExchangeCode;
pub use record::Record;
pub use refresh::Refresh;
pub use refresh_step::RefreshStep;
pub use refresh_tokens::RefreshTokens;
pub use refreshed::Refreshed;
pub use revoke_token::RevokeToken;
pub use secret::{AccessToken, ClientSecret, RefreshToken};
pub use session::Session;
#[cfg(feature = "authorize")]
pub use state::State;
pub use store::{SaveError, Store, StoreError};
pub use tokens::Tokens;
#[doc(hidden)]
pub use urls::OAuthPage;
pub use urls::OAuthUrls;

/// Where tokens come from (RFC 6749, section 3.2).
const TOKEN: &str = "/v4/oauth/token";
