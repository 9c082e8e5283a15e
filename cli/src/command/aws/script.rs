//! Which script is invoked, and which flags are none.

use std::path::{Path, PathBuf};

use star_aws::assets::FILE;
use star_core::Job;

use super::assets;
use crate::args::InvokeArgs;
use crate::error::CommandError;
use crate::job;
use crate::output::Written;

/// What is invoked where nothing was named and there is no `./script.yml` or `.json`, as in the reference.
const BUILT_IN: &str = "\
config:
  target: https://aws.amazon.com
  phases:
    - duration: 5
      arrivalRate: 1
scenarios:
  - flow:
      - get:
          url: /
";

/// The files that are taken where nothing was named: the first that is there.
const SCRIPTS: [&str; 3] = ["script.yml", "script.yaml", "script.json"];

/// The script that is taken where nothing was named, if there is one.
pub(super) fn script_here() -> Option<&'static Path> {
    let mut scripts = SCRIPTS.iter().map(Path::new);
    scripts.find(|script| script.exists())
}

/// The same in a folder.
pub(super) fn script_in(folder: &Path) -> Option<PathBuf> {
    let mut scripts = SCRIPTS.iter().map(|script| folder.join(script));
    scripts.find(|script| script.exists())
}

/// The script, in the reference's order: the standard input, `-d`, `-p`, `./script.yml`, the built-in one.
pub(super) fn read(args: &InvokeArgs) -> Result<Job, CommandError> {
    let written = Written::by([
        ("-o", args.output.as_deref()),
        ("--junit", args.junit.as_deref()),
    ]);
    let config = assets::path(args.aws.config.as_deref());
    written.keep_apart([config.unwrap_or(Path::new(FILE))])?;
    let text =
        |name: &str, text: &str| job::read_text(name, text, args.mode, args.strict, &written);
    let file = |path: &Path| job::read_file(path, args.mode, args.strict, &written);
    if args.std_in {
        return file(Path::new("-"));
    }
    if let Some(data) = &args.data {
        return text("--data", data);
    }
    if let Some(path) = &args.path {
        return file(path);
    }
    if let Some(there) = script_here() {
        return file(there);
    }
    text("the built-in script", BUILT_IN)
}
