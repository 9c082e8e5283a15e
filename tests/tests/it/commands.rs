//! The commands, as a person types them.

use std::io::{BufRead as _, BufReader};

use rustix::process::{Pid, Signal, kill_process};
use slsart::target::Target;
use tests::{Program, Scratch, finish};

use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn slsart(scratch: &Scratch) -> Program {
    Program::new(PROGRAM, scratch)
}

#[test]
fn the_kinds_that_are_linked_are_these() {
    let listed = slsart(&Scratch::default()).args(["tasks"]).run().expect(0);
    assert_eq!(listed.out, "artillery\n");
}

#[test]
fn help_and_version_are_answered_and_nonsense_is_refused() {
    let scratch = Scratch::default();
    let help = slsart(&scratch).args(["--help"]).run().expect(0);
    assert!(
        help.out.contains("Exit codes:\n  0    passed"),
        "{}",
        help.out
    );
    let version = slsart(&scratch).args(["--version"]).run().expect(0);
    assert_eq!(
        version.out,
        format!("slsart {}\n", env!("CARGO_PKG_VERSION"))
    );
    for nonsense in [
        &["rnu"][..],
        &["run"],
        &["run", "a.yml", "--workers", "0"],
        &["run", "a.yml", "--name", "a/b"],
    ] {
        let refused = slsart(&scratch).args(nonsense).run().expect(2);
        assert!(refused.err.starts_with("error: "), "{}", refused.err);
    }
}

#[test]
fn completions_are_printed() {
    let script = slsart(&Scratch::default())
        .args(["completions", "bash"])
        .run()
        .expect(0);
    assert!(script.out.contains("complete -F _slsart"), "{}", script.out);
}

#[test]
fn a_plan_shows_every_chunk() {
    let scratch = Scratch::default();
    let ramp = scratch.write(
        "ramp.yml",
        r"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 60, arrivalRate: 1, rampTo: 5000 }]
scenarios: [{ flow: [{ get: { url: / } }] }]
",
    );
    let plan = slsart(&scratch)
        .args(["plan", "--json"])
        .args([&ramp])
        .run()
        .expect(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["units"], 150_030);
    let chunks = plan["chunks"].as_array().unwrap();
    assert_eq!(
        chunks.len(),
        199,
        "4,959 units are due in the last second, 25 a chunk"
    );
    let sum = |chunks: &[serde_json::Value]| {
        chunks
            .iter()
            .map(|chunk| chunk["units"].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(sum(chunks), 150_030);
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk["peak"].as_u64().unwrap() <= 25)
    );
    for workers in [1, 2, 7, 400] {
        let cut = slsart(&scratch)
            .args(["plan", "--json", "--workers", &workers.to_string()])
            .args([&ramp])
            .run()
            .expect(0);
        let cut: serde_json::Value = serde_json::from_str(&cut.out).unwrap();
        let chunks = cut["chunks"].as_array().unwrap();
        assert_eq!((chunks.len(), sum(chunks)), (workers, 150_030));
    }
    let table = slsart(&scratch)
        .args(["plan", "--workers", "2"])
        .args([&ramp])
        .run()
        .expect(0);
    let lines: Vec<&str> = table.out.lines().collect();
    assert_eq!(
        lines[0],
        "artillery: 150030 units, 60 s, peak 4958/s: 2 chunks, at most 2 workers at once"
    );
    assert_eq!(
        lines[2].split_whitespace().collect::<Vec<_>>(),
        ["chunk", "window", "lane", "units", "peak", "start"]
    );
    assert_eq!(
        lines[3].split_whitespace().collect::<Vec<_>>(),
        [
            "0", "0–60", "s", "0", "of", "2", "75015", "2479/s", "0", "s"
        ]
    );
}

#[test]
fn split_in_a_script_says_how_it_is_cut_here_too() {
    let scratch = Scratch::default();
    let script = scratch.write(
        "split.yml",
        r"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 60, arrivalRate: 100 }]
scenarios: [{ flow: [{ get: { url: / } }] }]
_split: { maxChunkDurationInSeconds: 20, maxChunkRequestsPerSecond: 30 }
",
    );
    let plan = slsart(&scratch)
        .args(["plan"])
        .args([&script])
        .run()
        .expect(0);
    let first = plan.out.lines().next().unwrap();
    assert_eq!(
        first,
        "artillery: 6000 units, 60 s, peak 100/s: 12 chunks, at most 4 workers at once"
    );
}

#[test]
fn a_run_that_does_not_exist_is_answered() {
    let scratch = Scratch::default();
    for command in ["stop", "report"] {
        let answer = slsart(&scratch).args([command, "nobody"]).run().expect(2);
        assert!(
            answer
                .err
                .starts_with("error: there is no run `nobody` in `"),
            "{}",
            answer.err
        );
    }
}

