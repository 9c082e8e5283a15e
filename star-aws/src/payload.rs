//! What an invocation brings, also where it cannot be read: the platform's library would refuse it before there is a log of it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An event; where it cannot be read, why.
#[derive(Debug)]
pub(crate) struct Payload(pub(crate) Result<Value, String>);

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(payload: D) -> Result<Self, D::Error> {
        // What is left unread nobody looks at.
        Ok(Self(Value::deserialize(payload).map_err(|error| {
            let why = error.to_string();
            let is_deep = why.starts_with("recursion limit exceeded");
            let why = if is_deep {
                "lists and mappings are nested more than 127 levels deep"
            } else {
                &why
            };
            format!("the event cannot be read: {why}")
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(depth: usize) -> Payload {
        let text = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let reader = &mut serde_json::Deserializer::from_str(&text);
        Payload::deserialize(reader).unwrap()
    }

    #[test]
    fn an_event_that_is_nested_too_deep_is_one_that_says_so() {
        assert!(read(127).0.is_ok());
        for depth in [128, 3_000, 100_000] {
            let why = read(depth).0.unwrap_err();
            assert!(why.ends_with("nested more than 127 levels deep"), "{why}");
        }
    }
}
