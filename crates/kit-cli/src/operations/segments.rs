use clap::Subcommand;
use kit_ureq::segments::ListSegments;

use crate::{Context, Failure};

/// Segments of subscribers
#[derive(Debug, Subcommand)]
pub(crate) enum Segments {
    /// List the segments
    List,
}

impl Segments {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List => kit.list(ListSegments::new()),
        }
    }
}
