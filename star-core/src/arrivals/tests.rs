use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn rate(from: f64, to: f64, seconds: f64) -> Phase {
    Phase {
        duration: secs(seconds),
        load: Load::Rate { from, to },
    }
}

fn count(units: u64, seconds: f64) -> Phase {
    Phase {
        duration: secs(seconds),
        load: Load::Count(units),
    }
}

fn pause(seconds: f64) -> Phase {
    Phase {
        duration: secs(seconds),
        load: Load::Pause,
    }
}

fn arrivals(phases: &[Phase]) -> Arrivals {
    Arrivals::new(phases.iter().copied()).unwrap()
}

fn millis(phases: &[Phase]) -> Vec<f64> {
    let arrivals = arrivals(phases);
    (0..arrivals.units())
        .map(|unit| arrivals.due(unit).as_secs_f64() * 1000.0)
        .collect()
}

#[test]
fn the_number_of_units_is_the_area() {
    for (phases, units) in [
        (&[rate(1.0, 5000.0, 60.0)][..], 150_030),
        (&[rate(5000.0, 1.0, 60.0)], 150_030),
        (&[rate(1.0, 1000.0, 20.0)], 10_010),
        (&[rate(1.0, 10.0, 86_400.0)], 475_200),
        (&[rate(5.0, 5.0, 5.0)], 25),
        (&[rate(0.2, 0.2, 60.0)], 12),
        (&[rate(0.5, 0.5, 60.0)], 30),
        (&[rate(0.1, 0.1, 600.0)], 60),
        (&[rate(1.0, 1.0, 1.0)], 1),
        (&[rate(0.0, 0.0, 3600.0)], 0),
        (&[rate(0.0, 10.0, 4.0)], 20),
        (&[rate(10.0, 0.0, 4.0)], 20),
        // 12.5: half a unit is not reached before the end, and a ramp up or down is the same.
        (&[rate(0.0, 5.0, 5.0)], 12),
        (&[rate(5.0, 0.0, 5.0)], 12),
        (&[rate(0.1, 0.1, 5.0)], 0),
        (&[rate(0.1, 0.1, 5.1)], 1),
        (&[count(5, 5.0)], 5),
        (&[count(0, 5.0)], 0),
        (&[pause(5.0)], 0),
        (&[], 0),
        (&[rate(1e6, 1e6, 86_400.0)], 86_400_000_000),
        (&[rate(1e-9, 1e-9, 3e9)], 3),
        (&[rate(10.0, 10.0, 1.1)], 11),
        (&[rate(10.0, 10.0, 0.7)], 7),
    ] {
        assert_eq!(arrivals(phases).units(), units, "{phases:?}");
    }
}

#[test]
fn a_constant_rate_arrives_in_the_middle_of_its_intervals() {
    assert_eq!(
        millis(&[rate(2.0, 2.0, 2.0)]),
        [250.0, 750.0, 1250.0, 1750.0]
    );
    assert_eq!(millis(&[rate(0.2, 0.2, 10.0)]), [2500.0, 7500.0]);
    assert_eq!(
        arrivals(&[rate(3.0, 3.0, 1.0)]).due(0).as_nanos(),
        166_666_667
    );
}

#[test]
fn a_ramp_arrives_where_its_area_says() {
    // 0→8 over 2 s: the area by t is 2t², so ½ is reached at ½ s and 4½ at 1½ s.
    let up = millis(&[rate(0.0, 8.0, 2.0)]);
    assert_eq!((up.len(), up[0], up[4]), (8, 500.0, 1500.0));
    let down = millis(&[rate(8.0, 0.0, 2.0)]);
    for (rising, falling) in up.iter().zip(down.iter().rev()) {
        assert!(
            (rising + falling - 2000.0).abs() < 1e-5,
            "{rising} {falling}"
        );
    }
}

#[test]
fn counts_are_spaced_evenly() {
    assert_eq!(millis(&[count(4, 1.0)]), [125.0, 375.0, 625.0, 875.0]);
    assert_eq!(arrivals(&[count(1, 1.0)]).due(0), secs(0.5));
    assert_eq!(arrivals(&[count(3, 1.0)]).due(0).as_nanos(), 166_666_667);
}

#[test]
fn fractions_are_carried_over_pauses_and_counts() {
    let quarters = [
        rate(0.25, 0.25, 1.0),
        pause(1.0),
        rate(0.25, 0.25, 1.0),
        count(2, 1.0),
        rate(0.25, 0.25, 1.0),
        rate(0.25, 0.25, 1.0),
    ];
    let arrivals = arrivals(&quarters);
    assert_eq!(arrivals.units(), 3);
    assert_eq!(
        (0..6)
            .map(|phase| arrivals.units_of(phase))
            .collect::<Vec<_>>(),
        [0, 0, 0, 2, 1, 0]
    );
    // Half a unit is reached exactly where the third quarter begins.
    assert_eq!(
        (0..3).map(|unit| arrivals.due(unit)).collect::<Vec<_>>(),
        [secs(3.25), secs(3.75), secs(4.0)]
    );
    assert_eq!(
        (0..4)
            .map(|unit| arrivals.phase_of(unit))
            .collect::<Vec<_>>(),
        [3, 3, 4, 6]
    );
}

#[test]
fn one_line_cut_into_phases_is_the_same_line() {
    let whole = arrivals(&[rate(1.0, 101.0, 10.0)]);
    let cut: Vec<_> = (0..100)
        .map(|tenth| {
            let from = 1.0 + f64::from(tenth);
            rate(from, from + 1.0, 0.1)
        })
        .collect();
    let cut = arrivals(&cut);
    assert_eq!(whole.units(), cut.units());
    for unit in 0..whole.units() {
        assert!(
            whole.due(unit).abs_diff(cut.due(unit)) <= Duration::from_nanos(2),
            "{unit}"
        );
    }
}

