use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::Args;
use kit_emulator::Emulator;

use crate::Failure;
use crate::api::read;
use crate::output::say;

/// Start a local Kit to try things on
///
/// Everything is in memory, and nothing leaves this machine. It writes the variables to set, and serves until Ctrl-C.
#[derive(Args, Debug)]
pub(crate) struct Emulate {
    /// The address to listen at.
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The port; 0 lets the system choose.
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Answer 429 to more than 120 requests in a minute (600 with an access token), as Kit does.
    #[arg(long)]
    rate_limits: bool,
    /// The resources to begin with, as JSON.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
}

impl Emulate {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut builder = Emulator::builder().address((self.address, self.port));
        if self.rate_limits {
            builder = builder.rate_limits();
        }
        let emulator = builder.start().map_err(|error| {
            let (address, port) = (self.address, self.port);
            Failure::other(format!("cannot listen at {address}:{port}: {error}"))
                .advise("Say --port 0 for a port that is free.")
        })?;
        if let Some(file) = &self.seed {
            let wrong = |error| Failure::usage(format!("{}: {error}", file.display()));
            emulator.seed(&read(file)?).map_err(wrong)?;
        }
        let mut out = std::io::stdout();
        writeln!(out, "export KIT_BASE_URL={}", emulator.base_url())?;
        writeln!(out, "export KIT_API_KEY={}", emulator.api_key())?;
        writeln!(out, "export KIT_ACCESS_TOKEN={}", emulator.access_token())?;
        out.flush()?;
        say("A local Kit is listening. Set these variables to use it. Ctrl-C ends it.");
        loop {
            std::thread::park();
        }
    }
}
