//! The words and signs of conditions.

use crate::syntax::SyntaxError;

/// The longest condition, in bytes.
const LONGEST: usize = 8 * 1024;

/// A word or sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    /// A name, and whether it stands in single quotes.
    Name(String, bool),
    Sign(&'static str),
    End,
}

/// A token's place.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) offset: usize,
    pub(super) length: usize,
}

/// The signs; longer ones before their beginnings.
const SIGNS: [&str; 18] = [
    "==", "!=", "~=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "^", "(", ")", ",", "?", ":",
];

/// The words that are no names.
const WORDS: [&str; 5] = ["and", "or", "not", "in", "of"];

/// What people write from other languages, and what it is here; longer ones before their beginnings.
const FOREIGN: [(&str, &str); 13] = [
    ("===", "write `==`"),
    ("!==", "write `!=`"),
    ("<>", "write `!=`"),
    ("=~", "write `~=`"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("**", "write `^`"),
    ("??", "write `a ? a : b`"),
    ("{{", "a variable stands by its name, without braces"),
    ("&", "write `and`"),
    ("|", "write `or`"),
    ("[", "write `'0' of list` for a member, `(1, 2)` for a list"),
    ("`", "write a text in double quotes"),
];

/// Reads all tokens of a text; the last one is the end.
pub(super) fn tokens(source: &str) -> Result<Vec<Placed>, SyntaxError> {
    if source.len() > LONGEST {
        let help = format!("it may have {LONGEST} bytes");
        return Err(SyntaxError::new(0, "the condition is too long", help));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += source[at..].len() - source[at..].trim_start().len();
        let (token, length) = token(&source[at..], at)?;
        let end = token == Token::End;
        tokens.push(Placed {
            token,
            offset: at,
            length,
        });
        if end {
            return Ok(tokens);
        }
        at += length;
    }
}

fn token(rest: &str, at: usize) -> Result<(Token, usize), SyntaxError> {
    let Some(first) = rest.chars().next() else {
        return Ok((Token::End, 0));
    };
    if first.is_ascii_digit() {
        return number(rest, at);
    }
    if first == '"' || first == '\'' {
        let (text, length) = quoted(rest, first, at)?;
        let token = if first == '"' {
            Token::Text(text)
        } else {
            Token::Name(text, true)
        };
        return Ok((token, length));
    }
    if first.is_ascii_alphabetic() || matches!(first, '$' | '_') {
        let end = rest.find(|c: char| !is_name_part(c)).unwrap_or(rest.len());
        let name = &rest[..end];
        let word = WORDS.into_iter().find(|word| *word == name);
        let name = || Token::Name(name.to_owned(), false);
        return Ok((word.map_or_else(name, Token::Sign), end));
    }
    if let Some((sign, help)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Err(SyntaxError::new(
            at,
            format!("`{sign}` is no operator"),
            *help,
        ));
    }
    match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        Some(sign) => Ok((Token::Sign(sign), sign.len())),
        None => Err(stray(first, at)),
    }
}

fn stray(first: char, at: usize) -> SyntaxError {
    let help = match first {
        '!' => "write `not`",
        '=' => "write `==`",
        '.' => "a number has a digit before its point: `0.5`",
        _ => "a name with such characters stands in single quotes: `'my-name'`",
    };
    SyntaxError::new(at, format!("`{first}` is not expected"), help)
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), SyntaxError> {
    let digits = |from: usize| {
        let digits = rest[from..].bytes().take_while(u8::is_ascii_digit);
        digits.count()
    };
    let mut length = digits(0);
    if rest[length..].starts_with('.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    let ends = !rest[length..].starts_with(|c: char| is_name_part(c) || c.is_alphanumeric());
    match rest[..length].parse() {
        Ok(number) if ends => Ok((Token::Number(number), length)),
        _ => {
            let help = "a number is made of digits, perhaps with a point in it: `1000`, `0.5`";
            Err(SyntaxError::new(at, "this is no number", help))
        }
    }
}

/// A text in quotes, in which a backslash stands before a quote of that kind and before a backslash.
fn quoted(rest: &str, quote: char, at: usize) -> Result<(String, usize), SyntaxError> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        if letter == quote {
            return Ok((text, place + 1));
        }
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some((_, escaped)) if escaped == quote || escaped == '\\' => text.push(escaped),
            _ => {
                let message = "a backslash stands before something that needs none";
                let help = format!("it stands before {quote} or another one: `\\\\`");
                return Err(SyntaxError::new(at + place, message, help));
            }
        }
    }
    let help = format!("write {quote} behind it");
    Err(SyntaxError::new(at, "the quotes are not closed", help))
}

fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '$' | '_' | '.')
}
