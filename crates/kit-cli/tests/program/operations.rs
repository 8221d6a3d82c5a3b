//! Each operation of Kit has a command.

use std::collections::BTreeSet;

use kit_tests::facts;
use serde_json::{Value, json};

use crate::program::Program;

/// A command for each operation, in an order in which Kit does all of them.
const COMMANDS: &[(&str, &[&str])] = &[
    ("GET /v4/account", &["account", "get"]),
    ("GET /v4/account/colors", &["account", "colors"]),
    ("PUT /v4/account/colors", &["account", "set-colors", "#8ce8ff", "#000000"]),
    ("GET /v4/account/creator_profile", &["account", "profile"]),
    ("GET /v4/account/email_stats", &["account", "email-stats"]),
    ("GET /v4/account/growth_stats", &["account", "growth-stats", "--starting", "2026-01-01"]),
    (
        "POST /v4/subscribers",
        &["subscribers", "create", "a@example.com", "--first-name", "A", "--field", "x=y"],
    ),
    (
        "PUT /v4/subscribers/{id}",
        &["subscribers", "update", "1", "--no-first-name", "--field", "x=z"],
    ),
    (
        "GET /v4/subscribers",
        &[
            "subscribers",
            "list",
            "--status",
            "all",
            "--include",
            "tags",
            "--created-after",
            "2020-01-01",
        ],
    ),
    ("GET /v4/subscribers/{id}", &["subscribers", "get", "1"]),
    (
        "POST /v4/subscribers/filter",
        &[
            "subscribers",
            "filter",
            "--state",
            "active",
            "--tag",
            "1,2",
            "--condition",
            r#"{"type":"sent"}"#,
        ],
    ),
    ("GET /v4/subscribers/{subscriber_id}/stats", &["subscribers", "stats", "1"]),
    ("GET /v4/subscribers/{subscriber_id}/tags", &["subscribers", "tags", "1"]),
    (
        "POST /v4/subscribers/{subscriber_id}/location",
        &[
            "subscribers",
            "pin-location",
            "1",
            "--city",
            "Boise",
            "--state-province",
            "Idaho",
            "--country-code",
            "US",
            "--latitude",
            "43.6",
            "--longitude",
            "-116.2",
            "--timezone",
            "America/Boise",
        ],
    ),
    (
        "PATCH /v4/subscribers/{subscriber_id}/location",
        &[
            "subscribers",
            "update-location",
            "1",
            "--city",
            "Boise",
            "--state-province",
            "Idaho",
            "--country-code",
            "US",
            "--latitude",
            "43.6",
            "--longitude",
            "-116.2",
            "--timezone",
            "America/Boise",
        ],
    ),
    (
        "DELETE /v4/subscribers/{subscriber_id}/location",
        &["subscribers", "delete-location", "1", "--yes"],
    ),
    ("POST /v4/tags", &["tags", "create", "VIP"]),
    ("PUT /v4/tags/{id}", &["tags", "update", "1", "--name", "vip"]),
    ("GET /v4/tags", &["tags", "list", "--with-count"]),
    ("POST /v4/tags/{tag_id}/subscribers/{id}", &["tags", "add", "1", "1"]),
    ("POST /v4/tags/{tag_id}/subscribers", &["tags", "add", "1", "a@example.com"]),
    ("GET /v4/tags/{tag_id}/subscribers", &["tags", "subscribers", "1", "--slim"]),
    ("DELETE /v4/tags/{tag_id}/subscribers/{id}", &["tags", "remove", "1", "1"]),
    ("DELETE /v4/tags/{tag_id}/subscribers", &["tags", "remove", "1", "a@example.com"]),
    ("POST /v4/custom_fields", &["custom-fields", "create", "Last name"]),
    ("GET /v4/custom_fields", &["custom-fields", "list"]),
    ("PUT /v4/custom_fields/{id}", &["custom-fields", "update", "1", "--label", "Surname"]),
    ("GET /v4/forms", &["forms", "list", "--type", "embed"]),
    (
        "POST /v4/forms/{form_id}/subscribers/{id}",
        &["forms", "add", "7", "1", "--referrer", "https://example.com"],
    ),
    ("POST /v4/forms/{form_id}/subscribers", &["forms", "add", "7", "a@example.com"]),
    ("GET /v4/forms/{form_id}/subscribers", &["forms", "subscribers", "7"]),
    ("GET /v4/email_templates", &["email-templates", "list"]),
    ("GET /v4/segments", &["segments", "list"]),
    ("GET /v4/posts", &["posts", "list", "--with-content"]),
    ("GET /v4/posts/{id}", &["posts", "get", "3"]),
    (
        "POST /v4/bulk/subscribers",
        &["bulk", "create-subscribers", "b@example.com", "c@example.com"],
    ),
    ("POST /v4/bulk/tags", &["bulk", "create-tags", "One", "Two"]),
    ("POST /v4/bulk/tags/subscribers", &["bulk", "tag", "2:2", "3:2"]),
    ("DELETE /v4/bulk/tags/subscribers", &["bulk", "untag", "2:2"]),
    ("DELETE /v4/bulk/tags", &["bulk", "delete-tags", "2", "--yes"]),
    ("POST /v4/bulk/custom_fields", &["bulk", "create-custom-fields", "City"]),
    ("POST /v4/bulk/custom_fields/subscribers", &["bulk", "set-custom-fields", "2:2=Boise"]),
    ("POST /v4/bulk/forms/subscribers", &["bulk", "add-to-forms", "7:2"]),
    ("DELETE /v4/custom_fields/{id}", &["custom-fields", "delete", "1", "--yes"]),
    (
        "POST /v4/purchases",
        &[
            "purchases",
            "create",
            "--email-address",
            "a@example.com",
            "--transaction-id",
            "t1",
            "--transaction-time",
            "2026-07-29T14:32:10Z",
            "--currency",
            "USD",
            "--subtotal",
            "12.50",
            "--product",
            "p1,l1,12.50,1,A book, used",
        ],
    ),
    ("GET /v4/purchases", &["purchases", "list"]),
    ("GET /v4/purchases/{id}", &["purchases", "get", "1"]),
    ("POST /v4/snippets", &["snippets", "create", "Hello", "--inline", "Hi"]),
    ("GET /v4/snippets", &["snippets", "list", "--with-content"]),
    ("GET /v4/snippets/{id}", &["snippets", "get", "1"]),
    ("PUT /v4/snippets/{id}", &["snippets", "update", "1", "--archive", "--name", "Bye"]),
    (
        "POST /v4/sequences",
        &[
            "sequences",
            "create",
            "Course",
            "--send-hour",
            "9",
            "--send-days",
            "monday,friday",
            "--active",
        ],
    ),
    ("GET /v4/sequences", &["sequences", "list"]),
    ("GET /v4/sequences/{id}", &["sequences", "get", "1", "--with-stats"]),
    ("PUT /v4/sequences/{id}", &["sequences", "update", "1", "--name", "Class", "--repeat"]),
    ("POST /v4/sequences/{sequence_id}/subscribers/{id}", &["sequences", "add", "1", "1"]),
    ("POST /v4/sequences/{sequence_id}/subscribers", &["sequences", "add", "1", "a@example.com"]),
    ("GET /v4/sequences/{sequence_id}/subscribers", &["sequences", "subscribers", "1"]),
    (
        "POST /v4/sequences/{sequence_id}/emails",
        &[
            "sequences",
            "create-email",
            "1",
            "--subject",
            "Hi",
            "--delay",
            "1d",
            "--content",
            "<p>Hi</p>",
        ],
    ),
    ("GET /v4/sequences/{sequence_id}/emails", &["sequences", "emails", "1", "--with-content"]),
    ("GET /v4/sequences/{sequence_id}/emails/{id}", &["sequences", "email", "1", "1"]),
    (
        "PUT /v4/sequences/{sequence_id}/emails/{id}",
        &["sequences", "update-email", "1", "1", "--delay", "5h", "--published"],
    ),
    (
        "DELETE /v4/sequences/{sequence_id}/emails/{id}",
        &["sequences", "delete-email", "1", "1", "--yes"],
    ),
    ("DELETE /v4/sequences/{id}", &["sequences", "delete", "1", "--yes"]),
    (
        "POST /v4/broadcasts",
        &["broadcasts", "create", "--subject", "Hi", "--content", "<p>Hi</p>", "--to-tag", "1"],
    ),
    ("GET /v4/broadcasts", &["broadcasts", "list"]),
    ("GET /v4/broadcasts/stats", &["broadcasts", "all-stats"]),
    ("GET /v4/broadcasts/{id}", &["broadcasts", "get", "1"]),
    (
        "PUT /v4/broadcasts/{id}",
        &["broadcasts", "update", "1", "--subject", "Hello", "--not-public"],
    ),
    ("GET /v4/broadcasts/{broadcast_id}/clicks", &["broadcasts", "clicks", "1"]),
    ("GET /v4/broadcasts/{broadcast_id}/stats", &["broadcasts", "stats", "1"]),
    ("DELETE /v4/broadcasts/{id}", &["broadcasts", "delete", "1", "--yes"]),
    (
        "POST /v4/webhooks",
        &[
            "webhooks",
            "create",
            "https://example.com/kit",
            "--event",
            "subscriber.tag_add",
            "--parameter",
            "1",
        ],
    ),
    ("GET /v4/webhooks", &["webhooks", "list"]),
    ("DELETE /v4/webhooks/{id}", &["webhooks", "delete", "1", "--yes"]),
    (
        "POST /v4/webhook_endpoints",
        &["webhook-endpoints", "create", "http://127.0.0.1:9/", "--events", "subscriber.created"],
    ),
    ("GET /v4/webhook_endpoints", &["webhook-endpoints", "list"]),
    ("GET /v4/webhook_endpoints/{id}", &["webhook-endpoints", "get", "1"]),
    (
        "PATCH /v4/webhook_endpoints/{id}",
        &[
            "webhook-endpoints",
            "update",
            "1",
            "--name",
            "Mine",
            "--events",
            "subscriber.created,tag.created",
        ],
    ),
    ("POST /v4/webhook_endpoints/{id}/rotate_secret", &["webhook-endpoints", "rotate-secret", "1"]),
    (
        "POST /v4/webhook_endpoints/{id}/revoke_previous_secret",
        &["webhook-endpoints", "revoke-previous-secret", "1", "--yes"],
    ),
    (
        "GET /v4/webhook_endpoints/{id}/deliveries",
        &["webhook-endpoints", "deliveries", "1", "--status", "failed"],
    ),
    (
        "GET /v4/webhook_endpoints/{id}/deliveries/{delivery_id}",
        &["webhook-endpoints", "delivery", "1", "1", "--with-payload"],
    ),
    ("DELETE /v4/webhook_endpoints/{id}", &["webhook-endpoints", "delete", "1", "--yes"]),
    ("POST /v4/subscribers/{id}/unsubscribe", &["subscribers", "unsubscribe", "1", "--yes"]),
];

