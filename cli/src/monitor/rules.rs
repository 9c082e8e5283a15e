//! When somebody is told.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::Time;

use super::round::Round;
use super::state::State;

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Status {
    /// A round failed, and the one before did not.
    Failing,
    /// Rounds fail since long.
    StillFailing,
    /// A round passed, and the one before did not.
    Recovered,
}

/// What somebody is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Alert {
    /// One line.
    pub(crate) subject: String,
    /// What it is about.
    pub(crate) status: Status,
    /// Since when rounds failed, in milliseconds since the epoch.
    pub(crate) failing_since: u64,
    /// The round.
    pub(crate) round: Round,
}

/// Notes a round that began at `at`. There is an alert where a round fails and the one before did not, again where rounds still fail so
/// long after the last alert, and where one passes again.
pub(super) fn note(state: &mut State, at: Time, round: Round, remind: Duration) -> Option<Alert> {
    let now = millis(at);
    state.rounds += 1;
    state.failed += u64::from(!round.passed);
    state.errors += round.errors;
    let status = match (state.failing_since, round.passed) {
        (None, false) => {
            state.failing_since = Some(now);
            Some(Status::Failing)
        }
        (Some(_), false) => {
            let told = state.alerted_at.unwrap_or_default();
            let due = now.saturating_sub(told) >= remind.as_millis() as u64;
            (due && !remind.is_zero()).then_some(Status::StillFailing)
        }
        (Some(_), true) => Some(Status::Recovered),
        (None, true) => None,
    };
    let failing_since = state.failing_since;
    if round.passed {
        state.failing_since = None;
    }
    state.last = Some(round.clone());
    let status = status?;
    state.alerted_at = Some(now);
    let subject = match status {
        Status::Recovered => "Recovered: the last round passed".to_owned(),
        Status::Failing | Status::StillFailing => format!("Alert: {}", round.message),
    };
    Some(Alert {
        subject,
        status,
        failing_since: failing_since.unwrap_or(now),
        round,
    })
}

/// An instant in milliseconds since the epoch.
pub(super) fn millis(at: Time) -> u64 {
    at.as_nanos() / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The alerts of rounds a minute apart: `.` passes and `x` fails.
    fn alerts(rounds: &str, remind: u64) -> Vec<(usize, Status)> {
        let mut state = State::default();
        let told = rounds.chars().enumerate().filter_map(|(minute, letter)| {
            let at = Time::from_nanos(0) + Duration::from_mins(minute as u64);
            let round = Round::of_test(letter == '.', at);
            let alert = note(&mut state, at, round, Duration::from_mins(remind))?;
            Some((minute, alert.status))
        });
        told.collect()
    }

    #[test]
    fn there_is_an_alert_at_each_change_and_a_reminder_meanwhile() {
        use Status::{Failing, Recovered, StillFailing};
        assert_eq!(alerts("......", 60), []);
        assert_eq!(alerts("..xx..", 60), [(2, Failing), (4, Recovered)]);
        assert_eq!(
            alerts("x.x.", 60),
            [(0, Failing), (1, Recovered), (2, Failing), (3, Recovered)]
        );
        assert_eq!(
            alerts(".xxxxxxx.", 3),
            [
                (1, Failing),
                (4, StillFailing),
                (7, StillFailing),
                (8, Recovered)
            ]
        );
        assert_eq!(alerts("xxxxxxxx", 0), [(0, Failing)]);
    }

    #[test]
    fn what_is_told_is_the_reference_s_sentence() {
        let mut state = State::default();
        let at = Time::from_nanos(5_000_000);
        let alert = note(&mut state, at, Round::of_test(false, at), Duration::ZERO).unwrap();
        assert_eq!(
            alert.subject,
            "Alert: monitoring failure: scenarios run: 5, total errors: 5, error budget: 4"
        );
        assert_eq!((alert.failing_since, state.failed, state.errors), (5, 1, 5));
    }
}
