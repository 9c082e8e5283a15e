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
