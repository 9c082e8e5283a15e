//! What a hostile target does, and what has to come of it.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

/// What is done to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The connection is reset before the request is read. All others read it.
    Early,
    /// A good answer.
    Fine,
    /// A good answer, late.
    Late,
    /// A good answer, byte by byte.
    Trickle,
    /// A good answer, and garbage behind it.
    Unasked,
    /// The connection is reset.
    Reset,
    /// It is closed.
    Close,
    /// It is closed in mid-headers.
    CutHead,
    /// It is closed in mid-body.
    CutBody,
    /// Garbage.
    Garbage,
    /// A status that is none.
    BadStatus,
    /// The size of a chunk that is none.
    BadChunk,
    /// Headers without end.
    EndlessHead,
    /// A body without end.
    EndlessBody,
    /// No answer.
    Silence,
    /// `100 Continue`, and nothing more.
    Continue,
    /// Headers, and no body.
    SilentBody,
    /// A body longer than is kept.
    LongBody,
    /// A few bytes that unpack to more than is kept.
    Bomb,
    /// Said to be packed, and is not.
    NotPacked,
    /// Not what is to be captured.
    NotJson,
    /// A redirect to itself.
    Loop,
    /// A redirect to something else than HTTP.
    Astray,
}

/// All of them, and how often each is done, in thousands; what is left is good answers.
const SHARES: [(Deed, u64); 22] = [
    (Deed::Late, 50),
    (Deed::Trickle, 20),
    (Deed::Unasked, 50),
    (Deed::Reset, 50),
    (Deed::Close, 50),
    (Deed::CutHead, 50),
    (Deed::CutBody, 50),
    (Deed::Garbage, 50),
    (Deed::BadStatus, 50),
    (Deed::BadChunk, 50),
    (Deed::EndlessHead, 20),
    (Deed::EndlessBody, 15),
    (Deed::Silence, 15),
    (Deed::Continue, 15),
    (Deed::SilentBody, 15),
    (Deed::LongBody, 1),
    (Deed::Bomb, 1),
    (Deed::NotPacked, 50),
    (Deed::NotJson, 50),
    (Deed::Loop, 10),
    (Deed::Astray, 50),
    (Deed::Early, 0),
];

/// How often a redirect to itself is followed before it is given up.
const REDIRECTS: u64 = 10;

impl Deed {
    /// What is done to the request of this number.
    pub fn of(number: u64) -> Self {
        // The odd factor scatters numbers that follow one another.
        let mut left = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        left %= 1000;
        for (deed, share) in SHARES {
            if left < share {
                return deed;
            }
            left -= share;
        }
        Self::Fine
    }

    /// The status that is reported, if any.
    fn status(self) -> Option<u16> {
        match self {
            Self::Early
            | Self::Reset
            | Self::Close
            | Self::CutHead
            | Self::Garbage
            | Self::BadStatus
            | Self::EndlessHead
            | Self::Silence
            | Self::Continue => None,
            Self::Loop | Self::Astray => Some(302),
            _ => Some(200),
        }
    }

    /// The error that is reported, if any. `stalled` is that of a body that does not come.
    fn error(self, stalled: &'static str) -> Option<&'static str> {
        Some(match self {
            Self::Fine | Self::Late | Self::Trickle | Self::Unasked => return None,
            Self::Early | Self::Reset | Self::Close | Self::CutHead | Self::CutBody => "ECONNRESET",
            Self::Garbage => "HPE_INVALID_CONSTANT",
            Self::BadStatus => "HPE_INVALID_STATUS",
            Self::BadChunk => "HPE_INVALID_CHUNK_SIZE",
            Self::EndlessHead => "HPE_HEADER_OVERFLOW",
            Self::EndlessBody => "ERR_BODY_TIMEOUT",
            Self::Silence | Self::Continue => "ETIMEDOUT",
            Self::SilentBody => stalled,
            Self::LongBody | Self::Bomb => "ERR_BODY_TOO_LONG",
            Self::NotPacked => "Z_DATA_ERROR",
            Self::NotJson => "Failed capture or match",
            Self::Loop => "ERR_TOO_MANY_REDIRECTS",
            Self::Astray => "ERR_UNSUPPORTED_PROTOCOL",
        })
    }
}

/// How often what was done.
#[derive(Debug, Default)]
pub struct Record {
    done: [AtomicU64; 32],
}

impl Record {
    /// Something was done.
    pub(super) fn did(&self, deed: Deed) {
        self.done[deed as usize].fetch_add(1, Ordering::SeqCst);
    }

    /// How often this was done.
    pub fn count(&self, deed: Deed) -> u64 {
        self.done[deed as usize].load(Ordering::SeqCst)
    }

    fn all(&self) -> impl Iterator<Item = (Deed, u64)> {
        let deeds = SHARES.iter().map(|(deed, _)| *deed).chain([Deed::Fine]);
        deeds.map(|deed| (deed, self.count(deed)))
    }

    /// Fails unless a report says of each request, and of each user, exactly what was done to it. `stalled` is the error of a body that
    /// does not come.
    pub fn expect_in(&self, report: &Value, stalled: &'static str) {
        let counters = report["aggregate"]["counters"].as_object().unwrap();
        let count = |name: &str| {
            counters
                .get(name)
                .map_or(0, |count| count.as_u64().unwrap())
        };
        let mut expected: Vec<(String, u64)> = Vec::new();
        let mut add = |name: String, more: u64| {
            if more > 0 {
                match expected.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, sum)) => *sum += more,
                    None => expected.push((name, more)),
                }
            }
        };
        let mut failed = 0;
        for (deed, done) in self.all() {
            add("http.requests".to_owned(), done);
            if let Some(status) = deed.status() {
                add("http.responses".to_owned(), done);
                add(format!("http.codes.{status}"), done);
            }
            if let Some(error) = deed.error(stalled) {
                let users = match deed {
                    Deed::Loop => done / (REDIRECTS + 1),
                    _ => done,
                };
                failed += users;
                add(format!("errors.{error}"), users);
            }
        }
        add("vusers.failed".to_owned(), failed);
        let ours = |name: &str| {
            name.starts_with("http.") && name != "http.downloaded_bytes"
                || name.starts_with("errors.")
                || name == "vusers.failed"
        };
        let mut seen: Vec<(String, u64)> = counters
            .keys()
            .filter(|name| ours(name))
            .map(|name| (name.clone(), count(name)))
            .filter(|(_, count)| *count > 0)
            .collect();
        expected.sort_unstable();
        seen.sort_unstable();
        assert_eq!(seen, expected, "{self:?}");
        let ended = count("vusers.completed") + failed;
        assert_eq!(count("vusers.created"), ended);
    }
}
