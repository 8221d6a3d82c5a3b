use serde::{Deserialize, Serialize};

/// The id of the account: that of the documented example.
pub(in crate::api) const ACCOUNT_ID: u64 = 1539;

/// The account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Account {
    pub(super) name: String,
    pub(super) plan_type: String,
    pub(in crate::api) primary_email_address: String,
    pub(super) created_at: String,
    /// By its name in the database of IANA.
    pub(in crate::api) time_zone: String,
    /// Its offset from UTC, such as `-05:00`: the emulator has no database of time zones.
    pub(super) utc_offset: String,
    pub(super) colors: Vec<String>,
    /// `None`: the account has none.
    pub(super) creator_profile: Option<CreatorProfile>,
}

/// What the creator profile shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CreatorProfile {
    pub(super) name: String,
    pub(super) byline: String,
    pub(super) bio: String,
    pub(super) image_url: String,
    pub(super) profile_url: String,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            name: "A local Kit".into(),
            plan_type: "creator".into(),
            primary_email_address: "creator@example.com".into(),
            created_at: "2023-01-27T11:43:55Z".into(),
            time_zone: "America/New_York".into(),
            utc_offset: "-05:00".into(),
            colors: ["#000000", "#ffffff", "#1e7ba5"].map(str::to_owned).to_vec(),
            creator_profile: Some(CreatorProfile {
                name: "A creator".into(),
                byline: "Writes".into(),
                bio: "Writes letters.".into(),
                image_url: "https://example.com/creator.png".into(),
                profile_url: "https://example.ck.page/profile".into(),
            }),
        }
    }
}
