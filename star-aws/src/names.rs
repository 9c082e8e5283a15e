//! What a deployment's parts are called.

use std::fmt;

/// The names of one deployment: of a service, in one of its stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    service: String,
    stage: String,
}

/// Why a service or a stage cannot be called so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoName {
    /// It has letters that it can't have.
    #[error(
        "`{0}` cannot be the name of a service or a stage: it begins with a letter, and goes on with letters, digits and `-`"
    )]
    Odd(String),
    /// What is called after both would be too long for AWS.
    #[error(
        "the service `{service}` and the stage `{stage}` have {} letters together, and may have {LONGEST}: give one of them a shorter name (`--service`, `--stage`)", service.len() + stage.len()
    )]
    TooLong {
        /// The service.
        service: String,
        /// The stage.
        stage: String,
    },
}

impl NoName {
    /// What cannot be one, or is the longer of two.
    pub fn name(&self) -> &str {
        match self {
            Self::Odd(name) => name,
            Self::TooLong { service, stage } if service.len() >= stage.len() => service,
            Self::TooLong { stage, .. } => stage,
        }
    }
}

/// The longest function name is 64; `-loadGenerator` and `-ledger` are added.
const LONGEST: usize = 40;

impl Names {
    /// A deployment of `service` in `stage`.
    ///
    /// # Errors
    /// Where `CloudFormation` would not take them.
    pub fn new(service: &str, stage: &str) -> Result<Self, NoName> {
        let fits = |name: &str| {
            let mut letters = name.bytes();
            letters
                .next()
                .is_some_and(|first| first.is_ascii_alphabetic())
                && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        for name in [service, stage] {
            if !fits(name) {
                return Err(NoName::Odd(name.to_owned()));
            }
        }
        if service.len() + stage.len() > LONGEST {
            return Err(NoName::TooLong {
                service: service.to_owned(),
                stage: stage.to_owned(),
            });
        }
        Ok(Self {
            service: service.to_owned(),
            stage: stage.to_owned(),
        })
    }

    /// The service.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The stage.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The stack of everything that a run needs, but for the ledger.
    pub fn stack(&self) -> String {
        self.to_string()
    }

    /// The stack of the bucket, which stays when the other goes.
    pub fn ledger_stack(&self) -> String {
        format!("{self}-ledger")
    }

    /// The function.
    pub fn function(&self) -> String {
        format!("{self}-loadGenerator")
    }

    /// The topic of alerts.
    pub fn topic(&self) -> String {
        format!("{self}-monitoringAlerts")
    }

    /// Where the function logs.
    pub fn log_group(&self) -> String {
        format!("/aws/lambda/{}", self.function())
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.service, self.stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_serverless_framework() {
        let names = Names::new("serverless-star", "dev").unwrap();
        assert_eq!(names.stack(), "serverless-star-dev");
        assert_eq!(names.ledger_stack(), "serverless-star-dev-ledger");
        assert_eq!(names.function(), "serverless-star-dev-loadGenerator");
        assert_eq!(names.topic(), "serverless-star-dev-monitoringAlerts");
        assert_eq!(
            names.log_group(),
            "/aws/lambda/serverless-star-dev-loadGenerator"
        );
    }

    #[test]
    fn what_no_stack_can_be_called_is_refused() {
        for (service, stage) in [
            ("", "dev"),
            ("a b", "dev"),
            ("a", ""),
            ("1a", "dev"),
            ("a", "dev_1"),
            ("ä", "dev"),
            (&*"a".repeat(38), "dev"),
        ] {
            assert!(Names::new(service, stage).is_err(), "{service}-{stage}");
        }
        let long = Names::new("serverless-star", &"a".repeat(26)).unwrap_err();
        assert_eq!(long.name(), "a".repeat(26));
        let why = long.to_string();
        assert!(
            why.contains("have 41 letters together, and may have 40"),
            "{why}"
        );
    }
}
