//! Artillery and the program under test do the same with the same script. Run by `.ci/long`.
//!
//! `DIFFERENTIAL=text` takes only the scripts with that text in their name.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]
#![expect(clippy::print_stdout, reason = "its figures are to be read")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tests::differential::{
    Artillery, Known, Observed, Script, Wiretap, differences, folder, known, page, remembered,
    scripts,
};
use tests::{Scratch, finish};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// Artillery needs some eight seconds for a script, of which it waits for five.
const SIDE_BY_SIDE: usize = 4;

/// How long a program may take for a script.
const LIMIT: Duration = Duration::from_mins(2);

/// Calls a program with a script against a target of its own.
fn observe(mut program: Command, script: &Script) -> Observed {
    let (scratch, target) = (Scratch::default(), Wiretap::start());
    let url = format!("http://{}", target.authority());
    let report = scratch.path("report.json");
    let mut child = program
        .args(script.arguments(&url, &report))
        .env("TARGET", &url)
        .env("SLSART_RUNS", scratch.runs())
        .current_dir(folder().join("scripts"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + LIMIT;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    let finished = finish(child);
    let code = finished.code.unwrap_or(-1);
    Observed::new(code, &target, &report, finished.out + &finished.err)
}

/// What differs in each script.
fn all(artillery: &Artillery, scripts: Vec<Script>) -> BTreeMap<String, Vec<String>> {
    let home = Scratch::default();
    let home = home.path(".");
    let (queue, found) = (Mutex::new(scripts), Mutex::new(BTreeMap::new()));
    let work = || {
        loop {
            let Some(script) = queue.lock().unwrap().pop() else {
                return;
            };
            let found_here = compared(artillery, &home, &script);
            println!("{}: {} things differ", script.name, found_here.len());
            found.lock().unwrap().insert(script.name, found_here);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(work);
        }
    });
    found.into_inner().unwrap()
}

fn compared(artillery: &Artillery, home: &Path, script: &Script) -> Vec<String> {
    let theirs = remembered(artillery, script, || {
        observe(artillery.command(home), script)
    });
    let mut program = Command::new(PROGRAM);
    program
        .env_clear()
        // Where others keep the machine busy, users start late; this is about what they send.
        .env("SLSART_LATE_LIMIT", "10000");
    let ours = observe(program, script);
    if std::env::var_os("DIFFERENTIAL").is_some() {
        println!("{}: {theirs:#?}\n{ours:#?}", script.name);
    }
    differences(&theirs, &ours, script)
}

/// The entries of the list that say what was found, for those who have to argue for it.
fn as_listed(found: &BTreeMap<&String, Vec<&String>>) -> String {
    let entries = found.iter().map(|(script, lines)| {
        let lines = lines
            .iter()
            .map(|line| format!("    - {}", serde_json::to_string(line).unwrap()));
        let lines = lines.collect::<Vec<_>>().join("\n");
        format!("- script: {script}\n  differs:\n{lines}\n  why: \n")
    });
    entries.collect::<Vec<_>>().concat()
}

#[test]
fn scripts_come_to_the_same_as_with_artillery_but_for_what_is_listed() {
    let filter = std::env::var("DIFFERENTIAL").unwrap_or_default();
    let mut scripts = scripts(&folder().join("scripts"));
    scripts.retain(|script| script.name.contains(&filter));
    scripts.reverse();
    let artillery = Artillery::install(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("artillery"));
    let from = Instant::now();
    let found = all(&artillery, scripts);
    println!("{} scripts in {:?}", found.len(), from.elapsed());

    if filter.is_empty() {
        std::fs::write(folder().join("../../docs/compatibility.md"), page()).unwrap();
    }
    let known = known();
    let is_listed = |script: &str, line: &str| {
        let mut of_script = known.iter().filter(|known| known.script == script);
        of_script.any(|known| known.differs.iter().any(|listed| listed == line))
    };
    let unlisted: BTreeMap<_, Vec<_>> = found
        .iter()
        .map(|(script, lines)| {
            let lines = lines.iter().filter(|line| !is_listed(script, line));
            (script, lines.collect())
        })
        .filter(|(_, lines): &(_, Vec<_>)| !lines.is_empty())
        .collect();
    let gone: Vec<_> = known
        .iter()
        .filter(|known| known.script.contains(&filter))
        .flat_map(|known: &Known| known.differs.iter().map(|line| (&known.script, line)))
        .filter(|(script, line)| !found.get(*script).is_some_and(|lines| lines.contains(line)))
        .collect();
    assert!(
        unlisted.is_empty() && gone.is_empty(),
        "not listed in differences.yml:\n{}\nlisted there, and not so:\n{gone:#?}",
        as_listed(&unlisted)
    );
}
