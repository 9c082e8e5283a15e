//! The table.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Between these marks, in a file, is a table that can be written anew.
const MARKS: [&str; 2] = ["<!-- table -->\n", "<!-- end of table -->\n"];

/// One row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// What was done.
    pub(crate) work: String,
    /// What `slsart` took.
    pub(crate) ours: String,
    /// What the other took, with its name.
    pub(crate) theirs: String,
    /// The one by the other, or what else is to be compared with the goal.
    pub(crate) ratio: String,
    /// The goal.
    pub(crate) goal: String,
    /// Whether it was reached, if that can be said.
    pub(crate) held: Option<bool>,
    /// The share of the machine that others had.
    pub(crate) others: f64,
}

/// All rows, and a text below them.
pub(crate) fn table(lines: &[Line], below: &str) -> String {
    let mut text = "| work | `slsart` | other | ratio | goal | reached | others had |\n".to_owned();
    text.push_str("|---|---|---|---|---|---|---|\n");
    for line in lines {
        let Line {
            work,
            ours,
            theirs,
            ratio,
            goal,
            ..
        } = line;
        let held = match line.held {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        let others = line.others * 100.0;
        let _infallible = writeln!(
            text,
            "| {work} | {ours} | {theirs} | {ratio} | {goal} | {held} | {others:.0} % |"
        );
    }
    text + "\n" + below + "\n"
}

/// Puts the table between the marks in a file.
pub(crate) fn write(path: &Path, table: &str) -> io::Result<()> {
    let text = fs::read_to_string(path)?;
    let without = || {
        io::Error::other(format!(
            "{} has no line `{}`",
            path.display(),
            MARKS[0].trim()
        ))
    };
    let replaced = replaced(&text, table).ok_or_else(without)?;
    fs::write(path, replaced)
}

fn replaced(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKS[0])?;
    let (_, after) = rest.split_once(MARKS[1])?;
    Some([before, MARKS[0], table, MARKS[1], after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let text = "a\n<!-- table -->\nold\n<!-- end of table -->\nb\n";
        let new = "a\n<!-- table -->\nnew\n<!-- end of table -->\nb\n";
        assert_eq!(replaced(text, "new\n").as_deref(), Some(new));
        assert_eq!(replaced("a\n", "new\n"), None);
    }

    #[test]
    fn a_table_says_what_was_reached_and_where() {
        let line = Line {
            work: "w".into(),
            held: Some(false),
            others: 0.031,
            ..Line::default()
        };
        let text = table(&[line], "Two cores.");
        assert!(
            text.contains("| w |  |  |  |  | **no** | 3 % |\n"),
            "{text}"
        );
        assert!(text.ends_with("\nTwo cores.\n"), "{text}");
    }
}
