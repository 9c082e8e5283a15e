//! Reads conditions.

use super::Named;
use super::code::{Binary, Op};
use super::function::Function;
use super::lexer::{Placed, Token, tokens};
use crate::jsonpath::expression::Pattern;
use crate::script::path::Path;
use crate::syntax::SyntaxError;

/// How deep parentheses, operators before values and the like may lie in each other.
const MAX_DEPTH: usize = 64;

/// How strongly operators bind; those of one level lead from the left.
const LEVELS: [(&str, u8); 18] = [
    ("?", 1),
    ("or", 2),
    ("and", 3),
    ("in", 4),
    ("not", 4),
    ("==", 5),
    ("!=", 5),
    ("~=", 5),
    ("<", 6),
    ("<=", 6),
    (">", 6),
    (">=", 6),
    ("+", 7),
    ("-", 7),
    ("*", 8),
    ("/", 8),
    ("%", 8),
    ("^", 9),
];

/// Reads a condition: its code, and the names in it.
pub(super) fn parse(source: &str) -> Result<(Vec<Op>, Vec<Named>), SyntaxError> {
    let mut parser = Parser {
        tokens: tokens(source)?,
        at: 0,
        depth: 0,
        code: Vec::new(),
        names: Vec::new(),
    };
    parser.expression()?;
    if *parser.peek() != Token::End {
        let help = "an operator such as `==` or `and` stands between two values";
        return Err(parser.unexpected(help));
    }
    Ok((parser.code, parser.names))
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
    code: Vec<Op>,
    names: Vec<Named>,
}

impl Parser {
    fn placed(&self) -> &Placed {
        // The last one is the end, which is never passed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> &Token {
        &self.placed().token
    }

    fn next(&mut self) -> Placed {
        let placed = self.placed().clone();
        self.at += 1;
        placed
    }

    fn is(&self, sign: &'static str) -> bool {
        *self.peek() == Token::Sign(sign)
    }

