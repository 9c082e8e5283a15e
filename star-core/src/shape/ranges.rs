//! Files, in stretches.

use std::ops;

use serde::{Deserialize, Serialize};

use crate::document::{File, Files};

/// The length of a stretch where none is said: a mebibyte.
const PART: u64 = 1 << 20;

/// Files in stretches of bytes, a unit for each, without instants: those of the first file, then those of the second, and so on. A
/// file without bytes has one stretch without bytes.
///
/// In a job file `files: { paths: ["a.log", "b/*.log"], part: 1048576 }`: the files travel beside the task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Ranges {
    files: Files,
    part: u64,
    /// Behind the last unit of each file.
    ends: Vec<u64>,
}

/// A stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range<'f> {
    /// The file.
    pub file: &'f File,
    /// Which bytes.
    pub bytes: ops::Range<u64>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    paths: Files,
    #[serde(default = "part")]
    part: u64,
}

fn part() -> u64 {
    PART
}

impl Range<'_> {
    /// The lines that begin in this stretch, of the bytes of the whole file, without their ends: each line of a file begins in exactly one of its
    /// stretches.
    pub fn lines<'b>(&self, file: &'b [u8]) -> impl Iterator<Item = &'b [u8]> + use<'b> {
        let (from, to) = (self.bytes.start as usize, self.bytes.end as usize);
        // A line begins at the file's start, and behind each line's end.
        let first = match from {
            0 => Some(0),
            from => next_line(file, from - 1),
        };
        let starts = std::iter::successors(first, move |at| next_line(file, *at));
        let within = starts.take_while(move |at| *at < to.min(file.len()));
        within.map(move |at| {
            let line = &file[at..];
            let end = line.iter().position(|byte| *byte == b'\n');
            let line = &line[..end.unwrap_or(line.len())];
            line.strip_suffix(b"\r").unwrap_or(line)
        })
    }
}

/// Where the line behind the next end of a line begins.
fn next_line(file: &[u8], from: usize) -> Option<usize> {
    let end = file.get(from..)?.iter().position(|byte| *byte == b'\n')?;
    Some(from + end + 1)
}

impl Ranges {
    /// Files in stretches of so many bytes; of at least one.
    pub fn new(files: Files, part: u64) -> Self {
        let part = part.max(1);
        let ends = files.iter().scan(0_u64, |end, file| {
            *end += file.bytes().div_ceil(part).max(1);
            Some(*end)
        });
        Self {
            ends: ends.collect(),
            files,
            part,
        }
    }

    /// How many stretches.
    pub fn len(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The stretch that a unit is; none where there is no such unit.
    pub fn get(&self, unit: u64) -> Option<Range<'_>> {
        let at = self.ends.partition_point(|end| *end <= unit);
        let file = self.files.get(at)?;
        let before = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let from = (unit - before) * self.part;
        Some(Range {
            file,
            bytes: from..file.bytes().min(from + self.part),
        })
    }
}

impl TryFrom<Written> for Ranges {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        if written.part == 0 {
            return Err("`part` is how many bytes a stretch has: at least 1");
        }
        Ok(Self::new(written.paths, written.part))
    }
}

impl From<Ranges> for Written {
    fn from(ranges: Ranges) -> Self {
        Self {
            paths: ranges.files,
            part: ranges.part,
        }
    }
}

super::as_batch!(Ranges,);
