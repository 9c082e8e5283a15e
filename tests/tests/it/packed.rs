//! What `deploy` takes where little is said, and what it packs.

use serde_json::Value;
use tests::Scratch;

use crate::commands::slsart;
use crate::configured::{dry, templates};

const SCRIPT: &str = "config: { target: http://127.0.0.1:9, phases: [{ duration: 1, arrivalRate: 1 }] }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n";

/// Needs a variable.
const NEEDY: &str = "config: { target: \"{{ $env.WHERE }}\", phases: [{ duration: 1, arrivalRate: 1 }] }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n";

/// A template with the name of its program left out.
fn of_any_program(template: &Value) -> Value {
    let outputs = &template["Outputs"];
    let launcher = outputs["Launcher"]["Value"].as_str().unwrap();
    let id = outputs["Deployment"]["Value"]["Fn::Join"][1][0]
        .as_str()
        .unwrap();
    let text = template.to_string();
    let text = text.replace(launcher, "launcher").replace(id, "id");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn without_a_file_what_is_deployed_is_what_was_reviewed_with_its_rule_disabled() {
    let scratch = Scratch::default();
    let reviewed: Value = serde_json::from_str(include_str!(
        "../../../star-aws/templates/plain.function.json"
    ))
    .unwrap();
    let mut printed = templates(&dry(&scratch, &[]).expect(0).out);
    // Commands that alerts tell are of this program.
    let function = &mut printed[1].1["Resources"]["LoadGenerator"]["Properties"];
    let variables = function["Environment"]["Variables"].as_object_mut();
    let called = variables.unwrap().remove("SLSART_PROGRAM");
    assert_eq!(called, Some("slsart-under-test".into()));
    assert_eq!(of_any_program(&printed[1].1), of_any_program(&reviewed));
    let rule = |printed: &[(String, Value)]| {
        let rule = &printed[1].1["Resources"]["LoadGeneratorSchedule0"];
        assert_eq!(rule["Type"], "AWS::Events::Rule");
        assert_eq!(rule["Properties"]["State"], "DISABLED");
    };
    rule(&printed);
    scratch.write("serverless.yml", "functions: { loadGenerator: {} }\n");
    rule(&templates(&dry(&scratch, &[]).expect(0).out));
}

#[test]
fn what_an_enabled_schedule_was_checked_with_is_what_is_packed() {
    let scratch = Scratch::default();
    let schedule = |enabled: bool| {
        scratch.write("serverless.yml", format!("functions: {{ loadGenerator: {{ events: [{{ schedule: {{ rate: rate(1 day), enabled: {enabled}, input: {{ \">>\": script.yml }} }} }}] }} }}\n"));
    };
    scratch.write("script.yml", SCRIPT);
    scratch.write(
        "other/script.yml",
        SCRIPT.replace("arrivalRate: 1", "arrivalRate: 2"),
    );
    scratch.write("same/script.yml", SCRIPT);
    schedule(true);
    let refused = dry(&scratch, &["-p", "other/script.yml"]).expect(2);
    let said = "`script.yml` of `other/script.yml` would take the place of another file";
    assert!(refused.err.contains(said), "{}", refused.err);
    dry(&scratch, &["-p", "same/script.yml"]).expect(0);
    schedule(false);
    dry(&scratch, &["-p", "other/script.yml"]).expect(0);
}

#[test]
fn a_script_that_a_schedule_makes_whole_is_packed_without_a_word_against_it() {
    let scratch = Scratch::default();
    let half = SCRIPT.replace("target: http://127.0.0.1:9, ", "");
    scratch.write("script.yml", half);
    let said = "`script.yml` is not packed on its own";
    let alone = dry(&scratch, &[]).expect(0);
    let check = "slsart-under-test check script.yml` tells more";
    assert!(
        alone.err.contains(said) && alone.err.contains(check),
        "{}",
        alone.err
    );
    scratch.write("serverless.yml", "functions: { loadGenerator: { events: [{ schedule: { rate: rate(1 day), input: { \">>\": script.yml, config: { target: \"http://127.0.0.1:9\" } } } }] } }\n");
    let named = dry(&scratch, &[]).expect(0);
    assert!(!named.err.contains(said), "{}", named.err);
    let packed = "# in it: bootstrap, script.yml\n";
    assert!(named.out.contains(packed), "{}", named.out);
}

#[test]
fn a_script_is_judged_with_the_functions_environment_and_told_where_that_is_said() {
    let scratch = Scratch::default();
    scratch.write("script.yml", NEEDY);
    let refused = dry(&scratch, &["-p", "script.yml"]).expect(5);
    let help = "`environment` in `serverless.yml`";
    assert!(
        refused.err.contains(help) && !refused.err.contains("--env-file"),
        "{}",
        refused.err
    );
    scratch.write(
        "serverless.yml",
        "provider: { environment: { WHERE: \"http://127.0.0.1:9\" } }\nfunctions: { loadGenerator: {} }\n",
    );
    let printed = dry(&scratch, &[]).expect(0).out;
    assert!(
        printed.contains("# in it: bootstrap, script.yml\n"),
        "{printed}"
    );
    let invoked = slsart(&scratch)
        .args(["invoke"])
        .env("AWS_REGION", "eu-west-1")
        .run()
        .expect(5);
    assert!(
        invoked.err.contains("set it where this is called") && !invoked.err.contains("--env-file"),
        "{}",
        invoked.err
    );
}

#[test]
fn a_file_elsewhere_has_the_script_of_its_folder_packed() {
    let scratch = Scratch::default();
    scratch.write("script.yml", NEEDY);
    scratch.write("deep/serverless.yml", "functions: { loadGenerator: {} }\n");
    let file = ["--config", "deep/serverless.yml"];
    let printed = dry(&scratch, &file).expect(0).out;
    assert!(printed.contains("# in it: bootstrap\n"), "{printed}");
    scratch.write("deep/script.yml", SCRIPT);
    let printed = dry(&scratch, &file).expect(0).out;
    assert!(
        printed.contains("# in it: bootstrap, script.yml\n"),
        "{printed}"
    );
}

#[test]
fn what_aws_would_not_take_or_is_not_there_is_told_before_anything_is_made() {
    let scratch = Scratch::default();
    let tags: Vec<_> = (0..45)
        .map(|tag| format!("t{tag}: {}", "x".repeat(250)))
        .collect();
    let tags = tags.join(", ");
    scratch.write(
        "serverless.yml",
        format!("provider: {{ tags: {{ {tags} }} }}\nfunctions: {{ loadGenerator: {{}} }}\n"),
    );
    let refused = dry(&scratch, &[]).expect(2);
    assert!(
        refused
            .err
            .contains("and AWS takes 51200: the `tags` of each resource take "),
        "{}",
        refused.err
    );
    std::fs::remove_file(scratch.path("serverless.yml")).unwrap();
    std::os::unix::fs::symlink("gone.yml", scratch.path("serverless.yml")).unwrap();
    let refused = dry(&scratch, &[]).expect(5);
    assert!(refused.err.contains("serverless.yml"), "{}", refused.err);
    std::fs::remove_file(scratch.path("serverless.yml")).unwrap();
    let refused = slsart(&scratch)
        .args(["invoke", "--max-cost", "-1"])
        .run()
        .expect(2);
    let said = "a price is a number of US dollars, such as `0.50`";
    assert!(refused.err.contains(said), "{}", refused.err);
}

#[test]
fn a_secret_is_hidden_wherever_in_the_file_it_stands() {
    let scratch = Scratch::default();
    scratch.write(
        "serverless.yml",
        "provider: { environment: { TOKEN: hunter2hunter2 } }\nfunctions: { loadGenerator: {} }\ncustom: { oops: hunter2hunter2 }\n",
    );
    let refused = dry(&scratch, &[]).expect(5);
    assert!(
        refused.err.contains("serverless.yml:3") && !refused.err.contains("hunter2"),
        "{}",
        refused.err
    );
}
