use serde::{Deserialize, Serialize};

use crate::wire::Presence;

/// The location of a subscriber.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Location {
    /// The city.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub city: Presence<String>,
    /// The state or province.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub state: Presence<String>,
    /// The country.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub country: Presence<String>,
    /// The latitude, in degrees.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub latitude: Presence<f64>,
    /// The longitude, in degrees.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub longitude: Presence<f64>,
    /// The time zone, by its name in the database of IANA.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub timezone: Presence<String>,
}