    fn eat(&mut self, sign: &'static str) -> bool {
        let is = self.is(sign);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), SyntaxError> {
        if self.eat(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{sign}` is missing here")))
    }

    fn unexpected(&self, help: &str) -> SyntaxError {
        let message = match self.peek() {
            Token::Number(number) => format!("`{number}` is not expected"),
            Token::Text(_) => "a text is not expected".to_owned(),
            Token::Name(name, _) => format!("`{name}` is not expected"),
            Token::Sign(sign) => format!("`{sign}` is not expected"),
            Token::End => "the condition ends too early".to_owned(),
        };
        let help = match self.peek() {
            Token::Name(name, false) if name == "AND" || name == "OR" || name == "NOT" => {
                format!("write `{}`", name.to_lowercase())
            }
            _ => help.to_owned(),
        };
        SyntaxError::new(self.placed().offset, message, help)
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth >= MAX_DEPTH {
            let help = format!("{MAX_DEPTH} levels are possible");
            let message = "the condition is nested too deeply here";
            return Err(SyntaxError::new(self.placed().offset, message, help));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Any expression.
    fn expression(&mut self) -> Result<(), SyntaxError> {
        self.climb(1)
    }

    /// An expression of operators of this level and above.
    fn climb(&mut self, least: u8) -> Result<(), SyntaxError> {
        self.operand()?;
        loop {
            let Token::Sign(sign) = *self.peek() else {
                return Ok(());
            };
            let level = LEVELS.iter().find(|known| known.0 == sign);
            let Some((_, level)) = level.filter(|known| known.1 >= least) else {
                return Ok(());
            };
            match sign {
                "?" => self.choice()?,
                "and" | "or" => self.logic(*level, sign == "or")?,
                _ => self.binary(*level)?,
            }
        }
    }

    /// `? b : c`.
    fn choice(&mut self) -> Result<(), SyntaxError> {
        self.at += 1;
        let unless = self.hole();
        self.deeper(Self::expression)?;
        self.expect(":")?;
        let end = self.hole();
        self.code[unless] = Op::JumpUnless(self.code.len());
        self.climb(2)?;
        self.code[end] = Op::Jump(self.code.len());
        if self.is("?") {
            return Err(self.unexpected("put the first or the second choice in parentheses"));
        }
        Ok(())
    }

    /// `and b`, `or b`: what settles it is not read further.
    fn logic(&mut self, level: u8, truth: bool) -> Result<(), SyntaxError> {
        self.at += 1;
        let settled = self.hole();
        self.climb(level + 1)?;
        self.code.push(Op::Truth);
        self.code[settled] = Op::Settle(truth, self.code.len());
        Ok(())
    }

    /// A place in the code for a jump to what is not read yet.
    fn hole(&mut self) -> usize {
        self.code.push(Op::Jump(0));
        self.code.len() - 1
    }

    fn binary(&mut self, level: u8) -> Result<(), SyntaxError> {
        let Token::Sign(sign) = self.next().token else {
            return Ok(());
        };
        let binary = match sign {
            "+" => Binary::Add,
            "-" => Binary::Subtract,
            "*" => Binary::Multiply,
            "/" => Binary::Divide,
            "%" => Binary::Remainder,
            "^" => Binary::Power,
            "==" => Binary::Equal,
            "!=" => Binary::NotEqual,
            "<" => Binary::Less,
            "<=" => Binary::LessOrEqual,
            ">" => Binary::Greater,
            ">=" => Binary::GreaterOrEqual,
            "~=" => Binary::Matches,
            "in" => Binary::In,
            _ => {
                self.expect("in")?;
                Binary::NotIn
            }
        };
        let (start, offset) = (self.code.len(), self.placed().offset);
        self.climb(level + 1)?;
        if let (Binary::Matches, [Op::Text(pattern)]) = (binary, &self.code[start..]) {
            let pattern = pattern_of(pattern, offset)?;
            self.code.truncate(start);
            self.code.push(Op::Matches(Box::new(pattern)));
        } else {
            self.code.push(Op::Binary(binary));
        }
        Ok(())
    }

    /// A value, with what stands before it.
    fn operand(&mut self) -> Result<(), SyntaxError> {
        let Placed {
            token,
            offset,
            length,
        } = self.placed().clone();
        match token {
            Token::Number(number) => {
                self.at += 1;
                self.code.push(Op::Number(number));
                Ok(())
            }
            Token::Text(text) => {
                self.at += 1;
                self.code.push(Op::Text(text.into()));
                Ok(())
            }
            Token::Name(name, quoted) => {
                self.at += 1;
                self.name(name, quoted, offset, length)
            }
            Token::Sign("-") => self.prefixed(Op::Negate),
            Token::Sign("not") => self.prefixed(Op::Not),
            Token::Sign("(") => self.parentheses(),
            Token::Sign(_) | Token::End => {
                Err(self.unexpected("a value is missing here: a number, a text or a name"))
            }
        }
    }

    fn prefixed(&mut self, op: Op) -> Result<(), SyntaxError> {
        self.at += 1;
        self.deeper(Self::operand)?;
        self.code.push(op);
        Ok(())
    }

    /// `(a)`, or `(a, b)`, which is a list.
    fn parentheses(&mut self) -> Result<(), SyntaxError> {
        let count = self.arguments()?;
        match count {
            0 => {
                self.at -= 1;
                Err(self.unexpected("a value is missing here: a number, a text or a name"))
            }
            1 => Ok(()),
            _ => {
                self.code.push(Op::List(count));
                Ok(())
            }
        }
    }

    /// Expressions in parentheses: how many.
    fn arguments(&mut self) -> Result<usize, SyntaxError> {
        self.expect("(")?;
        if self.eat(")") {
            return Ok(0);
        }
        let mut count = 0;
        loop {
            self.deeper(Self::expression)?;
            count += 1;
            if !self.eat(",") {
                self.expect(")")?;
                return Ok(count);
            }
        }
    }

    /// A name, a member of something, or a function's value.
    fn name(
        &mut self,
        name: String,
        quoted: bool,
        offset: usize,
        length: usize,
    ) -> Result<(), SyntaxError> {
        if self.eat("of") {
            self.deeper(Self::operand)?;
            self.code.push(Op::Member(name.into()));
            return Ok(());
        }
        if !self.is("(") {
            let path = Path::parse(&name);
            self.names.push(Named {
                path: path.clone(),
                offset,
                length,
                quoted,
            });
            self.code.push(Op::Name(path));
            return Ok(());
        }
        let Some(function) = Function::named(&name) else {
            let message = format!("there is no function `{name}`");
            let help = format!("known are {}", Function::names());
            return Err(SyntaxError::new(offset, message, help));
        };
        let count = self.arguments()?;
        self.code.push(Op::Call(function, count));
        Ok(())
    }
}

/// A regular expression that is known beforehand.
fn pattern_of(source: &str, offset: usize) -> Result<Pattern, SyntaxError> {
    Pattern::parse(source, "", 0).map_err(|error| {
        // It speaks of JavaScript.
        let help = error.help.replace("&&", "and").replace("||", "or");
        SyntaxError::new(offset, error.message, help)
    })
}
