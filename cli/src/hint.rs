//! Commands that are told to be typed: as this program is called here, with the flags that make them mean the same place, and as a shell
//! takes them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use star_aws::Names;
use star_aws::assets::{SERVICE, STAGE};
use star_aws::function::{PROGRAM_VARIABLE, is_function};

use crate::args::{AwsArgs, RunsArgs};

/// What this program is called where nobody calls it otherwise.
const OURS: &str = "slsart";

/// How this program was called, as a shell takes it: by its name alone where that finds it.
fn program() -> String {
    let called = called(
        is_function(),
        std::env::var_os(PROGRAM_VARIABLE),
        std::env::args_os().next(),
    );
    let paths = std::env::var_os("PATH");
    quoted(&shortest(&called, paths.as_deref()).to_string_lossy())
}

/// What the program is called by people: a function has it from whoever deployed it, since it is called otherwise there.
fn called(is_function: bool, deployed: Option<OsString>, typed: Option<OsString>) -> PathBuf {
    let name = if is_function { deployed } else { typed };
    name.map_or_else(|| PathBuf::from(OURS), PathBuf::from)
}

/// The name alone of a program that was called by its path, where a shell finds the same by it.
fn shortest<'a>(called: &'a Path, paths: Option<&OsStr>) -> &'a Path {
    let Some(name) = called.file_name().map(Path::new) else {
        return called;
    };
    let here = std::fs::canonicalize(called).ok();
    let folders = paths.into_iter().flat_map(std::env::split_paths);
    let mut found = folders.map(|folder| folder.join(name));
    let found = found.find(|path| path.is_file());
    let found = found.and_then(|path| std::fs::canonicalize(path).ok());
    if here.is_some() && here == found {
        name
    } else {
        called
    }
}

