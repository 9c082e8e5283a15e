//! Flags of the Serverless Framework that people type behind `slsart`: what is not carried out is answered.

use clap::Args;

use crate::error::CommandError;

/// Flags of `deploy`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that was typed or not"
)]
pub(crate) struct DeployPassed {
    /// Always so.
    #[arg(long, hide = true)]
    conceal: bool,

    /// The framework's letter for `--verbose`.
    #[arg(short = 'v', hide = true)]
    pub(crate) verbosely: bool,

    /// Not supported.
    #[arg(long, value_name = "FOLDER", hide = true)]
    package: Option<String>,

    /// Reserved.
    #[arg(short, long, value_name = "NAME", hide = true)]
    function: Option<String>,

    /// Not supported.
    #[arg(long, hide = true)]
    aws_s3_accelerate: bool,

    /// Always so.
    #[arg(long, hide = true)]
    no_aws_s3_accelerate: bool,

    /// Not supported.
    #[arg(long, hide = true)]
    update_config: bool,

    /// Of the framework's own service.
    #[command(flatten)]
    dashboard: Dashboard,
}

/// Flags of `remove`, and of `kill`, which removes.
#[derive(Debug, Args)]
pub(crate) struct RemovePassed {
    /// The framework's letter for `--verbose`.
    #[arg(short = 'v', hide = true)]
    pub(crate) verbosely: bool,

    /// Of the framework's own service.
    #[command(flatten)]
    dashboard: Dashboard,
}

/// Flags of `invoke`.
#[derive(Debug, Args)]
pub(crate) struct InvokePassed {
    /// Not supported.
    #[arg(short, long, value_name = "NAME", hide = true)]
    qualifier: Option<String>,

    /// Not supported.
    #[arg(short, long, hide = true)]
    log: bool,

    /// Not supported.
    #[arg(long, value_name = "CONTEXT", hide = true)]
    context: Option<String>,

    /// Not supported.
    #[arg(long = "contextPath", value_name = "FILE", hide = true)]
    context_path: Option<String>,

    /// Of the framework's own service.
    #[command(flatten)]
    dashboard: Dashboard,
}

/// Flags of the framework's own service.
#[derive(Debug, Args)]
struct Dashboard {
    /// Not supported.
    #[arg(long, value_name = "NAME", hide = true)]
    app: Option<String>,

    /// Not supported.
    #[arg(long, value_name = "NAME", hide = true)]
    org: Option<String>,
}

/// Refuses the first flag that was typed, with its answer.
fn refuse(flags: &[(&str, bool, &str)]) -> Result<(), CommandError> {
    match flags.iter().find(|(_, typed, _)| *typed) {
        Some((flag, _, why)) => Err(CommandError::Usage(format!("the flag `{flag}` is {why}"))),
        None => Ok(()),
    }
}

impl DeployPassed {
    /// Refuses what is not carried out.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        refuse(&[
            (
                "--package",
                self.package.is_some(),
                "not supported: `deploy` packs this program, or that of `--worker FILE`, and the files that `serverless.yml` names",
            ),
            (
                "-f/--function",
                self.function.is_some(),
                "reserved: the function is this program; only what has changed is deployed anyway",
            ),
            (
                "--aws-s3-accelerate",
                self.aws_s3_accelerate,
                "not supported: the code is some megabytes, and is sent once for each build",
            ),
            (
                "--update-config",
                self.update_config,
                "not supported: what has changed in `serverless.yml` is always deployed",
            ),
        ])?;
        self.dashboard.check()
    }
}

impl RemovePassed {
    /// Refuses what is not carried out.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        self.dashboard.check()
    }
}

impl InvokePassed {
    /// Refuses what is not carried out.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        let context = "not supported: functions are told of their run by this program";
        refuse(&[
            (
                "-q/--qualifier",
                self.qualifier.is_some(),
                "not supported: no versions of the function are kept; `--stage` and `--service` name another",
            ),
            (
                "-l/--log",
                self.log,
                "not supported: what functions log is in the log group `/aws/lambda/SERVICE-STAGE-loadGenerator`, and what they count is in the report",
            ),
            ("--context", self.context.is_some(), context),
            ("--contextPath", self.context_path.is_some(), context),
        ])?;
        self.dashboard.check()
    }
}

impl Dashboard {
    fn check(&self) -> Result<(), CommandError> {
        let why = "not supported: it is of the Serverless Framework's own service, and nothing here needs it";
        refuse(&[
            ("--app", self.app.is_some(), why),
            ("--org", self.org.is_some(), why),
        ])
    }
}
