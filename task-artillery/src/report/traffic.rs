//! Requests and what came of them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use star_core::Histogram;

use super::errors::Errors;
use super::few::Few;

/// Requests and what came of them. Each hop of a redirect is a request of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Traffic {
    /// How many were attempted, whether or not a connection could be had.
    pub requests: u64,
    /// How many were answered with headers.
    pub responses: u64,
    /// The answers by status.
    pub codes: Few<u16, u64>,
    /// How often an answer was compared with what it has to be, whatever came of it.
    pub matches: u64,
    /// What ended users, or what they got over.
    pub errors: Errors,
    /// How many bytes of bodies were received, as they came over the network.
    pub bytes: u64,
    /// From when a request was fully sent until its response's headers were there, in microseconds.
    pub response_time: Histogram,
}

impl Traffic {
    /// Takes as little memory as it can from now on.
    pub(super) fn compact(&mut self) {
        self.codes.compact();
        self.response_time.compact();
    }

    /// Adds another's.
    pub fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.responses += other.responses;
        for (code, count) in other.codes {
            *self.codes.at(code) += count;
        }
        self.matches += other.matches;
        self.errors.merge(other.errors);
        self.bytes += other.bytes;
        self.response_time.merge(&other.response_time);
    }

    /// All of it that is counted and not measured.
    pub fn counts(&self) -> Value {
        json!({
            "requests": self.requests,
            "responses": self.responses,
            "codes": self.codes,
            "matches": self.matches,
            "errors": self.errors,
            "bytes": self.bytes,
            "responseTimes": self.response_time.count(),
        })
    }
}
