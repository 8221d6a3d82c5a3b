//! The replies of the resources' operations, with any status: never a panic, and what is read is written and read
//! again as it was. The first byte chooses the operation, the second the status.
#![no_main]

use kit_core::account::{GetAccount, GetCreatorProfile, GetEmailStats, GetGrowthStats, ListColors, UpdateColors};
use kit_core::broadcasts::{CreateBroadcast, DeleteBroadcast, GetBroadcast, GetBroadcastStats, ListBroadcastClicks, ListBroadcastStats, ListBroadcasts};
use kit_core::bulk::{BulkAddSubscribersToForms, BulkCreateCustomFields, BulkCreateSubscribers, BulkCreateTags, BulkDeleteTags, BulkTagSubscribers, BulkUpdateCustomFieldValues, CustomFieldValue, FormAddition, NewCustomField, NewSubscriber, NewTag, Tagging};
use kit_core::custom_fields::{CreateCustomField, ListCustomFields};
use kit_core::email_templates::ListEmailTemplates;
use kit_core::forms::{AddSubscriberToForm, ListFormSubscribers, ListForms};
use kit_core::posts::{GetPost, ListPosts};
use kit_core::purchases::{GetPurchase, ListPurchases};
use kit_core::segments::ListSegments;
use kit_core::sequences::{GetSequence, GetSequenceEmail, ListSequenceEmails, ListSequenceSubscribers, ListSequences};
use kit_core::snippets::{GetSnippet, ListSnippets};
use kit_core::subscribers::{CreateSubscriber, DeleteLocation, FilterSubscribers, GetSubscriber, GetSubscriberStats, ListSubscriberTags, ListSubscribers};
use kit_core::tags::{ListTagSubscribers, ListTags, UpdateTag};
use kit_core::{Credentials, Endpoint, Kit, Timestamp};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde_json::{Value, json};

fn read<E: Endpoint>(kit: &Kit, endpoint: &E, status: u16, body: &[u8]) -> Option<Value>
where
    E::Reply: Serialize,
{
    let response = http::Response::builder().status(status).body(body).unwrap();
    match kit.response(endpoint, response) {
        Ok(reply) => Some(serde_json::to_value(&reply).unwrap()),
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert!(!text.contains("token_0123456789"), "{text}");
            None
        }
    }
}

/// `envelope` is the field that the reply is in, if it is in one.
fn check<E: Endpoint>(kit: &Kit, endpoint: &E, envelope: &str, status: u16, body: &[u8])
where
    E::Reply: Serialize,
{
    let Some(written) = read(kit, endpoint, status, body) else { return };
    let body = match envelope {
        "" => written.clone(),
        "clicks of a broadcast" => json!({"broadcast": written, "pagination": written["pagination"]}),
        name => json!({name: written}),
    };
    let again = read(kit, endpoint, status, body.to_string().as_bytes());
    assert_eq!(again, Some(written));
}

fuzz_target!(|data: &[u8]| {
    let [which, status, body @ ..] = data else { return };
    let status = [200, 201, 202, 204, 299, 400, 404, 422, 429, 500][usize::from(*status) % 10];
    let kit = Kit::new(Credentials::access_token("token_0123456789"));
    match *which % 48 {
        0 => check(&kit, &GetAccount::new(), "", status, body),
        1 => check(&kit, &ListColors::new(), "colors", status, body),
        2 => check(&kit, &UpdateColors::new([]).unwrap(), "colors", status, body),
        3 => check(&kit, &GetCreatorProfile::new(), "profile", status, body),
        4 => check(&kit, &GetEmailStats::new(), "stats", status, body),
        5 => check(&kit, &GetGrowthStats::new(), "stats", status, body),
        6 => check(&kit, &ListBroadcasts::new(), "", status, body),
        7 => check(&kit, &CreateBroadcast::new("a", "b", Timestamp::UNIX_EPOCH), "broadcast", status, body),
        8 => check(&kit, &GetBroadcast::new(7.into()), "broadcast", status, body),
        9 => check(&kit, &ListBroadcastStats::new(), "", status, body),
        10 => check(&kit, &GetBroadcastStats::new(7.into()), "broadcast", status, body),
        11 => check(&kit, &DeleteBroadcast::new(7.into()), "", status, body),
        12 => check(&kit, &ListBroadcastClicks::new(7.into()), "clicks of a broadcast", status, body),
        13 => check(&kit, &BulkCreateSubscribers::new([NewSubscriber::new("a")]).unwrap(), "", status, body),
        14 => check(&kit, &BulkCreateTags::new([NewTag::new("a")]).unwrap(), "", status, body),
        15 => check(&kit, &BulkDeleteTags::new([7.into()]).unwrap(), "", status, body),
        16 => check(&kit, &BulkTagSubscribers::new([Tagging::new(7.into(), 8.into())]).unwrap(), "", status, body),
        17 => check(&kit, &BulkCreateCustomFields::new([NewCustomField::new("a")]).unwrap(), "", status, body),
        18 => check(&kit, &BulkUpdateCustomFieldValues::new([CustomFieldValue::new(7.into(), 8.into(), "a")]).unwrap(), "", status, body),
        19 => check(&kit, &BulkAddSubscribersToForms::new([FormAddition::new(7.into(), 8.into())]).unwrap(), "", status, body),
        20 => check(&kit, &ListCustomFields::new(), "", status, body),
        21 => check(&kit, &CreateCustomField::new("a").unwrap(), "custom_field", status, body),
        22 => check(&kit, &ListEmailTemplates::new(), "", status, body),
        23 => check(&kit, &ListForms::new(), "", status, body),
        24 => check(&kit, &ListFormSubscribers::new(7.into()), "", status, body),
        25 => check(&kit, &AddSubscriberToForm::new(7.into(), 8.into(), "a"), "subscriber", status, body),
        26 => check(&kit, &ListPosts::new(), "", status, body),
        27 => check(&kit, &GetPost::new(7.into()), "post", status, body),
        28 => check(&kit, &ListPurchases::new(), "", status, body),
        29 => check(&kit, &GetPurchase::new(7.into()), "purchase", status, body),
        30 => check(&kit, &ListSegments::new(), "", status, body),
        31 => check(&kit, &ListSequences::new(), "", status, body),
        32 => check(&kit, &GetSequence::new(7.into()), "sequence", status, body),
        33 => check(&kit, &ListSequenceSubscribers::new(7.into()), "", status, body),
        34 => check(&kit, &ListSequenceEmails::new(7.into()), "", status, body),
        35 => check(&kit, &GetSequenceEmail::new(7.into(), 8.into()), "email", status, body),
        36 => check(&kit, &ListSnippets::new(), "", status, body),
        37 => check(&kit, &GetSnippet::new(7.into()), "snippet", status, body),
        38 => check(&kit, &ListSubscribers::new(), "", status, body),
        39 => check(&kit, &CreateSubscriber::new("a").unwrap(), "", status, body),
        40 => check(&kit, &FilterSubscribers::new([]), "", status, body),
        41 => check(&kit, &GetSubscriber::new(7.into()), "subscriber", status, body),
        42 => check(&kit, &GetSubscriberStats::new(7.into()), "subscriber", status, body),
        43 => check(&kit, &ListSubscriberTags::new(7.into()), "", status, body),
        44 => check(&kit, &DeleteLocation::new(7.into()), "", status, body),
        45 => check(&kit, &ListTags::new(), "", status, body),
        46 => check(&kit, &UpdateTag::new(7.into(), "a").unwrap(), "tag", status, body),
        47 => check(&kit, &ListTagSubscribers::new(7.into()), "", status, body),
        _ => {}
    }
});
