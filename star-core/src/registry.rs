//! The kinds of task that a program has.
//!
//! A kind is registered where it is defined, by [`register_task!`](crate::register_task); linking its crate is enough. A crate that is
//! only named in `Cargo.toml` is not linked: the program says `use my_task as _;`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::document::{Diagnostic, Diagnostics, Document, Node, Options, Span};
use crate::erased::{AnyTask, Job};
use crate::job::Origin;
use crate::task::Task;
use crate::wire::Reply;
use crate::worker::{Worker, work_typed};

#[doc(hidden)]
pub use inventory::submit;

/// Makes a task's kind known to every program that links its crate.
///
/// ```
/// use star_core::laws::toys::Items;
/// use star_core::registry::Kinds;
///
/// star_core::register_task!(Items);
///
/// fn main() {
///     assert!(Kinds::linked().unwrap().get("items").is_some());
/// }
/// ```
#[macro_export]
macro_rules! register_task {
    ($task:ty) => {
        $crate::registry::submit! {
            $crate::registry::Kind::of::<$task>(concat!(file!(), ":", line!()))
        }
    };
}

/// A kind of task: where the type is forgotten, and how it is found again.
#[derive(Clone, Copy)]
pub struct Kind {
    name: &'static str,
    place: &'static str,
    claims: fn(&Node) -> bool,
    due_at: fn(&Node) -> Option<Span>,
    read: fn(&mut Document) -> Result<AnyTask, Diagnostics>,
    template: fn(&mut Options) -> Option<Result<String, Diagnostics>>,
    schema: fn() -> Option<serde_json::Value>,
    decode: fn(&[u8]) -> Result<AnyTask, String>,
    work: fn(Worker) -> LocalBoxFuture<'static, Reply>,
}

inventory::collect!(Kind);

impl Kind {
    /// The kind of `T`, registered at `place`.
    pub const fn of<T: Task>(place: &'static str) -> Self {
        Self {
            name: T::KIND,
            place,
            claims: T::claims,
            due_at: T::due_at,
            read: |document| T::read(document).map(AnyTask::new),
            template: T::template,
            schema: T::schema,
            decode: |bytes| {
                let task: T = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
                task.validate()?;
                Ok(AnyTask::new(task))
            },
            work: |worker| Box::pin(work_typed::<T>(worker)),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where it was registered: `FILE:LINE`.
    pub fn place(&self) -> &'static str {
        self.place
    }

    /// Reads a task of this kind from its wire form.
    ///
    /// # Errors
    /// One sentence.
    pub fn decode(&self, bytes: &[u8]) -> Result<AnyTask, String> {
        (self.decode)(bytes)
    }

    /// The JSON Schema of its documents, if it has one.
    pub fn schema(&self) -> Option<serde_json::Value> {
        (self.schema)()
    }

    /// Whether no option is left that the kind does not know.
    fn took_all(&self, options: &Options) -> Result<(), Diagnostic> {
        let unused: Vec<_> = options.left().collect();
        if unused.is_empty() {
            return Ok(());
        }
        let options = unused.join("`, `--");
        let message = format!(
            "a task of kind `{}` knows no option `--{options}`",
            self.name
        );
        Err(Diagnostic::error(message))
    }

    pub(crate) async fn work(&self, worker: Worker) -> Reply {
        (self.work)(worker).await
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({} at {})", self.name, self.place)
    }
}

/// The kinds that a program has, by name.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    by_name: Arc<BTreeMap<&'static str, Kind>>,
}

/// Two kinds have one name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "two kinds of task are called `{name}`: {first} and {second} (rename one, or link only one of the crates)"
)]
pub struct DuplicateKind {
    /// The name.
    pub name: &'static str,
    /// Where one is registered.
    pub first: &'static str,
    /// Where the other is.
    pub second: &'static str,
}

impl Kinds {
    /// All kinds whose crates are linked.
    ///
    /// # Errors
    /// Where two have one name.
    pub fn linked() -> Result<Self, DuplicateKind> {
        Self::new(inventory::iter::<Kind>.into_iter().copied())
    }

    /// These kinds.
    ///
    /// # Errors
    /// Where two have one name.
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Result<Self, DuplicateKind> {
        let mut by_name = BTreeMap::new();
        for kind in kinds {
            if let Some(other) = by_name.insert(kind.name, kind) {
                // A registry promises no order; a message should have one.
                let (first, second) = (other.place.min(kind.place), other.place.max(kind.place));
                return Err(DuplicateKind {
                    name: kind.name,
                    first,
                    second,
                });
            }
        }
        Ok(Self {
            by_name: Arc::new(by_name),
        })
    }

