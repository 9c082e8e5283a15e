//! `serverless.yml`: what can be chosen of a deployment, in the format of the [Serverless Framework](https://www.serverless.com/framework/docs).
//!
//! `slsart configure` [writes](written) one, and whoever deploys edits it. Of the framework's format is known here what a deployment is made of;
//! anything else is a [diagnostic](star_core::document::Diagnostic) at its place, since it would not be carried out.

mod event;
mod function;
mod network;
mod policy;
mod provider;
mod reader;
mod resources;
mod schedule;
mod tags;
mod variable;
mod written;

use std::collections::BTreeMap;

use star_core::document::{Diagnostic, Diagnostics, Map, Node, Span};
use star_core::job::Split;

pub use self::variable::Environment;
pub use self::written::{FILE, FILES, UNREAD_FILES, written};

use self::function::FUNCTION;
use self::reader::Reader;
use crate::elf::Architecture;
use crate::names::Names;
use crate::stack::{Function, Schedule, Settings, Subscription, Vpc};

/// The service where nobody names one.
pub const SERVICE: &str = "serverless-star";

/// The stage where nobody names one.
pub const STAGE: &str = "dev";

/// What was typed, which wins over what the file says.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The service.
    pub service: Option<String>,
    /// The stage.
    pub stage: Option<String>,
    /// The region.
    pub region: Option<String>,
}

/// Which deployment is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its names.
    pub names: Names,
    /// The region; none where the environment says it.
    pub region: Option<String>,
}

/// A value, and where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// What a file says; where it is silent, nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assets {
    /// For which processor the program is to be.
    pub architecture: Option<Placed<Architecture>>,
    /// For how many days logs are kept.
    pub log_days: Option<u32>,
    /// For how many days what is recorded of a run is kept.
    pub run_days: Option<u32>,
    /// How a run is cut where its script does not say.
    pub limits: Split,
    /// The tags of all resources.
    pub tags: BTreeMap<String, String>,
    /// What the role may do besides what the function calls.
    pub statements: Vec<serde_json::Value>,
    /// Policies of the account that the role has besides its own.
    pub managed_policies: Vec<String>,
    /// The policy that bounds the role.
    pub permissions_boundary: Option<String>,
    /// What texts of alerts on telephones begin with.
    pub topic_display: Option<String>,
    /// Who is told of alerts.
    pub subscriptions: Vec<Subscription>,
    /// MiB.
    pub memory: Option<u32>,
    /// How long an invocation may take, in seconds.
    pub timeout: Option<u32>,
    /// Variables of its environment.
    pub environment: BTreeMap<String, String>,
    /// The network that it is in.
    pub vpc: Option<Vpc>,
    /// When it is invoked without anybody asking; none where nothing is said of it, which is not the same as never.
    pub schedules: Option<Vec<Schedule>>,
    /// The files that are packed beside the program, with `/` between the parts of their paths.
    pub files: Vec<Placed<String>>,
    /// What schedules send; the scripts that they name are packed too, with their own files.
    pub inputs: Vec<Input>,
}

/// What a schedule sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The event, with the places where it was written.
    pub event: Node,
    /// Whether it is sent.
    pub enabled: bool,
}

impl Assets {
    /// What is deployed of it, for a program of this architecture.
    ///
    /// # Errors
    /// Where the file wants a program for another processor.
    pub fn settings(
        &self,
        names: Names,
        architecture: Architecture,
    ) -> Result<Settings, Diagnostic> {
        if let Some(wanted) = self.architecture
            && wanted.value != architecture
        {
            let wrong = format!(
                "the program that is deployed is for {architecture}, and not for {}",
                wanted.value
            );
            return Err(Diagnostic::error(wrong).at(wanted.span, "").help(
                "`--worker FILE` deploys another build of it; docs/aws.md shows how to get one",
            ));
        }
        let usual = Settings::new(names, architecture);
        let function = Function::new(architecture);
        Ok(Settings {
            topic_display: self.topic_display.clone(),
            subscriptions: self.subscriptions.clone(),
            tags: self.tags.clone(),
            statements: self.statements.clone(),
            managed_policies: self.managed_policies.clone(),
            permissions_boundary: self.permissions_boundary.clone(),
            log_days: self.log_days.unwrap_or(usual.log_days),
            run_days: self.run_days.unwrap_or(usual.run_days),
            limits: self.limits,
            functions: vec![Function {
                memory: self.memory.unwrap_or(function.memory),
                timeout: self.timeout.map_or(function.timeout, |seconds| {
                    std::time::Duration::from_secs(seconds.into())
                }),
                environment: self.environment.clone(),
                vpc: self.vpc.clone(),
                schedules: self
                    .schedules
                    .clone()
                    .unwrap_or_else(|| vec![Schedule::usual()]),
                ..function
            }],
            ..usual
        })
    }
}

