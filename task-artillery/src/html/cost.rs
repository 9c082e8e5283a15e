//! How many steps it takes at most to find a selector's elements, by what is written in it and by the shape of the document.
//!
//! For most parts of a selector one look at an element is enough. Some walk from it: to all elements that it lies in, to all before it
//! beside it, to all that lie in it. What walks within parentheses may do so at each step of a walk outside of them.

use std::collections::HashSet;

use scraper::{ElementRef, Html};

/// The parts of a selector that walk.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Walks {
    /// How many elements it describes, on the way to others or not.
    described: u64,
    /// `a b`
    inwards: u64,
    /// `a ~ b`
    beside: u64,
    /// `:nth-of-type(2)`
    of_type: u64,
    /// `:has(a)`
    has: u64,
    /// `:has(~ a)`
    has_beside: bool,
    /// The levels of parentheses, from 0 for none, on which something walks: a bit for each.
    levels: u64,
}

/// The shape of a document.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    elements: u64,
    /// How many elements lie in how many others, all together, and the most for one.
    depths: u64,
    deepest: u64,
    /// How many pairs of elements lie beside each other, and the most elements that do.
    pairs: u64,
    widest: u64,
    /// Of each element's children their number, times that of their names.
    names: u64,
}

impl Walks {
    /// Those of a selector's text.
    pub(super) fn of(text: &str) -> Self {
        let mut walks = Self {
            described: 1,
            ..Self::default()
        };
        let mut letters = text.char_indices();
        let (mut depth, mut before, mut blank) = (0_u32, ',', false);
        while let Some((at, letter)) = letters.next() {
            if letter.is_ascii_whitespace() {
                blank = true;
                continue;
            }
            if blank && !"(,>+~".contains(before) && !"),>+~".contains(letter) {
                walks.described += 1;
                walks.inwards += 1;
                walks.walk(depth);
            }
            blank = false;
            match letter {
                '\\' => drop(letters.next()),
                '[' => skip(&mut letters, ']'),
                '(' if name_before(&text[..at]).starts_with("nth-") => skip(&mut letters, ')'),
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                ':' => walks.add_class(&text[at + 1..], depth),
                ',' | '>' => walks.described += 1,
                '+' | '~' => {
                    walks.described += 1;
                    walks.beside += u64::from(letter == '~');
                    if before == '(' {
                        walks.has_beside = true;
                    } else if letter == '~' {
                        walks.walk(depth);
                    }
                }
                _ => {}
            }
            before = letter;
        }
        walks
    }

    fn add_class(&mut self, rest: &str, depth: u32) {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let name = rest[..end.unwrap_or(rest.len())].to_ascii_lowercase();
        self.of_type += u64::from(name.ends_with("-of-type"));
        if name == "has" {
            self.has += 1;
            self.walk(depth);
        }
    }

    fn walk(&mut self, depth: u32) {
        self.levels |= 1 << depth.min(63);
    }

    /// The most steps that it may take in a document of this shape, each about as long as that to the next sibling.
    pub(super) fn steps(&self, shape: &Shape) -> u64 {
        let each = [
            (self.described, shape.elements),
            (self.inwards, shape.depths.saturating_mul(2)),
            (self.beside, shape.pairs),
            (self.of_type, shape.names),
            (self.has, shape.depths.saturating_mul(4)),
        ];
        let outer = each.iter().fold(0_u64, |sum, (count, steps)| {
            sum.saturating_add(count.saturating_mul(*steps))
        });
        let there = |count: u64, reach: u64| if count > 0 { reach } else { 1 };
        let reach = if self.has_beside {
            shape.elements
        } else {
            there(self.inwards, shape.deepest).max(there(self.beside, shape.widest))
        };
        let nested = self.levels.count_ones().saturating_sub(1);
        outer.saturating_mul(reach.max(1).saturating_pow(nested))
    }
}

/// The name that a text ends with.
fn name_before(text: &str) -> String {
    let name = text.rsplit(':').next().unwrap_or_default();
    name.to_ascii_lowercase()
}

/// Reads over what ends with a sign, and over texts in it.
fn skip(letters: &mut impl Iterator<Item = (usize, char)>, end: char) {
    let mut quote = None;
    while let Some((_, letter)) = letters.next() {
        match (letter, quote) {
            ('\\', _) => drop(letters.next()),
            (_, Some(open)) if open == letter => quote = None,
            ('"' | '\'', None) => quote = Some(letter),
            (_, None) if letter == end => return,
            _ => {}
        }
    }
}

impl Shape {
    /// That of a document.
    pub(super) fn of(html: &Html) -> Self {
        let mut shape = Self::default();
        let mut waiting = vec![(html.root_element(), 0)];
        let mut names = HashSet::new();
        while let Some((element, depth)) = waiting.pop() {
            shape.elements += 1;
            shape.depths += depth;
            shape.deepest = shape.deepest.max(depth);
            names.clear();
            let mut count = 0;
            for child in element.children().filter_map(ElementRef::wrap) {
                count += 1;
                names.insert(&child.value().name);
                waiting.push((child, depth + 1));
            }
            shape.widest = shape.widest.max(count);
            shape.pairs += count * count / 2;
            shape.names += count * names.len() as u64;
        }
        shape
    }
}
