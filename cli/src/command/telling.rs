//! Who is told what a run came to: files, and people.

use star_core::AnyOutcome;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, JunitFile, ReportFile};

/// Where a run is told of.
#[derive(Debug)]
pub(super) struct Telling<'a> {
    reports: Vec<&'a ReportFile>,
    junit: Option<&'a JunitFile>,
    readable: bool,
}

impl<'a> Telling<'a> {
    /// In these files, and in a text where none of them takes up the standard output.
    pub(super) fn of(
        reports: impl IntoIterator<Item = &'a ReportFile>,
        junit: Option<&'a JunitFile>,
    ) -> Self {
        let reports: Vec<_> = reports.into_iter().collect();
        let to_stdout = reports.iter().any(|report| report.to_stdout())
            || junit.is_some_and(JunitFile::to_stdout);
        Self {
            reports,
            junit,
            readable: !to_stdout,
        }
    }

    /// Without a text where it is to be quiet.
    pub(super) fn quiet(mut self, quiet: bool) -> Self {
        self.readable &= !quiet;
        self
    }

    /// Whether there is a text.
    pub(super) fn is_readable(&self) -> bool {
        self.readable
    }

    /// Tells of a run that ends like this. Where a file cannot be written that is said, and only a run that has passed ends otherwise for
    /// it: what the run is worth is never lost.
    pub(super) fn tell(&self, outcome: &AnyOutcome, exit: Exit) -> Exit {
        let reports = self.reports.iter().map(|report| report.write(outcome));
        let junit = self.junit.map(|junit| junit.write(outcome, exit));
        let mut refused: Vec<_> = reports.chain(junit).filter_map(Result::err).collect();
        refused.extend(self.say(outcome, exit).err());
        let code = refused.first().map(CommandError::exit);
        for refusal in refused {
            output::note(&format!("error: {refusal}\n"));
        }
        match (exit, code) {
            (Exit::Passed, Some(code)) => code,
            _ => exit,
        }
    }

    /// Tells people.
    fn say(&self, outcome: &AnyOutcome, exit: Exit) -> Result<(), CommandError> {
        if let Some(why) = outcome.facts.never_began() {
            let error = CommandError::NeverBegan(why.clone(), exit);
            output::note(&format!("error: {error}\n"));
            return Ok(());
        }
        if self.readable {
            return output::print(&output::text(outcome, output::width()));
        }
        output::note(&output::briefly(outcome, exit));
        Ok(())
    }
}
