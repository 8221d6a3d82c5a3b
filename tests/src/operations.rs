//! The operations of Kit's API, as its documents have them.

/// Method and path of an operation, and whether it takes access tokens alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Whether an API key is refused.
    pub is_oauth_only: bool,
}

const fn any(method: &'static str, path: &'static str) -> Operation {
    Operation { method, path, is_oauth_only: false }
}

const fn oauth(method: &'static str, path: &'static str) -> Operation {
    Operation { method, path, is_oauth_only: true }
}

/// All 85 of them.
pub const OPERATIONS: [Operation; 85] = [
    any("GET", "/v4/account"),
    any("GET", "/v4/account/colors"),
    any("PUT", "/v4/account/colors"),
    any("GET", "/v4/account/creator_profile"),
    any("GET", "/v4/account/email_stats"),
    any("GET", "/v4/account/growth_stats"),
    any("GET", "/v4/broadcasts"),
    any("POST", "/v4/broadcasts"),
    any("GET", "/v4/broadcasts/stats"),
    any("GET", "/v4/broadcasts/{broadcast_id}/clicks"),
    any("GET", "/v4/broadcasts/{broadcast_id}/stats"),
    any("DELETE", "/v4/broadcasts/{id}"),
    any("GET", "/v4/broadcasts/{id}"),
    any("PUT", "/v4/broadcasts/{id}"),
    oauth("POST", "/v4/bulk/custom_fields"),
    oauth("POST", "/v4/bulk/custom_fields/subscribers"),
    oauth("POST", "/v4/bulk/forms/subscribers"),
    oauth("POST", "/v4/bulk/subscribers"),
    oauth("DELETE", "/v4/bulk/tags"),
    oauth("POST", "/v4/bulk/tags"),
    oauth("DELETE", "/v4/bulk/tags/subscribers"),
    oauth("POST", "/v4/bulk/tags/subscribers"),
    any("GET", "/v4/custom_fields"),
    any("POST", "/v4/custom_fields"),
    any("DELETE", "/v4/custom_fields/{id}"),
    any("PUT", "/v4/custom_fields/{id}"),
    any("GET", "/v4/email_templates"),
    any("GET", "/v4/forms"),
    any("GET", "/v4/forms/{form_id}/subscribers"),
    any("POST", "/v4/forms/{form_id}/subscribers"),
    any("POST", "/v4/forms/{form_id}/subscribers/{id}"),
    any("GET", "/v4/posts"),
    any("GET", "/v4/posts/{id}"),
    oauth("GET", "/v4/purchases"),
    oauth("POST", "/v4/purchases"),
    oauth("GET", "/v4/purchases/{id}"),
    any("GET", "/v4/segments"),
    any("GET", "/v4/sequences"),
    any("POST", "/v4/sequences"),
    any("DELETE", "/v4/sequences/{id}"),
    any("GET", "/v4/sequences/{id}"),
    any("PUT", "/v4/sequences/{id}"),
    any("GET", "/v4/sequences/{sequence_id}/emails"),
    any("POST", "/v4/sequences/{sequence_id}/emails"),
    any("DELETE", "/v4/sequences/{sequence_id}/emails/{id}"),
    any("GET", "/v4/sequences/{sequence_id}/emails/{id}"),
    any("PUT", "/v4/sequences/{sequence_id}/emails/{id}"),
    any("GET", "/v4/sequences/{sequence_id}/subscribers"),
    any("POST", "/v4/sequences/{sequence_id}/subscribers"),
    any("POST", "/v4/sequences/{sequence_id}/subscribers/{id}"),
    any("GET", "/v4/snippets"),
    any("POST", "/v4/snippets"),
    any("GET", "/v4/snippets/{id}"),
    any("PUT", "/v4/snippets/{id}"),
    any("GET", "/v4/subscribers"),
    any("POST", "/v4/subscribers"),
    any("POST", "/v4/subscribers/filter"),
    any("GET", "/v4/subscribers/{id}"),
    any("PUT", "/v4/subscribers/{id}"),
    any("POST", "/v4/subscribers/{id}/unsubscribe"),
    any("DELETE", "/v4/subscribers/{subscriber_id}/location"),
    any("PATCH", "/v4/subscribers/{subscriber_id}/location"),
    any("POST", "/v4/subscribers/{subscriber_id}/location"),
    any("GET", "/v4/subscribers/{subscriber_id}/stats"),
    any("GET", "/v4/subscribers/{subscriber_id}/tags"),
    any("GET", "/v4/tags"),
    any("POST", "/v4/tags"),
    any("PUT", "/v4/tags/{id}"),
    any("DELETE", "/v4/tags/{tag_id}/subscribers"),
    any("GET", "/v4/tags/{tag_id}/subscribers"),
    any("POST", "/v4/tags/{tag_id}/subscribers"),
    any("DELETE", "/v4/tags/{tag_id}/subscribers/{id}"),
    any("POST", "/v4/tags/{tag_id}/subscribers/{id}"),
    any("GET", "/v4/webhook_endpoints"),
    any("POST", "/v4/webhook_endpoints"),
    any("DELETE", "/v4/webhook_endpoints/{id}"),
    any("GET", "/v4/webhook_endpoints/{id}"),
    any("PATCH", "/v4/webhook_endpoints/{id}"),
    any("GET", "/v4/webhook_endpoints/{id}/deliveries"),
    any("GET", "/v4/webhook_endpoints/{id}/deliveries/{delivery_id}"),
    any("POST", "/v4/webhook_endpoints/{id}/revoke_previous_secret"),
    any("POST", "/v4/webhook_endpoints/{id}/rotate_secret"),
    any("GET", "/v4/webhooks"),
    any("POST", "/v4/webhooks"),
    any("DELETE", "/v4/webhooks/{id}"),
];
