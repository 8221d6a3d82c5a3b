use crate::wire::text_enum;

text_enum! {
    /// Whether a form is on pages of others, or is a page itself.
    pub enum FormType {
        /// A form:
        Embed = "embed",
        /// A landing page:
        Hosted = "hosted",
    } else Other
}
