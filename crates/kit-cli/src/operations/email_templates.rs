use clap::Subcommand;
use kit_ureq::email_templates::ListEmailTemplates;

use crate::{Context, Failure};

/// Templates of emails
#[derive(Debug, Subcommand)]
pub(crate) enum EmailTemplates {
    /// List the templates
    List,
}

impl EmailTemplates {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List => kit.list(ListEmailTemplates::new()),
        }
    }
}
