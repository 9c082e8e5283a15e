//! What servers say of how long they took.

use std::time::Duration;

use http::{HeaderMap, HeaderName};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The `total` of a response's `server-timing`, if it has one.
pub(super) fn server_timing(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(SERVER_TIMING).iter();
    let metrics = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut totals = metrics.filter_map(|metric| {
        let mut parts = metric.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case("total") {
            return None;
        }
        let millis = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            let named = name.trim().eq_ignore_ascii_case("dur");
            let value = value.trim().trim_matches('"');
            named.then(|| value.parse::<f64>().ok())?
        })?;
        Duration::try_from_secs_f64(millis / 1000.0).ok()
    });
    totals.next()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("server-timing", HeaderValue::from_static(value));
        server_timing(&headers)
    }

    #[test]
    fn the_total_is_taken_and_nothing_else() {
        let millis = |millis| Some(Duration::from_micros((millis * 1000.0) as u64));
        assert_eq!(read("db;dur=2, total;dur=12.5"), millis(12.5));
        assert_eq!(
            read("Total; desc=\"all of it\"; dur=\"3\", total;dur=9"),
            millis(3.0)
        );
        for none in [
            "",
            "db;dur=2",
            "total",
            "total;dur=x",
            "total;dur=-1",
            "subtotal;dur=1",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
