//! The resources of the emulator: what changes them, what they emit, what the clock does, what is refused.

use std::time::Duration;

use kit_core::broadcasts::{
    BroadcastStatus, CreateBroadcast, GetBroadcast, GetBroadcastStats, ListBroadcastClicks,
    RecipientGroup, Recipients, UpdateBroadcast,
};
use kit_core::bulk::{
    Bulk, BulkCreateSubscribers, BulkDeleteTags, BulkTagSubscribers, NewSubscriber, Tagging,
};
use kit_core::custom_fields::{CreateCustomField, DeleteCustomField, UpdateCustomField};
use kit_core::forms::{AddSubscriberToForm, ListFormSubscribers};
use kit_core::posts::ListPosts;
use kit_core::purchases::{Amounts, CreatePurchase, NewProduct};
use kit_core::sequences::{
    AddSubscriberToSequence, CreateSequence, DeleteSequence, UpdateSequence,
};
use kit_core::subscribers::{
    Clicks, Condition, CreateSubscriber, Engagement, FieldTest, FilterSortField, FilterSubscribers,
    GetSubscriber, GetSubscriberStats, ListSubscribers, PinLocation, PinnedLocation, SortOrder,
    Subscribed, SubscriberExtra, SubscriberState, SubscriberStatus, Unsubscribe, UpdateSubscriber,
};
use kit_core::tags::{CreateTag, TagSubscriber, UntagSubscriber};
use kit_core::webhook_endpoints::{CreateWebhookEndpoint, DeleteWebhookEndpoint, EventType};
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::wire::{Presence, UpsertOutcome};
use kit_core::{Credentials, DateRange, List as _, SubscriberId, TagId, Timestamp};
use kit_emulator::{DeliveryState, Emulator, Target};
use kit_tests::foreign::Client as Foreign;
use kit_tests::transport::{Setup, Transport};
use kit_ureq::Client;
use serde_json::{Value, json};

fn client(emulator: &Emulator) -> Client {
    let credentials = Credentials::access_token(emulator.access_token());
    Transport::new(Setup::of(emulator).as_whom(credentials))
}

fn subscriber(client: &Client, name: &str) -> SubscriberId {
    let create = CreateSubscriber::new(format!("{name}@example.com")).unwrap();
    client.send(&create.with_first_name(name)).unwrap().subscriber.id
}

fn tag(client: &Client, name: &str) -> TagId {
    client.send(&CreateTag::new(name).unwrap()).unwrap().value.id
}

fn names(
    client: &Client,
    list: impl kit_core::List<Item = kit_core::subscribers::Subscriber>,
) -> Vec<String> {
    client.items(list).map(|subscriber| subscriber.unwrap().first_name.unwrap()).collect()
}

fn found(client: &Client, conditions: impl IntoIterator<Item = Condition>) -> Vec<String> {
    let filter = FilterSubscribers::new(conditions).with_sort_field(FilterSortField::FirstName);
    let filter = filter.with_sort_order(SortOrder::Ascending).per_page(2).unwrap();
    client.items(filter).map(|subscriber| subscriber.unwrap().first_name.unwrap()).collect()
}

/// The events that were told, oldest first: of endpoints by their types, of webhooks by their full names.
fn told(emulator: &Emulator) -> Vec<String> {
    emulator.deliveries().into_iter().map(|delivery| delivery.event_type).collect()
}

/// All that an endpoint can be told of.
pub(crate) const TYPES: [&str; 23] = [
    "subscriber.created",
    "subscriber.activated",
    "subscriber.unsubscribed",
    "subscriber.bounced",
    "subscriber.complained",
    "subscriber.subscribed_to_form",
    "subscriber.added_to_sequence",
    "subscriber.sequence_completed",
    "subscriber.tag_added",
    "subscriber.tag_removed",
    "subscriber.custom_field_value_updated",
    "tag.created",
    "tag.deleted",
    "custom_field.created",
    "custom_field.deleted",
    "sequence.created",
    "sequence.deleted",
    "sequence.published",
    "sequence.disabled",
    "broadcast.created",
    "broadcast.sent",
    "broadcast.deleted",
    "post.published",
];

/// An endpoint that is told of everything, and a webhook of each of these.
fn listen(client: &Client, webhooks: impl IntoIterator<Item = Event>) {
    // Nobody is there: what is told is seen in the deliveries.
    let url = "http://127.0.0.1:9/hook";
    let types = TYPES.map(EventType::from);
    client.send(&CreateWebhookEndpoint::new(url, types).unwrap()).unwrap();
    for event in webhooks {
        client.send(&CreateWebhook::new(url, event).unwrap()).unwrap();
    }
}

