//! How often patterns occur in a folder of log files: a batch, a unit for each file.
//!
//! ```console
//! cargo run -p log-patterns -- run examples/log-patterns/job.yml --workers 4
//! ```

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use regex::bytes::{Regex, RegexSet};
use serde::{Deserialize, Serialize};
use star_core::document::{Diagnostic, Diagnostics, Document, File, Files};
use star_core::reports::{Counter, Figures, Top};
use star_core::shape::Keys;
use star_core::{Facts, Failure, OneUnit, Report, Splittable, UnitTask};

/// The longest line that is read; the rest of a longer one is another line.
const LONGEST_LINE: u64 = 1 << 20;

/// Looks for patterns in the lines of files; those whose names end in `.gz` are unpacked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPatterns {
    /// Which files.
    #[serde(with = "as_files")]
    pub logs: Keys<File>,
    /// What is looked for: names, and regular expressions.
    pub patterns: BTreeMap<String, String>,
}

/// In a job file paths with `*`; in a task a list.
mod as_files {
    use super::{Deserialize, File, Files, Keys, Serialize};

    pub(super) fn serialize<S: serde::Serializer>(
        files: &Keys<File>,
        into: S,
    ) -> Result<S::Ok, S::Error> {
        files.serialize(into)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        from: D,
    ) -> Result<Keys<File>, D::Error> {
        let files = Files::deserialize(from)?;
        Ok(files.iter().cloned().collect())
    }
}

/// How many lines each pattern was found in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Found(BTreeMap<String, u64>);

impl Report for Found {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        for (name, count) in other.0 {
            *self.0.entry(name).or_default() += count;
        }
    }

    fn summarize(&self, _: &Facts) -> Figures {
        let figures = self.0.iter();
        Figures::named(
            figures.map(|(name, count)| (&**name, Figures::new(*count, count.to_string()))),
        )
    }
}

star_core::report! {
    /// What was found.
    pub struct Patterns {
        /// How many lines there were.
        pub lines: Counter,
        /// How many lines each pattern was found in.
        pub found: Found,
        /// The files in which most lines had one of the patterns.
        pub most: Top<5>,
    }
}

impl UnitTask for LogPatterns {
    const KIND: &'static str = "log-patterns";
    const EFFECTS: bool = false;
    type Report = Patterns;

    fn shape(&self) -> &impl Splittable {
        &self.logs
    }

    fn check(&mut self, document: &mut Document) -> Result<(), Diagnostics> {
        let mut faults = Diagnostics::default();
        let place = |key: &str| document.root.get(key).unwrap_or(&document.root);
        let patterns = place("patterns");
        for (name, pattern) in &self.patterns {
            if let Err(error) = Regex::new(pattern) {
                let at = patterns.get(name).unwrap_or(patterns).span;
                faults.push(Diagnostic::error(plain(&error)).at(at, ""));
            }
        }
        let nothing = [
            (self.logs.is_empty(), "logs", "there is no file to look in"),
            (
                self.patterns.is_empty(),
                "patterns",
                "there is nothing to look for",
            ),
        ];
        for (is_so, key, message) in nothing {
            if is_so {
                faults.push(Diagnostic::error(message).at(place(key).span, ""));
            }
        }
        if let (true, Err(error)) = (faults.is_empty(), self.compiled()) {
            faults.push(Diagnostic::error(plain(&error)).at(patterns.span, ""));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    async fn unit(&self, unit: &OneUnit<Patterns>) -> Result<(), Failure> {
        let file = &self.logs[unit.index()];
        let patterns = self
            .compiled()
            .map_err(|error| Failure::new(plain(&error)))?;
        let bytes = unit.file(file).await?;
        let ending = Path::new(file.name()).extension();
        let packed = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
        let (mut lines, mut any) = (0, 0);
        let mut found = vec![0; self.patterns.len()];
        for line in each_line(&bytes, packed) {
            let line = line.map_err(|error| Failure::because(file.name(), &error))?;
            let hits = patterns.matches(&line);
            lines += 1;
            any += u64::from(hits.matched_any());
            hits.iter().for_each(|hit| found[hit] += 1);
        }
        unit.record(|report| {
            report.lines.add(lines);
            for (name, count) in self.patterns.keys().zip(found) {
                *report.found.0.entry(name.clone()).or_default() += count;
            }
            if any > 0 {
                report.most.offer(any, file.name());
            }
        });
        Ok(())
    }
}

impl LogPatterns {
    fn compiled(&self) -> Result<RegexSet, regex::Error> {
        RegexSet::new(self.patterns.values())
    }
}

/// What is wrong with a pattern. Of an error that draws a picture, with lines of its own, what it says below.
fn plain(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or(&text);
    let said = last.strip_prefix("error: ").unwrap_or(last);
    format!("this is no regular expression that can be used: {said}")
}

/// The lines of a file, without their ends.
fn each_line(bytes: &[u8], packed: bool) -> impl Iterator<Item = std::io::Result<Vec<u8>>> + '_ {
    let text: Box<dyn Read> = if packed {
        Box::new(MultiGzDecoder::new(bytes))
    } else {
        Box::new(bytes)
    };
    let mut text = BufReader::new(text);
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        let mut bounded = (&mut text).take(LONGEST_LINE);
        match bounded.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => {
                let ending = line
                    .iter()
                    .rev()
                    .take_while(|byte| matches!(byte, b'\n' | b'\r'));
                line.truncate(line.len() - ending.count());
                Some(Ok(line))
            }
            Err(error) => Some(Err(error)),
        }
    })
}

star_core::register_task!(LogPatterns);
