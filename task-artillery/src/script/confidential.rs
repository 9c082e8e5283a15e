//! Which variables hold what is not to be shown.

use std::collections::BTreeSet;

use super::model::{Rounds, Script, Step, StepKind};
use super::once::captured_by;
use super::path::Path;
use super::secrets::Secrets;
use super::template::{JsonTemplate, Template};

/// The variables whose values are nobody's business but the target's: columns of payloads, the environment, what is captured (a target may
/// send back what it was sent), and what `config.variables` and loops make of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confidential {
    names: BTreeSet<String>,
}

impl Confidential {
    /// Those of a script.
    pub fn of(script: &Script) -> Self {
        let mut found = Self::default();
        found.names.extend(Secrets::ROOTS.map(ToOwned::to_owned));
        for payload in &script.payloads {
            found.names.extend(payload.fields.iter().cloned());
            found.names.extend(payload.all_rows_in.clone());
        }
        found.names.extend(script.captured.keys().cloned());
        for flow in flows(script) {
            found.names.extend(captured_by(flow));
        }
        loop {
            let before = found.names.len();
            for variable in &script.variables {
                if found.is_in_json(&variable.value) {
                    found.names.insert(variable.name.clone());
                }
            }
            for flow in flows(script) {
                found.follow(flow);
            }
            if found.names.len() == before {
                return found;
            }
        }
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether a text shows one of them.
    pub fn is_in(&self, template: &Template) -> bool {
        template.variables().any(|(_, path)| self.holds(&path))
    }

    /// A rendered text for people: as written where it shows one of them.
    pub fn shown(&self, template: &Template, rendered: String) -> String {
        if self.is_in(template) {
            template.source().to_owned()
        } else {
            rendered
        }
    }

    fn holds(&self, path: &Path) -> bool {
        self.names.contains(path.root()) || self.names.contains(path.source())
    }

    /// Whether a value shows one of them.
    pub fn is_in_json(&self, json: &JsonTemplate) -> bool {
        match json {
            JsonTemplate::Fixed(_) => false,
            JsonTemplate::Text(text) => self.is_in(text),
            JsonTemplate::List(items) => items.iter().any(|item| self.is_in_json(item)),
            JsonTemplate::Map(entries) => entries
                .iter()
                .any(|(key, value)| self.is_in(key) || self.is_in_json(value)),
        }
    }

    /// The elements of lists of which the list is one of them.
    fn follow(&mut self, flow: &[Step]) {
        for step in flow {
            match &step.kind {
                StepKind::Loop(repeat) => {
                    let holds = match &repeat.rounds {
                        Rounds::EachOf(list) => self.holds(list),
                        Rounds::Each(values) => values.iter().any(|value| self.is_in_json(value)),
                        Rounds::Range(..) | Rounds::Template(_) => false,
                    };
                    if holds {
                        let element = Path::parse(&repeat.element);
                        self.names.insert(element.root().to_owned());
                    }
                    self.follow(&repeat.flow);
                }
                StepKind::Parallel(parallel) => {
                    for branch in &parallel.branches {
                        self.follow(branch);
                    }
                }
                StepKind::Request(_) | StepKind::Think(_) | StepKind::Log(_) => {}
            }
        }
    }
}

/// All that a script does.
fn flows(script: &Script) -> impl Iterator<Item = &[Step]> {
    let scenarios = script.scenarios.iter().map(|scenario| &scenario.flow);
    let all = scenarios.chain([&script.before, &script.after]);
    all.map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::parse;

    #[test]
    fn columns_captures_and_the_environment_are_followed_into_variables_and_loops() {
        let text = r#"
config:
  target: "http://t"
  variables: {plain: 1, of_env: "{{ $env.PATH }}", list: [["a"]], deep: {k: ["{{ $env.PATH }}"]}}
  payload:
    - {path: users.csv, fields: [user, "a.b"]}
    - {path: users.csv, loadAll: true, name: all}
scenarios:
  - flow:
      - loop: [{loop: [{think: 1}], over: row.x, loopElement: inner}]
        over: all
        loopElement: row
      - loop: [{think: 1}]
        over: list
        loopElement: free
      - loop: [{get: {url: /, capture: {json: $.x, as: got.deep}}}]
        count: 1
before:
  flow:
    - get: {url: /, capture: {json: $.x, as: once}}
"#;
        let folder = "src/script/parse/tests/data";
        let mut document = star_yaml::document_from("s.yml", text.as_bytes(), folder).unwrap();
        let found = Confidential::of(&parse(&mut document).unwrap());
        for (text, expected) in [
            ("{{ plain }} {{ list }} {{ free }} {{ $loopCount }}", false),
            ("x{{ user.name }}", true),
            ("{{ a.b }}", true),
            ("{{ all[0] }}", true),
            ("{{ of_env }}", true),
            ("{{ deep.k }}", true),
            ("{{ row.x }}", true),
            ("{{ inner }}", true),
            ("{{ got.deep }}", true),
            ("{{ once }}", true),
            ("{{ $processEnvironment.X }}", true),
        ] {
            let template = Template::parse(text).unwrap();
            assert_eq!(found.is_in(&template), expected, "{text}");
        }
        let shown = |text| found.shown(&Template::parse(text).unwrap(), "made".to_owned());
        assert_eq!(shown("/{{ user }}"), "/{{ user }}");
        assert_eq!(shown("/{{ plain }}"), "made");
    }
}