#[test]
fn a_report_that_cannot_be_written_is_found_before_anything_is_sent() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 1.0);
    for nowhere in ["no/such/folder/report.json", "."] {
        let refused = slsart(&scratch)
            .args(["run", "-t", target.url(), "-o", nowhere])
            .args([&script])
            .run()
            .expect(2);
        assert!(refused.err.contains("cannot write `"), "{}", refused.err);
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn a_report_goes_where_it_is_wanted() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 0.5);
    let json = slsart(&scratch)
        .args(["run", "-t", target.url(), "-o", "-"])
        .args([&script])
        .run()
        .expect(0);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["aggregate"]["counters"]["vusers.created"], 5);
    assert_eq!(report["slsart"]["run"]["planned"], 5);
    assert_eq!(report["slsart"]["partial"], false);
    let quiet = slsart(&scratch)
        .args(["run", "-q", "-t", target.url()])
        .args([&script])
        .run()
        .expect(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let piped = std::fs::read(&script).unwrap();
    let read = slsart(&scratch)
        .args(["run", "-q", "-t", target.url(), "-"])
        .input(&piped)
        .expect(0);
    assert_eq!(read.err, "");
    assert_eq!(target.count(), 15);
}

#[test]
fn the_seed_repeats_a_run_and_another_seed_does_not() {
    let run = |seed: &str| {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = scripts::steady(&scratch, 20.0, 0.5);
        slsart(&scratch)
            .args(["run", "-q", "--seed", seed, "-t", target.url()])
            .args([&script])
            .run()
            .expect(0);
        tests::requests(&target)
    };
    let first = run("7");
    assert_eq!(first.len(), 10);
    assert_eq!(first, run("7"));
    assert_ne!(first, run("8"));
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 0.2);
    let run = || {
        slsart(&scratch)
            .args(["run", "-q", "--name", "mine", "-t", target.url()])
            .args([&script])
            .run()
    };
    let _first = run().expect(0);
    assert_eq!(
        run().expect(2).err,
        "error: there is a run called `mine` already\n"
    );
}

#[test]
fn the_target_command_prints_its_address_and_ends_when_told() {
    let scratch = Scratch::default();
    let mut child = slsart(&scratch).args(["target"]).start();
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    assert!(first.starts_with("http://127.0.0.1:"), "{first}");
    let script = scripts::steady(&scratch, 10.0, 0.3);
    slsart(&scratch)
        .args(["run", "-q", "-t", first.trim()])
        .args([&script])
        .run()
        .expect(0);
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let _ended = finish(child).expect(0);
}

#[test]
fn users_that_could_not_be_started_in_time_are_missed_and_make_the_run_partial() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "burst.yml",
        "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 500ms, arrivalCount: 20000 }]
scenarios: [{ flow: [{ get: { url: /static/64 } }] }]
_split: { maxScriptRequestsPerSecond: 50000 }
",
    );
    // More than any machine starts, and no lateness at all allowed.
    let done = slsart(&scratch)
        .args(["run", "--workers", "1", "--late-limit", "0"])
        .args(["-t", target.url()])
        .args([&script])
        .run()
        .expect(4);
    assert!(
        done.out
            .contains("units were missed: they could not be started in time"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("PARTIAL: the report covers"),
        "{}",
        done.out
    );
}

#[test]
fn a_check_tells_what_is_wrong_and_runs_nothing() {
    let scratch = Scratch::default();
    let sound = scripts::steady(&scratch, 1.0, 1.0);
    let checked = slsart(&scratch)
        .args(["check"])
        .args([&sound])
        .run()
        .expect(0);
    assert_eq!((checked.out.as_str(), checked.err.as_str()), ("", ""));
    let text = std::fs::read_to_string(&sound)
        .unwrap()
        .replace("arrivalRate", "arrivalRat");
    let wrong = scratch.write("wrong.yml", text);
    let checked = slsart(&scratch)
        .args(["check"])
        .args([&wrong])
        .run()
        .expect(5);
    assert!(
        checked.err.contains("did you mean `arrivalRate`?"),
        "{}",
        checked.err
    );
    let json = slsart(&scratch)
        .args(["check", "--json"])
        .args([&wrong])
        .run()
        .expect(5);
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (&found[0]["severity"], &found[0]["line"]),
        (&"error".into(), &4.into()),
        "{found}"
    );
    let warned = scratch.write(
        "warned.yml",
        std::fs::read_to_string(&sound).unwrap() + "_trace: true\n",
    );
    let lenient = slsart(&scratch)
        .args(["check"])
        .args([&warned])
        .run()
        .expect(0);
    assert!(lenient.err.starts_with("warning: "), "{}", lenient.err);
    slsart(&scratch)
        .args(["check", "--strict"])
        .args([&warned])
        .run()
        .expect(5);
    assert!(!scratch.runs().exists());
}

