use crate::text_enum::text_enum;

text_enum! {
    /// Which forms to list.
    pub enum FormStatus {
        /// Forms in use:
        Active = "active",
        /// Forms that were archived:
        Archived = "archived",
        /// Forms in the trash:
        Trashed = "trashed",
        /// All of them:
        All = "all",
    } else Other
}
