use serde::{Deserialize, Serialize};

/// What the creator profile shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatorProfile {
    /// The name.
    pub name: Option<String>,
    /// The line below the name.
    pub byline: Option<String>,
    /// Who the creator is.
    pub bio: Option<String>,
    /// The URL of the picture.
    pub image_url: Option<String>,
    /// The URL of the profile.
    pub profile_url: Option<String>,
}
