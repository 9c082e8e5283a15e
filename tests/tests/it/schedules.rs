//! Schedules of `serverless.yml` whose events could not be carried out: none is deployed.

use tests::Scratch;

use crate::configured::dry;

const SCRIPT: &str = "\
config:
  target: http://127.0.0.1:9
  phases: [{ duration: 1, arrivalRate: 1 }]
scenarios: [{ flow: [{ get: { url: / } }] }]
";

/// A file whose one schedule, on line 5, sends this.
fn schedule(scratch: &Scratch, enabled: bool, input: &str) {
    let text = format!(
        "functions:\n  loadGenerator:\n    environment: {{ HERE: x }}\n    events:\n      - schedule: {{ rate: rate(1 day), enabled: {enabled}, input: {{ {input} }} }}\n"
    );
    scratch.write("serverless.yml", text);
}

#[test]
fn what_a_function_could_not_carry_out_is_not_deployed_and_is_told_at_its_place() {
    let scratch = Scratch::default();
    let write = |name: &str, from: &str, to: &str| {
        assert!(SCRIPT.contains(from), "{from}");
        scratch.write(name, SCRIPT.replace(from, to));
    };
    write("script.yml", "", "");
    write("typo.yml", "arrivalRate", "arivalRate");
    write("long.yml", "duration: 1,", "duration: 100000,");

    write("broken.yml", "config:", "config: [");
    write(
        "unset.yml",
        "http://127.0.0.1:9",
        "\"{{ $env.API_TOKEN }}\"",
    );
    write(
        "payload.yml",
        "phases",
        "payload: { path: rows.csv, fields: [a] }\n  phases",
    );
    write(
        "up.yml",
        "phases",
        "payload: { path: ../rows.csv, fields: [a] }\n  phases",
    );
    std::os::unix::fs::symlink("/etc/hostname", scratch.path("link.yml")).unwrap();
    for (input, place, said) in [
        (
            "\">>\": none.yml",
            "serverless.yml:5:",
            "`none.yml` is not in the package",
        ),
        (
            "\">>\": link.yml",
            "serverless.yml:5:",
            "is outside of the package",
        ),
        (
            "\">>\": 7",
            "serverless.yml:5:",
            "names a file of the package, not a number",
        ),
        (
            "\">>\": script.yml, mod: acc",
            "serverless.yml:5:",
            "did you mean `mode`?",
        ),
        (
            "\">>\": script.yml, mode: accurate",
            "serverless.yml:5:",
            "accurate",
        ),
        ("Records: []", "serverless.yml:5:", "error"),
        (
            "\">>\": typo.yml",
            "typo.yml:3:",
            "did you mean `arrivalRate`?",
        ),
        ("\">>\": broken.yml", "broken.yml:", "error"),
        (
            "\">>\": long.yml",
            "long.yml:3:",
            "the script lasts 100000 s",
        ),
        ("\">>\": payload.yml", "payload.yml:3:", "rows.csv"),
        ("\">>\": up.yml", "up.yml:3:", "is outside of the package"),
        // What this process has, and the function will not.
        (
            "\">>\": unset.yml",
            "unset.yml:2:",
            "the environment has no variable `API_TOKEN`",
        ),
    ] {
        schedule(&scratch, true, input);
        let refused = dry(&scratch, &[]).expect(5);
        let err = &refused.err;
        assert!(err.contains(place) && err.contains(said), "{input}: {err}");
        assert!(refused.out.is_empty(), "{}", refused.out);
        // Nobody sends it yet.
        if input != "\">>\": 7" {
            schedule(&scratch, false, input);
            dry(&scratch, &[]).expect(0);
        }
    }
}

#[test]
fn what_a_function_could_carry_out_is_deployed_with_all_that_it_reads() {
    let scratch = Scratch::default();
    scratch.write(
        "parts/base.yml",
        SCRIPT.replace('9', "9/{{ $env.HERE }}{{ $env.AWS_REGION }}"),
    );
    scratch.write("parts/rows.csv", "1\n");
    scratch.write(
        "script.yml",
        "includes: parts/base.yml\nconfig: { plugins: { aws-sigv4: { serviceName: s3 } } }\n",
    );
    for enabled in [true, false] {
        schedule(&scratch, enabled, "\">>\": script.yml, mode: monitoring");
        let printed = dry(&scratch, &[]).expect(0).out;
        let packed = "# in it: bootstrap, parts/base.yml, script.yml\n";
        assert!(printed.contains(packed), "{printed}");
    }
    // What is odd, and harmless, is told.
    scratch.write(
        "odd.yml",
        SCRIPT.replace("url: /", "url: '/{{ $env.API_TOKEN }}'"),
    );
    schedule(&scratch, true, "\">>\": odd.yml");
    let odd = dry(&scratch, &[]).expect(0).err;
    let said = "warning: the environment has no variable `API_TOKEN`";
    assert!(odd.contains(said) && odd.contains("odd.yml:4:"), "{odd}");

    // A script of its own, with a file.
    let own = "config: { target: \"http://127.0.0.1:9\", phases: [{ duration: 1, arrivalRate: 1 }], payload: { path: parts/rows.csv, fields: [a] } }, scenarios: [{ flow: [{ get: { url: / } }] }]";
    schedule(&scratch, true, own);
    let printed = dry(&scratch, &[]).expect(0).out;
    assert!(
        printed.contains("bootstrap, parts/base.yml, parts/rows.csv, script.yml\n"),
        "{printed}"
    );
}