#[test]
fn each_change_emits_its_events() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    // 1 is the first id of everything.
    listen(
        &client,
        [
            Event::SubscriberActivate,
            Event::SubscriberUnsubscribe,
            Event::FormSubscribe { form_id: 1.into() },
            Event::FormSubscribe { form_id: 2.into() },
            Event::CourseSubscribe { sequence_id: 1.into() },
            Event::TagAdd { tag_id: 1.into() },
            Event::TagAdd { tag_id: 2.into() },
            Event::TagRemove { tag_id: 1.into() },
            Event::PurchaseCreate,
            Event::FieldCreated,
            Event::FieldDeleted,
            Event::FieldValueUpdated { custom_field_id: 1.into() },
        ],
    );
    let mut before = 0;
    let mut new = |what: &str| {
        let all = told(&emulator);
        let new = all[before..].join(" ");
        before = all.len();
        assert!(!what.is_empty());
        new
    };
    let ann = subscriber(&client, "ann");
    assert_eq!(
        new("a subscriber"),
        "subscriber.created subscriber.subscriber_activate subscriber.activated"
    );
    let vip = tag(&client, "VIP");
    assert_eq!(new("a tag"), "tag.created");
    tag(&client, "VIP");
    assert_eq!(new("the same tag"), "");
    for _ in 0..2 {
        client.send(&TagSubscriber::new(vip, ann)).unwrap();
    }
    assert_eq!(new("tagged twice"), "subscriber.tag_add subscriber.tag_added");
    client.send(&UntagSubscriber::new(vip, ann)).unwrap();
    assert_eq!(new("untagged"), "subscriber.tag_remove subscriber.tag_removed");
    for _ in 0..2 {
        client.send(&AddSubscriberToForm::new(1.into(), ann, "https://example.com/")).unwrap();
    }
    assert_eq!(new("on a form"), "subscriber.form_subscribe subscriber.subscribed_to_form");
    let field = client.send(&CreateCustomField::new("Last name").unwrap()).unwrap().value;
    assert_eq!(new("a field"), "custom_field.field_created custom_field.created");
    let update = UpdateSubscriber::new(ann).with_field("last_name", "Lee");
    client.send(&update).unwrap();
    assert_eq!(
        new("a value"),
        "custom_field.field_value_updated subscriber.custom_field_value_updated"
    );
    client.send(&update).unwrap();
    assert_eq!(new("the same value"), "");
    client.send(&DeleteCustomField::new(field.id)).unwrap();
    assert_eq!(new("no field"), "custom_field.field_deleted custom_field.deleted");
    let sequence = client.send(&CreateSequence::new("Welcome").unwrap()).unwrap().id;
    client.send(&AddSubscriberToSequence::new(sequence, ann)).unwrap();
    assert_eq!(
        new("a sequence"),
        "sequence.created subscriber.course_subscribe subscriber.added_to_sequence"
    );
    client.send(&UpdateSequence::new(sequence).paused()).unwrap();
    client.send(&UpdateSequence::new(sequence).active()).unwrap();
    client.send(&DeleteSequence::new(sequence)).unwrap();
    assert_eq!(new("paused and so on"), "sequence.disabled sequence.published sequence.deleted");
    let product = NewProduct::new("Book", "b", "1", "23.25".parse().unwrap());
    let amounts = Amounts { total: "23.25".parse().unwrap(), ..Amounts::default() };
    let buy = CreatePurchase::new(
        "ann@example.com",
        "t-1",
        "USD",
        Timestamp::UNIX_EPOCH,
        amounts,
        [product],
    );
    let purchase = client.send(&buy.unwrap()).unwrap();
    assert_eq!((purchase.subscriber_id, purchase.total.unwrap().as_str()), (Some(ann), "23.25"));
    assert_eq!(new("a purchase"), "purchase.purchase_create");
    client.send(&BulkDeleteTags::new([vip]).unwrap()).unwrap();
    assert_eq!(new("no tag"), "tag.deleted");
    for _ in 0..2 {
        client.send(&Unsubscribe::new(ann)).unwrap();
    }
    assert_eq!(new("unsubscribed"), "subscriber.subscriber_unsubscribe subscriber.unsubscribed");

    // The events are what the client reads.
    let deliveries = emulator.deliveries();
    let tagged = deliveries.iter().find(|d| d.event_type == "subscriber.tag_added").unwrap();
    let body: Value = serde_json::from_slice(&tagged.body()).unwrap();
    let data = &body["events"][0]["data"];
    assert_eq!((&data["subscriber"]["id"], &data["tag"]["name"]), (&json!(1), &json!("VIP")));
    let legacy = deliveries.iter().find(|d| d.event_type == "subscriber.tag_add").unwrap();
    assert!(matches!(legacy.target, Target::Webhook(_)));
    let body: Value = serde_json::from_slice(&legacy.body()).unwrap();
    assert_eq!(body["subscriber"]["email_address"], "ann@example.com");
}

