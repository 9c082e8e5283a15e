//! The task against a real server, whose counts are those of one machine, and against the laws.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redis_load::RedisLoad;
use star_core::document::{Blob, File};
use star_core::laws::Kit;
use star_core::shape::Schedule;

#[test]
fn every_law_holds() {
    let commands = Blob::new("shop.redis", include_str!("../shop.redis"));
    let file = File::from(commands.reference.clone());
    let load = Schedule::steady(5.0, Duration::from_secs(4)).unwrap();
    let task = RedisLoad::new("127.0.0.1:1", file, load);
    Kit::default().blobs([commands]).check_one(&task).unwrap();
}

/// A server of its own, gone with the test.
struct Redis {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Redis {
    /// A port that was free may be taken by another test in between: then the server goes, and another port is tried.
    fn start() -> Self {
        loop {
            if let Some(redis) = Self::try_start() {
                return redis;
            }
        }
    }

    fn try_start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let started = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &port.to_string(), "--dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let process = started.unwrap_or_else(|error| {
            panic!("this test needs `redis-server`, which `.ci/test` installs as root on Debian (`apt-get install redis-server`): {error}")
        });
        let mut redis = Self {
            process,
            port,
            _folder: folder,
        };
        let own = format!("process_id:{}", redis.process.id());
        let deadline = Instant::now() + Duration::from_mins(1);
        while redis.process.try_wait().unwrap().is_none() {
            let said = redis.try_ask("INFO server").unwrap_or_default();
            if said.lines().any(|line| line == own) {
                return Some(redis);
            }
            assert!(Instant::now() < deadline, "the server does not answer");
            std::thread::park_timeout(Duration::from_millis(10));
        }
        None
    }

    /// The text that answers a command.
    fn ask(&self, command: &str) -> String {
        self.try_ask(command).unwrap()
    }

    fn try_ask(&self, command: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(format!("{command}\r\n").as_bytes())?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let length = line.trim_start_matches('$').trim_end().parse();
        let mut text = vec![0; length.map_err(io::Error::other)?];
        stream.read_exact(&mut text)?;
        String::from_utf8(text).map_err(io::Error::other)
    }

    /// How often it was sent a command, by its own account.
    fn calls(&self, command: &str) -> u64 {
        let stats = self.ask("INFO commandstats");
        let prefix = format!("cmdstat_{command}:calls=");
        let line = stats.lines().find_map(|line| line.strip_prefix(&prefix));
        let calls = line.and_then(|line| line.split(',').next());
        calls.map_or(0, |calls| calls.parse().unwrap())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}

const JOB: &str = "task: redis-load\nserver: 127.0.0.1:PORT\ncommands: shop.redis\nload: [{ duration: 2, rate: 10, to: 90 }, { duration: 1, count: 40 }]\n";

/// As many as `JOB` plans: a hundred, and forty.
const PLANNED: u64 = 140;

fn run(folder: &Path, redis: &Redis, workers: &str) -> std::process::Output {
    let job = folder.join("job.yml");
    fs::write(&job, JOB.replace("PORT", &redis.port.to_string())).unwrap();
    fs::write(folder.join("shop.redis"), include_str!("../shop.redis")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_redis-load"))
        .arg("run")
        .arg(job)
        .args([
            "-q",
            "-o",
            "-",
            "--seed",
            "7",
            "--late-limit",
            "30000",
            "--workers",
            workers,
        ])
        .arg("--runs")
        .arg(folder.join("runs"))
        .output()
        .unwrap()
}

#[test]
fn the_server_counts_and_sums_up_the_same_whoever_sends() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for workers in ["1", "3", "7"] {
        let redis = Redis::start();
        let ran = run(folder.path(), &redis, workers);
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(report["report"]["answered"], PLANNED, "{report:#}");
        assert_eq!(report["report"]["waited"]["count"], PLANNED, "{report:#}");
        let names = [
            "hset",
            "setex",
            "incrby",
            "zincrby",
            "get",
            "zrevrange",
            "pfadd",
        ];
        let calls = names.map(|name| redis.calls(name));
        assert_eq!(calls, [PLANNED / 7; 7], "with {workers} workers");
        seen.push((
            redis.ask("GET sold"),
            redis.ask("HGET order:0 item"),
            redis.ask("HGET order:133 item"),
        ));
    }
    assert!(seen[0].0.parse::<u64>().unwrap() >= PLANNED / 7, "{seen:?}");
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[test]
fn what_the_server_refuses_fails_the_run_and_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start();
    let mut wrong = TcpStream::connect(("127.0.0.1", redis.port)).unwrap();
    wrong.write_all(b"SET sold nothing\r\n").unwrap();
    let mut done = [0; 5];
    wrong.read_exact(&mut done).unwrap();
    let ran = run(folder.path(), &redis, "2");
    assert_eq!(ran.status.code(), Some(3));
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(report["report"]["answered"], PLANNED / 7 * 6, "{report:#}");
    assert_eq!(report["failed"]["count"], PLANNED / 7, "{report:#}");
    let shown = report["failed"].to_string();
    assert!(
        shown.contains("`INCRBY` was answered with `ERR value is not an integer"),
        "{shown}"
    );
}

