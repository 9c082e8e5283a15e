//! What can go wrong with a request, and what it is called: as node calls it, for those are the names in Artillery's reports.

use std::io;

use rustix::io::Errno;

use super::http1::ExchangeError;
use super::location::UrlError;
use super::resolve::NameError;
use super::tls;
use crate::report::ErrorName;

/// Why a request has no answer, or not all of one.
#[derive(Debug, thiserror::Error)]
pub(in crate::run) enum RequestError {
    /// The URL is none.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The name has no address.
    #[error("the host's name has no address")]
    Name(#[source] NameError),
    /// The connection could not be opened, or broke.
    #[error("the connection failed")]
    Connection(#[source] io::Error),
    /// The protocol was broken, or the connection in mid-message.
    #[error("the exchange failed")]
    Exchange(#[source] ExchangeError),
    /// Connecting, or the response's headers, took too long.
    #[error("no answer in time")]
    TimedOut,
    /// The rest of a body did not come.
    #[error("the body stopped coming")]
    Stalled,
    /// A body took longer than bodies may.
    #[error("the body did not end")]
    Endless,
    /// A proxy does not connect to the server, and answers so.
    #[error("the proxy answered {0}")]
    Refused(u16),
    /// A proxy answers with what is no HTTP.
    #[error("the proxy does not speak HTTP")]
    Proxy,
    /// More redirects than are followed.
    #[error("redirected too often")]
    TooManyRedirects,
    /// A redirect to what is no URL.
    #[error("redirected to what is no URL")]
    NowhereToGo,
    /// A redirect to something else than HTTP.
    #[error("redirected to what is no HTTP")]
    Redirect,
    /// A header's value has a character that no header can have.
    #[error("a header cannot have such a value")]
    Header,
}

impl RequestError {
    /// What reports call it.
    pub(in crate::run) fn name(&self) -> ErrorName {
        ErrorName::Borrowed(match self {
            Self::Url(error) => return ErrorName::Owned(error.to_string()),
            Self::Name(error) => error.name(),
            Self::Connection(error) => io_name(error),
            Self::Exchange(error) => exchange_name(error),
            Self::TimedOut => "ETIMEDOUT",
            Self::Stalled => "ERR_SOCKET_TIMEOUT",
            Self::Endless => "ERR_BODY_TIMEOUT",
            Self::Refused(status) => return ErrorName::Owned(format!("ERR_PROXY_{status}")),
            Self::Proxy => "ERR_PROXY",
            Self::TooManyRedirects => "ERR_TOO_MANY_REDIRECTS",
            Self::NowhereToGo => "ERR_INVALID_URL",
            Self::Redirect => "ERR_UNSUPPORTED_PROTOCOL",
            Self::Header => "ERR_INVALID_CHAR",
        })
    }

    /// Whether there was no descriptor for a connection.
    pub(super) fn is_for_want_of_descriptors(&self) -> bool {
        let errno = self.system().and_then(Errno::from_io_error);
        matches!(errno, Some(Errno::MFILE | Errno::NFILE))
    }

    /// What the operating system said, where it is that which refused a connection, or broke it.
    pub(in crate::run) fn system(&self) -> Option<&io::Error> {
        match self {
            Self::Connection(error) | Self::Exchange(ExchangeError::Io(error)) => Some(error),
            _ => None,
        }
    }
}

/// Node's name for an error of the operating system or of TLS.
fn io_name(error: &io::Error) -> &'static str {
    if let Some(errno) = Errno::from_io_error(error) {
        return errno_name(errno);
    }
    if let Some(name) = tls::error_name(error) {
        return name;
    }
    match error.kind() {
        // The other side ended where the protocol does not.
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => "ECONNRESET",
        io::ErrorKind::ConnectionRefused => "ECONNREFUSED",
        io::ErrorKind::ConnectionAborted => "ECONNABORTED",
        io::ErrorKind::BrokenPipe => "EPIPE",
        io::ErrorKind::TimedOut => "ETIMEDOUT",
        _ => "UNKNOWN",
    }
}

fn errno_name(errno: Errno) -> &'static str {
    match errno {
        Errno::CONNREFUSED => "ECONNREFUSED",
        Errno::CONNRESET => "ECONNRESET",
        Errno::CONNABORTED => "ECONNABORTED",
        Errno::PIPE => "EPIPE",
        Errno::TIMEDOUT => "ETIMEDOUT",
        Errno::MFILE => "EMFILE",
        Errno::NFILE => "ENFILE",
        Errno::ADDRNOTAVAIL => "EADDRNOTAVAIL",
        Errno::ADDRINUSE => "EADDRINUSE",
        Errno::HOSTUNREACH => "EHOSTUNREACH",
        Errno::NETUNREACH => "ENETUNREACH",
        Errno::NETDOWN => "ENETDOWN",
        Errno::HOSTDOWN => "EHOSTDOWN",
        Errno::NOTCONN => "ENOTCONN",
        Errno::NOBUFS => "ENOBUFS",
        Errno::NOMEM => "ENOMEM",
        Errno::ACCESS => "EACCES",
        Errno::PERM => "EPERM",
        Errno::INVAL => "EINVAL",
        Errno::AFNOSUPPORT => "EAFNOSUPPORT",
        Errno::PROTO => "EPROTO",
        _ => "UNKNOWN",
    }
}

/// Node's name for a broken exchange.
fn exchange_name(error: &ExchangeError) -> &'static str {
    match error {
        ExchangeError::Io(error) => tls::alert_name(error).unwrap_or_else(|| io_name(error)),
        ExchangeError::Ended => "ECONNRESET",
        ExchangeError::Head => "HPE_INVALID_CONSTANT",
        ExchangeError::Status => "HPE_INVALID_STATUS",
        ExchangeError::TooLong => "HPE_HEADER_OVERFLOW",
        ExchangeError::Chunk => "HPE_INVALID_CHUNK_SIZE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_have_the_names_of_node() {
        for (errno, name) in [
            (Errno::CONNREFUSED, "ECONNREFUSED"),
            (Errno::CONNRESET, "ECONNRESET"),
            (Errno::PIPE, "EPIPE"),
            (Errno::MFILE, "EMFILE"),
            (Errno::ADDRNOTAVAIL, "EADDRNOTAVAIL"),
            (Errno::HOSTUNREACH, "EHOSTUNREACH"),
            (Errno::XDEV, "UNKNOWN"),
        ] {
            let error = io::Error::from_raw_os_error(errno.raw_os_error());
            assert_eq!(RequestError::Connection(error).name(), name);
        }
        let eof = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert_eq!(RequestError::Connection(eof).name(), "ECONNRESET");
    }

