//! Reading a property of an operand.

use super::budget::{Budget, TooMuch};
use super::error::EvaluationErrorKind;
use super::item::{self, Item};
use super::operand::Operand;
use serde_json::Value;

/// `object.name`: its own property, a method it has from birth, or undefined.
pub(super) fn read<'a>(
    object: &Operand<'a>,
    name: &str,
    budget: &mut Budget,
) -> Result<Operand<'a>, EvaluationErrorKind> {
    let nothing = match object {
        Operand::Undefined => Some("undefined"),
        Operand::Null => Some("null"),
        _ => None,
    };
    if let Some(of) = nothing {
        let property = name.to_owned();
        return Err(EvaluationErrorKind::NoProperties { property, of });
    }
    if let Some(own) = own(object, name, budget)? {
        return Ok(own);
    }
    if FORBIDDEN.contains(&name) {
        let property = name.to_owned();
        return Err(EvaluationErrorKind::Forbidden { property });
    }
    Ok(if inherits(object, name) {
        Operand::Function
    } else {
        Operand::Undefined
    })
}

/// The property `name`, if the operand itself has it.
pub(super) fn own<'a>(
    object: &Operand<'a>,
    name: &str,
    budget: &mut Budget,
) -> Result<Option<Operand<'a>>, TooMuch> {
    Ok(match object {
        Operand::Json(value) => Item::Json(value).own(name, budget)?.map(Operand::from),
        Operand::Text(text) => item::text_property(text, name, budget)?.map(Operand::from),
        Operand::List(list) => match item::array_index(name) {
            Some(index) => list.get(index).cloned(),
            None => (name == "length").then_some(Operand::Number(list.len() as f64)),
        },
        _ => None,
    })
}

fn inherits(object: &Operand<'_>, name: &str) -> bool {
    let of_kind: &[&str] = match object {
        Operand::Text(_) => &OF_TEXTS,
        Operand::Json(Value::Array(_)) | Operand::List(_) => &OF_LISTS,
        Operand::Number(_) => &OF_NUMBERS,
        _ => &[],
    };
    OF_ALL.contains(&name) || of_kind.binary_search(&name).is_ok()
}

/// Names that `jsonpath-plus` lets nobody inherit.
const FORBIDDEN: [&str; 4] = [
    "__defineGetter__",
    "__defineSetter__",
    "__proto__",
    "constructor",
];

const OF_ALL: [&str; 8] = [
    "__lookupGetter__",
    "__lookupSetter__",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

const OF_NUMBERS: [&str; 3] = ["toExponential", "toFixed", "toPrecision"];

#[rustfmt::skip]
const OF_LISTS: [&str; 36] = [
    "at", "concat", "copyWithin", "entries", "every", "fill", "filter", "find", "findIndex",
    "findLast", "findLastIndex", "flat", "flatMap", "forEach", "includes", "indexOf", "join",
    "keys", "lastIndexOf", "map", "pop", "push", "reduce", "reduceRight", "reverse", "shift",
    "slice", "some", "sort", "splice", "toReversed", "toSorted", "toSpliced", "unshift", "values",
    "with",
];

#[rustfmt::skip]
const OF_TEXTS: [&str; 48] = [
    "anchor", "at", "big", "blink", "bold", "charAt", "charCodeAt", "codePointAt", "concat",
    "endsWith", "fixed", "fontcolor", "fontsize", "includes", "indexOf", "isWellFormed",
    "italics", "lastIndexOf", "link", "localeCompare", "match", "matchAll", "normalize", "padEnd",
    "padStart", "repeat", "replace", "replaceAll", "search", "slice", "small", "split",
    "startsWith", "strike", "sub", "substr", "substring", "sup", "toLocaleLowerCase",
    "toLocaleUpperCase", "toLowerCase", "toUpperCase", "toWellFormed", "trim", "trimEnd",
    "trimLeft", "trimRight", "trimStart",
];
