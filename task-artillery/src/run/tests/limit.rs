//! `maxVusers`.

use super::*;
use crate::run::tests::world::{How, run_with};
use star_core::Limits;

const CONFIG: &str = "phases: [{duration: 200ms, arrivalCount: 20, maxVusers: 3}, {duration: 100ms, arrivalCount: 5}]";

#[test]
fn users_beyond_the_most_are_turned_away_and_counted_whatever_the_number_of_workers() {
    for workers in [1, 2, 3, 8] {
        let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        let how = How {
            limits: Limits {
                late: std::time::Duration::from_secs(10),
                ..Limits::here(workers)
            },
            ..How::default()
        };
        let flow = "      - get: {url: /}\n      - think: 2s\n";
        let done = run_with(&server.url(), &script(CONFIG, flow), how);
        let tally = done.facts.tally;
        // Nobody is done before all have arrived; in the second phase nobody is turned away.
        assert_eq!((tally.started, tally.skipped), (3 + 5, 17), "{workers}");
        assert_eq!(server.received().len(), 8, "{workers}");
    }
}

#[test]
fn a_user_who_is_done_makes_place_for_another() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let flow = "      - think: 1ms\n";
    let config = "phases: [{duration: 400ms, arrivalCount: 4, maxVusers: 1}]";
    let done = run_with(&server.url(), &script(config, flow), How::default());
    assert_eq!((done.facts.tally.started, done.facts.tally.skipped), (4, 0));
}

#[test]
fn users_who_are_turned_away_are_not_among_those_who_are_open() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let flow = "      - think: 1s\n";
    let config = "phases: [{duration: 200ms, arrivalCount: 20, maxVusers: 3}]";
    let done = run_with(&server.url(), &script(config, flow), How::default());
    assert_eq!(done.facts.tally.skipped, 17);
    assert_eq!(done.facts.health.open.used, 3);
}
