//! The names that placeholders may use.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::script::path::Path;
use crate::script::secrets::Secrets;
use crate::script::vars::Vars;

/// What every user knows without the script saying so.
const GIVEN: [&str; 3] = ["target", "$uuid", "$testId"];

/// What the script knows of itself.
const CONSTANTS: [&str; 3] = ["$dirname", "$scenarioFile", "$environment"];

/// Where a placeholder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In `config`, where it is filled in when the script is read.
    Config,
    /// In `config.variables`, where it is filled in once, before the first user.
    Variables,
    /// In the default headers, where it is filled in for each request of any scenario.
    Headers,
    /// In a flow.
    Flow,
    /// In a list of `over`, where it is filled in when a round begins.
    Over,
}

/// What there is to say of a name at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It can be used.
    Yes,
    /// It can be used, and is of the script itself: its value is needed.
    Constant,
    /// It is the environment: the variable in it is needed.
    Environment,
    /// Only after it was captured, which may be later.
    Late,
    /// Not here, where all users need the same.
    Changing,
    /// Nowhere.
    No,
}

/// The names that placeholders may use; in order, so that of two that are as near the same one is suggested each time.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Variables and columns.
    shared: BTreeSet<String>,
    /// The variables that are the same for all users, and what the script knows of itself.
    plain: Vars,
    plain_names: BTreeSet<String>,
    /// Captures and loops of any scenario.
    anywhere: BTreeSet<String>,
    /// Captures and loops of the scenario being read, and whether they came by already.
    flow: BTreeMap<String, bool>,
    /// What `before` captures.
    brought: BTreeSet<String>,
    /// Whether `before` is being read.
    in_before: bool,
    /// Those that came by, in order.
    bound: Vec<String>,
    constants: serde_json::Map<String, Value>,
    secrets: Secrets,
}

impl Scope {
    /// Makes a variable known to all scenarios.
    pub(super) fn share(&mut self, name: &str) {
        self.shared.insert(name.to_owned());
    }

    /// Makes known the value of a variable that is the same for all users.
    pub(super) fn share_plain(&mut self, name: &str, value: &Value) {
        self.plain.set_named(name, value.clone());
        self.plain_names.insert(name.to_owned());
    }

    /// Makes known to all scenarios what `before` captures, instead of what was said of that so far, which comes back.
    pub(super) fn bring(&mut self, names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        std::mem::replace(&mut self.brought, names.into_iter().collect())
    }

    /// Says whether `before` is being read.
    pub(super) fn set_before(&mut self, reading: bool) {
        self.in_before = reading;
    }

    /// Whether a name that `before` captures means something else to users.
    pub(super) fn is_outranked(&self, name: &str) -> bool {
        self.in_before && self.shared.contains(name)
    }

    /// Makes known the names that a scenario sets.
    pub(super) fn announce(&mut self, names: BTreeSet<String>) {
        self.anywhere.extend(names.iter().cloned());
        self.flow = names.into_iter().map(|name| (name, false)).collect();
        self.bound.clear();
    }

    /// A name of the scenario is set from here on.
    pub(super) fn bind(&mut self, name: &str) {
        if self.flow.insert(name.to_owned(), true) != Some(true) {
            self.bound.push(name.to_owned());
        }
    }

    /// How many names are set so far.
    pub(super) fn bound(&self) -> usize {
        self.bound.len()
    }

    /// Takes back that names are set, but for the first ones: which they were.
    pub(super) fn unbind(&mut self, but: usize) -> Vec<String> {
        let names = self.bound.split_off(but.min(self.bound.len()));
        for name in &names {
            self.flow.insert(name.clone(), false);
        }
        names
    }

    /// Keeps the value of a name that the script uses of itself.
    pub(super) fn keep_constant(&mut self, name: &str, value: Value) {
        self.plain.set_named(name, value.clone());
        self.constants.insert(name.to_owned(), value);
    }

    /// Whether the value of such a name was kept already.
    pub(super) fn has_constant(&self, name: &str) -> bool {
        self.constants.contains_key(name)
    }

    /// Keeps a variable of the environment.
    pub(super) fn keep_secret(&mut self, name: &str, value: String) {
        self.secrets.keep(name, value);
        for root in Secrets::ROOTS {
            self.plain.set_named(root, self.secrets.to_json());
        }
    }

    /// The variables of the environment that the script names.
    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The names that the script uses of itself.
    pub(super) fn take_constants(&mut self) -> serde_json::Map<String, Value> {
        std::mem::take(&mut self.constants)
    }

    /// What is known in `config`, where all users need the same.
    pub(super) fn plain(&self) -> &Vars {
        &self.plain
    }

    /// What there is to say of the variable that a path begins with.
    pub(super) fn knows(&self, path: &Path, place: Place) -> Known {
        let root = path.root();
        let all = |name: &str| self.shared.contains(name) || GIVEN.contains(&name);
        let shared = |name: &str| all(name) || self.brought.contains(name);
        if CONSTANTS.contains(&root) {
            return Known::Constant;
        }
        if Secrets::ROOTS.contains(&root) {
            return Known::Environment;
        }
        match place {
            Place::Flow | Place::Over | Place::Headers if shared(root) || shared(path.source()) => {
                Known::Yes
            }
            Place::Flow | Place::Over => match self.flow.get(root) {
                Some(true) => Known::Yes,
                Some(false) => Known::Late,
                None => Known::No,
            },
            Place::Headers if self.anywhere.contains(root) => Known::Late,
            Place::Config if self.plain_names.contains(root) => Known::Yes,
            Place::Config | Place::Variables if all(root) => Known::Changing,
            Place::Headers | Place::Config | Place::Variables => Known::No,
        }
    }

    /// All names that can be used at a place.
    pub(super) fn names(&self, place: Place) -> impl Iterator<Item = &str> {
        let run = matches!(place, Place::Headers | Place::Flow | Place::Over);
        let shared = self.shared.union(&self.brought).filter(move |_| run);
        let plain = self
            .plain_names
            .iter()
            .filter(move |_| place == Place::Config);
        let flow = self
            .flow
            .keys()
            .filter(move |_| matches!(place, Place::Flow | Place::Over));
        let given = GIVEN.iter().filter(move |_| run).chain(&CONSTANTS);
        let given = given.chain(&Secrets::ROOTS);
        shared
            .chain(plain)
            .chain(flow)
            .map(String::as_str)
            .chain(given.copied())
    }
}
