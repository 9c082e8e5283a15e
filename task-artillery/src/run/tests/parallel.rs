//! Steps that are done at the same time.

use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::world::How;
use super::*;

/// So many answers are waited for at most so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers `/hold…` only when so many such requests are there at once; everything else at once.
fn holding(together: usize) -> Server {
    let barrier = Arc::new(Barrier::new(together));
    Server::new(move |peer| {
        while let Some(request) = peer.request() {
            if request.line.starts_with("GET /hold") {
                barrier.wait();
            }
            peer.ok(format!("{{\"id\": \"{}\"}}", request.line));
        }
    })
}

fn patient(flow: &str) -> String {
    one_user(flow).replace("timeout: 0.4", "timeout: 20")
}

#[test]
fn branches_are_under_way_at_once_each_on_a_connection_of_its_own_which_is_kept() {
    // No answer comes before all three requests are there.
    let server = holding(3);
    let done = run(
        &server,
        &patient(
            r#"
      - get: {url: /before}
      - loop:
          - parallel:
              - get: {url: "/hold/a/{{ $loopCount }}"}
              - - get: {url: /hold/b}
                - get: {url: /then}
              - loop: [{get: {url: "/hold/c/{{ n }}"}}]
                count: 1
                loopValue: n
        count: 2
      - get: {url: /after}
"#,
        ),
    );
    assert_eq!(done.errors(), []);
    assert_eq!(done.codes(), [(200, 10)]);
    let mut lines = server.lines();
    assert_eq!(lines.remove(0), "GET /before");
    assert_eq!(lines.pop().as_deref(), Some("GET /after"));
    lines[..4].sort();
    let round = ["GET /hold/a/0", "GET /hold/b", "GET /hold/c/0", "GET /then"];
    assert_eq!(lines[..4], round);
    assert_eq!(server.connections(), 3);
    assert_eq!(done.report.users.completed, 1);
    let names = done.report.requests.iter().map(|request| &*request.name);
    assert!(names.eq([
        "GET /before",
        "GET /hold/a/{{ $loopCount }}",
        "GET /hold/b",
        "GET /then",
        "GET /hold/c/{{ n }}",
        "GET /after",
    ]));
}

/// How many requests are held now, and were at most; and the cell's bell.
type Held = Arc<(Mutex<(usize, usize)>, Condvar)>;

#[test]
fn no_more_branches_are_under_way_than_the_limit_says() {
    let held: Held = Arc::default();
    let server = Server::new({
        let held = Arc::clone(&held);
        move |peer| {
            while peer.request().is_some() {
                let (count, bell) = &*held;
                let mut now = count.lock().unwrap();
                now.0 += 1;
                now.1 = now.1.max(now.0);
                bell.notify_all();
                // Waits for a second one, and then a little for a third one that should not come.
                let until = Instant::now() + PATIENCE;
                while now.1 < 2 && Instant::now() < until {
                    now = bell.wait_timeout(now, PATIENCE).unwrap().0;
                }
                let third = |now: &mut (usize, usize)| now.0 < 3;
                let span = Duration::from_millis(20);
                now = bell.wait_timeout_while(now, span, third).unwrap().0;
                now.0 -= 1;
                drop(now);
                peer.ok("");
            }
        }
    });
    let branches = "{get: {url: /}}, ".repeat(7);
    let flow = format!("      - {{parallel: [{branches}], limit: 2}}\n");
    let done = run(&server, &patient(&flow));
    assert_eq!(done.codes(), [(200, 7)]);
    assert_eq!(held.0.lock().unwrap().1, 2);
    assert_eq!(server.connections(), 2);
}

