//! `slsart simulate`: a run on a fleet of functions, without any.

use std::path::{Path, PathBuf};

use star_core::document::{Diagnostic, Node};
use star_core::job::Unfit;
use star_core::{AnyTask, Job, PlanError};
use task_simulate::{Options, SimulateError, Simulation, World, simulate as in_virtual_time};

use super::run;
use crate::args::SimulateArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::simulation::{self, SeedsView, View};
use crate::output::{self, Written, write_whole};
use crate::simulate::{Advice, Faults, Forecast, Quota, Setting, crowd};
use crate::{hint, job, place};

/// An account whose quota is never in the way.
const PLENTY: u32 = 1_000_000;

pub(super) fn simulate(args: &SimulateArgs) -> Result<Exit, CommandError> {
    let Some(faults) = Faults::typed(&args.fault)? else {
        output::print(&Faults::list())?;
        return Ok(Exit::Passed);
    };
    if args.job.script.is_empty() && args.job.input.is_empty() {
        let simulate = hint::command(&["simulate"]);
        return Err(CommandError::Usage(format!(
            "`{simulate}` needs a script or job: name its file, or `-` for the standard input"
        )));
    }
    let written = Written::by([
        ("--svg", args.svg.as_deref()),
        ("--log", args.log.as_deref()),
    ]);
    let world = args.world.as_deref().map(world_files).unwrap_or_default();
    written.keep_apart(world.iter().map(PathBuf::as_path))?;
    let setting = Setting::read(args.world.as_deref())?;
    let job = job::read(&args.job, &written)?;
    for file in [&args.svg, &args.log].into_iter().flatten() {
        output::prepare(file)?;
    }
    let task = job.task.clone();
    let done = match args.seeds {
        Some(seeds) => many(args, &setting, &faults, &job, seeds),
        None => single(args, &setting, &faults, job),
    };
    done.map_err(|error| match error {
        CommandError::Plan(why) => uncut(args, &task, &why),
        error => error,
    })
}

/// A task that can't be cut in a world: shown where its file says what is to blame, or else in the job.
fn uncut(args: &SimulateArgs, task: &AnyTask, why: &PlanError) -> CommandError {
    let unfit = task.uncut(why);
    let keys = match why {
        PlanError::NoTime { .. } => &["timeout", "split"][..],
        PlanError::Beyond { .. } => &[],
        PlanError::Windows(_) | PlanError::Lanes { .. } => &["split"],
    };
    let world = args.world.as_deref();
    // It was read before.
    let Some(Ok(world)) = world.map(star_yaml::document) else {
        return CommandError::uncut(unfit);
    };
    let root = world.root.as_map();
    let blamed = keys.iter().find_map(|key| root?.entry(key));
    match blamed {
        Some(entry) => CommandError::uncut(Unfit {
            diagnostic: Diagnostic::error(unfit.diagnostic.message).at(entry.key_span, ""),
            sources: world.sources,
        }),
        None => CommandError::uncut(unfit),
    }
}

/// The file of a world, and that of its prices where it names one. What is wrong with them is told where they are read.
fn world_files(path: &Path) -> Vec<PathBuf> {
    let mut files = vec![path.to_owned()];
    if let Ok(world) = star_yaml::document(path) {
        let prices = world.root.get("prices").and_then(Node::as_str);
        files.extend(prices.map(|prices| world.folder().join(prices)));
    }
    files
}

/// One simulation, told at length.
fn single(
    args: &SimulateArgs,
    setting: &Setting,
    faults: &Faults,
    mut job: Job,
) -> Result<Exit, CommandError> {
    let options = Options {
        logged: args.log.is_some(),
        ..Options::default()
    };
    let world = faults.in_world(&setting.world, args.seed);
    let simulation = match simulated(&job, &world, args.seed, &options)? {
        Came::Over(simulation) => *simulation,
        Came::Nothing(why) => return nothing(args, &why),
    };
    write_log(args, &simulation.log)?;
    job.task.seed(args.seed);
    let view = view(setting, faults, &job, &world, &simulation)?;
    if let Some(path) = &args.svg {
        write_whole(path, simulation::svg(&view).as_bytes())?;
    }
    if args.json {
        output::print(&json(&view)?)?;
    } else {
        output::print(&simulation::text(&view, output::width()))?;
    }
    let exit = exit(&simulation);
    if !args.execute || exit == Exit::Bug {
        return Ok(exit);
    }
    let limits = simulation.limits.clone();
    drop(simulation);
    output::note("carrying it out on this machine, cut as in the simulation\n");
    place::raise_descriptors()?;
    run::cut_like(job, limits, args.seed, &args.runs)
}

fn write_log(args: &SimulateArgs, lines: &[String]) -> Result<(), CommandError> {
    let Some(path) = &args.log else { return Ok(()) };
    let mut lines = lines.join("\n");
    lines.push('\n');
    write_whole(path, lines.as_bytes())
}

