//! Custom fields: what an account knows of its subscribers beside their names.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the fields | [`ListCustomFields`] | `GET /v4/custom_fields` |
//! | create a field | [`CreateCustomField`] | `POST /v4/custom_fields` |
//! | change a label | [`UpdateCustomField`] | `PUT /v4/custom_fields/{id}` |
//! | delete a field | [`DeleteCustomField`] | `DELETE /v4/custom_fields/{id}` |
//!
//! Source: Kit's API v4, "Custom fields".

mod create_custom_field;
mod custom_field;
mod delete_custom_field;
mod list_custom_fields;
mod update_custom_field;

pub use create_custom_field::CreateCustomField;
pub use custom_field::CustomField;
pub use delete_custom_field::DeleteCustomField;
pub use list_custom_fields::ListCustomFields;
pub use update_custom_field::UpdateCustomField;
