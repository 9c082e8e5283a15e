//! Makes, changes and removes stacks, and tells of it resource by resource.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Capability, Parameter, Stack, StackEvent, Tag};
use serde_json::Value;

use super::Kind;
use crate::call::Call;
use crate::config::Config;
use crate::error::AwsError;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(1500);

/// How long a stack is looked at.
const PATIENCE: Duration = Duration::from_mins(30);

/// What became of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was as it is wanted.
    Unchanged,
}

/// What became of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The resource's name in the template.
    pub resource: String,
    /// Its kind.
    pub kind: String,
    /// What became of it.
    pub status: String,
    /// Why, where it failed.
    pub reason: Option<String>,
}

/// Why a stack is not as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// AWS refused.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A resource could not be made, changed or removed.
    #[error(
        "the stack `{stack}` ended as {status}: `{resource}` ({kind}): {reason} ({})",
        next(status, reason)
    )]
    Failed {
        /// The stack.
        stack: String,
        /// How it ended.
        status: String,
        /// The first resource that failed.
        resource: String,
        /// Its kind.
        kind: String,
        /// AWS's words.
        reason: String,
    },
    /// The stack is somebody else's.
    #[error(
        "the stack `{0}` is there, and was not made by this program: it is left as it is (`--stage` and `--service` choose another name)"
    )]
    Foreign(String),
    /// The stack is of another deployment, whose name ends where that of this one goes on.
    #[error(
        "the stack `{stack}` is there, and is the {} of another deployment: it is left as it is (`--stage` and `--service` choose another name)", other(*.kind)
    )]
    Other {
        /// The stack.
        stack: String,
        /// Which of that deployment's it is.
        kind: Kind,
    },
    /// Somebody else is at it.
    #[error(
        "the stack `{stack}` is {status}: somebody is at it; wait until that is over, and call this again"
    )]
    Busy {
        /// The stack.
        stack: String,
        /// What it is at.
        status: String,
    },
    /// It takes for ever.
    #[error("the stack `{stack}` is still {status} after {} minutes: look at it on AWS's console", PATIENCE.as_secs() / 60)]
    Endless {
        /// The stack.
        stack: String,
        /// What it is at.
        status: String,
    },
}

/// Carries stacks out.
#[derive(Clone, Debug)]
pub struct Deployer {
    client: Client,
    look: Duration,
}

impl Deployer {
    /// In this account and region.
    pub fn new(config: &Config) -> Self {
        Self {
            client: config.cloudformation(),
            look: LOOK,
        }
    }

    #[cfg(test)]
    pub(crate) fn of(client: Client) -> Self {
        Self {
            client,
            look: Duration::from_millis(1),
        }
    }

    /// The outputs of a stack; none where there is no such stack, or it was never made whole.
    ///
    /// # Errors
    /// Where AWS does not tell.
    pub async fn outputs(&self, stack: &str) -> Result<Option<BTreeMap<String, String>>, AwsError> {
        let Some(stack) = self.describe(stack).await? else {
            return Ok(None);
        };
        if status(&stack) == "ROLLBACK_COMPLETE" {
            return Ok(None);
        }
        let outputs = stack.outputs().iter().filter_map(|output| {
            let key = output.output_key()?.to_owned();
            Some((key, output.output_value()?.to_owned()))
        });
        Ok(Some(outputs.collect()))
    }

    /// Whether a stack of that name can be made or changed: there is none, or it is one of a deployment, and nobody is at it.
    ///
    /// # Errors
    /// Where it can't be, or AWS does not tell.
    pub async fn check(&self, stack: &str, wanted: Kind) -> Result<(), StackError> {
        let Some(there) = self.describe(stack).await? else {
            return Ok(());
        };
        match kind_of(&there) {
            Some(kind) if kind != wanted => Err(StackError::Other {
                stack: stack.to_owned(),
                kind,
            }),
            _ => check(stack, &there),
        }
    }