#[test]
fn a_subscriber_is_created_once_and_updated_afterwards() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    client.send(&CreateCustomField::new("Company").unwrap()).unwrap();
    let create = CreateSubscriber::new("Ann@example.com").unwrap();
    let create = create
        .with_state(SubscriberState::Inactive)
        .with_field("company", "X")
        .with_field("nobody", "Y");
    let saved = client.send(&create).unwrap();
    assert_eq!(saved.outcome, UpsertOutcome::Created);
    assert_eq!(saved.subscriber.fields["company"].as_deref(), Some("X"));
    assert_eq!(saved.warnings.unwrap().len(), 1);
    // By the same address, in another case: the state stays.
    let again = CreateSubscriber::new("ann@example.com").unwrap().with_first_name("Ann");
    let again = client.send(&again.with_state(SubscriberState::Active)).unwrap();
    assert_eq!(
        (again.outcome, again.subscriber.id),
        (UpsertOutcome::Existing, saved.subscriber.id)
    );
    assert_eq!(again.subscriber.first_name.as_deref(), Some("Ann"));
    assert_eq!((again.subscriber.state, again.warnings), (SubscriberState::Inactive, None));

    // More than ten custom fields follow by the clock.
    let mut many = CreateSubscriber::new("bob@example.com").unwrap();
    for number in 0..11 {
        client.send(&CreateCustomField::new(format!("Field {number}")).unwrap()).unwrap();
        many = many.with_field(format!("field_{number}"), "x");
    }
    let accepted = client.send(&many).unwrap();
    assert_eq!(accepted.outcome, UpsertOutcome::Accepted);
    assert_eq!(accepted.subscriber.fields["field_3"], None);
    emulator.advance(Duration::from_secs(5));
    let bob = client.send(&GetSubscriber::new(accepted.subscriber.id)).unwrap();
    assert_eq!(bob.fields["field_3"].as_deref(), Some("x"));
    assert_eq!((bob.canceled_at, bob.fields.len()), (Presence::Null, 12));

    // Another key, and no value of the old one.
    client.send(&UpdateCustomField::new(1.into(), "Firm").unwrap()).unwrap();
    let ann = client.send(&GetSubscriber::new(saved.subscriber.id)).unwrap();
    assert_eq!((ann.fields.get("company"), ann.fields["firm"].as_deref()), (None, Some("X")));
    client.send(&DeleteCustomField::new(1.into())).unwrap();
    let ann = client.send(&GetSubscriber::new(saved.subscriber.id)).unwrap();
    assert!(!ann.fields.contains_key("firm"));

    let taken = UpdateSubscriber::new(ann.id).with_email_address("bob@example.com").unwrap();
    let error = client.send(&taken).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("422 Unprocessable Entity: Email address has already been taken")
    );
    let moved = UpdateSubscriber::new(ann.id).with_email_address("anne@example.com").unwrap();
    client.send(&moved).unwrap();
    let create = CreateSubscriber::new("ann@example.com").unwrap();
    assert_eq!(client.send(&create).unwrap().outcome, UpsertOutcome::Created);
}

