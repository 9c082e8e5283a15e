//! `service`, `provider` and `custom`: where it is deployed, and what holds for all of it.

use star_core::document::{Diagnostic, Node};
use star_core::job::split::{Limit, MAX_CHUNK_DURATION, MAX_CHUNK_RATE, TIME_BUFFER};

use super::reader::Reader;
use super::{Assets, Given, Place, Placed, SERVICE, STAGE, function, network, policy, tags};
use crate::elf::Architecture;
use crate::error::AwsError;
use crate::identity::odd_region;
use crate::names::{Names, NoName};

const KEYS: [&str; 13] = [
    "name",
    "runtime",
    "region",
    "stage",
    "vpc",
    "memorySize",
    "timeout",
    "architecture",
    "logRetentionInDays",
    "environment",
    "tags",
    "iam",
    "versionFunctions",
];

/// For how many days `CloudWatch` can keep logs.
const LOG_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Which deployment it is.
pub(super) fn place(reader: &mut Reader<'_>, tree: Option<&Node>) -> Option<Place> {
    let given = reader.given;
    let provider = tree.and_then(|tree| tree.get("provider"));
    let written = |key| provider.and_then(|provider| provider.get(key));
    let mut choose = |given: &Option<String>, node: Option<&Node>, what: &str| match (given, node) {
        (Some(given), _) => Some(given.clone()),
        (None, Some(node)) => reader.text(node, what),
        (None, None) => None,
    };
    let region = choose(&given.region, written("region"), "`region`");
    let stage = choose(&given.stage, written("stage"), "`stage`");
    let stage = stage.unwrap_or_else(|| STAGE.to_owned());
    if let Some(region) = &region {
        check_region(reader, region, written("region"));
    }
    reader.variables.stage = Some(stage.clone());
    reader.variables.region.clone_from(&region);
    let node = tree.and_then(|tree| tree.get("service"));
    let service = match (&given.service, node) {
        (Some(given), _) => given.clone(),
        (None, Some(node)) => reader.text(node, "`service`")?,
        (None, None) => SERVICE.to_owned(),
    };
    reader.variables.service = Some(service.clone());
    match Names::new(&service, &stage) {
        Ok(names) => Some(Place { names, region }),
        Err(wrong) => {
            let node = [node, written("stage")];
            reader.fault(misnamed(&wrong, given, &stage, node));
            None
        }
    }
}

/// What is wrong with the names of a service and a stage: at its place, or by the flag that says it.
fn misnamed(wrong: &NoName, given: &Given, stage: &str, nodes: [Option<&Node>; 2]) -> Diagnostic {
    let [service_at, stage_at] = nodes;
    let (flag, typed, node) = if wrong.name() == stage {
        ("--stage", &given.stage, stage_at)
    } else {
        ("--service", &given.service, service_at)
    };
    let (message, is_typed) = match wrong {
        NoName::Odd(_) if typed.is_some() => (format!("`{flag}`: {wrong}"), true),
        NoName::Odd(_) => (wrong.to_string(), false),
        // Either can be shorter, and both flags are named.
        NoName::TooLong { .. } => {
            let is_typed = given.service.is_some() || given.stage.is_some();
            (wrong.to_string(), is_typed)
        }
    };
    let fault = Diagnostic::error(message);
    match node.filter(|_| !is_typed) {
        Some(node) => fault.at(node.span, ""),
        None => fault,
    }
}

/// Finds out whether there can be a region of that name.
fn check_region(reader: &mut Reader<'_>, region: &str, node: Option<&Node>) {
    let Some(right) = odd_region(region) else {
        return;
    };
    if let Some(node) = node.filter(|_| reader.given.region.is_none()) {
        let wrong = format!("there is no AWS region `{region}`");
        return reader.wrong(node.span, wrong, &right);
    }
    let typed = AwsError::OddRegion {
        region: region.to_owned(),
        by: "`--region`".to_owned(),
        right,
    };
    reader.fault(Diagnostic::error(typed.to_string()));
}

/// `provider`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let Some(map) = reader.map(node, "`provider`", &KEYS) else {
        return;
    };
    if let Some(node) = map.get("name") {
        reader.one_of(node, "`provider.name`", &["aws"]);
    }
    if let Some(node) = map.get("versionFunctions") {
        let flag = reader.flag(node, "`versionFunctions`");
        if flag == Some(true) {
            let wrong = "versions of the function are not kept";
            reader.wrong(node.span, wrong, "write `false`, or leave it out");
        }
    }
    function::common(reader, map, assets);
    if let Some(node) = map.get("logRetentionInDays") {
        assets.log_days = log_days(reader, node);
    }
    if let Some(node) = map.get("tags") {
        assets.tags = tags::read(reader, node);
    }
    if let Some(node) = map.get("vpc") {
        assets.vpc = network::read(reader, node);
    }
    if let Some(node) = map.get("iam") {
        policy::read(reader, node, assets);
    }
}

fn log_days(reader: &mut Reader<'_>, node: &Node) -> Option<u32> {
    let days = reader.whole(node, "`logRetentionInDays`", 1..=3653)?;
    if LOG_DAYS.contains(&days) {
        return Some(days);
    }
    let longer = LOG_DAYS.iter().find(|possible| **possible > days);
    let right = format!("write {}", longer.unwrap_or(&days));
    reader.wrong(
        node.span,
        format!("logs cannot be kept for {days} days"),
        &right,
    );
    None
}

/// For which processor.
pub(super) fn architecture(reader: &mut Reader<'_>, node: &Node) -> Option<Placed<Architecture>> {
    let both = [Architecture::X86, Architecture::Arm];
    let name = reader.one_of(node, "`architecture`", &both.map(Architecture::as_str))?;
    let value = both.into_iter().find(|known| known.as_str() == name)?;
    let span = node.span;
    Some(Placed { value, span })
}

/// `custom`, where what is the framework's own says nothing of it: `limits`.
pub(super) fn custom(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    const RUN_DAYS: &str = "runRetentionInDays";
    let limits = [&MAX_CHUNK_DURATION, &MAX_CHUNK_RATE, &TIME_BUFFER];
    let [duration, rate, buffer] = limits.map(|limit| limit.key);
    let Some(custom) = reader.map(node, "`custom`", &["limits"]) else {
        return;
    };
    let Some(node) = custom.get("limits") else {
        return;
    };
    let known = [duration, rate, buffer, RUN_DAYS];
    let Some(map) = reader.map(node, "`limits`", &known) else {
        return;
    };
    let mut limit = |limit: &Limit| {
        let node = map.get(limit.key)?;
        reader.whole(node, &format!("`{}`", limit.key), limit.range.clone())
    };
    assets.limits.max_chunk_duration_in_seconds = limit(&MAX_CHUNK_DURATION);
    assets.limits.max_chunk_requests_per_second = limit(&MAX_CHUNK_RATE);
    assets.limits.time_buffer_in_milliseconds = limit(&TIME_BUFFER);
    if let Some(node) = map.get(RUN_DAYS) {
        assets.run_days = reader.whole(node, &format!("`{RUN_DAYS}`"), 1..=3650);
    }
}
