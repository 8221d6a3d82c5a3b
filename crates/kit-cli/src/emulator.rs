use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use kit_emulator::Emulator;

use crate::Failure;
use crate::api::read;
use crate::browser::open;
use crate::output::{plain, say};

/// Start a local Kit to try things on
///
/// Everything is in memory, and nothing leaves this machine. It writes the variables to set, and serves until Ctrl-C. Its page
/// shows what was answered and delivered, and has forms for faults, events and the clock.
#[derive(Args, Debug)]
pub(crate) struct Emulate {
    /// The address to listen at.
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The port; 0 lets the system choose.
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// The API key to accept.
    #[arg(long, value_name = "KEY", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    api_key: Option<String>,
    /// The seconds that access tokens last.
    #[arg(long, value_name = "SECONDS")]
    token_lifetime: Option<u64>,
    /// Answer 429 to more than 120 requests in a minute (600 with an access token), as Kit does.
    #[arg(long)]
    rate_limits: bool,
    /// The resources to begin with, as JSON: what GET /_kit/state answers.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// A host that webhooks may be delivered to beside this machine, such as a container; can be repeated.
    #[arg(long, value_name = "HOST")]
    deliver_to: Vec<String>,
    /// Another name by which its page and its control requests may be called; can be repeated.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Open its page in your browser.
    #[arg(long)]
    open: bool,
    /// Write no line for each request.
    #[arg(long)]
    quiet: bool,
}

impl Emulate {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut builder = Emulator::builder().address((self.address, self.port));
        if self.rate_limits {
            builder = builder.rate_limits();
        }
        if let Some(key) = &self.api_key {
            builder = builder.api_key(key);
        }
        if let Some(seconds) = self.token_lifetime {
            builder = builder.token_lifetime(Duration::from_secs(seconds));
        }
        for host in &self.deliver_to {
            builder = builder.deliver_to(host);
        }
        for host in &self.allow_host {
            builder = builder.allow_host(host);
        }
        if !self.quiet {
            builder = builder.on_request(|line| say(&plain(line)));
        }
        let emulator = builder.start().map_err(|error| {
            if error.kind() == std::io::ErrorKind::InvalidInput {
                return Failure::usage(error.to_string());
            }
            let (address, port) = (self.address, self.port);
            Failure::other(format!("cannot listen at {address}:{port}: {error}"))
                .advise("Say --port 0 for a port that is free.")
        })?;
        if let Some(file) = &self.seed {
            let wrong = |error| Failure::usage(format!("{}: {error}", file.display()));
            emulator.begin_with(&read(file)?).map_err(wrong)?;
        }
        let variables = [
            ("KIT_BASE_URL", emulator.base_url()),
            ("KIT_API_KEY", emulator.api_key()),
            ("KIT_ACCESS_TOKEN", emulator.access_token()),
            ("KIT_CLIENT_ID", emulator.client_id()),
            ("KIT_CLIENT_SECRET", emulator.client_secret()),
        ];
        let lines = variables.map(|(name, value)| format!("export {name}={value}\n")).concat();
        let mut out = std::io::stdout();
        // Whoever has read what he needed may have gone.
        let written = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
        written.or_else(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        })?;
        let page = emulator.page();
        say(&format!(
            "A local Kit is listening. Set these variables to use it. Ctrl-C ends it.\nIts page: {page}"
        ));
        if self.open {
            open(&page);
        }
        loop {
            std::thread::park();
        }
    }
}
