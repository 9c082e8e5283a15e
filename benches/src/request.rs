//! As much of HTTP/1.1 as the target has to read.

/// A request that is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// How many bytes it has, with its body.
    pub(crate) length: usize,
    /// What it asks for.
    pub(crate) asks: Asks,
    /// Whether it is the last of its connection.
    pub(crate) closes: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// A new item.
    New,
    /// The item of this number; 0 where none is named.
    Item(u64),
}

/// Reads the first request of these bytes, if they have all of it.
pub(crate) fn parse(bytes: &[u8]) -> Option<Request> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let (mut body, mut closes) = (0, false);
    for line in lines {
        if let Some(value) = value(line, b"content-length:") {
            body = number(value);
        } else if let Some(value) = value(line, b"connection:") {
            closes = value.eq_ignore_ascii_case(b"close");
        }
    }
    let length = end + usize::try_from(body).ok()?;
    let asks = match first.strip_prefix(b"POST ") {
        Some(_) => Asks::New,
        None => Asks::Item(number(
            first
                .rsplit(|byte| *byte == b'/')
                .nth(1)
                .map_or(&[], last_number),
        )),
    };
    (bytes.len() >= length).then_some(Request {
        length,
        asks,
        closes,
    })
}

/// The value of a header line, if it is that header's.
fn value<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let (start, rest) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then(|| rest.trim_ascii())
}

/// What follows in `1234?a=b HTTP` up to the first byte that is no digit.
fn last_number(text: &[u8]) -> &[u8] {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    &text[..digits]
}

fn number(digits: &[u8]) -> u64 {
    let value = |digit: &u8| u64::from(digit.wrapping_sub(b'0'));
    digits.iter().map(value).fold(0, |number, digit| {
        number.wrapping_mul(10).wrapping_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_from_the_path() {
        let asks =
            |text: &[u8]| parse(text).map(|request| (request.length, request.asks, request.closes));
        let get = b"GET /items/0000000012?user=7 HTTP/1.1\r\nhost: a\r\n\r\nGET";
        assert_eq!(asks(get), Some((get.len() - 3, Asks::Item(12), false)));
        let bare = b"GET / HTTP/1.1\r\nConnection: Close\r\n\r\n";
        assert_eq!(asks(bare), Some((bare.len(), Asks::Item(0), true)));
        let post = b"POST /items HTTP/1.1\r\ncontent-length: 4\r\n\r\n{\"a\"";
        assert_eq!(asks(post), Some((post.len(), Asks::New, false)));
        assert_eq!(asks(&post[..post.len() - 1]), None);
        assert_eq!(asks(b"GET / HTTP/1.1\r\n"), None);
    }
}
