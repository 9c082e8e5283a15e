//! What a monitor is told.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::{JobArgs, RunsArgs};

/// `slsart monitor`.
#[derive(Debug, Args)]
pub(crate) struct MonitorArgs {
    /// Which script.
    #[command(flatten)]
    pub(crate) job: JobArgs,

    /// From the beginning of a round to that of the next, such as `30s` or `5m`
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = interval)]
    pub(crate) every: Duration,

    /// Post alerts as JSON to this URL
    #[arg(
        long,
        value_name = "URL",
        env = "SLSART_WEBHOOK",
        hide_env_values = true
    )]
    pub(crate) webhook: Option<String>,

    /// Give alerts as JSON to this command of the shell, on its standard input
    #[arg(long, value_name = "COMMAND")]
    pub(crate) command: Option<String>,

    /// How long after an alert there is another while rounds still fail; `0` for never
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub(crate) remind: Duration,

    /// Serve `/metrics` for Prometheus, and `/health`, on this address, such as `127.0.0.1:9464`
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,

    /// Where the monitor keeps what it knows [default: a file for what is monitored, beside the runs]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) state: Option<PathBuf>,

    /// End after so many rounds; the exit code is then 3 where the last failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: Option<u64>,

    /// How many workers; by default as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) workers: Option<u32>,

    /// Say nothing of rounds
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Where runs are recorded.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,
}

/// A duration as scripts have it.
fn duration(text: &str) -> Result<Duration, String> {
    star_core::document::duration::parse(text)
        .map_err(|error| format!("it is {error} (for example `30s` or `5m`)"))
}

/// One that something can be repeated after.
fn interval(text: &str) -> Result<Duration, String> {
    const LEAST: Duration = Duration::from_secs(1);
    let interval = duration(text)?;
    if interval < LEAST {
        return Err("a second is the least".to_owned());
    }
    Ok(interval)
}
