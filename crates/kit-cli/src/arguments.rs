//! The commands and their arguments.

use anstream::ColorChoice;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::api::Api;
use crate::doctor::doctor;
use crate::emulator::Emulate;
use crate::export::Export;
use crate::import::{ImportPeople, UnsubscribePeople};
use crate::listen::Listen;
use crate::login::{self, Login};
use crate::manual::{Completions, Man};
use crate::operations::{
    Account, Broadcasts, Bulk, CustomFields, EmailTemplates, Forms, Posts, Purchases, Segments,
    Sequences, Snippets, Subscribers, Tags, WebhookEndpoints, Webhooks,
};
use crate::sync::Sync;
use crate::trigger::Trigger;
use crate::{Context, Failure};

const AFTER: &str = "\
Environment: KIT_API_KEY and KIT_ACCESS_TOKEN are as whom, KIT_BASE_URL is where Kit is, KIT_PROFILE names a profile. They \
come before what a profile has. NO_COLOR takes the colors away; KIT_NO_KEYRING keeps credentials out of the system's keyring.

Exit codes: 0 done, 1 failed, 2 bad arguments, 3 refused by Kit, 4 not authorized, 5 rate limit or a fault of Kit's, \
6 partly done, 130 interrupted.";

/// Kit (kit.com, email for creators) on the command line
#[derive(Debug, Parser)]
#[command(name = "kit", version, after_long_help = AFTER, after_help = "`kit help` says more.")]
#[command(arg_required_else_help = true, subcommand_required = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Global {
    /// The profile whose credentials are used, whatever the environment says.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Write JSON: one document, or for a list a line for each item. The default where nobody looks.
    #[arg(long, global = true, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Write CSV.
    #[arg(long, global = true)]
    pub(crate) csv: bool,
    /// Write only these fields, such as id,fields.company.
    #[arg(
        id = "only_fields",
        long = "fields",
        global = true,
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub(crate) fields: Vec<String>,
    /// Write at most so many items of a list. Default: all.
    #[arg(long, global = true, value_name = "COUNT")]
    pub(crate) limit: Option<usize>,
    /// Do what cannot be undone without being asked.
    #[arg(long, global = true)]
    pub(crate) yes: bool,
    /// Send nothing that changes something.
    #[arg(long, global = true)]
    pub(crate) read_only: bool,
    /// When to use colors.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// When colors are used.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// Tells what writes to the terminal.
    pub(crate) fn write_global(self) {
        match self {
            Self::Auto => {}
            Self::Always => ColorChoice::Always.write_global(),
            Self::Never => ColorChoice::Never.write_global(),
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Login(Login),
    /// Forget the credentials of the profile
    Logout,
    /// Show whose account it is
    Whoami,
    /// Say what is wrong: credentials, proxy, TLS, clock, Kit
    Doctor,
    Import(ImportPeople),
    Export(Export),
    Unsubscribe(UnsubscribePeople),
    Sync(Sync),
    Emulator(Emulate),
    Listen(Listen),
    Trigger(Trigger),
    Api(Api),
    #[command(subcommand)]
    Account(Account),
    #[command(subcommand)]
    Broadcasts(Broadcasts),
    #[command(subcommand)]
    Bulk(Bulk),
    #[command(subcommand)]
    CustomFields(CustomFields),
    #[command(subcommand)]
    EmailTemplates(EmailTemplates),
    #[command(subcommand)]
    Forms(Forms),
    #[command(subcommand)]
    Posts(Posts),
    #[command(subcommand)]
    Purchases(Purchases),
    #[command(subcommand)]
    Segments(Segments),
    #[command(subcommand)]
    Sequences(Sequences),
    #[command(subcommand)]
    Snippets(Snippets),
    #[command(subcommand)]
    Subscribers(Subscribers),
    #[command(subcommand)]
    Tags(Tags),
    #[command(subcommand)]
    WebhookEndpoints(WebhookEndpoints),
    #[command(subcommand)]
    Webhooks(Webhooks),
    Completions(Completions),
    Man(Man),
}

impl Arguments {
    /// Does what they say.
    pub(crate) fn run(self) -> Result<(), Failure> {
        // For those that need nothing of it, there may be no settings.
        let kit = || Context::new(self.global);
        match self.command {
            Command::Completions(completions) => completions.run(),
            Command::Man(man) => man.run(),
            Command::Emulator(emulate) => emulate.run(),
            Command::Login(login) => login.run(kit()?),
            Command::Logout => login::log_out(kit()?),
            Command::Whoami => login::whoami(&kit()?),
            Command::Doctor => doctor(&kit()?),
            Command::Import(import) => import.run(&kit()?),
            Command::Export(export) => export.run(&kit()?),
            Command::Unsubscribe(unsubscribe) => unsubscribe.run(&kit()?),
            Command::Sync(sync) => sync.run(&kit()?),
            Command::Listen(listen) => listen.run(&kit()?),
            Command::Trigger(trigger) => trigger.run(&kit()?),
            Command::Api(api) => api.run(&kit()?),
            Command::Account(account) => account.run(&kit()?),
            Command::Broadcasts(broadcasts) => broadcasts.run(&kit()?),
            Command::Bulk(bulk) => bulk.run(&kit()?),
            Command::CustomFields(custom_fields) => custom_fields.run(&kit()?),
            Command::EmailTemplates(email_templates) => email_templates.run(&kit()?),
            Command::Forms(forms) => forms.run(&kit()?),
            Command::Posts(posts) => posts.run(&kit()?),
            Command::Purchases(purchases) => purchases.run(&kit()?),
            Command::Segments(segments) => segments.run(&kit()?),
            Command::Sequences(sequences) => sequences.run(&kit()?),
            Command::Snippets(snippets) => snippets.run(&kit()?),
            Command::Subscribers(subscribers) => subscribers.run(&kit()?),
            Command::Tags(tags) => tags.run(&kit()?),
            Command::WebhookEndpoints(endpoints) => endpoints.run(&kit()?),
            Command::Webhooks(webhooks) => webhooks.run(&kit()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use clap::{Command, CommandFactory as _};

    use super::*;

    #[test]
    fn arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    /// Each command and its arguments, as scripts rely on them.
    fn surface(command: &Command, path: &str, text: &mut String) {
        for argument in command.get_arguments() {
            let is_everywhere = argument.is_global_set() && path != "kit";
            if is_everywhere || matches!(argument.get_id().as_str(), "help" | "version") {
                continue;
            }
            let name = match (argument.get_long(), argument.get_short()) {
                (Some(long), Some(short)) => format!("-{short}, --{long}"),
                (Some(long), None) => format!("--{long}"),
                _ => argument.get_id().to_string(),
            };
            let values = argument.get_value_names().unwrap_or_default().join(" ");
            let takes = argument.get_action().takes_values() && argument.get_long().is_some();
            let value = if takes { format!(" <{values}>") } else { String::new() };
            let must = if argument.is_required_set() { ", required" } else { "" };
            writeln!(text, "{path} {name}{value}{must}").unwrap();
        }
        for command in command.get_subcommands() {
            let path = format!("{path} {}", command.get_name());
            writeln!(text, "{path}").unwrap();
            surface(command, &path, text);
        }
    }

    /// `SNAPSHOTS=overwrite cargo test -p kit-cli` writes what has changed on purpose.
    #[test]
    fn commands_arguments_and_exit_codes_change_on_purpose_alone() {
        let mut text = String::from(AFTER);
        text.push_str("\n\n");
        surface(&Arguments::command(), "kit", &mut text);
        snapbox::assert_data_eq!(text, snapbox::file!["../tests/surface.txt"]);
    }
}
