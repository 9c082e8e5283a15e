//! Bodies as they were before they were compressed.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderValue;

use super::body::LONGEST_BODY;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::run) enum Encoding {
    /// Not at all; also where a header says what is no encoding, such as `utf-8`.
    #[default]
    Identity,
    Gzip,
    Deflate,
    /// In a way that nobody asked for, and that can't be undone here.
    Foreign,
}

/// Why a body can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::run) enum DecodeError {
    /// The data are no such encoding, or end too early.
    #[error("the body is not of the encoding that its header says")]
    Broken,
    /// It is of an encoding that was not asked for.
    #[error("the body is of an encoding that was not asked for")]
    Foreign,
    /// It is too large.
    #[error("the decoded body is longer than {LONGEST_BODY} bytes")]
    TooLong,
}

/// Encodings that are registered for HTTP, and that we can't undo.
const FOREIGN: [&str; 6] = ["br", "zstd", "compress", "x-compress", "dcb", "dcz"];

impl Encoding {
    /// What we ask for.
    pub(in crate::run) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate");

    /// The encoding that a `content-encoding` header names.
    pub(super) fn of(header: Option<&HeaderValue>) -> Self {
        let is = |name: &str| {
            header.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(name.as_bytes()))
        };
        if is("gzip") || is("x-gzip") {
            Self::Gzip
        } else if is("deflate") {
            Self::Deflate
        } else if FOREIGN.into_iter().any(is) {
            Self::Foreign
        } else {
            Self::Identity
        }
    }

    /// The body before it was encoded.
    ///
    /// # Errors
    /// Where it was not, or is too large.
    pub(in crate::run) fn decode(self, body: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
        match self {
            Self::Identity => Ok(Cow::Borrowed(body)),
            // A response to HEAD and the like says so of a body that it does not have.
            _ if body.is_empty() => Ok(Cow::Borrowed(body)),
            Self::Foreign => Err(DecodeError::Foreign),
            Self::Gzip => read(MultiGzDecoder::new(body)),
            // The standard means zlib's format by this name, and servers also send what is in it without its head.
            Self::Deflate if body.first().is_some_and(|byte| byte & 0x0f == 8) => {
                read(ZlibDecoder::new(body))
            }
            Self::Deflate => read(DeflateDecoder::new(body)),
        }
    }
}

fn read<'b>(decoder: impl Read) -> Result<Cow<'b, [u8]>, DecodeError> {
    let mut decoded = Vec::new();
    let most = LONGEST_BODY as u64 + 1;
    decoder
        .take(most)
        .read_to_end(&mut decoded)
        .map_err(|_| DecodeError::Broken)?;
    if decoded.len() > LONGEST_BODY {
        return Err(DecodeError::TooLong);
    }
    Ok(Cow::Owned(decoded))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = b"{\"id\": 7, \"name\": \"seven\"}";

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_encoding_that_is_asked_for_is_decoded() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(TEXT).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(TEXT).unwrap();
        for (name, body) in [
            ("gzip", gzip(TEXT)),
            ("GZip", [gzip(&TEXT[..5]), gzip(&TEXT[5..])].concat()),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
            ("identity", TEXT.to_vec()),
            ("utf-8", TEXT.to_vec()),
        ] {
            let encoding = Encoding::of(Some(&HeaderValue::from_static(name)));
            assert_eq!(encoding.decode(&body).as_deref(), Ok(TEXT), "{name}");
        }
        assert_eq!(Encoding::of(None), Encoding::Identity);
        assert_eq!(Encoding::Gzip.decode(b"").as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn broken_and_endless_bodies_are_refused() {
        let whole = gzip(TEXT);
        assert_eq!(Encoding::Gzip.decode(TEXT), Err(DecodeError::Broken));
        assert_eq!(
            Encoding::Gzip.decode(&whole[..whole.len() - 9]),
            Err(DecodeError::Broken)
        );
        assert_eq!(
            Encoding::Deflate.decode(&[0xff; 50]),
            Err(DecodeError::Broken)
        );
        let brotli = Encoding::of(Some(&HeaderValue::from_static("Br")));
        assert_eq!(brotli.decode(TEXT), Err(DecodeError::Foreign));
        assert_eq!(brotli.decode(b"").as_deref(), Ok(&b""[..]));
        let bomb = gzip(&vec![0; LONGEST_BODY + 1]);
        assert!(bomb.len() < 200_000);
        assert_eq!(Encoding::Gzip.decode(&bomb), Err(DecodeError::TooLong));
        assert!(Encoding::Gzip.decode(&gzip(&vec![0; LONGEST_BODY])).is_ok());
    }
}
