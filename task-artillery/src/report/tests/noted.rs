//! What is noted is counted later, as if it had been at once.

use super::*;

/// The same, noted where it can be.
fn note(report: &mut LoadReport, (millis, place, event): (u64, Place, Event)) {
    let at = Duration::from_millis(millis);
    let micros = Duration::from_micros(millis % 977 + 100);
    let note = match event {
        Event::Started => Note::UserStarted(place),
        Event::Completed => Note::UserCompleted(place, micros),
        Event::Request => Note::Request(place),
        Event::Response(status) => {
            let received = Received {
                status,
                latency: micros,
                lateness: Duration::from_micros(7),
            };
            Note::Response(place, received)
        }
        Event::Body => Note::Body(place, millis, Some(micros)),
        Event::Connected => Note::Connected(micros),
        Event::Skipped => Note::UserSkipped,
        Event::Answered(status) if place.request.is_some() => {
            let answered = Answered {
                status,
                latency: micros,
                total: micros * 2,
                server_timing: (status == 404).then_some(micros),
            };
            Note::Answered(place.request.unwrap_or_default(), answered)
        }
        _ => return apply(report, (millis, place, event)),
    };
    report.note(at, note);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_noted_is_counted_as_if_at_once(
        events in prop::collection::vec((event(), prop::bool::weighted(0.05)), 0..400),
        rest in prop::collection::vec(event(), 0..20),
    ) {
        let mut noted = prepared();
        for (event, read) in &events {
            note(&mut noted, *event);
            if *read {
                noted.catch_up();
            }
        }
        let mut other = prepared();
        for event in &rest {
            note(&mut other, *event);
        }
        noted.merge(other);
        noted.catch_up();
        let all: Vec<_> = events.iter().map(|(event, _)| event).chain(&rest).copied().collect();
        prop_assert_eq!(wire(&noted), wire(&of(&all)));
    }
}

#[test]
fn what_is_yet_to_be_counted_is_not_left_out_silently_where_a_report_is_written() {
    let mut report = prepared();
    report.note(Duration::ZERO, Note::UserSkipped);
    let error = serde_json::to_string(&report).unwrap_err();
    assert_eq!(error.to_string(), "1 notes are yet to be counted");
    report.catch_up();
    assert!(wire(&report).contains("\"skipped\":1"));
}
