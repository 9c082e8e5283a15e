use http::Request;
use http::request::Parts;

use super::{BodyRead, HeaderSelection, Record};
use crate::target::digest::Digest;

const WHOLE: BodyRead = BodyRead {
    digest: Digest::ZERO,
    length: 5,
    complete: true,
};

fn head(path: &str, headers: &[(&str, &[u8])]) -> Parts {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn what_does_not_fit_is_counted_as_dropped() {
    let mut record = Record::with_limits(2, usize::MAX);
    let head = head("/a", &[]);
    let slots: Vec<_> = (0..5).map(|i| record.open(i, 0, &head)).collect();
    assert_eq!(slots.iter().flatten().count(), 2);
    for slot in slots.iter().flatten() {
        record.close(slot, WHOLE);
    }
    assert_eq!((record.count(), record.dropped()), (2, 3));
    record.clear();
    assert_eq!((record.count(), record.dropped()), (0, 0));
    assert!(record.open(0, 0, &head).is_some(), "there is room again");
}

#[test]
fn the_text_of_requests_is_bounded_too() {
    let mut record = Record::with_limits(usize::MAX, 2 * 1024 * 1024);
    let long = vec![b'x'; 100_000];
    for i in 0..100 {
        record.open(
            i,
            0,
            &head(
                &format!("/{i}"),
                &[("x-long", &long), ("x-i", i.to_string().as_bytes())],
            ),
        );
    }
    let fit = record.slots() as u64;
    assert!((10..=21).contains(&fit), "{fit}");
    assert_eq!(record.dropped(), 100 - fit);
}

#[test]
fn headers_are_given_as_selected() {
    let mut record = Record::new();
    let head = head(
        "/a?b=c d".replace(' ', "+").as_str(),
        &[("X-A", b"1: 2"), ("x-b", b"\xff"), ("x-a", b"")],
    );
    let slot = record.open(7, 3, &head).unwrap();
    assert_eq!(
        record.received(0, &HeaderSelection::All),
        None,
        "its body is being read"
    );
    record.close(&slot, WHOLE);
    let all = record.received(0, &HeaderSelection::All).unwrap();
    assert_eq!(
        (all.method.as_str(), all.path.as_str()),
        ("GET", "/a?b=c+d")
    );
    assert_eq!((all.arrived_ns, all.connection, all.length), (7, 3, 5));
    let pairs: Vec<_> = all
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(pairs, [("x-a", "1: 2, "), ("x-b", "\u{fffd}")]);
    let named = HeaderSelection::Named(vec!["x-b".to_owned(), "x-c".to_owned()]);
    assert_eq!(
        record
            .received(0, &named)
            .unwrap()
            .headers
            .keys()
            .collect::<Vec<_>>(),
        ["x-b"]
    );
}

#[test]
fn a_place_takes_as_little_memory_as_is_said() {
    assert_eq!(size_of::<super::Entry>(), 72);
}
