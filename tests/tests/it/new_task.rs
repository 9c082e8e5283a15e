//! `slsart new task`: a crate to begin with.

use std::fs;
use std::path::Path;

use tests::{Finished, Program, Scratch};

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
    for name in ["Count", "1st", "a_b", "a-", "star-core", ""] {
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
