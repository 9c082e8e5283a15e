//! Flags that are none here: of the reference, and of the Serverless Framework behind it, as people type them. Each is answered.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

/// A flag that is none here.
#[derive(Clone, Copy, Debug)]
struct Passed {
    /// The commands that it may be typed behind.
    commands: &'static [&'static str],
    short: Option<char>,
    long: Option<&'static str>,
    answer: Answer,
}

/// What is done about a flag.
#[derive(Clone, Copy, Debug)]
enum Answer {
    /// Nothing is to be done: it is always so.
    Always,
    /// The framework's letter for `--verbose`.
    Verbose,
    /// It is refused: what it is, and what to do instead.
    Refused(&'static str),
}

/// What comes of the flags of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    /// Why the command is not carried out.
    pub(crate) refused: Option<String>,
    /// Whether the verbose mode is wanted.
    pub(crate) verbose: bool,
}

const DEPLOY: &[&str] = &["deploy"];
const INVOKE: &[&str] = &["invoke"];
const STACK: &[&str] = &["deploy", "remove", "kill"];
const ALL: &[&str] = &["deploy", "remove", "kill", "invoke"];

const fn passed(
    commands: &'static [&'static str],
    short: Option<char>,
    long: &'static str,
    answer: Answer,
) -> Passed {
    Passed {
        commands,
        short,
        long: Some(long),
        answer,
    }
}

use Answer::{Always, Refused, Verbose};

const DASHBOARD: Answer = Refused(
    "not supported: it is of the Serverless Framework's own service, and nothing here needs it",
);

const CONTEXT: Answer = Refused("not supported: functions are told of their run by this program");

/// All of them.
const PASSED: &[Passed] = &[
    Passed {
        commands: ALL,
        short: Some('v'),
        long: None,
        answer: Verbose,
    },
    passed(ALL, None, "app", DASHBOARD),
    passed(ALL, None, "org", DASHBOARD),
    // Credentials are those of this machine.
    passed(ALL, None, "use-local-credentials", Always),
    passed(
        ALL,
        None,
        "param",
        Refused(
            "not supported: `${param:NAME}` is not read in `serverless.yml`; write `${env:NAME}` there, and set that variable where this program is called",
        ),
    ),
    // Values of variables of the environment are never shown.
    passed(STACK, None, "conceal", Always),
    passed(
        DEPLOY,
        None,
        "package",
        Refused(
            "not supported: `deploy` packs this program, or that of `--worker FILE`, and the files that `serverless.yml` names",
        ),
    ),
    passed(
        DEPLOY,
        Some('f'),
        "function",
        Refused("reserved: the function is this program; only what has changed is deployed anyway"),
    ),
    passed(
        DEPLOY,
        None,
        "aws-s3-accelerate",
        Refused(
            "not supported: the code is some megabytes, and is sent once for each build; leave it out",
        ),
    ),
    passed(DEPLOY, None, "no-aws-s3-accelerate", Always),
    // Templates are sent without a blank.
    passed(DEPLOY, None, "minify-template", Always),
    passed(
        DEPLOY,
        Some('u'),
        "update-config",
        Refused(
            "not supported: what has changed in `serverless.yml` is always deployed; leave it out",
        ),
    ),
    passed(
        DEPLOY,
        None,
        "enforce-hash-update",
        Refused(
            "not supported: it publishes new versions of functions, and none are kept here; `--force` sends the code again",
        ),
    ),
    passed(
        INVOKE,
        Some('s'),
        "script",
        Refused("removed: name the script with `-p FILE`, and the stage with `--stage STAGE`"),
    ),
    passed(
        INVOKE,
        Some('t'),
        "type",
        Refused(
            "reserved: whether the run is waited for follows from how long it takes; `--wait` and `--detach` say it otherwise",
        ),
    ),
    passed(
        INVOKE,
        Some('f'),
        "function",
        Refused(
            "reserved: the function is this program, as it was deployed; `--service` and `--stage` name another deployment",
        ),
    ),
    passed(
        INVOKE,
        None,
        "raw",
        Refused("not supported: a script is JSON or YAML, and is read as such; leave it out"),
    ),
    passed(
        INVOKE,
        Some('q'),
        "qualifier",
        Refused(
            "not supported: no versions of the function are kept; `--stage` and `--service` name another",
        ),
    ),
    passed(
        INVOKE,
        Some('l'),
        "log",
        Refused(
            "not supported: what functions log is in the log group `/aws/lambda/SERVICE-STAGE-loadGenerator`, and what they count is in the report",
        ),
    ),
    passed(INVOKE, None, "context", CONTEXT),
    passed(INVOKE, None, "contextPath", CONTEXT),
];

/// What a word is answered that is typed behind a command which takes none, as `function` behind the framework's `deploy`.
const WORDS: [(&str, &str); 4] = [
    (
        "deploy",
        "this program is deployed as a whole, and only what has changed",
    ),
    ("remove", "all of the deployment is removed"),
    (
        "kill",
        "all of the deployment is removed, with its runs; `stop RUN` ends one",
    ),
    ("invoke", "name the script with `-p FILE`"),
];

/// What clap calls it.
const WORD: &str = "word";