/// The name of this program.
pub(crate) fn name() -> String {
    let called = std::env::args_os().next().map(PathBuf::from);
    let name = called.as_deref().and_then(Path::file_name);
    name.map_or_else(
        || OURS.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// The same, where it is another than that which everybody knows.
pub(crate) fn other_name() -> Option<String> {
    Some(name()).filter(|name| name != OURS)
}

/// A text of those who do not know the program's name, with their commands as they are typed here.
pub(crate) fn in_own_words(text: &str) -> String {
    text.replace("`slsart ", &format!("`{} ", program()))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&byte);
    if !word.is_empty() && !word.starts_with('=') && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Where the run or the deployment is of which commands are told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hint {
    flags: Vec<String>,
}

impl Hint {
    /// Runs that are recorded on this machine.
    pub(crate) fn here(runs: &RunsArgs) -> Self {
        let by_default = std::env::var_os("SLSART_RUNS").map(PathBuf::from);
        let named = runs.runs.as_ref().filter(|_| runs.runs != by_default);
        let flags = named.map(|folder| vec!["--runs".to_owned(), folder.display().to_string()]);
        Self {
            flags: flags.unwrap_or_default(),
        }
    }

    /// A deployment, with what was typed of it, and what differs from what would be taken where nothing is typed and no file says it.
    pub(crate) fn aws(args: &AwsArgs, names: &Names, region: Option<&str>) -> Self {
        let differs = |typed: &Option<String>, name: &str, default: &str| {
            (typed.is_some() || name != default).then(|| name.to_owned())
        };
        let config = args.config.as_ref().map(|path| path.display().to_string());
        let flags = [
            (
                "--service",
                differs(&args.service, names.service(), SERVICE),
            ),
            ("--stage", differs(&args.stage, names.stage(), STAGE)),
            ("--region", region.map(str::to_owned)),
            ("--aws-profile", args.aws_profile.clone()),
            ("--config", config),
        ];
        let given = flags.into_iter().filter_map(|(flag, value)| {
            let value = value?;
            // Nobody is to take a value for a flag.
            Some(if value.starts_with('-') || value.is_empty() {
                vec![format!("{flag}={value}")]
            } else {
                vec![flag.to_owned(), value]
            })
        });
        Self {
            flags: given.flatten().collect(),
        }
    }

    /// The deployment that this function is of, for people elsewhere. Its name has service and stage; where one ends and the other begins does
    /// not matter, since nothing is called after one of them.
    pub(crate) fn of_function() -> Self {
        let variable = |name| std::env::var(name).ok();
        Self::of_function_called(
            variable("AWS_LAMBDA_FUNCTION_NAME").as_deref(),
            variable("AWS_REGION").as_deref(),
        )
    }

    fn of_function_called(function: Option<&str>, region: Option<&str>) -> Self {
        let both = function.and_then(|name| name.strip_suffix("-loadGenerator"));
        let names = both
            .and_then(|both| both.rsplit_once('-'))
            .and_then(|(service, stage)| Names::new(service, stage).ok());
        match names {
            Some(names) => Self::aws(&AwsArgs::default(), &names, region),
            None => Self::default(),
        }
    }

    /// The same for commands that are told of runs on AWS.
    #[must_use]
    pub(crate) fn of_runs(mut self) -> Self {
        self.flags.insert(0, "--aws".to_owned());
        self
    }

    /// A command.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let flags = self.flags.iter().map(String::as_str);
        line(words.iter().copied().chain(flags))
    }

    /// A text of those who know neither the program's name nor the deployment, with their commands as they are typed here.
    pub(crate) fn in_text(&self, text: &str) -> String {
        let commands: [&[&str]; 3] = [&["deploy"], &["remove"], &["remove", "--purge"]];
        // They are of deployments, and never of runs here.
        let flags = self.flags.iter().filter(|flag| *flag != "--aws").cloned();
        let of_deployment = Self {
            flags: flags.collect(),
        };
        commands.iter().fold(text.to_owned(), |text, words| {
            let known = format!("`slsart {}`", words.join(" "));
            text.replace(&known, &format!("`{}`", of_deployment.command(words)))
        })
    }
}

/// A command that needs no place.
pub(crate) fn command(words: &[&str]) -> String {
    Hint::default().command(words)
}

fn line<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold(program(), |mut line, word| {
        line.push(' ');
        line.push_str(&quoted(word));
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_for_something_else() {
        for (word, there) in [
            ("run-1", "run-1"),
            ("--path=a/b.yml", "--path=a/b.yml"),
            ("a b.yml", "'a b.yml'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
            ("$HOME", "'$HOME'"),
            ("~/s.yml", "'~/s.yml'"),
            ("{}", "'{}'"),
            ("=ls", "'=ls'"),
            ("ä", "'ä'"),
        ] {
            assert_eq!(quoted(word), there);
        }
    }

    #[test]
    fn a_program_is_called_by_its_name_where_that_finds_it() {
        let (here, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let called = here.path().join("own");
        std::fs::write(&called, "").unwrap();
        let path = |folders: &[&Path]| std::env::join_paths(folders).unwrap();
        assert_eq!(shortest(&called, None), called);
        let found = path(&[other.path(), here.path()]);
        assert_eq!(shortest(&called, Some(&found)), Path::new("own"));
        // Another is found before.
        std::fs::write(other.path().join("own"), "").unwrap();
        assert_eq!(shortest(&called, Some(&found)), called);
        assert_eq!(shortest(Path::new("own"), None), Path::new("own"));
    }

    #[test]
    fn a_function_calls_the_program_as_whoever_deployed_it_does() {
        let name = |name: &str| Some(OsString::from(name));
        let told = |is_function, deployed, typed| {
            let called = called(is_function, deployed, name(typed));
            called.display().to_string()
        };
        assert_eq!(told(false, None, "pictures"), "pictures");
        assert_eq!(told(true, name("pictures"), "bootstrap"), "pictures");
        assert_eq!(told(true, None, "bootstrap"), "slsart");
    }

    #[test]
    fn a_text_that_names_commands_names_them_as_they_are_typed_here() {
        let hint = Hint {
            flags: vec!["--stage".to_owned(), "qa".to_owned()],
        };
        let text =
            hint.in_text("`slsart remove --purge` empties it first; then `slsart deploy` again");
        assert!(
            text.contains(" remove --purge --stage qa` empties"),
            "{text}"
        );
        assert!(text.ends_with(" deploy --stage qa` again"), "{text}");
        assert_eq!(
            hint.clone().of_runs().in_text("`slsart deploy`"),
            hint.in_text("`slsart deploy`")
        );
        assert!(!text.contains("`slsart "), "{text}");
    }

    #[test]
    fn a_function_tells_commands_that_mean_its_deployment() {
        let flags = |name| Hint::of_function_called(Some(name), Some("eu-west-1")).flags;
        assert_eq!(
            flags("serverless-star-dev-loadGenerator"),
            ["--region", "eu-west-1"]
        );
        assert_eq!(
            flags("my-load-qa-loadGenerator"),
            [
                "--service",
                "my-load",
                "--stage",
                "qa",
                "--region",
                "eu-west-1"
            ]
        );
        assert!(flags("other").is_empty());
    }

    #[test]
    fn a_command_means_the_same_deployment_wherever_it_is_typed() {
        let nothing = AwsArgs::default();
        let names = |service, stage| Names::new(service, stage).unwrap();
        let told = |args: &AwsArgs, service, stage, region| {
            let hint = Hint::aws(args, &names(service, stage), region);
            let line = hint.of_runs().command(&["watch", "r"]);
            line.split_once(" watch r --aws").unwrap().1.to_owned()
        };
        assert_eq!(told(&nothing, SERVICE, STAGE, None), "");
        assert_eq!(
            told(&nothing, "load", "qa", Some("eu-west-1")),
            " --service load --stage qa --region eu-west-1"
        );
        let typed = AwsArgs {
            stage: Some(STAGE.to_owned()),
            aws_profile: Some("my own".to_owned()),
            config: Some("own file.yml".into()),
            ..nothing
        };
        assert_eq!(
            told(&typed, SERVICE, STAGE, None),
            " --stage dev --aws-profile 'my own' --config 'own file.yml'"
        );
    }
}