    /// A kind by its name.
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.by_name.get(name)
    }

    /// All of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.by_name.values()
    }

    /// The sentence for a name that no kind has.
    pub fn unknown(&self, name: &str) -> String {
        format!(
            "no kind of task is called `{name}` in this program ({})",
            self.known()
        )
    }

    fn known(&self) -> String {
        let names: Vec<&str> = self.by_name.keys().copied().collect();
        if names.is_empty() {
            return "it has none".to_owned();
        }
        format!("known: {}", names.join(", "))
    }

    /// Reads the task that a document describes: of the kind that its key `task` names, or of the one that knows such a document.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(&self, document: &mut Document) -> Result<Job, Diagnostics> {
        let kind = *self.kind_of(document)?;
        let task = (kind.read)(document)?;
        kind.took_all(&document.options)?;
        let asked = document.asked();
        asked.map_or(Ok(()), |asked| asked.fits(task.timetable()))?;
        let task = task.asking(asked.cloned()).in_manner(document.manner());
        let due_at = (kind.due_at)(&document.root);
        let origin = Origin::new(document.sources.clone(), &document.root, due_at);
        Ok(Job {
            task: task.read_from(origin),
            blobs: document.blobs().to_vec(),
        })
    }

    /// A document to begin with, of the first kind that has one.
    ///
    /// # Errors
    /// Where no kind has one, and all that is wrong with what was said of it.
    pub fn template(&self, options: &mut Options) -> Result<String, Diagnostics> {
        let made = self
            .iter()
            .find_map(|kind| Some((kind, (kind.template)(options)?)));
        let Some((kind, made)) = made else {
            let message = format!(
                "no kind of task has a document to begin with ({})",
                self.known()
            );
            return Err(Diagnostic::error(message).into());
        };
        let text = made?;
        kind.took_all(options)?;
        Ok(text)
    }

    fn kind_of(&self, document: &Document) -> Result<&Kind, Diagnostic> {
        let Some(named) = document.root.get("task") else {
            return self
                .iter()
                .find(|kind| (kind.claims)(&document.root))
                .ok_or_else(|| {
                    let help = match document.root.get(">>") {
                        Some(_) => "`>>` is for events of a function: give the file that it names"
                            .to_owned(),
                        None => format!("name it with `task: KIND` ({})", self.known()),
                    };
                    Diagnostic::error("this does not say what kind of task it is")
                        .at(document.root.span, "")
                        .help(help)
                });
        };
        let Some(name) = named.as_str() else {
            let found = named.describe();
            return Err(
                Diagnostic::error(format!("the kind of a task is a name, not {found}"))
                    .at(named.span, "")
                    .help(self.known()),
            );
        };
        self.get(name).ok_or_else(|| {
            let help = match crate::document::closest(name, self.by_name.keys().copied()) {
                Some(near) => format!("did you mean `{near}`? ({})", self.known()),
                None => self.known(),
            };
            Diagnostic::error(format!(
                "no kind of task is called `{name}` in this program"
            ))
            .at(named.span, "")
            .help(help)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Entry, Map, Sources, Span, Value};
    use crate::laws::toys::{Items, Ticks};

    fn node(value: Value) -> Node {
        Node {
            value,
            span: Span::default(),
        }
    }

    fn document(entries: &[(&str, Value)]) -> Document {
        let entries = entries.iter().map(|(key, value)| Entry {
            key: (*key).to_owned(),
            key_span: Span::default(),
            node: node(value.clone()),
        });
        Document::new(Sources::default(), node(Value::Map(Map::new(entries))), ".")
    }

    fn kinds() -> Kinds {
        Kinds::new([Kind::of::<Ticks>("a.rs:1"), Kind::of::<Items>("b.rs:2")]).unwrap()
    }

    #[test]
    fn a_kind_registered_twice_names_both_places() {
        let twice = [Kind::of::<Ticks>("z.rs:9"), Kind::of::<Ticks>("a.rs:1")];
        let error = Kinds::new(twice).unwrap_err();
        assert_eq!(
            error.to_string(),
            "two kinds of task are called `ticks`: a.rs:1 and z.rs:9 (rename one, or link only one of the crates)"
        );
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_known_ones() {
        let mut typed = document(&[("task", Value::String("tick".to_owned()))]);
        let errors = kinds().read(&mut typed).unwrap_err();
        let line = errors.iter().next().unwrap().one_line(&typed.sources);
        assert!(
            line.contains("no kind of task is called `tick` in this program"),
            "{line}"
        );
        assert!(
            line.contains("did you mean `ticks`? (known: items, ticks)"),
            "{line}"
        );
        let none = kinds().read(&mut document(&[])).unwrap_err();
        assert!(
            none.iter()
                .next()
                .unwrap()
                .message
                .contains("what kind of task")
        );
        assert_eq!(
            kinds().unknown("x"),
            "no kind of task is called `x` in this program (known: items, ticks)"
        );
    }

    #[test]
    fn a_job_of_any_kind_is_read_by_its_serde_form() {
        let number = |number: u64| Value::Number(number.into());
        let mut job = document(&[
            ("task", Value::String("ticks".to_owned())),
            ("units", number(3)),
            ("gap", number(5)),
        ]);
        let job = kinds().read(&mut job).unwrap();
        assert_eq!(
            (job.task.kind(), job.task.timetable().units()),
            ("ticks", 3)
        );
    }

    #[test]
    fn kinds_without_a_document_to_begin_with_say_so() {
        let errors = kinds().template(&mut Options::default()).unwrap_err();
        assert_eq!(
            errors.iter().next().unwrap().message,
            "no kind of task has a document to begin with (known: items, ticks)"
        );
        assert_eq!(kinds().get("items").unwrap().schema(), None);
    }

    #[test]
    fn an_option_that_the_kind_does_not_know_is_refused() {
        let mut job = document(&[
            ("task", Value::String("items".to_owned())),
            ("items", Value::Number(1.into())),
        ]);
        job.options.give("target", "http://localhost");
        let errors = kinds().read(&mut job).unwrap_err();
        assert_eq!(
            errors.iter().next().unwrap().message,
            "a task of kind `items` knows no option `--target`"
        );
    }
}
