//! The account: who it is, its colors, its creator profile, and how it grows.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | read the account | [`GetAccount`] | `GET /v4/account` |
//! | read the colors | [`ListColors`] | `GET /v4/account/colors` |
//! | replace the colors | [`UpdateColors`] | `PUT /v4/account/colors` |
//! | read the creator profile | [`GetCreatorProfile`] | `GET /v4/account/creator_profile` |
//! | read how emails did | [`GetEmailStats`] | `GET /v4/account/email_stats` |
//! | read how the account grows | [`GetGrowthStats`] | `GET /v4/account/growth_stats` |
//!
//! Source: Kit's API v4, "Accounts".

mod color;
mod creator_profile;
mod current_account;
mod email_stats;
mod get_account;
mod get_creator_profile;
mod get_email_stats;
mod get_growth_stats;
mod growth_stats;
mod list_colors;
mod update_colors;

pub use color::Color;
pub use creator_profile::CreatorProfile;
pub use current_account::{Account, CurrentAccount, Plan, SendingAddress, TimeZone, User};
pub use email_stats::EmailStats;
pub use get_account::GetAccount;
pub use get_creator_profile::GetCreatorProfile;
pub use get_email_stats::GetEmailStats;
pub use get_growth_stats::GetGrowthStats;
pub use growth_stats::GrowthStats;
pub use list_colors::ListColors;
pub use update_colors::UpdateColors;
