//! The simulated ledger: an object store that takes its time, turns requests away, and may be away itself.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use star_core::ledger::{Ledger, LedgerError};
use star_core::nanos;

use crate::sabotage::Sabotage;
use crate::site::{Chance, Site, State, Who};

/// The ledger as one host reaches it.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) site: Arc<Site>,
    pub(crate) who: Who,
    /// So many times as long takes what it asks for.
    pub(crate) slowness: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    Get,
    Put,
    Create,
}

#[async_trait(?Send)]
impl Ledger for Store {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        let bundle = self.sabotaged(Sabotage::BundleUnclaimed) && is_bundle(key);
        if bundle {
            return Ok(true);
        }
        let half = self.latency() / 2;
        self.site.kernel.sleep(half).await;
        let answer = self.write(Request::Create, key, value);
        self.site.kernel.sleep(half).await;
        let ignored = self.sabotaged(Sabotage::ClaimIgnored) && kind_of(key) == "claims";
        answer.map(|created| created || ignored)
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        let half = self.latency() / 2;
        self.site.kernel.sleep(half).await;
        let answer = self.write(Request::Put, key, value);
        self.site.kernel.sleep(half).await;
        answer.map(|_| ())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        let latency = self.latency();
        self.site.kernel.sleep(latency).await;
        let mut state = self.site.state();
        let refused = self.refusal(&mut state, Request::Get, key);
        drop(state);
        let away = self
            .site
            .happens(Chance::Unavailable, self.site.world.ledger.unavailable);
        let now = self.site.kernel.now();
        let mut state = self.site.state();
        if let Some(why) = refused.or(away.then_some(BUSY)) {
            state.used.errors += 1;
            return Err(error("read", key, why));
        }
        let value = state.values.get(key).cloned();
        if let Some(worker) = self.who.worker() {
            let worker = &mut state.workers[worker];
            worker.last_read = Some(now);
            if value.is_some() && kind_of(key) == "stop" {
                worker.told_to_stop.get_or_insert(now);
                if self.sabotaged(Sabotage::StopUnread) {
                    return Ok(None);
                }
            }
        }
        Ok(value)
    }
}

/// What the ledger has in the end, as nobody in the world reads it: at once, and without fail.
#[derive(Clone, Debug)]
pub(crate) struct Kept(pub(crate) Arc<Site>);

#[async_trait(?Send)]
impl Ledger for Kept {
    async fn create(&self, key: &str, _: Bytes) -> Result<bool, LedgerError> {
        Err(error("write", key, "all is over"))
    }

    async fn put(&self, key: &str, _: Bytes) -> Result<(), LedgerError> {
        Err(error("write", key, "all is over"))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        Ok(self.0.state().values.get(key).cloned())
    }
}

const BUSY: &str = "503 Slow Down";

impl Store {
    fn sabotaged(&self, how: Sabotage) -> bool {
        self.site.sabotage == Some(how)
    }

    fn latency(&self) -> Duration {
        let mut draws = self.site.draws(Chance::Latency);
        let latency = self.site.world.ledger.latency.drawn(&mut draws);
        latency.mul_f64(self.slowness)
    }

