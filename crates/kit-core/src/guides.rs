//! Guides, as in the folder `docs/` of the repository. Their examples are compiled by the tests of the workspace.

#[doc = include_str!("../../../docs/bulk.md")]
pub mod bulk {}

#[doc = include_str!("../../../docs/errors-and-retries.md")]
pub mod errors_and_retries {}

#[doc = include_str!("../../../docs/guarantees.md")]
pub mod guarantees {}

#[doc = include_str!("../../../docs/many-accounts.md")]
pub mod many_accounts {}

#[doc = include_str!("../../../docs/oauth.md")]
pub mod oauth {}

#[doc = include_str!("../../../docs/operations-of-your-own.md")]
pub mod operations_of_your_own {}
