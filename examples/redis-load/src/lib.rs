//! Commands to a Redis server at a rate: a load that is not HTTP.
//!
//! ```console
//! cargo run -p redis-load -- run examples/redis-load/job.yml --workers 2
//! ```
//!
//! Redis's protocol is spoken here, in the few lines of `connection.rs`. A client's crate would bring connections, repetitions and timeouts of its
//! own, and whoever makes a load must know what is sent when.

mod commands;
mod connection;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::document::{Diagnostic, Diagnostics, Document, File};
use star_core::reports::{Counter, Times};
use star_core::shape::Schedule;
use star_core::{Failure, OneUnit, Rate, Splittable, UnitTask};

use commands::Commands;
use connection::{Connection, Reply};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends a command at each instant of a schedule, whatever became of those before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RedisLoad {
    /// `HOST:PORT`.
    pub server: String,
    /// A file with a command a line, which the units take in turn.
    pub commands: File,
    /// When commands are due.
    pub load: Schedule,
    /// What each worker has for itself: connections that nobody uses at the moment, and the commands that it has read.
    #[serde(skip)]
    own: Rc<RefCell<Own>>,
}

#[derive(Debug, Default)]
struct Own {
    idle: Vec<Connection>,
    commands: Option<Rc<Commands>>,
}

star_core::report! {
    /// What came of the commands.
    pub struct Answered {
        /// Commands that were answered, errors apart.
        pub answered: Counter,
        /// How many connections were opened.
        pub connections: Opened,
        /// How long answers took, from when commands were sent.
        pub took: Times,
        /// How long answers took, from when commands were due: what somebody waited who came at that instant.
        pub waited: Times,
    }
}

/// How many connections were opened: that depends on how fast the server is, and on how many workers there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Opened(Counter);

impl star_core::Report for Opened {
    type Summary = star_core::reports::Figures;

    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }

    fn summarize(&self, facts: &star_core::Facts) -> Self::Summary {
        self.0.summarize(facts)
    }

    /// Nothing that would have to be the same however a run is cut.
    fn counts(&self) -> star_core::reports::Counts {
        star_core::reports::Counts::Null
    }
}

impl RedisLoad {
    /// These commands, at these instants.
    pub fn new(server: impl Into<String>, commands: File, load: Schedule) -> Self {
        Self {
            server: server.into(),
            commands,
            load,
            own: Rc::default(),
        }
    }

    /// The command that a unit sends.
    async fn command(&self, unit: &OneUnit<Answered>) -> Result<Vec<String>, Failure> {
        let mut commands = self.own.borrow().commands.clone();
        if commands.is_none() {
            let text = unit.file(&self.commands).await?;
            let read = Commands::read(&String::from_utf8_lossy(&text));
            let read = read.map_err(|fault| Failure::new(fault.said))?;
            commands = Some(Rc::new(read));
            self.own.borrow_mut().commands.clone_from(&commands);
        }
        let words = commands.map(|commands| commands.of(unit.index(), &mut unit.draws(0)));
        Ok(words.unwrap_or_default())
    }

    /// A connection that is idle, or a new one.
    async fn connection(&self, unit: &OneUnit<Answered>) -> Result<Connection, Failure> {
        let idle = self.own.borrow_mut().idle.pop();
        if let Some(idle) = idle {
            return Ok(idle);
        }
        let opened = Connection::open(&self.server).await.map_err(|error| {
            Failure::because(format!("cannot connect to `{}`", self.server), &error)
        })?;
        unit.record(|report| report.connections.0.add(1));
        Ok(opened)
    }
}

impl UnitTask for RedisLoad {
    const KIND: &'static str = "redis-load";
    type Report = Answered;

    fn shape(&self) -> &impl Splittable {
        &self.load
    }

    fn expected_life(&self) -> Duration {
        Duration::from_millis(10)
    }

    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<Self> {
        let load = Schedule::steady(rate.get() as f64, duration).ok()?;
        Some(Self {
            load,
            ..self.clone()
        })
    }

    /// A server without a port is told, and a command that cannot be understood at its line.
    fn check(&mut self, document: &mut Document) -> Result<(), Diagnostics> {
        if let Err(why) = connection::check_address(&self.server) {
            let node = document.root.get("server").unwrap_or(&document.root);
            let fault = Diagnostic::error(why).at(node.span, "");
            return Err(fault.help("such as `127.0.0.1:6379`").into());
        }
        let blob = self.commands.blob();
        let blob = document
            .blobs()
            .iter()
            .find(|known| known.reference == *blob);
        let text = blob.map(|blob| String::from_utf8_lossy(&blob.bytes).into_owned());
        let text = text.unwrap_or_default();
        Commands::read(&text)
            .map(|_| ())
            .map_err(|fault| fault.at(&text, self.commands.name(), document).into())
    }

    async fn unit(&self, unit: &OneUnit<Answered>) -> Result<(), Failure> {
        let command = self.command(unit).await?;
        let mut connection = self.connection(unit).await?;
        let sent = unit.now();
        let answer = tokio::select! {
            answer = connection.ask(&command) => {
                answer.map_err(|error| Failure::because("the connection broke", &error))?
            }
            () = unit.sleep(PATIENCE) => return Err(Failure::new("no answer in ten seconds")),
        };
        let now = unit.now();
        self.own.borrow_mut().idle.push(connection);
        if let Reply::Error(said) = answer {
            let name = command.first().map_or("", String::as_str);
            return Err(Failure::new(format!("`{name}` was answered with `{said}`")));
        }
        unit.record(|report| {
            report.answered.add(1);
            report.took.add(now.saturating_sub(sent));
            report.waited.add(now.saturating_sub(unit.due()));
        });
        Ok(())
    }
}

star_core::register_task!(RedisLoad);
