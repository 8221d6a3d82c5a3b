//! Lists, page by page.

mod list;
mod page;
mod page_query;
mod pages;

pub use list::List;
pub use page::{Page, Pagination};
pub use page_query::PageQuery;
pub use pages::Pages;
