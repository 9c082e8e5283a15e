//! The interface by which AWS Lambda hands out invocations.

use std::fmt::Display;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::Program;

/// What a function asked or said, and when.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its method and path.
    pub line: String,
    /// What it says, where it says something.
    pub body: String,
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
                let Ok(asked) = read(&stream) else {
                    continue;
                };
                if tell.send((asked, stream)).is_err() {
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

    /// Hands an event to the function when it asks for one: what it says to it.
    ///
    /// # Panics
    /// Where the function is gone.
    pub fn deliver(&self, id: &str, event: &(impl Display + ?Sized)) -> Value {
        let (asked, mut waiting) = self.next();
        assert!(asked.line.starts_with("GET "), "{asked:?}");
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let deadline = (now.unwrap() + Duration::from_mins(15)).as_millis();
        let event = event.to_string();
        let head = format!(
            "Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:f\r\n"
        );
        answer(&mut waiting, &head, &event);
        let (said, mut waiting) = self.next();
        assert!(said.line.starts_with("POST "), "{said:?}");
        answer(&mut waiting, "", "");
        serde_json::from_str(&said.body).unwrap()
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

/// A request, whole.
fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let at = Instant::now();
    let length = lines.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    Ok(Asked {
        line: lines.into_iter().next().unwrap_or_default(),
        body: String::from_utf8_lossy(&body).into_owned(),
        at,
    })
}

/// Answers, and ends the connection.
fn answer(stream: &mut TcpStream, head: &str, body: &str) {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 200 OK\r\n{head}Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
}
