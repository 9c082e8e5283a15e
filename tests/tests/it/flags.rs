//! Every flag of the reference's usage, and of the Serverless Framework's commands behind it, is carried out or answered in one sentence.

use tests::{Finished, Scratch};

use crate::commands::slsart;
use crate::configured::{X86, worker};

/// What the program does with a command line, where there is no AWS.
fn typed(scratch: &Scratch, line: &str) -> Finished {
    slsart(scratch).args(line.split(' ')).run()
}

/// A command line, the exit code, and what is said.
///
/// Without a region or credentials a command that is carried out ends where AWS would be asked, with code 7: its flags were taken.
const LINES: &[(&str, i32, &str)] = &[
    ("--help", 0, "Commands:"),
    ("--version", 0, "slsart "),
    ("help deploy", 0, "--stage"),
    ("deploy --help", 0, "--noDeploy"),
    ("invoke --help", 0, "--jsonOnly"),
    ("remove --help", 0, "--purge"),
    ("script --help", 0, "--rampTo"),
    ("configure --help", 0, "--service"),
    // All commands.
    ("-D remove", 7, "no AWS region is set"),
    ("remove --debug", 7, "no AWS region is set"),
    ("-V remove", 7, "no AWS region is set"),
    ("remove --verbose", 7, "no AWS region is set"),
    (
        "-V tasks",
        0,
        "`--verbose` and `--debug` tell of what is done on AWS, and nothing was",
    ),
    // Deploy.
    (
        "deploy --worker worker --noDeploy",
        0,
        "# nothing was touched",
    ),
    ("deploy --worker worker -n", 0, "# nothing was touched"),
    (
        "deploy --worker worker -n --stage qa",
        0,
        "# stack serverless-star-qa\n",
    ),
    (
        "deploy --worker worker -n -s qa",
        0,
        "# stack serverless-star-qa\n",
    ),
    (
        "deploy --worker worker -n --region eu-west-1",
        0,
        "# nothing was touched",
    ),
    (
        "deploy --worker worker -n -r eu-west-1",
        0,
        "# nothing was touched",
    ),
    (
        "deploy --worker worker -n --aws-profile me",
        0,
        "# nothing was touched",
    ),
    (
        "deploy --worker worker -n --verbose",
        0,
        "worker is for x86_64",
    ),
    ("deploy --worker worker -n -v", 0, "worker is for x86_64"),
    (
        "deploy --worker worker -n --conceal",
        0,
        "# nothing was touched",
    ),
    (
        "deploy --worker worker -n --force",
        0,
        "# nothing was touched",
    ),
    (
        "deploy --worker worker -n --no-aws-s3-accelerate",
        0,
        "# nothing was touched",
    ),
    (
        "deploy --worker worker -n --config s.yml",
        0,
        "# stack own-dev\n",
    ),
    ("deploy --worker worker -n -c s.yml", 0, "# stack own-dev\n"),
    (
        "deploy --worker worker --stage qa",
        7,
        "no AWS region is set",
    ),
    (
        "deploy --package out",
        2,
        "the flag `--package` is not supported: ",
    ),
    (
        "deploy --function f",
        2,
        "the flag `-f/--function` is reserved: ",
    ),
    ("deploy -f f", 2, "the flag `-f/--function` is reserved: "),
    (
        "deploy --aws-s3-accelerate",
        2,
        "the flag `--aws-s3-accelerate` is not supported: ",
    ),
    (
        "deploy --update-config",
        2,
        "the flag `--update-config` is not supported: ",
    ),
    ("deploy --app a", 2, "the flag `--app` is not supported: "),
    ("deploy --org o", 2, "the flag `--org` is not supported: "),
    // Remove.
    ("remove --stage qa", 7, "no AWS region is set"),
    ("remove -s qa", 7, "no AWS region is set"),
    (
        "remove --region eu-west-1 --aws-profile me",
        7,
        "there are no AWS credentials",
    ),
    (
        "remove -r eu-west-1 --aws-profile me",
        7,
        "there are no AWS credentials",
    ),
    ("remove -v", 7, "no AWS region is set"),
    ("remove --config s.yml", 7, "no AWS region is set"),
    ("remove --app a", 2, "the flag `--app` is not supported: "),
    // Kill.
    ("kill --stage qa", 7, "no AWS region is set"),
    ("kill -s qa", 7, "no AWS region is set"),
    ("kill -v", 7, "no AWS region is set"),
    (
        "kill --region eu-west-1 --aws-profile me",
        7,
        "there are no AWS credentials",
    ),
    ("kill --org o", 2, "the flag `--org` is not supported: "),
    // Invoke.
    ("invoke --path s.yml", 5, "s.yml:"),
    ("invoke -p s.yml", 5, "s.yml:"),
    ("invoke --path missing.yml", 5, "missing.yml"),
    ("invoke --path lacks.yml", 5, "`none.csv`"),
    (
        "deploy --worker worker -n --path lacks.yml",
        5,
        "`none.csv`",
    ),
    ("invoke --data {}", 5, "--data:"),
    ("invoke -d {}", 5, "--data:"),
    ("invoke --stdIn", 5, "error: "),
    ("invoke --si", 5, "error: "),
    ("invoke --jsonOnly", 7, "no AWS region is set"),
    ("invoke --jo", 7, "no AWS region is set"),
    ("invoke --stage qa", 7, "no AWS region is set"),
    ("invoke -s qa", 7, "no AWS region is set"),
    (
        "invoke -r eu-west-1 --aws-profile me",
        7,
        "there are no AWS credentials",
    ),
    (
        "invoke --type Event",
        2,
        "the flag `-t/--type` is reserved: ",
    ),
    ("invoke -t Event", 2, "the flag `-t/--type` is reserved: "),
    (
        "invoke --function f",
        2,
        "the flag `-f/--function` is reserved: ",
    ),
    ("invoke -f f", 2, "the flag `-f/--function` is reserved: "),
    (
        "invoke --script s.yml",
        2,
        "the flag `--script` was removed: ",
    ),
    ("invoke --raw", 2, "the flag `--raw` is not supported: "),
    (
        "invoke --qualifier 1",
        2,
        "the flag `-q/--qualifier` is not supported: ",
    ),
    (
        "invoke -q 1",
        2,
        "the flag `-q/--qualifier` is not supported: ",
    ),
    ("invoke --log", 2, "the flag `-l/--log` is not supported: "),
    ("invoke -l", 2, "the flag `-l/--log` is not supported: "),
    (
        "invoke --context {}",
        2,
        "the flag `--context` is not supported: ",
    ),
    (
        "invoke --contextPath c.json",
        2,
        "the flag `--contextPath` is not supported: ",
    ),
    ("invoke --org o", 2, "the flag `--org` is not supported: "),
    ("invoke --acceptance", 7, "no AWS region is set"),
    ("invoke -a", 7, "no AWS region is set"),
    ("invoke --monitoring", 7, "no AWS region is set"),
    ("invoke -m", 7, "no AWS region is set"),
    ("invoke --wait", 7, "no AWS region is set"),
    (
        "invoke --wait --detach",
        2,
        "cannot be used with '--detach'",
    ),
    ("invoke -a -m", 2, "cannot be used with"),
    ("invoke --junit j.xml -a", 7, "no AWS region is set"),
    (
        "invoke --junit j.xml --detach",
        2,
        "cannot be used with '--detach'",
    ),
    // Script.
    ("script -e http://x -d 1 -r 1 -t 2 -o -", 0, "target"),
    (
        "script --endpoint http://x --duration 1 --rate 1 --rampTo 2 --out -",
        0,
        "target",
    ),
    // No command.
    ("-p s.yml", 2, "did you mean `slsart invoke -p s.yml`?"),
    (
        "--path=s.yml",
        2,
        "did you mean `slsart invoke --path=s.yml`?",
    ),
    ("-D -d {}", 2, "did you mean `slsart invoke -D -d {}`?"),
    (
        "--jo -p s.yml",
        2,
        "did you mean `slsart invoke --jo -p s.yml`?",
    ),
    ("-a", 2, "did you mean `slsart invoke -a`?"),
    (
        "-s qa -p s.yml",
        2,
        "did you mean `slsart invoke -s qa -p s.yml`?",
    ),
];

