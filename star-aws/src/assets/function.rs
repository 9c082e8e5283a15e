//! `functions.loadGenerator` and `package`: the function, and what is packed with it.

use std::collections::BTreeMap;

use star_core::document::{Diagnostic, Map, Node};

use super::reader::Reader;
use super::{Assets, event, network, provider};

/// The function's key.
pub(super) const FUNCTION: &str = "loadGenerator";

const KEYS: [&str; 10] = [
    "handler",
    "runtime",
    "architecture",
    "memorySize",
    "timeout",
    "maximumRetryAttempts",
    "maximumEventAge",
    "environment",
    "vpc",
    "events",
];

/// The most that all variables may take, names and values.
const MOST_ENVIRONMENT: usize = 4096;

/// `functions`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let Some(node) = reader
        .map(node, "`functions`", &[FUNCTION])
        .and_then(|functions| functions.get(FUNCTION))
    else {
        return;
    };
    let what = format!("`{FUNCTION}`");
    let Some(map) = reader.map(node, &what, &KEYS) else {
        return;
    };
    if let Some(node) = map.get("handler") {
        reader.one_of(node, "`handler`", &["bootstrap"]);
    }
    common(reader, map, assets);
    fixed(
        reader,
        map,
        "maximumRetryAttempts",
        0,
        "a worker that fails is not started again by the platform: its chunk would be begun twice",
    );
    fixed(
        reader,
        map,
        "maximumEventAge",
        60,
        "a worker that starts later has missed its chunk",
    );
    if let Some(node) = map.get("vpc") {
        assets.vpc = network::read(reader, node);
    }
    if let Some(node) = map.get("events") {
        event::read(reader, node, assets);
    }
}

/// A number that cannot be another.
fn fixed(reader: &mut Reader<'_>, map: &Map, key: &str, value: u32, why: &str) {
    let Some(node) = map.get(key) else {
        return;
    };
    let what = format!("`{key}`");
    let given = reader.whole(node, &what, 0..=u32::MAX);
    if given.is_some_and(|given| given != value) {
        reader.wrong(
            node.span,
            format!("{what} can only be {value}"),
            &format!("{why}; leave it out"),
        );
    }
}

/// What a provider says of all functions, and a function of itself, which wins.
pub(super) fn common(reader: &mut Reader<'_>, map: &Map, assets: &mut Assets) {
    if let Some(node) = map.get("runtime")
        && let Some(runtime) = reader.text(node, "`runtime`")
        && runtime != "provided.al2023"
    {
        let wrong = format!("`runtime` cannot be `{runtime}`");
        let right = "the function is this program, which takes `provided.al2023`";
        reader.wrong(node.span, wrong, right);
    }
    if let Some(node) = map.get("architecture") {
        assets.architecture = provider::architecture(reader, node);
    }
    if let Some(node) = map.get("memorySize") {
        assets.memory = reader.whole(node, "`memorySize`", 128..=10_240);
    }
    if let Some(node) = map.get("timeout") {
        assets.timeout = reader.whole(node, "`timeout`", 30..=900);
    }
    if let Some(node) = map.get("environment") {
        let environment = environment(reader, node);
        assets.environment.extend(environment);
        let taken = assets.environment.iter();
        let taken: usize = taken.map(|(name, value)| name.len() + value.len()).sum();
        if taken > MOST_ENVIRONMENT {
            let wrong = format!(
                "variables may take {MOST_ENVIRONMENT} bytes in all, and these take {taken}"
            );
            let right = "a script's `payload` holds more";
            reader.wrong(node.span, wrong, right);
        }
    }
}

fn environment(reader: &mut Reader<'_>, node: &Node) -> BTreeMap<String, String> {
    let variables = reader.texts_by_name(node, "`environment`");
    let entries = node.as_map().map(Map::entries).unwrap_or_default();
    for entry in entries {
        let name = entry.key.as_str();
        let mut letters = name.bytes();
        let begins = letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic());
        let goes_on = letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let right = if !begins || !goes_on || name.len() < 2 {
            "it begins with a letter, and goes on with letters, digits and `_`"
        } else if ["AWS_", "LAMBDA_", "_"]
            .iter()
            .any(|own| name.starts_with(own))
        {
            "such names are the platform's"
        } else if name.starts_with("SLSART_") && name != LATE_VARIABLE {
            "such names are this program's"
        } else {
            continue;
        };
        let wrong = format!("`{name}` cannot be a variable of a function");
        reader.fault(Diagnostic::error(wrong).at(entry.key_span, "").help(right));
    }
    variables
        .into_iter()
        .map(|(name, variable)| (name, variable.value))
        .collect()
}

/// How late a user may be started where events bring scripts: the one variable of this program that is up to who deploys it.
const LATE_VARIABLE: &str = "SLSART_LATE_LIMIT";

/// `package`: the files that are packed. A pattern that takes all files out is the framework's way to pack only those that follow it.
pub(super) fn package(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let Some(map) = reader.map(node, "`package`", &["patterns", "individually"]) else {
        return;
    };
    if let Some(node) = map.get("individually") {
        reader.flag(node, "`individually`");
    }
    let Some(node) = map.get("patterns") else {
        return;
    };
    for mut file in reader.texts(node, "`patterns`") {
        if matches!(file.value.as_str(), "!**" | "!./**") {
            continue;
        }
        if file.value.contains(['*', '?', '[', '{', '!']) {
            let wrong = format!("`{}` is no name of a file", file.value);
            let right = "each file is packed that is named here; `!**` says that no other is";
            reader.wrong(file.span, wrong, right);
            continue;
        }
        if file.value.starts_with("./") {
            file.value.drain(..2);
        }
        if event::fits(reader, &file) {
            assets.files.push(file);
        }
    }
}
