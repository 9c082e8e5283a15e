use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use proptest::prelude::*;
use tokio::task::LocalSet;

use super::*;
use crate::clock::VirtualClock;
use crate::context::{Signals, Terms};
use crate::laws::toys::Sums;
use crate::ledger::{Book, Memory};
use crate::report::Measured;
use crate::slice::Window;
use crate::split::Extent;

const ZERO: Time = Time::from_nanos(1_000_000_000_000);

/// Units at these milliseconds.
#[derive(Clone, Debug)]
struct At(Vec<u64>);

impl Splittable for At {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_millis(
            self.0.last().map_or(1, |last| last + 1),
        ))
    }

    fn units(&self) -> u64 {
        self.0.len() as u64
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_millis(self.0[unit as usize])
    }
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Doubt(bool),
    Stop,
    CutOff,
    Look,
}

#[derive(Clone, Debug)]
struct Case {
    task: At,
    slice: Slice,
    life: u64,
    late: u64,
    /// When the worker begins, in milliseconds from zero; it may be before.
    begin: i64,
    /// After so many milliseconds more, each: at odd instants, where no unit is due and none ends.
    events: Vec<(u64, Event)>,
}

fn cases() -> impl Strategy<Value = Case> {
    let dues = proptest::collection::vec(0..200_u64, 0..60).prop_map(|mut dues| {
        dues.sort_unstable();
        dues.into_iter().map(|due| due * 2).collect::<Vec<_>>()
    });
    let event = prop_oneof![
        3 => any::<bool>().prop_map(Event::Doubt),
        1 => Just(Event::Stop),
        1 => Just(Event::CutOff),
        5 => Just(Event::Look),
    ];
    let events = proptest::collection::vec((0..40_u64, event), 1..12);
    let slice =
        (0..100_u64, 1..300_u64, 1..5_u32, 0..5_u32).prop_map(|(from, length, of, lane)| {
            let window = Window::new(
                Duration::from_millis(from * 2),
                Duration::from_millis((from + length) * 2),
            );
            let lanes = Lanes::bundle(lane % of, lane % of + 1, of).unwrap();
            Slice { window, lanes }
        });
    (dues, slice, 0..60_u64, 0..50_u64, -100..300_i64, events).prop_map(
        |(dues, slice, life, late, begin, events)| Case {
            task: At(dues),
            slice,
            life: life * 2,
            late: late * 2,
            begin: begin * 2,
            events: events
                .into_iter()
                .map(|(gap, event)| (gap * 2, event))
                .collect(),
        },
    )
}

fn context(case: &Case, clock: VirtualClock) -> Context<Sums> {
    let terms = Terms {
        zero: ZERO,
        seed: 1,
        late: Duration::from_millis(case.late),
        open: None,
        rehearsal: true,
        traced: false,
    };
    let book = Book::new(Arc::new(Memory::default()), "r".parse().unwrap());
    let timetable: Rc<dyn Splittable> = Rc::new(case.task.clone());
    let signals = Signals::default();
    let voice = crate::Voice::default();
    Context::new(timetable, Arc::new(clock), book, voice, terms, signals)
}

/// What `sweep` reckons, done unit by unit.
async fn by_hand(cx: Context<Sums>, slice: Slice, life: Duration) {
    let mut units = cx.units(&slice);
    while let Some(unit) = units.next().await {
        let user = cx.clone();
        cx.spawn(async move {
            tokio::select! {
                biased;
                () = user.sleep(life) => {}
                () = user.cut_off() => {}
            }
            drop(unit);
        });
    }
    cx.idle().await.unwrap();
}

async fn settle_down() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

type Look = (crate::Tally, u64, u64);

fn looked(cx: &Context<Sums>) -> Look {
    let Measured {
        tally, lateness, ..
    } = cx.measured();
    (tally, lateness.count(), lateness.sum())
}

async fn watched(case: &Case, swept: bool) -> (Vec<Look>, Vec<(Range<u64>, Sweep)>) {
    let start = if case.begin < 0 {
        ZERO - Duration::from_millis(case.begin.unsigned_abs())
    } else {
        ZERO + Duration::from_millis(case.begin.unsigned_abs())
    };
    let cx = context(case, VirtualClock::starting_at(start));
    let life = Duration::from_millis(case.life);
    let told = Rc::new(RefCell::new(Vec::new()));
    let work = {
        let (cx, slice, told) = (cx.clone(), case.slice, Rc::clone(&told));
        tokio::task::spawn_local(async move {
            if swept {
                let told = move |units, what| told.borrow_mut().push((units, what));
                cx.sweep(&slice, life, told).await;
            } else {
                by_hand(cx, slice, life).await;
            }
        })
    };
    settle_down().await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    let mut looks = Vec::new();
    for (gap, event) in &case.events {
        tokio::time::sleep(Duration::from_millis(*gap)).await;
        settle_down().await;
        match event {
            Event::Doubt(doubt) => cx.doubt(*doubt),
            Event::Stop => cx.stop(),
            Event::CutOff => {
                cx.stop();
                settle_down().await;
                cx.shared.signals.cut_off.give();
            }
            Event::Look => {}
        }
        settle_down().await;
        looks.push(looked(&cx));
    }
    work.await.unwrap();
    looks.push(looked(&cx));
    (looks, told.take())
}

fn driven<A>(work: impl Future<Output = A>) -> A {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, work)
}

proptest! {
    #[test]
    fn units_that_are_reckoned_come_to_what_they_come_to_one_by_one(case in cases()) {
        let (by_hand, _) = driven(watched(&case, false));
        let (swept, told) = driven(watched(&case, true));
        prop_assert_eq!(&swept, &by_hand);
        let (tally, ..) = swept[swept.len() - 1];
        prop_assert_eq!(tally.counted(), case.task.units_of(&case.slice));
        let count = |which: fn(&Sweep) -> bool| {
            let told = told.iter().filter(|(_, what)| which(what));
            told.map(|(units, _)| case.slice.lanes.units_among(units.start, units.end)).sum::<u64>()
        };
        prop_assert_eq!(count(|what| matches!(what, Sweep::Started(_))), tally.started);
        prop_assert_eq!(count(|what| *what == Sweep::Missed), tally.missed);
        prop_assert_eq!(count(|what| *what == Sweep::Cancelled), tally.cancelled);
    }
}
