//! Segments: subscribers that fit a description, which people make at Kit.
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
