use std::collections::BTreeMap;

use super::names::{Names, each_once};
use super::person::Person;
use super::request::Asked;
use super::requests::{InBatches, Requests, Singles};
use super::work::{ForNames, ForPeople, Listing, Work};
use super::{ImportRow, RowOutcome, RowResult, UnknownFields};
use crate::bulk::{
    BulkAddSubscribersToForms, BulkCreateSubscribers, BulkOperation, BulkOutcome,
    BulkTagSubscribers, BulkUpdateCustomFieldValues, CustomFieldValue, FormAddition, NewSubscriber,
    Tagging,
};
use crate::custom_fields::{CreateCustomField, ListCustomFields};
use crate::error::Error;
use crate::forms::{AddSubscriberToFormByEmail, ListForms};
use crate::subscribers::{
    CreateSubscriber, ListSubscribers, SubscriberState, SubscriberStatus, Unsubscribe,
    UpdateSubscriber,
};
use crate::tags::{CreateTag, TagSubscriber};
use crate::{FormId, SubscriberId, TagId};

/// Some rows of an import, which it has done with before it asks for others.
pub(super) struct Page {
    rows: Vec<ImportRow>,
    /// What each row is part of.
    places: Vec<Place>,
    pub(super) people: Vec<Person>,
    /// The stages that are left.
    stages: std::slice::Iter<'static, Stage>,
    how: How,
}

/// How the rows of an import are sent.
#[derive(Clone, Copy)]
pub(super) struct How {
    pub(super) unknown_fields: UnknownFields,
    pub(super) unsubscribes: bool,
    pub(super) is_bulk: bool,
    /// In Unix seconds.
    pub(super) begun: i64,
}

enum Place {
    Refused(String),
    /// Of this person.
    Of(usize),
}

/// A kind of work of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    FindFields,
    NewFields,
    FindForms,
    NewTags,
    Create,
    CreateOneByOne,
    Values,
    Tags,
    Forms,
    FindSubscribers,
    Unsubscribe,
}

/// The stages of an import, one after the other.
const IMPORT: [Stage; 10] = [
    Stage::FindFields,
    Stage::NewFields,
    Stage::FindForms,
    Stage::NewTags,
    Stage::Create,
    Stage::CreateOneByOne,
    Stage::Values,
    Stage::Tags,
    Stage::Forms,
    Stage::Unsubscribe,
];

/// The stages of unsubscribing people.
const UNSUBSCRIBE: [Stage; 2] = [Stage::FindSubscribers, Stage::Unsubscribe];

/// Items to be sent: for which person, by their place, and about what.
type Items<T> = Vec<(usize, String, T)>;

impl Page {
    pub(super) fn new(rows: Vec<ImportRow>, how: How) -> Self {
        let stages: &[Stage] = if how.unsubscribes { &UNSUBSCRIBE } else { &IMPORT };
        let stages = stages.iter();
        let mut this = Self { rows, places: Vec::new(), people: Vec::new(), stages, how };
        if how.unsubscribes {
            this.merge(&Names::default());
        }
        this
    }

    /// The next work; `None` where all is done. `ended` is why the import has: then nothing is sent any more.
    pub(super) fn next_work(
        &mut self,
        names: &mut Names,
        ended: Option<&str>,
    ) -> Option<Box<dyn Work>> {
        while let Some(stage) = self.stages.next() {
            if let Some(work) = self.work(*stage, names, ended) {
                return Some(work);
            }
        }
        None
    }

