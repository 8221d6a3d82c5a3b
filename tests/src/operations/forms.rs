use kit_core::Error;
use kit_core::forms::{
    AddSubscriberToForm, AddSubscriberToFormByEmail, ListFormSubscribers, ListForms,
};

use super::arguments::{Arguments, either, with};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/forms" => {
            let list = with(
                ListForms::new(),
                a.optional_text("status").map(Into::into),
                ListForms::with_status,
            );
            let list =
                with(list, a.optional_text("type").map(Into::into), ListForms::with_form_type);
            let count = a.get("include").map(|_| true);
            built(a.paged(either(list, count, (ListForms::with_subscriber_count, |list| list)))?)
        }
        "GET /v4/forms/{form_id}/subscribers" => {
            let list = ListFormSubscribers::new(a.id("form_id"))
                .with_added(a.range("added"))
                .with_created(a.range("created"));
            let status = a.optional_text("status").map(Into::into);
            let list = with(list, status, ListFormSubscribers::with_status);
            let list = either(list, a.flag("slim"), (ListFormSubscribers::slim, |list| list));
            built(a.paged(list)?)
        }
        "POST /v4/forms/{form_id}/subscribers/{id}" => {
            built(AddSubscriberToForm::new(a.id("form_id"), a.id("id"), a.text("referrer")))
        }
        "POST /v4/forms/{form_id}/subscribers" => {
            let add = AddSubscriberToFormByEmail::new(a.id("form_id"), a.text("email_address"))?;
            built(with(add, a.optional_text("referrer"), AddSubscriberToFormByEmail::with_referrer))
        }
        _ => None,
    })
}