impl Passed {
    /// What clap calls it.
    fn id(&self) -> &'static str {
        self.long.unwrap_or("v")
    }

    /// What people call it.
    fn name(&self) -> String {
        let short = self.short.map(|short| format!("-{short}"));
        let long = self.long.map(|long| format!("--{long}"));
        let both: Vec<_> = short.into_iter().chain(long).collect();
        both.join("/")
    }

    fn arg(&self) -> Arg {
        let arg = Arg::new(self.id()).hide(true).action(ArgAction::Append);
        let arg = match self.answer {
            // Whatever is refused is refused with a value and without.
            Refused(_) => arg.num_args(0..=1),
            Always | Verbose => arg.num_args(0),
        };
        let arg = match self.short {
            Some(short) => arg.short(short),
            None => arg,
        };
        match self.long {
            Some(long) => arg.long(long),
            None => arg,
        }
    }
}

/// The command line with these flags.
pub(super) fn with_passed(command: Command) -> Command {
    ALL.iter().fold(command, |command, name| {
        command.mut_subcommand(*name, |sub| {
            // In the framework the letter is the stage's; behind `invoke` it was the script's, and must not be taken for the other.
            let sub = match *name {
                "invoke" => sub.mut_arg("stage", |stage| stage.short(None)),
                _ => sub,
            };
            let word = Arg::new(WORD).hide(true).action(ArgAction::Append);
            of(name).fold(sub.arg(word), |sub, passed| sub.arg(passed.arg()))
        })
    })
}

fn of(command: &str) -> impl Iterator<Item = &'static Passed> {
    let of_it = move |passed: &&Passed| passed.commands.contains(&command);
    PASSED.iter().filter(of_it)
}

/// What comes of those that were typed: the first that is refused is told.
pub(super) fn answered(matches: &ArgMatches) -> Answered {
    let mut answered = Answered::default();
    let Some((name, matches)) = matches.subcommand() else {
        return answered;
    };
    for passed in of(name) {
        if matches.value_source(passed.id()) != Some(ValueSource::CommandLine) {
            continue;
        }
        match passed.answer {
            Always => {}
            Verbose => answered.verbose = true,
            Refused(what) => {
                let be = if what.starts_with("removed") {
                    "was"
                } else {
                    "is"
                };
                let text = format!("the flag `{}` {be} {what}", passed.name());
                answered.refused.get_or_insert(text);
            }
        }
    }
    let mut words = WORDS.iter().filter(|(command, _)| *command == name);
    if let Some((_, instead)) = words.next()
        && let Some(word) = matches.get_one::<String>(WORD)
    {
        let text = format!("`{name}` takes no `{word}`: {instead}");
        answered.refused.get_or_insert(text);
    }
    answered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Typed;

    /// What comes of a command line.
    fn typed(words: &[&str]) -> Answered {
        let words = std::iter::once("slsart").chain(words.iter().copied());
        Typed::read(words.map(Into::into)).unwrap().answered
    }

    #[test]
    fn every_flag_is_answered_in_one_sentence_with_a_value_and_without() {
        for passed in PASSED {
            let long = passed.long.map(|long| format!("--{long}"));
            let short = passed.short.map(|short| format!("-{short}"));
            for (command, flag) in passed.commands.iter().flat_map(|command| {
                let flags = long.iter().chain(&short);
                flags.map(|flag| (*command, flag.clone()))
            }) {
                let alone = typed(&[command, &flag]);
                match passed.answer {
                    Always => assert_eq!(alone, Answered::default(), "{command} {flag}"),
                    Verbose => assert!(alone.verbose && alone.refused.is_none()),
                    Refused(what) => {
                        let why = alone.refused.as_deref().unwrap_or_default();
                        assert!(why.starts_with("the flag `"), "{command} {flag}: {why}");
                        assert!(why.contains(&flag), "{command} {flag}: {why}");
                        let (kind, reason) = what.split_once(": ").unwrap();
                        assert!(["removed", "reserved", "not supported"].contains(&kind));
                        assert!(reason.len() > 20 && !reason.contains(". "), "{reason}");
                        for given in [
                            &[command, &flag, "script.yml"][..],
                            &[command, &flag, "-r", "eu-west-1"],
                            &[command, &format!("{flag}=a=b")],
                        ] {
                            assert_eq!(typed(given), alone, "{given:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_word_behind_a_command_that_takes_none_is_answered() {
        for (command, instead) in WORDS {
            let refused = typed(&[command, "function"]).refused.unwrap();
            assert_eq!(
                refused,
                format!("`{command}` takes no `function`: {instead}")
            );
        }
        let first = typed(&["deploy", "function", "-f", "f"]).refused.unwrap();
        assert!(first.contains("`-f/--function`"), "{first}");
    }

    #[test]
    fn the_letter_that_was_the_scripts_behind_invoke_is_the_stages_elsewhere() {
        for command in ["deploy", "remove", "kill"] {
            assert_eq!(typed(&[command, "-s", "qa"]), Answered::default());
        }
        let removed = typed(&["invoke", "-s", "script.yml"]).refused.unwrap();
        assert!(removed.contains("`-p FILE`") && removed.contains("`--stage STAGE`"));
    }

    #[test]
    fn the_command_line_with_these_flags_is_put_together_soundly() {
        Typed::parser().debug_assert();
    }
}