    fn work(
        &mut self,
        stage: Stage,
        names: &mut Names,
        ended: Option<&str>,
    ) -> Option<Box<dyn Work>> {
        let has_ended = ended.is_some();
        match stage {
            Stage::FindFields => {
                let is_needed = self.rows.iter().any(|row| !row.fields.is_empty());
                (is_needed && !names.knows_fields()).then(|| {
                    let list = ListCustomFields::new();
                    Box::new(Listing::new(list, Names::add_fields)) as Box<dyn Work>
                })
            }
            Stage::NewFields => {
                self.merge(names);
                let missing = names.missing_fields(&self.people);
                if has_ended || self.how.unknown_fields != UnknownFields::Create {
                    return None;
                }
                for_names(missing, CreateCustomField::new, Names::add_field)
            }
            Stage::FindForms => {
                let is_needed = self.people.iter().any(|person| !person.forms.is_empty());
                (is_needed && !has_ended && !names.knows_forms())
                    .then(|| Box::new(Listing::new(ListForms::new(), Names::add_forms)) as _)
            }
            Stage::NewTags if has_ended => None,
            Stage::NewTags => {
                let missing = names.missing_tags(&self.people);
                for_names(missing, CreateTag::new, Names::add_tag)
            }
            Stage::Create if self.how.is_bulk => {
                let items = self.each(|person| person.is_well().then(|| new_subscriber(person)));
                self.in_batches::<BulkCreateSubscribers>(items, Person::created_in_bulk)
            }
            Stage::CreateOneByOne => {
                // With an access token, those whose id was not in the reply.
                let is_open = |person: &&Person| person.is_well() && person.id.is_none();
                let items = self
                    .each(|person| Some(person).filter(is_open).and_then(|p| creation(p, names)));
                self.one_by_one(items, Person::created)
            }
            Stage::Values => {
                let values = self.values(names, ended);
                if self.how.is_bulk {
                    self.in_batches::<BulkUpdateCustomFieldValues>(values, |_, _, _| {})
                } else {
                    // They were sent with the subscribers; of those who were there, Kit may have kept its own.
                    let items = self.each(|person| update(person, names));
                    self.one_by_one(items, |_, _, _| {})
                }
            }
            Stage::Tags => {
                let taggings = self.taggings(names, ended);
                if self.how.is_bulk {
                    let items = map(taggings, |(tag, id)| Tagging::new(tag, id));
                    self.in_batches::<BulkTagSubscribers>(items, Person::tagged_in_bulk)
                } else {
                    let items = map(taggings, |(tag, id)| TagSubscriber::new(tag, id));
                    self.one_by_one(items, |person, reply, _| person.given(&reply))
                }
            }
            Stage::Forms => {
                let additions = self.additions(names, ended);
                if self.how.is_bulk {
                    let items = map(additions, |(form, id, _)| FormAddition::new(form, id));
                    self.in_batches::<BulkAddSubscribersToForms>(items, Person::added_in_bulk)
                } else {
                    let add = |(form, _, address): (FormId, _, String)| {
                        AddSubscriberToFormByEmail::new(form, address).ok()
                    };
                    let items = map(additions, add);
                    let items = items
                        .into_iter()
                        .filter_map(|(place, what, add)| Some((place, what, add?)));
                    self.one_by_one(items.collect(), |person, reply, _| person.given(&reply))
                }
            }
            Stage::FindSubscribers => {
                let items = self.each(|person| {
                    let list = ListSubscribers::new().with_status(SubscriberStatus::All);
                    Some(list.with_email_addresses([&person.email_address]))
                });
                self.one_by_one(items, |person, page, _| person.found(page.items))
            }
            Stage::Unsubscribe => {
                let unsubscribes = self.how.unsubscribes;
                let items = self.each(|person| {
                    let wanted = person.wanted.as_ref();
                    let is_wanted = unsubscribes || wanted == Some(&SubscriberState::Cancelled);
                    // The list, by which they are found, lags.
                    let is_to_do = unsubscribes
                        || is_wanted && person.state != Some(SubscriberState::Cancelled);
                    person.id.filter(|_| is_to_do).map(Unsubscribe::new)
                });
                let items = items.into_iter().map(|(place, _, unsubscribe)| {
                    (place, "unsubscribing".to_owned(), unsubscribe)
                });
                self.one_by_one(items.collect(), |person, (), _| person.unsubscribed())
            }
            Stage::Create => None,
        }
    }

