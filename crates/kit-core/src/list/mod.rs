//! Lists, page by page.

mod list;
mod page_query;
mod pages;

pub use crate::wire::{Page, Pagination};
pub use list::List;
pub use page_query::PageQuery;
pub use pages::Pages;
