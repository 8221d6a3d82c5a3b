//! What can be asked of Kit: a folder for each resource, a file for each operation and each value.

pub mod webhooks;
