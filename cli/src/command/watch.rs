//! `slsart watch`: follows a run that was launched elsewhere.

use star_core::AnyOutcome;

use super::on_runtime;
use super::site::Site;
use super::telling::Telling;
use crate::args::ReportArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, JunitFile, ReportFile};

pub(super) fn watch(args: &ReportArgs) -> Result<Exit, CommandError> {
    args.out.keep_apart()?;
    let watched = args.out.or_tell(|| watched(args))?;
    let Some((file, junit, outcome)) = watched else {
        let goes_on = format!("the run `{}` goes on", args.run);
        output::note(&format!("\n{goes_on}\n"));
        args.out.tell_undone(&goes_on);
        return Ok(Exit::Interrupted);
    };
    let exit = Exit::of(&outcome);
    Ok(Telling::of(file.as_ref(), junit.as_ref()).tell(&outcome, exit))
}

type Watched = (Option<ReportFile>, Option<JunitFile>, AnyOutcome);

/// What the run came to; nothing where it was not waited for.
fn watched(args: &ReportArgs) -> Result<Option<Watched>, CommandError> {
    let junit = args.out.junit()?;
    on_runtime(async {
        let site = Site::of(&args.runs, &args.place).await?;
        let run = site.read(&args.run).await?;
        let file = args.out.report(run.task.formats())?;
        tokio::select! {
            outcome = site.follow(&run) => Ok(Some((file, junit, outcome?))),
            _ = tokio::signal::ctrl_c() => Ok::<_, CommandError>(None),
        }
    })?
}
