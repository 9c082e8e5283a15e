//! What the program does as a function: the work of one envelope after the other.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::{Value, json};
use star_core::Time;
use star_core::clock::SystemClock;
use star_core::registry::Kinds;
use star_core::wire::Reply;
use star_core::worker::{Host, SystemIds, World, work};
use star_core::{Bell, Ending, Failure, Heard, Told, Voice};
use tokio::runtime::LocalOptions;

use crate::alert::Topic;
use crate::bucket::Bucket;
use crate::config::{Access, Config};
use crate::ending::{Ends, Teller};
use crate::event::{Reader, carry_out, is_envelope, run_of};
use crate::lambda::Lambda;
use crate::mark;
use crate::noted::Noted;
use crate::payload::Payload;

/// The variable of the environment in which the platform says where invocations are to be had; elsewhere it is not set.
pub const RUNTIME_VARIABLE: &str = "AWS_LAMBDA_RUNTIME_API";

/// The variable that has the bucket's name.
pub const LEDGER_VARIABLE: &str = "SLSART_LEDGER";

/// The variable that has the topic of alerts.
pub const TOPIC_VARIABLE: &str = "SLSART_TOPIC";

/// The variable that says of which deployment the function is.
pub const DEPLOYMENT_VARIABLE: &str = "SLSART_DEPLOYMENT";

/// The variable that says how runs are cut where their scripts do not say, as JSON; not set where nothing is said of it.
pub const LIMITS_VARIABLE: &str = "SLSART_LIMITS";

/// The variable that has what the program is called with which people deployed it, where that is not `slsart`.
pub const PROGRAM_VARIABLE: &str = "SLSART_PROGRAM";

const NAME_VARIABLE: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// The variables that every function has from the platform, and whose values are known there only.
const PLATFORM_VARIABLES: [&str; 16] = [
    NAME_VARIABLE,
    RUNTIME_VARIABLE,
    "AWS_ACCESS_KEY_ID",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "LANG",
    "PATH",
    "TZ",
];

/// The variables that say in which region a function is.
const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// What an environment has where it is a function's, for whoever asks before there is the function: its own variables, and something
/// for each of the platform's.
pub fn environment_of(
    own: &BTreeMap<String, String>,
    region: Option<&str>,
) -> BTreeMap<String, String> {
    let region = region.unwrap_or("us-east-1");
    let platform = PLATFORM_VARIABLES.map(|name| (name, "known there"));
    let regions = REGION_VARIABLES.map(|name| (name, region));
    let given = platform.into_iter().chain(regions);
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut environment: BTreeMap<_, _> = given.collect();
    environment.extend(own.clone());
    environment
}

/// How long before the platform ends an invocation its worker's life is over.
pub const LAST_WORDS: Duration = Duration::from_secs(1);

