use crate::text_enum::text_enum;

text_enum! {
    /// Whether a post is on the web.
    pub enum PostStatus {
        /// The post is not on the web yet:
        Draft = "draft",
        /// The post is on the web:
        Published = "published",
    } else Other
}
