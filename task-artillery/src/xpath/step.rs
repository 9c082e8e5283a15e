//! From text to the steps of paths.

use super::syntax::{Axis, Expr, Step, Test};
use super::text::Reader;
use crate::syntax::SyntaxError;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The most steps of a path.
const STEPS_LIMIT: usize = 50;

/// Whether a name with parentheses is a test of nodes, and no call.
pub(super) fn is_node_type(name: &str) -> bool {
    matches!(name, "node" | "text" | "comment" | "processing-instruction")
}

impl Reader<'_> {
    /// Whether a step is next.
    pub(super) fn begins_step(&mut self) -> bool {
        matches!(self.peek(), Some('.' | '@' | '*')) || self.name().is_some()
    }

    /// A step, and those behind it.
    pub(super) fn relative(&mut self) -> Result<Vec<Step>, SyntaxError> {
        let first = self.step()?;
        self.steps(vec![first])
    }

    /// Steps behind slashes, if there are some.
    pub(super) fn steps(&mut self, mut steps: Vec<Step>) -> Result<Vec<Step>, SyntaxError> {
        while self.eat("/") {
            if self.rest().starts_with('/') {
                self.skip(1);
                steps.push(Step::anywhere());
            }
            steps.push(self.step()?);
            if steps.len() > STEPS_LIMIT {
                let message = format!("the path has more than {STEPS_LIMIT} steps");
                return Err(self.error(message, "write a shorter one"));
            }
        }
        Ok(steps)
    }

    fn step(&mut self) -> Result<Step, SyntaxError> {
        self.part()?;
        for (written, axis) in [("..", Axis::Parent), (".", Axis::Itself)] {
            if self.eat(written) {
                return Ok(Step {
                    axis,
                    test: Test::Node,
                    predicates: Vec::new(),
                });
            }
        }
        let axis = self.axis()?;
        let test = self.test()?;
        let predicates = self.predicates()?;
        Ok(Step {
            axis,
            test,
            predicates,
        })
    }

    fn axis(&mut self) -> Result<Axis, SyntaxError> {
        if self.eat("@") {
            return Ok(Axis::Attribute);
        }
        let Some(name) = self.name() else {
            return Ok(Axis::Child);
        };
        if !self.behind(name.len()).starts_with("::") {
            return Ok(Axis::Child);
        }
        let axis = match name {
            "ancestor" => Axis::Ancestor,
            "ancestor-or-self" => Axis::AncestorOrSelf,
            "attribute" => Axis::Attribute,
            "child" => Axis::Child,
            "descendant" => Axis::Descendant,
            "descendant-or-self" => Axis::DescendantOrSelf,
            "following" => Axis::Following,
            "following-sibling" => Axis::FollowingSibling,
            "parent" => Axis::Parent,
            "preceding" => Axis::Preceding,
            "preceding-sibling" => Axis::PrecedingSibling,
            "self" => Axis::Itself,
            _ => {
                let message = format!("the axis `{name}` is not supported");
                let help = "the axes of XPath 1.0 are, but for `namespace`";
                return Err(self.error(message, help));
            }
        };
        self.skip(name.len());
        self.expect("::")?;
        Ok(axis)
    }

    fn test(&mut self) -> Result<Test, SyntaxError> {
        if self.eat("*") {
            return Ok(Test::AnyName);
        }
        let Some(name) = self.name() else {
            let message = match self.peek() {
                Some(sign) => format!("`{sign}` is not expected here"),
                None => "the expression ends too early".to_owned(),
            };
            return Err(self.error(
                message,
                "the name of an element, or `@` and that of an attribute, would be",
            ));
        };
        let behind = self.behind(name.len());
        if behind.starts_with('(') && is_node_type(name) {
            self.skip(name.len());
            return self.node_type(name);
        }
        if !behind.starts_with(':') {
            self.skip(name.len());
            return Ok(Test::Name(None, name.into()));
        }
        if name != "xml" {
            let message = format!("nothing says which namespace `{name}:` is");
            let help = "`*[local-name() = \"name\"]` finds a name in any namespace";
            return Err(self.error(message, help));
        }
        self.skip(name.len());
        self.expect(":")?;
        let Some(local) = self.name() else {
            return Err(self.error("a name is missing behind `xml:`", "for example `@xml:lang`"));
        };
        self.skip(local.len());
        Ok(Test::Name(Some(XML), local.into()))
    }

    fn node_type(&mut self, name: &str) -> Result<Test, SyntaxError> {
        self.expect("(")?;
        let test = match name {
            "node" => Test::Node,
            "text" => Test::Text,
            "comment" => Test::Comment,
            _ => {
                let quote = self.peek().filter(|sign| matches!(sign, '"' | '\''));
                let Some(quote) = quote else {
                    self.expect(")")?;
                    return Ok(Test::Instruction(None));
                };
                let at = self.error("the text is not closed", "write the same quote behind it");
                self.skip(1);
                Test::Instruction(Some(self.until(quote).ok_or(at)?.into()))
            }
        };
        self.expect(")")?;
        Ok(test)
    }

    /// What stands in brackets behind a step.
    pub(super) fn predicates(&mut self) -> Result<Vec<Expr>, SyntaxError> {
        let mut predicates = Vec::new();
        while self.eat("[") {
            self.part()?;
            predicates.push(self.expression()?);
            self.expect("]")?;
        }
        Ok(predicates)
    }
}
