//! Datagrams, and bytes to an agent.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use star_core::Context;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpStream, UdpSocket, lookup_host};

use crate::report::LoadReport;
use crate::script::model::Agent;

/// How long a datagram may be that is not cut on its way.
const LONGEST: usize = 1_432;

/// How long somebody is waited for who says that nobody listens.
const PATIENCE: Duration = Duration::from_millis(100);

/// Sends lines, many to a datagram. Whether they arrive nobody knows; where nobody listens, that is told.
pub(super) async fn datagrams(
    to: (&str, u16),
    lines: &[String],
    cx: &Context<LoadReport>,
) -> Result<(), String> {
    let socket = connected(to).await.map_err(|error| told(&error))?;
    let mut together = String::new();
    let mut sent = 0;
    for line in lines {
        if !together.is_empty() && together.len() + 1 + line.len() > LONGEST {
            send(&socket, &together, cx).await?;
            together.clear();
            sent += 1;
        }
        if !together.is_empty() {
            together.push('\n');
        }
        together.push_str(line);
    }
    if !together.is_empty() {
        send(&socket, &together, cx).await?;
        sent += 1;
    }
    if sent == 0 {
        return Ok(());
    }
    let mut nothing = [0];
    tokio::select! {
        biased;
        answer = socket.recv(&mut nothing) => answer.map(|_| ()).map_err(|error| told(&error)),
        () = cx.sleep(PATIENCE) => Ok(()),
    }
}

/// Not faster than they are taken: a socket's memory is small, and what does not fit is lost.
async fn send(socket: &UdpSocket, text: &str, cx: &Context<LoadReport>) -> Result<(), String> {
    let sent = socket.send(text.as_bytes()).await;
    sent.map_err(|error| told(&error))?;
    cx.sleep(Duration::from_millis(1)).await;
    Ok(())
}

async fn connected(to: (&str, u16)) -> io::Result<UdpSocket> {
    let to = address(to).await?;
    let from = match to {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((from, 0)).await?;
    socket.connect(to).await?;
    Ok(socket)
}

async fn address(to: (&str, u16)) -> io::Result<SocketAddr> {
    let mut found = lookup_host(to).await?;
    found.next().ok_or_else(|| ErrorKind::NotFound.into())
}

/// Gives lines to an agent.
pub(super) async fn to_agent(agent: &Agent, lines: &[u8]) -> Result<(), String> {
    let to = (&*agent.host, agent.port);
    let given = async {
        if agent.udp {
            let socket = connected(to).await?;
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                socket.send(line).await?;
            }
            return Ok(());
        }
        let mut stream = TcpStream::connect(address(to).await?).await?;
        stream.write_all(lines).await?;
        stream.shutdown().await
    };
    given.await.map_err(|error| told(&error))
}

fn told(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        _ => error.to_string(),
    }
}
