//! Guides, as in the folder `docs/` of the repository. Their examples are compiled by the tests of the workspace.

#[doc = include_str!("../../../docs/settings.md")]
pub mod settings {}
