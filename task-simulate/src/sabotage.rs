//! Deliberate faults of the framework, to show that a search would find such a one.

/// A fault that the framework does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// A worker that finds a claim acts all the same.
    ClaimIgnored,
    /// A bundle is acted on without a claim.
    BundleUnclaimed,
    /// Only the first carrier hands a run on.
    OneCarrier,
    /// What has a side effect is done again.
    SideEffectTwice,
    /// A snapshot is added to the one before it.
    SnapshotsAdded,
    /// Nobody looks for the stop mark.
    StopUnread,
}

impl Sabotage {
    /// All there are.
    pub const ALL: [Self; 6] = [
        Self::ClaimIgnored,
        Self::BundleUnclaimed,
        Self::OneCarrier,
        Self::SideEffectTwice,
        Self::SnapshotsAdded,
        Self::StopUnread,
    ];
}
