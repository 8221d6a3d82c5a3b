use crate::rows::Subscriber;

/// A place, and how many miles around it count.
pub(super) struct Place {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) radius: f64,
}

impl Place {
    /// How many miles a subscriber is away, by the formula of haversines.
    pub(super) fn distance(&self, subscriber: &Subscriber) -> Option<f64> {
        const RADIUS: f64 = 3958.8;
        let location = subscriber.location.as_ref()?;
        let (latitude, longitude) =
            (location["latitude"].as_f64()?, location["longitude"].as_f64()?);
        let half = |a: f64, b: f64| ((a - b).to_radians() / 2.0).sin().powi(2);
        let h = half(self.latitude, latitude)
            + self.latitude.to_radians().cos()
                * latitude.to_radians().cos()
                * half(self.longitude, longitude);
        Some(2.0 * RADIUS * h.sqrt().min(1.0).asin())
    }
}
