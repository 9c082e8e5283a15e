//! What a monitor shows of itself: figures for Prometheus, and whether it is alive.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use star_core::Time;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::rules::millis;
use super::state::State;
use crate::error::CommandError;

/// The most connections at once.
const MOST: usize = 64;

/// How long a connection may last.
const LONGEST: Duration = Duration::from_secs(30);

/// What is shown: the newest state, and when it was new.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    state: Arc<Mutex<(State, Time)>>,
    every: Duration,
}

impl Shown {
    pub(crate) fn new(state: State, now: Time, every: Duration) -> Self {
        Self {
            state: Arc::new(Mutex::new((state, now))),
            every,
        }
    }

    /// Shows a newer one.
    pub(crate) fn set(&self, state: &State, now: Time) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (state.clone(), now);
    }

    fn get(&self) -> (State, Time) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clone()
    }

    /// Whether rounds come to their ends: there has been news since the beginning of the one before the last.
    fn is_alive(&self, newest: Time, now: Time) -> bool {
        let patience = self.every.saturating_mul(2) + Duration::from_mins(5);
        now.since(newest) <= patience
    }

    /// `/health`: 200 where the monitor works, whatever it sees.
    fn health(&self, now: Time) -> (StatusCode, String) {
        let (state, newest) = self.get();
        let alive = self.is_alive(newest, now);
        let status = match (&state.last, state.failing_since) {
            (None, _) => "starting",
            (Some(_), None) => "passing",
            (Some(_), Some(_)) => "failing",
        };
        let code = if alive {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let body = json!({
            "alive": alive,
            "status": status,
            "rounds": state.rounds,
            "failingSince": state.failing_since,
            "lastRoundAt": state.last.map(|round| round.at),
            "now": millis(now),
        });
        (code, format!("{body}\n"))
    }

    /// `/metrics`, as Prometheus reads it.
    fn metrics(&self) -> String {
        let (state, _) = self.get();
        let mut text = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, values: &[(&str, f64)]| {
            let _infallible = writeln!(text, "# HELP slsart_monitor_{name} {help}");
            let _infallible = writeln!(text, "# TYPE slsart_monitor_{name} {kind}");
            for (labels, value) in values {
                let _infallible = writeln!(text, "slsart_monitor_{name}{labels} {value}");
            }
        };
        let passed = state.rounds - state.failed;
        metric(
            "rounds_total",
            "counter",
            "Rounds that were done.",
            &[
                ("{result=\"passed\"}", passed as f64),
                ("{result=\"failed\"}", state.failed as f64),
            ],
        );
        metric(
            "rounds_skipped_total",
            "counter",
            "Rounds that were not begun since the one before took too long.",
            &[("", state.skipped as f64)],
        );
        metric(
            "errors_total",
            "counter",
            "Errors of all rounds.",
            &[("", state.errors as f64)],
        );
        metric(
            "alerts_total",
            "counter",
            "Alerts that were sent, and attempts that failed.",
            &[
                ("{result=\"sent\"}", state.sent as f64),
                ("{result=\"failed\"}", state.unsendable as f64),
            ],
        );
        metric(
            "failing",
            "gauge",
            "Whether the last round failed.",
            &[("", f64::from(u8::from(state.failing_since.is_some())))],
        );
        if let Some(last) = &state.last {
            let seconds = |millis: u64| millis as f64 / 1000.0;
            metric(
                "last_round_timestamp_seconds",
                "gauge",
                "When the last round began.",
                &[("", seconds(last.at))],
            );
            metric(
                "last_round_duration_seconds",
                "gauge",
                "How long the last round took.",
                &[("", seconds(last.took))],
            );
            metric(
                "last_round_errors",
                "gauge",
                "Errors of the last round.",
                &[("", last.errors as f64)],
            );
        }
        text
    }

    fn answer(&self, method: &Method, path: &str, now: Time) -> Response<Full<Bytes>> {
        const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
        const JSON: &str = "application/json";
        let (status, kind, body) = match path {
            _ if !matches!(*method, Method::GET | Method::HEAD) => {
                (StatusCode::METHOD_NOT_ALLOWED, TEXT, String::new())
            }
            "/metrics" => (StatusCode::OK, TEXT, self.metrics()),
            "/health" => {
                let (status, body) = self.health(now);
                (status, JSON, body)
            }
            _ => (
                StatusCode::NOT_FOUND,
                TEXT,
                "there are /metrics and /health\n".to_owned(),
            ),
        };
        let answer = Response::builder()
            .status(status)
            .header("content-type", kind);
        // The parts are all valid.
        answer.body(Full::from(body)).unwrap_or_default()
    }
}

/// Serves it on a port.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Takes the port.
    ///
    /// # Errors
    /// Where it is not to be had.
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, CommandError> {
        let failed = |source| CommandError::System {
            what: "cannot listen for those who ask for metrics",
            source,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves for ever.
    pub(crate) async fn serve(
        self,
        shown: Shown,
        now: impl Fn() -> Time + Clone + 'static,
    ) -> Infallible {
        let mut open = JoinSet::new();
        loop {
            while open.try_join_next().is_some() {}
            if open.len() >= MOST {
                open.join_next().await;
            }
            // What cannot be accepted now may be when others have gone.
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let (shown, now) = (shown.clone(), now.clone());
            open.spawn_local(async move {
                let service = service_fn(move |request: Request<Incoming>| {
                    let answer = shown.answer(request.method(), request.uri().path(), now());
                    async move { Ok::<_, Infallible>(answer) }
                });
                let connection = http1::Builder::new()
                    .keep_alive(false)
                    .serve_connection(TokioIo::new(stream), service);
                // Who leaves early has had enough.
                let _ended = tokio::time::timeout(LONGEST, connection).await;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::round::Round;
    use super::*;

    fn shown(state: State) -> Shown {
        Shown::new(state, Time::from_nanos(0), Duration::from_mins(1))
    }

    #[test]
    fn a_monitor_is_alive_as_long_as_there_is_news_and_fails_when_a_round_did() {
        let shown = shown(State::default());
        let at = |mins| Time::from_nanos(0) + Duration::from_mins(mins);
        let (status, body) = shown.health(at(1));
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("\"status\":\"starting\""), "{body}");
        let failing = State {
            last: Some(Round::of_test(false, at(2))),
            failing_since: Some(120_000),
            ..State::default()
        };
        shown.set(&failing, at(2));
        let (status, body) = shown.health(at(9));
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("\"status\":\"failing\""), "{body}");
        let (status, body) = shown.health(at(10));
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("\"alive\":false"), "{body}");
    }

    #[test]
    fn every_metric_has_a_type_and_every_line_a_number() {
        let state = State {
            rounds: 30,
            failed: 6,
            last: Some(Round::of_test(true, Time::from_nanos(1_500_000_000))),
            ..State::default()
        };
        let text = shown(state).metrics();
        for line in [
            "slsart_monitor_rounds_total{result=\"passed\"} 24",
            "slsart_monitor_rounds_total{result=\"failed\"} 6",
            "slsart_monitor_failing 0",
            "slsart_monitor_last_round_timestamp_seconds 1.5",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} in {text}");
        }
        let mut known = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                known = rest.split(' ').next().unwrap();
            } else if !line.starts_with('#') {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert!(
                    name.starts_with(known) && value.parse::<f64>().is_ok(),
                    "{line}"
                );
            }
        }
    }
}