#[test]
fn environments_config_files_overrides_and_variables_are_laid_over_a_script() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "script.yml",
        "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 100ms, arrivalCount: 9 }]
  variables: { colour: red, size: 1 }
  environments: { local: { phases: [{ arrivalCount: 2 }] } }
scenarios:
  - { name: one, flow: [{ get: { url: \"/echo?{{ colour }}-{{ size }}\" } }] }
  - { name: two, flow: [{ get: { url: / } }] }
",
    );
    scratch.write("more.yml", "config: { variables: { size: 5 } }\n");
    slsart(&scratch)
        .args([
            "run",
            "-q",
            "-e",
            "local",
            "-c",
            "more.yml",
            "-v",
            "colour=blue",
            "--scenario-name",
            "one",
        ])
        .args([
            "--overrides",
            &format!("{{\"config\": {{\"target\": \"{}\"}}}}", target.url()),
        ])
        .args([&script])
        .run()
        .expect(0);
    let paths: Vec<String> = tests::requests(&target)
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/echo?blue-5", "/echo?blue-5"]);
    let refused = slsart(&scratch)
        .args(["run", "-e", "lokal"])
        .args([&script])
        .run()
        .expect(5);
    assert!(
        refused.err.contains("did you mean `local`?"),
        "{}",
        refused.err
    );
    slsart(&scratch)
        .args(["run", "-q", "-s", "-t", target.url()])
        .args([&script])
        .run()
        .expect(0);
    assert_eq!(target.count(), 3);
}

#[test]
fn users_live_as_long_as_they_want_where_no_worker_has_to_end() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "long.yml",
        "
config:
  target: http://127.0.0.1:1
  http: { timeout: 1 }
  variables: { pause: 4 }
  phases: [{ duration: 200ms, arrivalCount: 2 }]
scenarios: [{ flow: [{ get: { url: /echo } }, { think: \"{{ pause }}\" }, { get: { url: /echo } }] }]
",
    );
    slsart(&scratch)
        .args(["run", "-t", target.url()])
        .args([&script])
        .run()
        .expect(0);
    assert_eq!(target.count(), 4);
}

#[test]
fn a_report_is_written_through_a_link_and_keeps_a_files_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 0.2);
    let real = scratch.write("real.json", "old");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o600)).unwrap();
    let link = scratch.path("link.json");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    slsart(&scratch)
        .args(["run", "-q", "-t", target.url(), "-o", "link.json"])
        .args([&script])
        .run()
        .expect(0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        std::fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(tests::json(&real)["slsart"]["run"]["planned"], 2);
    let refused = slsart(&scratch)
        .args(["run", "-q", "-t", target.url(), "--trace", "no/where"])
        .args([&script])
        .run();
    assert_eq!((refused.code, target.count()), (Some(2), 2));
}

#[test]
fn variables_of_the_environment_are_sent_and_shown_nowhere() {
    const SECRET: &str = "hunter2-is-the-secret";
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "secret.yml",
        "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 100ms, arrivalCount: 3, name: \"{{ $env.TOKEN }}\" }]
  variables: { pause: \"{{ $env.TOKEN }}\" }
scenarios:
  - name: \"{{ $env.TOKEN }}\"
    flow:
      - get: { url: \"/echo?{{ $env.TOKEN }}\", name: \"{{ $env.TOKEN }}\", headers: { authorization: \"Bearer {{ $env.TOKEN }}\" } }
      - think: \"{{ pause }}\"
",
    );
    let wrong = scratch.write(
        "wrong.yml",
        "config: { target: \"{{ $env.TOKEN }}\" }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n",
    );
    let mut shown = String::new();
    let mut call = |args: &[&str], script: &std::path::Path, code| {
        let ended = slsart(&scratch)
            .env("TOKEN", SECRET)
            .env("OTHER", "not-named-anywhere")
            .args(args)
            .args([script])
            .run()
            .expect(code);
        shown.extend([ended.out, ended.err]);
    };
    // Every user ends with an error in whose name the value would stand: no pause is called so.
    call(
        &[
            "run",
            "-t",
            target.url(),
            "--name",
            "secret",
            "-o",
            "report.json",
            "--trace",
            "trace",
        ],
        &script,
        0,
    );
    call(&["plan", "--json"], &script, 0);
    call(&["plan"], &script, 0);
    call(&["check", "--json"], &script, 0);
    call(&["check"], &wrong, 5);
    call(&["check", "--json"], &wrong, 5);
    let reported = slsart(&scratch).args(["report", "secret"]).run().expect(0);
    shown.push_str(&reported.out);
    for file in ["report.json", "trace"] {
        shown.push_str(&std::fs::read_to_string(scratch.path(file)).unwrap());
    }
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.contains("Invalid think time: {{ pause }}"), "{shown}");
    let sent = tests::requests(&target);
    assert_eq!(sent.len(), 3);
    assert!(
        sent.iter()
            .all(|request| request.path == format!("/echo?{SECRET}"))
    );
    let mut open = vec![scratch.runs()];
    let mut recorded = String::new();
    while let Some(path) = open.pop() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            open.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
            recorded.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
    assert!(recorded.contains(SECRET), "it travels with the script");
    assert!(
        !recorded.contains("not-named-anywhere"),
        "what is not named does not"
    );
}

#[test]
fn warnings_are_errors_where_that_is_asked_for() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "warned.yml",
        "config: { target: http://a, statsInterval: 5, phases: [{ duration: 100ms, arrivalCount: 1 }] }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n",
    );
    for (command, code) in [("run", 0), ("check", 0)] {
        let lenient = slsart(&scratch)
            .args([command, "-t", target.url()])
            .args([&script]);
        assert!(
            lenient.run().expect(code).err.contains("warning"),
            "{command}"
        );
        let strict = slsart(&scratch).args([command, "--strict", "-t", target.url()]);
        let strict = strict.args([&script]).run().expect(5);
        assert!(
            strict.err.contains("`statsInterval` has no effect"),
            "{}",
            strict.err
        );
    }
    assert_eq!(target.count(), 1, "only the lenient run asked for anything");
}