#[test]
fn a_broadcast_is_sent_by_the_clock() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    listen(&client, []);
    let (ann, bob) = (subscriber(&client, "ann"), subscriber(&client, "bob"));
    let gone = subscriber(&client, "gone");
    let vip = tag(&client, "VIP");
    for id in [ann, bob, gone] {
        client.send(&TagSubscriber::new(vip, id)).unwrap();
    }
    client.send(&Unsubscribe::new(gone)).unwrap();
    subscriber(&client, "other");
    let now = std::time::SystemTime::now() + Duration::from_secs(3600);
    let send_at: Timestamp = Timestamp::from(now);
    let send_at = Timestamp::from_unix_seconds(send_at.unix_seconds()).unwrap();
    let html = r#"<a href="https://example.com/a">a</a> <a href="https://example.com/b">b</a>"#;
    let create = CreateBroadcast::new("News", html, send_at)
        .to(Recipients::InAll(vec![RecipientGroup::Tags(vec![vip])]))
        .public();
    let draft = client.send(&create).unwrap();
    assert_eq!(draft.status, Some(BroadcastStatus::Draft));
    // A broadcast that is public and has a time is scheduled; its recipients are those that were read.
    let recipients = draft.recipients().unwrap();
    assert_eq!(recipients, Recipients::InAll(vec![RecipientGroup::Tags(vec![vip])]));
    let update = UpdateBroadcast::of(&draft).unwrap();
    assert_eq!(client.send(&update).unwrap().status, Some(BroadcastStatus::Draft));
    let update = update.scheduled_at(send_at);
    let scheduled = client.send(&update).unwrap();
    assert_eq!(scheduled.status, Some(BroadcastStatus::Scheduled));
    emulator.advance(Duration::from_secs(1800));
    assert_eq!(
        client.send(&GetBroadcast::new(draft.id)).unwrap().status,
        Some(BroadcastStatus::Scheduled)
    );
    let posts = client.items(ListPosts::new()).count();
    emulator.advance(Duration::from_secs(1900));
    let sent = client.send(&GetBroadcast::new(draft.id)).unwrap();
    let completed = (Some(BroadcastStatus::Completed), Presence::Value(send_at));
    assert_eq!((sent.status, sent.send_at), completed);
    let events = told(&emulator);
    assert_eq!(events.iter().filter(|event| *event == "broadcast.sent").count(), 1, "{events:?}");
    assert_eq!(events.iter().filter(|event| *event == "post.published").count(), 1);
    assert_eq!(client.items(ListPosts::new()).count(), posts + 1);
    let stats = client.send(&GetBroadcastStats::new(draft.id)).unwrap().stats.unwrap();
    assert_eq!(
        (stats.recipients, stats.emails_opened),
        (Some(2), Some(1)),
        "ann and bob, and one of them has opened"
    );
    let clicks: Vec<_> =
        client.items(ListBroadcastClicks::new(draft.id)).map(Result::unwrap).collect();
    assert_eq!(clicks.len(), 2);
    let error = client.send(&update).unwrap_err();
    assert!(error.to_string().contains("422"), "{error}");
    // One of them has opened it, and so the filter finds one.
    assert_eq!(found(&client, [Condition::Sent(Engagement::new())]), ["ann", "bob"]);
    assert_eq!(found(&client, [Condition::Opens(Engagement::new().with_count(1..))]), ["ann"]);
    let of_it = Engagement::new().of_broadcasts([draft.id]);
    assert_eq!(found(&client, [Condition::Sent(of_it)]), ["ann", "bob"]);
    assert!(found(&client, [Condition::Clicks(Clicks::new().with_count(1..))]).len() < 2);
    let stats = client.send(&GetSubscriberStats::new(ann)).unwrap().stats.unwrap();
    assert_eq!((stats.sent, stats.opened, stats.last_sent), (Some(1), Some(1), Some(send_at)));
}

#[test]
fn lists_are_filtered_sorted_and_paged() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    for name in ["ann", "bob", "cat", "dan"] {
        subscriber(&client, name);
        emulator.advance(Duration::from_secs(24 * 3600));
    }
    client.send(&Unsubscribe::new(2.into())).unwrap();
    emulator.advance(Duration::from_secs(60));
    client.send(&Unsubscribe::new(1.into())).unwrap();
    let all = || ListSubscribers::new().with_status(SubscriberStatus::All);
    // The newest first, whatever the size of a page.
    for per_page in 1..5 {
        assert_eq!(names(&client, all().per_page(per_page).unwrap()), ["dan", "cat", "bob", "ann"]);
    }
    assert_eq!(names(&client, ListSubscribers::new()), ["dan", "cat"]);
    let cancelled = ListSubscribers::new().with_status(SubscriberStatus::Cancelled);
    let sorted = cancelled.clone().with_sort_field("cancelled_at".into()).per_page(1).unwrap();
    assert_eq!(
        names(&client, sorted.clone().with_sort_order(SortOrder::Ascending)),
        ["bob", "ann"]
    );
    assert_eq!(names(&client, sorted), ["ann", "bob"]);
    // (The client would refuse this.)
    let refused =
        Foreign::new(&emulator).send("GET", "/v4/subscribers?sort_field=cancelled_at", &[], "");
    let text = "The status param must be `cancelled` if sort_field is `cancelled_at`";
    assert_eq!(refused.body()["errors"], json!([text]));
    let created: Vec<Timestamp> =
        client.items(all()).map(|subscriber| subscriber.unwrap().created_at.unwrap()).collect();
    let between = DateRange::between(created[3], created[0]);
    assert_eq!(names(&client, all().with_created(between)), ["cat", "bob"]);
    let by_address = all().with_email_addresses(["ann@example.com", "dan@example.com"]);
    assert_eq!(names(&client, by_address), ["dan", "ann"]);

    // A field that was not asked for is missing, and one without a value is null.
    let page = client.send(&cancelled.clone()).unwrap();
    let ann = page.items.into_iter().find(|s| s.id == 1.into()).unwrap();
    assert_eq!(
        (ann.tags, ann.location, ann.canceled_at),
        (None, Presence::Missing, Presence::Missing)
    );
    let extras = [SubscriberExtra::Tags, SubscriberExtra::Location, SubscriberExtra::CanceledAt];
    let page = client.send(&cancelled.including(extras)).unwrap();
    let ann = page.items.into_iter().find(|s| s.id == 1.into()).unwrap();
    assert_eq!((ann.tags, ann.location), (Some(Vec::new()), Presence::Null));
    assert!(ann.canceled_at.value().is_some());
    let total = client.send(&all().with_total_count().per_page(1).unwrap()).unwrap().pagination;
    assert_eq!((total.total_count, total.has_next_page), (Some(4), true));
}

