//! Proxies of the environment: who is asked through them, and what of them is told to whom.

use slsart::target::{Running, Target};
use tests::{Finished, Program, Proxy, Scratch, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

const SCRIPT: &str = r"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 1, arrivalCount: 6 }]
scenarios:
  - flow:
      - get: { url: /static/64 }
      - get: { url: /static/65 }
";

const PASSWORD: &str = "Zproxy7713";

/// Runs the script with these variables, in which `PROXY` is the proxy with who asks it; gives also what was written.
fn run(
    target: &Running,
    proxy: &Proxy,
    how: &[&str],
    variables: &[(&str, &str)],
) -> (Finished, String) {
    let scratch = Scratch::default();
    let script = scratch.write("script.yml", SCRIPT);
    let report = scratch.path("report.json");
    let with_user = format!("me:{PASSWORD}@{}", proxy.address());
    let mut program = Program::new(PROGRAM, &scratch)
        .args(["run", "-t", target.url()])
        .args(how)
        .args(["-o".as_ref(), report.as_os_str(), script.as_os_str()]);
    for (name, value) in variables {
        program = program.env(name, value.replace("PROXY", &with_user));
    }
    let done = program.run().expect(0);
    let counters = &json(&report)["aggregate"]["counters"];
    assert_eq!(counters["http.codes.200"], 12, "{counters}");
    (done, std::fs::read_to_string(&report).unwrap())
}

#[test]
fn all_workers_go_through_the_proxy_and_the_report_names_it() {
    for how in [&["--workers", "1"][..], &["--workers", "3", "--processes"]] {
        let (target, proxy) = (Target::start(0).unwrap(), Proxy::start());
        let (done, report) = run(&target, &proxy, how, &[("HTTP_PROXY", "http://PROXY")]);
        assert_eq!((proxy.record().len(), target.count()), (12, 12));
        for asked in proxy.record() {
            assert!(
                asked
                    .line
                    .starts_with(&format!("GET {}/static/6", target.url())),
                "{asked:?}"
            );
            // `me:Zproxy7713`
            let authorization = Some("Basic bWU6WnByb3h5NzcxMw==");
            assert_eq!(asked.authorization.as_deref(), authorization);
        }
        let named = format!("http://{}", proxy.address());
        assert!(
            done.out.contains(&format!("proxy     {named}\n")),
            "{}",
            done.out
        );
        let told: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(
            told["slsart"]["load"]["proxies"],
            serde_json::json!([named])
        );
        for text in [&done.out, &done.err, &report] {
            assert!(!text.contains(PASSWORD) && !text.contains("bWU6"), "{text}");
        }
    }
}

#[test]
fn who_is_to_be_asked_directly_is() {
    for exception in ["127.0.0.1", "a.test,127.0.0.0/8", "*"] {
        let (target, proxy) = (Target::start(0).unwrap(), Proxy::start());
        let variables = [("all_proxy", "http://PROXY"), ("NO_PROXY", exception)];
        let (done, report) = run(&target, &proxy, &[], &variables);
        assert_eq!(
            (proxy.record().len(), target.count()),
            (0, 12),
            "{exception}"
        );
        assert!(
            !done.out.contains("proxy") && !report.contains("proxies"),
            "{}",
            done.out
        );
    }
}

#[test]
fn a_proxy_of_a_kind_that_cannot_be_used_is_an_error_before_anything_is_sent() {
    let scratch = Scratch::default();
    scratch.write("script.yml", SCRIPT);
    let done = Program::new(PROGRAM, &scratch)
        .args(["check", "script.yml"])
        .env(
            "ALL_PROXY",
            format!("socks5://me:{PASSWORD}@127.0.0.1:1080"),
        )
        .run();
    assert_eq!(done.code, Some(5), "{}", done.err);
    assert!(
        done.err
            .contains("`ALL_PROXY` names no proxy that can be used"),
        "{}",
        done.err
    );
    assert!(!done.err.contains(PASSWORD), "{}", done.err);
}

#[test]
fn a_file_of_variables_may_name_a_proxy() {
    let scratch = Scratch::default();
    let (target, proxy) = (Target::start(0).unwrap(), Proxy::start());
    let file = scratch.write("proxy.env", format!("ALL_PROXY={}\n", proxy.address()));
    let how = ["--env-file", file.to_str().unwrap()];
    run(&target, &proxy, &how, &[]);
    assert_eq!((proxy.record().len(), target.count()), (12, 12));
}
