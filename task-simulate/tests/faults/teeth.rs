//! The search finds what it is there for.

use task_simulate::Sabotage;

use crate::search::Trial;

/// The seeds of the long search: the first that finds it ends this.
const SEEDS: std::ops::Range<u64> = 0..1_000;

fn finds(sabotage: Sabotage) {
    let mut seeds = SEEDS;
    let found = seeds.find_map(|seed| Trial::of(seed).sabotaged(sabotage).fails());
    let found = found.unwrap_or_default();
    assert!(!found.is_empty(), "no seed of {SEEDS:?} finds {sabotage:?}");
}

#[test]
fn a_claim_that_is_ignored_is_found() {
    finds(Sabotage::ClaimIgnored);
}

#[test]
fn a_bundle_that_is_not_claimed_is_found() {
    finds(Sabotage::BundleUnclaimed);
}

#[test]
fn a_hand_over_by_one_carrier_only_is_found() {
    finds(Sabotage::OneCarrier);
}

#[test]
fn what_has_an_effect_and_is_tried_again_is_found() {
    finds(Sabotage::SideEffectTwice);
}

#[test]
fn snapshots_that_are_added_are_found() {
    finds(Sabotage::SnapshotsAdded);
}

#[test]
fn a_stop_that_nobody_looks_for_is_found() {
    finds(Sabotage::StopUnread);
}
