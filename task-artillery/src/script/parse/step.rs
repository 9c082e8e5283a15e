//! Flows and the kinds of their steps.

use star_core::document::{Diagnostic, Entry, Map, Node, Span, Value};

use super::fields::{Fields, enumerate, short};
use super::keys::{self, Mapping, Status};
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{Method, Step, StepKind};
use crate::script::template::Template;

/// How deep lists and loops may lie in each other: so deep that readers of the wire still take it.
const MAX_DEPTH: usize = 10;

/// The method that a key means, whatever its case.
fn method(key: &str) -> Option<Method> {
    Method::ALL
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(key))
}

/// Whether a key means a method.
pub(super) fn is_method(key: &str) -> bool {
    method(key).is_some()
}

/// What this version makes of a key as the kind of a step.
fn kind(key: &str) -> Option<Status> {
    if is_method(key) {
        Some(Status::Done)
    } else {
        keys::STEP.status(key)
    }
}

/// What may stand beside a kind.
fn beside(kind: &str) -> Option<&'static Mapping> {
    match kind {
        "loop" => Some(&keys::LOOP),
        "think" => Some(&keys::THINK),
        "parallel" => Some(&keys::PARALLEL),
        _ => None,
    }
}

impl Reader<'_> {
    /// The steps of a flow, numbered from `next` on. A list among them stands for its own steps.
    pub(super) fn flow(
        &mut self,
        name: &str,
        node: &Node,
        next: &mut u32,
        depth: usize,
    ) -> Option<Vec<Step>> {
        let items = self.list(name, node)?;
        if items.is_empty() {
            self.warn(node.span, format!("`{name}` has no steps"), "");
        }
        let mut steps = Vec::with_capacity(items.len());
        self.append(items, next, depth, &mut steps).then_some(steps)
    }

    /// Appends steps; false where one of them is not good.
    pub(super) fn append(
        &mut self,
        items: &[Node],
        next: &mut u32,
        depth: usize,
        steps: &mut Vec<Step>,
    ) -> bool {
        if let (true, Some(first)) = (depth > MAX_DEPTH, items.first()) {
            let help = format!("{MAX_DEPTH} levels are possible");
            self.error(
                first.span,
                "lists and loops are nested too deeply here",
                help,
            );
            return false;
        }
        let mut good = true;
        for item in items {
            if let Some(inner) = item.as_list() {
                good &= self.append(inner, next, depth + 1, steps);
                continue;
            }
            let id = *next;
            *next += 1;
            match self.step(item, next, depth) {
                Some(kind) => steps.push(Step { id, kind }),
                None => good = false,
            }
        }
        good
    }

    fn step(&mut self, node: &Node, next: &mut u32, depth: usize) -> Option<StepKind> {
        let Some(map) = node.as_map() else {
            if let Some(key) = node.as_str().filter(|text| kind(text).is_some()) {
                let message = format!("the step `{key}` has nothing in it");
                self.error(node.span, message, example(key));
                return None;
            }
            return self.mismatch("a step", node, "a mapping such as `get: { url: \"/\" }`");
        };
        let found = self.only_kind(map, node.span)?;
        let (good, slips) = self.beside_kind(map, found);
        if let Some(Status::NotYet(instead)) = kind(&found.key) {
            self.not_yet(found.key_span, &format!("`{}`", found.key), instead);
            return None;
        }
        if !good && matches!(found.node.value, Value::Null) {
            // What is beside it is what should be in it.
            return None;
        }
        let kind = match (method(&found.key), found.key.as_str()) {
            (Some(method), _) => self
                .request(method, found)
                .map(|request| StepKind::Request(Box::new(request))),
            (None, "think") => {
                let fields = Fields::unchecked(map, node.span, &keys::THINK);
                self.think(&fields).map(StepKind::Think)
            }
            (None, "log") => self.log(&found.node).map(StepKind::Log),
            (None, "parallel") => {
                let fields = Fields::unchecked(map, node.span, &keys::PARALLEL);
                self.parallel(&fields, next, depth).map(StepKind::Parallel)
            }
            (None, "include") => {
                // Where it stands alone its file was put in its place already; else that is told.
                if good {
                    self.error(found.key_span, "nothing can be included here", "");
                }
                None
            }
            (None, _) => {
                let mut fields = Fields::unchecked(map, node.span, &keys::LOOP);
                fields.slip(slips);
                self.rounds(&fields, next, depth).map(StepKind::Loop)
            }
        };
        good.then_some(kind).flatten()
    }

    /// A line to say.
    fn log(&mut self, node: &Node) -> Option<Template> {
        let text = self.words("log", node)?;
        self.template(&text, node.span, Place::Flow)
    }

    /// The one key of a step that says what kind it is.
    fn only_kind<'n>(&mut self, map: &'n Map, span: Span) -> Option<&'n Entry> {
        let mut kinds = map
            .entries()
            .iter()
            .filter(|entry| kind(&entry.key).is_some());
        let Some(found) = kinds.next() else {
            self.unknown_step(map, span);
            return None;
        };
        if let Some(second) = kinds.next() {
            let (one, other) = (&found.key, &second.key);
            let message = format!("a step is one thing, and this is both `{one}` and `{other}`");
            let error = Diagnostic::error(message).at(second.key_span, "");
            self.tell(
                error
                    .see(found.key_span, "")
                    .help("begin each with its own `-`"),
            );
            return None;
        }
        Some(found)
    }

    /// Says what is wrong with the keys beside a step's kind: whether nothing is, and which keys seem to be meant.
    fn beside_kind(&mut self, map: &Map, found: &Entry) -> (bool, Vec<&'static str>) {
        let (mut good, mut slips) = (true, Vec::new());
        let mapping = beside(&found.key);
        for entry in map.entries().iter().filter(|entry| entry.key != found.key) {
            let status = mapping.and_then(|mapping| mapping.status(&entry.key));
            good &= matches!(
                status,
                Some(Status::Done | Status::Silent | Status::Harmless(_))
            );
            if let Some(mapping) = mapping {
                slips.extend(self.key(entry, mapping));
                continue;
            }
            let (key, kind) = (short(&entry.key), &found.key);
            let message = if keys::REQUEST.status(&entry.key).is_some() {
                format!("`{key}` belongs under `{kind}`")
            } else {
                format!("`{key}` cannot stand beside `{kind}`")
            };
            let help = format!("what belongs under it is indented further than `{kind}:`");
            self.error(entry.key_span, message, help);
        }
        (good, slips)
    }

    fn unknown_step(&mut self, map: &Map, span: Span) {
        let Some(first) = map.entries().first() else {
            self.error(span, "this step is empty", example("get"));
            return;
        };
        let kinds = || {
            keys::STEP
                .own()
                .filter(|name| !keys::is_of_other_engine(name))
        };
        // What stands beside a step may stand before it.
        let meant = map
            .entries()
            .iter()
            .find_map(|entry| Some((entry, self.closest(&entry.key, kinds())?)));
        let (found, help) = match meant {
            Some((entry, known)) => (entry, format!("did you mean `{known}`?")),
            None => (first, unknown_step_help(&first.key)),
        };
        self.error(
            found.key_span,
            format!("unknown step `{}`", short(&found.key)),
            help,
        );
    }
}

fn unknown_step_help(key: &str) -> String {
    if keys::LOOP.status(key).is_some() {
        format!("`{key}` stands beside `loop`")
    } else if keys::PARALLEL.status(key).is_some() {
        format!("`{key}` stands beside `parallel`")
    } else if keys::REQUEST.status(key).is_some() {
        format!("`{key}` belongs under `get`, `post` and so on")
    } else {
        let known = || format!("a step is {}", enumerate(keys::STEP.done()));
        keys::home(key).unwrap_or_else(known)
    }
}

fn example(kind: &str) -> String {
    match kind {
        "think" => "for example `think: 1`".to_owned(),
        "include" => "for example `include: \"login.yml\"`".to_owned(),
        "log" => "for example `log: \"text\"`".to_owned(),
        "parallel" => "for example `parallel: [{ get: { url: \"/\" } }]`".to_owned(),
        "loop" => {
            "for example `loop: [{ get: { url: \"/\" } }]` and beside it `count: 3`".to_owned()
        }
        _ => format!("for example `{kind}: {{ url: \"/\" }}`"),
    }
}
