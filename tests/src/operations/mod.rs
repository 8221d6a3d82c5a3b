//! Every operation of the client, made of the arguments that the documents name.

mod account;
mod any_operation;
mod arguments;
mod broadcasts;
mod bulk;
mod conditions;
mod forms;
mod made_up;
mod purchases;
mod sequences;
mod small;
mod snippets;
mod subscribers;
mod tags;
mod webhook_endpoints;
mod webhooks;

use kit_core::Error;

pub use any_operation::AnyOperation;
pub use arguments::Arguments;
pub use made_up::made_up;

use crate::facts::{Operation, Values, Variant};

/// An operation, or what is wrong with its arguments.
pub type Built = Result<Box<dyn AnyOperation>, Error>;

/// The client's operation with these arguments.
///
/// # Errors
///
/// The client's error about the arguments.
///
/// # Panics
///
/// Panics if the client has no such operation.
pub fn build(operation: &Operation, arguments: &Arguments) -> Built {
    let name = operation.name();
    find(&name, arguments).unwrap_or_else(|| panic!("the client has no {name}"))
}

/// Whether [`build`] knows the operation.
pub fn is_known(operation: &Operation) -> bool {
    let mut values = Values::new(1, Variant::Full);
    find(&operation.name(), &made_up(operation, &mut values)).is_some()
}

fn find(name: &str, arguments: &Arguments) -> Option<Built> {
    let of_resource = [
        account::build,
        broadcasts::build,
        bulk::build,
        forms::build,
        purchases::build,
        sequences::build,
        small::build,
        snippets::build,
        subscribers::build,
        tags::build,
        webhook_endpoints::build,
        webhooks::build,
    ];
    of_resource.into_iter().find_map(|build| build(name, arguments))
}

/// Boxes an operation.
#[expect(clippy::unnecessary_wraps, reason = "it is an arm beside others that have none")]
fn built<E>(operation: E) -> Option<Built>
where
    E: AnyOperation + 'static,
{
    Some(Ok(Box::new(operation)))
}
