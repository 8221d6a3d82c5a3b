use kit_core::budgets::BudgetStore;
use kit_core::settings::Pacing;
use kit_core::{Credentials, Pacer};

use crate::named_budget::NamedBudget;
use crate::oauth::Session;

/// A pacer that shares its budget with other processes, with the store that keeps the budget.
///
/// Clones are one pacer. [`Pacer::shared`] says how the budget is shared, and what happens where the store fails.
/// A thread of its own calls the store while there are calls.
///
/// For the sessions of many accounts, see [`Sessions::with_budgets`](crate::oauth::Sessions::with_budgets).
///
/// # Examples
///
/// ```
/// use kit_ureq::{Client, Credentials, SharedPacer};
///
/// # fn example(store: impl kit_ureq::budgets::BudgetStore + 'static) {
/// let credentials = Credentials::api_key("kit_0123");
/// // The name of the budget: the same in all processes with this credential.
/// let pacer = SharedPacer::new(store, "newsletter", credentials.rate_limit());
/// let client = Client::new(credentials).with_pacing(&pacer);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SharedPacer {
    pacer: Pacer,
    budget: NamedBudget,
}

impl SharedPacer {
    /// Makes a pacer for a credential: at most `budget` of the requests of all processes that use this name reach Kit in
    /// any 60 seconds. A `budget` of 0 counts as 1.
    pub fn new(store: impl BudgetStore + 'static, name: &str, budget: u32) -> Self {
        let named = NamedBudget::new(store, name);
        Self { pacer: Pacer::shared(budget, named.process()), budget: named }
    }

    /// The pacer itself.
    pub fn pacer(&self) -> &Pacer {
        &self.pacer
    }
}

/// The pacer that the calls of a client wait at: a [`SharedPacer`], a [`Pacer`], or a [`Pacing`]. Each converts into it by
/// `into`, and so does `None`, for no pacer.
#[derive(Clone, Debug)]
pub struct ClientPacing(Which);

#[derive(Clone, Debug)]
enum Which {
    Shared(SharedPacer),
    OfThisProcess(Pacing),
}

impl ClientPacing {
    /// The pacer for a client of this principal, and its budget, if that is shared.
    pub(crate) fn choose(
        self,
        credentials: &Credentials,
        session: Option<&Session>,
    ) -> (Option<Pacer>, Option<NamedBudget>) {
        match (self.0, session.and_then(Session::budget)) {
            (Which::Shared(SharedPacer { pacer, budget }), _) => (Some(pacer), Some(budget)),
            (Which::OfThisProcess(Pacing::ByCredentials), Some((pacer, budget))) => {
                (Some(pacer), Some(budget))
            }
            (Which::OfThisProcess(pacing), _) => (pacing.pacer(credentials), None),
        }
    }
}

impl From<SharedPacer> for ClientPacing {
    fn from(pacer: SharedPacer) -> Self {
        Self(Which::Shared(pacer))
    }
}

impl From<&SharedPacer> for ClientPacing {
    fn from(pacer: &SharedPacer) -> Self {
        pacer.clone().into()
    }
}

impl From<Pacing> for ClientPacing {
    fn from(pacing: Pacing) -> Self {
        Self(Which::OfThisProcess(pacing))
    }
}

impl From<Pacer> for ClientPacing {
    fn from(pacer: Pacer) -> Self {
        Pacing::from(pacer).into()
    }
}

/// `None` becomes [`Pacing::None`].
impl From<Option<Pacer>> for ClientPacing {
    fn from(pacer: Option<Pacer>) -> Self {
        Pacing::from(pacer).into()
    }
}
