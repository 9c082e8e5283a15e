//! SHA-256 digests.

use std::fmt::{Display, Formatter, Result, Write};

use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of some bytes; displayed as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    /// What an entry holds before its body was read.
    pub(super) const ZERO: Self = Self([0; 32]);

    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The first 64 bits.
    pub(super) fn prefix(&self) -> u64 {
        let first = self.0.first_chunk().expect("a digest has 32 bytes");
        u64::from_be_bytes(*first)
    }

    /// Reads what `Display` wrote.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl From<Sha256> for Digest {
    fn from(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }
}

impl Display for Digest {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&hex(&self.0))
    }
}

/// Two lower-case hexadecimal digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
    }
    text
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_digest_is_shown_as_hexadecimal_digits_and_read_back() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), ABC);
        assert_eq!(Digest::parse(ABC.as_bytes()), Some(digest));
        assert_eq!(format!("{:016x}", digest.prefix()), ABC[..16]);
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let long = format!("{ABC}00");
        let upper = ABC.to_uppercase();
        let letters = ABC.replace('b', "g");
        for text in ["", &ABC[1..], &long, &upper, &letters] {
            assert_eq!(Digest::parse(text.as_bytes()), None, "{text}");
        }
    }
}
