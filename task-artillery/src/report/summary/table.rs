//! Aligned columns.

use std::fmt;

/// The least that a first column is cut to.
const LEAST_FIRST: usize = 16;

/// What a first column is cut to where a line may be of any length.
const MOST_FIRST: usize = 100;

/// Rows of cells: the first column is aligned to the left, the others to the right. Columns that are empty in all rows are left out.
/// Written with a width (`{:80}`), columns that can be spared are left out, and the first one is cut, until lines fit into it as well
/// as they can.
#[derive(Debug)]
pub(super) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    spared: &'static [&'static str],
}

impl Table {
    /// A table with these headings.
    pub(super) fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|&cell| cell.to_owned()).collect(),
            rows: Vec::new(),
            spared: &[],
        }
    }

    /// The same, whose columns of these headings can be spared, in this order.
    pub(super) fn sparing(self, spared: &'static [&'static str]) -> Self {
        Self { spared, ..self }
    }

    /// Adds a row; it has as many cells as there are headings.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| letters(cell)).max().unwrap_or(0);
        let head = self.head.get(column).map_or(0, |cell| letters(cell));
        if widest == 0 { 0 } else { widest.max(head) }
    }

    /// The widths of the columns in a line of at most `most`; a column of none is left out.
    fn widths(&self, most: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = (0..self.head.len())
            .map(|column| self.width(column))
            .collect();
        let Some(first) = widths.first().copied() else {
            return widths;
        };
        let Some(most) = most else {
            widths[0] = first.min(MOST_FIRST);
            return widths;
        };
        let mut spared = self.spared.iter();
        loop {
            let others = widths[1..].iter().filter(|width| **width > 0);
            let others: usize = others.map(|width| width + 2).sum();
            widths[0] = first
                .min(most.saturating_sub(others))
                .max(LEAST_FIRST.min(first));
            if widths[0] + others <= most {
                return widths;
            }
            let Some(name) = spared.next() else {
                return widths;
            };
            if let Some(column) = self.head.iter().position(|head| head == name) {
                widths[column] = 0;
            }
        }
    }
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// A text of at most so many letters: what is too long is left out in the middle, since both ends of a path tell it from others.
fn cut(text: &str, most: usize) -> String {
    let length = letters(text);
    if length <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let (front, back) = (kept.div_ceil(2), kept / 2);
    let front = text.chars().take(front);
    let back = text.chars().skip(length - back);
    front.chain(['…']).chain(back).collect()
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths(f.width());
        for row in std::iter::once(&self.head).chain(&self.rows) {
            let mut line = String::new();
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => line = format!("{:<width$}", cut(cell, width)),
                    _ if width == 0 => {}
                    _ => line = format!("{line}  {cell:>width$}"),
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["request", "sent", "codes", "median"]).sparing(&["codes"]);
        let cells = ["GET /a/long/path/to/some/item", "12", "200 × 12", "3.4"];
        table.row(cells.map(str::to_owned).into());
        table
    }

    #[test]
    fn a_table_is_as_wide_as_it_is_where_nobody_says() {
        let text = "request                        sent     codes  median\n\
                    GET /a/long/path/to/some/item    12  200 × 12     3.4\n";
        assert_eq!(table().to_string(), text);
    }

    #[test]
    fn a_narrow_line_cuts_names_in_the_middle_and_spares_columns() {
        let text = "request               sent     codes  median\n\
                    GET /a/lon…some/item    12  200 × 12     3.4\n";
        assert_eq!(format!("{:44}", table()), text);
        let text = "request           sent  median\n\
                    GET /a/l…me/item    12     3.4\n";
        assert_eq!(format!("{:30}", table()), text);
        // Less than that would tell nothing.
        assert_eq!(format!("{:10}", table()), text);
    }

    #[test]
    fn endless_names_are_cut_in_any_case() {
        let mut table = Table::new(&["errors", ""]);
        table.row(vec!["e".repeat(1000), "1".to_owned()]);
        let text = table.to_string();
        assert!(text.lines().all(|line| letters(line) < 110), "{text}");
    }
}
