use http::Method;
use serde_json::{Map, Value};

use super::DeliveryRecord;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, Query, ReadError, Reply, liberal};
use crate::{DeliveryId, WebhookEndpointId};

/// `GET /v4/webhook_endpoints/{id}/deliveries/{delivery_id}`: what Kit remembers of one delivery, with all its
/// attempts.
///
/// The shape of the reply is not documented: this operation reads an object with an `id`, or such an object in a field
/// of another, with what stands beside it.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::GetWebhookDelivery;
///
/// let get = GetWebhookDelivery::new(7.into(), 9.into()).with_payload();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetWebhookDelivery {
    id: WebhookEndpointId,
    delivery_id: DeliveryId,
    with_payload: bool,
}

impl GetWebhookDelivery {
    /// Reads a delivery to the endpoint with this id.
    pub fn new(id: WebhookEndpointId, delivery_id: DeliveryId) -> Self {
        Self { id, delivery_id, with_payload: false }
    }

    /// Asks for the events, too: they come in the field `payload`.
    #[must_use]
    pub fn with_payload(self) -> Self {
        Self { with_payload: true, ..self }
    }
}

impl Endpoint for GetWebhookDelivery {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/webhook_endpoints/{id}/deliveries/{delivery_id}";
    const EFFECT: Effect = Effect::Reads;
    /// The events are about people.
    const HAS_SECRET_REPLY: bool = true;
    type Reply = DeliveryRecord;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id.get(), self.delivery_id.get()])
    }

    fn query(&self, query: &mut Query) {
        query.optional("include_payload", self.with_payload.then_some(true));
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<DeliveryRecord, ReadError> {
        let mut fields: Map<String, Value> = reply.json()?;
        if fields.contains_key("id") {
            return Ok(liberal::from_value(&Value::Object(fields))?);
        }
        let name = fields.iter().find(|(_, value)| value.get("id").is_some());
        let name = name.map(|(name, _)| name.clone());
        let record = name.and_then(|name| fields.remove(&name));
        let record = record.ok_or(ReadError::wrong_shape("has no delivery in it"))?;
        let mut record: DeliveryRecord = liberal::from_value(&record)?;
        // Fields beside the delivery belong to it, the payload above all.
        for (name, value) in fields {
            record.other.entry(name).or_insert(value);
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;

    #[test]
    fn a_record_is_read_bare_and_in_an_envelope_and_all_is_kept() {
        let record = r#"{"id":9,"status":"retrying","attempt_count":2,"completed_at":null,"attempts":[{"status":500}],"payload":{"events":[]}}"#;
        let get = GetWebhookDelivery::new(7.into(), 9.into()).with_payload();
        let request = kit().request(&get).unwrap();
        assert_eq!(request.uri().path(), "/v4/webhook_endpoints/7/deliveries/9");
        assert_eq!(request.uri().query(), Some("include_payload=true"));
        let without_payload = record.replace(r#","payload":{"events":[]}"#, "");
        for body in [
            record.to_owned(),
            format!(r#"{{"webhook_delivery": {record}}}"#),
            format!(r#"{{"payload": {{"events": []}}, "webhook_delivery": {without_payload}}}"#),
        ] {
            let response = http::Response::builder().status(200).body(body).unwrap();
            let read = kit().response(&get, response).unwrap();
            assert_eq!((read.id, read.attempt_count), (9.into(), Some(2)));
            assert_eq!(serde_json::to_string(&read).unwrap(), record);
        }
        let response = http::Response::builder().status(200).body("{}").unwrap();
        assert!(kit().response(&get, response).is_err());
    }
}
