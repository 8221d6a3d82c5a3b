use kit_core::Error;
use kit_core::account::{
    Color, GetAccount, GetCreatorProfile, GetEmailStats, GetGrowthStats, ListColors, UpdateColors,
};

use super::arguments::{Arguments, with};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/account" => built(GetAccount::new()),
        "GET /v4/account/colors" => built(ListColors::new()),
        "PUT /v4/account/colors" => {
            let colors = a.texts("colors").unwrap_or_default();
            let colors: Result<Vec<Color>, _> = colors.iter().map(|color| color.parse()).collect();
            built(UpdateColors::new(colors?)?)
        }
        "GET /v4/account/creator_profile" => built(GetCreatorProfile::new()),
        "GET /v4/account/email_stats" => built(GetEmailStats::new()),
        "GET /v4/account/growth_stats" => {
            let get = GetGrowthStats::new();
            let get = with(get, a.parsed("starting"), GetGrowthStats::with_starting);
            built(with(get, a.parsed("ending"), GetGrowthStats::with_ending))
        }
        _ => None,
    })
}
