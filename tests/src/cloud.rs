//! A deployment on an emulator of AWS, by the commands that people type: the function is the real program.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use slsart::target::{Running, Target};

use crate::{
    Finished, Ministack, Program, Request, Scratch, json as json_of, requests, wait_until,
};

/// The function that `slsart deploy` makes where no other name is typed.
pub const FUNCTION: &str = "serverless-star-dev-loadGenerator";

/// One emulator, one deployment, a target and a folder.
#[derive(Debug)]
pub struct Cloud {
    /// The emulator.
    pub aws: Ministack,
    /// Where commands are typed.
    pub scratch: Scratch,
    /// What runs send requests to.
    pub target: Running,
    program: PathBuf,
}

impl Cloud {
    /// Nothing is deployed yet of the program that was built there.
    ///
    /// # Panics
    /// Where that can't be set up.
    pub fn new(built: &str) -> Self {
        Self::on(Ministack::start(), built)
    }

    /// The same on that emulator.
    ///
    /// # Panics
    /// Where that can't be set up.
    pub fn on(aws: Ministack, built: &str) -> Self {
        let scratch = Scratch::default();
        let program = scratch.path("slsart");
        // Two thirds of a debug build are symbols, which would be packed, sent and unpacked. Without `strip` they are.
        let stripped = Command::new("strip")
            .args(["-o"])
            .arg(&program)
            .arg(built)
            .status();
        if !stripped.is_ok_and(|ended| ended.success()) {
            std::fs::copy(built, &program).unwrap();
        }
        Self {
            aws,
            scratch,
            target: Target::start(0).unwrap(),
            program,
        }
    }

    /// That program, deployed.
    pub fn deployed(built: &str) -> Self {
        let this = Self::new(built);
        this.slsart().args(["deploy"]).run().expect(0);
        this
    }

    /// A call of the program.
    #[must_use]
    pub fn slsart(&self) -> Program {
        let call = self.aws.program(Program::new(&self.program, &self.scratch));
        // It is found by its name, by which it tells of its commands then.
        call.env("PATH", self.scratch.path(""))
    }

    /// A script for this target: its phases and `_split`.
    pub fn script(&self, phases: &str, split: &str) -> PathBuf {
        let target = self.target.url();
        let rows: Vec<_> = (0..500).map(|row| format!("row-{row}\n")).collect();
        self.scratch.write("rows.csv", rows.concat());
        self.scratch.write(
            "script.yml",
            format!(
                r#"
config:
  target: {target}
  phases: {phases}
  payload: {{ path: rows.csv, fields: [row] }}
_split: {split}
scenarios:
  - flow:
      - post:
          url: "/items?n={{{{ $randomNumber(1, 1000) }}}}"
          headers: {{ x-row: "{{{{ row }}}}" }}
          json: {{ row: "{{{{ row }}}}" }}
          capture: {{ json: $.id, as: id }}
      - get: {{ url: /ok }}
"#
            ),
        )
    }

    /// The name of the run that a command launched.
    pub fn run_of(finished: &Finished) -> String {
        let line = finished
            .err
            .lines()
            .find_map(|line| line.strip_prefix("run "));
        line.unwrap().split(' ').next().unwrap().to_owned()
    }

    /// The report of a run that is over, asked for by another process.
    pub fn report(&self, run: &str, code: i32) -> Value {
        wait_until("the run is over", || {
            let looked = self.slsart().args(["report", run, "--aws"]).run();
            !looked.err.contains("the run is still running")
        });
        let report = self
            .slsart()
            .args(["report", run, "--aws", "-o", "report.json"]);
        report.run().expect(code);
        json_of(&self.scratch.path("report.json"))
    }

    /// What the same script does on this machine: its requests, and its report.
    pub fn here(&self, script: &Path) -> (Vec<Request>, Value) {
        self.target.clear();
        let run = self
            .slsart()
            .args(["run", "--seed", "7", "-q", "-o", "here.json"]);
        run.args([script]).run().expect(0);
        (
            requests(&self.target),
            json_of(&self.scratch.path("here.json")),
        )
    }

