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
    let dropped = advised(|world| {
        world.scale_out = 1;
        world.event_age = std::time::Duration::from_secs(20);
        world.split.chunk_rate = 5;
    });
    let dropped = dropped.last().unwrap();
    assert!(
        dropped.contains(" functions have room for them"),
        "{dropped}"
    );
    assert!(!dropped.contains("a quota of"), "{dropped}");
}

#[test]
fn units_that_live_longer_than_a_worker_has_room_for_are_told_of() {
    let crowded = advised(|world| world.unit_life = Some(std::time::Duration::from_secs(100)));
    assert_eq!(
        crowded[0],
        "some 1,250 units will be open at once in a worker, living 100 s each, and it may have 1,000: what is due then is missed, which is not simulated: set `_split.maxChunkRequestsPerSecond` to 10, or have units that live shorter"
    );
    let said =
        "units are cut off before the end, as they live 100 s each, and the last of a chunk have ";
    assert!(crowded[1].contains(said), "{crowded:?}");
}

#[test]
fn the_documentation_shows_what_the_program_says() {
    let docs = include_str!("../../../../docs/simulate.md");
    let (_, shown) = docs.split_once("```\nHow it is cut").unwrap();
    let (shown, _) = shown.split_once("```\n").unwrap();
    let text = "config: {target: \"http://127.0.0.1:9\", phases: [{duration: 60, arrivalRate: 5, rampTo: 60}]}\nscenarios: [{flow: [{get: {url: \"/\"}}]}]\n";
    let mut job = job(text);
    let world = World::default();
    let simulation = simulate(&job, &world, 0, &Options::default()).unwrap();
    job.task.seed(0);
    let Setting { prices, .. } = Setting::read(None).unwrap();
    let quota = Quota::new(simulation.peak, &world);
    let forecast = Forecast::new(&simulation, &prices, quota);
    let view = View::new(
        &job.task,
        (&world, Vec::new()),
        &simulation,
        forecast,
        Vec::new(),
    );
    assert_eq!(super::text(&view, None), format!("How it is cut{shown}"));
}

/// Items without instants.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Items {
    items: star_core::shape::Batch,
}

impl star_core::UnitTask for Items {
    const KIND: &'static str = "items";
    type Report = star_core::reports::Counter;

    fn shape(&self) -> &impl star_core::Splittable {
        &self.items
    }

    async fn unit(
        &self,
        _: &star_core::OneUnit<star_core::reports::Counter>,
    ) -> Result<(), star_core::Failure> {
        Ok(())
    }
}

/// What is said at the end of a batch in a world that the default one is changed to.
fn said_of_batch(items: u64, change: impl Fn(&mut World)) -> String {
    let mut world = World::default();
    change(&mut world);
    let items = star_core::shape::Batch::of(items);
    let job = Job {
        task: star_core::AnyTask::new(Items { items }),
        blobs: Vec::new(),
    };
    let text = seen(&job, &world, 0, |view| super::text(view, None));
    let at = text.find("\nNOT FEASIBLE: ").or(text.find("\nFEASIBLE: "));
    text[at.unwrap_or_else(|| panic!("{text}"))..].to_owned()
}

#[test]
fn a_batch_that_takes_longer_than_it_may_is_told_what_would_be_enough() {
    let minutes = std::time::Duration::from_mins;
    let said = said_of_batch(100, |world| {
        world.item = task_simulate::Delay::always(minutes(10));
        world.split.workers = 4;
    });
    let long = "  the batch takes longer than the 3600 s that it may take: with 4 workers, ";
    assert!(said.contains(long), "{said}");
    let enough = ": set `_split.maxScriptDurationInSeconds` to ";
    assert!(said.contains(enough), "{said}");
    let more = " workers (`_split.maxWorkers`, with `split: { workers: ";
    assert!(said.contains(more), "{said}");
    assert!(!said.contains("BROKEN"), "{said}");
}

#[test]
fn items_that_are_cut_off_are_not_held_for_done() {
    let minutes = std::time::Duration::from_mins;
    let item = |item| move |world: &mut World| world.item = task_simulate::Delay::always(item);
    let said = said_of_batch(4, item(minutes(20)));
    let cut = "\nNOT FEASIBLE: 4 of 4 units would be begun and cut off before they end, which a run counts as failed; 0 would not be done\n  4 of 4 units are cut off before the end, as an item takes 1200 s, and its worker's life has room for 870 s: no other cut helps: have items that take less\n";
    assert_eq!(said, cut);
    let said = said_of_batch(4, |world| {
        item(minutes(6))(world);
        world.timeout = minutes(5);
    });
    let lives = ": let functions live longer (`timeout: 15 min` in the world's file)";
    assert!(said.contains(lives), "{said}");
    // Chunks of five, of which a life has room for four and a half.
    let said = said_of_batch(320, |world| {
        item(std::time::Duration::from_secs(8))(world);
        world.timeout = minutes(1);
        world.split.workers = 1;
        world.split.closing = std::time::Duration::from_secs(24);
    });
    let fewer = ": set `_split.maxChunkUnits` to 2";
    assert!(said.contains(fewer), "{said}");
    let said = said_of_batch(64, item(minutes(4)));
    assert!(said.starts_with("\nFEASIBLE: every unit is done"), "{said}");
}

