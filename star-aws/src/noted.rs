//! Why orders were not taken, as the function's log has it: workers send again and again, and say nothing of it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};
use star_core::transport::{Transport, TransportError};

use crate::function::Log;

/// So many reasons are told of one invocation.
const MOST: usize = 10;

/// The longest reason that is told whole, in bytes.
const LONGEST: usize = 2_000;

/// A transport that tells each reason once, with the order that was refused first for it.
pub(crate) struct Noted {
    transport: Arc<dyn Transport>,
    log: Log,
    request: String,
    reasons: Mutex<Vec<String>>,
}

impl Noted {
    /// The same as `transport`, in the invocation of that id.
    pub(crate) fn new(transport: Arc<dyn Transport>, log: &Log, request: &str) -> Self {
        Self {
            transport,
            log: Arc::clone(log),
            request: request.to_owned(),
            reasons: Mutex::default(),
        }
    }

    fn note(&self, envelope: &[u8], why: &str) {
        let why = &why[..why.floor_char_boundary(LONGEST)];
        let mut reasons = self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        if reasons.len() >= MOST || reasons.iter().any(|known| known == why) {
            return;
        }
        reasons.push(why.to_owned());
        drop(reasons);
        let envelope: Value = serde_json::from_slice(envelope).unwrap_or_default();
        let line = json!({
            "request": self.request,
            "run": envelope["run"],
            "notSent": envelope["order"],
            "refused": why,
        });
        (self.log)(&line.to_string());
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Noted").field(&self.transport).finish()
    }
}

#[async_trait(?Send)]
impl Transport for Noted {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        let sent = self.transport.send(envelope.clone()).await;
        sent.inspect_err(|refused| self.note(&envelope, &refused.why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refuses with what it is sent.
    #[derive(Debug)]
    struct Refusing;

    #[async_trait(?Send)]
    impl Transport for Refusing {
        async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
            let envelope: Value = serde_json::from_slice(&envelope).unwrap();
            Err(TransportError::passing(envelope["why"].as_str().unwrap()))
        }
    }

    #[tokio::test]
    async fn each_reason_is_told_once_and_none_fills_the_log() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&lines);
        let log: Log = Arc::new(move |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            told.lock().unwrap().push(line);
        });
        let noted = Noted::new(Arc::new(Refusing), &log, "id");
        let send = async |why: &str, order: &str| {
            let envelope = json!({ "run": "r", "order": order, "why": why });
            let refused = noted.send(envelope.to_string().into_bytes()).await;
            assert_eq!(refused.unwrap_err().why, why);
        };
        send("denied", "start").await;
        send("denied", "carry").await;
        assert_eq!(
            *lines.lock().unwrap(),
            [json!({ "request": "id", "run": "r", "notSent": "start", "refused": "denied" })]
        );
        send(&"ä".repeat(LONGEST), "start").await;
        let cut = lines.lock().unwrap()[1]["refused"].clone();
        assert_eq!(cut, "ä".repeat(LONGEST / 2));
        for number in 0..100 {
            send(&format!("reason {number}"), "start").await;
        }
        assert_eq!(lines.lock().unwrap().len(), MOST);
    }
}
