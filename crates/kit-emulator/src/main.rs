//! The emulator as a program: starts, prints the variables to set, and serves until Ctrl-C.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use kit_emulator::Emulator;
use lexopt::prelude::{Long, Short, ValueExt as _};

const HELP: &str = "\
A local Kit (kit.com) to develop and test against. In memory; nothing leaves this machine, unless --deliver-to names a host.

Usage: kit-emulator [options]

Options:
  --address IP    the address to listen at            [default: 127.0.0.1]
  --port PORT     the port; 0 lets the system choose  [default: 4010]
  --api-key KEY   the API key to accept               [default: kit_emulator_api_key]
  --rate-limits   answer 429 to more than 120 requests in a minute (600 with an access token), as Kit does
  --token-lifetime SECONDS
                  how long access tokens last [default: 172800 for a code, 7200 for a refresh token]
  --seed FILE     the resources to begin with, as JSON: what GET /_kit/state answers
  --allow-host NAME
                  another name by which /_kit/ may be called, such as that of a container; can be repeated
  --deliver-to HOST
                  a host that webhooks may be delivered to beside this machine, such as a container; can be repeated
  --quiet         print no line for each request
  -h, --help      print this help

The page at /_kit/ shows what was answered and delivered, and has forms for events, faults and the clock.