/// Says that there is nothing to be seen.
fn nothing(args: &SimulateArgs, why: &str) -> Result<Exit, CommandError> {
    write_log(args, &[format!("the run cannot be launched: {why}")])?;
    let text = if args.json {
        json(&serde_json::json!({ "feasible": false, "notLaunched": why }))?
    } else {
        format!("NOT FEASIBLE: in this world the run cannot be launched: {why}\n")
    };
    output::print(&text)?;
    Ok(Exit::Partial)
}

fn view<'a>(
    setting: &Setting,
    faults: &Faults,
    job: &'a Job,
    world: &'a World,
    simulation: &'a Simulation,
) -> Result<View<'a>, CommandError> {
    let needed = needed(job, world, simulation)?;
    let quota = Quota::new(needed, world);
    let forecast = Forecast::new(simulation, &setting.prices, quota);
    let advice = Advice::on(simulation, world, quota, &job.task);
    Ok(View::new(
        &job.task,
        (world, faults.names()),
        simulation,
        forecast,
        advice,
    ))
}

/// How many functions at once a run needs: where the world's quota was in the way, as many as it has where there is plenty.
fn needed(job: &Job, world: &World, simulation: &Simulation) -> Result<u32, CommandError> {
    if !Quota::was_short(simulation, world) {
        return Ok(simulation.peak);
    }
    let world = World {
        concurrency: PLENTY,
        ..world.clone()
    };
    let options = Options {
        logged: false,
        ..Options::default()
    };
    Ok(match simulated(job, &world, simulation.seed, &options)? {
        Came::Over(free) => free.peak.max(simulation.peak),
        Came::Nothing(_) => simulation.peak,
    })
}

/// A simulation for each seed, a line each.
fn many(
    args: &SimulateArgs,
    setting: &Setting,
    faults: &Faults,
    job: &Job,
    seeds: u32,
) -> Result<Exit, CommandError> {
    let options = Options {
        logged: false,
        ..Options::default()
    };
    let mut all = SeedsView::default();
    for seed in (args.seed..).take(seeds as usize) {
        let world = faults.in_world(&setting.world, seed);
        let line = match simulated(job, &world, seed, &options)? {
            Came::Over(simulation) => {
                let quota = Quota::new(simulation.peak, &world);
                let forecast = Forecast::new(&simulation, &setting.prices, quota);
                all.add(&simulation, &forecast, exit(&simulation))
            }
            Came::Nothing(why) => all.add_unlaunched(seed, why),
        };
        if !args.json {
            output::print(&line)?;
        }
    }
    if args.json {
        output::print(&json(&all)?)?;
    } else {
        output::print(&all.summary(&repeating(std::env::args())))?;
    }
    Ok(all.exit())
}

/// The command that repeats one of several simulations, but for its seed: what was typed without what was said of seeds.
fn repeating(typed: impl IntoIterator<Item = String>) -> String {
    let mut typed = typed.into_iter();
    let program = typed.next().unwrap_or_default();
    let program = Path::new(&program).file_name();
    let program = program.map_or("slsart".into(), |name| name.to_string_lossy().into_owned());
    let mut words = vec![program];
    while let Some(word) = typed.next() {
        match &*word {
            "--seeds" | "--seed" => drop(typed.next()),
            "--json" => {}
            seed if seed.starts_with("--seeds=") || seed.starts_with("--seed=") => {}
            plain if plain.chars().all(is_plain) => words.push(word),
            other => words.push(format!("'{}'", other.replace('\'', "'\\''"))),
        }
    }
    words.push("--seed".to_owned());
    words.join(" ")
}

/// Whether a letter means itself to every shell.
fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_./=:,%+@".contains(letter)
}

/// What came of a simulation.
enum Came {
    Over(Box<Simulation>),
    /// In this world the run could not even be launched, and why.
    Nothing(String),
}

fn simulated(job: &Job, world: &World, seed: u64, options: &Options) -> Result<Came, CommandError> {
    match in_virtual_time(job, world, seed, options) {
        Ok(simulation) => Ok(Came::Over(Box::new(simulation))),
        Err(SimulateError::Unfit(unfit)) => {
            Err(CommandError::unfit(*unfit, "set it to what is needed"))
        }
        Err(SimulateError::Plan(error)) => Err(CommandError::Plan(error)),
        Err(SimulateError::Launch(error)) => Ok(Came::Nothing(error.to_string())),
        Err(fault @ (SimulateError::Unreadable(_) | SimulateError::Stuck(_))) => {
            Err(CommandError::Bug(format!("seed {seed}: {fault}")))
        }
    }
}