    /// Makes one person of the rows of one address, where nothing speaks against them.
    fn merge(&mut self, names: &Names) {
        let mut places = BTreeMap::new();
        for row in &self.rows {
            let is_refusing =
                self.how.unknown_fields == UnknownFields::Refuse && names.knows_fields();
            let unknown = || {
                let mut names = row.fields.keys().filter(|name| names.field(name).is_none());
                let name = names.next().filter(|_| is_refusing)?;
                Some(format!("the account has no custom field {name}"))
            };
            if let Some(problem) = row.problem().or_else(unknown) {
                self.places.push(Place::Refused(problem));
                continue;
            }
            let place = *places.entry(row.key()).or_insert(self.people.len());
            self.places.push(Place::Of(place));
            match self.people.get_mut(place) {
                Some(person) => person.merge(row),
                None => self.people.push(Person::new(row)),
            }
        }
    }

    /// An item for each person for whom there is one.
    fn each<T>(&self, item: impl Fn(&Person) -> Option<T>) -> Items<T> {
        let people = self.people.iter().enumerate();
        people.filter_map(|(place, person)| Some((place, String::new(), item(person)?))).collect()
    }

    /// The values of custom fields. What cannot be sent is said to the person.
    fn values(&mut self, names: &Names, ended: Option<&str>) -> Items<CustomFieldValue> {
        let mut items = Vec::new();
        for (place, person) in self.people.iter_mut().enumerate() {
            let Some(id) = person.id else { continue };
            let mut values = BTreeMap::new();
            for (name, value) in person.fields.clone() {
                let what = format!("custom field {name}");
                match (names.field(&name), ended) {
                    (Some(Ok(field)), _) => {
                        let value = CustomFieldValue::new(id, field.id, value);
                        values.insert(field.id, (place, what, value));
                    }
                    (Some(Err(reason)), _) => person.refuse(format!("{what}: {reason}")),
                    (None, None) => {
                        person.warnings.push(format!("{what}: the account has none such"));
                    }
                    (None, Some(why)) => person.leave(format!("{what}: {why}")),
                }
            }
            items.extend(values.into_values());
        }
        items
    }

    fn taggings(&mut self, names: &Names, ended: Option<&str>) -> Items<(TagId, SubscriberId)> {
        let mut items = Vec::new();
        for (place, person) in self.people.iter_mut().enumerate() {
            let Some(id) = person.id else { continue };
            for name in each_once(person.tags.clone()) {
                let what = format!("tag {name}");
                match names.tag(&name) {
                    Some(Ok(tag)) => items.push((place, what, (*tag, id))),
                    Some(Err(reason)) => person.refuse(format!("{what}: {reason}")),
                    None => person.leave(format!("{what}: {}", ended.unwrap_or_default())),
                }
            }
        }
        items
    }

    fn additions(
        &mut self,
        names: &Names,
        ended: Option<&str>,
    ) -> Items<(FormId, SubscriberId, String)> {
        let mut items = Vec::new();
        for (place, person) in self.people.iter_mut().enumerate() {
            let Some(id) = person.id else { continue };
            for form in each_once(person.forms.clone()) {
                let what = format!("form {form}");
                let address = person.email_address.clone();
                match (names.form(&form), ended) {
                    (Some(form), _) => items.push((place, what, (form, id, address))),
                    (None, Some(why)) if !names.knows_forms() => {
                        person.leave(format!("{what}: {why}"));
                    }
                    (None, _) => person.refuse(format!("{what}: the account has none such")),
                }
            }
        }
        items
    }

    fn in_batches<B>(
        &self,
        items: Items<B::Item>,
        done: fn(&mut Person, B::Row, i64),
    ) -> Option<Box<dyn Work>>
    where
        B: BulkOperation + Asked + Send + 'static,
        B::Item: Send,
        B::Row: Send,
    {
        self.for_people(items, InBatches::<B>::new, done)
    }

