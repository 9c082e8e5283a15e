//! `slsart watch`: follows a run that was launched elsewhere.

use super::on_runtime;
use super::report::tell_all;
use super::site::Site;
use crate::args::ReportArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(super) fn watch(args: &ReportArgs) -> Result<Exit, CommandError> {
    let junit = args.out.junit()?;
    let watched = on_runtime(async {
        let site = Site::of(&args.runs, &args.place).await?;
        let run = site.read(&args.run).await?;
        let file = args.out.report(run.task.formats())?;
        tokio::select! {
            outcome = site.follow(&run) => Ok(Some((file, outcome?))),
            _ = tokio::signal::ctrl_c() => {
                output::note(&format!("\nthe run `{}` goes on\n", args.run));
                Ok::<_, CommandError>(None)
            }
        }
    })??;
    match watched {
        Some((file, outcome)) => tell_all(file.as_ref(), junit.as_ref(), &outcome),
        None => Ok(Exit::Interrupted),
    }
}