/// Why a function cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// The stack did not set it.
    #[error("the variable `{0}` is not set: this function was not deployed by `slsart deploy`")]
    NotSet(&'static str),
    /// AWS cannot be reached.
    #[error(transparent)]
    Aws(#[from] crate::AwsError),
    /// The system has no runtime.
    #[error("no runtime can be had")]
    Runtime(#[from] std::io::Error),
    /// The platform's interface failed.
    #[error("the platform's interface failed: {0}")]
    Platform(String),
}

/// Whether this program was started as a function.
pub fn is_function() -> bool {
    std::env::var_os(RUNTIME_VARIABLE).is_some()
}

/// Where lines for the function's log go.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// What the program brings with it that is a function.
pub struct Program {
    /// The kinds of task that it has.
    pub kinds: Kinds,
    /// Reads scripts that come as events.
    pub reader: Reader,
    /// Says what is to be told of a run that is over.
    pub teller: Teller,
    /// Has what workers do, and what tasks say, a JSON object a line.
    pub log: Log,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").finish_non_exhaustive()
    }
}

/// Does what invocations ask for, as long as the platform has some: orders to workers, and scripts.
///
/// # Errors
/// Where it is no function of a deployment, or the platform's interface fails.
pub fn run(program: Program) -> Result<(), FunctionError> {
    mark::keep();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    runtime.block_on(async {
        let function = Function::new(program).await?;
        let handler = service_fn(|event: LambdaEvent<Payload>| function.take(event));
        let served = lambda_runtime::run(handler).await;
        served.map_err(|error| FunctionError::Platform(error.to_string()))
    })
}

/// A program that is a function of a deployment.
struct Function {
    host: Host,
    topic: Topic,
    program: Program,
}

impl Function {
    async fn new(program: Program) -> Result<Self, FunctionError> {
        let variable = |name| std::env::var(name).map_err(|_| FunctionError::NotSet(name));
        let bucket = variable(LEDGER_VARIABLE)?;
        let deployment = variable(DEPLOYMENT_VARIABLE)?;
        let topic = variable(TOPIC_VARIABLE)?;
        let name = variable(NAME_VARIABLE)?;
        let config = Config::load(&Access::default()).await?;
        let host = Host {
            world: World {
                ledger: Arc::new(Bucket::new(&config, bucket)),
                clock: Arc::new(SystemClock::new()),
                kinds: program.kinds.clone(),
                ids: Arc::new(SystemIds),
                deployment,
                voice: Voice::default(),
                ending: Ending::default(),
                bell: Bell::default(),
            },
            transport: Arc::new(Lambda::new(&config, name)),
            deadline: None,
        };
        Ok(Self {
            host,
            topic: Topic::new(&config, topic),
            program,
        })
    }

    async fn take(&self, event: LambdaEvent<Payload>) -> Result<Value, Diagnostic> {
        let (Payload(payload), context) = event.into_parts();
        match payload {
            Ok(payload) => self.handle(LambdaEvent::new(payload, context)).await,
            Err(why) => {
                let request = &context.request_id;
                let line = json!({ "request": request, "run": request, "reply": "invalid", "detail": why });
                (self.program.log)(&line.to_string());
                Err(error("NotStarted", why))
            }
        }
    }

    async fn handle(&self, event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
        let log = &self.program.log;
        let request = &event.context.request_id;
        let ends = Arc::new(Ends::new(
            self.program.teller.clone(),
            self.topic.clone(),
            &self.host.world,
            Arc::clone(log),
            request,
        ));
        let mut host = self.host.clone();
        host.deadline = Some(time(event.context.deadline()) - LAST_WORDS);
        host.world.ending = Ending::new(Arc::clone(&ends) as Arc<dyn Told>);
        let begun = Arc::new(Mutex::new(Vec::new()));
        host.world.voice = voice(log, request, &begun);
        host.transport = Arc::new(Noted::new(Arc::clone(&host.transport), log, request));
        let (run, reply) = if is_envelope(&event.payload) {
            let reply = match serde_json::to_vec(&event.payload) {
                Ok(bytes) => work(&bytes, &host).await,
                Err(error) => Reply::Failed(Failure::because("the event cannot be read", &error)),
            };
            (event.payload["run"].clone(), Ok(reply))
        } else {
            let warn = |text: &str| {
                let line = json!({ "request": request, "run": request, "warning": text });
                log(&line.to_string());
            };
            let reader = &self.program.reader;
            let reply = match run_of(request) {
                Ok(run) => carry_out(&event.payload, run, &host, reader, &warn).await,
                Err(why) => Err(why),
            };
            (json!(request), reply)
        };
        let mut said = match &reply {
            Ok(reply) => json!(reply),
            Err(why) => json!({ "reply": "invalid", "detail": why }),
        };
        let mut line = json!({ "request": request, "run": run });
        merge(&mut line, &json!({ "order": event.payload["order"] }));
        let begun = std::mem::take(&mut *begun.lock().unwrap_or_else(PoisonError::into_inner));
        if !begun.is_empty() {
            line["chunks"] = json!(begun);
        }
        merge(&mut line, &said);
        log(&line.to_string());
        // Whoever waits for an answer, and the platform's counts, are to see it as what it is.
        if let Err(why) = reply {
            return Err(error("NotStarted", why));
        }
        let ended = ends.take().map_err(|why| error("AlertNotSent", why))?;
        if let Some(ended) = &ended
            && !is_envelope(&event.payload)
        {
            merge(&mut said, &ended.result);
        }
        let ended = ended.map(|ended| ended.ended);
        merge(&mut said, &json!({ "run": run, "ended": ended }));
        Ok(said)
    }
}

/// What the platform counts as an error, of a type that whoever invoked the function can tell from others.
fn error(kind: &str, why: String) -> Diagnostic {
    Diagnostic {
        error_type: kind.to_owned(),
        error_message: why,
    }
}

/// Has what tasks say in the log, with the run and the chunk that it is of; notes which chunks are begun.
fn voice(log: &Log, request: &str, begun: &Arc<Mutex<Vec<String>>>) -> Voice {
    let (log, request, begun) = (Arc::clone(log), request.to_owned(), Arc::clone(begun));
    Voice::heard(move |heard| match (heard.line, heard.chunk) {
        (Some(line), _) => log(&said(&request, heard, line).to_string()),
        (None, Some(chunk)) => {
            let mut begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
            begun.push(chunk.to_string());
        }
        (None, None) => {}
    })
}

fn said(request: &str, heard: &Heard<'_>, line: &str) -> Value {
    let mut object = json!({ "request": request, "said": line });
    let chunk = heard.chunk.map(ToString::to_string);
    merge(&mut object, &json!({ "run": heard.run, "chunk": chunk }));
    object
}

/// Puts the fields of one object into another.
fn merge(into: &mut Value, more: &Value) {
    if let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) {
        let fields = more.iter().filter(|(_, value)| !value.is_null());
        into.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
    }
}

fn time(at: SystemTime) -> Time {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    Time::from_nanos(since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }))
}
