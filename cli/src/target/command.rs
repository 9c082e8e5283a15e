//! The target as a command.

use std::io::{self, Write};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use super::server::Target;

/// Serves a target on a port of 127.0.0.1 (0: a free one) until SIGINT or SIGTERM arrives.
///
/// The first line written to `out` is its URL; connections are taken from then on.
///
/// # Errors
///
/// When the port is taken or may not be used, when signals cannot be watched, or when `out` fails.
pub fn run(port: u16, out: &mut impl Write) -> io::Result<()> {
    raise_descriptor_limit();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Watched before the address is known to anybody, so that no signal is missed.
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let shutdown = async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        serve(port, out, shutdown).await
    })
}

async fn serve(
    port: u16,
    out: &mut impl Write,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let target = Target::bind(port)?;
    writeln!(out, "{}", target.url())?;
    out.flush()?;
    target.serve(shutdown).await
}

/// Lets the process have as many descriptors as it may: the usual 1,024 are 1,024 connections at most.
fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Refused on some systems; fewer connections fit then, and `refused` tells of them.
    setrlimit(Resource::Nofile, limit).ok();
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write, pipe};
    use std::net::TcpStream;

    use tokio::sync::oneshot;

    use super::serve;

    #[test]
    fn the_url_is_the_first_line_and_is_served_until_told_to_stop() {
        let (reader, mut writer) = pipe().unwrap();
        let (stop, told) = oneshot::channel::<()>();
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(serve(0, &mut writer, async { told.await.unwrap() }))
        });
        let mut line = String::new();
        BufReader::new(reader).read_line(&mut line).unwrap();
        let addr = line
            .trim_end()
            .strip_prefix("http://")
            .expect("a URL")
            .to_owned();

        let mut stream = TcpStream::connect(&addr).unwrap();
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("\r\n\r\nok"), "{answer}");

        stop.send(()).unwrap();
        server.join().unwrap().unwrap();
        assert!(
            TcpStream::connect(&addr).is_err(),
            "nobody listens any more"
        );
    }

    #[test]
    fn a_port_that_is_taken_is_an_error() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let error = runtime
            .block_on(serve(port, &mut Vec::new(), async {}))
            .unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    }
}
