use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{Field, Kind};

/// Which of the fields that may be missing are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// None of them.
    Minimal,
    /// All of them.
    Full,
    /// Some of them; what may be null is null at times.
    Some,
}

/// Makes up values that are as documented.
#[derive(Debug)]
pub struct Values {
    rng: Rng,
    variant: Variant,
    /// Whether there may be fields and texts that nobody has heard of.
    has_grown: bool,
}

impl Values {
    /// The same values for the same seed.
    pub fn new(seed: u64, variant: Variant) -> Self {
        Self { rng: Rng::with_seed(seed), variant, has_grown: false }
    }

    /// As Kit may be tomorrow: with more fields, and other texts where some are known.
    #[must_use]
    pub fn grown(self) -> Self {
        Self { has_grown: true, ..self }
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.rng.u64(..end)
    }

    /// The index of one of so many things.
    pub fn index(&mut self, of: usize) -> usize {
        self.rng.usize(..of)
    }

    /// Whether a field that may be missing is there.
    pub fn is_there(&mut self) -> bool {
        match self.variant {
            Variant::Minimal => false,
            Variant::Full => true,
            Variant::Some => self.rng.bool(),
        }
    }

    /// One of them.
    ///
    /// # Panics
    ///
    /// Panics if there are none.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.usize(..of.len())]
    }

    /// A text without white space around it.
    pub fn text(&mut self) -> String {
        let alphabet = [
            'a',
            'Z',
            '9',
            ' ',
            '"',
            '\\',
            '/',
            '&',
            '=',
            '+',
            '%',
            '\u{e9}',
            '\u{1f600}',
            '<',
            '{',
        ];
        let length = self.rng.usize(..8);
        let middle: String = (0..length).map(|_| self.one(&alphabet)).collect();
        format!("x{middle}y{}", self.rng.u16(..))
    }

    /// A time, as Kit writes it.
    pub fn time(&mut self) -> String {
        let (day, hour, second) = (self.rng.u8(1..29), self.rng.u8(..24), self.rng.u8(..60));
        format!("2023-{:02}-{day:02}T{hour:02}:43:{second:02}Z", self.rng.u8(1..13))
    }

    /// A day.
    pub fn date(&mut self) -> String {
        format!("2023-{:02}-{:02}", self.rng.u8(1..13), self.rng.u8(1..29))
    }

    /// An object with these fields.
    pub fn object(&mut self, fields: &[Field]) -> Value {
        let mut object = Map::new();
        for field in fields {
            if field.is_optional && !self.is_there() {
                continue;
            }
            let value = self.field(field);
            object.insert(field.name.to_owned(), value);
        }
        if self.has_grown {
            object.insert("grown_field".into(), json!({"of": [1, null, "x"]}));
        }
        Value::Object(object)
    }

    /// The value of a field.
    pub fn field(&mut self, field: &Field) -> Value {
        let may_be_null = field.shape.is_nullable && self.variant != Variant::Full;
        if may_be_null && (self.variant == Variant::Minimal || self.rng.u8(..3) == 0) {
            return Value::Null;
        }
        self.kind(&field.shape.kind, field.name)
    }

    fn kind(&mut self, kind: &Kind, name: &str) -> Value {
        match kind {
            Kind::Text(values) if values.is_empty() => self.named_text(name),
            Kind::Text(_) if self.has_grown && self.rng.bool() => json!("grown_text"),
            Kind::Text(values) => json!(self.one(values)),
            Kind::Integer if name == "send_hour" => json!(self.rng.u8(..24)),
            Kind::Integer => json!(self.rng.u64(1..1 << 53)),
            Kind::Number => json!(f64::from(self.rng.i32(-9000..9000)) / 100.0),
            Kind::Boolean => json!(self.rng.bool()),
            // The name elsewhere.
            Kind::Any => match name {
                "failures" => json!({"errors": [self.text()], "item": self.text()}),
                "created_by_app" | "value" => json!({"a": [1, null]}),
                "exclude_subscriber_sources" => json!({"type": "tag", "ids": [self.below(99)]}),
                "position" => json!(self.below(99)),
                name if name.ends_with("_id") => json!(self.rng.u64(1..1 << 53)),
                name => self.named_text(name),
            },
            // The custom fields of an account.
            Kind::Object(_) if name == "fields" => {
                let mut fields = Map::new();
                for key in ["last_name", "company"] {
                    let value = if self.rng.bool() { json!(self.text()) } else { Value::Null };
                    fields.insert(key.into(), value);
                }
                Value::Object(fields)
            }
            Kind::Object(fields) => self.object(fields),
            Kind::OneOf(alternatives) => {
                let index = self.rng.usize(..alternatives.len());
                self.object(&alternatives[index])
            }
            Kind::List(item) => {
                let most = if self.variant == Variant::Minimal { 1 } else { 3 };
                let count = if name == "clicks" { 2 } else { self.rng.usize(1..=most) };
                (0..count).map(|_| self.kind(item, name)).collect()
            }
        }
    }

    /// By what its name says.
    fn named_text(&mut self, name: &str) -> Value {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        match name {
            "starting" | "ending" | "transaction_time" => json!(self.time()),
            "start" | "end" | "trial_lapse_date" => json!(self.date()),
            "id" | "tag_ids" => json!(self.below(1 << 53).to_string()),
            name if name.ends_with("_at") || name.starts_with("last_") => json!(self.time()),
            name if name.ends_with("_after") || name.ends_with("_before") => json!(self.date()),
            "type" => json!(self.one(&["tag", "form", "segment", "sequence"])),
            "send_days" => json!(self.one(&days)),
            "colors" => json!(format!("#{:06x}", self.below(1 << 24))),
            "events" => json!(self.one(&["subscriber.tag_added", "tag.created", "grown.event"])),
            "callback_url" | "target_url" | "url" => {
                json!(format!("https://example.com/{}", self.below(99)))
            }
            _ => json!(self.text()),
        }
    }
}