    /// What the runs are at, as `slsart runs` says: name and state.
    pub fn states(&self) -> Vec<(String, String)> {
        let listed = self.slsart().args(["runs", "--aws", "--json"]).run();
        let listed: Vec<Value> = serde_json::from_str(&listed.expect(0).out).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let line = |line: &Value| (text(&line["run"]), text(&line["state"]));
        listed.iter().map(line).collect()
    }

    /// The lines about a run that the function's log has when that holds of them, each of JSON; they may be there only once whoever waits for the run
    /// knows that it is over.
    ///
    /// # Panics
    /// Where one is something else, or it never holds.
    pub fn logged(&self, run: &str, holds: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let own = format!("\"run\":\"{run}\"");
        let mut lines = Vec::new();
        wait_until("the log has the run's lines", || {
            let log = self.aws.log();
            // The last line may be on its way.
            let whole = log.rfind('\n').map_or("", |end| &log[..end]);
            let of_run = whole.lines().filter(|line| line.contains(&own));
            let texts = of_run.map(|line| &line[line.find('{').unwrap()..]);
            lines = texts
                .map(|text| serde_json::from_str(text).unwrap())
                .collect();
            holds(&lines)
        });
        lines
    }

    /// The function's name for all of AWS.
    pub fn arn(&self) -> String {
        let arn = &self.configured()["FunctionArn"];
        arn.as_str().unwrap().to_owned()
    }

    /// Of which deployment the function says that it is.
    pub fn deployment(&self) -> String {
        let variables = &self.configured()["Environment"]["Variables"];
        variables["SLSART_DEPLOYMENT"].as_str().unwrap().to_owned()
    }

    /// The variables that the function has.
    ///
    /// # Panics
    /// Where there is none.
    pub fn variables(&self) -> Vec<(String, String)> {
        let variables = self.configured()["Environment"]["Variables"].clone();
        let variables = variables.as_object().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        variables
            .map(|(name, value)| (name.clone(), text(value)))
            .collect()
    }

    /// How the function is configured.
    fn configured(&self) -> Value {
        let path = format!("/2015-03-31/functions/{FUNCTION}/configuration");
        let (_, answer) = self.aws.ask("GET", &path, &[], "");
        serde_json::from_str(&answer).unwrap()
    }

    /// Where the function is invoked.
    fn invocations() -> String {
        format!("/2015-03-31/functions/{FUNCTION}/invocations")
    }

    /// What the function says to an event that is waited for.
    pub fn invoked(&self, event: &Value) -> Value {
        let (status, answer) = self
            .aws
            .ask("POST", &Self::invocations(), &[], &event.to_string());
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).unwrap()
    }

    /// Sends the function an event that nobody waits for.
    pub fn sent(&self, event: &Value) {
        let headers = [("X-Amz-Invocation-Type", "Event")];
        let (status, answer) =
            self.aws
                .ask("POST", &Self::invocations(), &headers, &event.to_string());
        assert_eq!(status, 202, "{answer}");
    }

    /// Removes the ledger's bucket, as somebody does by hand.
    pub fn remove_bucket(&self) {
        let variables = self.variables();
        let (_, bucket) = variables
            .iter()
            .find(|(name, _)| name == "SLSART_LEDGER")
            .unwrap();
        let asked = |method: &str, path: &str| self.aws.ask(method, path, &[], "");
        let (_, listed) = asked("GET", &format!("/{bucket}?list-type=2"));
        for key in listed.split("<Key>").skip(1) {
            let key = key.split('<').next().unwrap();
            let (status, answer) = asked("DELETE", &format!("/{bucket}/{key}"));
            assert_eq!(status, 204, "{answer}");
        }
        let (status, answer) = asked("DELETE", &format!("/{bucket}"));
        assert_eq!(status, 204, "{answer}");
    }

    /// Lets no more than so many functions run at once.
    pub fn reserve(&self, functions: u32) {
        let path = format!("/2017-10-31/functions/{FUNCTION}/concurrency");
        let body = format!("{{\"ReservedConcurrentExecutions\": {functions}}}");
        let (status, answer) = self.aws.ask("PUT", &path, &[], &body);
        assert_eq!(status, 200, "{answer}");
    }
}