#[test]
fn a_filter_finds_by_each_of_its_conditions() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    let (ann, bob) = (subscriber(&client, "ann"), subscriber(&client, "bob"));
    subscriber(&client, "cat");
    let (vip, new) = (tag(&client, "VIP"), tag(&client, "New"));
    client.send(&TagSubscriber::new(vip, ann)).unwrap();
    client.send(&TagSubscriber::new(new, bob)).unwrap();
    let add = AddSubscriberToForm::new(1.into(), bob, "https://example.com/?utm_source=news");
    let added = client.send(&add).unwrap();
    assert_eq!(added.value.referrer_utm_parameters.unwrap().source.as_deref(), Some("news"));
    let members: Vec<_> =
        client.items(ListFormSubscribers::new(1.into())).map(|s| s.unwrap().id).collect();
    assert_eq!(members, [bob]);
    let age = client.send(&CreateCustomField::new("Age").unwrap()).unwrap().value.id;
    for (id, value) in [(ann, "9"), (bob, "30")] {
        let update = UpdateSubscriber::new(id);
        client.send(&update.with_field("age", value)).unwrap();
    }
    let boise = PinnedLocation {
        city: "Boise".into(),
        state_province: "Idaho".into(),
        country_code: "US".into(),
        latitude: 43.6,
        longitude: -116.2,
        timezone: "America/Boise".into(),
    };
    client.send(&PinLocation::new(ann, boise).unwrap()).unwrap();
    let active = || Condition::states([SubscriberState::Active]);
    assert_eq!(found(&client, [active()]), ["ann", "bob", "cat"]);
    assert_eq!(found(&client, [active(), Condition::tags([vip])]), ["ann"]);
    assert_eq!(found(&client, [Condition::tags([vip, new])]), ["ann", "bob"]);
    assert_eq!(found(&client, [Condition::came_by_forms([1.into()])]), ["bob"]);
    // As a number: as texts, 9 would be greater than 30.
    assert_eq!(found(&client, [Condition::field(age, FieldTest::GreaterThan(10.into()))]), ["bob"]);
    assert_eq!(found(&client, [Condition::field(age, FieldTest::Is("9".into()))]), ["ann"]);
    assert_eq!(found(&client, [Condition::field(age, FieldTest::HasValue)]), ["ann", "bob"]);
    assert_eq!(found(&client, [Condition::near(43.7, -116.3, 25.0).unwrap()]), ["ann"]);
    assert_eq!(found(&client, [Condition::near(40.7, -74.0, 25.0).unwrap()]), Vec::<String>::new());
    let past = "2001-01-01".parse().unwrap();
    assert_eq!(found(&client, [Condition::Subscribed(Subscribed::after(past))]).len(), 3);
    assert_eq!(found(&client, [Condition::Subscribed(Subscribed::before(past))]).len(), 0);
    let unknown = Condition::Other(json!({"type": "purchased"}));
    let error = client.send(&FilterSubscribers::new([unknown])).unwrap_err();
    assert!(error.to_string().contains("422"), "{error}");
}

