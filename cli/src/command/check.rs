//! `slsart check`: what there is to say of a job, without running it.

use crate::args::CheckArgs;
use crate::diagnostics;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::job::{self, Examined};
use crate::output;

pub(super) fn check(args: &CheckArgs) -> Result<Exit, CommandError> {
    let Examined {
        job,
        diagnostics,
        sources,
        ..
    } = job::examine(&args.job)?;
    if args.json {
        output::print(&diagnostics::render_json(&diagnostics, &sources))?;
    } else if !diagnostics.is_empty() {
        output::note(&diagnostics::render(
            &diagnostics,
            &sources,
            output::colour(),
        ));
    }
    Ok(if job.is_some() {
        Exit::Passed
    } else {
        Exit::Invalid
    })
}
