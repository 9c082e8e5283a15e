//! The bundled HTTP target: a small server on loopback to try scripts on, and the witness of tests.
//!
//! It answers the way services do, well and badly, and it keeps a record of what it was sent. A
//! generator's own counts say what it meant to do; the record says what arrived.
//!
//! | route | answer |
//! |---|---|
//! | `/` | `ok` |
//! | `/static/N` | a body of `N` bytes, at most 64 MiB |
//! | `/echo`, `/echo/…` | JSON: `method`, `path`, `query`, `headers`, `body` (`body_hex` if not UTF-8), and `json` if the body is that |
//! | `/items` | `POST` stores a JSON document (201, `{"id": …, "item": …}`, the id a digest of the body); `GET` lists ids, 100 or `?limit=…` |
//! | `/items/ID` | `GET`, `PUT` or `PATCH`, `DELETE` one of them |
//! | `/status/NNN` | that status, 200 to 599 |
//! | `/delay/MS` | `ok` after `MS` milliseconds, at most 60 s |
//! | `/slow-body/MS/N` | headers at once, then `N` chunks, one every `MS` milliseconds |
//! | `/reset` | none: the TCP connection is reset |
//! | `/close` | none: the connection is closed |
//! | `/truncate` | a body shorter than its `content-length`, then the connection is closed |
//! | `/redirect/N` | 302 to `/redirect/N-1`, and `ok` at 0 |
//! | `/redirect-to` | a redirect to `?url=…`, with `?status=…` (302 if not said) |
//! | `/cookies` | JSON: the cookies received |
//! | `/cookies/set` | sets a cookie for each pair of the query |
//! | `/login` | `POST` of `user` and `password`, JSON or form: a token, and a session cookie |
//! | `/private` | 200 with that token (`authorization: Bearer …`) or that cookie, else 401 |
//! | `/html` | a page with a form, a hidden `csrf` field and links |
//! | `/xml` | a small document |
//!
//! A route takes any method unless methods are named. Errors are JSON, `{"error": "…"}`. A request body
//! may have 64 MiB, a longer one is answered with 413; a head 256 KiB and 100 headers, else 431.
//!
//! Paths that begin with `/_` are about the target itself and never in the record:
//!
//! | route | answer |
//! |---|---|
//! | `GET /_record` | the record, see [`Received`]; `?headers=a,b` adds those headers, `?headers=*` all; `?format=jsonl` gives lines instead of an array |
//! | `GET /_record/count` | how many requests are in it |
//! | `DELETE /_record` | clears it |
//! | `GET /_stats` | see [`Stats`] |
//!
//! The record is bounded (2,000,000 requests, 512 MiB of paths and headers). What does not fit is
//! counted: in `dropped` of `/_stats`, and in the header `x-record-dropped` of both `GET`s above.
//!
//! ```
//! use std::io::{Read, Write};
//!
//! let target = slsart::target::Target::start(0)?;
//! let mut stream = std::net::TcpStream::connect(target.addr())?;
//! stream.write_all(b"GET /static/3 HTTP/1.1\r\nhost: target\r\nconnection: close\r\n\r\n")?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer)?;
//! assert!(answer.starts_with("HTTP/1.1 200 OK"));
//! assert_eq!(target.record()[0].path, "/static/3");
//! # Ok::<(), std::io::Error>(())
//! ```

mod abort;
mod answer;
mod clock;
mod command;
mod connection;
mod counters;
mod digest;
mod headers;
mod payload;
mod reception;
mod record;
mod route;
mod routes;
mod running;
mod server;
mod sessions;
mod state;
mod store;
#[cfg(test)]
mod tests;

pub use command::run;
pub use counters::Stats;
pub use record::Received;
pub use running::Running;
pub use server::Target;