#[test]
fn more_than_a_hundred_items_are_done_by_the_clock_and_called_back() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    let people = |count| (0..count).map(|n| NewSubscriber::new(format!("s{n}@example.com")));
    let Bulk::Done(done) = client.send(&BulkCreateSubscribers::new(people(100)).unwrap()).unwrap()
    else {
        panic!("queued")
    };
    assert_eq!((done.succeeded.len(), done.failures.len()), (100, 0));
    let queued =
        BulkCreateSubscribers::new(people(150).chain([NewSubscriber::new("nobody")])).unwrap();
    let queued = queued.with_callback_url("http://127.0.0.1:9/callback").unwrap();
    assert!(matches!(client.send(&queued).unwrap(), Bulk::Queued));
    let count = || client.items(ListSubscribers::new()).count();
    assert_eq!((count(), emulator.deliveries().len()), (100, 0));
    emulator.advance(Duration::from_secs(5));
    assert_eq!(count(), 150);
    let deliveries = emulator.deliveries();
    let [callback] = &*deliveries else { panic!("{deliveries:?}") };
    assert!(matches!(callback.target, Target::Callback(_)));
    let body: Value = serde_json::from_slice(&callback.body()).unwrap();
    assert_eq!(body["subscribers"].as_array().unwrap().len(), 150);
    assert_eq!(body["failures"][0]["errors"][0], "Email address is invalid");

    // Each item for itself.
    let tag = tag(&client, "VIP");
    let taggings = [
        Tagging::new(tag, 1.into()),
        Tagging::new(tag, 999.into()),
        Tagging::new(999.into(), 1.into()),
    ];
    let Bulk::Done(done) = client.send(&BulkTagSubscribers::new(taggings).unwrap()).unwrap() else {
        panic!("queued")
    };
    let errors: Vec<_> = done.failures.iter().map(|failure| failure.errors.join(" ")).collect();
    assert_eq!(errors, ["Subscriber does not exist", "Tag does not exist"]);
    assert_eq!((done.succeeded.len(), done.failures[0].item), (1, Some(taggings[1])));
}

