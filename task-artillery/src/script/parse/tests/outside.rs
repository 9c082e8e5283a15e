//! What a script knows that stands in none of its files: the environment, and what was chosen on the command line.

use serde_json::json;

use super::*;

const SECRET: &str = "hunter2-is-the-secret";

/// Reads a script with a file that sets `TOKEN`, `HOST`, `FILE` and `N`; what there is to say, and the script where it is sound.
fn read_with(
    name: &str,
    text: &str,
    options: &[(&'static str, &str)],
) -> (Vec<String>, Option<Script>) {
    let file = std::env::temp_dir().join(format!("outside-{}-{name}", std::process::id()));
    let variables = format!("OUTSIDE_TOKEN={SECRET}\nOUTSIDE_HOST={SECRET}.test\nOUTSIDE_N=7\n");
    std::fs::write(&file, variables).unwrap();
    let mut document = document(text);
    document
        .options
        .give("env-file", file.display().to_string());
    for (name, value) in options {
        document.options.give(name, *value);
    }
    let read = parse(&mut document);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(document.options.left().count(), 0, "every option is taken");
    let mut told: Vec<_> = document
        .warnings()
        .iter()
        .chain(
            read.as_ref()
                .err()
                .into_iter()
                .flat_map(star_core::document::Diagnostics::iter),
        )
        .map(|one| one.one_line(&document.sources))
        .collect();
    told.sort();
    (told, read.ok())
}

#[test]
fn variables_of_the_environment_are_known_everywhere_and_only_those_named_are_carried() {
    let script = r#"
config:
  target: "http://{{ $env.OUTSIDE_HOST }}:80"
  phases: [{duration: "{{ $processEnvironment.OUTSIDE_N }}", arrivalRate: 1, name: "with {{ $env.OUTSIDE_TOKEN }}"}]
  variables: {host: "{{ $env.OUTSIDE_HOST }}", url: "http://{{ $env.OUTSIDE_HOST }}/{{ $randomString(3) }}"}
  http: {timeout: "{{ $env.OUTSIDE_N }}"}
  defaults: {headers: {authorization: "Bearer {{ $env.OUTSIDE_TOKEN }}"}}
scenarios: [{flow: [{get: {url: "/{{ $env.OUTSIDE_N }}/{{ host }}"}}]}]
"#;
    let (told, script) = read_with("known", script, &[]);
    assert_eq!(told, Vec::<String>::new());
    let script = script.unwrap();
    assert_eq!(script.target, format!("http://{SECRET}.test:80"));
    assert_eq!(script.phases[0].duration.as_secs(), 7);
    assert_eq!(
        script.phases[0].name.as_deref(),
        Some("with {{ $env.OUTSIDE_TOKEN }}"),
        "reports have the names of phases"
    );
    assert_eq!(
        script.secrets.to_json(),
        json!({"OUTSIDE_HOST": format!("{SECRET}.test"), "OUTSIDE_N": "7", "OUTSIDE_TOKEN": SECRET})
    );
    let (_, bare) = read_with(
        "bare",
        "config: {target: \"http://a\"}\nscenarios: [{flow: [{get: {url: /}}]}]",
        &[],
    );
    assert!(bare.unwrap().secrets.is_empty());
}

#[test]
fn a_variable_of_config_that_is_made_of_the_environment_is_the_same_for_all_users() {
    let script = "config: {target: \"http://{{ host }}\", variables: {host: \"{{ $env.OUTSIDE_HOST }}\"}}\nscenarios: [{flow: [{get: {url: /}}]}]";
    let (told, script) = read_with("plain", script, &[]);
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(script.unwrap().target, format!("http://{SECRET}.test"));
}

#[test]
fn what_is_not_there_is_a_fault_in_config_and_a_warning_elsewhere() {
    let script = r#"
config: {target: "http://{{ $env.OUTSIDE_NO }}"}
scenarios: [{flow: [{get: {url: "/{{ $environment }}/{{ $env.OUTSIDE_NO }}/{{ $env }}/{{ $enviroment }}"}}]}]
"#;
    let (told, read) = read_with("missing", script, &[("environment", "x")]);
    assert!(read.is_none());
    assert_eq!(
        told,
        ["s.yml:2:9: error: there is no environment `x`: the script has no `config.environments`"]
    );
    let (told, _) = read_with("missing", script, &[]);
    assert_eq!(
        told,
        [
            "s.yml:2:26: error: the environment has no variable `OUTSIDE_NO` (set it, or name a file that has it: `--env-file FILE`)",
            "s.yml:3:35: warning: `$environment` is undefined (`-e NAME` chooses an environment)",
            "s.yml:3:54: warning: the environment has no variable `OUTSIDE_NO` (set it, or name a file that has it: `--env-file FILE`)",
            "s.yml:3:76: error: `$env` needs the name of a variable (for example `{{ $env.HOST }}`)",
            "s.yml:3:87: warning: unknown variable `$enviroment`: it is undefined (did you mean `$environment`?)",
        ]
    );
}

#[test]
fn the_environment_that_was_chosen_has_a_name() {
    let script = "config: {target: \"http://{{ $environment }}\", environments: {a: {}}}\nscenarios: [{flow: [{get: {url: \"/{{ $environment }}\"}}]}]";
    let (told, script) = read_with("name", script, &[("environment", "a")]);
    assert_eq!(told, Vec::<String>::new());
    let script = script.unwrap();
    assert_eq!(script.target, "http://a");
    assert_eq!(script.constants["$environment"], "a");
}

#[test]
fn no_diagnostic_shows_a_value() {
    let script = r#"
config:
  target: "{{ $env.OUTSIDE_TOKEN }}"
  phases: [{duration: "{{ $env.OUTSIDE_TOKEN }}", arrivalRate: "{{ $env.OUTSIDE_TOKEN }}"}]
  payload: {path: "{{ $env.OUTSIDE_TOKEN }}.csv", fields: [a]}
  http: {timeout: "{{ $env.OUTSIDE_TOKEN }}"}
scenarios: [{flow: [{get: {url: "/"}}]}]
"#;
    let (told, read) = read_with("shown", script, &[]);
    assert!(read.is_none());
    assert_eq!(told.len(), 5, "{told:#?}");
    assert!(told.iter().all(|line| !line.contains(SECRET)), "{told:#?}");
}

#[test]
fn a_bad_file_is_named_and_not_shown() {
    let file = std::env::temp_dir().join(format!("outside-{}-bad", std::process::id()));
    std::fs::write(&file, format!("A=1\n{SECRET}\n")).unwrap();
    let path = file.display().to_string();
    let mut document =
        document("config: {target: \"http://a\"}\nscenarios: [{flow: [{think: 1}]}]");
    document.options.give("env-file", path.clone());
    let errors = parse(&mut document).unwrap_err();
    std::fs::remove_file(&file).unwrap();
    let lines: Vec<_> = errors
        .iter()
        .map(|error| error.one_line(&document.sources))
        .collect();
    assert_eq!(
        lines,
        [format!(
            "{path}:2:1: error: line 2 is not of the form `NAME=value` (a value that has several lines stands in quotes)"
        )]
    );
}

#[test]
fn a_slip_in_an_environment_that_is_not_chosen_is_a_warning_and_in_the_chosen_one_a_fault() {
    let script = "config: {target: \"http://a\", environments: {a: {taget: \"http://b\"}, b: {}}}\nscenarios: [{flow: [{get: {url: /}}]}]";
    let (told, read) = read_with("slip", script, &[("environment", "b")]);
    assert!(read.is_some());
    assert_eq!(
        told,
        ["s.yml:1:49: warning: unknown key `taget` in an environment (did you mean `target`?)"]
    );
    let (told, read) = read_with("slip", script, &[("environment", "a")]);
    assert!(read.is_none());
    assert_eq!(
        told,
        ["s.yml:1:49: error: unknown key `taget` in `config` (did you mean `target`?)"]
    );
}
