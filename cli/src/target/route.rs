//! Which route a path is.

use std::time::Duration;

use http::StatusCode;

use super::reception::Keep;
use super::store::ItemId;

/// The routes, as errors name them.
pub(super) const ROUTES: [&str; 19] = [
    "/",
    "/static/N",
    "/echo",
    "/items",
    "/items/ID",
    "/status/NNN",
    "/delay/MS",
    "/slow-body/MS/N",
    "/reset",
    "/close",
    "/truncate",
    "/redirect/N",
    "/redirect-to",
    "/cookies",
    "/cookies/set",
    "/login",
    "/private",
    "/html",
    "/xml",
];

const MAX_STATIC: u64 = 64 * 1024 * 1024;
const MAX_DELAY_MS: u64 = 60_000;
const MAX_CHUNKS: u64 = 10_000;
const MAX_REDIRECTS: u64 = 10_000;

/// A path, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Home,
    Static(u64),
    Echo,
    Items,
    Item(ItemId),
    Status(StatusCode),
    Delay(Duration),
    SlowBody { interval: Duration, chunks: u64 },
    Reset,
    Close,
    Truncate,
    Redirect(u64),
    RedirectTo,
    Cookies,
    SetCookies,
    Login,
    Private,
    Html,
    Xml,
}

/// Why a path is none of the routes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RouteError {
    #[error("no route `{0}`")]
    Unknown(String),
    #[error("no item `{0}`")]
    UnknownItem(String),
    #[error("`{value}` in the path must be a whole number from {min} to {max}, as in `{route}`")]
    Number {
        value: String,
        min: u64,
        max: u64,
        route: &'static str,
    },
}

impl Route {
    pub(super) fn parse(path: &str) -> Result<Self, RouteError> {
        let unknown = || RouteError::Unknown(path.to_owned());
        let path = path.strip_prefix('/').ok_or_else(unknown)?;
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        Ok(match (first, rest) {
            ("", None) => Self::Home,
            ("echo", _) => Self::Echo,
            ("static", Some(n)) => Self::Static(number(n, 0..=MAX_STATIC, "/static/N")?),
            ("items", None) => Self::Items,
            ("items", Some(id)) => {
                Self::Item(ItemId::parse(id).ok_or_else(|| RouteError::UnknownItem(id.to_owned()))?)
            }
            ("status", Some(n)) => {
                let code = number(n, 200..=599, "/status/NNN")?;
                Self::Status(StatusCode::from_u16(code as u16).map_err(|_| unknown())?)
            }
            ("delay", Some(ms)) => Self::Delay(millis(ms, "/delay/MS")?),
            ("slow-body", Some(rest)) => {
                let (ms, n) = rest.split_once('/').ok_or_else(unknown)?;
                let interval = millis(ms, "/slow-body/MS/N")?;
                Self::SlowBody {
                    interval,
                    chunks: number(n, 0..=MAX_CHUNKS, "/slow-body/MS/N")?,
                }
            }
            ("reset", None) => Self::Reset,
            ("close", None) => Self::Close,
            ("truncate", None) => Self::Truncate,
            ("redirect", Some(n)) => Self::Redirect(number(n, 0..=MAX_REDIRECTS, "/redirect/N")?),
            ("redirect-to", None) => Self::RedirectTo,
            ("cookies", None) => Self::Cookies,
            ("cookies", Some("set")) => Self::SetCookies,
            ("login", None) => Self::Login,
            ("private", None) => Self::Private,
            ("html", None) => Self::Html,
            ("xml", None) => Self::Xml,
            _ => return Err(unknown()),
        })
    }

    /// What the route wants of a request's body.
    pub(super) fn keep(self) -> Keep {
        match self {
            Self::Echo | Self::Items | Self::Item(_) | Self::Login => Keep::All,
            _ => Keep::Nothing,
        }
    }
}

fn number(
    text: &str,
    range: std::ops::RangeInclusive<u64>,
    route: &'static str,
) -> Result<u64, RouteError> {
    // `parse` alone would take a sign as well.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| digits && range.contains(number))
        .ok_or_else(|| RouteError::Number {
            value: text.to_owned(),
            min: *range.start(),
            max: *range.end(),
            route,
        })
}

fn millis(text: &str, route: &'static str) -> Result<Duration, RouteError> {
    number(text, 0..=MAX_DELAY_MS, route).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::{ROUTES, Route, RouteError};

    #[test]
    fn every_route_named_in_errors_exists_and_is_documented() {
        let docs = include_str!("mod.rs");
        for route in ROUTES {
            let path = route
                .replace("/N-1", "/1")
                .replace("NNN", "404")
                .replace("MS", "5")
                .replace("ID", "0123456789abcdef")
                .replace("/N", "/7");
            assert!(Route::parse(&path).is_ok(), "{path}");
            assert!(
                docs.contains(&format!("//! | `{route}`")),
                "{route} is not in the table of mod.rs"
            );
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused_with_the_range() {
        let paths = [
            "/static/67108865",
            "/static/-1",
            "/static/+1",
            "/static/",
            "/static/1/2",
            "/status/199",
            "/status/600",
            "/status/ok",
            "/delay/60001",
            "/delay/1.5",
            "/slow-body/60001/1",
            "/slow-body/1/10001",
            "/redirect/99999999999999999999",
        ];
        for path in paths {
            let error = Route::parse(path).unwrap_err();
            assert!(
                matches!(error, RouteError::Number { .. }),
                "{path}: {error}"
            );
        }
        let error = Route::parse("/status/99").unwrap_err().to_string();
        assert_eq!(
            error,
            "`99` in the path must be a whole number from 200 to 599, as in `/status/NNN`"
        );
    }

    #[test]
    fn other_paths_are_unknown() {
        let paths = [
            "",
            "*",
            "//",
            "/x",
            "/static",
            "/delay",
            "/slow-body/5",
            "/reset/1",
            "/cookies/get",
            "/Echo",
        ];
        for path in paths {
            let error = Route::parse(path).unwrap_err();
            assert!(matches!(error, RouteError::Unknown(_)), "{path}: {error}");
        }
        assert_eq!(Route::parse("/echo/a/b"), Ok(Route::Echo));
        assert_eq!(
            Route::parse("/items/x"),
            Err(RouteError::UnknownItem("x".to_owned()))
        );
    }
}
