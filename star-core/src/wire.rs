//! What travels to a worker, and what it says when it leaves: the only file that knows the encoding.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ledger::{ClaimKey, RunId};
use crate::slice::{Lanes, Slice, Window};
use crate::time::Time;

/// The version of envelopes, manifests and all records. Workers refuse any other.
pub const VERSION: u32 = 7;

/// An order to a worker. It says where the work is, never what it is: that lies in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The version of the wire.
    pub version: u32,
    /// The deployment whose workers may carry it out.
    pub deployment: String,
    /// The run.
    pub run: RunId,
    /// What to do.
    pub order: Order,
    /// How many workers it came through.
    pub hop: u32,
    /// When it is void: nothing it asks for could be begun after that.
    pub expires: Time,
}

/// What a worker is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Order {
    /// Start the run, then carry its first bundle.
    Start,
    /// Carry a bundle: send all lanes but the first away, and execute that; one lane is a chunk.
    Carry(Slice),
    /// Be workers of a batch: send all but the first away, and be that.
    Serve {
        /// Which of the workers.
        workers: Lanes,
        /// How many workers had these places before.
        life: u32,
    },
}

impl Order {
    /// What is claimed before it is acted on.
    pub fn claim_key(self) -> ClaimKey {
        match self {
            Self::Start => ClaimKey::Start,
            Self::Carry(slice) => ClaimKey::Slice(slice, 1),
            Self::Serve { workers, life } => ClaimKey::Workers {
                lanes: workers,
                life,
            },
        }
    }

    fn lanes(self) -> Lanes {
        match self {
            Self::Start => Lanes::WHOLE,
            Self::Carry(slice) => slice.lanes,
            Self::Serve { workers, .. } => workers,
        }
    }

    fn with_lanes(self, lanes: Lanes) -> Self {
        match self {
            Self::Start => Self::Start,
            Self::Carry(slice) => Self::Carry(Slice { lanes, ..slice }),
            Self::Serve { life, .. } => Self::Serve {
                workers: lanes,
                life,
            },
        }
    }

    /// Whether there is something to send away.
    pub fn is_bundle(self) -> bool {
        self.lanes().count() > 1
    }

    /// What the one who carries this keeps.
    #[must_use]
    pub fn kept(self) -> Self {
        self.with_lanes(self.lanes().head())
    }

    /// What the one who carries this sends away, in at most `n` parts.
    pub fn sent(self, n: u32) -> Vec<Self> {
        let rest = self.lanes().rest().into_iter();
        rest.flat_map(|rest| rest.fan(n))
            .map(|lanes| self.with_lanes(lanes))
            .collect()
    }

    /// The window it is about.
    pub fn window(self) -> Window {
        match self {
            Self::Carry(slice) => slice.window,
            Self::Start | Self::Serve { .. } => Window::ALL,
        }
    }
}

/// What a worker says when it leaves. Nobody's results depend on it: those are in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "reply", content = "detail")]
pub enum Reply {
    /// It did what it was sent for.
    Executed,
    /// Somebody else had claimed it; nothing was done.
    Duplicate,
    /// The run was stopped before; nothing was done.
    Stopped,
    /// It came too late; nothing was done.
    Expired,
    /// It was not for this worker, and why; nothing was done.
    Refused(String),
    /// It could not be done, and why.
    Failed(Failure),
}

impl Envelope {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an envelope has nothing that JSON lacks")
    }

    /// Reads what travelled.
    ///
    /// # Errors
    /// One sentence, where these bytes are no envelope of this version.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_slice(bytes)
            .map_err(|error| format!("this is not an envelope: {error}"))?;
        if version != VERSION {
            return Err(format!(
                "the envelope is of version {version}, this worker reads {VERSION}"
            ));
        }
        serde_json::from_slice(bytes)
            .map_err(|error| format!("the envelope can't be read: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn envelope(order: Order) -> Envelope {
        Envelope {
            version: VERSION,
            deployment: "local".to_owned(),
            run: "r1".parse().unwrap(),
            order,
            hop: 2,
            expires: Time::from_nanos(3_000_000_000),
        }
    }

    const CARRY: &str = r#"{"version":7,"deployment":"local","run":"r1","order":{"carry":{"window":{"from":0,"to":1000000000},"lanes":{"first":0,"end":7,"of":7}}},"hop":2,"expires":3000000000}"#;

    #[test]
    fn the_wire_stays_as_it_is() {
        let slice = Slice {
            window: Window::new(Duration::ZERO, Duration::from_secs(1)),
            lanes: Lanes::all(7),
        };
        let carry = envelope(Order::Carry(slice));
        assert_eq!(String::from_utf8(carry.encode()).unwrap(), CARRY);
        assert_eq!(Envelope::decode(CARRY.as_bytes()).unwrap(), carry);
        let start = envelope(Order::Start);
        assert_eq!(
            String::from_utf8(start.encode()).unwrap(),
            r#"{"version":7,"deployment":"local","run":"r1","order":"start","hop":2,"expires":3000000000}"#
        );
        let serve = envelope(Order::Serve {
            workers: Lanes::all(3),
            life: 1,
        });
        assert_eq!(Envelope::decode(&serve.encode()).unwrap(), serve);
    }

    #[test]
    fn what_is_no_envelope_is_refused_in_words() {
        let newer = CARRY.replace(r#""version":7"#, r#""version":8"#);
        let error = Envelope::decode(newer.as_bytes()).unwrap_err();
        assert_eq!(error, "the envelope is of version 8, this worker reads 7");
        for bad in [
            "",
            "{}",
            "[]",
            "null",
            &CARRY.replace("hop", "hup"),
            &CARRY.replace(r#""end":7"#, r#""end":0"#),
        ] {
            assert!(Envelope::decode(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bundle_keeps_one_lane_and_sends_the_rest() {
        let order = Order::Serve {
            workers: Lanes::all(6),
            life: 0,
        };
        let lanes = |order: Order| (order.lanes().first(), order.lanes().end());
        assert_eq!(lanes(order.kept()), (0, 1));
        let sent: Vec<_> = order.sent(2).into_iter().map(lanes).collect();
        assert_eq!(sent, [(1, 3), (3, 6)]);
        assert!(order.kept().sent(2).is_empty());
    }
}
