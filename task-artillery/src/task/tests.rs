//! What a script is as a task.

use serde_json::{Value, json};
use star_core::Rate;

use super::*;

fn script(config: &str, split: &str, flow: &str) -> Artillery {
    let text = format!(
        "config: {{target: \"http://a.test\", {config}}}\n_split: {{{split}}}\nscenarios: [{{weight: 3, flow: [{flow}]}}, {{flow: [{{think: 7}}]}}, {{weight: 0, flow: [{{think: 99}}]}}]"
    );
    let mut document = star_yaml::document_from("script.yml", text.as_bytes(), "").unwrap();
    Artillery::read(&mut document).unwrap_or_else(|faults| {
        let faults = faults.iter().map(|fault| fault.one_line(&document.sources));
        panic!("{}", faults.collect::<Vec<_>>().join("\n"))
    })
}

const GET: &str = "{get: {url: /}}";

fn lambda() -> Limits {
    Limits {
        chunk: Duration::from_mins(2),
        chunk_rate: Some(Rate::per_second(25)),
        workers: None,
        lead: Duration::from_secs(15),
        life: Some(Duration::from_mins(15)),
        ..Limits::here(1)
    }
}

#[test]
fn the_wire_is_the_script_and_gives_back_the_task() {
    let task = script(
        "phases: [{duration: 60, arrivalRate: 1, rampTo: 5000}]",
        "",
        GET,
    );
    assert_eq!(task.units(), 150_030);
    let wire = serde_json::to_value(&task).unwrap();
    assert_eq!(wire["target"], "http://a.test");
    let back: Artillery = serde_json::from_value(wire).unwrap();
    assert_eq!(back, task);
    assert_eq!(back.due(150_029), task.due(150_029));
    assert_eq!(task.extent(), Extent::Timed(Duration::from_mins(1)));
}

#[test]
fn what_comes_over_the_wire_is_checked_again() {
    let good =
        serde_json::to_value(script("phases: [{duration: 1, arrivalRate: 1}]", "", GET)).unwrap();
    let read = |change: &dyn Fn(&mut Value)| {
        let mut wire = good.clone();
        change(&mut wire);
        let task: Artillery = serde_json::from_value(wire).map_err(|error| error.to_string())?;
        task.validate()
    };
    assert_eq!(read(&|_| ()), Ok(()));
    let request = "/scenarios/0/flow/0/kind/request";
    let at = |wire: &mut Value, path: &str, value: Value| {
        *wire.pointer_mut(&format!("{request}{path}")).unwrap() = value;
    };
    let error = |change: &dyn Fn(&mut Value)| read(change).unwrap_err();
    assert!(
        error(&|wire| wire["target"] = json!("a.test")).contains("the target cannot be reached")
    );
    assert!(
        error(&|wire| wire["phases"][0]["load"] = json!({"rate": {"from": -1.0, "to": 1.0}}))
            .contains("the rate of phase 0")
    );
    assert!(error(&|wire| wire["scenarios"] = json!([])).contains("no scenario"));
    let capture = json!([{"from": {"json": "$[?(@.x ==)]"}, "to": "x", "strict": true}]);
    assert!(
        error(&|wire| at(wire, "/captures", capture.clone()))
            .contains("the JSONPath `$[?(@.x ==)]` cannot be read")
    );
    for once in ["before", "after"] {
        let broken = error(&|wire| {
            wire[once] = wire["scenarios"][0]["flow"].clone();
            wire[once][0]["kind"]["request"]["captures"] = capture.clone();
        });
        assert!(
            broken.contains("the JSONPath `$[?(@.x ==)]` cannot be read"),
            "{broken}"
        );
    }
    let regexp = |pattern: &str, flags: &str| json!({"regexp": {"pattern": pattern, "flags": flags, "group": null}});
    let selector = json!({"selector": {"css": "li:eq(1)", "attr": null, "index": "last"}});
    for (from, said) in [
        (
            json!({"jsonList": "$[?(@.x ==)]"}),
            "the JSONPath `$[?(@.x ==)]`",
        ),
        (json!({"header": "a b"}), "the name of a header `a b`"),
        (regexp("(a", ""), "the regular expression `(a`"),
        (regexp("a", "x"), "the regular expression `a`"),
        (json!({"xpath": "//p:a"}), "the XPath `//p:a`"),
        (selector, "the selector `li:eq(1)`"),
    ] {
        let matched = json!([{"from": from, "value": 1, "strict": true}]);
        let error = error(&|wire| at(wire, "/matches", matched.clone()));
        assert!(error.contains(&format!("{said} cannot be read")), "{error}");
    }
    let header = json!([{"name": "a b", "value": "c"}]);
    assert!(
        error(&|wire| at(wire, "/headers", header.clone()))
            .contains("no header can be called `a b`")
    );
}