#[test]
fn a_unit_carried_into_a_ramp_from_zero_is_due_at_once() {
    let arrivals = arrivals(&[rate(0.5, 0.5, 1.0), rate(0.0, 1.0, 1.0)]);
    assert_eq!(
        (arrivals.units(), arrivals.phase_of(0), arrivals.due(0)),
        (1, 1, secs(1.0))
    );
}

#[test]
fn beyond_the_last_unit_there_is_nothing() {
    let arrivals = arrivals(&[count(2, 1.0), pause(4.0)]);
    assert_eq!(
        (arrivals.due(2), arrivals.phase_of(2), arrivals.phase_of(1)),
        (secs(5.0), 2, 0)
    );
    assert_eq!(arrivals.span_of(1), Some(secs(1.0)..secs(5.0)));
    assert_eq!((arrivals.span_of(2), arrivals.units_of(2)), (None, 0));
}

#[test]
fn impossible_phases_are_refused() {
    for (phase, error) in [
        (rate(-1.0, 1.0, 1.0), ArrivalsError::Rate { phase: 1 }),
        (rate(1.0, f64::NAN, 1.0), ArrivalsError::Rate { phase: 1 }),
        (rate(f64::NAN, 1.0, 1.0), ArrivalsError::Rate { phase: 1 }),
        (
            rate(1.0, f64::INFINITY, 1.0),
            ArrivalsError::Rate { phase: 1 },
        ),
        (rate(1e12, 1e12, 1.0), ArrivalsError::Rate { phase: 1 }),
        (count(5, 0.0), ArrivalsError::Rate { phase: 1 }),
        (count(u64::MAX, 1e9), ArrivalsError::Rate { phase: 1 }),
        (pause(4e9), ArrivalsError::Duration { phase: 1 }),
        (
            Phase {
                duration: Duration::MAX,
                load: Load::Pause,
            },
            ArrivalsError::Duration { phase: 1 },
        ),
    ] {
        assert_eq!(
            Arrivals::new([pause(1.0), phase]).unwrap_err(),
            error,
            "{phase:?}"
        );
    }
    let longest = arrivals(&[rate(1e6, 1e6, 100.0 * 365.0 * 86_400.0)]);
    assert!(longest.units() == 3_153_600_000_000_000 && longest.units() < MAX_UNITS);
    assert!(longest.due(longest.units() - 1) < longest.duration());
}

fn any_rate() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        (0u32..2000).prop_map(f64::from),
        (0u32..5000).prop_map(|tenths| f64::from(tenths) / 10.0),
        1e-9..1e-3,
        0.0..5000.0,
        1e5..1e6,
    ]
}

fn any_phase() -> impl Strategy<Value = Phase> {
    let duration = prop_oneof![
        (0u64..300).prop_map(Duration::from_secs),
        (0u64..10_000).prop_map(Duration::from_millis),
        (0u64..1_000_000).prop_map(Duration::from_nanos),
        (0u64..3_000_000_000)
            .prop_map(Duration::from_secs)
            .no_shrink(),
    ];
    (duration, any_rate(), any_rate(), any::<bool>(), 0u64..3000).prop_map(
        |(duration, from, to, same, units)| {
            let load = match units {
                0..100 => Load::Pause,
                100..300 => Load::Count((units - 100).min(duration.as_micros() as u64)),
                _ => Load::Rate {
                    from,
                    to: if same { from } else { to },
                },
            };
            Phase { duration, load }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn instants_never_decrease_and_stay_in_their_phases(
        phases in prop::collection::vec(any_phase(), 1..8),
        picks in prop::collection::vec(any::<u64>(), 32),
    ) {
        let Ok(arrivals) = Arrivals::new(phases.iter().copied()) else {
            return Ok(());
        };
        let units = arrivals.units();
        prop_assert_eq!((0..phases.len()).map(|phase| arrivals.units_of(phase)).sum::<u64>(), units);
        for pick in picks {
            if units == 0 {
                break;
            }
            // A run of neighbours from anywhere, so that edges of phases are met as well.
            let from = pick % units;
            for unit in from..units.min(from + 40) {
                let due = arrivals.due(unit);
                let span = arrivals.span_of(arrivals.phase_of(unit)).unwrap();
                prop_assert!(span.contains(&due), "unit {} at {:?} in {:?}", unit, due, span);
                prop_assert!(unit == 0 || arrivals.due(unit - 1) <= due, "unit {}", unit);
            }
        }
    }

    #[test]
    fn a_rate_has_as_many_units_as_its_area(from in any_rate(), to in any_rate(), seconds in 1u32..100_000) {
        let area = f64::midpoint(from, to) * f64::from(seconds);
        let units = arrivals(&[rate(from, to, f64::from(seconds))]).units() as f64;
        prop_assert!((units - area).abs() <= 0.5 + area * 1e-12, "{} for {}", units, area);
    }

    #[test]
    fn the_area_by_a_units_instant_is_the_unit_and_a_half(
        from in 0u32..5000, to in 1u32..5000, seconds in 1u32..4000, pick in any::<u64>(),
    ) {
        let (from, to, length) = (f64::from(from), f64::from(to), f64::from(seconds));
        let arrivals = arrivals(&[rate(from, to, length)]);
        prop_assume!(arrivals.units() > 0);
        let unit = pick % arrivals.units();
        let t = arrivals.due(unit).as_secs_f64();
        let area = from * t + (to - from) / length * t * t / 2.0;
        prop_assert!((area - unit as f64 - 0.5).abs() < 1e-4, "{} by {}", area, t);
    }
}
