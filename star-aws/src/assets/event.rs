//! `events`: when the function is invoked without anybody asking.

use serde_json::Value;
use star_core::document::Node;

use super::reader::Reader;
use super::{Assets, Placed, Script};
use crate::package::is_inside;
use crate::stack::Schedule;

/// The most that an event's input may take.
const MOST_INPUT: usize = 8192;

/// `events`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
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
    let empty = || Value::Object(serde_json::Map::new());
    if node.as_str().is_some() {
        let expressions = expressions(reader, node);
        assets
            .schedules
            .extend(expressions.into_iter().map(|expression| Schedule {
                expression,
                enabled: true,
                input: empty(),
            }));
        return;
    }
    let Some(map) = reader.map(node, "`schedule`", &["rate", "enabled", "input"]) else {
        return;
    };
    let enabled = map.get("enabled");
    let enabled = enabled.is_none_or(|node| reader.flag(node, "`enabled`") == Some(true));
    let input = map.get("input");
    let input = input.map_or_else(empty, |node| input_of(reader, node, enabled, assets));
    let Some(rate) = map.get("rate") else {
        let right = "for example `rate: rate(1 hour)`";
        reader.wrong(node.span, "`schedule` needs a `rate`", right);
        return;
    };
    let expressions = expressions(reader, rate);
    assets
        .schedules
        .extend(expressions.into_iter().map(|expression| Schedule {
            expression,
            enabled,
            input: input.clone(),
        }));
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
            Err(right) => reader.wrong(node.span, format!("`{text}` is no schedule"), right),
        }
    }
    found
}

/// Whether `EventBridge` takes an expression; otherwise what would be right.
fn check(text: &str) -> Result<(), &'static str> {
    let inner = |name: &str| text.strip_prefix(name)?.strip_suffix(')');
    if let Some(rate) = inner("rate(") {
        let (number, unit) = rate.split_once(' ').unwrap_or((rate, ""));
        let singular = match number.parse::<u32>() {
            Ok(0) | Err(_) => return Err("for example `rate(5 minutes)`"),
            Ok(number) => number == 1,
        };
        return match unit {
            "minute" | "hour" | "day" if singular => Ok(()),
            "minutes" | "hours" | "days" if !singular => Ok(()),
            "minutes" | "hours" | "days" => {
                Err("one is `rate(1 minute)`, `rate(1 hour)` or `rate(1 day)`")
            }
            "minute" | "hour" | "day" => Err("more than one are `minutes`, `hours` or `days`"),
            _ => Err("the units are minutes, hours and days"),
        };
    }
    let Some(cron) = inner("cron(") else {
        return Err("it is `rate(…)` or `cron(…)`");
    };
    let fields: Vec<_> = cron.split_ascii_whitespace().collect();
    let [_, _, day, _, weekday, _] = fields[..] else {
        return Err(
            "`cron(…)` has six fields: minutes, hours, day of the month, month, day of the week, year",
        );
    };
    let known = |letter: char| letter.is_ascii_alphanumeric() || ",-*?/#".contains(letter);
    if !cron.chars().all(|letter| known(letter) || letter == ' ') {
        return Err("fields have numbers, names, and `,`, `-`, `*`, `?`, `/` and `#`");
    }
    if (day == "?") == (weekday == "?") {
        return Err(
            "one of the day of the month and the day of the week is `?`, and the other is not",
        );
    }
    Ok(())
}

/// What the function is invoked with. The script that it names is packed; where nothing is invoked, it need not be there yet.
fn input_of(reader: &mut Reader<'_>, node: &Node, enabled: bool, assets: &mut Assets) -> Value {
    reader.any_map(node, "`input`");
    let input = reader.json(node);
    if input.to_string().len() > MOST_INPUT {
        let wrong = format!("`input` may take {MOST_INPUT} bytes");
        let right = "`\">>\": FILE` names a script that is packed";
        reader.wrong(node.span, wrong, right);
    }
    if let Some(node) = node.get(">>")
        && let Some(value) = reader.text(node, "`>>`")
    {
        let value = value.strip_prefix("./").unwrap_or(&value).to_owned();
        let span = node.span;
        let more = input.as_object().is_some_and(|input| input.len() > 1);
        let file = Placed { value, span };
        if fits(reader, &file) && enabled {
            assets.scripts.push(Script { file, more });
        }
    }
    input
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
