use serde::{Deserialize, Serialize};

use crate::wire::{DateBound, Timestamp};
use crate::{AccountId, UserId};

/// The account that the credentials belong to, and its user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurrentAccount {
    /// The user whom the credentials belong to.
    pub user: Option<User>,
    /// The account.
    pub account: Account,
}

/// A user of an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The email address.
    #[serde(default)]
    pub email: String,
    /// The id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
}

/// An account at Kit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The plan, such as `creator`.
    #[serde(default)]
    pub plan_type: String,
    /// The email address of the account.
    pub primary_email_address: Option<String>,
    /// When the account was created.
    pub created_at: Option<Timestamp>,
    /// The time zone in which the account sends.
    pub timezone: Option<TimeZone>,
    /// The addresses that the account may send from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sending_addresses: Option<Vec<SendingAddress>>,
    /// The plan in full. (A newer version of Kit's API.)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
}

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimeZone {
    /// The name in the database of IANA, such as `America/New_York`.
    #[serde(default)]
    pub name: String,
    /// The name that people see.
    pub friendly_name: Option<String>,
    /// The offset of the time zone from UTC, such as `-05:00`.
    pub utc_offset: Option<String>,
}

/// An address that an account may send from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SendingAddress {
    /// The email address.
    #[serde(default)]
    pub email_address: String,
    /// The name of the sender, which recipients see beside the address.
    pub from_name: Option<String>,
    /// How far its confirmation has come, such as `pending`.
    pub status: Option<String>,
    /// Whether this address is the account's default: emails that name no address come from it.
    pub is_default: Option<bool>,
    /// Whether the owner of the address has confirmed it.
    pub is_verified: Option<bool>,
    /// Whether the domain of the address has a DMARC record.
    pub is_dmarc_configured: Option<bool>,
}

/// The plan of an account: its limit, its trial and its dates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// The plan, such as `creator`.
    #[serde(default)]
    pub plan_type: String,
    /// For how long is paid at once, such as `month`.
    pub interval: Option<String>,
    /// How many subscribers the account may have.
    pub subscriber_limit: Option<u64>,
    /// Whether the account is on a trial of the plan.
    pub on_trial: Option<bool>,
    /// When the trial ends.
    pub trial_lapse_date: Option<DateBound>,
    /// When the next period begins.
    pub renews_at: Option<DateBound>,
    /// When the plan ends.
    pub cancels_at: Option<DateBound>,
}
