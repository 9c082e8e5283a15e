//! Runs that are going on, where the function is about to be taken from them.

use std::io::IsTerminal as _;

use futures_util::StreamExt as _;
use futures_util::stream::iter;
use star_core::RunId;

use super::place::Deployed;
use crate::command::site::Site;
use crate::error::CommandError;
use crate::output::{self, counted};

/// So many are looked at at once.
const AT_ONCE: usize = 64;

/// So many are told by their names.
const TOLD: usize = 5;

/// What is about to be done to a deployment.
#[derive(Clone, Copy, Debug)]
pub(super) enum Harm {
    /// Its function is removed.
    Remove,
    /// Its function becomes that of another program.
    Replace,
}

/// Says which runs are going on that would come to less than they were to. Nothing is done unless that is wanted: somebody at a terminal is
/// asked, and nobody is where there is none.
pub(super) async fn may_harm(
    place: &Deployed,
    harm: Harm,
    wanted: bool,
) -> Result<(), CommandError> {
    let runs = match going_on(place).await {
        Ok(runs) => runs,
        Err(error) => {
            output::note(&format!(
                "which runs are going on is not known, and none is waited for: {error}\n"
            ));
            return Ok(());
        }
    };
    if runs.is_empty() {
        return Ok(());
    }
    let told = told(&runs);
    let (does, asks) = match harm {
        Harm::Remove => ("removing the function", "remove it all the same"),
        Harm::Replace => ("deploying another program", "deploy it all the same"),
    };
    output::note(&format!("{told}: {does} takes their functions from them\n"));
    let somebody = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if wanted || somebody && agrees(asks) {
        return Ok(());
    }
    let hint = place.hint.clone().of_runs();
    let stop = hint.command(&["stop", runs[0].as_str()]);
    Err(CommandError::GoingOn(format!(
        "nothing was done, since {told}: `{stop}` stops it, `{}` all runs, and `--yes` does it all the same",
        place.hint.command(&["kill"])
    )))
}

/// Their number, and the names of some.
fn told(runs: &[RunId]) -> String {
    let are = if runs.len() == 1 { "is" } else { "are" };
    let names = runs.iter().take(TOLD).map(|run| format!("`{run}`"));
    let names: Vec<_> = names.collect();
    let more = match runs.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "{} {are} going on, {}{more}",
        counted(runs.len() as u64, "run"),
        names.join(", ")
    )
}

/// Asks somebody; what is no yes is a no.
fn agrees(asks: &str) -> bool {
    output::note(&format!("{asks} (y), or not (n)? "));
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).is_ok();
    read && ["y", "yes"].contains(&line.trim().to_lowercase().as_str())
}

/// Those that have not come to their end, by name.
async fn going_on(place: &Deployed) -> Result<Vec<RunId>, CommandError> {
    let site = Site::on_aws(place).await?;
    let looked = iter(site.runs().await?).map(|run| async {
        let is_open = matches!(site.book(&run).is_closed().await, Ok(false));
        if !is_open {
            return None;
        }
        // One that cannot be read is none that could be waited for.
        let there = site.read(&run).await.ok()?;
        let outcome = site.look(&there).await.ok()?;
        (!outcome.facts.settled).then_some(run)
    });
    let looked = looked.buffer_unordered(AT_ONCE);
    let mut runs: Vec<RunId> = looked.filter_map(std::future::ready).collect().await;
    runs.sort();
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_told_by_name_and_many_by_their_number() {
        let runs: Vec<RunId> = (0..7).map(|n| format!("r{n}").parse().unwrap()).collect();
        assert_eq!(told(&runs[..1]), "1 run is going on, `r0`");
        assert_eq!(
            told(&runs),
            "7 runs are going on, `r0`, `r1`, `r2`, `r3`, `r4` and 2 more"
        );
    }
}
