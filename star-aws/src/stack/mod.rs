//! What a deployment is made of, as `CloudFormation` templates, and how they are carried out.
//!
//! There are two stacks. That of the [ledger](ledger_template) is the bucket: it is made first, since the function's code goes through it,
//! and stays when the function's goes, with the runs that are recorded in it. That of the [function](function_template) is all else.

mod carry;
mod function;
mod ledger;
mod role;
mod settings;

pub use carry::{Change, Deployer, Event, StackError};
pub(crate) use function::TOPIC;
pub use function::{CODE_KEY, DEPLOYMENT, FUNCTION, LAUNCHER, LEDGER, function_template};
pub use ledger::{BUCKET, ledger_template};
pub use settings::{Function, Schedule, Settings, Subscription, Vpc};

use serde_json::{Value, json};

/// What is said of the two stacks, by which they are known again.
pub(crate) const FUNCTION_MARK: &str = "work that is cut into pieces and run wide";
pub(crate) const LEDGER_MARK: &str = "what is recorded of runs, and the function's code";

/// Which of a deployment's two stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// That of the function.
    Function,
    /// That of the ledger.
    Ledger,
}

const VERSION: &str = "2010-09-09";

/// A value of another resource.
fn reference(resource: &str) -> Value {
    json!({ "Ref": resource })
}

/// An attribute of another resource.
fn attribute(resource: &str, attribute: &str) -> Value {
    json!({ "Fn::GetAtt": [resource, attribute] })
}

/// A text with values of other resources in it.
fn text(text: impl Into<String>) -> Value {
    json!({ "Fn::Sub": text.into() })
}
