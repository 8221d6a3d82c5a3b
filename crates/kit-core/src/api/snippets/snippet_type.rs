use crate::wire::text_enum;

text_enum! {
    /// What a snippet consists of. The type of a snippet does not change.
    pub enum SnippetType {
        /// A text with Liquid in it:
        Inline = "inline",
        /// HTML:
        Block = "block",
    } else Other
}
