//! `slsart deploy`: puts this program on AWS Lambda.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use star_aws::assets::Place;
use star_aws::deploy::{Wanted, deploy as carry_out, find, id_of, runnable};
use star_aws::elf::NotRunnable;
use star_aws::function::environment_of;
use star_aws::mark;
use star_aws::package::PackedFile;
use star_aws::stack::{Change, Event, Settings};
use star_aws::{AwsError, Lambda};

use super::assets;
use super::going_on::{Harm, may_harm};
use super::packed::{self, Said};
use super::place::Deployed;
use crate::args::DeployArgs;
use crate::command::on_runtime;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::{hint, output};

/// How one gets a program that functions can run.
const HELP: &str = "docs/aws.md shows how to build one that fits; `--worker FILE` deploys it";

/// How one gets a worker that is of this program.
const SAME: &str = "build this program from the same source for the function's processor, as docs/aws.md shows, and name that";

pub(in crate::command) fn deploy(args: &DeployArgs) -> Result<Exit, CommandError> {
    let (place, wanted) = wanted(args)?;
    if args.dry {
        output::print(&dry(&wanted)?)?;
        return Ok(Exit::Passed);
    }
    on_runtime(async {
        let place = Deployed::at(place, &args.aws).await?;
        let (stack, region) = (place.names.stack(), place.config.region());
        let there = find(&place.config, &place.names).await?;
        if let Some(there) = &there {
            let function = Lambda::new(&place.config, &there.function);
            // What else there is to say of it, a stack's events say better.
            if let Err(gone @ AwsError::NoFunction { .. }) = function.configured().await {
                return Err(place.refused(&gone));
            }
        }
        // Behind the program's there is the stack's.
        if there.is_some_and(|there| !there.id.starts_with(&wanted.id)) {
            may_harm(&place, Harm::Replace, args.yes).await?;
        }
        output::note(&format!("deploying `{stack}` to {region}\n"));
        output::verbose(&format!(
            "the code is {:.1} MB, and goes to `{}` in the bucket of `{}`",
            wanted.package.bytes.len() as f64 / 1e6,
            wanted.code_key(),
            place.names.ledger_stack(),
        ));
        let done = carry_out(&place.config, &wanted, &mut tell).await;
        let (change, there) = done.map_err(|why| CommandError::undeployed(&why, &place.hint))?;
        let done = match change {
            Change::Created => "deployed",
            Change::Updated => "updated",
            Change::Unchanged if wanted.force => {
                "the code was sent again; nothing else had changed"
            }
            Change::Unchanged => "nothing to do: it is deployed as it is",
        };
        output::print(&format!(
            "{done}\nfunction {}\nledger   {}\n",
            there.function, there.bucket
        ))?;
        Ok(Exit::Passed)
    })?
}

/// What is to be deployed: what `serverless.yml` says, and what was typed, which wins.
fn wanted(args: &DeployArgs) -> Result<(Place, Wanted), CommandError> {
    let own = own_program()?;
    let launcher = id_of(&own);
    let (mut program, path) = match &args.worker {
        Some(path) => (read(path)?, format!("`{}`", path.display())),
        None => (own, "this program".to_owned()),
    };
    let refused = |why: NotRunnable| {
        CommandError::Usage(format!("{path} cannot run as a function: {why} ({HELP})"))
    };
    let found = runnable(&mut program).map_err(refused)?;
    if args.worker.is_some() {
        mark::check(&program).map_err(|why| {
            CommandError::Usage(format!(
                "{path} cannot be the worker of this program: {why} ({SAME})"
            ))
        })?;
    }
    output::verbose(&format!("{path} is for {}", found.architecture));
    let (place, assets, file) = assets::chosen(&args.aws)?;
    let settings = assets.settings(place.names.clone(), found.architecture);
    let (region, folder) = (
        place.region.as_deref(),
        file.as_ref()
            .map_or_else(PathBuf::new, |file| file.folder().to_owned()),
    );
    let environment = environment_of(&assets.environment, region);
    let (settings, mut said) = match file {
        Some(file) => {
            output::verbose(&format!("`{}` says what is deployed", file.name()));
            let settings = match settings {
                Ok(settings) => typed_over(settings, args),
                Err(fault) => return Err(file.wrong(&fault.into())),
            };
            let said = match settings.functions.first() {
                Some(function) => packed::said(&assets, file, function, &environment)?,
                None => Said::default(),
            };
            (settings, said)
        }
        // Only a file can want another processor.
        None => (
            typed_over(
                settings.map_err(|fault| CommandError::Bug(fault.message))?,
                args,
            ),
            Said::default(),
        ),
    };
    let typed = packed::files(args.path.as_deref(), &folder, &environment, &said)?;
    if let Some(script) = &args.path {
        said.take_in(script, typed)?;
    } else {
        // A script that happens to be here does not take the place of what the file names.
        for (name, bytes) in typed {
            said.files.entry(name).or_insert(bytes);
        }
    }
    let files: Vec<_> = said
        .files
        .into_iter()
        .map(|(name, bytes)| PackedFile { name, bytes })
        .collect();
    let wanted = Wanted::new(settings, &program, &files, launcher)
        .map_err(|error| CommandError::Usage(error.to_string()))?;
    wanted
        .check()
        .map_err(|error| CommandError::Usage(error.to_string()))?;
    let force = args.force;
    Ok((place, Wanted { force, ..wanted }))
}

/// What was typed wins over what the file says.
fn typed_over(mut settings: Settings, args: &DeployArgs) -> Settings {
    settings.program = hint::other_name();
    for function in &mut settings.functions {
        function.memory = args.memory.unwrap_or(function.memory);
        let timeout = args
            .timeout
            .map(|seconds| Duration::from_secs(seconds.into()));
        function.timeout = timeout.unwrap_or(function.timeout);
    }
    settings
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

/// What would be done. Values of variables of the environment are not shown.
fn dry(wanted: &Wanted) -> Result<String, CommandError> {
    let mut text = String::new();
    let mut covered = wanted.clone();
    let functions = covered.settings.functions.iter_mut();
    let values: Vec<_> = functions
        .flat_map(|function| function.environment.values_mut())
        .collect();
    let secret = !values.is_empty();
    for value in values {
        "****".clone_into(value);
    }
    for (stack, template) in covered.templates() {
        let template = serde_json::to_string_pretty(&template)
            .map_err(|error| CommandError::Bug(error.to_string()))?;
        let _infallible = writeln!(text, "# stack {stack}\n{template}");
    }
    if secret {
        text.push_str("# values of variables of the environment are deployed as they are, and shown as ****\n");
    }
    let _infallible = writeln!(
        text,
        "# the code, {:.1} MB: {}",
        wanted.package.bytes.len() as f64 / 1e6,
        wanted.code_key(),
    );
    let _infallible = writeln!(text, "# in it: {}", wanted.package.names.join(", "));
    text.push_str("# nothing was touched\n");
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