/// Which deployment a file means; what else is in it is not looked at, so that what runs can be stopped whatever else is wrong.
///
/// # Errors
/// Where it does not say, or is of something else than such a deployment.
pub fn place(
    tree: Option<&Node>,
    given: &Given,
    environment: Environment<'_>,
) -> Result<Place, Diagnostics> {
    let mut reader = Reader::new(given, environment);
    let place = provider::place(&mut reader, tree);
    if let Some(tree) = tree {
        ours(&mut reader, tree);
    }
    reader.end(place)
}

/// All that a file says.
///
/// # Errors
/// Everything that is wrong with it, and everything that would not be carried out.
pub fn read(
    tree: &Node,
    given: &Given,
    environment: Environment<'_>,
) -> Result<(Place, Assets), Diagnostics> {
    const KEYS: [&str; 8] = [
        "service",
        "frameworkVersion",
        "configValidationMode",
        "provider",
        "package",
        "functions",
        "resources",
        "custom",
    ];
    let mut reader = Reader::new(given, environment);
    let place = provider::place(&mut reader, Some(tree));
    let mut assets = Assets::default();
    if let Some(map) = reader.map(tree, "`serverless.yml`", &KEYS) {
        if ours(&mut reader, tree) {
            // First, since what may be done is said of the topic by its name.
            if let Some(node) = map.get("resources") {
                resources::read(&mut reader, node, &mut assets);
            }
            if let Some(node) = map.get("provider") {
                provider::read(&mut reader, node, &mut assets);
            }
            if let Some(node) = map.get("functions") {
                function::read(&mut reader, node, &mut assets);
            }
            if let Some(node) = map.get("package") {
                function::package(&mut reader, node, &mut assets);
            }
        }
        if let Some(node) = map.get("custom") {
            provider::custom(&mut reader, node, &mut assets);
        }
    }
    reader.end(place.map(|place| (place, assets)))
}

/// How a run is cut by default in a deployment; what else is in its file is not looked at, nor a file of something else.
///
/// # Errors
/// Where the file says so wrongly.
pub fn limits(tree: &Node) -> Result<Split, Diagnostics> {
    let given = Given::default();
    let mut reader = Reader::new(&given, &|_| None);
    let mut assets = Assets::default();
    if let Some(node) = tree.get("custom").filter(|_| is_ours(tree)) {
        provider::custom(&mut reader, node, &mut assets);
    }
    reader.end(Some(assets.limits))
}

/// Where values are that are not to be shown: those of variables of the environment.
pub fn secrets(tree: &Node) -> Vec<Span> {
    let function = tree
        .get("functions")
        .and_then(|functions| functions.get(FUNCTION));
    let places = [tree.get("provider"), function].into_iter().flatten();
    let environments = places.filter_map(|place| place.get("environment")?.as_map());
    environments
        .flat_map(Map::entries)
        .map(|entry| entry.node.span)
        .collect()
}

/// Whether it is the file of such a deployment, and not of any other service, which could be changed or removed by mistake.
fn ours(reader: &mut Reader<'_>, tree: &Node) -> bool {
    let ours = is_ours(tree);
    if !ours {
        let fault = Diagnostic::error(format!("there is no function `{FUNCTION}` here"))
            .at(tree.get("functions").unwrap_or(tree).span, "")
            .help("`slsart configure` writes a file that has it; where this is the file of another service, call slsart in another folder, or name its own file with `--config FILE`");
        reader.fault(fault);
    }
    ours
}

fn is_ours(tree: &Node) -> bool {
    let functions = tree.get("functions");
    functions.is_some_and(|functions| functions.get(FUNCTION).is_some())
}

#[cfg(test)]
mod tests;
