use crate::text_enum::text_enum;

text_enum! {
    /// Which forms to list.
    pub enum FormStatus {
        /// Those in use:
        Active = "active",
        /// Those that were put away:
        Archived = "archived",
        /// Those in the trash:
        Trashed = "trashed",
        /// All of them:
        All = "all",
    } else Other
}
