use proptest::prelude::*;

use super::*;

fn of(values: &[u64]) -> Histogram {
    let mut histogram = Histogram::default();
    for value in values {
        histogram.record(*value);
    }
    histogram
}

fn wire(histogram: &Histogram) -> String {
    serde_json::to_string(histogram).unwrap()
}

proptest! {
    #[test]
    fn merging_is_exact_in_any_order(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(0..5_000_000_u64, 0..50)) {
        let both: Vec<u64> = a.iter().chain(&b).copied().collect();
        let (mut ab, mut ba) = (of(&a), of(&b));
        ab.merge(&of(&b));
        ba.merge(&of(&a));
        prop_assert_eq!(wire(&ab), wire(&of(&both)));
        prop_assert_eq!(wire(&ba), wire(&of(&both)));
    }

    #[test]
    fn the_wire_gives_back_what_was_noted(values in prop::collection::vec(any::<u64>(), 0..50)) {
        let histogram = of(&values);
        let back: Histogram = serde_json::from_str(&wire(&histogram)).unwrap();
        prop_assert_eq!(wire(&back), wire(&histogram));
        prop_assert_eq!(back.count(), values.len() as u64);
    }

    #[test]
    fn it_is_the_same_however_it_is_kept(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(0..5_000_000_u64, 0..200), share in 0.0..1.1_f64) {
        let whole = of(&[&a[..], &b].concat());
        let mut compact = of(&a);
        compact.compact();
        for value in &b {
            compact.record(*value);
        }
        let mut dense = of(&a);
        let mut others = of(&b);
        dense.merge(&others);
        others.compact();
        let mut sparse = Histogram::default();
        sparse.merge(&others);
        sparse.merge(&of(&a));
        for same in [compact, dense, sparse] {
            prop_assert_eq!(wire(&same), wire(&whole));
            prop_assert!(same == whole);
            for share in [share, 0.0, 0.5, 1.0] {
                prop_assert_eq!(same.quantile(share), whole.quantile(share));
            }
        }
    }

    #[test]
    fn quantiles_are_those_of_the_library(values in prop::collection::vec(0..5_000_000_u64, 1..200), share in 0.0..1.1_f64) {
        let mut library = Hdr::<u64>::new(DIGITS).unwrap();
        library.auto(true);
        for value in &values {
            library.record(*value).unwrap();
        }
        let histogram = of(&values);
        let (min, max) = (histogram.min(), histogram.max());
        for share in [share, 0.0, 1.0] {
            let read = library.value_at_quantile(share).clamp(min, max);
            prop_assert_eq!(histogram.quantile(share), read);
        }
    }

    #[test]
    fn bins_are_those_of_the_library(value in any::<u64>(), shift in 0..64_u32) {
        let value = (value >> shift).min(1 << 62);
        let mut library = Hdr::<u64>::new(DIGITS).unwrap();
        library.auto(true);
        library.record(value).unwrap();
        let bin = bin_of(value);
        prop_assert_eq!(greatest_of(bin), library.highest_equivalent(value));
        prop_assert_eq!(bin_of(greatest_of(bin)), bin);
        prop_assert!(bin <= LAST);
    }

    #[test]
    fn quantiles_are_off_by_less_than_one_percent(mut values in prop::collection::vec(1..100_000_000_u64, 1..200), share in 0.0..1.0_f64) {
        let histogram = of(&values);
        values.sort_unstable();
        let rank = ((share * values.len() as f64).ceil() as usize).clamp(1, values.len());
        let exact = values[rank - 1] as f64;
        let read = histogram.quantile(share) as f64;
        prop_assert!((read - exact).abs() <= exact * 0.01, "{read} for {exact}");
    }
}

#[test]
fn nothing_noted_reads_as_nothing() {
    let empty = Histogram::default();
    assert_eq!(
        (empty.count(), empty.min(), empty.max(), empty.quantile(0.5)),
        (0, 0, 0, 0)
    );
    assert_eq!(wire(&empty), r#"{"sum":0,"min":0,"max":0,"bins":[]}"#);
}

#[test]
fn what_is_no_distribution_is_not_read_as_one() {
    let read = |bins: &str| {
        let wire = format!(r#"{{"sum":7,"min":7,"max":7,"bins":{bins}}}"#);
        serde_json::from_str::<Histogram>(&wire)
    };
    assert_eq!(read("[7,1]").unwrap(), of(&[7]));
    for bad in [
        "[7]",
        "[7,0]",
        "[7,1,0,1]",
        "[7169,1]",
        "[7000,1,169,1]",
        "[18446744073709551615,1,1,1]",
        "[[7,1]]",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
    assert_eq!(read("[7168,1]").unwrap().count(), 1);
}
