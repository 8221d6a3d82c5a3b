//! Forms and landing pages: where people subscribe.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the forms | [`ListForms`] | `GET /v4/forms` |
//! | list who came by a form | [`ListFormSubscribers`] | `GET /v4/forms/{form_id}/subscribers` |
//! | add a subscriber | [`AddSubscriberToForm`] | `POST /v4/forms/{form_id}/subscribers/{id}` |
//! | add the subscriber of an address | [`AddSubscriberToFormByEmail`] | `POST /v4/forms/{form_id}/subscribers` |
//!
//! Source: Kit's API v4, "Forms".

mod add_subscriber_to_form;
mod add_subscriber_to_form_by_email;
mod form;
mod form_status;
mod form_subscriber;
mod form_type;
mod list_form_subscribers;
mod list_forms;

pub use add_subscriber_to_form::AddSubscriberToForm;
pub use add_subscriber_to_form_by_email::AddSubscriberToFormByEmail;
pub use form::Form;
pub use form_status::FormStatus;
pub use form_subscriber::{FormSubscriber, UtmParameters};
pub use form_type::FormType;
pub use list_form_subscribers::ListFormSubscribers;
pub use list_forms::ListForms;
