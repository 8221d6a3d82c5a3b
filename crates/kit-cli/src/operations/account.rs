use clap::Subcommand;
use kit_ureq::Date;
use kit_ureq::account::{
    Color, GetAccount, GetCreatorProfile, GetEmailStats, GetGrowthStats, ListColors, UpdateColors,
};

use super::options::with;
use crate::{Context, Failure};

/// The account, its profile and its statistics
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Show the account
    Get,
    /// Show the creator profile
    Profile,
    /// Show the colors
    Colors,
    /// Set the colors, such as #8ce8ff
    SetColors {
        /// The colors: at most 10.
        #[arg(required = true)]
        colors: Vec<Color>,
    },
    /// Show the statistics of emails of the last 90 days
    EmailStats,
    /// Show how the number of subscribers has grown
    GrowthStats {
        /// The first day. Default: 90 days ago.
        #[arg(long, value_name = "DAY")]
        starting: Option<Date>,
        /// The last day. Default: today.
        #[arg(long, value_name = "DAY")]
        ending: Option<Date>,
    },
}

impl Account {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::Get => kit.show(&GetAccount::new()),
            Self::Profile => kit.show(&GetCreatorProfile::new()),
            Self::Colors => kit.show(&ListColors::new()),
            Self::SetColors { colors } => kit.show(&UpdateColors::new(colors)?),
            Self::EmailStats => kit.show(&GetEmailStats::new()),
            Self::GrowthStats { starting, ending } => {
                let get = with(GetGrowthStats::new(), starting, GetGrowthStats::with_starting);
                kit.show(&with(get, ending, GetGrowthStats::with_ending))
            }
        }
    }
}
