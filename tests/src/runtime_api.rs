//! The interface by which AWS Lambda hands out invocations, as far as a function sees that has none yet.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::Program;

/// What a function asked first, and when.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its method and path.
    pub line: String,
    /// When it was read.
    pub at: Instant,
}

/// A served interface. Whoever asks for an invocation waits for as long as it is there.
#[derive(Debug)]
pub struct RuntimeApi {
    port: u16,
    asked: mpsc::Receiver<(Asked, TcpStream)>,
}

impl RuntimeApi {
    /// Serves one, on a port that is free.
    ///
    /// # Panics
    /// Where there is none.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, asked) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut line = String::new();
                let Ok(_) = BufReader::new(&stream).read_line(&mut line) else {
                    continue;
                };
                let (line, at) = (line.trim_end().to_owned(), Instant::now());
                if tell.send((Asked { line, at }, stream)).is_err() {
                    return;
                }
            }
        });
        Self { port, asked }
    }

    /// A call of the program under test as the platform makes it.
    #[must_use]
    pub fn function(&self, program: Program) -> Program {
        program
            .env("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{}", self.port))
            .env("AWS_LAMBDA_FUNCTION_NAME", "load-dev-loadGenerator")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
            .env(
                "AWS_LAMBDA_LOG_GROUP_NAME",
                "/aws/lambda/load-dev-loadGenerator",
            )
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "AKID")
            .env("AWS_SECRET_ACCESS_KEY", "SECRET")
            .env("AWS_SESSION_TOKEN", "TOKEN")
    }

    /// What is asked next. The connection stays open for as long as it is kept.
    ///
    /// # Panics
    /// Where nothing is, for a minute.
    pub fn next(&self) -> (Asked, TcpStream) {
        let next = self.asked.recv_timeout(Duration::from_mins(1));
        next.expect("the function asks for an invocation")
    }
}
