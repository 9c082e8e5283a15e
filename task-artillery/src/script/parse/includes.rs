//! Files that stand in the place of a few words: `includes` of a script, and `include` in a flow.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::slice;

use star_core::document::{Diagnostic, Document, FileId, Lists, Map, Node, Value};
use star_yaml::limits::{MAX_BYTES, MAX_TEXT, MAX_VALUES};

use super::lay;

/// How deep files may include each other.
const MAX_DEPTH: usize = 16;

/// Reads what is included, and puts it in its place.
#[derive(Debug)]
pub(super) struct Includes {
    /// The files that were read, by their full paths; none where one is not good, which was told.
    read: HashMap<PathBuf, Option<Part>>,
    /// Where names in a file start.
    folders: HashMap<FileId, PathBuf>,
    /// The files that are being read, from the script on.
    chain: Vec<Link>,
    /// What has been put in so far: a file counts as often as it is.
    total: Size,
    faults: Vec<Diagnostic>,
}

/// A file that is included.
#[derive(Clone, Debug)]
struct Part {
    root: Node,
    size: Size,
}

/// A file in a chain of files that include each other.
#[derive(Debug)]
struct Link {
    path: PathBuf,
    shown: String,
}

#[derive(Clone, Copy, Debug, Default)]
struct Size {
    bytes: usize,
    values: usize,
    text: usize,
}

impl Includes {
    /// What the script in `file` includes.
    pub(super) fn new(document: &Document, file: FileId) -> Self {
        let shown = document.sources.name(file).to_owned();
        Self {
            read: HashMap::new(),
            folders: HashMap::from([(file, document.folder().to_owned())]),
            chain: vec![Link {
                path: full(Path::new(&shown)),
                shown,
            }],
            total: Size::default(),
            faults: Vec::new(),
        }
    }

    /// What was wrong.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.faults
    }

    /// A file that is laid over the script, with what it includes.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub(super) fn input(
        &mut self,
        document: &mut Document,
        path: &Path,
    ) -> Result<Node, Diagnostic> {
        let root = star_yaml::read_file(&mut document.sources, path)?;
        self.folders.insert(root.span.file, folder(path));
        self.chain.push(Link::of(path));
        let root = self.script(document, root);
        self.chain.pop();
        Ok(root)
    }

    /// A script laid over the files that its `includes` names.
    pub(super) fn script(&mut self, document: &mut Document, mut root: Node) -> Node {
        let Value::Map(map) = &mut root.value else {
            return root;
        };
        let Some(entry) = map.remove("includes") else {
            return root;
        };
        let names = entry.node.as_list();
        let names = names.unwrap_or(slice::from_ref(&entry.node));
        let mut base = Node {
            value: Value::Map(Map::default()),
            span: root.span,
        };
        for name in names {
            let Some(part) = self.open(document, "includes", name) else {
                continue;
            };
            if part.as_map().is_some() {
                let part = self.script(document, part);
                lay(&mut base, part);
            } else {
                let message = format!("what is included here is {}", part.describe());
                let help = "a file of `includes` is a mapping, as a script is";
                let fault = Diagnostic::error(message).at(name.span, "");
                self.faults.push(fault.see(part.span, "this").help(help));
            }
            self.chain.pop();
        }
        lay(&mut base, root);
        base
    }

    /// Puts the steps of files in the place of the steps that name them.
    pub(super) fn steps(&mut self, document: &mut Document, root: &mut Node) {
        let Value::Map(root) = &mut root.value else {
            return;
        };
        for key in ["before", "after"] {
            if let Some(part) = root.get_mut(key) {
                self.flow_of(document, part);
            }
        }
        if let Some(Value::List(scenarios)) = root.get_mut("scenarios").map(|node| &mut node.value)
        {
            for scenario in scenarios {
                self.flow_of(document, scenario);
            }
        }
    }

    fn flow_of(&mut self, document: &mut Document, node: &mut Node) {
        if let Value::Map(map) = &mut node.value
            && let Some(flow) = map.get_mut("flow")
        {
            self.flow(document, flow);
        }
    }

    fn flow(&mut self, document: &mut Document, node: &mut Node) {
        let Value::List(items) = &mut node.value else {
            return;
        };
        let mut steps = Vec::with_capacity(items.len());
        for mut item in std::mem::take(items) {
            match &mut item.value {
                Value::List(_) => self.flow(document, &mut item),
                Value::Map(map) => {
                    // What stands beside it is told where steps are read.
                    if let (Some(name), 1) = (map.get("include"), map.len()) {
                        steps.extend(self.included_steps(document, name));
                        continue;
                    }
                    for key in ["loop", "parallel"] {
                        if let Some(inner) = map.get_mut(key) {
                            self.flow(document, inner);
                        }
                    }
                }
                _ => {}
            }
            steps.push(item);
        }
        *items = steps;
    }

    /// The steps of a file: a list, or a mapping with a `flow`.
    fn included_steps(&mut self, document: &mut Document, name: &Node) -> Vec<Node> {
        let Some(part) = self.open(document, "include", name) else {
            return Vec::new();
        };
        let mut flow = match &part.value {
            Value::List(_) => part,
            Value::Map(map) if map.get("flow").is_some_and(|flow| flow.as_list().is_some()) => {
                let others = map.entries().iter();
                for entry in
                    others.filter(|entry| entry.key != "flow" && !entry.key.starts_with("x-"))
                {
                    let message = format!("`{}` has no effect in a file of steps", entry.key);
                    let warning = Diagnostic::warning(message).at(entry.key_span, "");
                    document.warn(warning.see(name.span, "included here"));
                }
                map.get("flow").cloned().unwrap_or(part)
            }
            _ => {
                let help = "a file of steps is a list of them, or a mapping with a `flow`";
                let fault = Diagnostic::error("there are no steps in what is included here");
                let fault = fault.at(name.span, "").see(part.span, "this").help(help);
                self.faults.push(fault);
                self.chain.pop();
                return Vec::new();
            }
        };
        self.flow(document, &mut flow);
        self.chain.pop();
        match flow.value {
            Value::List(steps) => steps,
            _ => Vec::new(),
        }
    }

    /// Reads the file that a node names, and notes that it is being read; none where that can't be, which is told.
    fn open(&mut self, document: &mut Document, key: &str, name: &Node) -> Option<Node> {
        let Some(text) = name.as_str().filter(|text| !text.is_empty()) else {
            self.faults.push(no_name(key, name));
            return None;
        };
        if text.contains("://") {
            let fault = Diagnostic::error(format!("`{key}` names a file, and this is a URL"));
            self.faults
                .push(fault.at(name.span, "").help("download it first"));
            return None;
        }
        let folder = self.folders.get(&name.span.file);
        let path = folder.map_or_else(|| PathBuf::from(text), |folder| folder.join(text));
        let link = Link::of(&path);
        let again = self.chain.iter().any(|known| known.path == link.path);
        if again || self.chain.len() > MAX_DEPTH {
            let message = if again {
                format!("`{}` includes itself", link.shown)
            } else {
                format!("files include each other more than {MAX_DEPTH} levels deep")
            };
            let chain = self.chain.iter().chain([&link]);
            let chain: Vec<&str> = chain.map(|link| link.shown.as_str()).collect();
            let fault = Diagnostic::error(message).at(name.span, "");
            self.faults.push(fault.help(chain.join(" → ")));
            return None;
        }
        if !self.read.contains_key(&link.path) {
            let part = self.read_part(document, &path, name);
            self.read.insert(link.path.clone(), part);
        }
        let part = self.read.get(&link.path)?.as_ref()?;
        let before = self.total;
        self.total = before.plus(part.size);
        if self.total.is_too_large() {
            if !before.is_too_large() {
                let message = format!(
                    "what is included comes to more than {} MiB or {MAX_VALUES} values",
                    MAX_BYTES >> 20
                );
                let help = "a file counts as often as it is included; a `loop` repeats steps";
                let fault = Diagnostic::error(message).at(name.span, "");
                self.faults.push(fault.help(help));
            }
            return None;
        }
        self.chain.push(link);
        Some(part.root.clone())
    }

    fn read_part(&mut self, document: &mut Document, path: &Path, name: &Node) -> Option<Part> {
        match star_yaml::read_file(&mut document.sources, path) {
            Ok(root) => {
                let file = root.span.file;
                self.folders.insert(file, folder(path));
                document.settle(file, folder(path));
                let bytes = document.sources.text(file).len();
                Some(Part {
                    size: Size::of(&root, bytes),
                    root,
                })
            }
            Err(fault) if fault.primary.is_some() => {
                self.faults.push(fault.see(name.span, "included here"));
                None
            }
            Err(fault) => {
                self.faults.push(fault.at(name.span, "included here"));
                None
            }
        }
    }
}

