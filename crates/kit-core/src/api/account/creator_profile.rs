use serde::{Deserialize, Serialize};

/// The profile of a creator, as readers see it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatorProfile {
    /// The name.
    pub name: Option<String>,
    /// The line below the name.
    pub byline: Option<String>,
    /// A few sentences about the creator.
    pub bio: Option<String>,
    /// The URL of the picture.
    pub image_url: Option<String>,
    /// The URL of the profile.
    pub profile_url: Option<String>,
}
