//! The file of commands.

use star_core::document::{Diagnostic, Document, Span};
use star_core::draw::Draws;

/// Commands, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commands(Vec<Command>);

/// The words of a command, and the pieces of each word.
type Command = Vec<Vec<Piece>>;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// `{unit}`
    Unit,
    /// `{LEAST-MOST}`
    Drawn(u64, u64),
}

/// What is wrong with a file of commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) said: String,
    /// Where: bytes from the beginning.
    from: usize,
    to: usize,
}

impl Fault {
    /// The fault at its place in a file that the document names.
    pub(crate) fn at(self, text: &str, name: &str, document: &mut Document) -> Diagnostic {
        let file = document.sources.add(name, text);
        Diagnostic::error(self.said).at(Span::new(file, self.from, self.to), "")
    }
}

impl Commands {
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        let mut commands = Vec::new();
        let mut from = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim();
            if !content.is_empty() && !content.starts_with('#') {
                let words: Result<Command, _> = words(line, from).collect();
                commands.push(words?);
            }
            from += line.len();
        }
        if commands.is_empty() {
            let said = "there is no command in it".to_owned();
            return Err(Fault {
                said,
                from: 0,
                to: 0,
            });
        }
        Ok(Self(commands))
    }

    /// The words that a unit sends. It draws as often as the command says, in order.
    pub(crate) fn of(&self, unit: u64, draws: &mut Draws) -> Vec<String> {
        let command = &self.0[(unit % self.0.len() as u64) as usize];
        let mut piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Unit => unit.to_string(),
            Piece::Drawn(least, most) => (least + draws.below(most - least + 1)).to_string(),
        };
        let words = command.iter();
        words
            .map(|pieces| pieces.iter().map(&mut piece).collect())
            .collect()
    }
}

/// The words of a line that begins at `from`.
fn words(line: &str, from: usize) -> impl Iterator<Item = Result<Vec<Piece>, Fault>> {
    line.split_whitespace().map(move |word| {
        // Each word is a part of the line.
        let at = from + (word.as_ptr() as usize - line.as_ptr() as usize);
        pieces(word).map_err(|said| Fault {
            said,
            from: at,
            to: at + word.len(),
        })
    })
}

fn pieces(word: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while let Some((before, behind)) = rest.split_once('{') {
        let (inside, after) = behind
            .split_once('}')
            .ok_or_else(|| format!("`{word}` has a `{{` that is not closed"))?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(placeholder(inside)?);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

fn placeholder(inside: &str) -> Result<Piece, String> {
    if inside == "unit" {
        return Ok(Piece::Unit);
    }
    let bounds = inside.split_once('-');
    let bounds = bounds.and_then(|(least, most)| Some((least.parse().ok()?, most.parse().ok()?)));
    match bounds {
        Some((least, most)) if least <= most && most < u64::MAX => Ok(Piece::Drawn(least, most)),
        _ => Err(format!(
            "`{{{inside}}}` stands for nothing: there is `{{unit}}`, and `{{1-100}}` for a number that is drawn"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str, unit: u64) -> Vec<String> {
        Commands::read(text)
            .unwrap()
            .of(unit, &mut Draws::new(1, unit, 0, 0))
    }

    #[test]
    fn units_take_commands_in_turn_and_fill_them_in() {
        let text = "# none\nGET a\n\n  SET b:{unit} {7-7}x{unit}\n";
        assert_eq!(sent(text, 0), ["GET", "a"]);
        assert_eq!(sent(text, 1), ["SET", "b:1", "7x1"]);
        assert_eq!(sent(text, 2), ["GET", "a"]);
        let drawn: u64 = sent("X {3-5}", 9)[1].parse().unwrap();
        assert!((3..=5).contains(&drawn));
        assert_eq!(sent("X {3-5}", 9)[1], drawn.to_string());
    }

    #[test]
    fn what_stands_for_nothing_is_told() {
        for (text, said, at) in [
            ("GET {x}", "`{x}` stands for nothing", 4),
            ("GET a\nGET {9-1}\n", "`{9-1}` stands for nothing", 10),
            ("GET {unit", "`{unit` has a `{` that is not closed", 4),
            ("# GET\n", "there is no command in it", 0),
        ] {
            let fault = Commands::read(text).unwrap_err();
            assert!(fault.said.starts_with(said), "{fault:?}");
            assert_eq!(fault.from, at, "{fault:?}");
        }
    }
}
