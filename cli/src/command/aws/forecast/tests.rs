use std::time::Duration;

use star_core::Intervals;
use star_core::job::Split;
use star_core::registry::Kinds;

use super::*;
use crate::command::in_functions;

/// A script of so many users a second for twenty seconds.
fn job(rate: u32) -> Job {
    let script = format!(
        "config: {{target: \"http://t\", phases: [{{duration: 20, arrivalRate: {rate}}}]}}\nscenarios: [{{flow: [{{think: 1}}]}}]\n"
    );
    let mut document = star_yaml::document_from("s.yml", script.as_bytes(), ".").unwrap();
    Kinds::linked().unwrap().read(&mut document).unwrap()
}

fn foreseen(job: &Job, ground: &Ground) -> Foreseen {
    let limits = in_functions(job, ground.configured.life, &Split::default());
    let workers = job.task.plan(&limits).unwrap().most_workers();
    let how = Launch {
        run: "r".parse().unwrap(),
        seed: 1,
        limits,
        intervals: Intervals::of_fleet(workers),
        rehearsal: false,
        traced: false,
    };
    ground.foresee(job, &how).unwrap()
}

fn ground(account: Option<u32>) -> Ground {
    let configured = Configured {
        memory: 1_024,
        life: Duration::from_secs(899),
        architecture: Architecture::X86,
        reserved: None,
    };
    Ground::new(configured, account)
}

#[test]
fn what_a_run_takes_is_told_with_its_price() {
    let foreseen = foreseen(&job(100), &ground(None));
    assert!(
        foreseen.text.starts_with(
            "forecast: 4 functions, at most 4 at once, where 1,000 may be; the load begins after 1"
        ),
        "{foreseen:?}"
    );
    assert_eq!(foreseen.refused, None);
    // Four functions of a gigabyte for 36 to 40 seconds.
    assert!((0.002..0.004).contains(&foreseen.cost), "{foreseen:?}");
    let on_arm = Ground {
        configured: Configured {
            architecture: Architecture::Arm,
            ..ground(None).configured
        },
        ..ground(None)
    };
    let on_arm = self::foreseen(&job(100), &on_arm);
    assert!(on_arm.cost < foreseen.cost * 0.85, "{on_arm:?}");
}

#[test]
fn a_new_accounts_ten_functions_are_not_enough_for_more_and_it_is_said_what_would_be() {
    let small = ground(Some(10));
    assert_eq!(foreseen(&job(250), &small).refused, None);
    let foreseen = foreseen(&job(1_000), &small);
    let why = foreseen.refused.unwrap();
    assert!(
        why.starts_with("it needs 40 functions at once, and this account has 10: ask AWS for 40, or raise `_split.maxChunkRequestsPerSecond` to "),
        "{why}"
    );
}

#[test]
fn scenarios_that_only_wait_for_each_other_are_tried_out_and_no_advice_is_one_that_their_script_cannot_take()
 {
    let scenario = "{flow: [{think: 1}]}";
    let job = |split: &str| {
        let script = format!(
            "mode: acceptance\nconfig: {{target: \"http://t\"}}\n_split: {split}\nscenarios: [{}]\n",
            [scenario; 30].join(", ")
        );
        let mut document = star_yaml::document_from("s.yml", script.as_bytes(), ".").unwrap();
        Kinds::linked().unwrap().read(&mut document).unwrap()
    };
    // They wait for each other, and all are done.
    assert_eq!(foreseen(&job("{}"), &ground(Some(10))).refused, None);
    let short = job("{ maxScriptDurationInSeconds: 2 }");
    let why = foreseen(&short, &ground(Some(1))).refused.unwrap();
    assert!(
        why.contains("set `_split.maxScriptDurationInSeconds`"),
        "{why}"
    );
    assert!(!why.contains("maxWorkers"), "{why}");
}

#[test]
fn what_is_kept_for_the_function_is_its_limit() {
    let of = |reserved| {
        let configured = Configured {
            reserved,
            ..ground(None).configured
        };
        Ground::new(configured, Some(100)).concurrency
    };
    assert_eq!(of(None), 100);
    assert_eq!(of(Some(4)), 4);
}

#[test]
fn a_functions_own_reserve_is_not_taken_for_what_the_account_has() {
    let of_few = Ground::new(
        Configured {
            reserved: Some(2),
            ..ground(None).configured
        },
        Some(573),
    );
    let why = foreseen(&job(100), &of_few).refused.unwrap();
    let said = "it needs 4 functions at once, and the function's reserved concurrency is 2: set that to 4, or remove it, or raise `_split.";
    assert!(why.starts_with(said), "{why}");
}
