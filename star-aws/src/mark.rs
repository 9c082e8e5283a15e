//! By what a program is known that can be a worker: it has a mark in it, which says of which version it is. So a file can be told from
//! any other program without being run, which it can't be where it is for another processor.

use std::fmt;

use star_core::wire::VERSION;

/// What every mark begins with.
const BEGIN: &str = "serverless-star worker ";

/// What stands between the versions of the program and of its envelopes.
const BETWEEN: &str = ", envelopes ";

/// What every mark ends with.
const END: char = ';';

/// The version of this program.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

const LENGTH: usize = BEGIN.len() + PROGRAM.len() + BETWEEN.len() + 4;

/// The mark of this program, as `serverless-star worker 0.1.0, envelopes 005;`.
static OWN: [u8; LENGTH] = own();

const fn own() -> [u8; LENGTH] {
    const {
        assert!(VERSION < 1000, "three digits are enough for all versions");
    }
    let digits = [
        b'0' + (VERSION / 100) as u8,
        b'0' + (VERSION / 10 % 10) as u8,
        b'0' + (VERSION % 10) as u8,
        END as u8,
    ];
    let parts = [
        BEGIN.as_bytes(),
        PROGRAM.as_bytes(),
        BETWEEN.as_bytes(),
        &digits,
    ];
    let (mut mark, mut at, mut part) = ([0; LENGTH], 0, 0);
    while part < parts.len() {
        let mut byte = 0;
        while byte < parts[part].len() {
            mark[at] = parts[part][byte];
            (at, byte) = (at + 1, byte + 1);
        }
        part += 1;
    }
    mark
}

/// Keeps the mark in this program, whatever a linker would do without. Whoever serves as a function calls it.
pub(crate) fn keep() {
    std::hint::black_box(&OWN);
}

/// Of which version a program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The program's.
    pub program: String,
    /// That of the envelopes which its workers take.
    pub envelopes: u32,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (envelopes of version {})",
            self.program, self.envelopes
        )
    }
}

/// Why a program cannot be a worker of this one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoWorker {
    /// It has no mark.
    #[error("it is a program, but none that can be a worker: slsart is not in it")]
    Unmarked,
    /// It is another version.
    #[error("it is of version {0}, and this program is of version {own}", own = Mark::own())]
    Other(Mark),
}

impl Mark {
    /// That of this program.
    pub fn own() -> Self {
        Self {
            program: PROGRAM.to_owned(),
            envelopes: VERSION,
        }
    }

    /// The marks that a program has in it. That is one, unless a text of its own reads like another.
    fn all(program: &[u8]) -> impl Iterator<Item = Self> {
        let mut rest = program;
        std::iter::from_fn(move || {
            let at = find(rest, BEGIN.as_bytes())?;
            rest = &rest[at + BEGIN.len()..];
            Some(rest)
        })
        .filter_map(Self::read)
    }

    /// What stands behind the beginning of a mark; none where it is none, as in code that looks for marks: there anything can stand
    /// behind it, since a linker puts texts together as it likes.
    fn read(bytes: &[u8]) -> Option<Self> {
        const LONGEST: usize = 80;
        let text = bytes.get(..LONGEST.min(bytes.len()))?;
        let end = text.iter().position(|byte| *byte == END as u8)?;
        let text = std::str::from_utf8(text.get(..end)?).ok()?;
        let (program, envelopes) = text.split_once(BETWEEN)?;
        let is_version = program.starts_with(|first: char| first.is_ascii_digit())
            && program
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte));
        is_version.then_some(Self {
            program: program.to_owned(),
            envelopes: envelopes.parse().ok()?,
        })
    }
}

/// Whether a program can be a worker of this one: it is of the same version.
///
/// # Errors
/// Why not.
pub fn check(program: &[u8]) -> Result<(), NoWorker> {
    let mut other = None;
    for mark in Mark::all(program) {
        if mark == Mark::own() {
            return Ok(());
        }
        other.get_or_insert(mark);
    }
    Err(other.map_or(NoWorker::Unmarked, NoWorker::Other))
}

/// Where one text is in another first, after Horspool: programs are large.
fn find(text: &[u8], sought: &[u8]) -> Option<usize> {
    let last = sought.len().checked_sub(1)?;
    let mut skips = [sought.len(); 256];
    for (at, byte) in sought.iter().enumerate().take(last) {
        skips[usize::from(*byte)] = last - at;
    }
    let mut at = 0;
    while let Some(window) = text.get(at..at + sought.len()) {
        if window == sought {
            return Some(at);
        }
        at += skips[usize::from(window[last])];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_of_which_version_a_program_is_and_how_to_look_for_it_is_none() {
        keep();
        let text = std::str::from_utf8(&OWN).unwrap();
        assert_eq!(
            text,
            format!("serverless-star worker {PROGRAM}, envelopes {VERSION:03};")
        );
        let before = [&b"\x7fELF "[..], BEGIN.as_bytes(), b"\0 more; "].concat();
        assert_eq!(check(&before), Err(NoWorker::Unmarked));
        assert_eq!(check(&[&before[..], &OWN, b"\0\0"].concat()), Ok(()));
        let older = [&before[..], b"serverless-star worker 0.0.9, envelopes 003;"].concat();
        assert_eq!(
            check(&older).unwrap_err().to_string(),
            format!(
                "it is of version 0.0.9 (envelopes of version 3), and this program is of version {PROGRAM} (envelopes of version {VERSION})"
            )
        );
        assert_eq!(check(&[&older[..], &OWN].concat()), Ok(()));
        for cut in [&b""[..], &OWN[..10], &OWN[..LENGTH - 1]] {
            assert_eq!(check(cut), Err(NoWorker::Unmarked));
        }
    }

    #[test]
    fn texts_that_a_linker_puts_together_are_no_mark() {
        let mark = b"serverless-star worker 0.0.9, envelopes 003;";
        for between in ["\0\0", "serverless-star worker ", " ", "of "] {
            let joined = [BEGIN.as_bytes(), between.as_bytes(), mark].concat();
            let Err(NoWorker::Other(found)) = check(&joined) else {
                panic!("{between:?}");
            };
            assert_eq!(found.program, "0.0.9", "{between:?}");
        }
        for no_version in ["", "x", "\0 1.0.0", "1.0 0"] {
            let text = [BEGIN, no_version, BETWEEN, "003;"].concat();
            assert_eq!(check(text.as_bytes()), Err(NoWorker::Unmarked), "{text}");
        }
    }

    #[test]
    fn what_is_sought_is_found_where_it_is_first() {
        for (text, sought, at) in [
            ("abcabd", "abd", Some(3)),
            ("aaab", "ab", Some(2)),
            ("abab", "ab", Some(0)),
            ("abc", "abcd", None),
            ("abc", "x", None),
            ("", "a", None),
        ] {
            assert_eq!(find(text.as_bytes(), sought.as_bytes()), at, "{text}");
        }
    }

    #[test]
    fn this_very_program_has_the_mark() {
        keep();
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(check(&program), Ok(()));
    }
}