#[test]
fn what_stood_in_the_way_is_told_with_what_helps_or_that_nothing_does() {
    let nothing = "nothing helps in such a world: ";
    let turned_away = advised(|world| world.throttled = 1.0);
    let [turned_away] = &turned_away[..] else {
        panic!("{turned_away:?}")
    };
    assert!(turned_away.contains(" calls that send for workers were turned away (429): "));
    assert!(turned_away.contains(nothing), "{turned_away}");
    let deaf = advised(|world| world.never_run = 1.0);
    let said = " accepted events were never run: nothing helps in such a world: ";
    assert!(deaf.iter().any(|deaf| deaf.contains(said)), "{deaf:?}");
    let dead = advised(|world| world.deaths = 1.0);
    let died = |dead: &&String| dead.contains(" workers died: ");
    assert!(dead.iter().any(|dead| died(&dead)), "{dead:?}");
    let failing = advised(|world| world.failing_chunks = 1.0);
    let said =
        " of 8 chunks: nothing helps in such a world: no other cut keeps a task from failing";
    let failed = |failing: &String| {
        failing.starts_with("the task itself failed in ") && failing.ends_with(said)
    };
    assert!(failing.iter().any(failed), "{failing:?}");
}

#[test]
fn where_nobody_comes_nothing_is_less_than_nothing() {
    let world = World {
        throttled: 1.0,
        ..World::default()
    };
    let job = script("{duration: 10, arrivalRate: 1}", "");
    let text = seen(&job, &world, 0, |view| super::text(view, None));
    assert!(!text.contains("-0"), "{text}");
    assert!(text.contains("\nnobody was ever there\n"), "{text}");
}

#[test]
fn of_timed_units_it_is_said_how_many_are_expected_to_be_open() {
    let job = script("{duration: 10, arrivalRate: 30}", "");
    let world = World {
        unit_life: Some(std::time::Duration::from_secs(4)),
        ..World::default()
    };
    let text = seen(&job, &world, 0, |view| super::text(view, None));
    let said = "\ngenerator  some 60 units open at once of 1,000 in the fullest worker, if each is open for 4 s; not measured\n";
    assert!(text.contains(said), "{text}");
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

#[test]
fn a_world_that_is_unlike_aws_is_blamed_by_the_figure_that_is_to_blame() {
    fn minute() -> task_simulate::Delay {
        task_simulate::Delay::always(std::time::Duration::from_mins(1))
    }
    type Change = fn(&mut World);
    let worlds: [(&str, Change); 4] = [
        ("queue", |world| world.queue = minute()),
        ("coldStart", |world| world.cold_start = minute()),
        ("ledger.latency", |world| world.ledger.latency = minute()),
        ("slow", |world| {
            world.slow = 1.0;
            world.slowness = 1000.0;
        }),
    ];
    for (name, change) in worlds {
        let said = said_of_batch(15, change);
        assert!(said.starts_with("\nNOT FEASIBLE: "), "{name}: {said}");
        let blamed = format!("the world's `{name}` (");
        assert!(said.contains(&blamed), "{name}: {said}");
        assert!(!said.contains("BROKEN"), "{name}: {said}");
    }
}

#[test]
fn a_batch_that_is_done_with_fewer_functions_than_it_would_have_is_feasible_and_says_both() {
    let said = said_of_batch(60, |world| world.concurrency = 1);
    let feasible =
        "\nFEASIBLE: every unit is done, with 1 function at once of the 1 that are allowed\n";
    assert!(said.starts_with(feasible), "{said}");
    // Two workers have two successors, and so few functions are allowed that these wait for long: one worker alone would not be enough.
    let said = said_of_batch(200, |world| {
        world.concurrency = 2;
        world.split.workers = 2;
        world.item = task_simulate::Delay::always(std::time::Duration::from_mins(1));
    });
    assert!(said.contains("NOT FEASIBLE"), "{said}");
    assert!(!said.contains("`_split.maxWorkers` to 2"), "{said}");
}

#[test]
fn where_all_die_the_last_one_costs_all_that_is_left() {
    let said = said_of_batch(200, |world| {
        world.split.workers = 1;
        world.deaths = 1.0;
    });
    let last = "  1 of 1 worker died: nothing helps in such a world: a worker that dies costs the rest of its chunk, and the last one all that is left\n";
    assert!(said.contains(last), "{said}");
}
