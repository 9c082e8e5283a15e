use star_core::Job;
use star_core::registry::Kinds;
use task_artillery as _;
use task_simulate::{Options, Simulation, World, simulate};

use super::*;
use crate::exit::Exit;
use crate::simulate::{Advice, Forecast, Quota, Setting};

fn job(script: &str) -> Job {
    let mut document = star_yaml::document_from("s.yml", script.as_bytes(), ".").unwrap();
    Kinds::linked().unwrap().read(&mut document).unwrap()
}

/// A script with these phases, and this beside.
fn script(phases: &str, beside: &str) -> Job {
    let text = format!(
        "config: {{target: \"http://127.0.0.1:1\", phases: [{phases}]}}\nscenarios: [{{flow: [{{think: 1}}]}}]\n{beside}\n"
    );
    job(&text)
}

fn simulated(job: &Job, world: &World) -> Simulation {
    simulate(job, world, 3, &Options::default()).unwrap()
}

fn seen<A>(job: &Job, world: &World, needed: u32, look: impl Fn(&View<'_>) -> A) -> A {
    let Setting { prices, .. } = Setting::read(None).unwrap();
    let simulation = simulated(job, world);
    let quota = Quota::new(needed.max(simulation.peak), world);
    let forecast = Forecast::new(&simulation, &prices, quota);
    let advice = Advice::on(&simulation, world, quota, &job.task);
    let world = (world, Vec::new());
    look(&View::new(&job.task, world, &simulation, forecast, advice))
}

#[test]
fn few_workers_have_a_line_each_and_many_a_line_a_window() {
    let few = script("{duration: 30, arrivalRate: 60}", "");
    let text = seen(&few, &World::default(), 0, |view| super::text(view, None));
    for line in [
        "artillery: 1,800 units, 3 chunks in 1 window",
        "└─ 0–30 s: 3 workers, 1,800 units, at most 60/s, 1 → 2",
        "   ├─ lane 0 of 3: 600 units",
        "3 workers: 3 did what they were sent for",
        "planned 1800 = 1800 started + 0 skipped + 0 missed + 0 cancelled + 0 lost",
        "FEASIBLE: every unit starts in its time, with 3 functions at once of the 1,000 that are allowed",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    assert_eq!(
        text.lines()
            .filter(|line| line.contains("lane 1 of 3, 0–30 s"))
            .count(),
        1
    );
    let many = script(
        "{duration: 1200, arrivalRate: 60}",
        "_split: {maxChunkDurationInSeconds: 30, maxChunkRequestsPerSecond: 4}",
    );
    let text = seen(&many, &World::default(), 0, |view| super::text(view, None));
    assert!(
        text.contains("600 workers: 600 did what they were sent for"),
        "{text}"
    );
    assert!(
        text.contains("… 30 windows more, with 450 workers and 54,000 units"),
        "{text}"
    );
    assert!(text.lines().count() < 120, "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() < 160),
        "{text}"
    );
}

#[test]
fn a_run_that_needs_more_functions_than_there_are_is_told_how_many_and_what_to_change() {
    let world = World {
        concurrency: 20,
        ..World::default()
    };
    let job = script("{duration: 30, arrivalRate: 750}", "");
    let (advice, text) = seen(&job, &world, 30, |view| {
        assert!(!view.feasible);
        (view.advice.clone(), super::text(view, None))
    });
    let expected = "it needs 30 functions at once, and this account has 20: ask AWS for 30, or raise `_split.maxChunkRequestsPerSecond` to 38";
    assert_eq!(advice[0].to_string(), expected);
    assert!(
        text.contains("NOT FEASIBLE: ") && text.contains(expected),
        "{text}"
    );
}

#[test]
fn more_than_the_default_quota_is_asked_for_also_where_the_account_has_it() {
    let world = World {
        concurrency: 5_000,
        ..World::default()
    };
    let job = script("{duration: 30, arrivalRate: 50}", "");
    let advice = seen(&job, &world, 1_500, |view| {
        assert!(view.feasible);
        view.advice.clone()
    });
    let expected = "it needs 1,500 functions at once, and the default quota is 1,000 (the account that was simulated has 5,000): ask AWS for 1,500, or raise `_split.maxChunkRequestsPerSecond` to ";
    let said = advice[0].to_string();
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn workers_that_are_late_are_told_of_with_what_would_make_them_punctual() {
    let mut world = World::default();
    world.split.lead = std::time::Duration::from_millis(100);
    world.scale_out = 100_000;
    let job = script("{duration: 30, arrivalRate: 60}", "");
    let advice = seen(&job, &world, 0, |view| view.advice.clone());
    let [late] = &advice[..] else {
        panic!("{advice:?}")
    };
    assert!(
        late.problem
            .starts_with("in 1 of 1 window the last workers were ready after it had begun"),
        "{late}"
    );
    assert!(
        late.change
            .starts_with("send for them sooner (`_split.timeBufferInMilliseconds: "),
        "{late}"
    );
}

#[test]
fn a_run_whose_end_cannot_be_read_was_launched_all_the_same() {
    let mut world = World::default();
    world.ledger.outages.push(task_simulate::Outage {
        from: std::time::Duration::from_secs(30),
        length: std::time::Duration::from_mins(6),
    });
    let job = script("{duration: 30, arrivalRate: 60}", "");
    let text = seen(&job, &world, 0, |view| {
        assert!(!view.feasible);
        super::text(view, None)
    });
    let said = "NOT FEASIBLE: the run is launched and ends, but whoever follows it cannot read how: the ledger cannot read `";
    assert!(text.contains(said), "{text}");
    assert!(text.contains("planned 1800 = "), "{text}");
}

/// What is advised in a world that the default one is changed to.
fn advised(change: impl Fn(&mut World)) -> Vec<String> {
    let mut world = World::default();
    change(&mut world);
    let job = script(
        "{duration: 100, arrivalRate: 100}",
        "_split: {maxChunkDurationInSeconds: 50}",
    );
    seen(&job, &world, 0, |view| {
        let advice = view.advice.iter().map(ToString::to_string);
        assert!(!view.feasible);
        advice.collect()
    })
}

#[test]
fn only_what_helps_is_advised() {
    let always = |seconds| task_simulate::Delay::always(std::time::Duration::from_secs(seconds));
    let [queue] = &advised(|world| world.queue = always(9))[..] else {
        panic!("one thing stands in the way")
    };
    assert!(queue.contains("send for them sooner"), "{queue}");
    assert!(!queue.contains("functions:"), "{queue}");
    let cold = advised(|world| world.cold_start = always(40));
    let said = "workers came when it was too late, sent for 15 s before the begin: send for them sooner (`split: { lead: ";
    assert!(cold[0].contains(said), "{cold:?}");
    let scale_out = advised(|world| {
        world.scale_out = 3;
        world.split.chunk_rate = 5;
    });
    let said = "more functions, each of which scales out on its own (`functions: ";
    assert!(scale_out[0].contains(said), "{scale_out:?}");
}

#[test]
fn units_that_live_longer_than_a_worker_has_room_for_are_told_of() {
    let crowded = advised(|world| world.unit_life = Some(std::time::Duration::from_secs(100)));
    assert_eq!(
        crowded,
        [
            "some 1,250 units will be open at once in a worker, living 100 s each, and it may have 1,000: what is due then is missed, which is not simulated: set `_split.maxChunkRequestsPerSecond` to 10, or have units that live shorter"
        ]
    );
}

#[test]
fn a_picture_is_whole_and_bounded() {
    let job = script(
        "{duration: 60, arrivalRate: 60}",
        "_split: {maxChunkRequestsPerSecond: 1}",
    );
    let one = |text: &str| text.matches("<rect").count();
    let drawn = seen(&job, &World::default(), 0, svg);
    let again = seen(&job, &World::default(), 0, svg);
    assert_eq!(drawn, again);
    assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"));
    assert!(one(&drawn) > 300 && one(&drawn) < 3_000, "{}", one(&drawn));
    assert!(!drawn.contains("NaN") && !drawn.contains("inf"));
    // Where one bar ends the next begins.
    let number = |line: &str, name: &str| -> u32 {
        let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    let bars = drawn.lines().filter(|line| line.ends_with("class=\"a\"/>"));
    let bars: Vec<_> = bars
        .take(60)
        .map(|line| (number(line, "x"), number(line, "width")))
        .collect();
    assert!(bars.windows(2).all(|two| two[0].0 + two[0].1 == two[1].0));
}

#[test]
fn one_function_is_needed_and_two_are() {
    let said = |rate: u32| {
        let job = script(&format!("{{duration: 10, arrivalRate: {rate}}}"), "");
        seen(&job, &World::default(), 0, |view| super::text(view, None))
    };
    let one = said(1);
    assert!(one.contains("\n1 function at once is needed; "), "{one}");
    let two = said(30);
    assert!(two.contains("\n2 functions at once are needed; "), "{two}");
}

#[test]
fn of_many_seeds_the_worst_are_named() {
    let job = script("{duration: 30, arrivalRate: 60}", "");
    let Setting { prices, .. } = Setting::read(None).unwrap();
    let mut all = SeedsView::default();
    for (deaths, exit) in [(0.0, Exit::Passed), (1.0, Exit::Partial)] {
        let world = World {
            deaths,
            ..World::default()
        };
        let mut simulation = simulated(&job, &world);
        simulation.seed = if deaths > 0.0 { 8 } else { 7 };
        let forecast = Forecast::new(&simulation, &prices, Quota::new(3, &world));
        let line = all.add(&simulation, &forecast, exit);
        let expected = if deaths > 0.0 {
            "seed 8      partial  "
        } else {
            "seed 7      whole    1,800 of 1,800 started; 3 workers, 3 at once, "
        };
        assert!(line.starts_with(expected), "{line}");
    }
    assert_eq!(all.exit(), Exit::Partial);
    let summary = all.summary("slsart simulate s.yml --seed");
    let said = |what: &str, seed: &str| {
        let line = summary.lines().find(|line| line.starts_with(what));
        let line = line.unwrap_or_else(|| panic!("{what}: {summary}"));
        assert!(
            line.ends_with(&format!("slsart simulate s.yml --seed {seed}")),
            "{line}"
        );
    };
    assert!(
        summary.contains("2 seeds: 1 with every unit started in its time"),
        "{summary}"
    );
    said("at worst ", "8");
    said("at most 3 functions at once", "7");
}
