//! What a report is worth.

use star_core::{Case, Fault, Loss, Slice, Why};

use super::*;
use crate::report::checks::FailedCheck;
use crate::script::model::Trial;

fn facts(planned: u64) -> Facts {
    super::facts(Tally {
        started: planned,
        ended: planned,
        ..Tally::default()
    })
}

fn ensured(text: &str, condition: &str, strict: bool) -> Ensured {
    Ensured {
        text: text.to_owned(),
        condition: condition.to_owned(),
        strict,
        concealed: false,
    }
}

/// A report of two scenarios that were tried out three times each.
fn tried(size: u64, error_budget: u64) -> LoadReport {
    let mut report = LoadReport::default();
    report.prepare(&Names {
        view: View {
            sampling: Some(Sampled {
                trial: Trial::Monitoring,
                size,
                error_budget,
            }),
            ..View::default()
        },
        phases: Vec::new(),
        ..names()
    });
    report
}

fn sample(report: &mut LoadReport, scenario: usize, error: Option<&'static str>) {
    let at = Duration::from_secs(1);
    let place = Place {
        scenario,
        ..Place::default()
    };
    report.user_started(at, place);
    match error {
        Some(error) => report.user_failed(at, place, &Cow::Borrowed(error)),
        None => report.user_completed(at, place, Duration::from_millis(20)),
    }
}

#[test]
fn as_many_errors_as_the_budget_has_pass_and_one_more_does_not() {
    for (errors, passes) in [(0, true), (2, true), (3, false), (6, false)] {
        let mut report = tried(3, 2);
        for number in 0..6 {
            let error = (number < errors).then_some("ETIMEDOUT");
            sample(&mut report, number % 2, error);
        }
        let verdict = report.verdict(&facts(2));
        let expected = if passes {
            Verdict::Passed
        } else {
            let why = format!(
                "monitoring failure: scenarios run: 6, total errors: {errors}, error budget: 2"
            );
            Verdict::Failed(vec![why])
        };
        assert_eq!(verdict, expected, "{errors}");
        let failed = report.cases(&facts(2));
        let failed = failed.iter().filter(|case| case.failed.is_some());
        assert_eq!(failed.count() > 0, !passes);
    }
}

#[test]
fn a_sample_that_was_not_run_is_a_failure_whatever_the_budget() {
    let mut report = tried(3, 100);
    for _ in 0..3 {
        sample(&mut report, 0, None);
    }
    sample(&mut report, 1, None);
    let told = Verdict::Failed(vec![
        "scenario `1`: 2 of 3 samples were not run to their end".to_owned(),
    ]);
    assert_eq!(report.verdict(&facts(2)), told);
    let cases = report.cases(&facts(2));
    assert_eq!(
        (cases[0].failed.is_some(), cases[1].failed.is_some()),
        (false, true)
    );
    let mut running = facts(2);
    running.settled = false;
    assert_eq!(report.verdict(&running), Verdict::Passed);
}

#[test]
fn where_nobody_reported_the_losses_are_told() {
    let report = tried(1, 0);
    let mut facts = facts(2);
    facts.tally.started = 0;
    facts.tally.ended = 0;
    facts.lost = 2;
    facts.losses.push(Loss {
        chunk: Slice::WHOLE,
        units: 2,
        why: Why::Unreported,
    });
    facts.faults.push(Fault {
        chunk: None,
        failure: star_core::Failure::new("`after` failed"),
    });
    facts.faults.push(Fault {
        chunk: Some(Slice::WHOLE),
        failure: star_core::Failure::new("nothing was heard"),
    });
    let Verdict::Failed(why) = report.verdict(&facts) else {
        panic!("it has failed");
    };
    let why = why.join("\n");
    for part in [
        "scenarios run: 0, total errors: 2",
        "scenario `buy`: 1 of 1 samples",
        "2 scenarios are lost: unreported: a worker claimed it, then was silent: it was killed",
        "or has hung (chunk lane 0 of 1)",
        "`after` failed",
        "chunk lane 0 of 1: nothing was heard",
    ] {
        assert!(why.contains(part), "{part} in {why}");
    }
}

#[test]
fn what_was_not_to_be_done_is_not_missed_and_has_not_passed() {
    let report = tried(1, 0);
    let mut facts = facts(2);
    facts.tally.started = 0;
    facts.tally.ended = 0;
    facts.tally.skipped = 2;
    let why = "nothing was tried out, as `_simulation` asks for".to_owned();
    assert_eq!(report.verdict(&facts), Verdict::Failed(vec![why.clone()]));
    // The result counts what test reports show as failed.
    let cases = report.cases(&facts);
    let failed = cases.iter().filter(|case| case.failed.is_some()).count();
    let result = serde_json::to_value(report.summarize(&facts)).unwrap();
    assert_eq!((&result["errors"], failed), (&json!(2), 2));
    assert_eq!(result["errorMessage"], json!(why));
}

