//! What is said of scripts without running them, and scripts to begin with.

use slsart::target::Target;
use tests::Scratch;

use crate::commands::slsart;
use crate::scripts;

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
        std::fs::read_to_string(&sound).unwrap() + "sampling: {}\n",
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