#[test]
fn what_split_says_holds_instead_of_what_the_place_has_by_default() {
    let phases = "phases: [{duration: 60, arrivalRate: 10}]";
    let limits = |split: &str, place: Limits| script(phases, split, GET).limits(place);
    let silent = limits("", lambda());
    assert_eq!(
        Limits {
            tail: lambda().tail,
            ..silent
        },
        lambda()
    );
    let given = limits(
        "maxChunkDurationInSeconds: 60, maxChunkRequestsPerSecond: 20, timeBufferInMilliseconds: 20000",
        lambda(),
    );
    assert_eq!(
        (given.chunk, given.chunk_rate),
        (Duration::from_mins(1), Some(Rate::per_second(20)))
    );
    assert_eq!(given.lead, Duration::from_secs(20));
    let wider = limits(
        "maxChunkDurationInSeconds: 600, maxChunkRequestsPerSecond: 200, timeBufferInMilliseconds: 1",
        lambda(),
    );
    assert_eq!(
        (wider.chunk, wider.chunk_rate),
        (Duration::from_mins(10), Some(Rate::per_second(200)))
    );
    // Sooner than in ten milliseconds no worker is there.
    assert_eq!(wider.lead, Duration::from_millis(10));
    // On a machine where the number of workers is given, a rate in the script says it instead.
    assert_eq!(limits("", Limits::here(4)).workers, Some(4));
    let here = limits("maxChunkRequestsPerSecond: 20", Limits::here(4));
    assert_eq!(
        (here.workers, here.chunk_rate),
        (None, Some(Rate::per_second(20)))
    );
}

#[test]
fn users_may_live_on_for_their_pauses_and_an_answer() {
    let tail = |flow: &str, life: Option<u64>| {
        let task = script(
            "phases: [{duration: 1, arrivalRate: 1}], http: {timeout: 5}",
            "",
            flow,
        );
        let life = life.map(Duration::from_secs);
        task.limits(Limits { life, ..lambda() }).tail.as_secs()
    };
    // The second scenario thinks for 7 s; the third is never played.
    assert_eq!(tail(GET, Some(900)), 7 + 5);
    let long = "{loop: [{think: 2}, {get: {url: /}}, {get: {url: /}}], count: 10}, {think: \"{{ $randomNumber(3, 4) }}\"}";
    assert_eq!(tail(long, Some(900)), 20 + 4 + 5);
    let patient = "{get: {url: /, timeout: 30}}, {loop: [{get: {url: /, timeout: 2}}], count: 1}";
    assert_eq!(tail(patient, Some(900)), 7 + 30);
    assert_eq!(tail(long, Some(60)), 20, "at most a third of a life");
    assert_eq!(
        tail(long, None),
        20 + 4 + 5 + 19,
        "and a second for each further request"
    );
    let together = "{parallel: [{think: 2}, [{think: 1}, {think: 3}], {get: {url: /}}], limit: 2}";
    assert_eq!(
        tail(together, Some(900)),
        2 * 4 + 5,
        "two rounds of two, each at most as long as the longest"
    );
    let at_once = "{parallel: [{think: 9}, {think: 8}]}";
    assert_eq!(tail(at_once, Some(900)), 9 + 5);
}

#[test]
fn a_user_has_as_many_connections_as_branches_under_way_and_none_of_its_own_in_a_pool() {
    let connections = |config: &str, flow: &str| {
        let config = format!("phases: [{{duration: 1, arrivalRate: 1}}], {config}");
        script(&config, "", flow).connections()
    };
    assert_eq!(connections("", "{think: 1}"), 1);
    let parallel = format!("{{parallel: [{GET}, {GET}, {{think: 1}}, {GET}]}}");
    let looped = format!("{GET}, {{loop: [{parallel}], count: 2}}");
    assert_eq!(connections("", &looped), 3);
    assert_eq!(connections("http: {pool: 5}", &looped), 0);
    // To each server one, and more only to those that are asked at once; the target may be named in full.
    let other = |host: &str| format!("{{get: {{url: \"http://{host}/x\"}}}}");
    let two = format!("{GET}, {}, {}, {}", other("a"), other("b"), other("a"));
    assert_eq!(connections("", &two), 3);
    let named = format!("{GET}, {}", other("a.test"));
    assert_eq!(connections("", &named), 1);
    let parallel = format!(
        "{GET}, {{parallel: [{}, {}, {}]}}",
        other("a"),
        other("a"),
        other("b")
    );
    assert_eq!(connections("", &parallel), 4);
}

#[test]
fn at_another_rate_the_phases_and_the_cutting_are_all_that_changes() {
    let task = script(
        "phases: [{duration: 9, arrivalRate: 1, maxVusers: 3}, {pause: 5}]",
        "maxScriptRequestsPerSecond: 500, maxChunkRequestsPerSecond: 10",
        GET,
    );
    let faster = task.at_rate(Rate::per_second(500), Duration::from_secs(2));
    let faster = faster.unwrap();
    assert_eq!((faster.units(), faster.validate()), (1000, Ok(())));
    assert_eq!(faster.extent(), Extent::Timed(Duration::from_secs(2)));
    assert_eq!(faster.most_lanes(faster.extent().window()), Some(3));
    assert_eq!(faster.limits(Limits::here(2)).workers, Some(2));
    assert_eq!(faster.script().scenarios, task.script().scenarios);
    assert_eq!(
        task.at_rate(Rate::per_second(501), Duration::from_secs(2)),
        None
    );
}

