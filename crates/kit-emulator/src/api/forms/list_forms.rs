//! `GET /v4/forms`.

use crate::api::call::Call;
use crate::api::replies::page;
use crate::rows::{Form, Subscriber, World};
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let status =
        call.choice("status", &["active", "archived", "trashed", "all"])?.unwrap_or("active");
    let of_type = call.choice("type", &["embed", "hosted"])?;
    let tables = &world.tables;
    let counts = call.includes("subscriber_count", &["subscriber_count"])?.then(|| {
        let active = |s: &&Subscriber| s.state == "active";
        tables.subscribers.counts_of(active, |subscriber| subscriber.forms.keys())
    });
    let is_asked_for = |form: &Form| {
        (status == "all" || form.status == status)
            && of_type.is_none_or(|of_type| form.form_type == of_type)
    };
    page(call, "forms", &tables.forms, is_asked_for, |form| {
        let mut json = form.to_json();
        if let Some(counts) = &counts {
            json["subscriber_count"] = counts.get(&form.id).copied().unwrap_or_default().into();
        }
        json
    })
}