    /// Counts a request; why it is turned away, if it is.
    fn refusal(&self, state: &mut State, request: Request, key: &str) -> Option<&'static str> {
        let world = &self.site.world.ledger;
        let at = self.site.elapsed();
        let used = &mut state.used;
        let (count, seconds, most) = match request {
            Request::Get => (&mut used.gets, &mut used.reads_a_second, world.reads),
            Request::Put => (&mut used.puts, &mut used.writes_a_second, world.writes),
            Request::Create => (&mut used.creates, &mut used.writes_a_second, world.writes),
        };
        *count += 1;
        let second = at.as_secs() as usize;
        if seconds.len() <= second {
            seconds.resize(second + 1, 0);
        }
        seconds[second] += 1;
        let beyond = u64::from(seconds[second]) > u64::from(most) * u64::from(world.prefixes);
        used.beyond_rate += u64::from(beyond);
        let kind = kind_of(key);
        match used.kinds.get_mut(kind) {
            Some(times) => *times += 1,
            None => {
                used.kinds.insert(kind.to_owned(), 1);
            }
        }
        let away = world.outages.iter();
        let away = away.map(|outage| nanos(outage.from)..nanos(outage.from + outage.length));
        if away.into_iter().any(|outage| outage.contains(&nanos(at))) {
            return Some("it is away");
        }
        beyond.then_some(BUSY)
    }

    /// Whether it created something; a plain write always does.
    fn write(&self, request: Request, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        let site = &self.site;
        let away = site.happens(Chance::Unavailable, site.world.ledger.unavailable);
        let lost = site.happens(Chance::LostAnswer, site.world.ledger.lost_answers);
        let now = site.kernel.now();
        let kind = kind_of(key);
        let mut state = site.state();
        let refused = self.refusal(&mut state, request, key);
        if let Some(why) = refused.or(away.then_some(BUSY)) {
            state.used.errors += 1;
            drop(state);
            self.note(kind, key, "is not written");
            return Err(error("write", key, why));
        }
        let created = match request {
            Request::Create if state.values.contains_key(key) => false,
            Request::Put if self.sabotaged(Sabotage::SnapshotsAdded) && kind == "live" => {
                let sum = match state.values.get(key) {
                    Some(before) => added(before, &value).unwrap_or(value),
                    None => value,
                };
                state.values.insert(key.to_owned(), sum);
                true
            }
            _ => {
                state.values.insert(key.to_owned(), value);
                true
            }
        };
        if created {
            match kind {
                "stop" => state.stopped = Some(now),
                "closed" => state.closed = Some(now),
                "final" | "live" => state.last_word = Some(now),
                _ => {}
            }
        }
        state.used.errors += u64::from(lost);
        drop(state);
        self.note(kind, key, if created { "is written" } else { "was there" });
        if lost {
            self.note(kind, key, "is answered with an error");
            return Err(error("write", key, "the connection was lost"));
        }
        Ok(created)
    }

    /// Notes what became of a key that is written only a few times in a worker's life.
    fn note(&self, kind: &str, key: &str, what: &str) {
        if !matches!(kind, "live" | "signs" | "content" | "manifest") {
            let name = key.splitn(3, '/').nth(2).unwrap_or(key);
            self.site.log(self.who, format_args!("{name} {what}"));
        }
    }
}

fn error(what: &'static str, key: &str, why: &str) -> LedgerError {
    LedgerError {
        what,
        key: key.to_owned(),
        why: why.to_owned(),
        lasting: false,
        remote: false,
    }
}

/// What is meant by a key: `claims` by `runs/RUN/claims/start`.
pub(crate) fn kind_of(key: &str) -> &str {
    let mut parts = key.split('/');
    parts.nth(2).unwrap_or(key)
}

/// Whether a claim's key is that of several lanes.
fn is_bundle(key: &str) -> bool {
    let Some((_, name)) = key.split_once("/claims/") else {
        return false;
    };
    let lanes = match name.split_once('.') {
        Some(("slice", rest)) => rest.split('.').nth(1),
        Some(("workers", rest)) => rest.split('.').next(),
        _ => None,
    };
    let ends = lanes.and_then(|lanes| lanes.split_once('-'));
    ends.is_some_and(|(first, end)| {
        let number = |text: &str| text.parse::<u32>().unwrap_or(0);
        number(end) > number(first) + 1
    })
}

/// The counts of two snapshots, added.
fn added(before: &Bytes, value: &Bytes) -> Option<Bytes> {
    let before: serde_json::Value = serde_json::from_slice(before).ok()?;
    let mut sum: serde_json::Value = serde_json::from_slice(value).ok()?;
    let tally = sum.pointer_mut("/measured/tally")?.as_object_mut()?;
    for (name, count) in tally {
        let more = before.pointer("/measured/tally")?.get(name)?.as_u64()?;
        *count = (count.as_u64()? + more).into();
    }
    serde_json::to_vec(&sum).ok().map(Bytes::from)
}
