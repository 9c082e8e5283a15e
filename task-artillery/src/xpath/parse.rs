//! From text to expressions.

use super::function::Function;
use super::syntax::{Expr, Operator, Path, Start};
use super::text::Reader;
use crate::syntax::SyntaxError;

/// Operators, the loosest first; of those that begin alike the longer first.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("=", Operator::Equal), ("!=", Operator::NotEqual)],
    &[
        ("<=", Operator::LessOrEqual),
        ("<", Operator::Less),
        (">=", Operator::GreaterOrEqual),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[
        ("*", Operator::Times),
        ("div", Operator::Divided),
        ("mod", Operator::Modulo),
    ],
];

/// Reads an expression to its end.
pub(super) fn parse(text: &str) -> Result<Expr, SyntaxError> {
    let mut reader = Reader::new(text)?;
    let expression = reader.expression()?;
    match reader.peek() {
        None => Ok(expression),
        Some(sign) => {
            let message = format!("`{sign}` is not expected here");
            Err(reader.error(message, "an operator or the end would be"))
        }
    }
}

impl Reader<'_> {
    pub(super) fn expression(&mut self) -> Result<Expr, SyntaxError> {
        self.within(|reader| reader.binary(0))
    }

    fn binary(&mut self, level: usize) -> Result<Expr, SyntaxError> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        loop {
            let mut operators = operators.iter();
            let Some((_, operator)) = operators.find(|(written, _)| self.eat_operator(written))
            else {
                return Ok(left);
            };
            self.part()?;
            let right = self.binary(level + 1)?;
            left = Expr::Binary(*operator, Box::new([left, right]));
        }
    }

    fn unary(&mut self) -> Result<Expr, SyntaxError> {
        let mut signs = 0_u32;
        while self.eat("-") {
            signs += 1;
        }
        let mut left = self.path()?;
        while self.eat("|") {
            self.part()?;
            self.blanks();
            let at = self.error("`|` joins nodes, and one side is none", "write a path");
            let right = self.path()?;
            if !(is_nodes(&left) && is_nodes(&right)) {
                return Err(at);
            }
            left = Expr::Binary(Operator::Union, Box::new([left, right]));
        }
        // Two signs cancel each other out, but still make a number.
        let signs = if signs == 0 { 0 } else { 2 - signs % 2 };
        Ok((0..signs).fold(left, |inner, _| Expr::Negative(Box::new(inner))))
    }

    /// A path, or what else an operator may stand beside.
    fn path(&mut self) -> Result<Expr, SyntaxError> {
        self.part()?;
        if self.peek() == Some('/') {
            let steps = if self.rest().starts_with("//") {
                self.steps(Vec::new())?
            } else {
                self.skip(1);
                if self.begins_step() {
                    self.relative()?
                } else {
                    Vec::new()
                }
            };
            let start = Start::Root;
            return Ok(Expr::Path(Path { start, steps }));
        }
        let Some(primary) = self.primary()? else {
            let (start, steps) = (Start::Here, self.relative()?);
            return Ok(Expr::Path(Path { start, steps }));
        };
        let predicates = self.predicates()?;
        let steps = self.steps(Vec::new())?;
        if predicates.is_empty() && steps.is_empty() {
            return Ok(primary);
        }
        if !is_nodes(&primary) {
            let message = "a text, a number or a boolean has no nodes in it";
            return Err(self.error(message, "a path begins with nodes"));
        }
        let start = Start::At(Box::new(primary), predicates);
        Ok(Expr::Path(Path { start, steps }))
    }

    /// A literal, a call, or an expression in parentheses.
    fn primary(&mut self) -> Result<Option<Expr>, SyntaxError> {
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let digit_follows =
            self.rest()[first.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
        match first {
            '(' => {
                self.skip(1);
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(Some(inner))
            }
            '"' | '\'' => {
                let at = self.error("the text is not closed", "write the same quote behind it");
                self.skip(1);
                let text = self.until(first).ok_or(at)?;
                Ok(Some(Expr::Text(text.into())))
            }
            '$' => Err(self.error(
                "an expression has no variables of its own",
                "write `{{ name }}` for a variable of the script",
            )),
            _ if first.is_ascii_digit() || first == '.' && digit_follows => {
                Ok(Some(Expr::Number(self.number())))
            }
            _ => self.call(),
        }
    }

    fn number(&mut self) -> f64 {
        let rest = self.rest();
        let is_digit = |c: char| c.is_ascii_digit();
        let whole = rest.trim_start_matches(is_digit);
        let behind = whole
            .strip_prefix('.')
            .map_or(whole, |fraction| fraction.trim_start_matches(is_digit));
        let written = &rest[..rest.len() - behind.len()];
        self.skip(written.len());
        written.parse().unwrap_or(f64::NAN)
    }

    /// A function call, if one is next.
    fn call(&mut self) -> Result<Option<Expr>, SyntaxError> {
        let Some(name) = self.name() else {
            return Ok(None);
        };
        if !self.behind(name.len()).starts_with('(') || super::step::is_node_type(name) {
            return Ok(None);
        }
        let function = Function::of(name).ok_or_else(|| {
            let message = format!("`{name}` is no function");
            self.error(
                message,
                "the functions of XPath 1.0 are known, but for `id`",
            )
        })?;
        let at = self.error(
            format!("`{name}` does not take so many arguments, or not of this kind"),
            function.usage(),
        );
        self.skip(name.len());
        self.expect("(")?;
        let mut arguments = Vec::new();
        if self.peek() != Some(')') {
            arguments.push(self.expression()?);
            while self.eat(",") {
                arguments.push(self.expression()?);
            }
        }
        self.expect(")")?;
        if !function.takes(&arguments) {
            return Err(at);
        }
        Ok(Some(Expr::Call(function, arguments)))
    }
}

/// Whether an expression stands for nodes.
pub(super) fn is_nodes(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(_) | Expr::Binary(Operator::Union, _))
}
