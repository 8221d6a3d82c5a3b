use crate::Error;

/// The six parameters that an event may have, in the order in which a request has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    FormId,
    TagId,
    SequenceId,
    ProductId,
    InitiatorValue,
    CustomFieldId,
}

impl Parameter {
    pub(crate) const ALL: [Self; 6] = [
        Self::FormId,
        Self::TagId,
        Self::SequenceId,
        Self::ProductId,
        Self::InitiatorValue,
        Self::CustomFieldId,
    ];

    /// The name on the wire.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::FormId => "form_id",
            Self::TagId => "tag_id",
            Self::SequenceId => "sequence_id",
            Self::ProductId => "product_id",
            Self::InitiatorValue => "initiator_value",
            Self::CustomFieldId => "custom_field_id",
        }
    }

    pub(crate) fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.key() == key)
    }

    /// The name of the field in errors.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::FormId => "event.form_id",
            Self::TagId => "event.tag_id",
            Self::SequenceId => "event.sequence_id",
            Self::ProductId => "event.product_id",
            Self::InitiatorValue => "event.initiator_value",
            Self::CustomFieldId => "event.custom_field_id",
        }
    }

    /// The error for an event whose parameter is missing or of the wrong type.
    pub(crate) fn unusable(self, name: &str, is_given: bool) -> Error {
        let reason = match (is_given, self) {
            (false, _) => format!("is missing: {name} requires it"),
            (true, Self::InitiatorValue) => "is not a text: the URL of a link".into(),
            (true, _) => "is not an id: a whole number, such as 44".into(),
        };
        Error::input(self.field(), reason)
    }
}
