//! Imports subscribers from a CSV file, tags them, drafts a broadcast to them, and exports all subscribers.
//! `cargo run --example import_subscribers --features import -- --help`

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use kit_emulator::Emulator;
use kit_examples::{Failure, finish, say, variable};
use kit_ureq::broadcasts::{CreateBroadcast, ListBroadcasts, RecipientGroup, Recipients};
use kit_ureq::bulk::{
    Batches, BulkCreateSubscribers, BulkOperation, BulkReport, BulkTagSubscribers, NewSubscriber,
    Tagging,
};
use kit_ureq::subscribers::{ListSubscribers, SubscriberStatus};
use kit_ureq::tags::CreateTag;
use kit_ureq::{Client, Credentials, TagId, Timestamp};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

const HELP: &str = "\
Imports subscribers from a CSV file with the columns email_address and first_name (which may be missing or empty),
tags the imported ones, drafts a broadcast to them, and exports all subscribers.

Usage: import_subscribers [options] [FILE]

Options:
  --tag NAME       the tag                           [default: Imported]
  --export FILE    where to write all subscribers to [default: nowhere]
  -h, --help       print this help

Without FILE, 2,000 people are made up.

KIT_ACCESS_TOKEN is an OAuth access token, which bulk operations require; without it, a local Kit is started and
used. KIT_BASE_URL is the URL of Kit.
";

/// How often what may not have been applied is sent again.
const ROUNDS: usize = 5;

struct Options {
    file: Option<PathBuf>,
    tag: String,
    export: Option<PathBuf>,
}

fn main() -> ExitCode {
    match parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => finish(run(&options)),
        Ok(None) => {
            // Nobody may listen.
            let _ = write!(io::stdout(), "{HELP}");
            ExitCode::SUCCESS
        }
        Err(error) => finish(Err(error.into())),
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { file: None, tag: "Imported".into(), export: None };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("tag") => options.tag = arguments.value()?.string()?,
            Long("export") => options.export = Some(arguments.value()?.into()),
            Value(file) if options.file.is_none() => options.file = Some(file.into()),
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(options))
}

fn run(options: &Options) -> Result<(), Failure> {
    let people = match &options.file {
        Some(file) => read(file)?,
        None => made_up(),
    };
    // The local Kit stops with this.
    let (client, _local) = connect()?;

    let count = people.len();
    let report = carry_out::<BulkCreateSubscribers>(&client, "create", people)?;
    let done = tell(&report, |person| person.email_address().to_owned());
    say(format_args!("Created or updated {done} of {count} subscribers."));
    if done == 0 && count > 0 {
        return Err("nobody was imported".into());
    }

    let tag = client.send(&CreateTag::new(&options.tag)?)?.value;
    // Several rows with one address are one subscriber.
    let imported: BTreeSet<_> =
        report.done().filter_map(|(_, subscriber)| Some(subscriber?.id)).collect();
    let taggings: Vec<_> = imported.into_iter().map(|id| Tagging::new(tag.id, id)).collect();
    let count = taggings.len();
    let report = carry_out::<BulkTagSubscribers>(&client, "tag", taggings)?;
    let done =
        tell(&report, |tagging| tagging.subscriber_id.map(|id| id.to_string()).unwrap_or_default());
    say(format_args!("Tagged {done} of {count} imported subscribers with {}.", tag.name));

    let broadcast = draft(&client, tag.id)?;
    say(format_args!("Broadcast {broadcast} to them is a draft."));

    if let Some(file) = &options.export {
        let count = export(&client, file)?;
        say(format_args!("Exported {count} subscribers to {}.", file.display()));
    }
    Ok(())
}

/// Kit, or a local one.
fn connect() -> Result<(Client, Option<Emulator>), Failure> {
    if let Some(token) = variable("KIT_ACCESS_TOKEN")? {
        let url = variable("KIT_BASE_URL")?.unwrap_or_else(|| "https://api.kit.com".to_owned());
        let client = Client::builder().base_url(url).build(Credentials::access_token(token))?;
        return Ok((client, None));
    }
    let emulator = Emulator::start()?;
    say("KIT_ACCESS_TOKEN is not set: this is a local Kit, which is gone afterwards.");
    let credentials = Credentials::access_token(emulator.access_token());
    let client = Client::builder().base_url(emulator.base_url()).build(credentials)?;
    Ok((client, Some(emulator)))
}