#[test]
fn errors_of_a_load_test_are_told_and_fail_no_case() {
    let mut report = prepared();
    for _ in 0..2 {
        sample(&mut report, 0, Some("ECONNREFUSED"));
    }
    report.view.ensured = vec![ensured("few", "vusers.created < 1", true)];
    let cases = report.cases(&facts(2));
    assert_eq!(cases[0].told, ["ECONNREFUSED, 2 times"]);
    assert_eq!(cases[0].failed, None);
    assert!(cases.last().unwrap().failed.is_some());
}

#[test]
fn failed_checks_that_are_not_told_apart_are_counted_where_they_would_stand() {
    let mut report = tried(1, 0);
    for scenario in [0, 1] {
        for expected in 0..80 {
            let failed = FailedCheck {
                scenario,
                check: "statusCode".to_owned(),
                expected: format!("{expected:03}"),
                ..FailedCheck::default()
            };
            report.checks.fail(failed, || "0".to_owned());
        }
    }
    let cases = report.cases(&facts(2));
    let said =
        "60 failed checks are left out here, since the first 100 kinds of them are told apart";
    let left_out = |case: &Case| case.told.iter().filter(|line| *line == said).count();
    assert_eq!(cases.iter().map(left_out).collect::<Vec<_>>(), [0, 1]);
    let text = report.summarize(&facts(2)).to_string();
    assert!(text.contains("… and 60 of other kinds"), "{text}");
}

#[test]
fn no_name_of_a_scenario_does_anything_to_a_terminal() {
    let mut report = tried(1, 0);
    report.scenarios[0].name = "red \u{1b}[31m\u{9b}".to_owned();
    sample(&mut report, 0, None);
    let text = report.summarize(&facts(1)).to_string();
    assert!(text.contains("red "), "{text}");
    let control = |letter: char| letter.is_control() && letter != '\n';
    assert!(!text.contains(control), "{text:?}");
}

#[test]
fn whatever_a_run_fails_for_is_its_error_message() {
    let told = |report: &LoadReport, facts: &star_core::Facts| {
        let summary = report.summarize(facts);
        let second = serde_json::to_value(&summary).unwrap();
        let first = star_core::Summary::in_format(&summary, "v1").unwrap();
        assert_eq!(first["errorMessage"], second["errorMessage"]);
        second["errorMessage"].as_str().map(str::to_owned)
    };
    let mut good = tried(1, 0);
    sample(&mut good, 0, None);
    sample(&mut good, 1, None);
    assert_eq!(told(&good, &facts(2)), None);

    let mut broken = good.clone();
    broken.view.ensured = vec![ensured("few", "vusers.created < 1", true)];
    let message = "`few` does not hold: `vusers.created` is 2";
    assert_eq!(told(&broken, &facts(2)).as_deref(), Some(message));

    let fault = |why: &str| Fault {
        chunk: None,
        failure: star_core::Failure::new(why),
    };
    let mut after = facts(2);
    after.faults.push(fault("`after` failed"));
    let message = "`after` failed";
    assert_eq!(told(&good, &after).as_deref(), Some(message));

    let mut machine = facts(2);
    machine.health.no_port = 3;
    let message = told(&good, &machine).unwrap_or_default();
    assert!(message.contains("ports were used up"), "{message}");

    let mut lost = facts(2);
    lost.lost = 1;
    lost.planned = 3;
    let mut lenient = tried(1, 2);
    sample(&mut lenient, 0, None);
    sample(&mut lenient, 1, None);
    let message = told(&lenient, &lost).unwrap_or_default();
    assert!(message.contains("not run to their end"), "{message}");
}

#[test]
fn a_run_that_never_began_has_failed_for_that_alone() {
    let report = tried(1, 0);
    let mut facts = facts(2);
    facts.zero = None;
    facts.tally = star_core::Tally::default();
    facts.lost = 2;
    facts.faults.push(Fault {
        chunk: None,
        failure: star_core::Failure::new("`before` failed at `GET /`"),
    });
    let why = "the run never began: `before` failed at `GET /`".to_owned();
    assert_eq!(report.verdict(&facts), Verdict::Failed(vec![why.clone()]));
    let json = serde_json::to_value(report.summarize(&facts)).unwrap();
    assert_eq!(json["errorMessage"], json!(why));
    assert_eq!(json["errors"], json!(2));
    assert_eq!(json["totals"]["scenariosCreated"], json!(0));
    assert!(report.cases(&facts)[0].failed.is_some());
}

