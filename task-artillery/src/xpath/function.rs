//! The functions of `XPath` 1.0.

use super::parse::is_nodes;
use super::syntax::Expr;

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Boolean,
    Ceiling,
    Concat,
    Contains,
    Count,
    False,
    Floor,
    Lang,
    Last,
    LocalName,
    Name,
    NamespaceUri,
    NormalizeSpace,
    Not,
    Number,
    Position,
    Round,
    StartsWith,
    String,
    StringLength,
    Substring,
    SubstringAfter,
    SubstringBefore,
    Sum,
    Translate,
    True,
}

/// What a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// So many values, from one number of them to another.
    Values(usize, usize),
    /// Nodes.
    Nodes,
    /// Nodes, or nothing, which means the node that is looked at.
    NodesOrNone,
}

/// The functions, with what they take and how they are written.
const FUNCTIONS: [(&str, Function, Takes, &str); 26] = [
    (
        "boolean",
        Function::Boolean,
        Takes::Values(1, 1),
        "boolean(value)",
    ),
    (
        "ceiling",
        Function::Ceiling,
        Takes::Values(1, 1),
        "ceiling(number)",
    ),
    (
        "concat",
        Function::Concat,
        Takes::Values(2, 50),
        "concat(text, text)",
    ),
    (
        "contains",
        Function::Contains,
        Takes::Values(2, 2),
        "contains(text, part)",
    ),
    ("count", Function::Count, Takes::Nodes, "count(//path)"),
    ("false", Function::False, Takes::Values(0, 0), "false()"),
    (
        "floor",
        Function::Floor,
        Takes::Values(1, 1),
        "floor(number)",
    ),
    (
        "lang",
        Function::Lang,
        Takes::Values(1, 1),
        "lang(language)",
    ),
    ("last", Function::Last, Takes::Values(0, 0), "last()"),
    (
        "local-name",
        Function::LocalName,
        Takes::NodesOrNone,
        "local-name()",
    ),
    ("name", Function::Name, Takes::NodesOrNone, "name()"),
    (
        "namespace-uri",
        Function::NamespaceUri,
        Takes::NodesOrNone,
        "namespace-uri()",
    ),
    (
        "normalize-space",
        Function::NormalizeSpace,
        Takes::Values(0, 1),
        "normalize-space(text)",
    ),
    ("not", Function::Not, Takes::Values(1, 1), "not(value)"),
    (
        "number",
        Function::Number,
        Takes::Values(0, 1),
        "number(value)",
    ),
    (
        "position",
        Function::Position,
        Takes::Values(0, 0),
        "position()",
    ),
    (
        "round",
        Function::Round,
        Takes::Values(1, 1),
        "round(number)",
    ),
    (
        "starts-with",
        Function::StartsWith,
        Takes::Values(2, 2),
        "starts-with(text, part)",
    ),
    (
        "string",
        Function::String,
        Takes::Values(0, 1),
        "string(value)",
    ),
    (
        "string-length",
        Function::StringLength,
        Takes::Values(0, 1),
        "string-length(text)",
    ),
    (
        "substring",
        Function::Substring,
        Takes::Values(2, 3),
        "substring(text, from, length)",
    ),
    (
        "substring-after",
        Function::SubstringAfter,
        Takes::Values(2, 2),
        "substring-after(text, part)",
    ),
    (
        "substring-before",
        Function::SubstringBefore,
        Takes::Values(2, 2),
        "substring-before(text, part)",
    ),
    ("sum", Function::Sum, Takes::Nodes, "sum(//path)"),
    (
        "translate",
        Function::Translate,
        Takes::Values(3, 3),
        "translate(text, letters, others)",
    ),
    ("true", Function::True, Takes::Values(0, 0), "true()"),
];

impl Function {
    /// The function of a name.
    pub(super) fn of(name: &str) -> Option<Self> {
        let mut functions = FUNCTIONS.iter();
        functions.find(|known| known.0 == name).map(|known| known.1)
    }

    fn entry(self) -> Option<&'static (&'static str, Self, Takes, &'static str)> {
        FUNCTIONS.iter().find(|known| known.1 == self)
    }

    /// How it is written.
    pub(super) fn usage(self) -> String {
        let usage = self.entry().map_or("", |known| known.3);
        format!("it is written `{usage}`")
    }

    /// Whether it takes these.
    pub(super) fn takes(self, arguments: &[Expr]) -> bool {
        let nodes = || matches!(arguments, [one] if is_nodes(one));
        match self.entry().map(|known| known.2) {
            Some(Takes::Values(least, most)) => (least..=most).contains(&arguments.len()),
            Some(Takes::Nodes) => nodes(),
            Some(Takes::NodesOrNone) => arguments.is_empty() || nodes(),
            None => false,
        }
    }
}
