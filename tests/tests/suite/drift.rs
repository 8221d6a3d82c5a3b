//! A newer document against the facts: on a document that is made of the facts, and then changed.

use kit_tests::drift::{Change, Drift, compare};
use kit_tests::facts::{self, Field, Kind, Operation, Shape};
use serde_json::{Map, Value, json};

fn schema(shape: &Shape) -> Value {
    let mut schema = of_kind(&shape.kind);
    if shape.is_nullable {
        schema["nullable"] = true.into();
    }
    schema
}

fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text(texts) if texts.is_empty() => json!({"type": "string"}),
        Kind::Text(texts) => json!({"type": "string", "enum": texts}),
        Kind::Integer => json!({"type": "integer"}),
        Kind::Number => json!({"type": "number", "format": "float"}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Any => json!({}),
        Kind::Object(fields) => object(fields),
        Kind::OneOf(all) => {
            json!({"type": "object", "oneOf": all.iter().map(|fields| object(fields)).collect::<Vec<_>>()})
        }
        Kind::List(item) => json!({"type": "array", "items": of_kind(item)}),
    }
}

/// As the documents have it: without what was seen live alone.
fn object(fields: &[Field]) -> Value {
    let fields = fields.iter().filter(|field| !field.is_live);
    let required: Vec<_> =
        fields.clone().filter(|field| !field.is_optional).map(|field| field.name).collect();
    let properties: Map<_, _> =
        fields.map(|field| (field.name.to_owned(), schema(&field.shape))).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn operation(operation: &Operation) -> Value {
    let parameters = |of: &'static str, fields: &[Field]| -> Vec<Value> {
        let fields = fields.iter().filter(|field| !field.is_live);
        let parameter = |field: &Field| json!({"in": of, "name": field.name, "required": !field.is_optional, "schema": schema(&field.shape)});
        fields.map(parameter).collect()
    };
    let content = |fields: &[Field]| json!({"application/json": {"schema": object(fields)}});
    let replies: Map<_, _> = operation
        .replies
        .iter()
        .map(|(status, fields)| {
            let reply =
                fields.as_ref().map_or(json!({}), |fields| json!({"content": content(fields)}));
            (status.to_string(), reply)
        })
        .collect();
    let (path, query) = (&operation.path_parameters, &operation.query);
    let both = [parameters("path", path), parameters("query", query)].concat();
    let mut json = json!({
        "parameters": both,
        "responses": replies,
        "security": if operation.is_oauth_only { json!([{"OAuth2": []}]) } else { json!([{"API Key": []}, {"OAuth2": []}]) },
    });
    if let Some(body) = &operation.body {
        json["requestBody"] = json!({"content": content(body)});
    }
    json
}

fn document() -> Value {
    let mut paths = Map::new();
    for each in facts::operations() {
        let item = paths.entry(each.path).or_insert_with(|| json!({}));
        item[each.method.to_lowercase()] = operation(each);
    }
    json!({"openapi": "3.0.1", "paths": paths})
}

fn drift(document: &Value) -> Drift {
    compare(document).unwrap()
}

#[test]
fn a_document_of_the_facts_has_nothing_new() {
    let drift = drift(&document());
    assert!(drift.is_empty(), "{drift}");
    assert!(compare(&json!({})).is_err());
}

#[test]
fn each_change_is_told_of_its_operation() {
    let mut newer = document();
    let paths = newer["paths"].as_object_mut().unwrap();
    let colors = paths.remove("/v4/account/colors").unwrap();
    paths.insert("/v4/account/colours".into(), json!({"get": colors["get"]}));
    let account = &mut paths["/v4/account"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"];
    account["properties"]["account"]["properties"]["region"] =
        json!({"type": "string", "nullable": true});
    account["properties"]["account"]["properties"].as_object_mut().unwrap().remove("plan_type");
    account["properties"]["user"]["properties"]["email"] = json!({"type": ["string", "null"]});
    paths["/v4/tags"]["get"]["parameters"] =
        json!([{"in": "query", "name": "sort", "schema": {"type": "string"}}]);
    paths["/v4/tags"]["post"]["security"] = json!([{"OAuth2": []}]);
    paths["/v4/tags"]["post"]["responses"]["202"] = json!({});
    let drift = drift(&newer);
    assert_eq!(drift.new, ["GET /v4/account/colours"]);
    assert_eq!(drift.gone, ["GET /v4/account/colors", "PUT /v4/account/colors"]);
    let changed: Vec<_> = drift.changed.keys().map(String::as_str).collect();
    assert_eq!(changed, ["GET /v4/account", "GET /v4/tags", "POST /v4/tags"]);
    let (place, text) = (|of: &str| format!("200 .{of}"), str::to_owned);
    assert_eq!(
        drift.changed["GET /v4/account"],
        [
            Change::Gone(place("account.plan_type"), text("string")),
            Change::Changed(place("user.email"), text("string"), text("string?")),
            Change::New(place("account.region"), text("string? (optional)")),
        ]
    );
    let of_list = &drift.changed["GET /v4/tags"];
    assert!(of_list.contains(&Change::New(text("query sort"), text("string (optional)"))));
    assert!(of_list.contains(&Change::Gone(text("query per_page"), text("anything? (optional)"))));
    assert_eq!(
        drift.changed["POST /v4/tags"],
        [
            Change::Changed(text("credentials"), text("any"), text("oauth")),
            Change::New(text("202"), text("reply")),
        ]
    );
    assert!(
        drift
            .to_string()
            .contains("changed  POST /v4/tags\n         ~ credentials: oauth, was any\n")
    );
}

/// References, parts and alternatives are the same as what they stand for.
#[test]
fn schemas_are_followed() {
    let mut newer = document();
    let tag = &mut newer["paths"]["/v4/tags"]["post"]["responses"]["201"]["content"]["application/json"]
        ["schema"];
    let whole = std::mem::replace(tag, json!({"$ref": "#/components/schemas/Reply"}));
    newer["components"] = json!({"schemas": {
        "Reply": {"allOf": [{"$ref": "#/components/schemas/Whole"}]},
        "Whole": whole,
        "Itself": {"properties": {"again": {"$ref": "#/components/schemas/Itself"}}},
    }});
    assert!(drift(&newer).is_empty(), "{}", drift(&newer));
    // A snippet that contains itself has an end.
    newer["components"]["schemas"]["Whole"]["properties"]["again"] =
        json!({"$ref": "#/components/schemas/Itself"});
    assert_eq!(drift(&newer).changed.len(), 1);
}
