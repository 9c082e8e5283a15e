//! Who asks: `auth`, and `http://user:password@host/`.

use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::Url;

/// The `authorization` header of a URL with a user in it.
pub(super) fn authorization(url: &Url) -> Option<HeaderValue> {
    let user: Vec<u8> = percent_decode_str(url.username()).collect();
    let password = url.password().unwrap_or_default();
    let password: Vec<u8> = percent_decode_str(password).collect();
    basic(&user, &password)
}

/// The `authorization` header of a user with a password; none where both are empty.
pub(crate) fn basic(user: &[u8], password: &[u8]) -> Option<HeaderValue> {
    if user.is_empty() && password.is_empty() {
        return None;
    }
    let pair = [user, b":", password].concat();
    let mut value = HeaderValue::from_str(&format!("Basic {}", base64(&pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The password in such a header's value, if it is one.
pub(crate) fn password_in(value: &str) -> Option<String> {
    let (scheme, coded) = value.trim().split_once(' ')?;
    let pair = scheme
        .eq_ignore_ascii_case("basic")
        .then(|| from_base64(coded.trim()))??;
    let pair = String::from_utf8(pair).ok()?;
    let (user, password) = pair.split_once(':')?;
    // A name is shown unless it is all that says who asks.
    let secret = if password.is_empty() { user } else { password };
    Some(secret.to_owned())
}

/// What base64 stands for; none where a text is none.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut length) = (0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xfff;
        length += 6;
        if length >= 8 {
            length -= 8;
            bytes.push((bits >> length) as u8);
        }
    }
    Some(bytes)
}

/// Bytes as the standard's base64 has them, with `=` at the end.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > three.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(base64(&[0xff, 0xfe, 0x00]), "//4A");
        assert_eq!(from_base64("//4A"), Some(vec![0xff, 0xfe, 0x00]));
        assert_eq!(from_base64("a b"), None);
    }

    #[test]
    fn a_user_or_a_password_alone_is_enough() {
        let header = |url: &str| authorization(&Url::parse(url).unwrap());
        assert_eq!(header("http://a.test/"), None);
        assert_eq!(header("http://me@a.test/").unwrap(), "Basic bWU6");
        assert_eq!(header("http://:p@a.test/").unwrap(), "Basic OnA=");
        assert_eq!(
            header("http://me:p%40ss@a.test/").unwrap(),
            "Basic bWU6cEBzcw=="
        );
    }
}
