//! The variables of a virtual user.

mod lack;
mod names;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;
use star_core::draw::Draws;

use super::model::{Cookie, Header, Script};
use super::path::Path;
use super::secrets::Secrets;
use super::template::JsonTemplate;
use crate::payload::Table;
use lack::Hole;
pub use lack::Lack;
use names::{ByName, NameSet};

/// What the users of a worker share: never copied for a user.
///
/// A name means the first of these that has it: what the user itself has set; `config.variables`; the payloads, the last first;
/// what the run is given ([`Globals::new`]) and what the script knows of itself.
#[derive(Debug, Default)]
pub struct Globals {
    variables: ByName<Binding>,
    /// How many elements each of the variables has that are lists.
    choices: Vec<u64>,
    columns: ByName<(usize, usize)>,
    tables: Vec<Arc<Table>>,
    /// Payloads whose rows all users have.
    lists: ByName<Arc<Value>>,
    constants: ByName<Value>,
    /// What stands for something that is not there.
    holes: Vec<Hole>,
    headers: Vec<Header>,
    cookies: Vec<Cookie>,
}

/// A variable of the script.
#[derive(Debug)]
enum Binding {
    /// The same for all.
    One(Value),
    /// One of these for each user: the user's choice of this number says which. None is undefined.
    OneOf(usize, Vec<Option<Value>>),
    /// Made of what is undefined.
    Undefined,
}

impl Binding {
    /// What a value is for users; those of a list have one more choice.
    fn of(value: &JsonTemplate, known: &Vars, draws: &mut Draws, choices: &mut Vec<u64>) -> Self {
        let own = |value: Option<Cow<'_, Value>>| value.map(Cow::into_owned);
        let values = if let JsonTemplate::List(items) = value {
            let items = items.iter();
            items.map(|item| own(item.value(known, draws))).collect()
        } else {
            match own(value.value(known, draws)) {
                Some(Value::Array(values)) => values.into_iter().map(Some).collect::<Vec<_>>(),
                Some(value) => return Self::One(value),
                None => return Self::Undefined,
            }
        };
        choices.push(values.len() as u64);
        Self::OneOf(choices.len() - 1, values)
    }
}

impl Globals {
    /// What users of `script` share. `tables` are its payloads, in order; `given` is what the run is given beyond the script, such
    /// as `$testId`.
    ///
    /// Calls in `config` are made here, once for all users. So that they come out the same in every worker, `draws` have to be
    /// the run's own: of its seed and of nothing else.
    pub fn new(
        script: &Script,
        tables: Vec<Arc<Table>>,
        given: impl IntoIterator<Item = (String, Value)>,
        draws: &mut Draws,
    ) -> Self {
        let mut globals = Self {
            tables,
            ..Self::default()
        };
        globals
            .constants
            .insert("target".to_owned(), script.target.clone().into());
        globals.constants.extend(given);
        globals.constants.extend(script.constants.clone());
        if !script.secrets.is_empty() {
            for root in Secrets::ROOTS {
                globals
                    .constants
                    .insert(root.to_owned(), script.secrets.to_json());
            }
        }
        for (table, payload) in script.payloads.iter().enumerate() {
            if let Some(name) = &payload.all_rows_in {
                // A script is checked before its files are there.
                let rows = globals.tables.get(table);
                let rows = rows.map(|rows| rows.all());
                globals.lists.insert(name.clone(), rows.unwrap_or_default());
                globals.columns.remove(name);
                continue;
            }
            for (column, field) in payload.fields.iter().enumerate() {
                globals.columns.insert(field.clone(), (table, column));
                globals.lists.remove(field);
            }
        }
        let (known, bare) = (std::mem::take(&mut globals.constants), Vars::default());
        let known = Vars { own: known, ..bare };
        for variable in &script.variables {
            let binding = Binding::of(&variable.value, &known, draws, &mut globals.choices);
            globals.holes.extend(Hole::of(variable, &known));
            globals.variables.insert(variable.name.clone(), binding);
        }
        globals.constants = known.own;
        let sought = script.not_found.iter().map(|path| Path::parse(path));
        let sought = sought.filter(|path| !globals.shadows(path.root()));
        let sought: Vec<_> = sought.map(Hole::not_found).collect();
        globals.holes.extend(sought);
        globals.headers = script
            .headers
            .iter()
            .map(|header| header.settle(draws))
            .collect();
        let cookies = script.cookies.iter();
        globals.cookies = cookies.map(|cookie| cookie.settle(draws)).collect();
        globals
    }