Seed: an object with a list for each resource that is to be there, for example
  {\"tags\": [{\"id\": 44, \"name\": \"VIP\", \"created_at\": \"2026-07-29T14:32:10Z\"}],
   \"custom_fields\": [{\"id\": 1, \"label\": \"Company\", \"key\": \"company\", \"name\": \"ck_field_1_company\",
     \"created_at\": \"2026-07-29T14:32:10Z\"}],
   \"subscribers\": [{\"id\": 9, \"email_address\": \"ann@example.com\", \"first_name\": \"Ann\", \"state\": \"active\",
     \"tags\": {\"44\": \"2026-07-29T14:32:10Z\"}, \"fields\": {\"1\": \"Acme\"}}]}
  Lists: account (an object), broadcasts, custom_fields, email_templates, forms, posts, purchases, segments, sequences,
  sequence_emails, snippets, subscribers, tags, webhooks, webhook_endpoints; accounts has the same of other accounts, each
  with its id. A list that is missing is empty. GET /_kit/state of an emulator shows all fields.

Control requests, for programs on this machine (events, deliveries, the rows of a resource and changes are those of the first
account, or with ?account=ID of another):
  GET  /_kit/accounts                    the accounts, with their credentials; POST adds one
  GET  /_kit/requests                    the requests that came last, with replies, durations and faults; ?limit=1000;
                                         ?since=CURSOR: what has changed since, and &brief: without headers and bodies
  GET  /_kit/requests/NUMBER             one of them
  POST /_kit/events                      {\"type\": \"subscriber.tag_added\", \"count\": 3, \"data\": {…}}: makes events happen;
                                         {\"type\": …, \"subscriber_id\": 9} of a subscriber that is there; GET lists the types
  GET  /_kit/deliveries                  what was delivered, and what is to be, with all attempts; ?since, &limit and &brief
  GET  /_kit/deliveries/ID               one of them, with its body
  POST /_kit/deliveries/ID/deliver       its next attempt, now
  POST /_kit/settle                      waits until nothing is due
  GET  /_kit/clock                       what the clock shows, and what is due next
  POST /_kit/clock                       {\"advance_seconds\": 30}, {\"to_next_timer\": true} or {\"speed\": 60}
  POST /_kit/faults                      a list of rules, in place of all; with ?add behind them; GET lists them, with how far
                                         they are used up; DELETE removes all, DELETE /_kit/faults/ID one
  GET  /_kit/state                       all resources; PUT puts others in their place
  GET  /_kit/state/RESOURCE              the rows of one, ?after=ID&limit=1000
  POST /_kit/reset                       puts back the seed, or what is there without one, and keeps credentials, tokens, the
                                         clock, and all ids that were given; POST /_kit/reset/undo brings back what was there
  GET  /_kit/changes?since=N&wait=20     what there is in short, as soon as something has changed

Rules: {\"method\": \"POST\", \"path\": \"/v4/tags*\", \"contains\": \"VIP\"}, each of which can be left out, with one fault:
  \"status\": 503 (with \"body\", \"content_type\", \"retry_after\": 2), \"delay_ms\": 500, \"close\": true, \"garbage\": true or
  \"truncate\": true; \"after_applying\": true applies the request before it fails. For deliveries: \"delivery\": \"duplicated\",
  \"delayed\" (\"delay_ms\"), \"reordered\", \"forged\", \"stale\", \"truncated\", \"dropped\" or \"unanswered\", with \"event_type\".
  All of them: \"times\": 3, \"every\": 20 or \"percent\": 5.
  curl $KIT_BASE_URL/_kit/faults -d '[{\"path\": \"/v4/*\", \"status\": 503, \"percent\": 5}]'
";

struct Options {
    address: IpAddr,
    port: u16,
    api_key: Option<String>,
    has_rate_limits: bool,
    token_lifetime: Option<u64>,
    allowed_hosts: Vec<String>,
    destinations: Vec<String>,
    is_quiet: bool,
    seed: Option<PathBuf>,
}

enum Command {
    Serve(Options),
    Help,
}

fn main() -> ExitCode {
    let result = match parse(lexopt::Parser::from_env()) {
        Ok(Command::Help) => write!(io::stdout(), "{HELP}").map_err(Into::into),
        Ok(Command::Serve(options)) => serve(options),
        Err(error) => {
            eprintln!("kit-emulator: {error}\n\nSee kit-emulator --help");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kit-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options {
        address: Ipv4Addr::LOCALHOST.into(),
        port: 4010,
        api_key: None,
        has_rate_limits: false,
        token_lifetime: None,
        allowed_hosts: Vec::new(),
        destinations: Vec::new(),
        is_quiet: false,
        seed: None,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("address") => options.address = value(&mut arguments, "--address")?,
            Long("port") => options.port = value(&mut arguments, "--port")?,
            Long("api-key") => {
                let key = arguments.value()?.string()?;
                if key.is_empty() {
                    return Err("--api-key: is empty".into());
                }
                options.api_key = Some(key);
            }
            Long("rate-limits") => options.has_rate_limits = true,
            Long("token-lifetime") => {
                options.token_lifetime = Some(value(&mut arguments, "--token-lifetime")?);
            }
            Long("allow-host") => options.allowed_hosts.push(arguments.value()?.string()?),
            Long("deliver-to") => options.destinations.push(arguments.value()?.string()?),
            Long("quiet") => options.is_quiet = true,
            Long("seed") => options.seed = Some(arguments.value()?.into()),
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Serve(options))
}

fn value<T>(arguments: &mut lexopt::Parser, option: &str) -> Result<T, lexopt::Error>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let value = arguments.value()?;
    value.parse().map_err(|error| format!("{option}: {error}").into())
}

fn serve(options: Options) -> Result<(), Box<dyn Error>> {
    let mut builder = Emulator::builder().address((options.address, options.port));
    if let Some(api_key) = options.api_key {
        builder = builder.api_key(api_key);
    }
    if options.has_rate_limits {
        builder = builder.rate_limits();
    }
    if let Some(seconds) = options.token_lifetime {
        builder = builder.token_lifetime(Duration::from_secs(seconds));
    }
    for host in &options.allowed_hosts {
        builder = builder.allow_host(host);
    }
    for host in &options.destinations {
        builder = builder.deliver_to(host);
    }
    if !options.is_quiet {
        builder = builder.on_request(|line| {
            // Nobody may look.
            let _ = writeln!(io::stderr(), "{line}");
        });
    }
    let emulator = builder.start().map_err(|error| {
        if error.kind() == io::ErrorKind::InvalidInput {
            return error.to_string();
        }
        let (address, port) = (options.address, options.port);
        format!("cannot listen at {address}:{port}: {error}; --port 0 takes a port that is free")
    })?;
    if let Some(file) = options.seed {
        seed(&emulator, &file).map_err(|error| format!("--seed {}: {error}", file.display()))?;
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        tokio::select! {
            biased; // Ctrl-C is listened for before anything is said.
            stop = tokio::signal::ctrl_c() => stop,
            error = announce(&emulator) => error,
        }
    })?;
    println!(
        "\nStopped: {} requests, {} deliveries.",
        emulator.requests(),
        emulator.accounts().iter().map(|account| account.deliveries().len()).sum::<usize>()
    );
    Ok(())
}

fn seed(emulator: &Emulator, file: &Path) -> Result<(), String> {
    let text = std::fs::read(file).map_err(|error| error.to_string())?;
    let state = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    emulator.begin_with(&state)
}

/// Prints the variables to set. Then never ends, unless printing fails.
async fn announce(emulator: &Emulator) -> io::Result<()> {
    let (url, key) = (emulator.base_url(), emulator.api_key());
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let mut out = io::stdout();
    writeln!(out, "A local Kit is listening. To use it, set\n")?;
    writeln!(out, "  export KIT_BASE_URL={url}\n  export KIT_API_KEY={key}")?;
    writeln!(out, "  export KIT_ACCESS_TOKEN={}", emulator.access_token())?;
    writeln!(out, "  export KIT_CLIENT_ID={id}\n  export KIT_CLIENT_SECRET={secret}")?;
    writeln!(out, "\nand see what it does at {}\n\nCtrl-C ends it.", emulator.page())?;
    std::future::pending().await
}