/// What is there before, since nobody can create it by the API.
fn seed(program: &Program) {
    let time = "2026-07-29T14:32:10Z";
    let form = json!({"id": 7, "name": "Sign up", "type": "embed", "status": "active", "created_at": time});
    let post = json!({"id": 3, "publication_id": 1, "created_at": time, "title": "A post", "slug": "a-post",
        "published_at": time, "sent_at": null, "content": "<p>A</p>"});
    program.emulator.seed(&json!({"forms": [form], "posts": [post]})).unwrap();
}

fn is_of(path: &str, template: &str) -> bool {
    let (path, template) = (path.split('/'), template.split('/'));
    path.clone().count() == template.clone().count()
        && path.zip(template).all(|(part, name)| part == name || name.starts_with('{'))
}

#[test]
fn each_operation_has_a_command() {
    let documented: BTreeSet<_> = facts::operations().iter().map(facts::Operation::name).collect();
    let covered: BTreeSet<_> = COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(covered, documented);
}

#[test]
fn each_command_sends_its_operation() {
    let program = Program::new();
    seed(&program);
    for (name, arguments) in COMMANDS {
        let before = program.emulator.requests();
        // Somebody is told of what has happened.
        program.emulator.settle();
        let ended = program.run(arguments);
        let requests = program.emulator.recorded_requests();
        let sent: Vec<_> = requests[before..].iter().collect();
        assert_eq!(sent.len(), 1, "{name}: {ended:?}");
        let (method, template) = name.split_once(' ').unwrap();
        assert_eq!(sent[0].method(), method, "{name}");
        let path = sent[0].uri().path();
        // The path of a list does not name an item.
        assert!(is_of(path, template), "{path} {template}");
        // No delivery was posted so far.
        let is_missing = name.ends_with("{delivery_id}");
        assert_eq!(ended.code, Some(if is_missing { 3 } else { 0 }), "{name}: {ended:?}");
        if !is_missing {
            assert_eq!(ended.err, "", "{name}");
        }
        // A document, or a document in each line.
        let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
        let is_document = is_json(&ended.out) || ended.out.lines().all(is_json);
        assert!(is_document, "{name}: {}", ended.out);
        // The same, as CSV and for a reader of fields.
        if *method == *"GET" && !is_missing {
            let csv = program.run(&[*arguments, &["--csv"]].concat());
            assert_eq!((csv.code, csv.err.as_str()), (Some(0), ""), "{name}");
        }
    }
}

