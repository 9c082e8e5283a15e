//! URLs for people to read.

use std::borrow::Cow;

use star_core::document::user_in;

/// A URL, or what should have been one, without the user and the password in it: those are nobody's business who reads a message or a
/// report.
pub(crate) fn without_user(url: &str) -> Cow<'_, str> {
    match user_in(url) {
        Some(user) => Cow::Owned(format!("{}…{}", &url[..user.start], &url[user.end..])),
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
