//! The least that a user of the flow can cost who comes when they are due: one thread that waits for the instant, connects, sends, and waits for
//! answers. It draws, renders, captures and counts nothing; what it takes is the kernel's for three waits and two requests.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;

use rustix::thread::{ClockId, clock_nanosleep_absolute};
use rustix::time::Timespec;

use crate::machine::monotonic;

/// What a user makes.
const MAKES: &str = r#"{"name":"a thing","price":12}"#;

/// `least ADDRESS RATE COUNT`: so many users at this rate a second.
pub(crate) fn least(arguments: &[String]) -> io::Result<ExitCode> {
    let [address, rate, count] = arguments else {
        return Err(io::Error::other("least ADDRESS RATE COUNT"));
    };
    let address: SocketAddr = address.parse().map_err(io::Error::other)?;
    let rate: u64 = rate.parse().map_err(io::Error::other)?;
    let count: u64 = count.parse().map_err(io::Error::other)?;
    let length = MAKES.len();
    let makes = format!(
        "POST /items HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{MAKES}"
    );
    let looks = format!("GET /items/1000000000 HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let begin = monotonic() + 10_000_000;
    for user in 0..count {
        wait_until(begin + user * 1_000_000_000 / rate)?;
        let mut connection = TcpStream::connect(address)?;
        for request in [&makes, &looks] {
            connection.write_all(request.as_bytes())?;
            // An answer of the target comes at once and is far smaller than this.
            if connection.read(&mut [0; 4096])? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Waits until an instant of the monotonic clock, in nanoseconds.
fn wait_until(due: u64) -> io::Result<()> {
    let seconds = i64::try_from(due / 1_000_000_000).map_err(io::Error::other)?;
    let nanos = i64::try_from(due % 1_000_000_000).map_err(io::Error::other)?;
    let until = Timespec {
        tv_sec: seconds,
        tv_nsec: nanos,
    };
    loop {
        match clock_nanosleep_absolute(ClockId::Monotonic, &until) {
            Err(rustix::io::Errno::INTR) => {}
            ended => return Ok(ended?),
        }
    }
}
