//! Failures that can cross the wire.

use std::error::Error;
use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

/// Why something could not be carried out: a sentence, and what caused it, outermost first. An error of the operating system or of a
/// library can't be sent; what it says can.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
}

impl Failure {
    /// A failure with nothing behind it.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            causes: Vec::new(),
        }
    }

    /// A failure and the error that caused it, with all that is behind that.
    pub fn because(message: impl Into<String>, cause: &(dyn Error + 'static)) -> Self {
        let mut failure = Self::new(message);
        let mut next = Some(cause);
        while let Some(cause) = next {
            failure.causes.push(cause.to_string());
            next = cause.source();
        }
        failure
    }

    /// What a panic left behind.
    pub(crate) fn panicked(payload: &(dyn std::any::Any + Send)) -> Self {
        let said = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        Self::new(format!("panicked: {said}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes
            .iter()
            .try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl Error for Failure {}

/// So that `?` takes what the operating system refused. What was tried is not in its words: [`Failure::because`] says that too.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::because("input or output failed", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operating_system_refused_can_be_handed_on() {
        fn read() -> Result<String, Failure> {
            Ok(std::fs::read_to_string("/no/such/file")?)
        }
        let told = read().unwrap_err().to_string();
        assert!(
            told.starts_with("input or output failed: No such file"),
            "{told}"
        );
    }
}
