//! `docs/write-a-task.md` is true: what it says to write is written, and what it says to call is called.

use std::fs;
use std::path::{Path, PathBuf};

use tests::{Author, Scratch};

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A fenced block of the guide.
struct Block {
    /// What stands behind the fence: `rust`, `console` and so on.
    language: String,
    /// The file that it is, where the line before says so.
    file: Option<String>,
    text: String,
}

/// The blocks of a page; a line like `` `src/lib.rs`: `` before one names its file.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let inside = lines.by_ref().take_while(|line| *line != "```");
            let text: String = inside.flat_map(|line| [line, "\n"]).collect();
            let file = before
                .strip_prefix('`')
                .and_then(|line| line.strip_suffix("`:"));
            blocks.push(Block {
                language: language.to_owned(),
                file: file.map(str::to_owned),
                text,
            });
        }
        if !line.is_empty() {
            before = line;
        }
    }
    blocks
}

/// Writes a file of the crate, with the crates of this checkout.
fn write(folder: &Path, file: &str, text: &str) {
    let checkout = fs::canonicalize(CHECKOUT).unwrap();
    let repository = "git = \"https://github.com/Nordstrom/serverless-star\"";
    let mut text = text.to_owned();
    if file == "Cargo.toml" {
        for (name, at) in [("slsart", "cli"), ("star-core", "star-core")] {
            let path = checkout.join(at);
            text = text.replace(
                &format!("{name} = {{ {repository}"),
                &format!("{name} = {{ path = \"{}\"", path.display()),
            );
        }
        assert!(!text.contains("git ="), "{text}");
    }
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Calls what a block says to call, and looks for the lines that it says come of it.
fn call(author: &Author, block: &str) {
    let mut out = String::new();
    for line in block.lines() {
        let Some(command) = line.strip_prefix("$ ") else {
            assert!(
                out.lines().any(|said| said == line),
                "`{line}` is not in\n{out}"
            );
            continue;
        };
        let words: Vec<_> = command.split_whitespace().collect();
        let (program, arguments) = words.split_first().unwrap();
        assert_eq!(*program, "cargo", "{command}");
        out = author.cargo(arguments).expect(0).out;
    }
}

#[test]
fn every_snippet_of_the_guide_compiles_and_every_call_does_what_is_said() {
    let page = fs::read_to_string(Path::new(CHECKOUT).join("docs/write-a-task.md")).unwrap();
    let scratch = Scratch::default();
    let folder: PathBuf = scratch.path("count-words");
    let (mut calls, mut snippets) = (Vec::new(), 0);
    for block in blocks(&page) {
        match (&block.file, &*block.language) {
            (Some(file), _) => write(&folder, file, &block.text),
            (None, "console") => calls.push(block.text),
            (None, "rust") => {
                snippets += 1;
                let file = format!("tests/snippets/snippet_{snippets}.rs");
                write(&folder, &file, &block.text);
            }
            (None, other) => panic!("nobody tries this `{other}`:\n{}", block.text),
        }
    }
    assert!(snippets >= 3 && calls.len() >= 2, "the guide has been read");
    // One test of them all: they are linked once.
    let modules = (1..=snippets).map(|number| format!("mod snippet_{number};\n"));
    let modules: String = modules.collect();
    write(&folder, "tests/snippets/main.rs", &modules);
    let task = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
    let written = task.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(written <= 30, "a useful task has {written} lines");
    let author = Author::in_folder(folder, scratch.runs());
    for block in calls {
        call(&author, &block);
    }
}
