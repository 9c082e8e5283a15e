//! `slsart new task`: a crate to begin a kind of task with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use star_core::registry::Kinds;

use crate::args::NewTaskArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

/// The files of the crate, by their places in it. In them `NAME` stands for its name, `CRATE` for that in Rust, and `AT cli` and so on for where
/// this program's crates are.
const FILES: [(&str, &str); 7] = [
    ("Cargo.toml", include_str!("../new_task/Cargo.toml.txt")),
    ("README.md", include_str!("../new_task/README.md.txt")),
    (".gitignore", "/target\n"),
    ("job.yml", include_str!("../new_task/job.yml.txt")),
    ("src/lib.rs", include_str!("../new_task/lib.rs.txt")),
    ("src/main.rs", include_str!("../new_task/main.rs.txt")),
    ("tests/laws.rs", include_str!("../new_task/laws.rs.txt")),
];

/// Words that no crate and no binary may be called by: crates that are there already, and folders of Cargo's.
const TAKEN: [&str; 14] = [
    "alloc",
    "deps",
    "examples",
    "incremental",
    "serde",
    "proc-macro",
    "star-core",
    "star-yaml",
    "slsart",
    "core",
    "std",
    "test",
    "build",
    "self",
];

/// Types that every crate has, by whose names another can't be meant.
const PRIMITIVES: &str =
    "bool char f16 f32 f64 f128 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize";

/// Rust's keywords ([Reference](https://doc.rust-lang.org/reference/keywords.html)), those included that are reserved for later: a crate is
/// written `use NAME`.
const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if \
    impl in let loop macro match mod move mut override priv pub ref return static struct super trait true try type typeof unsafe \
    unsized use virtual where while yield";

pub(super) fn task(args: &NewTaskArgs) -> Result<Exit, CommandError> {
    check_name(&args.name)?;
    let folder = args
        .folder
        .clone()
        .unwrap_or_else(|| PathBuf::from(&args.name));
    let there = fs::read_dir(&folder).is_ok_and(|mut inside| inside.next().is_some());
    if there || folder.is_file() {
        return Err(CommandError::Usage(format!(
            "`{}` is there already; name another folder with `--folder`",
            folder.display()
        )));
    }
    let core = Core::of(args.core.as_deref())?;
    for (name, text) in FILES {
        let path = folder.join(name);
        write(&path, &fill(text, &args.name, &core))
            .map_err(|source| CommandError::Write { path, source })?;
    }
    output::print(&format!(
        "{folder}: a crate with a task of the kind `{name}`\n\n  cd {folder}\n  cargo test\n  cargo run -- run job.yml\n",
        folder = folder.display(),
        name = args.name,
    ))?;
    Ok(Exit::Passed)
}

/// Cargo's and our own rules in one: what is allowed by both.
fn check_name(name: &str) -> Result<(), CommandError> {
    let letters = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let first = name.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    let wrong = if !letters || !first || name.ends_with('-') || name.len() > 64 {
        "is made of small letters, digits and `-`, and begins with a letter"
    } else if TAKEN.contains(&name) {
        "is another than those of the crates it is made with, and of what Cargo makes"
    } else if PRIMITIVES.split(' ').any(|word| word == name) {
        "is none of Rust's own types"
    } else if KEYWORDS.split(' ').any(|word| word == name) {
        "is no word of Rust's own"
    } else if Kinds::linked()?.get(name).is_some() {
        "is another than that of a kind that this program has"
    } else {
        return Ok(());
    };
    Err(CommandError::Usage(format!(
        "`{name}` cannot be a task's name: a name {wrong}, for example `count-words`"
    )))
}

/// Where this program's crates are.
enum Core {
    Repository,
    Checkout(PathBuf),
}

impl Core {
    fn of(checkout: Option<&Path>) -> Result<Self, CommandError> {
        let Some(folder) = checkout else {
            return Ok(Self::Repository);
        };
        let absolute = fs::canonicalize(folder).ok();
        absolute
            .filter(|absolute| absolute.join("star-core/Cargo.toml").is_file())
            .map(Self::Checkout)
            .ok_or_else(|| {
                CommandError::Usage(format!(
                    "`{}` is no checkout of serverless-star: it has no `star-core/Cargo.toml`",
                    folder.display()
                ))
            })
    }

    /// How Cargo finds one of them.
    fn dependency(&self, name: &str) -> String {
        match self {
            Self::Repository => format!("git = \"{}\"", env!("CARGO_PKG_REPOSITORY")),
            Self::Checkout(folder) => {
                // In a TOML string only these two would mean something else.
                let path = folder.join(name).display().to_string();
                let path = path.replace('\\', "\\\\").replace('"', "\\\"");
                format!("path = \"{path}\"")
            }
        }
    }
}

fn fill(text: &str, name: &str, core: &Core) -> String {
    text.replace("NAME", name)
        .replace("CRATE", &name.replace('-', "_"))
        .replace("AT cli", &core.dependency("cli"))
        .replace("AT star-core", &core.dependency("star-core"))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
