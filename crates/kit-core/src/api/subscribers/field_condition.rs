use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::CustomFieldId;
use crate::wire::Decimal;

/// The value of a custom field that subscribers have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldCondition {
    id: CustomFieldId,
    test: FieldTest,
}

/// What the value of a custom field has to be. A value that is no number meets no comparison with one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldTest {
    /// This text.
    Is(String),
    /// A text with this text in it, in upper or lower case.
    Contains(String),
    /// Any text but an empty one.
    HasValue,
    /// A greater number.
    GreaterThan(Decimal),
    /// This number or a greater one.
    AtLeast(Decimal),
    /// A smaller number.
    LessThan(Decimal),
    /// This number or a smaller one.
    AtMost(Decimal),
}

impl FieldCondition {
    /// The value of this custom field.
    pub fn new(id: CustomFieldId, test: FieldTest) -> Self {
        Self { id, test }
    }
}

/// Writes the fields that Kit reads. The value is a text, numbers as well.
impl Serialize for FieldCondition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (comparison, value) = match &self.test {
            FieldTest::Is(text) => ("is", Some(text.as_str())),
            FieldTest::Contains(text) => ("contains", Some(text.as_str())),
            FieldTest::HasValue => ("has_value", None),
            FieldTest::GreaterThan(number) => ("greater_than", Some(number.as_str())),
            FieldTest::AtLeast(number) => ("greater_than_or_equal", Some(number.as_str())),
            FieldTest::LessThan(number) => ("less_than", Some(number.as_str())),
            FieldTest::AtMost(number) => ("less_than_or_equal", Some(number.as_str())),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("subscriber_custom_field_id", &self.id)?;
        map.serialize_entry("comparison", comparison)?;
        if let Some(value) = value {
            map.serialize_entry("value", value)?;
        }
        map.end()
    }
}
