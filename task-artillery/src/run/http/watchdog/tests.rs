use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

#[tokio::test(start_paused = true)]
async fn the_limit_in_force_is_the_last_one_set() {
    let begun = Instant::now();
    let mut watchdog = Watchdog::new();
    let second = Duration::from_secs(1);
    let never = || std::future::pending::<()>();
    assert_eq!(watchdog.limit(second, pin!(never())).await, Err(Elapsed));
    assert_eq!(begun.elapsed(), second);
    // The timer was set for a second; the limit moves on twice before it rings.
    assert_eq!(
        watchdog
            .limit(10 * second, pin!(tokio::time::sleep(second)))
            .await,
        Ok(())
    );
    assert_eq!(
        watchdog.limit(10 * second, pin!(never())).await,
        Err(Elapsed)
    );
    assert_eq!(begun.elapsed(), 12 * second);
    // A shorter limit than the timer was set for is kept too.
    assert_eq!(
        watchdog
            .limit(100 * second, pin!(tokio::time::sleep(second)))
            .await,
        Ok(())
    );
    assert_eq!(
        watchdog.limit(2 * second, pin!(never())).await,
        Err(Elapsed)
    );
    assert_eq!(begun.elapsed(), 15 * second);
}

#[tokio::test(start_paused = true)]
async fn a_limit_may_be_longer_than_any_clock() {
    let mut watchdog = Watchdog::new();
    assert_eq!(
        watchdog
            .limit(
                Duration::MAX,
                pin!(tokio::time::sleep(Duration::from_secs(1)))
            )
            .await,
        Ok(())
    );
}

/// What a real worker makes of work, each with a limit of its own, while it stands still for longer than that. It hears of one thing
/// at a time.
#[expect(
    clippy::disallowed_methods,
    reason = "to block the runtime is what it is about"
)]
fn standing_still<T>(
    limit: Duration,
    work: impl IntoIterator<Item = impl Future<Output = T>>,
) -> Vec<Result<T, Elapsed>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_io_events_per_tick(1)
        .build()
        .unwrap();
    let limited = work.into_iter().map(|work| async move {
        let mut watchdog = Watchdog::new();
        watchdog.limit(limit, pin!(work)).await
    });
    let standing = async {
        tokio::task::yield_now().await;
        std::thread::sleep(limit * 2);
    };
    let all = async {
        let all = futures_util::future::join_all(limited);
        futures_util::future::join(all, standing).await.0
    };
    runtime.block_on(all)
}

/// Both ends of a connection.
fn connection() -> (std::net::TcpStream, std::net::TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let here = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    here.set_nonblocking(true).unwrap();
    (here, listener.accept().unwrap().0)
}

const LIMIT: Duration = Duration::from_millis(100);

#[test]
fn answers_that_came_while_the_worker_stood_still_count() {
    let (here, mut there): (Vec<_>, Vec<_>) = (0..9).map(|_| connection()).unzip();
    let reading = here.into_iter().map(|stream| async {
        let mut stream = TcpStream::from_std(stream).unwrap();
        stream.read_u8().await.unwrap()
    });
    for peer in &mut there[..8] {
        peer.write_all(b"x").unwrap();
    }
    let read = standing_still(LIMIT, reading);
    assert_eq!(read[..8], [Ok(b'x'); 8]);
    assert_eq!(read[8], Err(Elapsed), "nothing came by that one");
}

#[test]
fn what_a_worker_had_no_chance_to_do_while_it_stood_still_may_be_done_after_that() {
    let (here, mut there) = connection();
    let peer = std::thread::spawn(move || {
        for _ in 0..3 {
            let mut byte = [0];
            there.read_exact(&mut byte).unwrap();
            there.write_all(&byte).unwrap();
        }
    });
    let there_and_back = async {
        let mut stream = TcpStream::from_std(here).unwrap();
        for byte in 0..3 {
            stream.write_u8(byte).await.unwrap();
            assert_eq!(stream.read_u8().await.unwrap(), byte);
        }
    };
    assert_eq!(standing_still(LIMIT, [there_and_back]), [Ok(())]);
    peer.join().unwrap();
}
