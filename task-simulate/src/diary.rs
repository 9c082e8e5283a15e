//! The report of a stand-in: it measures nothing, or keeps a diary that is so long-winded that it is told in parts.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::mem;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use star_core::{Context, Facts, Report};

/// How often a page is written.
const PAUSE: Duration = Duration::from_secs(5);

/// How many bytes a page has.
const LENGTH: usize = 70_000;

/// What a stand-in's worker wrote: how many had a page of each number. Empty unless that is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Diary {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pages: BTreeMap<u32, Page>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Page {
    writers: u64,
    text: String,
}

impl Report for Diary {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        for (number, page) in other.pages {
            let known = self.pages.entry(number).or_default();
            known.writers += page.writers;
            known.text = page.text;
        }
    }

    fn split_off(&mut self) -> Option<Self> {
        let last = *self.pages.last_key_value()?.0;
        let left = self.pages.split_off(&last);
        let pages = mem::replace(&mut self.pages, left);
        (!pages.is_empty()).then_some(Self { pages })
    }

    fn summarize(&self, facts: &Facts) -> String {
        let tally = facts.tally;
        format!(
            "planned {}, started {}, skipped {}, missed {}, cancelled {}, lost {}",
            facts.planned, tally.started, tally.skipped, tally.missed, tally.cancelled, facts.lost
        )
    }

    /// How many pages there are.
    fn counts(&self) -> Value {
        let pages = self.pages.values().map(|page| page.writers);
        pages.sum::<u64>().into()
    }
}

/// Writes page after page, and says so of each.
pub(crate) async fn keep(cx: &Context<Diary>, mut written: impl FnMut()) -> Infallible {
    for number in 0.. {
        cx.record(|diary| {
            let page = Page {
                writers: 1,
                text: "-".repeat(LENGTH),
            };
            diary.merge(Diary {
                pages: BTreeMap::from([(number, page)]),
            });
        });
        written();
        cx.sleep(PAUSE).await;
    }
    std::future::pending().await
}
