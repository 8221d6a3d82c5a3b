use std::collections::{BTreeMap, BTreeSet};

use super::person::Person;
use crate::bulk::BulkOutcome;
use crate::custom_fields::CustomField;
use crate::forms::Form;
use crate::tags::Tag;
use crate::{CustomFieldId, FormId, TagId, Upsert};

/// What an account calls its custom fields, forms and tags, as far as an import has had to know. A name that Kit refuses
/// is there with Kit's reason.
#[derive(Default)]
pub(super) struct Names {
    fields: Option<Vec<Field>>,
    refused_fields: BTreeMap<String, String>,
    forms: Option<BTreeMap<String, FormId>>,
    tags: BTreeMap<String, Result<TagId, String>>,
}

/// A custom field of the account.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) id: CustomFieldId,
    pub(super) key: String,
    label: String,
    /// The name by which a row has had it created.
    name: String,
}

/// What makes two names the same: Kit compares those of tags without case and with blanks collapsed.
pub(super) fn folded(name: &str) -> String {
    let words: Vec<_> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

impl Names {
    pub(super) fn knows_fields(&self) -> bool {
        self.fields.is_some()
    }

    pub(super) fn knows_forms(&self) -> bool {
        self.forms.is_some()
    }

    /// Keeps the custom fields of the account.
    #[expect(clippy::needless_pass_by_value, reason = "as the others")]
    pub(super) fn add_fields(&mut self, fields: Vec<CustomField>) {
        let known = self.fields.get_or_insert_default();
        known.extend(fields.iter().map(|field| Field::of(field, "")));
    }

    /// Keeps a custom field that was created, or why it was not.
    pub(super) fn add_field(&mut self, name: &str, outcome: BulkOutcome<Upsert<CustomField>>) {
        match result(outcome) {
            Ok(field) => {
                self.fields.get_or_insert_default().push(Field::of(&field, name));
            }
            Err(reason) => {
                self.refused_fields.insert(folded(name), reason);
            }
        }
    }

    /// Keeps the forms of the account. Of two with one name, the first stays.
    pub(super) fn add_forms(&mut self, forms: Vec<Form>) {
        let known = self.forms.get_or_insert_default();
        for form in forms {
            known.entry(folded(&form.name)).or_insert(form.id);
        }
    }

    pub(super) fn add_tag(&mut self, name: &str, outcome: BulkOutcome<Upsert<Tag>>) {
        self.tags.insert(folded(name), result(outcome).map(|tag| tag.id));
    }

    /// A custom field by its key or its label, as they are written before as they are compared. `None` where the account
    /// has none such; otherwise why it was not created.
    pub(super) fn field(&self, name: &str) -> Option<Result<&Field, &str>> {
        let (fields, name) = (self.fields.as_deref().unwrap_or_default(), name.trim());
        let by = |is: &dyn Fn(&Field) -> bool| fields.iter().find(|field| is(field));
        let same = folded(name);
        let found = by(&|field| field.key == name)
            .or_else(|| by(&|field| field.label == name || field.name == name))
            .or_else(|| by(&|field| folded(&field.key) == same))
            .or_else(|| by(&|field| folded(&field.label) == same || folded(&field.name) == same));
        let refused = || self.refused_fields.get(&same).map(|reason| Err(reason.as_str()));
        found.map(Ok).or_else(refused)
    }

    pub(super) fn tag(&self, name: &str) -> Option<&Result<TagId, String>> {
        self.tags.get(&folded(name))
    }

    /// A form by its name or its id. `None` where the account has none of this name.
    pub(super) fn form(&self, form: &str) -> Option<FormId> {
        let by_name = self.forms.as_ref().and_then(|forms| forms.get(&folded(form)).copied());
        by_name.or_else(|| form.trim().parse().ok())
    }

    /// The names of people's custom fields that the account does not have, each once.
    pub(super) fn missing_fields(&self, people: &[Person]) -> Vec<String> {
        let names = people.iter().flat_map(|person| &person.fields).map(|(name, _)| name);
        each_once(names.filter(|name| self.field(name).is_none()).cloned())
    }

    /// The names of people's tags whose ids are not known, each once.
    pub(super) fn missing_tags(&self, people: &[Person]) -> Vec<String> {
        let names = people.iter().flat_map(|person| &person.tags);
        each_once(names.filter(|name| self.tag(name).is_none()).cloned())
    }
}

impl Field {
    fn of(field: &CustomField, name: &str) -> Self {
        let label = field.label.clone().unwrap_or_default();
        Self { id: field.id, key: field.key.clone(), label, name: name.to_owned() }
    }
}

/// Names that are not blank, each once, in their order.
pub(super) fn each_once(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut known = BTreeSet::new();
    let names = names.into_iter().map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty() && known.insert(folded(name))).collect()
}

/// What was found or created; otherwise why not.
fn result<T>(outcome: BulkOutcome<Upsert<T>>) -> Result<T, String> {
    match outcome {
        BulkOutcome::Done(Some(upsert)) => Ok(upsert.value),
        BulkOutcome::Failed(reasons) => Err(reasons.join("; ")),
        other => Err(match other {
            BulkOutcome::MayHaveBeenApplied => "may have been created".to_owned(),
            _ => "was not created".to_owned(),
        }),
    }
}