#[test]
fn what_should_hold_of_the_report_is_held_against_artillerys_figures() {
    let mut report = prepared();
    for millis in [100, 200, 300] {
        let at = Duration::from_millis(millis);
        apply(&mut report, (millis, Place::default(), Event::Started));
        apply(&mut report, (millis, Place::default(), Event::Request));
        report.response(
            at,
            Place::default(),
            Received {
                status: 200,
                latency: at,
                lateness: Duration::ZERO,
            },
        );
    }
    let judged = |condition: &str| {
        let mut report = report.clone();
        report.view.ensured = vec![ensured("it", condition, true)];
        report.ensured(&facts(3)).remove(0).broken
    };
    for holds in [
        "http.response_time.max < 310 and http.response_time.min > 99",
        "http.requests == 3",
        "vusers.created == 3",
        "vusers.failed == 0",
        "'http.codes.500' < 1 or errors.ETIMEDOUT > 0",
        "(vusers.created - vusers.completed) / vusers.created * 100 <= 100",
    ] {
        assert_eq!(judged(holds), None, "{holds}");
    }
    assert_eq!(
        judged("http.requests < 3 and http.codes.200 > 1").unwrap(),
        "`http.requests` is 3, `http.codes.200` is 3"
    );
    assert_eq!(
        judged("not (http.response_tyme.p95 > 1)").unwrap(),
        "the report has no `http.response_tyme.p95`"
    );
    assert!(judged("1 < 0").is_some() && judged("1 <").is_some());
}

#[test]
fn only_what_is_strict_fails_a_run() {
    let mut report = prepared();
    apply(&mut report, (1, Place::default(), Event::Started));
    report.view.ensured = vec![ensured("few", "vusers.created < 1", false)];
    assert_eq!(report.verdict(&facts(1)), Verdict::Passed);
    report.view.ensured[0].strict = true;
    let why = "`few` does not hold: `vusers.created` is 1".to_owned();
    assert_eq!(report.verdict(&facts(1)), Verdict::Failed(vec![why]));
    let cases = report.cases(&facts(1));
    let last = cases.last().unwrap();
    assert_eq!((&*last.group, &*last.name), ("ensure", "few"));
    assert!(last.failed.is_some());
    let text = report.summarize(&facts(1)).to_string();
    assert!(
        text.contains("  fail  few (`vusers.created` is 1)"),
        "{text}"
    );
}

#[test]
fn the_reference_s_result_stands_beside_artillerys_report_in_either_format() {
    let mut report = tried(1, 0);
    sample(&mut report, 0, None);
    sample(&mut report, 1, Some("ECONNREFUSED"));
    let summary = report.summarize(&facts(2));
    let second = serde_json::to_value(&summary).unwrap();
    let first = star_core::Summary::in_format(&summary, "v1").unwrap();
    for report in [&second, &first] {
        assert_eq!(report["errors"], json!(1));
        assert_eq!(
            report["errorMessage"],
            json!("monitoring failure: scenarios run: 2, total errors: 1, error budget: 0")
        );
        assert_eq!(
            report["totals"],
            json!({"scenariosCreated": 2, "scenariosCompleted": 1, "requestsCompleted": 0, "codes": {}, "errors": {"ECONNREFUSED": 1}})
        );
        let reports = report["reports"].as_array().unwrap();
        assert_eq!(reports.len(), 2);
        assert_eq!(reports[0]["scenariosCompleted"], json!(1));
        assert_eq!(reports[0]["scenarioDuration"]["max"], json!(20.0));
        assert_eq!(reports[1]["errors"], json!({"ECONNREFUSED": 1}));
        assert_eq!(reports[1]["scenarioCounts"], json!({"1": 1}));
    }
    assert_eq!(second["aggregate"]["counters"]["vusers.created"], json!(2));
    let text = summary.to_string();
    assert!(
        text.starts_with("monitoring FAILED: 2 samples, 1 errors, error budget 0\n"),
        "{text}"
    );
}

#[test]
fn no_terminal_obeys_what_scripts_call_their_parts() {
    let odd = |name: &str| format!("{name}\u{1b}[31m\u{9b}\n::");
    let mut report = LoadReport::default();
    let mut names = names();
    names.scenarios = vec![odd("buy")];
    names.requests = vec![request(&odd("GET /"))];
    names.phases[0].name = Some(odd("warm up"));
    names.view.ensured = vec![ensured(&odd("1 > 2"), "1 > 2", true)];
    names.view.sampling = Some(Sampled {
        trial: Trial::Acceptance,
        size: 3,
        error_budget: 0,
    });
    report.prepare(&names);
    let place = Place {
        request: Some(0),
        ..Place::default()
    };
    report.request(Duration::ZERO, place);
    report.check_failed(place, FailedCheck::default(), String::new);
    let facts = facts(1);
    let (summary, cases) = (report.summarize(&facts), report.cases(&facts));
    let cases = cases.iter().flat_map(|case| {
        [
            case.told.join("\n"),
            case.failed.clone().unwrap_or_default(),
        ]
    });
    let why = match report.verdict(&facts) {
        Verdict::Failed(why) => why.join("\n"),
        other => panic!("{other:?}"),
    };
    let told = cases.chain([summary.to_string(), why]);
    let told = told.collect::<Vec<_>>().join("\n");
    let obeyed = told
        .chars()
        .filter(|letter| letter.is_control() && *letter != '\n');
    assert_eq!(obeyed.count(), 0, "{told:?}");
    assert!(!told.lines().any(|line| line.starts_with("::")), "{told}");
    for shown in ["buy", "GET /", "warm up", "1 > 2"] {
        let shown = format!("{shown}␛[31m\u{fffd}␊::");
        assert!(told.contains(&shown), "{shown} in {told}");
    }
}