/// What a simulated run comes to. That a promise was broken is a fault of the framework, and comes first.
fn exit(simulation: &Simulation) -> Exit {
    let exit = Exit::of(&simulation.outcome);
    match exit {
        _ if !simulation.broken.is_empty() => Exit::Bug,
        Exit::Passed if simulation.cut_off > 0 => Exit::Partial,
        Exit::Passed if simulation.unread.is_some() || crowd(simulation).is_some() => Exit::Partial,
        exit => exit,
    }
}

fn json(view: &impl serde::Serialize) -> Result<String, CommandError> {
    let mut text =
        serde_json::to_string_pretty(view).map_err(|error| CommandError::Bug(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use star_core::registry::Kinds;

    use super::*;
    use crate::args::{Command, Typed};

    #[test]
    fn a_broken_promise_comes_before_what_was_not_done() {
        let script = "config: {target: \"http://t\", phases: [{duration: 5, arrivalRate: 4}]}\nscenarios: [{flow: [{think: 1}]}]\n";
        let mut document = star_yaml::document_from("s.yml", script.as_bytes(), ".").unwrap();
        let job = Kinds::linked().unwrap().read(&mut document).unwrap();
        let of = |world: &World| match simulated(&job, world, 0, &Options::default()).unwrap() {
            Came::Over(simulation) => *simulation,
            Came::Nothing(why) => panic!("{why}"),
        };
        assert_eq!(exit(&of(&World::default())), Exit::Passed);
        let deaf = World {
            never_run: 1.0,
            ..World::default()
        };
        let mut partial = of(&deaf);
        assert_eq!(exit(&partial), Exit::Partial);
        partial.broken.push("two workers started unit 7".to_owned());
        assert_eq!(exit(&partial), Exit::Bug);
    }

    fn typed(words: &[&str]) -> SimulateArgs {
        let words = ["slsart", "simulate"].iter().chain(words);
        match Typed::read(words.map(Into::into)).map(|typed| typed.command) {
            Ok(Command::Simulate(args)) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_job_is_needed_but_to_list_the_faults_and_is_not_written_over() {
        let done = |words: &[&str]| simulate(&typed(words)).map_err(|error| error.exit());
        assert_eq!(done(&["--fault", "list"]), Ok(Exit::Passed));
        assert_eq!(done(&["--fault", "deaths"]), Err(Exit::Usage));
        // What is not there would be written over all the same.
        for words in [
            ["s.yml", "--log", "s.yml", "--seed", "1"],
            ["s.yml", "--svg", "./s.yml", "--seed", "1"],
            ["s.yml", "--svg", "a", "--log", "a"],
            ["s.yml", "--world", "w.yml", "--log", "w.yml"],
            ["s.yml", "--payload", "p.csv", "--svg", "p.csv"],
        ] {
            assert_eq!(done(&words), Err(Exit::Usage), "{words:?}");
        }
    }

    #[test]
    fn units_that_are_cut_off_are_no_success() {
        let script = "config: {target: \"http://t\", phases: [{duration: 5, arrivalRate: 4}]}\nscenarios: [{flow: [{think: 1}]}]\n";
        let mut document = star_yaml::document_from("s.yml", script.as_bytes(), ".").unwrap();
        let job = Kinds::linked().unwrap().read(&mut document).unwrap();
        let world = World {
            unit_life: Some(std::time::Duration::from_mins(20)),
            ..World::default()
        };
        let came = simulated(&job, &world, 0, &Options::default()).unwrap();
        let Came::Over(simulation) = came else {
            panic!("it is launched")
        };
        assert_eq!(simulation.cut_off, 20);
        assert_eq!(exit(&simulation), Exit::Partial);
    }

    #[test]
    fn a_run_that_cannot_be_launched_is_no_fault_of_the_program() {
        let setting = Setting::read(None).unwrap();
        let faults = Faults::typed(&["ledger-errors=100%".to_owned()])
            .unwrap()
            .unwrap();
        let world = faults.in_world(&setting.world, 0);
        let script = "config: {target: \"http://t\"}\nscenarios: [{flow: [{think: 1}]}]\n";
        let mut document = star_yaml::document_from("s.yml", script.as_bytes(), ".").unwrap();
        let job = Kinds::linked().unwrap().read(&mut document).unwrap();
        let came = simulated(&job, &world, 0, &Options::default()).unwrap();
        assert!(matches!(came, Came::Nothing(why) if why.contains("the ledger cannot write")));
    }

    #[test]
    fn the_command_that_repeats_a_seed_is_what_was_typed_but_for_the_seeds() {
        let typed = [
            "/bin/slsart",
            "simulate",
            "a.yml",
            "--seeds",
            "9",
            "-v",
            "a=it's b",
            "--seed=4",
            "--fault",
            "deaths=5%",
            "--json",
        ];
        assert_eq!(
            repeating(typed.map(str::to_owned)),
            "slsart simulate a.yml -v 'a=it'\\''s b' --fault deaths=5% --seed"
        );
    }
}
