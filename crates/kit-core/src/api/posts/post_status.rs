use crate::wire::text_enum;

text_enum! {
    /// Whether a post is on the web.
    pub enum PostStatus {
        /// Not yet:
        Draft = "draft",
        /// It is:
        Published = "published",
    } else Other
}