#[test]
fn a_load_that_functions_would_not_take_is_shown_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let job = folder.path().join("job.yml");
    fs::write(&job, JOB.replace("PORT", "1").replace("90", "90000")).unwrap();
    fs::write(folder.path().join("shop.redis"), "GET sold\n").unwrap();
    let planned = Command::new(env!("CARGO_BIN_EXE_redis-load"))
        .arg("plan")
        .arg(job)
        .output()
        .unwrap();
    assert_eq!(planned.status.code(), Some(5));
    let told = String::from_utf8(planned.stderr).unwrap();
    for part in [
        " units a second are planned",
        "job.yml:4:1",
        "`_split.maxScriptRequestsPerSecond` allows 5000 by default",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn a_server_without_a_host_or_a_port_is_told_what_is_missing() {
    for (server, said) in [
        ("':6379'", "the host is missing before the colon"),
        ("'localhost:'", "the port is missing behind the colon"),
    ] {
        assert_eq!(told(server, "GET a\n")[0]["message"], said);
    }
}

/// What is said of a job with this server and these commands.
fn told(server: &str, commands: &str) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let job = JOB.replace("127.0.0.1:PORT", server);
    fs::write(folder.path().join("job.yml"), job).unwrap();
    fs::write(folder.path().join("shop.redis"), commands).unwrap();
    let checked = Command::new(env!("CARGO_BIN_EXE_redis-load"))
        .args(["check", "--json"])
        .arg(folder.path().join("job.yml"))
        .output()
        .unwrap();
    assert_eq!(checked.status.code(), Some(5));
    serde_json::from_slice(&checked.stdout).unwrap()
}

#[test]
fn a_command_that_cannot_be_understood_is_told_at_its_line() {
    let told = told("127.0.0.1:6379", "GET a\nGET {id}\n");
    assert_eq!(
        (&told[0]["file"], &told[0]["line"], &told[0]["column"]),
        (&"shop.redis".into(), &2.into(), &5.into()),
        "{told:#}"
    );
}

#[test]
fn a_server_without_a_port_is_told_at_its_place() {
    let told = told("localhost", "GET a\n");
    assert_eq!(
        (&told[0]["message"], &told[0]["line"], &told[0]["column"]),
        (&"`localhost` has no port".into(), &2.into(), &9.into()),
        "{told:#}"
    );
}

#[test]
fn a_load_that_cannot_be_cut_is_shown_in_the_world_or_the_job() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name)
    };
    write("shop.redis", "GET sold\n");
    let job = write("job.yml", &JOB.replace("PORT", "1"));
    let short = write("short.yml", "coldStart: 1s\ntimeout: 46s\n");
    let long = write("long.yml", "split:\n  lead: 20m\n");
    for (world, place) in [(short, "short.yml:2:1"), (long, "long.yml:1:1")] {
        let simulated = Command::new(env!("CARGO_BIN_EXE_redis-load"))
            .arg("simulate")
            .arg(&job)
            .arg("--world")
            .arg(world)
            .output()
            .unwrap();
        assert_eq!(simulated.status.code(), Some(5));
        let told = String::from_utf8(simulated.stderr).unwrap();
        assert!(
            told.contains("the task cannot be cut: a worker lives"),
            "{told}"
        );
        assert!(told.contains(place), "{told}");
    }
}

#[test]
fn a_connection_that_is_refused_was_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let job = JOB.replace("PORT", &nobody.port().to_string());
    fs::write(folder.path().join("job.yml"), job).unwrap();
    fs::write(folder.path().join("shop.redis"), "GET sold\n").unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_redis-load"))
        .arg("run")
        .arg(folder.path().join("job.yml"))
        .args(["-q", "-o", "-", "--runs"])
        .arg(folder.path().join("runs"))
        .output()
        .unwrap();
    assert_eq!(
        ran.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(report["report"]["connections"], 0, "{report:#}");
    assert!(report["failed"]["count"].as_u64() > Some(0), "{report:#}");
}
