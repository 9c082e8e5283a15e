//! Answers by endpoint, as Artillery's plugin `metrics-by-endpoint` tells them apart.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use star_core::Histogram;

use super::errors::{ErrorName, Errors};
use super::few::Few;
use super::made::{keep_first, shortened};

/// The most characters of a made name that are told apart.
const LONGEST: usize = 240;

/// What came of the requests to one endpoint. Of redirects only the last answer counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Endpoint {
    /// The answers by status.
    #[serde(skip_serializing_if = "Few::is_empty")]
    pub codes: Few<u16, u64>,
    /// Why there was none.
    #[serde(skip_serializing_if = "Errors::is_empty")]
    pub errors: Errors,
    /// How long answers took, in microseconds.
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub response_time: Histogram,
    /// How long answers took by what the server says in `server-timing`, in microseconds.
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub server_timing: Histogram,
}

/// The last answer to a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// How long after the request was sent.
    pub latency: Duration,
    /// From when the request was begun until all of the body was there.
    pub total: Duration,
    /// What the server says that it took in all.
    pub server_timing: Option<Duration>,
}

impl Endpoint {
    /// Counts an answer.
    pub fn answered(&mut self, answered: &Answered) {
        *self.codes.at(answered.status) += 1;
        self.response_time.record_duration(answered.latency);
        if let Some(timing) = answered.server_timing {
            self.server_timing.record_duration(timing);
        }
    }

    /// Adds another's.
    pub fn merge(&mut self, other: Self) {
        for (code, count) in other.codes {
            *self.codes.at(code) += count;
        }
        self.errors.merge(other.errors);
        self.response_time.merge(&other.response_time);
        self.server_timing.merge(&other.server_timing);
    }

    fn compact(&mut self) {
        self.codes.compact();
        self.response_time.compact();
        self.server_timing.compact();
    }

    /// All of it that is counted and not measured.
    fn counts(&self) -> Value {
        json!({ "codes": self.codes, "errors": self.errors })
    }
}

/// What came of requests, by endpoint: by number where the script tells the endpoint, by name where that is made of data. Its size is
/// bounded: of the made names the first hundred in alphabetical order are told apart, and the others are counted together. Which
/// those are does not depend on the order of counting or merging.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Endpoints {
    #[serde(skip_serializing_if = "Few::is_empty")]
    numbered: Few<u32, Endpoint>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    made: BTreeMap<String, Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    others: Option<Box<Endpoint>>,
}

/// Which endpoint a request is counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointKey<'n> {
    /// That of the request of this number in the script.
    Number(usize),
    /// One whose name is made of data.
    Made(&'n str),
}

impl Endpoints {
    /// Counts an answer.
    pub fn answered(&mut self, key: EndpointKey<'_>, answered: &Answered) {
        self.change(key, |endpoint| endpoint.answered(answered));
    }

    /// Counts why there was no answer.
    pub fn failed(&mut self, key: EndpointKey<'_>, error: &ErrorName) {
        self.change(key, |endpoint| endpoint.errors.record(error));
    }

    /// Takes as little memory as it can from now on.
    pub(super) fn compact(&mut self) {
        self.numbered.compact();
        let all = self.numbered.values_mut().chain(self.made.values_mut());
        all.chain(self.others.as_deref_mut())
            .for_each(Endpoint::compact);
    }

    /// How many bytes those that have a number take besides itself, without what is behind their values.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        let codes = self.numbered.values().map(|endpoint| endpoint.codes.room());
        self.numbered.room() + codes.sum::<usize>()
    }

    fn change(&mut self, key: EndpointKey<'_>, change: impl FnOnce(&mut Endpoint)) {
        match key {
            EndpointKey::Number(number) => {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                change(self.numbered.at(number));
            }
            EndpointKey::Made(name) => {
                change(self.made.entry(shortened(name, LONGEST)).or_default());
                self.bound();
            }
        }
    }

    /// Adds another's.
    pub fn merge(&mut self, other: Self) {
        for (number, endpoint) in other.numbered {
            self.numbered.at(number).merge(endpoint);
        }
        for (name, endpoint) in other.made {
            self.made.entry(name).or_default().merge(endpoint);
        }
        if let Some(others) = other.others {
            self.others.get_or_insert_default().merge(*others);
        }
        self.bound();
    }

    fn bound(&mut self) {
        let others = &mut self.others;
        keep_first(&mut self.made, |endpoint| {
            others.get_or_insert_default().merge(endpoint);
        });
    }

    /// Each endpoint by its name, which those that have a number have from `name_of`; last those counted together, as `other`.
    pub fn named<'e>(
        &'e self,
        name_of: impl Fn(usize) -> Option<&'e str>,
    ) -> BTreeMap<&'e str, Endpoint> {
        let numbered = self.numbered.iter();
        let numbered =
            numbered.filter_map(|(number, found)| Some((name_of(*number as usize)?, found)));
        let made = self.made.iter().map(|(name, found)| (&**name, found));
        let others = self.others.iter().map(|found| ("other", &**found));
        let mut named: BTreeMap<&str, Endpoint> = BTreeMap::new();
        for (name, endpoint) in numbered.chain(made).chain(others) {
            named.entry(name).or_default().merge(endpoint.clone());
        }
        named
    }

    /// All of it that is counted and not measured.
    pub fn counts(&self) -> Value {
        let numbered: BTreeMap<_, _> = self
            .numbered
            .iter()
            .map(|(number, endpoint)| (number, endpoint.counts()))
            .collect();
        let made: BTreeMap<_, _> = self
            .made
            .iter()
            .map(|(name, endpoint)| (name, endpoint.counts()))
            .collect();
        let others = self.others.as_ref().map(|endpoint| endpoint.counts());
        json!({ "numbered": numbered, "made": made, "others": others })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(names: &[u16]) -> Endpoints {
        let mut endpoints = Endpoints::default();
        for name in names {
            let latency = Duration::from_millis((*name).into());
            let answered = Answered {
                status: 200 + name % 3,
                latency,
                total: latency,
                server_timing: None,
            };
            endpoints.answered(EndpointKey::Made(&format!("/items/{name}")), &answered);
        }
        endpoints
    }

    proptest! {
        #[test]
        fn which_names_are_told_apart_does_not_depend_on_the_order(names in prop::collection::vec(0..300_u16, 0..600), parts in 1..5_usize) {
            let whole = of(&names);
            let mut merged = Endpoints::default();
            for part in names.chunks(names.len() / parts + 1).rev() {
                merged.merge(of(part));
            }
            prop_assert_eq!(&merged, &whole);
            let answers = whole.named(|_| None).into_values().flat_map(|endpoint| endpoint.codes.into_iter().map(|(_, count)| count));
            prop_assert_eq!(answers.sum::<u64>(), names.len() as u64);
        }
    }

    #[test]
    fn what_is_called_the_same_is_read_together() {
        let mut endpoints = Endpoints::default();
        let answered = Answered {
            status: 200,
            latency: Duration::from_millis(2),
            total: Duration::from_millis(3),
            server_timing: Some(Duration::from_millis(1)),
        };
        for key in [0, 1, 2].map(EndpointKey::Number) {
            endpoints.answered(key, &answered);
        }
        endpoints.failed(EndpointKey::Number(1), &"ECONNRESET".into());
        let names = [Some("/a"), Some("/a"), None];
        let named = endpoints.named(|number| names[number]);
        assert_eq!(named.len(), 1);
        assert_eq!(named["/a"].codes[&200], 2);
        assert_eq!(named["/a"].errors.total(), 1);
        assert_eq!(named["/a"].server_timing.count(), 2);
    }
}
