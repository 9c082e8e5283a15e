//! How it is done.

use std::io;
use std::sync::LazyLock;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::record::{Deed, Record};

/// Longer than any body that is kept.
const LONG: usize = 17 * 1024 * 1024;

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\": 7}";

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// Closes a connection as a crash does.
pub(super) fn reset(stream: &TcpStream) {
    let _already_gone = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Reads requests from a connection and does to each what its number says, until that ends it.
pub(super) async fn serve(mut stream: TcpStream, record: &Record) {
    while let Ok(Some(number)) = request(&mut stream).await {
        let deed = Deed::of(number);
        record.did(deed);
        match act(deed, number, &mut stream).await {
            Ok(true) => {}
            Ok(false) | Err(_) => return,
        }
    }
}

/// The number of the next request; none where there is no other.
async fn request(stream: &mut TcpStream) -> io::Result<Option<u64>> {
    let (mut head, mut part) = (Vec::new(), [0; 2048]);
    while !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut part).await?;
        if length == 0 {
            return Ok(None);
        }
        head.extend_from_slice(&part[..length]);
    }
    let head = String::from_utf8_lossy(&head);
    let number = head
        .strip_prefix("GET /")
        .and_then(|rest| rest.split(' ').next());
    Ok(number.and_then(|number| number.parse().ok()))
}

/// Whether the connection goes on after that.
async fn act(deed: Deed, number: u64, stream: &mut TcpStream) -> io::Result<bool> {
    match deed {
        Deed::Early | Deed::Reset => reset(stream),
        Deed::Fine => {
            stream.write_all(FINE).await?;
            return Ok(true);
        }
        Deed::Late => {
            pause(50).await;
            stream.write_all(FINE).await?;
            return Ok(true);
        }
        Deed::Trickle => {
            for byte in FINE {
                stream.write_all(&[*byte]).await?;
                pause(2).await;
            }
            return Ok(true);
        }
        Deed::Unasked => {
            let answer = [FINE, b"garbage\r\n\r\n"].concat();
            stream.write_all(&answer).await?;
        }
        Deed::Close => {}
        Deed::CutHead => stream.write_all(&FINE[..30]).await?,
        Deed::CutBody => stream.write_all(&FINE[..FINE.len() - 3]).await?,
        Deed::Garbage => stream.write_all(b"\x00\xff garbage\r\n\r\n").await?,
        Deed::BadStatus => stream.write_all(b"HTTP/1.1 20x OK\r\n\r\n").await?,
        Deed::BadChunk => stream.write_all(&[CHUNKED, b"xyz\r\n"].concat()).await?,
        Deed::EndlessHead => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            let headers = b"x-more: and more\r\n".repeat(500);
            loop {
                stream.write_all(&headers).await?;
            }
        }
        Deed::EndlessBody => {
            stream.write_all(CHUNKED).await?;
            let chunk = [b"400\r\n", &[b'x'; 0x400][..], b"\r\n"].concat();
            loop {
                stream.write_all(&chunk).await?;
                pause(20).await;
            }
        }
        Deed::Silence => wait_for_end(stream).await?,
        Deed::Continue => {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            wait_for_end(stream).await?;
        }
        Deed::SilentBody => {
            stream.write_all(&FINE[..FINE.len() - 3]).await?;
            wait_for_end(stream).await?;
        }
        Deed::LongBody | Deed::Bomb | Deed::NotPacked | Deed::NotJson => {
            stream.write_all(&with_body(deed)).await?;
        }
        Deed::Loop => {
            let head = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /";
            stream
                .write_all(format!("{head}{number}\r\n\r\n").as_bytes())
                .await?;
            return Ok(true);
        }
        Deed::Astray => {
            let head = b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: ftp://x/\r\n\r\n";
            stream.write_all(head).await?;
        }
    }
    Ok(false)
}

fn with_body(deed: Deed) -> Vec<u8> {
    let (encoding, body) = match deed {
        Deed::LongBody => ("identity", vec![b'x'; LONG]),
        Deed::Bomb => ("gzip", BOMB.clone()),
        Deed::NotPacked => ("gzip", b"{\"id\": 7}".to_vec()),
        _ => ("identity", b"no JSON".to_vec()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.into_bytes(), body].concat()
}

/// Packed once: that takes longer than all else that is done here.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    io::Write::write_all(&mut encoder, &vec![0; LONG]).unwrap();
    encoder.finish().unwrap()
});

/// The target's own slowness.
async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Returns when the other side has given up.
async fn wait_for_end(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}