#[test]
fn what_branches_set_is_set_in_the_order_of_the_list_whoever_was_first() {
    // The first branch is answered last.
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.line == "GET /slow" {
                let until = Instant::now() + PATIENCE;
                while !peer.seen("GET /quick/0") && Instant::now() < until {
                    std::thread::yield_now();
                }
            }
            let name = request.line.rsplit('/').next().unwrap();
            peer.ok(format!("{{\"name\": \"{name}\"}}"));
        }
    });
    let done = run(
        &server,
        &patient(
            r#"
      - get: {url: /0, capture: {json: $.name, as: last}}
      - get: {url: /0, capture: {json: $.name, as: o.kept}}
      - parallel:
          - - get: {url: /slow, capture: [{json: $.name, as: last}, {json: $.name, as: o.a}]}
            - get: {url: "/own/{{ last }}"}
          - - get: {url: "/quick/{{ last }}", capture: [{json: $.name, as: o.b}]}
            - get: {url: /second, capture: {json: $.name, as: last}}
          - get: {url: "/third/{{ last }}"}
      - get: {url: "/{{ last }}/{{ o }}"}
"#,
        ),
    );
    assert_eq!(done.errors(), []);
    let lines = server.lines();
    for line in ["GET /own/slow", "GET /quick/0", "GET /third/0"] {
        assert!(lines.iter().any(|found| found == line), "{line}: {lines:?}");
    }
    let merged = "/second/%7B%22kept%22:%220%22,%22a%22:%22slow%22,%22b%22:%220%22%7D";
    assert_eq!(lines.last().unwrap(), &format!("GET {merged}"));
}

#[test]
fn a_user_has_one_jar_whatever_it_does_at_once() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            let name = request.line.rsplit('/').next().unwrap();
            peer.write(format!(
                "HTTP/1.1 200 OK\r\nset-cookie: {name}=1\r\ncontent-length: 0\r\n\r\n"
            ));
        }
    });
    let flow = r"
      - parallel:
          - get: {url: /a}
          - get: {url: /b}
          - - get: {url: /c}
            - parallel: [{get: {url: /d}}, {get: {url: /e}}]
      - get: {url: /after}
";
    run(&server, &patient(flow));
    let received = server.received();
    let mut cookies: Vec<_> = received[5].header("cookie").unwrap().split("; ").collect();
    cookies.sort_unstable();
    assert_eq!(cookies, ["a=1", "b=1", "c=1", "d=1", "e=1"]);
    let inner = received
        .iter()
        .find(|request| request.line == "GET /d")
        .unwrap();
    assert!(inner.header("cookie").unwrap().contains("c=1"));
}

#[test]
fn a_branch_that_fails_fails_the_user_and_the_others_are_dropped() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.line == "GET /never" {
                return peer.wait_for_end();
            }
            while !peer.seen("GET /never") {
                std::thread::yield_now();
            }
            peer.ok("{}");
        }
    });
    let done = run(
        &server,
        &patient(
            r"
      - parallel:
          - get: {url: /never}
          - get: {url: /bad, capture: {json: $.none, as: none}}
      - get: {url: /after}
",
        ),
    );
    assert_eq!(done.errors(), [("Failed capture or match", 1)]);
    assert_eq!(done.report.users.failed, 1);
    let mut lines = server.lines();
    lines.sort();
    assert_eq!(lines, ["GET /bad", "GET /never"]);
    let errors = |request: usize| done.report.requests[request].traffic.errors.total();
    assert_eq!(
        (errors(0), errors(1)),
        (0, 1),
        "it names where the user failed"
    );
}

#[test]
fn a_rehearsal_of_branches_draws_as_the_run_does() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\": 7}");
    let flow = r#"
      - parallel:
          - get: {url: "/{{ $randomString(5) }}", capture: {json: $.id, as: id}}
          - loop: [{get: {url: "/{{ $randomNumber(1, 1000) }}"}}, {think: "{{ $randomNumber(1, 9) }}ms"}]
            count: 3
          - parallel: [[{get: {url: "/{{ $randomString(6) }}"}}], []]
      - get: {url: "/{{ id }}"}
"#;
    let script = script("phases: [{duration: 200ms, arrivalCount: 20}]", flow);
    let real = run(&server, &script);
    assert_eq!(real.codes(), [(200, 120)]);
    let how = How {
        rehearsal: true,
        ..How::default()
    };
    let rehearsed = run_with("http://127.0.0.1:1", &script, how);
    assert_eq!(rehearsed.trace, real.trace);
    assert_eq!(rehearsed.codes(), real.codes());
}
