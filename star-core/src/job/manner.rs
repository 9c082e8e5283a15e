//! `_simulation` and `_trace`: in what manner a run is carried out. The keys, and the words of a trace, are those of `serverless-artillery`.

use serde::{Deserialize, Serialize};

use crate::document::{Diagnostic, Node, Value};

/// What the script or job file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manner {
    /// The work is cut, and workers are sent for, as in any run; none of them does anything. Each says what it would have done.
    pub simulation: bool,
    /// Workers say how they cut the work, and whom they send for and when.
    pub trace: bool,
}

/// The key of [`Manner::simulation`].
pub const SIMULATION: &str = "_simulation";

/// The key of [`Manner::trace`].
pub const TRACE: &str = "_trace";

impl Manner {
    /// Whether a run is carried out as any other. That is not written down.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "this is how serde calls it"
    )]
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Sets what a key says: `true` or `false`, or a number, of which zero means `false`.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn set(&mut self, key: &str, node: &Node) -> Result<(), Diagnostic> {
        let on = match &node.value {
            Value::Bool(on) => *on,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::Null => {
                let help = "it must be `true` or `false`; leave the key out where it is not needed";
                let message = format!("`{key}` has no value");
                return Err(Diagnostic::error(message).at(node.span, "").help(help));
            }
            Value::String(_) | Value::List(_) | Value::Map(_) => {
                let found = node.describe();
                let message = format!("`{key}` must be `true` or `false`, not {found}");
                return Err(Diagnostic::error(message).at(node.span, ""));
            }
        };
        match key {
            SIMULATION => self.simulation = on,
            _ => self.trace = on,
        }
        Ok(())
    }
}
