//! An emulator of AWS that runs functions as processes: `ministack`, from `PyPI`.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Program, Scratch};

/// The variable that names the emulator's program, where it is not that of `.ci/test`.
const VARIABLE: &str = "SLSART_MINISTACK";

/// Where `.ci/test` installs it.
const INSTALLED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../target/ministack/bin/ministack"
);

/// What functions have as the token of their credentials, and nobody else has.
pub const SESSION_TOKEN: &str = "session-of-the-role";

/// A running emulator; its processes end with it.
#[derive(Debug)]
pub struct Ministack {
    child: Child,
    port: u16,
    scratch: Scratch,
}

/// The emulator's program.
fn emulator() -> PathBuf {
    let path = std::env::var_os(VARIABLE).map_or_else(|| PathBuf::from(INSTALLED), PathBuf::from);
    assert!(
        path.exists(),
        "this test needs `ministack`, and {} is not there: `bash .ci/test` installs it (python3 with `venv`, and PyPI); or `pip install ministack`, and name its program in `{VARIABLE}`",
        path.display()
    );
    path
}

impl Ministack {
    /// Starts one, on a port that is free.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start() -> Self {
        Self::started("INFO")
    }

    /// Starts one whose log has every call.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn telling() -> Self {
        Self::started("DEBUG")
    }

    fn started(told: &str) -> Self {
        for _ in 0..3 {
            if let Some(started) = Self::try_start(told) {
                return started;
            }
        }
        panic!("the emulator does not start");
    }

    fn try_start(told: &str) -> Option<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let scratch = Scratch::default();
        let home = scratch.path("home");
        std::fs::create_dir_all(&home).unwrap();
        let log = File::create(scratch.path("log")).unwrap();
        let child = Command::new(emulator())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("AWS_ENDPOINT_URL", endpoint(port))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            // That of the functions' credentials.
            .env("AWS_SESSION_TOKEN", SESSION_TOKEN)
            // Functions have the server's environment. As for commands: where others keep the machine busy, users start late.
            .env("SLSART_LATE_LIMIT", "10000")
            .env("LOG_LEVEL", told)
            .env("TMPDIR", &home)
            .env("HOME", &home)
            .env("STATE_DIR", home.join("state"))
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        let mut this = Self {
            child,
            port,
            scratch,
        };
        let deadline = Instant::now() + Duration::from_mins(1);
        while Instant::now() < deadline && matches!(this.child.try_wait(), Ok(None)) {
            if this.is_healthy() {
                return Some(this);
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        None
    }

    fn is_healthy(&self) -> bool {
        let answer = self.exchange("GET", "/_ministack/health", &[], "");
        answer.is_ok_and(|answer| !answer.is_empty() && parts(&answer).0 == 200)
    }

    /// Asks it as AWS is asked, past all that the program under test would do: the status, and the body.
    ///
    /// # Panics
    /// Where there is no answer.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let answer = self.exchange(method, path, headers, body).unwrap();
        let (status, body) = parts(&answer);
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Asks for what is not text: the status, and the body.
    ///
    /// # Panics
    /// Where there is no answer.
    pub fn bytes(&self, path: &str) -> (u16, Vec<u8>) {
        let answer = self.exchange("GET", path, &[], "").unwrap();
        let (status, body) = parts(&answer);
        (status, body.to_vec())
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let line = |(name, value): &(&str, &str)| format!("{name}: {value}\r\n");
        let headers = headers.iter().map(line).collect::<Vec<_>>().concat();
        // Of HTTP/1.0, so that the body is not in pieces.
        let asked = format!(
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        stream.write_all(asked.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }

    /// A call of the program under test whose AWS is this one.
    #[must_use]
    pub fn program(&self, program: Program) -> Program {
        program
            .env("AWS_ENDPOINT_URL", endpoint(self.port))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("HOME", self.scratch.path("home"))
    }

    /// The processes of its functions.
    ///
    /// # Panics
    /// Where there is no list of processes.
    pub fn functions(&self) -> Vec<Pid> {
        let code = format!("/ministack-provided-code-{}/", self.port);
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let functions = processes.filter(|process| {
            let program = std::fs::read_link(process.path().join("exe"));
            program.is_ok_and(|program| program.to_string_lossy().contains(&code))
        });
        let numbers = functions.filter_map(|process| process.file_name().to_str()?.parse().ok());
        numbers.filter_map(Pid::from_raw).collect()
    }

    /// What it and its functions printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.path("log")).unwrap_or_default()
    }
}

/// The status and the body of an answer.
fn parts(answer: &[u8]) -> (u16, &[u8]) {
    const END: &[u8] = b"\r\n\r\n";
    let end = answer.windows(END.len()).position(|some| some == END);
    let (head, body) = answer.split_at(end.unwrap() + END.len());
    let head = str::from_utf8(head).unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
}

fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

impl Drop for Ministack {
    fn drop(&mut self) {
        let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else {
            return;
        };
        let _gone = kill_process_group(group, Signal::TERM);
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        let _gone = kill_process_group(group, Signal::KILL);
        let _reaped = self.child.wait();
    }
}
