//! `slsart deploy`: puts this program on AWS Lambda.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use star_aws::deploy::{Wanted, deploy as carry_out, id_of, runnable};
use star_aws::elf::NotRunnable;
use star_aws::stack::{Change, Event, Settings};

use super::packed;
use super::place::Deployed;
use crate::args::DeployArgs;
use crate::command::on_runtime;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

/// How one gets a program that functions can run.
const HELP: &str = "docs/aws.md shows how to build one that fits; `--worker FILE` deploys it";

pub(in crate::command) fn deploy(args: &DeployArgs) -> Result<Exit, CommandError> {
    let own = own_program()?;
    let launcher = id_of(&own);
    let (mut program, path) = match &args.worker {
        Some(path) => (read(path)?, path.display().to_string()),
        None => (own, "this program".to_owned()),
    };
    let refused = |why: NotRunnable| {
        CommandError::Usage(format!("{path} cannot run as a function: {why} ({HELP})"))
    };
    let found = runnable(&mut program).map_err(refused)?;
    let names = star_aws::Names::new(&args.aws.service, &args.aws.stage)
        .map_err(|error| CommandError::Usage(error.to_string()))?;
    let mut settings = Settings::new(names, found.architecture);
    settings.functions[0].memory = args.memory;
    settings.functions[0].timeout = Duration::from_secs(args.timeout);
    let files = packed::files(args.path.as_deref())?;
    let wanted = Wanted::new(settings, &program, &files, launcher)
        .map_err(|error| CommandError::Usage(error.to_string()))?;
    if args.dry {
        output::print(&dry(&wanted)?)?;
        return Ok(Exit::Passed);
    }
    on_runtime(async {
        let place = Deployed::new(&args.aws).await?;
        let (stack, region) = (place.names.stack(), place.config.region());
        output::note(&format!("deploying `{stack}` to {region}\n"));
        let (change, there) = carry_out(&place.config, &wanted, &mut tell).await?;
        let done = match change {
            Change::Created => "deployed",
            Change::Updated => "updated",
            Change::Unchanged => "nothing to do: it is deployed as it is",
        };
        output::print(&format!(
            "{done}\nfunction {}\nledger   {}\n",
            there.function, there.bucket
        ))?;
        Ok(Exit::Passed)
    })?
}

/// Tells what became of a resource.
pub(super) fn tell(stack: &str, event: &Event) {
    let mut line = format!("  {stack}  {:<20} {}", event.status, event.resource);
    if let Some(reason) = event
        .reason
        .as_deref()
        .filter(|_| event.status.ends_with("FAILED"))
    {
        let _infallible = write!(line, ": {reason}");
    }
    line.push('\n');
    output::note(&line);
}

/// What would be done.
fn dry(wanted: &Wanted) -> Result<String, CommandError> {
    let mut text = String::new();
    for (stack, template) in wanted.templates() {
        let template = serde_json::to_string_pretty(&template)
            .map_err(|error| CommandError::Bug(error.to_string()))?;
        let _infallible = writeln!(text, "# stack {stack}\n{template}");
    }
    let _infallible = writeln!(
        text,
        "# the code, {:.1} MB: {}\n# nothing was touched",
        wanted.package.bytes.len() as f64 / 1e6,
        wanted.code_key(),
    );
    Ok(text)
}

/// This very program.
pub(super) fn own_program() -> Result<Vec<u8>, CommandError> {
    let path = std::env::current_exe().map_err(|source| CommandError::System {
        what: "cannot tell where this program is",
        source,
    })?;
    read(&path)
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|source| {
        CommandError::Usage(format!("cannot read `{}`: {source}", path.display()))
    })
}
