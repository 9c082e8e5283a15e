//! What is asked for on the command line.

use std::path::PathBuf;

use crate::awake::Cores;

/// How it is called.
pub(crate) const USAGE: &str = "\
bash benches/compare [OPTIONS]

Runs `slsart` and other tools against one target, and prints a table. On a quiet machine of two cores it takes some ten minutes.

  --only ROW       only this row: full, open, late, smallest, flow, asleep, lanes, worker, memory; may be given several times
  --rounds N       how often each tool is run, in turns [default: 3]
  --quick          runs of two seconds instead of five or ten; for trying out
  --long           with the row that takes ten minutes
  --let-sleep      leave it to the system in all rows whether cores sleep while they wait
  --no-install     leave out tools that are not there
  --write FILE     put the table between the two marks in this file
";

/// How it is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Only these rows; all where none is named.
    pub(crate) only: Vec<String>,
    /// How often each tool is run.
    pub(crate) rounds: usize,
    /// Whether runs are short.
    pub(crate) quick: bool,
    /// Whether what takes ten minutes is measured.
    pub(crate) long: bool,
    /// What cores do meanwhile, but in the row of those that may sleep.
    pub(crate) cores: Cores,
    /// Whether tools that are not there are installed.
    pub(crate) install: bool,
    /// Where the table is put.
    pub(crate) write: Option<PathBuf>,
}

impl Options {
    /// Reads arguments.
    ///
    /// # Errors
    /// What to print where there is nothing to measure.
    pub(crate) fn parse(arguments: &[String], rows: &[&str]) -> Result<Self, String> {
        let mut options = Self {
            only: Vec::new(),
            rounds: 3,
            quick: false,
            long: false,
            cores: Cores::Awake,
            install: true,
            write: None,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.ok_or_else(|| format!("`{argument}` needs a value\n\n{USAGE}"))
            };
            match argument.as_str() {
                "--only" => {
                    let row = value()?;
                    if !rows.contains(&row.as_str()) {
                        return Err(format!("there is no row `{row}`, but {}", rows.join(", ")));
                    }
                    options.only.push(row.clone());
                }
                "--rounds" => {
                    let rounds = value()?.parse().ok().filter(|rounds| *rounds > 0);
                    options.rounds = rounds.ok_or("`--rounds` is a whole number from 1 on")?;
                }
                "--quick" => options.quick = true,
                "--long" => options.long = true,
                "--let-sleep" => options.cores = Cores::MaySleep,
                "--no-install" => options.install = false,
                "--write" => options.write = Some(value()?.into()),
                "--help" | "-h" => return Err(USAGE.to_owned()),
                other => return Err(format!("unknown argument `{other}`\n\n{USAGE}")),
            }
        }
        Ok(options)
    }

    /// Whether this row is measured.
    pub(crate) fn wants(&self, row: &str) -> bool {
        let named = self.only.iter().any(|only| only == row);
        named || (self.only.is_empty() && (self.long || row != "memory"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        let arguments: Vec<String> = arguments.iter().map(|&text| text.into()).collect();
        Options::parse(&arguments, &["full", "memory"])
    }

    #[test]
    fn what_takes_ten_minutes_is_measured_when_it_is_asked_for() {
        assert!(parse(&[]).is_ok_and(|all| all.wants("full") && !all.wants("memory")));
        assert!(parse(&["--long"]).is_ok_and(|all| all.wants("full") && all.wants("memory")));
        let only = parse(&["--only", "memory", "--rounds", "5"]);
        assert!(
            only.is_ok_and(|only| only.wants("memory") && !only.wants("full") && only.rounds == 5)
        );
    }

    #[test]
    fn cores_sleep_where_it_is_asked_for() {
        let cores = |arguments| parse(arguments).map(|options| options.cores);
        assert_eq!(cores(&[]), Ok(Cores::Awake));
        assert_eq!(cores(&["--let-sleep"]), Ok(Cores::MaySleep));
    }

    #[test]
    fn what_is_not_known_is_said() {
        for (arguments, said) in [
            (
                &["--only", "fool"][..],
                "there is no row `fool`, but full, memory",
            ),
            (&["--rounds", "0"], "`--rounds` is a whole number"),
            (&["--write"], "`--write` needs a value"),
            (&["--fast"], "unknown argument `--fast`"),
            (&["--help"], "bash benches/compare"),
        ] {
            let error = parse(arguments).err().unwrap_or_default();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