/// Kit's own texts, where they are documented.
#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn a_refusal_has_kits_words() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    subscriber(&client, "ann");
    tag(&client, "VIP");
    client.send(&CreateSequence::new("Welcome").unwrap().paused()).unwrap();
    let token = format!("Bearer {}", emulator.access_token());
    let headers = [("Authorization", token.as_str()), ("Content-Type", "application/json")];
    let foreign = Foreign::new(&emulator);
    for (method, path, body, status, text) in [
        (
            "PUT",
            "/v4/account/colors",
            r##"{"colors": ["#123_not_a_code"]}"##,
            422,
            "Colors #123_not_a_code is not a valid hex color code.",
        ),
        (
            "GET",
            "/v4/account/growth_stats?starting=2023/01/01",
            "",
            422,
            "Starting date is incorrectly formatted. Use YYYY-MM-DD.",
        ),
        (
            "GET",
            "/v4/account/growth_stats?ending=soon",
            "",
            422,
            "Ending date is incorrectly formatted. Use YYYY-MM-DD.",
        ),
        (
            "GET",
            "/v4/account/growth_stats?starting=2023-02-01&ending=2023-01-01",
            "",
            422,
            "Starting date must be before the ending date.",
        ),
        ("POST", "/v4/broadcasts", r#"{"email_template_id": 99}"#, 422, "Email template not found"),
        ("POST", "/v4/broadcasts", r#"{"email_template_id": 2}"#, 422, "Email template not found"),
        (
            "POST",
            "/v4/broadcasts",
            r#"{"subscriber_filter": [{"all": [{"type": "tag", "ids": [1]}], "any": [{"type": "tag", "ids": [1]}]}]}"#,
            422,
            "Only a single filter group is supported. Use one of `all`, `any`, or `none`.",
        ),
        ("POST", "/v4/bulk/custom_fields", "{}", 422, "No custom fields included for processing"),
        (
            "POST",
            "/v4/bulk/custom_fields/subscribers",
            "{}",
            422,
            "No custom field values included for processing",
        ),
        ("POST", "/v4/bulk/forms/subscribers", "{}", 422, "No additions included for processing"),
        (
            "POST",
            "/v4/bulk/subscribers",
            r#"{"subscribers": []}"#,
            422,
            "No subscribers included for processing",
        ),
        ("POST", "/v4/bulk/tags", "{}", 422, "No tags included for processing"),
        ("DELETE", "/v4/bulk/tags", "{}", 422, "No tags included for processing"),
        ("POST", "/v4/bulk/tags/subscribers", "{}", 422, "No taggings included for processing"),
        ("DELETE", "/v4/bulk/tags/subscribers", "", 422, "No taggings included for processing"),
        ("POST", "/v4/custom_fields", r#"{"label": " "}"#, 422, "Label can't be blank"),
        (
            "POST",
            "/v4/forms/1/subscribers",
            "{}",
            422,
            "Either subscriber id or email address is required to add subscriber to form",
        ),
        ("POST", "/v4/purchases", r#"{"purchase": {}}"#, 422, "Transaction cannot be blank"),
        (
            "POST",
            "/v4/sequences",
            r#"{"name": "x", "send_hour": 24}"#,
            422,
            "send_hour must be an integer between 0 and 23",
        ),
        ("PUT", "/v4/sequences/1", r#"{"name": ""}"#, 422, "name can't be blank"),
        (
            "POST",
            "/v4/sequences/1/subscribers",
            r#"{"email_address": "ann@example.com"}"#,
            422,
            "Sequence is inactive",
        ),
        ("POST", "/v4/sequences/1/emails", "{}", 422, "subject can't be blank"),
        (
            "POST",
            "/v4/sequences/1/emails",
            r#"{"subject": "x", "delay_value": 1, "delay_unit": "weeks"}"#,
            422,
            "delay_unit must be one of: days, hours",
        ),
        ("POST", "/v4/snippets", "{}", 422, "name can't be blank"),
        ("POST", "/v4/subscribers", r#"{"email_address": "ann"}"#, 422, "Email address is invalid"),
        ("POST", "/v4/tags", "{}", 422, "Name can't be blank"),
        ("PUT", "/v4/tags/1", r#"{"name": ""}"#, 422, "Name can't be blank"),
        (
            "POST",
            "/v4/tags/1/subscribers",
            "{}",
            422,
            "Either subscriber id or email address is required to tag subscriber",
        ),
        (
            "DELETE",
            "/v4/tags/1/subscribers",
            "",
            422,
            "Either subscriber id or email address is required to remove tag from subscriber",
        ),
        ("GET", "/v4/tags/9/subscribers", "", 404, "Not Found"),
        ("POST", "/v4/tags/1/subscribers/9", "", 404, "Not Found"),
        ("GET", "/v4/posts/99", "", 404, "Not Found"),
    ] {
        let response = foreign.send(method, path, &headers, body);
        assert_eq!(response.status(), status, "{method} {path} {body}");
        let is_nested = text == "Sequence is inactive";
        let errors = if is_nested { json!([[text]]) } else { json!([text]) };
        assert_eq!(response.body()["errors"], errors, "{method} {path} {body}");
    }
    let snippet = r#"{"name": "Hi", "snippet_type": "inline", "content": "Hi"}"#;
    let made = foreign.send("POST", "/v4/snippets", &headers, snippet);
    assert_eq!((made.status().as_u16(), &made.body()["snippet"]["key"]), (201, &json!("hi")));
    let other = r#"{"document_attributes": {"value_html": "x"}}"#;
    let refused = foreign.send("PUT", "/v4/snippets/1", &headers, other);
    assert_eq!(refused.body()["errors"], json!(["snippet_type cannot be changed"]));
}

/// A seed fills a Kit, and a snapshot fills another.
#[test]
fn a_snapshot_is_a_seed() {
    let first = Emulator::start().unwrap();
    let client = client(&first);
    let ann = subscriber(&client, "ann");
    let vip = tag(&client, "VIP");
    client.send(&TagSubscriber::new(vip, ann)).unwrap();
    client.send(&CreateSequence::new("Welcome").unwrap()).unwrap();
    let snapshot = Foreign::new(&first).send("GET", "/_kit/state", &[], "").into_body();
    assert_eq!(snapshot, first.snapshot());

    let second = Emulator::start().unwrap();
    second.seed(&snapshot).unwrap();
    assert_eq!(second.snapshot(), snapshot);
    let client = self::client(&second);
    let create = CreateSubscriber::new("ann@example.com").unwrap();
    assert_eq!(client.send(&create).unwrap().outcome, UpsertOutcome::Existing);
    assert_eq!(found(&client, [Condition::tags([vip])]), ["ann"]);

    // The problem is named, and nothing is changed.
    for (state, named) in [
        (json!([]), "no object"),
        (json!({"people": []}), "`people`"),
        (json!({"tags": {}}), "`tags`"),
        (json!({"tags": [{"id": 1}]}), "`tags`"),
        (json!({"subscribers": [{"id": u64::MAX, "email_address": "a@b.c"}]}), "too great"),
    ] {
        let error = second.seed(&state).unwrap_err();
        assert!(error.contains(named), "{error}");
    }
    assert_eq!(second.snapshot(), snapshot);
    // The fewest that a subscriber needs.
    second.seed(&json!({"subscribers": [{"id": 7, "email_address": "bob@example.com"}]})).unwrap();
    let bob = client.send(&GetSubscriber::new(7.into())).unwrap();
    assert_eq!(
        (bob.email_address.as_str(), bob.state),
        ("bob@example.com", SubscriberState::Active)
    );
}

/// A program that waits for deliveries goes on when nobody is left to deliver to.
#[test]
fn a_target_that_is_gone_lets_nobody_wait() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    // Nobody listens there: each attempt fails.
    let create =
        CreateWebhookEndpoint::new("http://127.0.0.1:9/", [EventType::TagCreated]).unwrap();
    let endpoint = client.send(&create).unwrap().endpoint.id;
    tag(&client, "VIP");
    emulator.settle();
    client.send(&DeleteWebhookEndpoint::new(endpoint)).unwrap();
    emulator.advance(Duration::from_secs(48 * 3600));
    assert_eq!(emulator.deliveries()[0].status, DeliveryState::Failed);
}

#[test]
fn a_refused_request_changes_nothing() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    listen(&client, []);
    let foreign = Foreign::new(&emulator);
    let json = [("Content-Type", "application/json")];
    let body = r#"{"email_address": "ann@example.com", "fields": {"n": 5}}"#;
    assert_eq!(
        foreign
            .send(
                "POST",
                "/v4/subscribers",
                &[("X-Kit-Api-Key", emulator.api_key()), json[0]],
                body
            )
            .status(),
        422
    );
    assert!(
        client.items(ListSubscribers::new()).next().is_none() && emulator.deliveries().is_empty()
    );
    // An API key cannot change an endpoint that an app made.
    let endpoint = emulator.webhook_endpoints()[0].id;
    let path = format!("/v4/webhook_endpoints/{endpoint}");
    let key = [("X-Kit-Api-Key", emulator.api_key()), json[0]];
    assert_eq!(foreign.send("PATCH", &path, &key, r#"{"status": "disabled"}"#).status(), 403);
    assert_eq!(foreign.send("DELETE", &path, &key, "").status(), 403);
    assert_eq!(foreign.send("GET", &path, &key, "").status(), 200);
}

#[test]
fn a_bulk_operation_tells_its_events_together() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    listen(&client, []);
    let people = (0..100).map(|n| NewSubscriber::new(format!("s{n}@example.com")));
    client.send(&BulkCreateSubscribers::new(people).unwrap()).unwrap();
    let deliveries = emulator.deliveries();
    let told: Vec<_> =
        deliveries.iter().map(|d| (d.event_type.as_str(), d.event_ids.len())).collect();
    assert_eq!(told, [("subscriber.activated", 100), ("subscriber.created", 100)]);
}

#[test]
fn a_broadcast_to_all_tags_is_for_those_who_have_all() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    let (one, two) = (tag(&client, "one"), tag(&client, "two"));
    for (name, tags) in [("ann", &[one, two][..]), ("bob", &[one]), ("cat", &[two]), ("dan", &[])] {
        let id = subscriber(&client, name);
        for tag in tags {
            client.send(&TagSubscriber::new(*tag, id)).unwrap();
        }
    }
    let groups = || vec![RecipientGroup::Tags(vec![one, two])];
    let now = Timestamp::from_unix_seconds(1_700_000_000).unwrap();
    for (recipients, count) in [
        (Recipients::InAll(groups()), 1),
        (Recipients::InAny(groups()), 3),
        (Recipients::InNone(groups()), 1),
        (Recipients::Everyone, 4),
    ] {
        let create = CreateBroadcast::new("News", "Hello", now).to(recipients).with_send_at(now);
        let id = client.send(&create).unwrap().id;
        emulator.advance(Duration::from_secs(1));
        let stats = client.send(&GetBroadcastStats::new(id)).unwrap().stats.unwrap();
        assert_eq!(stats.recipients, Some(count));
    }
}

/// Whoever leaves the list between two pages takes nobody along.
#[test]
fn a_sorted_list_goes_on_behind_who_has_left_it() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    for name in ["ann", "bob", "cat", "dan"] {
        subscriber(&client, name);
    }
    let active = FilterSubscribers::new([Condition::states([SubscriberState::Active])]);
    let active =
        active.with_sort_field(FilterSortField::FirstName).with_sort_order(SortOrder::Ascending);
    let mut seen = Vec::new();
    for found in client.items(active.per_page(1).unwrap()) {
        let found = found.unwrap();
        client.send(&Unsubscribe::new(found.id)).unwrap();
        seen.push(found.first_name.unwrap());
    }
    assert_eq!(seen, ["ann", "bob", "cat", "dan"]);
}

/// A time counts as a moment, however it is written, and what is none is refused.
#[test]
fn a_bound_may_have_an_offset() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    subscriber(&client, "ann");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let minute_ago = Timestamp::from_unix_seconds(i64::try_from(now).unwrap() - 60).unwrap();
    let local = minute_ago.to_string().replace('Z', "+00:00");
    let list =
        ListSubscribers::new().with_created(DateRange::after(local.parse::<Timestamp>().unwrap()));
    assert_eq!(names(&client, list), ["ann"]);
    let refused =
        Foreign::new(&emulator).send("GET", "/v4/subscribers?created_after=soon", &[], "");
    assert_eq!(refused.status(), 422);
}