    /// Whether something is called that before anything that the run is given.
    fn shadows(&self, name: &str) -> bool {
        self.variables.contains_key(name)
            || self.lists.contains_key(name)
            || self.columns.contains_key(name)
    }

    /// The headers of every request that does not give its own, their calls made.
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// The cookies that a user is given at every request, their calls made.
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookies
    }
}

/// The variables of one user.
#[derive(Clone, Debug, Default)]
pub struct Vars {
    own: ByName<Value>,
    /// What the user has made undefined, whatever others have under that name.
    undefined: NameSet,
    /// Where captures found nothing, and something is kept all the same.
    nothing: Vec<Path>,
    globals: Rc<Globals>,
    /// The user's row in each table.
    rows: Box<[u32]>,
    /// Which element of each variable that is a list.
    choices: Box<[usize]>,
    uuid: [u64; 2],
    branch: Option<Box<Branch>>,
}

/// What the variables of a branch have that a user's own do not: a user that does several things at once has variables for each.
#[derive(Clone, Debug)]
struct Branch {
    /// The variables as they were when the branch began.
    under: Rc<Vars>,
    /// Where it has set something; none leads into another.
    set: Vec<Path>,
}

/// What a branch has set, in order; none where it has made something undefined.
#[derive(Debug, Default)]
pub struct Changes {
    set: Vec<(Path, Option<Value>)>,
    nothing: Vec<Path>,
}

impl Vars {
    /// The variables of a new user: its rows go by its number among all of the run's, its `$uuid` and its choices among the
    /// elements of lists are drawn.
    pub fn new(globals: Rc<Globals>, unit: u64, draws: &mut Draws) -> Self {
        Self {
            own: ByName::default(),
            undefined: NameSet::default(),
            nothing: Vec::new(),
            rows: globals
                .tables
                .iter()
                .map(|table| table.row_of(unit))
                .collect(),
            uuid: [draws.next_u64(), draws.next_u64()],
            choices: globals
                .choices
                .iter()
                .map(|length| draws.below(*length) as usize)
                .collect(),
            globals,
            branch: None,
        }
    }

    /// The variables of something that is done beside others: they begin as these, and no change reaches these or the others.
    pub fn branch(under: &Rc<Self>) -> Self {
        Self {
            own: ByName::default(),
            undefined: NameSet::default(),
            nothing: Vec::new(),
            globals: Rc::clone(&under.globals),
            rows: Box::default(),
            choices: Box::default(),
            uuid: under.uuid,
            branch: Some(Box::new(Branch {
                under: Rc::clone(under),
                set: Vec::new(),
            })),
        }
    }

    /// What a branch has set.
    pub fn into_changes(mut self) -> Changes {
        let set = self.branch.take().map(|branch| branch.set);
        let changes = set.into_iter().flatten().map(|path| {
            let value = if path.is_deep() {
                let root = self.own.get(path.root());
                let value = root.and_then(|root| path.get(Cow::Borrowed(root)));
                value.map(Cow::into_owned)
            } else {
                self.own.remove(path.root())
            };
            (path, value)
        });
        Changes {
            set: changes.collect(),
            nothing: self.nothing,
        }
    }

    /// Sets what a branch has set.
    pub fn apply(&mut self, changes: Changes) {
        for (path, value) in changes.set {
            match value {
                Some(value) => self.set(&path, value),
                None => self.unset(&path),
            }
        }
        for path in changes.nothing {
            self.note_nothing(&path);
        }
    }