    #[test]
    fn what_the_system_says_is_known_also_where_it_breaks_a_connection() {
        let full = || io::Error::from_raw_os_error(Errno::NOBUFS.raw_os_error());
        let broken = RequestError::Exchange(ExchangeError::Io(full()));
        for error in [RequestError::Connection(full()), broken] {
            let said = error.system().and_then(Errno::from_io_error);
            assert_eq!(said, Some(Errno::NOBUFS));
        }
        assert!(
            RequestError::Exchange(ExchangeError::Ended)
                .system()
                .is_none()
        );
    }

    #[test]
    fn every_name_is_in_the_reference() {
        let of_the_system = (1..=133).map(|errno| {
            let error = io::Error::from_raw_os_error(errno);
            RequestError::Connection(error)
        });
        let of_names = [NameError::NotFound, NameError::Again, NameError::Failed];
        let of_answers = [
            RequestError::TimedOut,
            RequestError::Stalled,
            RequestError::Endless,
            RequestError::TooManyRedirects,
            RequestError::NowhereToGo,
            RequestError::Redirect,
            RequestError::Header,
            RequestError::Refused(407),
            RequestError::Proxy,
            RequestError::Connection(io::ErrorKind::InvalidData.into()),
        ];
        let all = of_answers
            .into_iter()
            .chain(of_names.map(RequestError::Name));
        for error in all.chain(of_the_system) {
            let name = format!("`{}`", error.name());
            let documented = include_str!("../../../../docs/reports.md").contains(&name);
            assert!(documented, "docs/reports.md lacks {name}");
        }
    }
}
