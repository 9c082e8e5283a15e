//! How fast `slsart` is, beside other tools: `bash benches/compare`.
//!
//! - `call`, `launcher`: start a tool on a core and say what it took.
//! - `target`, `request`: what all tools ask, and what it saw of them.
//! - `least`: what a user of the flow costs at least.
//! - `lateness`, `machine`: how late arrivals were, how busy the machine was. `awake`: what its cores do meanwhile.
//! - `peers`: finds or installs the other tools.
//! - `rows`: what is done, a file for what goes together. `bench`: what they have in common.
//! - `options`, `table`: what is asked for, and how it is shown.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod awake;
mod bench;
mod call;
mod lateness;
mod launcher;
mod least;
mod machine;
mod options;
mod peers;
mod request;
mod rows;
mod table;
mod target;

use std::io::{self, Read as _};
use std::process::ExitCode;

use awake::{Awake, Cores};
use bench::Bench;
use options::Options;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        Some((first, rest)) if first == "launch" => launcher::launch(rest),
        Some((first, rest)) if first == "least" => least::least(rest),
        Some((first, _)) if first == "target" => serve(),
        _ => compare(&arguments),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// Serves the target, for profiles, until the standard input ends.
fn serve() -> io::Result<ExitCode> {
    let target = target::Target::start(&[1])?;
    println!("{}", target.url());
    io::stdin().read_to_end(&mut Vec::new())?;
    println!("{} requests", target.count());
    Ok(ExitCode::SUCCESS)
}

fn compare(arguments: &[String]) -> io::Result<ExitCode> {
    let names = rows::ROWS.map(|(name, ..)| name);
    let options = match Options::parse(arguments, &names) {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            return Ok(ExitCode::from(2));
        }
    };
    let bench = Bench::new(options)?;
    let (mut lines, mut whole) = (Vec::new(), true);
    let asked = bench.options.cores;
    let mut slept = asked == Cores::MaySleep;
    for (name, meanwhile, measure) in rows::ROWS {
        if bench.options.wants(name) {
            eprintln!("{name}");
            let hold = [meanwhile, asked] == [Cores::Awake; 2];
            let awake = hold.then(Awake::hold).transpose();
            let _awake = awake.unwrap_or_else(|error| {
                eprintln!("  cores may sleep: {error}");
                slept = true;
                None
            });
            match measure(&bench) {
                Ok(measured) => lines.extend(measured),
                Err(error) => {
                    eprintln!("error: {error}");
                    whole = false;
                }
            }
        }
    }
    let below = format!(
        "{}; {}; medians of {} rounds{}. Not there, and left out: {}.",
        machine::description(),
        if slept {
            "its cores slept as the system let them"
        } else {
            "its cores were kept awake, but where it is said"
        },
        bench.options.rounds,
        if bench.options.quick {
            " of two seconds"
        } else {
            ""
        },
        bench.peers.left_out(),
    );
    let table = table::table(&lines, &below);
    print!("{table}");
    if !whole {
        return Ok(ExitCode::FAILURE);
    }
    if let Some(path) = &bench.options.write {
        table::write(path, &table)?;
    }
    Ok(ExitCode::SUCCESS)
}