#[test]
fn every_flag_of_the_reference_is_carried_out_or_answered_in_one_sentence() {
    let scratch = Scratch::default();
    worker(&scratch, X86);
    scratch.write("s.yml", "service: own\nfunctions: { loadGenerator: {} }\n");
    scratch.write(
        "lacks.yml",
        "config: { target: http://t, phases: [{ duration: 1, arrivalRate: 1 }], payload: { path: none.csv, fields: [a] } }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n",
    );
    scratch.write("home/.aws/config", "[profile me]\n");
    let mut wrong = Vec::new();
    for (line, code, said) in LINES {
        let finished = slsart(&scratch)
            .args(line.split(' '))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("HOME", scratch.path("home").to_string_lossy().as_ref())
            .run();
        let text = format!("{}{}", finished.out, finished.err);
        let answers = text
            .lines()
            .filter(|line| line.starts_with("error: "))
            .count();
        let one = *code != 2 || line.starts_with('-') || answers == 1;
        if finished.code != Some(*code) || !text.contains(said) || !one {
            wrong.push(format!("slsart {line}: {:?}\n{text}", finished.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_command_is_suggested_where_one_was_named() {
    let scratch = Scratch::default();
    for line in ["tasks -p s.yml", "-V tasks -p s.yml", "--nothing"] {
        let said = typed(&scratch, line).expect(2).err;
        assert!(!said.contains("did you mean"), "{line}: {said}");
    }
}

#[test]
fn short_flags_mean_in_each_command_what_they_mean_in_the_reference() {
    // `-s` was the script's once; it is the stage's now, as in the framework.
    let scratch = Scratch::default();
    let help = typed(&scratch, "invoke --help").expect(0).out;
    for both in [
        "-s, --stage",
        "-r, --region",
        "-p, --path",
        "-d, --data",
        "-D, --debug",
        "-V, --verbose",
    ] {
        assert!(help.contains(both), "{both}: {help}");
    }
    for alias in ["si", "jo"] {
        assert!(help.contains(alias), "{alias}: {help}");
    }
}

#[test]
fn the_script_is_taken_from_where_the_reference_takes_it() {
    let scratch = Scratch::default();
    let sound = "{config: {target: \"http://t\", phases: [{duration: 1, arrivalRate: 1}]}, scenarios: [{flow: [{get: {url: /}}]}]}";
    let wrong = "{config: {}}";
    scratch.write("sound.yml", sound);
    scratch.write("wrong.yml", wrong);
    let invoke = |args: &[&str], input: &str, code: i32, said: &str| {
        let program = slsart(&scratch).args(["invoke"]).args(args);
        let done = program.env("HOME", scratch.path("home").to_string_lossy().as_ref());
        let done = done.input(input.as_bytes()).expect(code);
        assert!(done.err.contains(said), "{args:?}: {}", done.err);
    };
    // What is sound gets as far as AWS, which is nowhere here.
    let none = "no AWS region is set";
    invoke(&[], "", 7, none);
    scratch.write("script.yml", wrong);
    invoke(&[], "", 5, "script.yml:");
    invoke(&["-p", "sound.yml"], "", 7, none);
    invoke(&["-p", "wrong.yml", "-d", sound], "", 7, none);
    invoke(&["-p", "sound.yml", "-d", wrong], "", 5, "--data:");
    invoke(&["-d", wrong, "--si"], sound, 7, none);
    invoke(&["-d", sound, "--stdIn"], wrong, 5, "<stdin>:");
}

#[test]
fn credentials_are_had_from_a_process_and_who_has_not_signed_in_is_told_so() {
    let scratch = Scratch::default();
    let config = r#"
[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 1
sso_role_name = r

[profile process]
credential_process = echo {\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\"}
"#;
    let config = scratch.write("config", config);
    let said = |profile: &str| {
        let asked = slsart(&scratch).args(["runs", "--aws", "--region", "us-east-1"]);
        let asked = asked
            .env("AWS_CONFIG_FILE", &config)
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        asked.args(["--aws-profile", profile]).run().expect(7).err
    };
    let none = said("sso");
    assert!(
        none.starts_with("error: there are no AWS credentials: "),
        "{none}"
    );
    let some = said("process");
    assert!(!some.contains("credentials"), "{some}");
    assert!(some.contains("AWS could not be reached"), "{some}");
}