    fn one_by_one<E>(
        &self,
        items: Items<E>,
        done: fn(&mut Person, E::Reply, i64),
    ) -> Option<Box<dyn Work>>
    where
        E: Asked + Send + 'static,
        E::Reply: Send,
    {
        self.for_people(items, Singles::new, done)
    }

    fn for_people<T, R: Requests + Send + 'static>(
        &self,
        items: Items<T>,
        requests: impl FnOnce(Vec<T>) -> R,
        done: fn(&mut Person, R::Row, i64),
    ) -> Option<Box<dyn Work>> {
        if items.is_empty() {
            return None;
        }
        let split = items.into_iter().map(|(place, what, item)| ((place, what), item));
        let (items, sent): (Vec<_>, Vec<_>) = split.unzip();
        let begun = self.how.begun;
        Some(Box::new(ForPeople { requests: requests(sent), items, done, begun }))
    }

    /// The rows, and what became of each, where the first row has this number.
    pub(super) fn results(self, first: u64) -> (Vec<ImportRow>, Vec<RowResult>) {
        let numbers = (first..).zip(&self.places);
        let mut last = BTreeMap::new();
        for (number, place) in numbers.clone() {
            if let Place::Of(person) = place {
                last.insert(*person, number);
            }
        }
        let result = |(number, place): (u64, &Place)| match place {
            Place::Refused(reason) => RowResult::of(RowOutcome::refused(reason.clone())),
            Place::Of(place) => {
                let Some(person) = self.people.get(*place) else {
                    return RowResult::of(RowOutcome::NotAttempted { reasons: Vec::new() });
                };
                RowResult {
                    outcome: person.outcome(),
                    merged_into: last.get(place).copied().filter(|last| *last != number),
                    warnings: person.warnings.clone(),
                }
            }
        };
        let results = numbers.map(result).collect();
        (self.rows, results)
    }
}

fn new_subscriber(person: &Person) -> NewSubscriber {
    let mut new = NewSubscriber::new(&person.email_address);
    if let Some(name) = &person.first_name {
        new = new.with_first_name(name);
    }
    if let Some(state) = &person.wanted {
        new = new.with_state(state.clone());
    }
    new
}

fn creation(person: &Person, names: &Names) -> Option<CreateSubscriber> {
    let mut create = CreateSubscriber::new(&person.email_address).ok()?;
    if let Some(name) = &person.first_name {
        create = create.with_first_name(name);
    }
    if let Some(state) = &person.wanted {
        create = create.with_state(state.clone());
    }
    for (name, value) in &person.fields {
        if let Some(Ok(field)) = names.field(name) {
            create = create.with_field(&field.key, value);
        }
    }
    Some(create)
}

/// The custom fields that a subscriber who was there does not have yet.
fn update(person: &Person, names: &Names) -> Option<UpdateSubscriber> {
    let mut values = BTreeMap::new();
    for (name, value) in &person.fields {
        if let Some(Ok(field)) = names.field(name) {
            values.insert(&field.key, value);
        }
    }
    values.retain(|key, value| person.lacks(key, value));
    let update = UpdateSubscriber::new(person.id.filter(|_| !values.is_empty())?);
    Some(values.into_iter().fold(update, |update, (key, value)| update.with_field(key, value)))
}

/// The work that creates what has these names.
fn for_names<E>(
    names: Vec<String>,
    create: fn(String) -> Result<E, Error>,
    keep: fn(&mut Names, &str, BulkOutcome<E::Reply>),
) -> Option<Box<dyn Work>>
where
    E: Asked + Send + 'static,
    E::Reply: Send,
{
    let created = names.into_iter().filter_map(|name| Some((create(name.clone()).ok()?, name)));
    let (requests, names): (Vec<_>, Vec<_>) = created.unzip();
    let requests = Singles::new(requests);
    if names.is_empty() { None } else { Some(Box::new(ForNames { requests, names, keep })) }
}

fn map<T, U>(items: Items<T>, map: impl Fn(T) -> U) -> Items<U> {
    items.into_iter().map(|(place, what, item)| (place, what, map(item))).collect()
}