    /// Makes a stack as it is wanted, telling of every resource.
    ///
    /// # Errors
    /// Where AWS refuses, or a resource fails.
    pub async fn ensure(
        &self,
        stack: &str,
        template: &Value,
        parameters: &[(&str, &str)],
        tags: &BTreeMap<String, String>,
        told: &mut dyn FnMut(&Event),
    ) -> Result<Change, StackError> {
        let before = self.describe(stack).await?;
        if let Some(before) = &before {
            check(stack, before)?;
        }
        // What failed when it was first made can only be removed.
        let before = match before {
            Some(failed) if NEVER_MADE.contains(&status(&failed).as_str()) => {
                self.remove(stack, told).await?;
                None
            }
            before => before,
        };
        let seen = self.seen(before.as_ref()).await?;
        let body = template.to_string();
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(key, value)| {
                Parameter::builder()
                    .parameter_key(*key)
                    .parameter_value(*value)
                    .build()
            })
            .collect();
        let tags: Vec<_> = tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect();
        let change = if before.is_none() {
            let asked = self.client.create_stack().stack_name(stack);
            let asked = asked.template_body(body).set_parameters(Some(parameters));
            let asked = asked
                .capabilities(Capability::CapabilityIam)
                .set_tags(Some(tags));
            let made = asked.send().await;
            made.map_err(|error| AwsError::of(Call::CreateStack, &error))?;
            Change::Created
        } else {
            let asked = self.client.update_stack().stack_name(stack);
            let asked = asked.template_body(body).set_parameters(Some(parameters));
            let asked = asked
                .capabilities(Capability::CapabilityIam)
                .set_tags(Some(tags));
            match asked.send().await {
                Ok(_) => Change::Updated,
                Err(error) => match AwsError::of(Call::UpdateStack, &error) {
                    AwsError::Refused { message, .. } if message.contains("No updates") => {
                        return Ok(Change::Unchanged);
                    }
                    error => return Err(error.into()),
                },
            }
        };
        self.wait(stack, seen, told).await?;
        Ok(change)
    }

    /// Removes a stack, telling of every resource. Whether there was one.
    ///
    /// # Errors
    /// Where AWS refuses, or a resource cannot be removed.
    pub async fn remove(
        &self,
        stack: &str,
        told: &mut dyn FnMut(&Event),
    ) -> Result<bool, StackError> {
        let Some(there) = self.describe(stack).await? else {
            return Ok(false);
        };
        check(stack, &there)?;
        let seen = self.seen(Some(&there)).await?;
        // By its id it can be looked at also when it is gone.
        let id = there.stack_id().unwrap_or(stack).to_owned();
        let asked = self.client.delete_stack().stack_name(&id).send().await;
        asked.map_err(|error| AwsError::of(Call::DeleteStack, &error))?;
        self.wait(&id, seen, told).await?;
        Ok(true)
    }

    async fn describe(&self, stack: &str) -> Result<Option<Stack>, AwsError> {
        match self.client.describe_stacks().stack_name(stack).send().await {
            Ok(found) => Ok(found.stacks().first().cloned()),
            Err(error) => match AwsError::of(Call::DescribeStacks, &error) {
                AwsError::Refused { message, .. } if message.contains("does not exist") => Ok(None),
                error => Err(error),
            },
        }
    }

    /// The ids of all events so far: what comes after is this change's.
    async fn seen(&self, stack: Option<&Stack>) -> Result<BTreeSet<String>, AwsError> {
        let Some(stack) = stack.and_then(Stack::stack_id) else {
            return Ok(BTreeSet::new());
        };
        let events = self.events(stack).await?;
        let ids = events.iter().filter_map(StackEvent::event_id);
        Ok(ids.map(str::to_owned).collect())
    }

    /// The newest events, oldest first.
    async fn events(&self, stack: &str) -> Result<Vec<StackEvent>, AwsError> {
        let asked = self.client.describe_stack_events().stack_name(stack);
        let page = asked.send().await;
        let page = page.map_err(|error| AwsError::of(Call::DescribeStackEvents, &error))?;
        Ok(page.stack_events().iter().rev().cloned().collect())
    }

    /// Waits until a change is carried out.
    async fn wait(
        &self,
        stack: &str,
        mut seen: BTreeSet<String>,
        told: &mut dyn FnMut(&Event),
    ) -> Result<(), StackError> {
        let begun = tokio::time::Instant::now();
        let mut failed: Option<Event> = None;
        loop {
            for event in self.events(stack).await? {
                let new = event
                    .event_id()
                    .is_some_and(|id| seen.insert(id.to_owned()));
                let Some(event) = event_of(&event).filter(|_| new) else {
                    continue;
                };
                told(&event);
                let cancelled = |event: &Event| {
                    event
                        .reason
                        .as_deref()
                        .is_some_and(|why| why.contains("cancelled"))
                };
                if event.status.ends_with("_FAILED") && !cancelled(&event) {
                    failed.get_or_insert(event);
                }
            }
            let Some(now) = self.describe(stack).await? else {
                return Ok(());
            };
            let status = status(&now);
            if status.ends_with("_IN_PROGRESS") {
                if begun.elapsed() > PATIENCE {
                    let stack = stack.to_owned();
                    return Err(StackError::Endless { stack, status });
                }
                tokio::time::sleep(self.look).await;
                continue;
            }
            if matches!(
                status.as_str(),
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE"
            ) {
                return Ok(());
            }
            let reason = || now.stack_status_reason().unwrap_or("no reason was given");
            let failed = failed.unwrap_or_else(|| Event {
                resource: stack.to_owned(),
                kind: "AWS::CloudFormation::Stack".to_owned(),
                status: status.clone(),
                reason: Some(reason().to_owned()),
            });
            return Err(StackError::Failed {
                stack: now.stack_name().unwrap_or(stack).to_owned(),
                status,
                resource: failed.resource,
                kind: failed.kind,
                reason: failed.reason.unwrap_or_else(|| reason().to_owned()),
            });
        }
    }
}

