use serde::{Deserialize, Serialize};

use crate::SubscriberId;
use crate::error::Error;

/// A location that was chosen for a subscriber, and not inferred. Kit wants each field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PinnedLocation {
    /// The city, such as `Boise`.
    pub city: String,
    /// The full name of the state or province, such as `Idaho`.
    pub state_province: String,
    /// The country by its two letters (ISO 3166-1), such as `US`.
    pub country_code: String,
    /// The latitude, from -90 to 90 degrees.
    pub latitude: f64,
    /// The longitude, from -180 to 180 degrees.
    pub longitude: f64,
    /// The time zone, by its name in the database of IANA, such as `America/Boise`.
    pub timezone: String,
}

impl PinnedLocation {
    /// # Errors
    ///
    /// [`Error::Input`] for the field that is blank or out of range.
    pub(super) fn check(&self) -> Result<(), Error> {
        for (field, text) in [
            ("city", &self.city),
            ("state_province", &self.state_province),
            ("country_code", &self.country_code),
            ("timezone", &self.timezone),
        ] {
            if text.trim().is_empty() {
                return Err(Error::input(field, "is blank"));
            }
        }
        check_degrees("latitude", self.latitude, 90.0)?;
        check_degrees("longitude", self.longitude, 180.0)
    }
}

/// # Errors
///
/// [`Error::Input`] for the field where it is out of range, or no number.
pub(super) fn check_degrees(field: &'static str, degrees: f64, most: f64) -> Result<(), Error> {
    if degrees.abs() <= most {
        return Ok(());
    }
    Err(Error::input(field, format!("is not from -{most} to {most}")))
}

/// A subscriber with the location that was chosen for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriberWithLocation {
    /// The id of the subscriber.
    pub id: SubscriberId,
    /// The location.
    pub location: Option<SavedLocation>,
}

/// A pinned location as Kit saved it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedLocation {
    /// The city.
    #[serde(default)]
    pub city: String,
    /// The full name of the state or province.
    #[serde(default)]
    pub state_province: String,
    /// The country by its two letters (ISO 3166-1).
    #[serde(default)]
    pub country_code: String,
    /// The latitude, from -90 to 90 degrees.
    pub latitude: Option<f64>,
    /// The longitude, from -180 to 180 degrees.
    pub longitude: Option<f64>,
    /// The time zone, by its name in the database of IANA.
    #[serde(default)]
    pub timezone: String,
}
