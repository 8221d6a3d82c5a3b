use clap::Subcommand;
use kit_ureq::CustomFieldId;
use kit_ureq::custom_fields::{
    CreateCustomField, DeleteCustomField, ListCustomFields, UpdateCustomField,
};

use crate::{Context, Failure};

/// Custom fields of subscribers
#[derive(Debug, Subcommand)]
pub(crate) enum CustomFields {
    /// List the custom fields
    List,
    /// Create a custom field, or find the one with this label
    Create {
        /// The name that people see.
        label: String,
    },
    /// Change the label of a custom field
    Update {
        /// The custom field.
        id: CustomFieldId,
        /// The new label.
        #[arg(long)]
        label: String,
    },
    /// Delete a custom field, and its values of all subscribers
    Delete {
        /// The custom field.
        id: CustomFieldId,
    },
}

impl CustomFields {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List => kit.list(ListCustomFields::new()),
            Self::Create { label } => kit.show(&CreateCustomField::new(label)?),
            Self::Update { id, label } => kit.show(&UpdateCustomField::new(id, label)?),
            Self::Delete { id } => {
                kit.confirm(&format!("Delete the custom field {id}, and its values"))?;
                kit.run(&DeleteCustomField::new(id))
            }
        }
    }
}
