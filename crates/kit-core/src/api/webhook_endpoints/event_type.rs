use crate::text_enum::text_enum;

text_enum! {
    /// The type of an event that a webhook endpoint is told of, in
    /// [`CreateWebhookEndpoint`](super::CreateWebhookEndpoint) and in deliveries.
    ///
    /// Kit adds types without notice: a type that this version does not know is [`Other`](Self::Other), which keeps
    /// its name. Make a type from text by [`From`], which finds the variant.
    ///
    /// Source: Kit's guide "Event types", and two clients of third parties for those from
    /// `SubscriberComplained` on.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::webhook_endpoints::EventType;
    ///
    /// assert_eq!(EventType::from("subscriber.tag_added"), EventType::SubscriberTagAdded);
    /// assert_eq!(EventType::from("subscriber.moved").as_str(), "subscriber.moved");
    /// ```
    pub enum EventType {
        /// Somebody became a subscriber:
        SubscriberCreated = "subscriber.created",
        /// A subscriber became active:
        SubscriberActivated = "subscriber.activated",
        /// A subscriber unsubscribed:
        SubscriberUnsubscribed = "subscriber.unsubscribed",
        /// An email to a subscriber bounced:
        SubscriberBounced = "subscriber.bounced",
        /// A subscriber marked an email as spam:
        SubscriberComplained = "subscriber.complained",
        /// A subscriber subscribed to a form:
        SubscriberSubscribedToForm = "subscriber.subscribed_to_form",
        /// A subscriber entered a sequence:
        SubscriberAddedToSequence = "subscriber.added_to_sequence",
        /// A subscriber reached the end of a sequence:
        SubscriberSequenceCompleted = "subscriber.sequence_completed",
        /// A subscriber got a tag:
        SubscriberTagAdded = "subscriber.tag_added",
        /// A subscriber lost a tag:
        SubscriberTagRemoved = "subscriber.tag_removed",
        /// A custom field of a subscriber got another value:
        SubscriberCustomFieldValueUpdated = "subscriber.custom_field_value_updated",
        /// A subscriber bought a product. Kit plans this type, and refuses (422) to subscribe to it:
        SubscriberProductPurchased = "subscriber.product_purchased",
        /// A subscriber clicked a link. Kit plans this type, and refuses (422) to subscribe to it:
        SubscriberLinkClicked = "subscriber.link_clicked",
        /// A subscriber opened an email. Kit plans this type, and refuses (422) to subscribe to it:
        SubscriberEmailOpened = "subscriber.email_opened",
        /// A tag was created:
        TagCreated = "tag.created",
        /// A tag was deleted:
        TagDeleted = "tag.deleted",
        /// A custom field was created:
        CustomFieldCreated = "custom_field.created",
        /// A custom field was deleted:
        CustomFieldDeleted = "custom_field.deleted",
        /// A sequence was created:
        SequenceCreated = "sequence.created",
        /// A sequence was deleted:
        SequenceDeleted = "sequence.deleted",
        /// A sequence was published:
        SequencePublished = "sequence.published",
        /// A sequence was disabled:
        SequenceDisabled = "sequence.disabled",
        /// A broadcast was created:
        BroadcastCreated = "broadcast.created",
        /// A broadcast was sent:
        BroadcastSent = "broadcast.sent",
        /// A broadcast was deleted:
        BroadcastDeleted = "broadcast.deleted",
        /// A post was published:
        PostPublished = "post.published",
        /// A landing page was created. Kit plans this type, and refuses (422) to subscribe to it:
        LandingPageCreated = "landing_page.created",
        /// A landing page was deleted. Kit plans this type, and refuses (422) to subscribe to it:
        LandingPageDeleted = "landing_page.deleted",
    } else Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_its_text_in_json_and_unknown_types_are_kept() {
        for text in ["subscriber.tag_added", "post.published", "subscriber.moved", ""] {
            let json = serde_json::to_string(text).unwrap();
            let read: EventType = serde_json::from_str(&json).unwrap();
            assert_eq!((read.as_str(), &read), (text, &EventType::from(text)));
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
        assert_eq!(EventType::from("tag.created"), EventType::TagCreated);
        assert_eq!(EventType::from("tag.moved".to_owned()), EventType::Other("tag.moved".into()));
    }

    #[test]
    fn escaped_text_is_read_too() {
        let read: EventType = serde_json::from_str(r#""tag\u002ecreated""#).unwrap();
        assert_eq!(read, EventType::TagCreated);
    }
}
