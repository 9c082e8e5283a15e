//! Texts with placeholders, and the check that what they name exists.

use std::borrow::Cow;
use std::collections::HashSet;

use star_core::document::{Node, Span, Value as Tree};
use star_core::draw::Draws;

use super::fields::short;
use super::reader::Reader;
use super::scope::{Known, Place};
use crate::script::path::Path;
use crate::script::secrets::Secrets;
use crate::script::template::{HELPERS, JsonTemplate, MAX_JSON_DEPTH, Template, TemplateError};

/// The faults of one text that are told.
const TOLD: usize = 20;

const VARIABLES: &str =
    "a variable comes from `config.variables`, from a column of a `payload`, or from a `capture`";

impl Reader<'_> {
    /// Reads a text with placeholders, in which only what exists may be named.
    pub(super) fn template(&mut self, source: &str, span: Span, place: Place) -> Option<Template> {
        let template = match Template::parse(source) {
            Ok(template) => template,
            Err(error) => return self.bad_call(&error, span),
        };
        if !source.contains("{{") {
            return Some(template);
        }
        for whole in template.untouched().take(TOLD) {
            let at = self.place_of(whole, span);
            let help = "between the braces stands the path of a variable, or a function call";
            self.warn(at, format!("`{}` stays as it is", short(whole)), help);
        }
        for rest in template.unclosed().take(TOLD) {
            let at = self.place_of_end(rest, span);
            let help = "a placeholder ends with `}}`";
            self.warn(at, "`{{` is not closed, and stays as it is", help);
        }
        let calls = template.has_calls();
        if place == Place::Over && calls {
            let help = "call it where `$loopElement` is used";
            self.error(span, "a function cannot be called here", help);
            return None;
        }
        for (whole, name) in template.unknown_calls().take(TOLD) {
            let at = self.place_of(whole, span);
            let help = match self.closest(name, HELPERS) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known are `{}`", HELPERS.join("` and `")),
            };
            let message = format!("unknown function `{}`: it is undefined", short(name));
            if !self.undefined(at, message, &help, place) {
                return None;
            }
        }
        if place == Place::Config && calls {
            let help = "it would have to be known before the run; in `variables` it can be";
            self.error(span, "a function cannot be called here", help);
            return None;
        }
        self.variables_exist(&template, span, place)
            .then_some(template)
    }

    fn bad_call<T>(&mut self, error: &TemplateError, span: Span) -> Option<T> {
        let at = self.place_of(&error.placeholder, span);
        self.error(at, error.reason.to_string(), "");
        None
    }

    /// Whether all variables of a template exist; says which do not.
    fn variables_exist(&mut self, template: &Template, span: Span, place: Place) -> bool {
        let mut told = HashSet::new();
        let mut good = true;
        for (whole, path) in template.variables() {
            let known = self.scope.knows(&path, place);
            if matches!(known, Known::Late | Known::Changing | Known::No) {
                good &= known == Known::Late || is_helper(&path, known, place);
                if told.len() >= TOLD || !told.insert(path.root().to_owned()) {
                    continue;
                }
            }
            if known != Known::Yes {
                let at = self.place_of(whole, span);
                good &= self.variable_exists(&path, at, place);
            }
        }
        good
    }

    /// Whether a variable exists; says if it does not.
    pub(super) fn variable_exists(&mut self, path: &Path, at: Span, place: Place) -> bool {
        let known = self.scope.knows(path, place);
        match known {
            Known::Yes => true,
            Known::Constant => self.use_constant(path.root(), at, place),
            Known::Environment => self.use_environment(path, at, place),
            Known::Late | Known::Changing | Known::No => {
                self.bad_variable(path, known, at, place);
                known == Known::Late || is_helper(path, known, place)
            }
        }
    }

    fn bad_variable(&mut self, path: &Path, known: Known, at: Span, place: Place) {
        let name = short(path.root());
        match known {
            Known::Yes | Known::Constant | Known::Environment => {}
            Known::Late => {
                let help = "until it is captured it is undefined";
                self.warn(at, format!("`{name}` is not set yet"), help);
            }
            Known::Changing => {
                let message = format!("`{name}` is not known here: it differs from user to user");
                self.error(at, message, "here all users need the same");
            }
            Known::No => {
                let help = match self.closest(&name, self.scope.names(place)) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => whence(&name, place).to_owned(),
                };
                if is_helper(path, known, place) {
                    self.warn(
                        at,
                        format!("unknown variable `{name}`: it is undefined"),
                        help,
                    );
                } else {
                    self.error(at, format!("unknown variable `{name}`"), help);
                }
            }
        }
    }

    /// Keeps the value of a name that the script uses of itself. Whether it can be used.
    fn use_constant(&mut self, name: &str, at: Span, place: Place) -> bool {
        if self.scope.has_constant(name) {
            return true;
        }
        let sources = &self.document.sources;
        let value = match name {
            "$dirname" => Some(folder_name(self.document.folder())),
            "$environment" => self.environment_name.clone(),
            _ => Some(sources.name(self.document.root.span.file).to_owned()),
        };
        let Some(value) = value else {
            let help = "`-e NAME` chooses an environment";
            return self.undefined(at, format!("`{name}` is undefined"), help, place);
        };
        self.scope.keep_constant(name, value.into());
        true
    }

    /// Keeps the value of a variable of the environment. Whether it can be used.
    fn use_environment(&mut self, path: &Path, at: Span, place: Place) -> bool {
        let Some(name) = path.member() else {
            let message = format!("`{}` needs the name of a variable", path.root());
            let help = format!("for example `{{{{ {}.HOST }}}}`", path.root());
            self.error(at, message, help);
            return false;
        };
        let Some(value) = self.environment.get(name) else {
            let message = format!("the environment has no variable `{}`", short(name));
            let by = self.document.environment_by();
            let help = by.unwrap_or("set it, or name a file that has it: `--env-file FILE`");
            return self.undefined(at, message, help, place);
        };
        self.scope.keep_secret(name, value);
        true
    }

    /// Says that a name has no value: harmless where a request can do without. Whether it is.
    fn undefined(&mut self, at: Span, message: String, help: &str, place: Place) -> bool {
        if place == Place::Config {
            self.error(at, message, help);
            return false;
        }
        self.warn(at, message, help);
        true
    }

    /// A text of `config` that has to be known before the run, its placeholders filled in.
    pub(super) fn config_text<'n>(&mut self, name: &str, node: &'n Node) -> Option<Cow<'n, str>> {
        let Some(source) = node.as_str() else {
            return self.mismatch(name, node, "text");
        };
        if !source.contains("{{") {
            return Some(Cow::Borrowed(source));
        }
        let template = self.template(source, node.span, Place::Config)?;
        // There are no calls in it, so nothing is drawn.
        let text = template.text(self.scope.plain(), &mut Draws::new(0, 0, 0, 0));
        Some(Cow::Owned(text.into_owned()))
    }

    /// A text of `config` for people to read: as written where it names the environment, whose values are not to be shown.
    pub(super) fn config_name(&mut self, name: &str, node: &Node) -> Option<String> {
        let text = self.config_text(name, node)?;
        Some(match node.as_str() {
            Some(source) if names_environment(source) => source.to_owned(),
            _ => text.into_owned(),
        })
    }

    /// A value whose texts and keys may have placeholders.
    pub(super) fn json(&mut self, name: &str, node: &Node, place: Place) -> Option<JsonTemplate> {
        if !self.json_is_good(name, node, place, 0) {
            return None;
        }
        JsonTemplate::parse(node.to_json()).ok()
    }

    fn json_is_good(&mut self, name: &str, node: &Node, place: Place, depth: usize) -> bool {
        if depth > MAX_JSON_DEPTH {
            let help = format!("{MAX_JSON_DEPTH} levels are possible");
            self.error(node.span, format!("`{name}` is nested too deeply"), help);
            return false;
        }
        let mut good = true;
        match &node.value {
            Tree::String(text) => good = self.template(text, node.span, place).is_some(),
            Tree::List(items) => {
                for item in items {
                    good &= self.json_is_good(name, item, place, depth + 1);
                }
            }
            Tree::Map(map) => {
                for entry in map.entries() {
                    good &= self.template(&entry.key, entry.key_span, place).is_some();
                    good &= self.json_is_good(name, &entry.node, place, depth + 1);
                }
            }
            Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
        }
        good
    }
}

/// Whether a name that is unknown would be one of Artillery's own, as `$timestamp` would: there it is silently undefined.
fn is_helper(path: &Path, known: Known, place: Place) -> bool {
    let flows = matches!(place, Place::Flow | Place::Headers | Place::Over);
    known == Known::No && flows && path.root().starts_with('$')
}

/// What a folder is called in paths that begin with it: one without a name would make them absolute.
fn folder_name(folder: &std::path::Path) -> String {
    if folder.as_os_str().is_empty() {
        return ".".to_owned();
    }
    folder.display().to_string()
}

/// Whether a text that is good names the environment.
fn names_environment(source: &str) -> bool {
    let Ok(template) = Template::parse(source) else {
        return false;
    };
    template
        .variables()
        .any(|(_, path)| Secrets::ROOTS.contains(&path.root()))
}

/// Where a variable of that name could come from.
fn whence(name: &str, place: Place) -> &'static str {
    match place {
        Place::Config => {
            "here only those of `config.variables` are known that are the same for all users"
        }
        Place::Variables => "a variable cannot be made of others",
        _ if matches!(name, "$loopCount" | "$loopElement") => "it is known in loops",
        Place::Headers | Place::Flow | Place::Over => VARIABLES,
    }
}
