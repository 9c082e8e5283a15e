//! The head of a response.

use std::mem::MaybeUninit;

use bytes::BytesMut;
use http::header::{CONNECTION, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use httparse::{ParserConfig, Status};

use super::ExchangeError;

/// The most headers that a response may have.
pub(super) const MOST_HEADERS: usize = 1000;

/// The most bytes that the head of a response may have.
pub(super) const LONGEST_HEAD: usize = 64 * 1024;

/// What most heads have room in; longer ones are parsed anew with room for [`MOST_HEADERS`].
const FEW: usize = 32;

/// A head up to this length is parsed whenever something of it came, so that what is none is told at once; a longer one only with a new
/// line, lest a server that sends byte by byte costs more than it sends.
const SHORT: usize = 4 * 1024;

/// Where a name and its value begin and end, in a head that is not [too long](LONGEST_HEAD).
type Place = [u16; 4];

/// The first line and the headers.
#[derive(Debug)]
pub(in super::super) struct Head {
    pub(in super::super) status: StatusCode,
    pub(in super::super) headers: HeaderMap,
    /// HTTP/1.0.
    pub(super) old: bool,
}

impl Head {
    /// Whether the response is still to come. One that switches protocols is the last of HTTP.
    pub(super) fn is_interim(&self) -> bool {
        self.status.is_informational() && self.status != StatusCode::SWITCHING_PROTOCOLS
    }

    /// Whether the server leaves the connection open (section 9.3).
    pub(super) fn stays(&self) -> bool {
        if self.status == StatusCode::SWITCHING_PROTOCOLS {
            return false;
        }
        let says = |option: &str| {
            let values = self.headers.get_all(CONNECTION).iter();
            let mut options = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
            options.any(|other| other.trim_ascii().eq_ignore_ascii_case(option.as_bytes()))
        };
        if self.old {
            says("keep-alive")
        } else {
            !says("close")
        }
    }
}

/// Takes a head from what was read, if all of it is there. `looked` is how much of it was there before, without being a head.
///
/// # Errors
/// Where it is none.
pub(super) fn take(buffer: &mut BytesMut, looked: usize) -> Result<Option<Head>, ExchangeError> {
    let new = &buffer[looked..];
    let parsed = if new.is_empty() || (looked > SHORT && !new.contains(&b'\n')) {
        Ok(None)
    } else {
        match parse(buffer, &mut [const { MaybeUninit::uninit() }; FEW]) {
            Err(httparse::Error::TooManyHeaders) => {
                parse(buffer, &mut vec![MaybeUninit::uninit(); MOST_HEADERS])
            }
            parsed => parsed,
        }
    };
    match parsed {
        Ok(Some(parsed)) => parsed.head(buffer).map(Some),
        Ok(None) if buffer.len() <= LONGEST_HEAD => Ok(None),
        Ok(None) | Err(httparse::Error::TooManyHeaders) => Err(ExchangeError::TooLong),
        Err(httparse::Error::Status) => Err(ExchangeError::Status),
        Err(_) => Err(ExchangeError::Head),
    }
}

/// A head that is all there, still as bytes.
struct Parsed {
    length: usize,
    status: u16,
    old: bool,
    headers: Vec<Place>,
}

fn parse<'b>(
    bytes: &'b [u8],
    room: &mut [MaybeUninit<httparse::Header<'b>>],
) -> Result<Option<Parsed>, httparse::Error> {
    let mut response = httparse::Response::new(&mut []);
    let parsed =
        ParserConfig::default().parse_response_with_uninit_headers(&mut response, bytes, room);
    let Status::Complete(length) = parsed? else {
        return Ok(None);
    };
    let start = bytes.as_ptr().addr();
    // The last bytes of a head are line ends: also in the longest one, a value ends before 65536.
    let place = |header: &httparse::Header<'_>| {
        let (name, value) = (header.name.as_bytes(), header.value);
        let (name, value) = (name.as_ptr_range(), value.as_ptr_range());
        [name.start, name.end, value.start, value.end].map(|at| (at.addr() - start) as u16)
    };
    Ok(Some(Parsed {
        length,
        status: response.code.unwrap_or_default(),
        old: response.version == Some(0),
        headers: response.headers.iter().map(place).collect(),
    }))
}

impl Parsed {
    /// Makes the head of its bytes; its values are stretches of them, and not copies.
    fn head(self, buffer: &mut BytesMut) -> Result<Head, ExchangeError> {
        if self.length > LONGEST_HEAD {
            return Err(ExchangeError::TooLong);
        }
        let status = StatusCode::from_u16(self.status).map_err(|_| ExchangeError::Status)?;
        let bytes = buffer.split_to(self.length).freeze();
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for place in self.headers {
            let [name, name_end, value, value_end] = place.map(usize::from);
            let name = HeaderName::from_bytes(&bytes[name..name_end]);
            let value = HeaderValue::from_maybe_shared(bytes.slice(value..value_end));
            let (Ok(name), Ok(value)) = (name, value) else {
                return Err(ExchangeError::Head);
            };
            headers.append(name, value);
        }
        Ok(Head {
            status,
            headers,
            old: self.old,
        })
    }
}
