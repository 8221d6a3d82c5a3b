//! Segments: groups of subscribers who meet conditions that people define at Kit.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the segments | [`ListSegments`] | `GET /v4/segments` |
//!
//! Source: Kit's API v4, "Segments".

mod list_segments;
mod segment;

pub use list_segments::ListSegments;
pub use segment::Segment;