#[test]
fn at_another_rate_as_many_users_may_be_under_way_as_in_the_phase_that_allows_the_most() {
    let most = |phases: &str| {
        let task = script(&format!("phases: [{phases}]"), "", GET);
        let faster = task.at_rate(Rate::per_second(5), Duration::from_secs(2));
        faster.unwrap().script().phases[0].max_users
    };
    let three = "{duration: 9, arrivalRate: 1, maxVusers: 3}";
    let seven = "{duration: 9, arrivalCount: 1, maxVusers: 7}";
    assert_eq!(most(&format!("{three}, {{pause: 5}}, {seven}")), Some(7));
    let unbounded = "{duration: 9, arrivalRate: 1}";
    assert_eq!(most(&format!("{three}, {unbounded}")), None);
}

#[test]
fn the_expected_life_is_that_of_the_mean_user() {
    let flow = "{think: 3}, {get: {url: /}}, {loop: [{get: {url: /}}], count: 9}";
    let task = script("phases: [{duration: 1, arrivalRate: 1}]", "", flow);
    // Three of four users think for 3 s and ask ten times, one thinks for 7 s.
    assert_eq!(
        task.expected_life(),
        Duration::from_millis((3 * (3000 + 1000) + 7000) / 4)
    );
}

#[test]
fn scripts_are_claimed_and_others_are_not() {
    let claims = |text: &str| {
        let document = star_yaml::document_from("a.yml", text.as_bytes(), "").unwrap();
        Artillery::claims(&document.root)
    };
    assert!(claims("config: {}\nscenarios: []"));
    assert!(!claims("task: pi"));
    assert_eq!(Artillery::KIND, "artillery");
}

#[test]
fn arrivals_at_random_depend_on_the_seed_which_travels_with_the_script() {
    let phases =
        "phases: [{duration: 10, arrivalRate: 30, mode: poisson}, {duration: 1, arrivalCount: 3}]";
    let dues = |task: &Artillery| {
        (0..task.units())
            .map(|unit| task.due(unit))
            .collect::<Vec<_>>()
    };
    let mut one = script(phases, "", GET);
    one.seed(1);
    let mut two = one.clone();
    two.seed(2);
    assert_ne!(dues(&one), dues(&two));
    let wire = serde_json::to_string(&one).unwrap();
    let back: Artillery = serde_json::from_str(&wire).unwrap();
    assert_eq!((dues(&back), &back), (dues(&one), &one));
    let mut even = script("phases: [{duration: 10, arrivalRate: 30}]", "", GET);
    let before = even.clone();
    even.seed(5);
    assert_eq!(
        even, before,
        "a script without chance has the same wire form whatever the seed"
    );
}

#[test]
fn windows_with_a_most_of_users_have_no_more_lanes() {
    let phases = "phases: [{duration: 60, arrivalRate: 1}, {duration: 60, arrivalRate: 1, maxVusers: 5}, {duration: 60, arrivalRate: 1, maxVusers: 3}]";
    let task = script(phases, "", GET);
    let most = |from, to| {
        task.most_lanes(Window::new(
            Duration::from_secs(from),
            Duration::from_secs(to),
        ))
    };
    assert_eq!(
        [
            most(0, 60),
            most(0, 61),
            most(60, 120),
            most(60, 180),
            most(179, 300),
            most(180, 300)
        ],
        [None, Some(5), Some(5), Some(3), Some(3), None]
    );
}

#[test]
fn what_is_done_after_the_run_is_left_time_for_where_a_life_is_bounded() {
    let text = "{config: {target: \"http://a.test\"}, scenarios: [{flow: [{think: 1}]}], after: {flow: [{think: 1}]}}";
    let mut document = star_yaml::document_from("s.yml", text.as_bytes(), "").unwrap();
    let task = Artillery::read(&mut document).unwrap();
    let closing = |place: Limits| task.limits(place).closing;
    assert_eq!(closing(Limits::here(1)), Limits::here(1).closing);
    assert_eq!(
        closing(lambda()),
        lambda().closing + Duration::from_secs(225)
    );
    let longer = Limits {
        life: Some(Duration::from_hours(1)),
        ..lambda()
    };
    assert_eq!(closing(longer), lambda().closing + once::LONGEST);
}

#[test]
fn users_who_share_connections_come_in_no_more_lanes_than_there_are_connections() {
    let phases = "phases: [{duration: 60, arrivalRate: 1}, {duration: 60, arrivalRate: 1, maxVusers: 2}], http: {pool: 4}";
    let task = script(phases, "", GET);
    let most = |from, to| {
        let [from, to] = [from, to].map(Duration::from_secs);
        task.most_lanes(Window::new(from, to))
    };
    assert_eq!(
        [most(0, 60), most(0, 120), most(120, 180)],
        [Some(4), Some(2), Some(4)]
    );
}
