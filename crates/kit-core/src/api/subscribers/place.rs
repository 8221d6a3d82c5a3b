use serde::Serialize;

use super::pinned_location::check_degrees;
use crate::error::Error;

/// A place, and how far around it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    latitude: f64,
    longitude: f64,
    /// In miles.
    radius: f64,
}

impl Place {
    /// The area within this many miles of a place.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `latitude`, `longitude` or `radius` where it is out of range.
    pub fn new(latitude: f64, longitude: f64, miles: f64) -> Result<Self, Error> {
        check_degrees("latitude", latitude, 90.0)?;
        check_degrees("longitude", longitude, 180.0)?;
        if !(miles.is_finite() && miles > 0.0) {
            return Err(Error::input("radius", "is not greater than 0"));
        }
        Ok(Self { latitude, longitude, radius: miles })
    }
}
