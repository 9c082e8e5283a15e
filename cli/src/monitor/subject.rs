//! What is monitored: how it is called, and what makes it another.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use star_core::document::user_in;

use crate::args::JobArgs;

/// What is monitored, as alerts name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The script's file.
    pub(crate) script: String,
    /// The environment that was typed.
    pub(crate) environment: Option<String>,
    /// The target that was typed, without what in it may be a secret.
    pub(crate) target: Option<String>,
}

impl Subject {
    /// As it was typed.
    pub(crate) fn of(job: &JobArgs) -> Self {
        let script = job.script.first().or(job.input.first());
        Self {
            script: script.map_or_else(String::new, |path| path.display().to_string()),
            environment: job.environment.clone(),
            target: job.target.as_deref().map(shown),
        }
    }

    /// Which of those that the script has it is, in a line, where that was typed.
    pub(crate) fn which(&self) -> Option<String> {
        let environment = self.environment.iter();
        let environment = environment.map(|name| format!("environment {name}"));
        let target = self.target.iter().map(|url| format!("target {url}"));
        let which: Vec<_> = environment.chain(target).collect();
        (!which.is_empty()).then(|| which.join(", "))
    }
}

/// A URL without whoever logs in, and without its query.
fn shown(url: &str) -> String {
    let user = user_in(url).map_or(0..0, |user| user.start..user.end + 1);
    let rest = &url[user.end..];
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    format!("{}{rest}", &url[..user.start])
}

/// A name for what is monitored: another where something else was typed that makes another run, and the same where a file was edited.
/// A script that came by the standard input is known by its text alone.
pub(crate) fn key(job: &JobArgs, input: Option<&str>) -> String {
    let files = |files: &[PathBuf]| files.iter().map(|file| place(file)).collect::<Value>();
    let texts = |files: &[String]| {
        let files = files.iter().map(|file| place(Path::new(file)));
        files.collect::<Value>()
    };
    let typed = json!([
        files(&job.script),
        files(&job.input),
        texts(&job.config),
        texts(&job.env_file),
        job.payload.as_deref().map(|file| place(Path::new(file))),
        job.target,
        job.environment,
        job.overrides,
        job.variables,
        job.scenario_name,
        job.solo,
        job.insecure,
        job.mode.acceptance,
        input,
    ]);
    let digest = Sha256::digest(typed.to_string().as_bytes());
    let bytes = digest.iter().take(8);
    bytes.fold(String::new(), |key, byte| key + &format!("{byte:02x}"))
}

/// Where a file is, whatever it is called from here.
fn place(file: &Path) -> String {
    let whole = std::path::absolute(file);
    whole.as_deref().unwrap_or(file).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_makes_another_run_is_another_state() {
        let job = JobArgs {
            script: vec!["s.yml".into()],
            ..JobArgs::default()
        };
        let all = [
            (job.clone(), None),
            (job.clone(), Some("a")),
            (job.clone(), Some("b")),
        ];
        let changes: [fn(&mut JobArgs); 13] = [
            |job| job.script.push("more.yml".into()),
            |job| job.input.push("more.yml".into()),
            |job| job.config.push("more.yml".to_owned()),
            |job| job.env_file.push("more.yml".to_owned()),
            |job| job.payload = Some("more.yml".to_owned()),
            |job| job.target = Some("http://a".to_owned()),
            |job| job.environment = Some("a".to_owned()),
            |job| job.overrides.push("{}".to_owned()),
            |job| job.variables.push("a=1".to_owned()),
            |job| job.scenario_name = Some("a".to_owned()),
            |job| job.solo = true,
            |job| job.insecure = true,
            |job| job.mode.acceptance = true,
        ];
        let changed = changes.map(|change| {
            let mut job = job.clone();
            change(&mut job);
            (job, None)
        });
        let keys = all
            .iter()
            .chain(&changed)
            .map(|(job, input)| key(job, *input));
        let mut keys: Vec<_> = keys.collect();
        let (first, count) = (keys[0].clone(), keys.len());
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
        let same = JobArgs {
            script: vec![std::path::absolute("./s.yml").unwrap()],
            strict: true,
            ..JobArgs::default()
        };
        assert_eq!(key(&same, None), first);
    }

    #[test]
    fn what_is_monitored_is_named_without_secrets() {
        for (typed, told) in [
            (
                "https://user:word@a.example:8443/x/?k=1#f",
                "https://a.example:8443/x/",
            ),
            ("http://u@{{ host }}/@", "http://{{ host }}/@"),
            ("u:w@a", "a"),
            ("http://a", "http://a"),
        ] {
            assert_eq!(shown(typed), told);
        }
        let job = JobArgs {
            environment: Some("staging".to_owned()),
            target: Some("http://a".to_owned()),
            ..JobArgs::default()
        };
        let which = Subject::of(&job).which();
        assert_eq!(
            which.as_deref(),
            Some("environment staging, target http://a")
        );
        assert_eq!(Subject::of(&JobArgs::default()).which(), None);
    }
}
