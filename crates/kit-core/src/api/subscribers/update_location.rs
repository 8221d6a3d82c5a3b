use http::Method;
use serde::Serialize;

use super::{PinnedLocation, SubscriberWithLocation};
use crate::SubscriberId;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};

/// `PATCH /v4/subscribers/{subscriber_id}/location`: replaces the whole pinned location of a subscriber, although
/// the method is PATCH.
///
/// Kit answers 200 with the location, 404 where there is no such subscriber, or 422 where a field is missing.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::{UpdateLocation, PinnedLocation};
///
/// let boise = PinnedLocation {
///     city: "Boise".into(),
///     state_province: "Idaho".into(),
///     country_code: "US".into(),
///     latitude: 43.6,
///     longitude: -116.2,
///     timezone: "America/Boise".into(),
/// };
/// let pin = UpdateLocation::new(9.into(), boise)?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UpdateLocation {
    #[serde(skip)]
    subscriber_id: SubscriberId,
    location: PinnedLocation,
}

impl UpdateLocation {
    /// Pins the location of this subscriber.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for the field of the location that is blank or out of range.
    pub fn new(subscriber_id: SubscriberId, location: PinnedLocation) -> Result<Self, Error> {
        location.check()?;
        Ok(Self { subscriber_id, location })
    }
}

impl Endpoint for UpdateLocation {
    const METHOD: Method = Method::PATCH;
    const PATH: &'static str = "/v4/subscribers/{subscriber_id}/location";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = SubscriberWithLocation;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.subscriber_id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<SubscriberWithLocation, ReadError> {
        reply.field("subscriber")
    }
}