#[test]
fn a_script_to_begin_with_is_written_once() {
    let scratch = Scratch::default();
    let made = slsart(&scratch)
        .args([
            "script",
            "-e",
            "https://example.com/path?a=b",
            "-d",
            "60",
            "-r",
            "10",
            "-t",
            "25",
        ])
        .run()
        .expect(0);
    assert_eq!(made.out, "Your script 'script.yml' is created.\n");
    let text = std::fs::read_to_string(scratch.path("script.yml")).unwrap();
    assert!(text.contains("target: \"https://example.com\""), "{text}");
    assert!(text.contains("url: \"/path?a=b\""), "{text}");
    let plan = slsart(&scratch)
        .args(["plan", "--workers", "1", "script.yml"])
        .run()
        .expect(0);
    assert!(
        plan.out.starts_with("artillery: 1050 units, 60 s"),
        "{}",
        plan.out
    );
    let again = slsart(&scratch).args(["script"]).run().expect(1);
    assert_eq!(
        (again.out.as_str(), again.err.as_str()),
        (
            "",
            "Conflict at path 'script.yml'. File exists.  No script generated.\n"
        )
    );
    assert_eq!(
        std::fs::read_to_string(scratch.path("script.yml")).unwrap(),
        text
    );
    slsart(&scratch)
        .args(["script", "-o", "other.yml"])
        .run()
        .expect(0);
    slsart(&scratch)
        .args(["check", "other.yml"])
        .run()
        .expect(0);
    let wrong = slsart(&scratch)
        .args(["script", "-e", "x", "-r", "-1", "-o", "no.yml"])
        .run()
        .expect(2);
    assert_eq!(wrong.err.matches("error: ").count(), 2, "{}", wrong.err);
    assert!(!scratch.path("no.yml").exists());
}

#[test]
fn the_schema_of_scripts_is_printed() {
    let scratch = Scratch::default();
    for kind in [&["schema"][..], &["schema", "artillery"]] {
        let printed = slsart(&scratch).args(kind).run().expect(0);
        let schema: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
        assert_eq!(schema["title"], "Artillery script");
    }
    let unknown = slsart(&scratch).args(["schema", "nothing"]).run().expect(2);
    assert!(unknown.err.contains("known: artillery"), "{}", unknown.err);
}

#[test]
fn arrivals_at_random_are_the_seeds_whatever_the_number_of_workers() {
    let scratch = Scratch::default();
    let script = scratch.write(
        "poisson.yml",
        "config: { target: http://a, phases: [{ duration: 500ms, arrivalRate: 100, mode: poisson }] }\nscenarios: [{ flow: [{ get: { url: \"/echo?{{ $randomNumber(1, 1000000) }}\" } }] }]\n",
    );
    let plan = slsart(&scratch)
        .args(["plan", "--json", "--seed", "5"])
        .args([&script])
        .run()
        .expect(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    let mut runs = Vec::new();
    for workers in ["1", "3"] {
        let target = Target::start(0).unwrap();
        slsart(&scratch)
            .args(["run", "-q", "--seed", "5", "--late-limit", "10000"])
            .args(["--workers", workers, "-t", target.url()])
            .args([&script])
            .run()
            .expect(0);
        let requests = tests::requests(&target).into_iter();
        let mut paths: Vec<_> = requests.map(|request| request.path).collect();
        paths.sort();
        runs.push(paths);
    }
    assert_eq!(runs[0].len() as u64, plan["units"].as_u64().unwrap());
    assert_eq!(runs[0], runs[1]);
}
