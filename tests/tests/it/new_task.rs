//! `slsart new task`: a crate to begin with.

use std::fs;
use std::path::Path;

use tests::{Author, Finished, Program, Scratch};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn new_task(scratch: &Scratch, name: &str, folder: &Path) -> Finished {
    Program::new(PROGRAM, scratch)
        .args(["new", "task", name, "--core", CHECKOUT, "--folder"])
        .args([folder])
        .run()
}

#[test]
fn a_crate_is_made_with_its_name_and_where_this_one_is() {
    let scratch = Scratch::default();
    let folder = scratch.path("made");
    let done = new_task(&scratch, "count-words", &folder).expect(0);
    assert!(
        done.out.contains("cargo run -- run job.yml"),
        "{}",
        done.out
    );
    let file = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let manifest = file("Cargo.toml");
    let checkout = fs::canonicalize(CHECKOUT).unwrap();
    let core = format!(
        "star-core = {{ path = \"{}/star-core\" }}",
        checkout.display()
    );
    assert!(manifest.contains("name = \"count-words\"\n"), "{manifest}");
    assert!(manifest.contains(&core), "{manifest}");
    assert!(file("src/lib.rs").contains("const KIND: &'static str = \"count-words\";"));
    assert!(file("src/main.rs").contains("use count_words as _;"));
    assert!(file("tests/laws.rs").contains("use count_words::Task;"));
    assert!(file("job.yml").starts_with("task: count-words\n"));
    let again = new_task(&scratch, "count-words", &folder).expect(2);
    assert!(again.err.contains("is there already"), "{}", again.err);
}

#[test]
fn names_that_no_crate_can_have_are_refused_and_nothing_is_made() {
    let scratch = Scratch::default();
    for name in [
        "Count",
        "1st",
        "a_b",
        "a-",
        "star-core",
        "serde",
        "deps",
        "match",
        "gen",
        "core",
        "std",
        "alloc",
        "u64",
        "isize",
        "f32",
        "bool",
        "char",
        "str",
        "artillery",
        "",
    ] {
        let folder = scratch.path("refused");
        let refused = new_task(&scratch, name, &folder).expect(2);
        assert!(
            refused.err.contains("cannot be a task's name"),
            "{}",
            refused.err
        );
        assert!(!folder.exists());
    }
}

/// The commands of a program, by its own account.
fn commands(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:");
    let lines = lines.skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

#[test]
fn it_builds_and_passes_at_once_and_its_program_has_every_command_with_its_kind() {
    let scratch = Scratch::default();
    let folder = scratch.path("made");
    new_task(&scratch, "throw-darts", &folder).expect(0);
    let author = Author::in_folder(folder.clone(), scratch.runs());
    let tested = author.cargo(&["test"]).expect(0);
    assert!(
        tested.out.contains("test every_law_of_tasks_holds ... ok"),
        "{}",
        tested.out
    );
    let run = |arguments: &[&str]| {
        let arguments = [&["run", "--quiet", "--"], arguments].concat();
        author.cargo(&arguments)
    };
    assert_eq!(run(&["tasks"]).expect(0).out, "throw-darts\n");
    let theirs = run(&["--help"]).expect(0).out;
    let ours = Program::new(PROGRAM, &scratch).args(["--help"]).run();
    assert!(commands(&theirs).contains(&"run"), "{theirs}");
    assert_eq!(commands(&theirs), commands(&ours.expect(0).out));
    run(&["check", "job.yml"]).expect(0);
    let plan = run(&["plan", "job.yml", "--workers", "2"]).expect(0).out;
    assert!(plan.starts_with("throw-darts: 1000 units"), "{plan}");
    let report = |arguments: &[&str]| {
        let done = run(&[
            &["run", "job.yml", "-q", "--seed", "7", "-o", "-"],
            arguments,
        ]
        .concat());
        let report: serde_json::Value = serde_json::from_str(&done.expect(0).out).unwrap();
        report["report"].clone()
    };
    let alone = report(&["--workers", "1", "--name", "alone"]);
    assert_eq!(alone["thrown"], 1_000_000, "{alone}");
    assert_eq!(alone, report(&["--workers", "3", "--processes"]));
    let again = run(&["report", "alone", "-o", "-"]).expect(0).out;
    let again: serde_json::Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["report"], alone);
    fs::write(
        folder.join("wrong.yml"),
        "task: throw-darts\nboards: 3\ndart: 1\n",
    )
    .unwrap();
    let wrong = run(&["check", "wrong.yml"]).expect(5).err;
    assert!(
        wrong.contains("wrong.yml:3:1") && wrong.contains("did you mean `darts`?"),
        "{wrong}"
    );
}
