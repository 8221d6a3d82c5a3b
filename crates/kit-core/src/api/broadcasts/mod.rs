//! Broadcasts: emails to many subscribers at once.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the broadcasts | [`ListBroadcasts`] | `GET /v4/broadcasts` |
//! | create a broadcast | [`CreateBroadcast`] | `POST /v4/broadcasts` |
//! | read a broadcast | [`GetBroadcast`] | `GET /v4/broadcasts/{id}` |
//! | change a broadcast | [`UpdateBroadcast`] | `PUT /v4/broadcasts/{id}` |
//! | delete a broadcast | [`DeleteBroadcast`] | `DELETE /v4/broadcasts/{id}` |
//! | list how broadcasts did | [`ListBroadcastStats`] | `GET /v4/broadcasts/stats` |
//! | read how a broadcast did | [`GetBroadcastStats`] | `GET /v4/broadcasts/{broadcast_id}/stats` |
//! | list which links were clicked | [`ListBroadcastClicks`] | `GET /v4/broadcasts/{broadcast_id}/clicks` |
//!
//! Source: Kit's API v4, "Broadcasts".

mod broadcast;
mod broadcast_stats;
mod broadcast_status;
mod create_broadcast;
mod delete_broadcast;
mod get_broadcast;
mod get_broadcast_stats;
mod link_clicks;
mod list_broadcast_clicks;
mod list_broadcast_stats;
mod list_broadcasts;
mod recipients;
mod update_broadcast;

pub use broadcast::{Broadcast, EmailTemplateName, RecipientsGiven, RecipientsOf};
pub use broadcast_stats::{BroadcastStats, BroadcastWithStats};
pub use broadcast_status::BroadcastStatus;
pub use create_broadcast::CreateBroadcast;
pub use delete_broadcast::DeleteBroadcast;
pub use get_broadcast::GetBroadcast;
pub use get_broadcast_stats::GetBroadcastStats;
pub use link_clicks::LinkClicks;
pub use list_broadcast_clicks::ListBroadcastClicks;
pub use list_broadcast_stats::ListBroadcastStats;
pub use list_broadcasts::ListBroadcasts;
pub use recipients::{RecipientGroup, Recipients};
pub use update_broadcast::UpdateBroadcast;
