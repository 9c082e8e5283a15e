//! The functions that a placeholder may call.

use std::fmt::Write as _;

use star_core::draw::Draws;

/// The names of all helpers.
pub const NAMES: [&str; 2] = ["$randomNumber", "$randomString"];

/// The most letters that `$randomString` makes: more is a mistake, or belongs in a file.
const MAX_LETTERS: i64 = 1 << 20;

/// The largest whole number that JavaScript, and so most that read JSON, knows exactly.
const MAX_NUMBER: i64 = 1 << 53;

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A call, its arguments checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helper {
    /// `$randomNumber(min, max)`: a whole number, both ends included. One draw: `min +` [`below`](Draws::below)`(max - min + 1)`.
    RandomNumber {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// `$randomString(length)`, 10 without an argument: letters `A–Z a–z 0–9`, each of one draw: [`below`](Draws::below)`(62)`.
    RandomString {
        /// How many letters.
        length: u32,
    },
}

/// Why a call can't be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HelperError {
    /// The arguments are wrong.
    #[error("`{name}` takes {takes}")]
    Arguments {
        /// What was called.
        name: &'static str,
        /// What it takes.
        takes: &'static str,
    },
}

impl Helper {
    /// Reads a call; nothing where there is no such helper.
    pub(super) fn parse(name: &str, arguments: &str) -> Option<Result<Self, HelperError>> {
        Some(match name {
            "$randomNumber" => Self::random_number(arguments).ok_or(HelperError::Arguments {
                name: NAMES[0],
                takes: "two whole numbers, the least and the greatest, as in `$randomNumber(1, 100)`",
            }),
            "$randomString" => Self::random_string(arguments).ok_or(HelperError::Arguments {
                name: NAMES[1],
                takes: "a length from 1 to 1048576, or nothing for 10, as in `$randomString(8)`",
            }),
            _ => return None,
        })
    }

    fn random_number(arguments: &str) -> Option<Self> {
        let (min, max) = arguments.split_once(',')?;
        let (min, max) = (whole(min)?, whole(max)?);
        (min <= max).then_some(Self::RandomNumber { min, max })
    }

    fn random_string(arguments: &str) -> Option<Self> {
        if arguments.trim().is_empty() {
            return Some(Self::RandomString { length: 10 });
        }
        let length = whole(arguments).filter(|length| (1..=MAX_LETTERS).contains(length))?;
        Some(Self::RandomString {
            length: u32::try_from(length).ok()?,
        })
    }

    /// Appends the result of a call.
    pub fn write(self, draws: &mut Draws, out: &mut String) {
        match self {
            Self::RandomNumber { min, max } => {
                let span = max.abs_diff(min) + 1;
                let number = min + draws.below(span).cast_signed();
                let _infallible = write!(out, "{number}");
            }
            Self::RandomString { length } => {
                out.extend((0..length).map(|_| char::from(LETTERS[draws.below(62) as usize])));
            }
        }
    }
}

/// A whole number within what JavaScript knows exactly.
fn whole(argument: &str) -> Option<i64> {
    let number: i64 = argument.trim().parse().ok()?;
    (-MAX_NUMBER..=MAX_NUMBER)
        .contains(&number)
        .then_some(number)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn call(name: &str, arguments: &str) -> Vec<String> {
        let helper = Helper::parse(name, arguments).unwrap().unwrap();
        let mut draws = Draws::new(1, 2, 3, 4);
        let once = |_| {
            let mut out = String::new();
            helper.write(&mut draws, &mut out);
            out
        };
        (0..1000).map(once).collect()
    }

    #[test]
    fn random_numbers_include_both_ends() {
        let numbers: HashSet<_> = call("$randomNumber", " 1 , 10 ").into_iter().collect();
        assert_eq!(numbers, (1..=10).map(|number| number.to_string()).collect());
        let signs: HashSet<_> = call("$randomNumber", "-1,0").into_iter().collect();
        assert_eq!(signs, ["-1", "0"].map(str::to_owned).into());
        assert!(
            call("$randomNumber", "-5,-5")
                .iter()
                .all(|number| number == "-5")
        );
        let widest = call("$randomNumber", "-9007199254740992,9007199254740992");
        assert!(
            widest
                .iter()
                .all(|number| number.parse::<i64>().unwrap().abs() <= MAX_NUMBER)
        );
    }

    #[test]
    fn random_strings_have_the_length_asked_for_and_all_letters() {
        assert!(
            call("$randomString", "")
                .iter()
                .all(|text| text.len() == 10)
        );
        let letters: HashSet<_> = call("$randomString", "3").concat().bytes().collect();
        assert_eq!(letters, LETTERS.iter().copied().collect());
    }

    #[test]
    fn wrong_calls_say_what_would_be_right() {
        for (name, arguments) in [
            ("$randomNumber", ""),
            ("$randomNumber", "1"),
            ("$randomNumber", "1,2,3"),
            ("$randomNumber", "2,1"),
            ("$randomNumber", "a,b"),
            ("$randomNumber", "0.5,1"),
            ("$randomNumber", "0,9007199254740993"),
            ("$randomString", "0"),
            ("$randomString", "-1"),
            ("$randomString", "1048577"),
            ("$randomString", "x"),
        ] {
            let error = Helper::parse(name, arguments).unwrap().unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("`{name}` takes ")),
                "{arguments}"
            );
        }
        assert_eq!(Helper::parse("$randomInt", "1,2"), None);
    }
}
