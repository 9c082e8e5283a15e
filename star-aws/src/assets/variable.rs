//! `${…}` in texts: what the framework puts there.

use std::fmt::Write as _;

use super::Given;

/// Reads a variable of the environment.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// What variables stand for.
pub(super) struct Variables<'v> {
    given: &'v Given,
    environment: Environment<'v>,
    pub(super) service: Option<String>,
    pub(super) stage: Option<String>,
    pub(super) region: Option<String>,
}

/// Why a variable stands for nothing.
pub(super) struct NoValue {
    pub(super) message: String,
    pub(super) help: String,
}

/// All that are known.
const KNOWN: &str = "`env:NAME`, `opt:stage`, `opt:region`, `self:service`, `self:provider.stage`, `self:provider.region`, `sls:stage`, `aws:region`, and `'…'` for text";

impl<'v> Variables<'v> {
    pub(super) fn new(given: &'v Given, environment: Environment<'v>) -> Self {
        Self {
            given,
            environment,
            service: given.service.clone(),
            stage: given.stage.clone(),
            region: given.region.clone(),
        }
    }

    /// A text with the values of its variables. What is `CloudFormation`'s (`${AWS::Region}`, `${Topic.Arn}`) stays.
    pub(super) fn resolve(&self, text: &str) -> Result<String, NoValue> {
        let mut resolved = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(end) = rest[start..].find('}') else {
                break;
            };
            let inner = &rest[start + 2..start + end];
            resolved.push_str(&rest[..start]);
            if is_variable(inner) {
                resolved.push_str(&self.value(inner)?);
            } else {
                let _infallible = write!(resolved, "${{{inner}}}");
            }
            rest = &rest[start + end + 1..];
        }
        resolved.push_str(rest);
        Ok(resolved)
    }

    /// The first of a variable's alternatives that has a value.
    fn value(&self, inner: &str) -> Result<String, NoValue> {
        for alternative in inner.split(',').map(str::trim) {
            let literal = ['\'', '"'].iter().find_map(|quote| {
                alternative
                    .strip_prefix(*quote)
                    .and_then(|text| text.strip_suffix(*quote))
            });
            if let Some(text) = literal {
                return Ok(text.to_owned());
            }
            if let Some(value) = self.source(alternative)? {
                return Ok(value);
            }
        }
        let help = match inner.strip_prefix("env:") {
            Some(name) => format!(
                "set `{}` where `slsart deploy` is called, or write `${{{inner}, '…'}}`",
                name.split(',').next().unwrap_or(name).trim()
            ),
            None => format!("write `${{{inner}, '…'}}` to have another value then"),
        };
        Err(NoValue {
            message: format!("`${{{inner}}}` has no value"),
            help,
        })
    }

    fn source(&self, name: &str) -> Result<Option<String>, NoValue> {
        Ok(match name {
            "opt:stage" => self.given.stage.clone(),
            "opt:region" => self.given.region.clone(),
            "self:service" => self.service.clone(),
            "sls:stage" | "self:provider.stage" => self.stage.clone(),
            "aws:region" | "self:provider.region" => self.region.clone(),
            _ => match name.strip_prefix("env:") {
                Some(name) => (self.environment)(name),
                None => {
                    return Err(NoValue {
                        message: format!("the variable `${{{name}}}` is not known"),
                        help: format!("there are {KNOWN}"),
                    });
                }
            },
        })
    }
}

/// Whether it is one of the framework's: a source, a colon and an address.
fn is_variable(inner: &str) -> bool {
    let Some((source, address)) = inner.split_once(':') else {
        return false;
    };
    let letters = source
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "(),-_.".contains(letter));
    !source.is_empty() && letters && !address.starts_with(':')
}
