//! The names of what says who asks.

use star_core::document::is_secret_key;

/// What is in the names of headers whose values say who asks.
const HEADERS: [&str; 9] = [
    "auth",
    "token",
    "secret",
    "key",
    "session",
    "signature",
    "passw",
    "pwd",
    "cookie",
];

/// What is in the names of variables and of fields whose values do. `keyword` is none of them.
const FIELDS: [&str; 12] = [
    "token",
    "secret",
    "passw",
    "passphrase",
    "apikey",
    "api_key",
    "api-key",
    "privatekey",
    "private_key",
    "private-key",
    "credential",
    "assertion",
];

/// Names of such, which are parts of others: `pin` of `shipping`.
const WHOLE: [&str; 6] = ["pwd", "otp", "cvv", "pin", "sig", "signature"];

/// Whether a header of such a name says who asks.
pub(crate) fn says_who_asks(header: &str) -> bool {
    is_secret_key(header) || has_one_of(&HEADERS, header)
}

/// Whether a variable or a field of such a name does.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let is_whole = WHOLE.iter().any(|whole| name.eq_ignore_ascii_case(whole));
    is_whole || is_secret_key(name) || has_one_of(&FIELDS, name)
}

fn has_one_of(parts: &[&str], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    parts.iter().any(|part| name.contains(part))
}
