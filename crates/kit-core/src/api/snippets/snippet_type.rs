use crate::text_enum::text_enum;

text_enum! {
    /// The type of a snippet, which never changes.
    pub enum SnippetType {
        /// A text with Liquid in it:
        Inline = "inline",
        /// HTML:
        Block = "block",
    } else Other
}
