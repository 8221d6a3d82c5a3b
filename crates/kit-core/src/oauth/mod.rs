//! OAuth 2.0, for apps that many accounts use: the user authorizes the app, and the app gets tokens.
//!
//! | to | use |
//! | --- | --- |
//! | send the user to Kit's consent page | [`Authorize`], with a [`State`] and a [`CodeVerifier`] |
//! | read the callback, with which Kit sends the user back | [`AuthorizationCode::from_callback`] |
//! | exchange the authorization code for the first tokens | [`ExchangeCode`], `POST /v4/oauth/token` |
//! | use tokens, and have them refreshed and saved | [`Session`]; with a store, the `Session` of `kit-ureq` or `kit-hyper` |
//! | have a session for each of many accounts | [`Sessions`] and a [`SessionStore`]; with a store, the `Sessions` of `kit-ureq` or `kit-hyper` |
//! | refresh tokens yourself | [`RefreshTokens`], `POST /v4/oauth/token` |
//! | revoke a token | [`RevokeToken`], `POST /v4/oauth/revoke` |
//! | use other URLs than the specification's | [`OAuthUrls`] |
//!
//! The first three come with the feature `authorize`, which is on by default.
//!
//! If a user installs an app on Kit's site, Kit opens the app's own authorization URL with a query
//! parameter `redirect`: after the authorization, the app sends the user to the URL in `redirect`.
//!
//! Sources: Kit's API v4, "Authentication"; RFC 6749 (OAuth 2.0), RFC 7636 (PKCE), RFC 7009 (revocation).

#![cfg_attr(not(feature = "authorize"), allow(rustdoc::broken_intra_doc_links))]

mod access;
mod app;
mod async_session_store;
mod async_store;
#[cfg(feature = "authorize")]
mod authorization_code;
#[cfg(feature = "authorize")]
mod authorize;
#[cfg(feature = "authorize")]
mod code_verifier;
mod coordination;
#[cfg(feature = "authorize")]
mod exchange_code;
mod outcome;
mod purpose;
mod record;
mod refresh;
mod refresh_slot;
mod refresh_step;
mod refresh_tokens;
mod refreshed;
mod revoke_token;
mod secret;
mod session;
mod session_store;
mod sessions;
#[cfg(feature = "authorize")]
mod state;
mod store;
mod token_in_use;
mod tokens;
mod unsaved;

pub use crate::error::{OAuthError, OAuthErrorCode, SessionError};
pub use crate::error::{SaveError, StoreError};
pub use crate::kit::OAuthUrls;
pub(crate) use access::{Access, TokenHistory};
pub use app::App;
pub use async_session_store::AsyncSessionStore;
pub use async_store::AsyncStore;
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
pub use session_store::{ListedSessions, MemorySessions, SessionStore, StoredSession};
pub use sessions::Sessions;
#[cfg(feature = "authorize")]
pub use state::State;
pub use store::Store;
pub use tokens::Tokens;

/// The path of the token endpoint (RFC 6749, section 3.2).
const TOKEN: &str = "/v4/oauth/token";