impl Link {
    fn of(path: &Path) -> Self {
        Self {
            path: full(path),
            shown: path.display().to_string(),
        }
    }
}

impl Size {
    /// The size of a file of so many bytes: also what its aliases stand for counts.
    fn of(root: &Node, bytes: usize) -> Self {
        let (mut values, mut text) = (0, 0);
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            values += 1;
            match &node.value {
                Value::String(string) => text += string.len(),
                Value::List(items) => open.extend(items),
                Value::Map(map) => {
                    text += map
                        .entries()
                        .iter()
                        .map(|entry| entry.key.len())
                        .sum::<usize>();
                    open.extend(map.entries().iter().map(|entry| &entry.node));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        Self {
            bytes,
            values,
            text,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            values: self.values.saturating_add(other.values),
            text: self.text.saturating_add(other.text),
        }
    }

    fn is_too_large(self) -> bool {
        self.bytes > MAX_BYTES || self.values > MAX_VALUES || self.text > MAX_TEXT
    }
}

/// Lays a script over another: what it says itself wins, its lists too, but scenarios come behind those that were there.
fn lay(under: &mut Node, mut over: Node) {
    if let (Value::Map(under), Value::Map(over)) = (&mut under.value, &mut over.value)
        && let Some(Value::List(there)) = under.get_mut("scenarios").map(|node| &mut node.value)
        && let Some(Value::List(more)) = over.get_mut("scenarios").map(|node| &mut node.value)
    {
        there.append(more);
        over.remove("scenarios");
    }
    lay::script(under, &over, Lists::Replaced);
}

/// Says that a node names no file.
fn no_name(key: &str, node: &Node) -> Diagnostic {
    let wanted = match key {
        "includes" => "the name of a file, or a list of names",
        _ => "the name of a file",
    };
    if matches!(node.value, Value::Null) {
        let help = format!("it must be {wanted}; leave the key out where it is not needed");
        let fault = Diagnostic::error(format!("`{key}` has no value"));
        return fault.at(node.span, "").help(help);
    }
    let found = match node.as_str() {
        Some(_) => "empty text",
        None => node.describe(),
    };
    Diagnostic::error(format!("`{key}` must be {wanted}, not {found}")).at(node.span, "")
}

fn folder(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// The one path of a file, however it is named.
fn full(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
