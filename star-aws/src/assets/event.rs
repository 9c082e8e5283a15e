//! `events`: when the function is invoked without anybody asking.

use serde_json::json;
use star_core::document::Node;

use super::reader::Reader;
use super::schedule::check;
use super::{Assets, Input, Placed};
use crate::package::is_inside;
use crate::stack::Schedule;

/// The most that an event's input may take.
const MOST_INPUT: usize = 8192;

/// The key of an event that names a script.
const NAMED: &str = ">>";

/// `events`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    assets.schedules = Some(Vec::new());
    for node in reader.list(node, "`events`") {
        let Some(node) = reader
            .map(node, "an event", &["schedule"])
            .and_then(|event| event.get("schedule"))
        else {
            continue;
        };
        schedule(reader, node, assets);
    }
}

/// `schedule: rate(1 hour)`, or with more to say of it.
fn schedule(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let said = if node.as_str().is_some() {
        None
    } else {
        let Some(map) = reader.map(node, "`schedule`", &["rate", "enabled", "input"]) else {
            return;
        };
        Some(map)
    };
    let get = |key: &str| said.and_then(|map| map.get(key));
    let enabled = get("enabled").is_none_or(|node| reader.flag(node, "`enabled`") == Some(true));
    let input = get("input").and_then(|node| input_of(reader, node));
    let Some(rate) = said.map_or(Some(node), |map| map.get("rate")) else {
        let right = "for example `rate: rate(1 hour)`";
        reader.wrong(node.span, "`schedule` needs a `rate`", right);
        return;
    };
    let expressions = expressions(reader, rate);
    if enabled && get("input").is_none() && !expressions.is_empty() {
        let wrong = "`schedule` needs an `input`: without it the function has nothing to do";
        let right = "for example `input: { \">>\": script.yml }`, which names a script that is packed; or `enabled: false`";
        reader.wrong(node.span, wrong, right);
    }
    let json = input.as_ref().map_or_else(|| json!({}), Node::to_json);
    assets
        .schedules
        .get_or_insert_default()
        .extend(expressions.into_iter().map(|expression| Schedule {
            expression,
            enabled,
            input: json.clone(),
        }));
    assets
        .inputs
        .extend(input.map(|event| Input { event, enabled }));
}

/// One expression or several.
fn expressions(reader: &mut Reader<'_>, node: &Node) -> Vec<String> {
    let nodes = node.as_list().unwrap_or(std::slice::from_ref(node));
    let mut found = Vec::new();
    for node in nodes {
        let Some(text) = reader.text(node, "`rate`") else {
            continue;
        };
        match check(&text) {
            Ok(()) => found.push(text),
            Err(right) => reader.wrong(node.span, format!("`{text}` is no schedule"), &right),
        }
    }
    found
}

/// What the function is invoked with.
fn input_of(reader: &mut Reader<'_>, node: &Node) -> Option<Node> {
    reader.any_map(node, "`input`")?;
    let input = reader.resolved(node);
    if input.to_json().to_string().len() > MOST_INPUT {
        let wrong = format!("`input` may take {MOST_INPUT} bytes");
        let right = "`\">>\": FILE` names a script that is packed";
        reader.wrong(node.span, wrong, right);
    }
    if let Some(named) = input.get(NAMED)
        && let Some(value) = named.as_str()
    {
        let value = value.strip_prefix("./").unwrap_or(value).to_owned();
        fits(
            reader,
            &Placed {
                value,
                span: named.span,
            },
        );
    }
    Some(input)
}

/// Whether a file can be packed.
pub(super) fn fits(reader: &mut Reader<'_>, file: &Placed<String>) -> bool {
    let fits = is_inside(&file.value);
    if !fits {
        let wrong = format!("`{}` cannot be a file of the package", file.value);
        let right = "it is in this folder or one in it, with `/` between the parts, and is not called `bootstrap`";
        reader.wrong(file.span, wrong, right);
    }
    fits
}