fn read(file: &PathBuf) -> Result<Vec<NewSubscriber>, Failure> {
    let wrong = |error: &dyn Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(|error| wrong(&error))?;
    let headers = reader.headers().map_err(|error| wrong(&error))?;
    let column = |name: &str| headers.iter().position(|header| header.trim() == name);
    let (email_address, first_name) = (column("email_address"), column("first_name"));
    let email_address =
        email_address.ok_or_else(|| format!("{}: no column email_address", file.display()))?;
    let mut people = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| wrong(&error))?;
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        let person = NewSubscriber::new(cell(email_address));
        people.push(match first_name.map(cell).filter(|name| !name.is_empty()) {
            Some(name) => person.with_first_name(name),
            None => person,
        });
    }
    Ok(people)
}

fn made_up() -> Vec<NewSubscriber> {
    let person = |number| {
        NewSubscriber::new(format!("person-{number}@example.com"))
            .with_first_name(format!("Person {number}"))
    };
    (1..=2000).map(person).collect()
}

/// Sends all items, a hundred at once. What may not have been applied is sent again: all bulk operations can be.
fn carry_out<B: BulkOperation>(
    client: &Client,
    what: &'static str,
    items: Vec<B::Item>,
) -> Result<BulkReport<B>, Failure> {
    let bar = ProgressBar::new(items.len().try_into()?);
    bar.set_style(ProgressStyle::with_template("{msg:>8} [{wide_bar}] {pos}/{len}")?);
    bar.set_message(what);
    let mut batches = Batches::<B>::new(items);
    for round in 1..=ROUNDS {
        while let Some(batch) = batches.next_batch() {
            let result = client.send(batch.request());
            batches.record(batch, result);
            bar.set_position(batches.progress().1.try_into()?);
        }
        if round < ROUNDS && !batches.repeat() {
            break;
        }
    }
    bar.finish();
    Ok(batches.into_report())
}

/// Says what was not done, and why. The number of items that were done.
fn tell<B: BulkOperation>(report: &BulkReport<B>, name: impl Fn(&B::Item) -> String) -> usize {
    for error in &report.errors {
        say(format_args!("A request failed: {error}"));
    }
    // If no request got through, the errors say it all.
    let done = report.done().count();
    if done > 0 || report.errors.is_empty() {
        for (place, item, outcome) in report.open() {
            say(format_args!("No. {} ({}): {outcome}", place + 1, name(item)));
        }
    }
    done
}

/// Drafts the broadcast once: where it may have been created, it is looked for.
fn draft(client: &Client, tag: TagId) -> Result<u64, Failure> {
    let subject = format!("Welcome, tag {tag}");
    let create = CreateBroadcast::new(&subject, "<p>Hello</p>", Timestamp::UNIX_EPOCH)
        .to(Recipients::InAll(vec![RecipientGroup::Tags(vec![tag])]));
    match client.send(&create) {
        Ok(broadcast) => Ok(broadcast.id.get()),
        Err(error) if error.may_have_been_applied() => {
            for broadcast in client.items(ListBroadcasts::new()) {
                let broadcast = broadcast?;
                if broadcast.subject.as_deref() == Some(&*subject) {
                    return Ok(broadcast.id.get());
                }
            }
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn export(client: &Client, file: &PathBuf) -> Result<usize, Failure> {
    let mut writer = csv::Writer::from_writer(File::create(file)?);
    writer.write_record(["id", "email_address", "first_name", "state", "created_at"])?;
    let mut count = 0;
    for subscriber in client.items(ListSubscribers::new().with_status(SubscriberStatus::All)) {
        let subscriber = subscriber?;
        writer.write_record([
            subscriber.id.to_string(),
            subscriber.email_address,
            subscriber.first_name.unwrap_or_default(),
            subscriber.state.to_string(),
            subscriber.created_at.map(|time| time.to_string()).unwrap_or_default(),
        ])?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}
