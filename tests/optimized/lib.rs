//! Tests that go through millions of values.
