use crate::text_enum::text_enum;

text_enum! {
    /// Whether a form is embedded into other pages, or is a landing page of its own.
    pub enum FormType {
        /// A form that other pages embed:
        Embed = "embed",
        /// A landing page:
        Hosted = "hosted",
    } else Other
}
