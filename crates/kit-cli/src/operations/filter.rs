use clap::Args;
use kit_ureq::subscribers::{
    Condition, CountingMode, FilterExtra, FilterSortField, FilterSubscribers, SortOrder,
    Subscribed, SubscriberState, TagSet,
};
use kit_ureq::{Date, TagId};

use super::options::with;
use crate::{Context, Failure};

/// What subscribers are looked for by: all of it has to be true
#[derive(Args, Debug)]
pub(crate) struct Filter {
    /// A condition in Kit's own language, such as {"type":"opens","count_greater_than":3}; can be repeated.
    #[arg(long = "condition", value_name = "JSON", value_parser = json)]
    conditions: Vec<serde_json::Value>,
    /// Only those who have one of these tags.
    #[arg(long = "tag", value_name = "ID", value_delimiter = ',')]
    tags: Vec<TagId>,
    /// Only those in one of these states.
    #[arg(long = "state", value_name = "STATE", value_delimiter = ',')]
    states: Vec<SubscriberState>,
    /// Only those who subscribed after this day.
    #[arg(long, value_name = "DAY")]
    subscribed_after: Option<Date>,
    /// Only those who subscribed before this day.
    #[arg(long, value_name = "DAY")]
    subscribed_before: Option<Date>,
    /// Ask for these: attribution, tags, location, canceled_at, custom_fields, stats.
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = extra)]
    include: Vec<FilterExtra>,
    /// How events are counted: raw (the default), or unique_email.
    #[arg(long, value_name = "MODE")]
    counting: Option<CountingMode>,
    /// Sort by this field, such as created_at.
    #[arg(long, value_name = "FIELD")]
    sort: Option<FilterSortField>,
    /// asc or desc.
    #[arg(long)]
    order: Option<SortOrder>,
}

fn json(text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text).map_err(|error| format!("is no JSON: {error}"))
}

fn extra(text: &str) -> Result<FilterExtra, String> {
    Ok(match text {
        "attribution" => FilterExtra::Attribution,
        "tags" => FilterExtra::Tags,
        "location" => FilterExtra::Location,
        "canceled_at" => FilterExtra::CanceledAt,
        "custom_fields" => FilterExtra::CustomFields,
        "stats" => FilterExtra::Stats,
        _ => {
            return Err(
                "is none of attribution, tags, location, canceled_at, custom_fields, stats"
                    .to_owned(),
            );
        }
    })
}

impl Filter {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        let mut all: Vec<_> = self.conditions.into_iter().map(Condition::Other).collect();
        if !self.tags.is_empty() {
            // One entry for each: whether one of several tags in an entry is enough is not documented.
            let any = self.tags.into_iter().map(|tag| TagSet::new([tag])).collect();
            all.push(Condition::Tags { any });
        }
        if !self.states.is_empty() {
            all.push(Condition::states(self.states));
        }
        match (self.subscribed_after, self.subscribed_before) {
            (None, None) => {}
            (Some(after), None) => all.push(Condition::Subscribed(Subscribed::after(after))),
            (None, Some(before)) => all.push(Condition::Subscribed(Subscribed::before(before))),
            (Some(after), Some(before)) => {
                all.push(Condition::Subscribed(Subscribed::between(after, before)));
            }
        }
        let filter = FilterSubscribers::new(all).including(self.include);
        let filter = with(filter, self.counting, FilterSubscribers::with_counting_mode);
        let filter = with(filter, self.sort, FilterSubscribers::with_sort_field);
        kit.list(with(filter, self.order, FilterSubscribers::with_sort_order))
    }
}
