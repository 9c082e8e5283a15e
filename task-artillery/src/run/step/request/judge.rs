//! What comes of an answer.

use std::borrow::Cow;
use std::io::ErrorKind;

use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue};
use star_core::draw::Draws;

use super::super::super::error::UserError;
use super::super::super::http::{Answer, Call, Client, Encoding, Kept};
use super::super::super::mask::{Exchanged, Mask};
use super::super::super::meter::Meter;
use super::super::super::walk::Turn;
use super::super::expect::Looked;
use super::RequestStep;
use crate::report::{ErrorName, FailedCheck};

impl RequestStep {
    /// Keeps what is to be captured of an answer, and looks whether it is as it should be.
    ///
    /// # Errors
    /// Where it is not, and that ends the user.
    pub(super) fn judge(
        &self,
        turn: &mut Turn<'_>,
        client: &Client,
        mut answer: Answer,
        sent: &Sent,
        wanted: Option<String>,
        draws: &mut Draws,
    ) -> Result<(), UserError> {
        if !self.decode {
            answer.encoding = Encoding::Identity;
        }
        let body = body(&answer).inspect_err(|error| {
            if matches!(error, UserError::NoRoom) {
                turn.meter.cx().refused(&ErrorKind::OutOfMemory.into());
            }
            if let Some(wanted) = wanted {
                let wanted = format!("{wanted} with a body that can be read");
                unanswered(&turn.meter, turn.number, wanted, error.name());
            }
        })?;
        let mut dropped = Vec::new();
        let (headers, vars) = (&answer.headers, &mut *turn.vars);
        let kept = self
            .captures
            .keep(headers, &body, vars, draws, &mut dropped);
        let mask = || {
            let answered = headers.iter().filter(|(name, value)| {
                // Of cookies the values are known.
                *name != SET_COOKIE && says_who_asks(name, value)
            });
            let credentials = self.credentials.iter().chain(&sent.credentials);
            let exchanged = Exchanged {
                credentials: credentials
                    .chain(answered.map(|(_, value)| value))
                    .collect(),
                cookies: client.cookie_values(headers),
                dropped: &dropped,
            };
            Mask::new(turn.engine, turn.vars, &exchanged)
        };
        let failed = |check: &str, expected: &str| FailedCheck {
            check: check.to_owned(),
            expected: turn.engine.redacted(Cow::Borrowed(expected)).into_owned(),
            user: turn.number,
            ..FailedCheck::default()
        };
        if let Err(unmet) = &kept {
            let failed = failed(&unmet.check, &unmet.expected);
            turn.meter.check_failed(failed, || match &unmet.got {
                Some(got) => mask().shown(got),
                None => "nothing".to_owned(),
            });
        }
        // As in Artillery they are looked at also where a capture failed.
        let looked = Looked::new(answer.answered.status, &answer.headers, &body);
        let mut all_held = true;
        for outcome in self.expects.look(Some(&looked), turn.vars, draws) {
            turn.meter.expected(outcome.kind, outcome.held);
            if outcome.held {
                continue;
            }
            all_held = false;
            let failed = failed(outcome.kind, &outcome.expected);
            let got = || mask().shown(&outcome.got);
            turn.meter.check_failed(failed, got);
        }
        if kept.is_err() {
            return Err(UserError::Capture);
        }
        if all_held || !self.expects.as_errors {
            return Ok(());
        }
        let name = self
            .expects
            .name
            .clone()
            .unwrap_or_else(|| self.url.legible(sent.url.clone().unwrap_or_default()));
        Err(UserError::Expectations(name))
    }
}

/// What is to be known of a request when its answer is there.
pub(super) struct Sent {
    /// Where it went, where an error may have to say so.
    url: Option<String>,
    /// What it said about who asks, besides what all users say.
    credentials: Vec<HeaderValue>,
}

impl Sent {
    pub(super) fn of(call: &Call<'_>, named: bool) -> Self {
        let rendered = call.rendered.iter();
        let secret = rendered.filter(|(name, value)| says_who_asks(name, value));
        let location = &call.location;
        Self {
            url: (!named).then(|| format!("{}{}", location.origin, location.path)),
            credentials: secret
                .map(|(_, value)| value.clone())
                .chain(location.authorization.clone())
                .collect(),
        }
    }
}

/// Whether a header's value is not to be shown.
pub(super) fn says_who_asks(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || crate::script::says_who_asks(name.as_str())
}

/// Tells of a sample which request had no answer, or none that can be read.
pub(super) fn unanswered(meter: &Meter<'_>, user: u64, expected: String, error: ErrorName) {
    let failed = FailedCheck {
        check: "answer".to_owned(),
        expected,
        user,
        ..FailedCheck::default()
    };
    meter.check_failed(failed, || error.into_owned());
}

/// The body of an answer, decoded.
fn body(answer: &Answer) -> Result<Cow<'_, [u8]>, UserError> {
    match &answer.body {
        Kept::All(body) => Ok(answer.encoding.decode(body)?),
        Kept::Nothing => Ok(Cow::Borrowed(&[])),
        Kept::TooLong => Err(UserError::BodyTooLong),
        Kept::NoRoom => Err(UserError::NoRoom),
    }
}
