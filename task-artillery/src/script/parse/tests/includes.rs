//! Files that are put in the place of a few words.

use std::path::{Path, PathBuf};

use super::*;
use crate::arrivals::Load;
use crate::script::model::{Scenario, StepKind};

/// A folder of files that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let name = format!("includes-{}-{name}", std::process::id());
        // The name of the temporary folder may be a link.
        let folder = std::fs::canonicalize(std::env::temp_dir()).unwrap();
        let folder = Self(folder.join(name));
        std::fs::create_dir_all(&folder.0).unwrap();
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Reads `s.yml`, with further files laid over it.
    fn read(&self, inputs: &[&str]) -> Result<Script, Vec<String>> {
        let mut document = star_yaml::document(&self.0.join("s.yml")).unwrap();
        for input in inputs {
            let input = self.0.join(input).display().to_string();
            document.options.give("input", input);
        }
        parse(&mut document).map_err(|errors| {
            let lines = errors.iter().map(|error| error.one_line(&document.sources));
            lines.map(|line| self.short(&line)).collect()
        })
    }

    fn short(&self, line: &str) -> String {
        line.replace(&format!("{}/", self.0.display()), "")
    }

    fn faults(&self) -> Vec<String> {
        self.read(&[]).unwrap_err()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn urls(scenario: &Scenario) -> Vec<&str> {
    let urls = scenario.flow.iter().filter_map(|step| match &step.kind {
        StepKind::Request(request) => Some(request.url.source()),
        _ => None,
    });
    urls.collect()
}

const CONFIG: &str = "config: {target: \"http://t\"}\n";

#[test]
fn what_a_script_says_itself_is_laid_over_what_it_includes() {
    let folder = Folder::new(
        "over",
        &[
            (
                "s.yml",
                "includes: [lib/base.yml, more.yml]\nconfig: {phases: [{duration: 5, arrivalCount: 2}]}\nscenarios: [{name: own, flow: [{get: {url: /}}]}]",
            ),
            (
                "lib/base.yml",
                "includes: deep.yml\nconfig: {target: \"http://base\", phases: [{duration: 1, arrivalRate: 9}, {pause: 1}], payload: {path: rows.csv, fields: [a]}}\nscenarios: [{name: base, flow: [{get: {url: \"/{{ a }}\"}}]}]",
            ),
            (
                "lib/deep.yml",
                "config: {target: \"http://deep\", variables: {v: 1, w: 2}}",
            ),
            ("lib/rows.csv", "x\n"),
            (
                "more.yml",
                "config: {variables: {v: 3}}\nscenarios: [{name: more, flow: [{get: {url: \"/{{ w }}\"}}]}]",
            ),
        ],
    );
    let script = folder.read(&[]).unwrap();
    assert_eq!(script.target, "http://base");
    assert_eq!(script.phases.len(), 1, "lists are replaced");
    assert_eq!(script.phases[0].load, Load::Count(2));
    let names = script.scenarios.iter().map(|one| one.name.as_deref());
    let names: Vec<_> = names.flatten().collect();
    assert_eq!(names, ["base", "more", "own"], "scenarios are appended");
    assert_eq!(script.variables[0].name, "v");
    let value = serde_json::to_value(&script.variables[0].value).unwrap();
    assert_eq!(value, 3);
    assert_eq!(script.payloads[0].file.bytes, 2, "beside its own script");
}

#[test]
fn the_steps_of_a_file_stand_where_it_is_named() {
    let folder = Folder::new(
        "steps",
        &[
            (
                "s.yml",
                "config: {target: \"http://t\"}\nscenarios: [{flow: [{include: lib/login.yml}, [{include: lib/login.yml}], {loop: [{include: lib/list.yml}], count: 2}, {get: {url: \"/{{ token }}\"}}]}]",
            ),
            (
                "lib/login.yml",
                "flow:\n  - post: {url: /login, capture: {json: $.t, as: token}}\n  - include: list.yml\n",
            ),
            ("lib/list.yml", "- get: {url: /list}\n"),
        ],
    );
    let script = folder.read(&[]).unwrap();
    let scenario = &script.scenarios[0];
    let twice = ["/login", "/list", "/login", "/list", "/{{ token }}"];
    assert_eq!(urls(scenario), twice);
    let StepKind::Loop(repeat) = &scenario.flow[4].kind else {
        panic!("{:?}", scenario.flow[4]);
    };
    assert_eq!(repeat.flow.len(), 1);
    let written = folder.read(&[]).unwrap();
    let ids: Vec<_> = written.scenarios[0]
        .flow
        .iter()
        .map(|step| step.id)
        .collect();
    assert_eq!(ids, [0, 1, 2, 3, 4, 6], "as if they were written there");
}

#[test]
fn further_files_are_laid_over_the_script_item_by_item() {
    let folder = Folder::new(
        "input",
        &[
            (
                "s.yml",
                "config: {target: \"http://t\", phases: [{duration: 5, arrivalRate: 2}]}\nscenarios: [{flow: [{get: {url: /}}]}]",
            ),
            ("a.yml", "config: {phases: [{arrivalRate: 7}]}"),
            (
                "lib/b.yml",
                "includes: c.yml\nconfig: {phases: [{name: last}]}",
            ),
            ("lib/c.yml", "config: {timeout: 3}"),
        ],
    );
    let script = folder.read(&["a.yml", "lib/b.yml"]).unwrap();
    assert_eq!(script.phases[0].load, Load::Rate { from: 7.0, to: 7.0 });
    assert_eq!(script.phases[0].name.as_deref(), Some("last"));
    assert_eq!(script.http.timeout.as_secs(), 3);
}

#[test]
fn a_fault_is_told_once_and_in_its_own_file() {
    let folder = Folder::new(
        "fault",
        &[
            (
                "s.yml",
                "includes: base.yml\nconfig: {target: \"http://t\"}\nscenarios: [{flow: [{include: steps.yml}, {include: steps.yml}]}]",
            ),
            ("base.yml", "\nconfig:\n  http: {tiemout: 1}\n"),
            ("steps.yml", "- get: {url: /}\n- get: {ulr: /}\n"),
        ],
    );
    assert_eq!(
        folder.faults(),
        [
            "base.yml:3:10: error: unknown key `tiemout` in `http` (did you mean `timeout`?)",
            "steps.yml:2:9: error: unknown key `ulr` in a request (did you mean `url`?)",
        ]
    );
}

#[test]
fn a_file_that_is_not_there_or_cannot_be_read_is_told_where_it_is_named() {
    let folder = Folder::new(
        "missing",
        &[
            (
                "s.yml",
                "includes: [no.yml, list.yml, [a], \"http://t/x.yml\", \"\"]\nconfig: {target: \"http://t\"}\nscenarios: [{flow: [{include: no.yml}, {include: broken.yml}, {include: broken.yml}, {include: other.yml}]}]",
            ),
            ("list.yml", "- 1\n"),
            ("broken.yml", "- get: {url: /\n"),
            ("other.yml", "config: {}\n"),
        ],
    );
    assert_eq!(
        folder.faults(),
        [
            "s.yml:1:12: error: there is no file `no.yml`",
            "s.yml:1:20: error: what is included here is a list (a file of `includes` is a mapping, as a script is)",
            "s.yml:1:30: error: `includes` must be the name of a file, or a list of names, not a list",
            "s.yml:1:35: error: `includes` names a file, and this is a URL (download it first)",
            "s.yml:1:53: error: `includes` must be the name of a file, or a list of names, not empty text",
            "s.yml:3:96: error: there are no steps in what is included here (a file of steps is a list of them, or a mapping with a `flow`)",
            "broken.yml:1:8: error: this `{` is never closed",
        ]
    );
}

#[test]
fn files_that_include_each_other_without_end_are_told_with_their_chain() {
    let folder = Folder::new(
        "chain",
        &[
            ("s.yml", "includes: a.yml\nscenarios: []"),
            ("a.yml", "includes: lib/b.yml"),
            ("lib/b.yml", "includes: ../a.yml"),
        ],
    );
    let told = folder.faults();
    assert_eq!(
        told,
        [
            "lib/b.yml:1:11: error: `lib/../a.yml` includes itself (s.yml → a.yml → lib/b.yml → lib/../a.yml)"
        ]
    );
    folder.write("a.yml", "includes: s.yml");
    assert!(folder.faults()[0].contains("`s.yml` includes itself (s.yml → a.yml → s.yml)"));
    for level in 0..20 {
        folder.write(
            &format!("{level}.yml"),
            &format!("- include: {}.yml", level + 1),
        );
    }
    folder.write("20.yml", "- think: 1");
    let script = |first| format!("{CONFIG}scenarios: [{{flow: [{{include: {first}.yml}}]}}]");
    folder.write("s.yml", &script(0));
    let told = folder.faults();
    assert!(
        told[0].starts_with("15.yml:1:12: error: files include each other more than 16 levels deep (s.yml → 0.yml → 1.yml"),
        "{told:?}"
    );
    folder.write("s.yml", &script(5));
    assert!(folder.read(&[]).is_ok());
}

#[test]
fn what_is_included_again_and_again_is_answered_at_once() {
    let level = |next: &str| format!("- include: {next}\n").repeat(10);
    let folder = Folder::new("bomb", &[]);
    folder.write(
        "s.yml",
        &format!("{CONFIG}scenarios: [{{flow: [{{include: 0.yml}}]}}]"),
    );
    for number in 0..9 {
        folder.write(
            &format!("{number}.yml"),
            &level(&format!("{}.yml", number + 1)),
        );
    }
    folder.write("9.yml", "- think: 1\n");
    let started = std::time::Instant::now();
    let told = folder.faults();
    assert_eq!(told.len(), 1, "{told:?}");
    let message = "error: what is included comes to more than 8 MiB or 1000000 values";
    assert!(told[0].contains(message), "{told:?}");
    assert!(started.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn a_file_that_has_more_than_steps_is_warned_of() {
    let folder = Folder::new(
        "more",
        &[
            (
                "s.yml",
                "config: {target: \"http://t\"}\nscenarios: [{flow: [{include: f.yml}]}]",
            ),
            ("f.yml", "x-a: 1\nname: f\nflow: [{think: 1}]\n"),
        ],
    );
    let mut document = star_yaml::document(&folder.0.join("s.yml")).unwrap();
    parse(&mut document).unwrap();
    let told = document.warnings().iter();
    let told: Vec<_> = told
        .map(|one| folder.short(&one.one_line(&document.sources)))
        .collect();
    assert_eq!(
        told,
        ["f.yml:2:1: warning: `name` has no effect in a file of steps"]
    );
}

#[test]
fn names_start_at_the_folder_of_the_script() {
    let text = "includes: no.yml\nscenarios: []";
    let told = complaints(text);
    let path = Path::new("src/script/parse/tests/data/no.yml").display();
    assert_eq!(
        told,
        [format!("s.yml:1:11: error: there is no file `{path}`")]
    );
}
