//! Lists, page by page.

mod page;

pub use page::{Page, Pagination};
