//! Splits off a report what is over, time and again while it grows.

use crate::context::Context;
use crate::failure::Failure;
use crate::report::{Measured, Report};
use crate::slice::Slice;
use crate::split::Extent;

/// Whether something is split off reports while slices are executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Splits {
    /// All of a report stays in one piece.
    Never,
    /// At several instants.
    Often,
}

/// At how many instants while a timed slice has units due; once more when all is done.
const TIMES: u32 = 8;

/// What was split off a report, and how that went.
pub(super) struct Splitting<'c, R: Report> {
    cx: &'c Context<R>,
    parts: Vec<R>,
    /// The first time that a part and what was left were not the same report: how they differed.
    unlike: Option<String>,
}

impl<'c, R: Report> Splitting<'c, R> {
    pub(super) fn of(cx: &'c Context<R>) -> Self {
        Self {
            cx,
            parts: Vec::new(),
            unlike: None,
        }
    }

    /// Splits off what is over while the work is done, and when it is.
    pub(super) async fn during(
        &mut self,
        work: impl Future<Output = Result<(), Failure>>,
        extent: Extent,
        slice: &Slice,
    ) -> Result<(), Failure> {
        let done = {
            let beside = async {
                if let Extent::Timed(length) = extent {
                    let (from, to) = (slice.window.from(), slice.window.to().min(length));
                    for time in 1..=TIMES {
                        let at = from + to.saturating_sub(from) / TIMES * time;
                        let at = self.cx.zero() + at;
                        self.cx.sleep(at.since(self.cx.time())).await;
                        self.split();
                    }
                }
                std::future::pending().await
            };
            tokio::select! {
                biased;
                done = work => done,
                done = beside => done,
            }
        };
        self.split();
        done
    }

    /// Splits off what there is. Where a report only says that there is nothing, and changes all the same, its counts tell in the end.
    fn split(&mut self) {
        let whole = self.cx.record(|report| {
            report.catch_up();
            report.clone()
        });
        let Some(part) = self.cx.record(R::split_off) else {
            return;
        };
        let left = self.cx.record(|report| report.clone());
        for together in [merged(left.clone(), &part), merged(part.clone(), &left)] {
            if let Err(seen) = alike(&whole, &together) {
                self.unlike.get_or_insert(seen);
            }
        }
        self.parts.push(part);
    }

    /// All that was measured, put together again; and how a part and what was left once differed from the whole.
    pub(super) fn end(self) -> (Measured<R>, Option<String>) {
        let mut measured = self.cx.measured();
        // The last part first: the order makes no difference.
        for part in self.parts.into_iter().rev() {
            measured.report.merge(part);
        }
        (measured, self.unlike)
    }
}

fn merged<R: Report>(mut one: R, other: &R) -> R {
    one.merge(other.clone());
    one
}

/// Whether two reports are the same, by wire bytes and in what they count.
fn alike<R: Report>(whole: &R, together: &R) -> Result<(), String> {
    let bytes =
        |report: &R| serde_json::to_string(report).unwrap_or_else(|error| error.to_string());
    let counts = |report: &R| report.counts().to_string();
    for show in [bytes as fn(&R) -> String, counts] {
        let (one, other) = (show(whole), show(together));
        if one != other {
            return Err(format!(
                "a report, and what was split off merged with what was left:\n    {one}\n    {other}"
            ));
        }
    }
    Ok(())
}
