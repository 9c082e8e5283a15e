//! What can be chosen of a deployment.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use star_core::job::Split;

use crate::elf::Architecture;
use crate::names::Names;

/// A deployment as it is wanted.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its names.
    pub names: Names,
    /// What the program is called with which it is deployed; none where that is `slsart`.
    pub program: Option<String>,
    /// Its functions; the first is that which runs begin in.
    pub functions: Vec<Function>,
    /// What texts of alerts on telephones begin with.
    pub topic_display: Option<String>,
    /// Who is told of alerts.
    pub subscriptions: Vec<Subscription>,
    /// The tags of all resources.
    pub tags: BTreeMap<String, String>,
    /// What the role may do besides what the function calls: statements of a policy.
    pub statements: Vec<serde_json::Value>,
    /// Policies of the account that the role has besides its own, as ARNs.
    pub managed_policies: Vec<String>,
    /// The policy that bounds the role, as an ARN.
    pub permissions_boundary: Option<String>,
    /// How runs are cut where their scripts do not say.
    pub limits: Split,
    /// For how many days logs are kept.
    pub log_days: u32,
    /// For how many days what is recorded of a run is kept.
    pub run_days: u32,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// The suffix of its name: none for the first.
    pub suffix: Option<String>,
    /// MiB.
    pub memory: u32,
    /// How long an invocation may take, in whole seconds, at most 900.
    pub timeout: Duration,
    /// Its processor.
    pub architecture: Architecture,
    /// Variables of its environment.
    pub environment: BTreeMap<String, String>,
    /// The network that it is in.
    pub vpc: Option<Vpc>,
    /// When it is invoked without anybody asking.
    pub schedules: Vec<Schedule>,
}

/// A network of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// Its subnets.
    pub subnets: Vec<String>,
    /// The groups whose rules hold for the function.
    pub security_groups: Vec<String>,
}

/// When a function is invoked without anybody asking.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// `rate(…)` or `cron(…)`, as `EventBridge` has it.
    pub expression: String,
    /// Whether it does.
    pub enabled: bool,
    /// The event that it is invoked with.
    pub input: serde_json::Value,
}

impl Schedule {
    /// The one that there is where nobody says: a monitor of the script that was packed, each minute, once somebody enables it.
    pub fn usual() -> Self {
        Self {
            expression: "rate(1 minute)".to_owned(),
            enabled: false,
            input: json!({ ">>": "script.yml", "mode": "monitoring" }),
        }
    }
}

/// Who is told of alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// `email`, `sms`, `https`, …
    pub protocol: String,
    /// Where.
    pub endpoint: String,
}

impl Settings {
    /// A deployment of one function, with the defaults of everything.
    pub fn new(names: Names, architecture: Architecture) -> Self {
        Self {
            names,
            program: None,
            functions: vec![Function {
                schedules: vec![Schedule::usual()],
                ..Function::new(architecture)
            }],
            topic_display: None,
            subscriptions: Vec::new(),
            tags: BTreeMap::new(),
            statements: Vec::new(),
            managed_policies: Vec::new(),
            permissions_boundary: None,
            limits: Split::default(),
            log_days: 14,
            run_days: 30,
        }
    }
}

impl Settings {
    /// What takes the most room in the templates, in words.
    pub(crate) fn largest(&self) -> String {
        let size = |value: serde_json::Value| value.to_string().len();
        let function = |of: fn(&Function) -> usize| self.functions.iter().map(of).sum::<usize>();
        let events = function(|function| {
            let inputs = function.schedules.iter();
            // What is sent is a text in the template, whose quotes are marked.
            inputs
                .map(|one| json!(one.input.to_string()).to_string().len())
                .sum()
        });
        let told: Vec<_> = self
            .subscriptions
            .iter()
            .map(|told| (&told.protocol, &told.endpoint))
            .collect();
        let parts = [
            ("what the schedules send (`input`)", events),
            ("the role's `statements`", size(json!(self.statements))),
            ("`managedPolicies`", size(json!(self.managed_policies))),
            ("the `tags` of each resource", size(json!(self.tags)) * 5),
            ("subscriptions", size(json!(told))),
            (
                "`environment`",
                function(|function| json!(function.environment).to_string().len()),
            ),
        ];
        let most = parts.iter().max_by_key(|(_, size)| *size);
        most.map_or_else(String::new, |(what, size)| {
            format!("{what} take {size} of them, and must be less")
        })
    }
}

impl Function {
    /// The defaults: 1,024 MiB, fifteen minutes.
    pub fn new(architecture: Architecture) -> Self {
        Self {
            suffix: None,
            memory: 1024,
            timeout: Duration::from_mins(15),
            architecture,
            environment: BTreeMap::new(),
            vpc: None,
            schedules: Vec::new(),
        }
    }

    /// What it is called in a deployment.
    pub fn name(&self, names: &Names) -> String {
        let suffix = self.suffix.as_deref().unwrap_or_default();
        format!("{}{suffix}", names.function())
    }
}
