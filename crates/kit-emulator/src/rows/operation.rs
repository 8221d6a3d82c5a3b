/// A bulk operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    CreateSubscribers,
    CreateTags,
    DeleteTags,
    Tag,
    Untag,
    CreateFields,
    SetFields,
    AddToForms,
}