/// How stacks end that were never made whole.
const NEVER_MADE: [&str; 4] = [
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
];

/// Which stack of a deployment it is; none where it is of none. A function's has the name of its ledger too.
fn kind_of(stack: &Stack) -> Option<Kind> {
    let described = |mark| stack.description().is_some_and(|text| text.contains(mark));
    let has = |name| {
        let mut outputs = stack.outputs().iter();
        outputs.any(|output| output.output_key() == Some(name))
    };
    if described(super::FUNCTION_MARK) || has(super::DEPLOYMENT) {
        Some(Kind::Function)
    } else if described(super::LEDGER_MARK) || has(super::BUCKET) {
        Some(Kind::Ledger)
    } else {
        None
    }
}

/// What a stack is called that is not the one that is wanted.
fn other(kind: Kind) -> &'static str {
    match kind {
        Kind::Function => "function",
        Kind::Ledger => "ledger",
    }
}

/// Whether a stack is one of a deployment, and nobody is at it.
fn check(name: &str, stack: &Stack) -> Result<(), StackError> {
    if kind_of(stack).is_none() {
        return Err(StackError::Foreign(name.to_owned()));
    }
    let status = status(stack);
    if status.ends_with("_IN_PROGRESS") {
        let stack = name.to_owned();
        return Err(StackError::Busy { stack, status });
    }
    Ok(())
}

/// What to do about a resource that failed.
fn next(status: &str, reason: &str) -> String {
    let lower = reason.to_lowercase();
    if lower.contains("not empty") {
        return "`slsart remove --purge` empties it first".to_owned();
    }
    let permission = reason
        .split_once("to perform: ")
        .and_then(|(_, rest)| rest.split([' ', '(', ')', ',']).next());
    let cause = if let Some(permission) = permission {
        format!("the permission `{permission}` is needed")
    } else if lower.contains("already exists") || lower.contains("already owned") {
        "it is there already, and is none of this stack's: remove it, or choose another name with `--stage` or `--service`".to_owned()
    } else if lower.contains("limit") || lower.contains("quota") {
        "a limit of the account is reached: remove what is not needed, or ask AWS for more"
            .to_owned()
    } else {
        "put right what it says".to_owned()
    };
    let then = match status {
        "UPDATE_ROLLBACK_COMPLETE" => {
            "what was deployed before is in place; then `slsart deploy` again"
        }
        "DELETE_FAILED" => "then `slsart remove` again",
        "UPDATE_ROLLBACK_FAILED" => {
            "the stack must be brought back on AWS's console; then `slsart deploy` again"
        }
        _ => "nothing of it stays; then `slsart deploy` again",
    };
    format!("{cause}; {then}")
}

fn status(stack: &Stack) -> String {
    stack
        .stack_status()
        .map_or_else(String::new, |status| status.as_str().to_owned())
}

fn event_of(event: &StackEvent) -> Option<Event> {
    Some(Event {
        resource: event.logical_resource_id()?.to_owned(),
        kind: event.resource_type()?.to_owned(),
        status: event.resource_status()?.as_str().to_owned(),
        reason: event.resource_status_reason().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests;
