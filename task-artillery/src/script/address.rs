//! URLs for people to read.

use std::borrow::Cow;

/// A URL, or what should have been one, without the user and the password in it: those are nobody's business who reads a message or a
/// report.
pub(crate) fn without_user(url: &str) -> Cow<'_, str> {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let end = url[start..]
        .find(['?', '#'])
        .map_or(url.len(), |at| start + at);
    let authority = start + url[start..end].find('/').unwrap_or(end - start);
    let user = url[start..authority].rfind('@').or_else(|| {
        // A slash in a password ends the host's name where one reads on to it: such a text is no URL.
        let odd = url[start..authority]
            .rsplit_once(':')
            .filter(|(_, port)| !port.ends_with(']'))
            .is_some_and(|(_, port)| !port.bytes().all(|digit| digit.is_ascii_digit()));
        url[start..end].rfind('@').filter(|_| odd)
    });
    match user {
        Some(at) => Cow::Owned(format!("{}…{}", &url[..start], &url[start + at..])),
        None => Cow::Borrowed(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_are_left_out() {
        for (url, shown) in [
            ("http://a.test/x@y", "http://a.test/x@y"),
            ("http://a.test:80/x:y@z?u@v", "http://a.test:80/x:y@z?u@v"),
            ("/users/@me", "/users/@me"),
            ("", ""),
            ("http://", "http://"),
            ("http://me@a.test", "http://…@a.test"),
            ("http://me:p@ss@a.test:80/x", "http://…@a.test:80/x"),
            ("http://me:p/ss@a.test/x", "http://…@a.test/x"),
            ("me:pass@a.test", "…@a.test"),
            ("http://[::1]/x@y", "http://[::1]/x@y"),
        ] {
            assert_eq!(without_user(url), shown, "{url}");
        }
    }
}
