//! A TCP connection, of which the runtime is asked for no more than what is waited for.
//!
//! The runtime's own asks to be told both when a connection can be read and when it can be written to. The second is so as soon as it is
//! connected, and then nearly always: at a new connection a user, as by default, the worker would be woken once a user to hear it.
//! Here a write is tried, and only where the system takes no more does the runtime hear of it.
//!
//! Nor is it asked anything before there is something to wait for. So the first request follows its connection at once, and a server on the same
//! machine has both when it is woken.

use std::future::poll_fn;
use std::io::{self, Read as _, Write as _};
use std::net::{self, Shutdown, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

/// What the runtime tells of a socket.
#[derive(Debug)]
enum Told {
    /// Nothing yet.
    Nothing(net::TcpStream),
    /// When it can be read.
    Readable(AsyncFd<net::TcpStream>),
    /// When it can be read, and when it can be written to.
    Both(AsyncFd<net::TcpStream>),
    /// The runtime could not be asked, and the socket is closed.
    InVain,
}

/// A TCP connection that sends at once what it is given.
#[derive(Debug)]
pub(super) struct Tcp {
    told: Told,
    /// Whether something was sent.
    sent: bool,
    /// Whether the system has been told to send at once (`TCP_NODELAY`). What is sent first goes out at once anyway: the system waits, if it is not told
    /// not to, only while something short is on its way (RFC 896, and Linux's `tcp_nagle_check`). Most connections of one request need no more.
    undelayed: bool,
}

impl Tcp {
    /// Connects.
    ///
    /// # Errors
    /// Where that is refused, or the system has no descriptor or port left.
    pub(super) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let socket = socket(address)?;
        if let Err(error) = socket.connect(&address.into())
            && !is_under_way(&error)
        {
            return Err(error);
        }
        let mut tcp = Self {
            told: Told::Nothing(socket.into()),
            sent: false,
            undelayed: false,
        };
        // On the same machine it is connected by now.
        if tcp.stream()?.peer_addr().is_err() {
            poll_fn(|cx| tcp.poll_connected(cx)).await?;
        }
        Ok(tcp)
    }

    fn poll_connected(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.writable()?.poll_write_ready_mut(cx))?;
            if let Some(error) = ready.get_inner().take_error()? {
                return Poll::Ready(Err(error));
            }
            match ready.get_inner().peer_addr() {
                Ok(_) => return Poll::Ready(Ok(())),
                Err(error) if error.kind() == io::ErrorKind::NotConnected => ready.clear_ready(),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    #[cfg(test)]
    pub(super) fn peer_addr(&mut self) -> io::Result<SocketAddr> {
        self.stream()?.peer_addr()
    }

    /// Looks at what has come, which stays; nothing at the end.
    ///
    /// # Errors
    /// Where the connection broke.
    pub(super) async fn peek(&mut self, seen: &mut [u8]) -> io::Result<usize> {
        // Nothing is taken, so there is as much to read as before.
        let taken = 0;
        poll_fn(|cx| self.poll_readable(cx, taken, |socket| socket.peek(seen))).await
    }

    /// Waits until something can be read, by `read`, which takes at most so many bytes.
    fn poll_readable(
        &mut self,
        cx: &mut Context<'_>,
        most: usize,
        mut read: impl FnMut(&net::TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut ready = ready!(self.readable()?.poll_read_ready_mut(cx))?;
            match read(ready.get_inner()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                // Less than it takes at most is all that there was: asking once more would be in vain.
                Ok(length) if (1..most).contains(&length) => {
                    ready.clear_ready();
                    return Poll::Ready(Ok(length));
                }
                read => return Poll::Ready(read),
            }
        }
    }

    fn stream(&self) -> io::Result<&net::TcpStream> {
        match &self.told {
            Told::Nothing(socket) => Ok(socket),
            Told::Readable(socket) | Told::Both(socket) => Ok(socket.get_ref()),
            Told::InVain => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The socket, of which the runtime tells when it can be read.
    fn readable(&mut self) -> io::Result<&mut AsyncFd<net::TcpStream>> {
        if let Told::Nothing(_) = self.told {
            let socket = self.untold()?;
            self.told = Told::Readable(ask(socket, Interest::READABLE)?);
        }
        self.asked()
    }

    /// The socket, of which the runtime tells when it can be written to.
    fn writable(&mut self) -> io::Result<&mut AsyncFd<net::TcpStream>> {
        if !matches!(self.told, Told::Both(_)) {
            let socket = self.untold()?;
            self.told = Told::Both(ask(socket, Interest::READABLE | Interest::WRITABLE)?);
        }
        self.asked()
    }

    fn asked(&mut self) -> io::Result<&mut AsyncFd<net::TcpStream>> {
        match &mut self.told {
            Told::Readable(socket) | Told::Both(socket) => Ok(socket),
            Told::Nothing(_) | Told::InVain => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The socket, of which the runtime tells nothing any more.
    fn untold(&mut self) -> io::Result<net::TcpStream> {
        match std::mem::replace(&mut self.told, Told::InVain) {
            Told::Nothing(socket) => Ok(socket),
            Told::Readable(socket) | Told::Both(socket) => Ok(socket.into_inner()),
            Told::InVain => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Has the system send at once what is sent from now on.
    fn undelay(&mut self) -> io::Result<()> {
        // Where the connection has broken meanwhile, that is for the writing to say.
        let _done_or_broken = self.stream()?.set_nodelay(true);
        self.undelayed = true;
        Ok(())
    }
}

/// Asks the runtime to tell of a socket.
fn ask(socket: net::TcpStream, interest: Interest) -> io::Result<AsyncFd<net::TcpStream>> {
    #[expect(
        deprecated,
        reason = "its unsafe successor guards against owners that close or swap their descriptor; a stream that nobody else can reach does neither"
    )]
    AsyncFd::with_interest(socket, interest)
}

/// A socket for a connection to there.
fn socket(address: SocketAddr) -> io::Result<Socket> {
    let kind = Type::STREAM;
    #[cfg(target_os = "linux")]
    let kind = kind.nonblocking();
    let socket = Socket::new(Domain::for_address(address), kind, Some(Protocol::TCP))?;
    #[cfg(not(target_os = "linux"))]
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Whether that is no error, but says that connecting takes a while.
fn is_under_way(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::INPROGRESS.raw_os_error())
}

impl AsyncRead for Tcp {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buf.initialize_unfilled();
        let polled = self
            .get_mut()
            .poll_readable(cx, room.len(), |mut socket| socket.read(room));
        let length = ready!(polled)?;
        buf.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if std::mem::replace(&mut this.sent, true) && !this.undelayed {
            this.undelay()?;
        }
        if !matches!(this.told, Told::Both(_)) {
            match this.stream()?.write(bytes) {
                // From now on the runtime tells.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
            // Whoever waits to read already has to ask anew too.
            cx.waker().wake_by_ref();
        }
        let socket = this.writable()?;
        loop {
            let mut ready = ready!(socket.poll_write_ready_mut(cx))?;
            match ready.get_inner_mut().write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                written => return Poll::Ready(written),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream()?.shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    fn within<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let limited = async { tokio::time::timeout(LIMIT, work).await };
        runtime.block_on(limited).unwrap()
    }

    fn listening() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    #[test]
    fn what_is_sent_is_answered_and_a_look_takes_nothing() {
        let (listener, address) = listening();
        within(async {
            let mut tcp = Tcp::connect(address).await.unwrap();
            let (mut peer, _) = listener.accept().unwrap();
            tcp.write_all(b"who").await.unwrap();
            let mut asked = [0; 3];
            peer.read_exact(&mut asked).unwrap();
            assert_eq!(&asked, b"who");
            assert!(matches!(tcp.told, Told::Nothing(_)));
            peer.write_all(b"me").unwrap();
            let mut seen = [0; 8];
            assert_eq!(tcp.peek(&mut seen).await.unwrap(), 2);
            assert_eq!(tcp.read(&mut seen).await.unwrap(), 2);
            assert_eq!(&seen[..2], b"me");
            assert!(!tcp.undelayed);
            tcp.write_all(b"now").await.unwrap();
            peer.read_exact(&mut asked).unwrap();
            assert_eq!(&asked, b"now");
            assert!(tcp.stream().unwrap().nodelay().unwrap());
            drop(peer);
            assert_eq!(tcp.read(&mut seen).await.unwrap(), 0);
            assert!(matches!(tcp.told, Told::Readable(_)));
        });
    }

    #[test]
    fn what_the_system_does_not_take_at_once_is_sent_when_it_does() {
        const LENGTH: usize = 32 << 20;
        let (listener, address) = listening();
        within(async {
            let tcp = Tcp::connect(address).await.unwrap();
            let (mut peer, _) = listener.accept().unwrap();
            let (mut reading, mut writing) = tokio::io::split(tcp);
            // Somebody waits for an answer meanwhile, and is not forgotten.
            let answer = async {
                let mut answer = [0; 2];
                reading.read_exact(&mut answer).await.unwrap();
                answer
            };
            let sending = async {
                writing.write_all(&vec![7; LENGTH]).await.unwrap();
            };
            let peer = std::thread::spawn(move || {
                let mut all = vec![0; LENGTH];
                peer.read_exact(&mut all).unwrap();
                peer.write_all(b"ok").unwrap();
                all.iter().all(|byte| *byte == 7)
            });
            let (answer, ()) = tokio::join!(answer, sending);
            assert_eq!(&answer, b"ok");
            assert!(peer.join().unwrap());
            assert!(matches!(reading.unsplit(writing).told, Told::Both(_)));
        });
    }

    #[test]
    fn a_port_that_nobody_listens_to_refuses() {
        let address = listening().1;
        let refused = within(Tcp::connect(address)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn a_connection_that_takes_a_while_is_waited_for() {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
        socket.bind(&any.into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        // It takes no further connection until one of those that it has is taken up.
        let soon = Duration::from_millis(100);
        let connect = || net::TcpStream::connect_timeout(&address, soon).ok();
        let filling: Vec<_> = std::iter::from_fn(connect).collect();
        within(async {
            let mut connecting = Box::pin(Tcp::connect(address));
            let at_once = poll_fn(|cx| Poll::Ready(connecting.as_mut().poll(cx).is_ready())).await;
            assert!(!at_once);
            for _ in &filling {
                socket.accept().unwrap();
            }
            let mut tcp = connecting.await.unwrap();
            tcp.write_all(b"here").await.unwrap();
            let (mut peer, _) = socket.accept().unwrap();
            let mut heard = [0; 4];
            peer.read_exact(&mut heard).unwrap();
            assert_eq!(&heard, b"here");
        });
    }
}
