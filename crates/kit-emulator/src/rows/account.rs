use serde::{Deserialize, Serialize};

/// The id of the first account: that of the documented example.
pub(crate) const ACCOUNT_ID: u64 = 1539;

/// The account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Account {
    #[serde(skip)]
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) plan_type: String,
    pub(crate) primary_email_address: String,
    pub(crate) created_at: String,
    /// By its name in the database of IANA.
    pub(crate) time_zone: String,
    /// Its offset from UTC, such as `-05:00`: the emulator has no database of time zones.
    pub(crate) utc_offset: String,
    pub(crate) colors: Vec<String>,
    /// `None`: the account has none.
    pub(crate) creator_profile: Option<CreatorProfile>,
}

/// The profile of the creator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CreatorProfile {
    pub(crate) name: String,
    pub(crate) byline: String,
    pub(crate) bio: String,
    pub(crate) image_url: String,
    pub(crate) profile_url: String,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            id: ACCOUNT_ID,
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