    /// The value at a path; none where it is undefined. As in lodash a variable that is called all of the path comes first.
    pub fn get(&self, path: &Path) -> Option<Cow<'_, Value>> {
        if path.is_deep()
            && let Some(value) = self.named(path.source())
        {
            return Some(value);
        }
        path.get(self.named(path.root())?)
    }

    /// The text that the user's row has in a column, whatever is made of it, and whatever else is called that.
    pub(crate) fn cell(&self, name: &str) -> Option<Cow<'_, str>> {
        if let Some(branch) = &self.branch {
            return branch.under.cell(name);
        }
        let (table, column) = self.globals.columns.get(name)?;
        let row = self.rows.get(*table)?;
        self.globals.tables.get(*table)?.text(*row, *column)
    }

    /// Sets the value at a path, for this user.
    pub fn set(&mut self, path: &Path, value: Value) {
        if let Some(branch) = &mut self.branch {
            branch.note(path);
        }
        self.forget_nothing(path);
        if !path.is_deep() {
            match self.own.get_mut(path.root()) {
                Some(known) => *known = value,
                None => self.set_named(path.root(), value),
            }
            return;
        }
        let mut root = match self.own.remove(path.root()) {
            Some(own) => own,
            None => self.named(path.root()).map_or(Value::Null, Cow::into_owned),
        };
        path.set(&mut root, value);
        self.set_named(path.root(), root);
    }

    /// Makes the value at a path undefined, for this user. In a list it becomes null, as JSON has it.
    pub fn unset(&mut self, path: &Path) {
        if let Some(branch) = &mut self.branch {
            branch.note(path);
        }
        self.forget_nothing(path);
        if !path.is_deep() {
            self.own.remove(path.root());
            self.undefined.insert(path.root().to_owned());
            return;
        }
        if let Some(root) = self.named(path.root()) {
            let mut root = root.into_owned();
            path.unset(&mut root);
            self.set_named(path.root(), root);
        }
    }

    /// Sets a variable by its name, whatever is in it.
    pub(super) fn set_named(&mut self, name: &str, value: Value) {
        self.own.insert(name.to_owned(), value);
        self.undefined.remove(name);
    }

    fn named(&self, name: &str) -> Option<Cow<'_, Value>> {
        if let Some(value) = self.own.get(name) {
            return Some(Cow::Borrowed(value));
        }
        if self.undefined.contains(name) {
            return None;
        }
        if let Some(branch) = &self.branch {
            return branch.under.named(name);
        }
        match self.globals.variables.get(name) {
            Some(Binding::One(value)) => return Some(Cow::Borrowed(value)),
            Some(Binding::OneOf(number, values)) => {
                let choice = self.choices.get(*number).copied().unwrap_or(0);
                return values.get(choice)?.as_ref().map(Cow::Borrowed);
            }
            Some(Binding::Undefined) => return None,
            None => {}
        }
        if let Some(rows) = self.globals.lists.get(name) {
            return Some(Cow::Borrowed(rows));
        }
        if let Some((table, column)) = self.globals.columns.get(name) {
            let row = self.rows.get(*table)?;
            return Some(Cow::Owned(
                self.globals.tables.get(*table)?.value(*row, *column)?,
            ));
        }
        if let Some(value) = self.globals.constants.get(name) {
            return Some(Cow::Borrowed(value));
        }
        (name == "$uuid").then(|| Cow::Owned(uuid(self.uuid).into()))
    }
}

impl Branch {
    fn note(&mut self, path: &Path) {
        if !self.set.iter().any(|known| path.is_within(known)) {
            self.set.retain(|known| !known.is_within(path));
            self.set.push(path.clone());
        }
    }
}

/// Variables of a user that has nothing else: for what is rendered outside of a run, and for tests.
impl FromIterator<(String, Value)> for Vars {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(variables: I) -> Self {
        Self {
            own: variables.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A UUID of version 4.
fn uuid([high, low]: [u64; 2]) -> String {
    let high = high & !0xF000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF,
    )
}

#[cfg(test)]
mod tests;
