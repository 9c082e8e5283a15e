//! Names to addresses.
//!
//! A name is looked up by the system's `getaddrinfo`: once for all users of a worker, or with `http.dns: user` once by each. A look-up for
//! each user measures the resolver as well, and costs more than a request. Whoever needs the name meanwhile waits for the same look-up. A
//! failure is remembered for a second, so that users who arrive then fail as fast and by the same name, and the resolver is not flooded.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use dns_lookup::{AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use rustix::io::Errno;
use tokio::sync::OnceCell;

use super::super::Cx;
use super::dial::Addresses;
use super::error::RequestError;
use super::peer::Peer;
use crate::script::model::Lookups;

/// How long a failure is remembered.
const FAILURE_LASTS: Duration = Duration::from_secs(1);

/// One look-up of a name, which many may wait for.
#[derive(Debug, Default)]
pub(super) struct Lookup(OnceCell<Found>);

/// What a look-up came to.
#[derive(Debug)]
struct Found {
    at: Duration,
    addresses: Result<Rc<Addresses>, NameError>,
}

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::run) enum NameError {
    /// There is no such name.
    #[error("the name does not exist")]
    NotFound,
    /// The resolver could not say.
    #[error("the name cannot be looked up now")]
    Again,
    /// The resolver failed.
    #[error("the name cannot be looked up")]
    Failed,
    /// The machine has no descriptor left to look it up with.
    #[error("there is no descriptor to look the name up with")]
    NoDescriptor(Errno),
}

/// What a user knows of names: what all of its worker know, or what it has looked up itself.
#[derive(Clone, Debug)]
pub(super) enum Resolver {
    Shared,
    Own(Rc<RefCell<Known>>),
}

/// The look-ups of one user.
type Known = Vec<(Rc<Peer>, Rc<Lookup>)>;

impl Resolver {
    /// What a further user has.
    pub(super) fn new(lookups: Lookups) -> Self {
        match lookups {
            Lookups::Run => Self::Shared,
            Lookups::User => Self::Own(Rc::default()),
        }
    }

    /// The addresses of a peer that is called by a name, in the resolver's order; there is at least one.
    ///
    /// # Errors
    /// Where the name can't be resolved.
    pub(super) async fn addresses(
        &self,
        peer: &Rc<Peer>,
        cx: &Cx,
    ) -> Result<Rc<Addresses>, RequestError> {
        let lookup = match self {
            Self::Shared => current(&mut peer.lookup.borrow_mut(), cx.now()),
            Self::Own(known) => {
                let mut known = known.borrow_mut();
                let mut lookups = known.iter_mut();
                if let Some((_, lookup)) = lookups.find(|(one, _)| Rc::ptr_eq(one, peer)) {
                    current(lookup, cx.now())
                } else {
                    let lookup = Rc::default();
                    known.push((Rc::clone(peer), Rc::clone(&lookup)));
                    lookup
                }
            }
        };
        let found = lookup.0.get_or_init(|| look_up(peer, cx)).await;
        found.addresses.clone().map_err(|error| match error {
            NameError::NoDescriptor(errno) => RequestError::Connection(errno.into()),
            error => RequestError::Name(error),
        })
    }
}

/// The latest look-up, or a new one if that failed too long ago.
fn current(lookup: &mut Rc<Lookup>, now: Duration) -> Rc<Lookup> {
    let stale = lookup.0.get().is_some_and(|found| {
        found.addresses.is_err() && now.saturating_sub(found.at) > FAILURE_LASTS
    });
    if stale {
        *lookup = Rc::default();
    }
    Rc::clone(lookup)
}

async fn look_up(peer: &Peer, cx: &Cx) -> Found {
    let begun = cx.now();
    let (host, port) = (peer.host().to_owned(), peer.port());
    let looked_up = tokio::task::spawn_blocking(move || resolve(&host, port)).await;
    let addresses = looked_up.unwrap_or(Err(NameError::Again));
    let at = cx.now();
    if addresses.is_ok() {
        cx.record(|report| report.looked_up(at, at.saturating_sub(begun)));
    }
    Found {
        at,
        addresses: addresses.map(|all| Rc::new(Addresses::new(all))),
    }
}

fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, NameError> {
    let hints = AddrInfoHints {
        socktype: SockType::Stream.into(),
        ..AddrInfoHints::default()
    };
    let found = getaddrinfo(Some(host), None, Some(hints))
        .map_err(|error| NameError::of(error.kind(), &any_descriptor()))?;
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for info in found.flatten() {
        let address = SocketAddr::new(info.sockaddr.ip(), port);
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        Err(NameError::NotFound)
    } else {
        Ok(addresses)
    }
}

/// Whether there is a descriptor.
fn any_descriptor() -> io::Result<()> {
    std::fs::File::open("/dev/null").map(drop)
}

impl NameError {
    /// What a look-up failed of, when it was then looked whether a descriptor is to be had. A resolver that has none says that it cannot
    /// say, or that there is no such name.
    fn of(kind: LookupErrorKind, descriptor: &io::Result<()>) -> Self {
        let lack = descriptor.as_ref().err().and_then(Errno::from_io_error);
        if let Some(errno @ (Errno::MFILE | Errno::NFILE)) = lack {
            return Self::NoDescriptor(errno);
        }
        match kind {
            LookupErrorKind::Again
            | LookupErrorKind::Memory
            | LookupErrorKind::System
            | LookupErrorKind::IO => Self::Again,
            LookupErrorKind::NoName | LookupErrorKind::NoData => Self::NotFound,
            _ => Self::Failed,
        }
    }

    /// Node's name for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NotFound => "ENOTFOUND",
            Self::Again => "EAI_AGAIN",
            Self::Failed => "EAI_FAIL",
            Self::NoDescriptor(Errno::NFILE) => "ENFILE",
            Self::NoDescriptor(_) => "EMFILE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_on_this_machine_and_each_address_comes_once() {
        let addresses = resolve("localhost", 81).unwrap();
        assert!(
            addresses.iter().all(|address| address.ip().is_loopback()),
            "{addresses:?}"
        );
        let mut unique = addresses.clone();
        unique.dedup();
        assert_eq!(unique, addresses);
        assert_eq!(addresses[0].port(), 81);
    }

    #[test]
    fn a_name_that_can_not_be_is_not_found() {
        // No resolver is asked for a label of 64 letters.
        assert_eq!(resolve(&"a".repeat(64), 80), Err(NameError::NotFound));
    }

    #[test]
    fn failures_are_told_apart_by_kind() {
        let name = |kind, descriptor: &io::Result<()>| NameError::of(kind, descriptor).name();
        for (kind, expected) in [
            (LookupErrorKind::Again, "EAI_AGAIN"),
            (LookupErrorKind::NoName, "ENOTFOUND"),
            (LookupErrorKind::NoData, "ENOTFOUND"),
            (LookupErrorKind::Fail, "EAI_FAIL"),
        ] {
            assert_eq!(name(kind, &Ok(())), expected);
            let absent = Err(Errno::NOENT.into());
            assert_eq!(
                name(kind, &absent),
                expected,
                "that is no lack of descriptors"
            );
            assert_eq!(name(kind, &Err(Errno::MFILE.into())), "EMFILE");
            assert_eq!(name(kind, &Err(Errno::NFILE.into())), "ENFILE");
        }
    }
}
