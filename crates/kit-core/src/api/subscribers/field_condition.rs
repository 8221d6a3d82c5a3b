use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::CustomFieldId;
use crate::wire::Decimal;

/// A condition on the value of a custom field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldCondition {
    id: CustomFieldId,
    test: FieldTest,
}

/// A test of the value of a custom field. A value that is not a number passes no comparison with a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldTest {
    /// The value is this text.
    Is(String),
    /// The value contains this text, ignoring case. A blank text matches any stored value.
    Contains(String),
    /// The value is not empty.
    HasValue,
    /// The value is a number greater than this one.
    GreaterThan(Decimal),
    /// The value is this number or a greater one.
    AtLeast(Decimal),
    /// The value is a number less than this one.
    LessThan(Decimal),
    /// The value is this number or a smaller one.
    AtMost(Decimal),
}

impl FieldCondition {
    /// The value of this custom field has to pass this test.
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
