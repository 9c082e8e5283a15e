//! `slsart runs`: the runs that a ledger has.

use std::fmt::Write as _;

use futures_util::StreamExt as _;
use futures_util::stream::iter;
use serde::Serialize;
use star_core::ledger::Manifest;
use star_core::{RunId, Time};

use super::on_runtime;
use super::site::Site;
use crate::args::ListArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, instant, state};

/// So many are looked at at once.
const AT_ONCE: usize = 32;

/// A run of the list.
#[derive(Debug, Serialize)]
struct Line {
    run: RunId,
    /// When it was launched; none where that can't be read.
    launched: Option<String>,
    kind: Option<String>,
    state: String,
}

pub(super) fn runs(args: &ListArgs) -> Result<Exit, CommandError> {
    let (place, lines) = on_runtime(async {
        let site = Site::of(&args.runs, &args.place).await?;
        let newest = newest(&site, args.last.get()).await?;
        let lines = iter(newest).map(|found| line(&site, found));
        let lines: Vec<_> = lines.buffered(AT_ONCE).collect().await;
        Ok::<_, CommandError>((site.name, lines))
    })??;
    if args.json {
        let text = serde_json::to_string_pretty(&lines);
        let text = text.map_err(|error| CommandError::Bug(error.to_string()))?;
        output::print(&format!("{text}\n"))?;
    } else if lines.is_empty() {
        output::note(&format!("there are no runs in {place}\n"));
    } else {
        output::print(&table(&lines))?;
    }
    Ok(Exit::Passed)
}

/// What there is of a run: what it was launched with, or why that can't be read.
type Found = (RunId, Result<Manifest, String>);

/// So many runs, those that were launched last first.
async fn newest(site: &Site, most: usize) -> Result<Vec<Found>, CommandError> {
    let runs = iter(site.runs().await?).map(|run| async {
        let manifest = match site.book(&run).manifest().await {
            Ok(Some(manifest)) => Ok(manifest),
            // Its files were written, and its manifest not yet, or never.
            Ok(None) => return None,
            Err(error) => Err(error.why),
        };
        Some((run, manifest))
    });
    let found = runs.buffer_unordered(AT_ONCE);
    let mut found: Vec<Found> = found.filter_map(std::future::ready).collect().await;
    let launched = |(_, manifest): &Found| manifest.as_ref().ok().map(|it| it.launched);
    found.sort_by(|a, b| (launched(b), &b.0).cmp(&(launched(a), &a.0)));
    found.truncate(most);
    Ok(found)
}

async fn line(site: &Site, (run, manifest): Found) -> Line {
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(why) => {
            return Line {
                run,
                launched: None,
                kind: None,
                state: format!("cannot be read: {why}"),
            };
        }
    };
    let launched: Time = manifest.launched;
    let state = match site.read(&run).await {
        Err(error) => format!("cannot be read: {error}"),
        Ok(there) => match site.look(&there).await {
            Err(error) => format!("cannot be read: {error}"),
            Ok(outcome) => state(&outcome).to_owned(),
        },
    };
    Line {
        run,
        launched: Some(instant(launched)),
        kind: Some(manifest.kind),
        state,
    }
}

/// The list as people read it.
fn table(lines: &[Line]) -> String {
    let widest = |of: fn(&Line) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let run = widest(|line| line.run.as_str().len());
    let kind = widest(|line| line.kind.as_ref().map_or(0, String::len));
    lines.iter().fold(String::new(), |mut text, line| {
        let launched = line.launched.as_deref().unwrap_or_default();
        let of_kind = line.kind.as_deref().unwrap_or_default();
        let name = line.run.as_str();
        let _infallible = writeln!(
            text,
            "{name:<run$}  {launched:<20}  {of_kind:<kind$}  {}",
            line.state
        );
        text
    })
}