#[test]
fn read_only_sends_nothing_that_changes_something() {
    let program = Program::new();
    seed(&program);
    for (name, arguments) in COMMANDS {
        let before = program.emulator.requests();
        let ended = program.run(&[*arguments, &["--read-only"]].concat());
        let is_read = name.starts_with("GET ") || name.ends_with("/filter");
        let sent = program.emulator.requests() - before;
        assert_eq!(sent, usize::from(is_read), "{name}: {ended:?}");
        if !is_read {
            assert_eq!(ended.code, Some(2));
            assert!(ended.err.contains("--read-only keeps "), "{}", ended.err);
        }
    }
}

/// Commands, and what they make of their options.
#[test]
fn options_are_sent_as_kit_knows_them() {
    let program = Program::new();
    program.run(&["sequences", "create", "Course"]).done();
    let email = ["sequences", "create-email", "1", "--subject", "Hi", "--delay", "1d"];
    program.run(&email).done();
    program.run(&["broadcasts", "create", "--subject", "Hi", "--content", "Hi"]).done();
    program.run(&["tags", "create", "VIP"]).done();
    let sent = |command: &str| {
        let arguments: Vec<_> = command.split(' ').map(|part| part.replace('+', " ")).collect();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        program.run(&arguments).done();
        let requests = program.emulator.recorded_requests();
        serde_json::from_slice::<Value>(requests.last().unwrap().body()).unwrap()
    };
    let filter = sent("subscribers filter --state active --counting unique_email");
    assert_eq!(filter["counting_mode"], "unique_email");
    for (how, key) in [("any", "any"), ("all", "all"), ("none", "none")] {
        let create = "broadcasts create --subject Hi --content Hi --to-tag 1,2 --match";
        let groups = &sent(&format!("{create} {how}"))["subscriber_filter"][0];
        assert_eq!(groups[key], json!([{"type": "tag", "ids": [1, 2]}]), "{groups}");
    }
    let both = sent("broadcasts create --subject Hi --content Hi --to-tag 1 --to-segment 2");
    let groups = json!([{"type": "tag", "ids": [1]}, {"type": "segment", "ids": [2]}]);
    assert_eq!(both["subscriber_filter"][0]["any"], groups);
    let everyone = sent("broadcasts update 1 --to-all");
    assert_eq!(everyone["subscriber_filter"], json!([]));
    let tags = sent("subscribers filter --tag 1,2");
    let any = json!([{"type": "ids", "matching": [1]}, {"type": "ids", "matching": [2]}]);
    assert_eq!(tags["all"][0]["any"], any, "{tags}");
    let less = sent("broadcasts update 1 --no-published-at --no-email-address --no-thumbnail");
    assert_eq!(
        less,
        json!({"published_at": null, "email_address": null, "thumbnail_url": null, "thumbnail_alt": null})
    );
    let starts = sent("broadcasts update 1 --allow-starting-point");
    assert_eq!(starts["allow_starting_point"], true);
    let people =
        sent("bulk create-subscribers Ada+L+<ada@example.com> b@example.com --state inactive");
    assert_eq!(
        people["subscribers"],
        json!([
            {"first_name": "Ada L", "email_address": "ada@example.com", "state": "inactive"},
            {"email_address": "b@example.com", "state": "inactive"},
        ])
    );
    let purchase = "purchases create --email-address a@example.com --transaction-id t1 --transaction-time \
        2026-07-29T14:32:10Z --currency USD --subtotal 2 --product p1,l1,1,1,A --product p2,l2,1,1,B --sku l2=S=1";
    let products = &sent(purchase)["purchase"]["products"];
    assert_eq!((&products[0]["sku"], &products[1]["sku"]), (&json!(""), &json!("S=1")));
    let skipping = "--without-tag 1,2 --without-sequence 1 --without-form 7 --without-segment 9";
    let sequence = sent(&format!("sequences update 1 {skipping}"));
    assert_eq!(
        sequence["exclude_subscriber_sources"],
        json!([{"type": "tag", "ids": [1, 2]}, {"type": "sequence", "ids": [1]}, {"type": "form", "ids": [7]},
            {"type": "segment", "ids": [9]}])
    );
    let nobody = sent("sequences update 1 --without-nobody");
    assert_eq!(nobody["exclude_subscriber_sources"], json!([]));
    let less = "--no-content --no-preview-text --no-email-template --no-send-days";
    assert_eq!(
        sent(&format!("sequences update-email 1 1 {less}")),
        json!({"content": null, "preview_text": null, "email_template_id": null, "send_days": null})
    );
}

#[test]
fn options_that_go_with_nothing_are_refused() {
    let program = Program::new();
    for command in [
        "broadcasts create --subject Hi --match none",
        "broadcasts update 1 --to-all --to-tag 1",
        "broadcasts update 1 --send-at 2030-01-01T00:00:00Z --not-public",
        "broadcasts update 1 --draft --public",
        "bulk create-subscribers Ada<ada@example.com",
        "sequences update 1 --without-nobody --without-tag 1",
        "purchases create --email-address a@example.com --transaction-id t1 --transaction-time \
            2026-07-29T14:32:10Z --currency USD --subtotal 2 --product p1,l1,1,1,A --sku p1=1",
    ] {
        let arguments: Vec<_> = command.split_whitespace().collect();
        let refused = program.run(&arguments);
        assert_eq!(refused.code, Some(2), "{refused:?}");
    }
    assert_eq!(program.emulator.requests(), 0);
}
