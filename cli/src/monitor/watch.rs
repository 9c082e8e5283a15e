//! The life of a monitor.

use std::time::Duration;

use star_core::Time;
use star_core::clock::Clock;

use super::round::Round;
use super::rules::{self, Alert};
use super::state::{Sent, State, Told};

/// When what happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// From the beginning of a round to that of the next.
    pub(crate) every: Duration,
    /// How long after an alert there is another where rounds still fail; never where it is zero.
    pub(crate) remind: Duration,
    /// After how many rounds it ends; never where there is none.
    pub(crate) rounds: Option<u64>,
}

/// What a monitor needs of others.
pub(crate) trait Watched {
    /// Does a round; none where it was stopped meanwhile.
    async fn round(&mut self) -> Option<Round>;
    /// Sends an alert to whoever was not told yet, and notes who was.
    async fn send(&mut self, alert: &Alert, told: &mut Told) -> Sent;
    /// Keeps what is known.
    fn keep(&mut self, state: &State);
    /// Returns when the monitor is to end.
    async fn stopped(&mut self);
}

/// Does rounds until it is told to end. They begin at fixed instants, so they do not drift; where one takes longer than until the next,
/// those that would have begun meanwhile are skipped, and never made up for in a burst.
pub(crate) async fn watch(
    clock: &dyn Clock,
    timing: Timing,
    mut state: State,
    watched: &mut impl Watched,
) -> State {
    let begun = clock.now();
    let (mut number, mut done) = (0_u64, 0_u64);
    while timing.rounds.is_none_or(|most| done < most) {
        let at = instant(begun, timing.every, number);
        let due = tokio::select! {
            biased;
            () = watched.stopped() => false,
            () = clock.sleep_until(at) => true,
        };
        if !due {
            break;
        }
        let at = clock.now();
        let Some(round) = watched.round().await else {
            break;
        };
        done += 1;
        if let Some(alert) = rules::note(&mut state, at, round, timing.remind) {
            // What nobody was told of an earlier state is not news any more.
            state.unsent = Some(alert);
            state.told = Told::default();
        }
        watched.keep(&state);
        if let Some(alert) = state.unsent.take() {
            match watched.send(&alert, &mut state.told).await {
                Sent::ToAll => state.sent += 1,
                Sent::ToNobody => {}
                Sent::NotToAll => {
                    state.unsendable += 1;
                    state.unsent = Some(alert);
                }
            }
            watched.keep(&state);
        }
        let next = next(begun, timing.every, clock.now()).max(number + 1);
        let skipped = next - number - 1;
        if skipped > 0 {
            state.skipped += skipped;
            watched.keep(&state);
        }
        number = next;
    }
    state
}

/// When a round begins.
fn instant(begun: Time, every: Duration, number: u64) -> Time {
    begun + every.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The number of the first round that begins at an instant or later.
fn next(begun: Time, every: Duration, now: Time) -> u64 {
    let (since, every) = (now.since(begun).as_nanos(), every.as_nanos().max(1));
    u64::try_from(since.div_ceil(every)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use star_core::clock::VirtualClock;

    use super::super::rules::Status;
    use super::*;

    /// A target that is broken in some minutes, and a post that can be closed.
    struct World {
        clock: Rc<VirtualClock>,
        begun: Time,
        broken: std::ops::Range<u64>,
        took: Duration,
        /// In which minutes nothing can be sent.
        closed: std::ops::Range<u64>,
        stop_at: Option<u64>,
        rounds: Vec<u64>,
        sent: Vec<(u64, Status)>,
        /// What the command was told, which always takes it.
        commanded: Vec<(u64, Status)>,
        /// Whether there is nobody to be told.
        nobody: bool,
        kept: State,
    }

    impl World {
        fn new() -> Self {
            let clock = Rc::new(VirtualClock::starting_at(Time::from_nanos(0)));
            Self {
                begun: clock.now(),
                clock,
                broken: 7..13,
                took: Duration::from_secs(5),
                closed: 0..0,
                stop_at: None,
                rounds: Vec::new(),
                sent: Vec::new(),
                commanded: Vec::new(),
                nobody: false,
                kept: State::default(),
            }
        }

        fn minute(&self) -> u64 {
            self.clock.now().since(self.begun).as_secs() / 60
        }

        async fn watch(&mut self, state: State, rounds: Option<u64>) -> State {
            let timing = Timing {
                every: Duration::from_mins(1),
                remind: Duration::from_hours(1),
                rounds,
            };
            let clock = Rc::clone(&self.clock);
            watch(&*clock, timing, state, self).await
        }
    }

    impl Watched for World {
        async fn round(&mut self) -> Option<Round> {
            let minute = self.minute();
            self.rounds.push(minute);
            let at = self.clock.now();
            self.clock.sleep_until(at + self.took).await;
            Some(Round::of_test(!self.broken.contains(&minute), at))
        }

        async fn send(&mut self, alert: &Alert, told: &mut Told) -> Sent {
            if self.nobody {
                return Sent::ToNobody;
            }
            if !told.command {
                self.commanded.push((self.minute(), alert.status));
                told.command = true;
            }
            if self.closed.contains(&self.minute()) {
                return Sent::NotToAll;
            }
            self.sent.push((self.minute(), alert.status));
            Sent::ToAll
        }

        fn keep(&mut self, state: &State) {
            self.kept = state.clone();
        }

        async fn stopped(&mut self) {
            let Some(minute) = self.stop_at else {
                return std::future::pending().await;
            };
            let at = self.begun + Duration::from_mins(minute);
            self.clock.sleep_until(at).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn half_an_hour_with_faults_from_the_seventh_minute_to_the_twelfth_is_two_alerts() {
        let mut world = World::new();
        let state = world.watch(State::default(), Some(30)).await;
        assert_eq!(world.rounds, (0..30).collect::<Vec<_>>());
        assert_eq!(world.sent, [(7, Status::Failing), (13, Status::Recovered)]);
        assert_eq!(
            (state.rounds, state.failed, state.skipped, state.sent),
            (30, 6, 0, 2)
        );
        assert_eq!(world.kept, state);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_started_anew_tells_nothing_twice() {
        let mut world = World::new();
        world.stop_at = Some(9);
        let state = world.watch(State::default(), None).await;
        assert_eq!(world.sent, [(7, Status::Failing)]);
        let state: State = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        world.stop_at = Some(30);
        let state = world.watch(state, None).await;
        assert_eq!(world.sent, [(7, Status::Failing), (13, Status::Recovered)]);
        assert_eq!(state.failing_since, None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_alert_that_could_not_be_sent_is_sent_after_the_next_round_unless_there_is_news() {
        let mut world = World::new();
        world.closed = 5..10;
        let state = world.watch(State::default(), Some(30)).await;
        assert_eq!(world.sent, [(10, Status::Failing), (13, Status::Recovered)]);
        assert_eq!((state.sent, state.unsendable), (2, 3));
        // Who took it at once is not told again.
        let once = [(7, Status::Failing), (13, Status::Recovered)];
        assert_eq!(world.commanded, once);
        let mut world = World::new();
        world.closed = 5..15;
        world.watch(State::default(), Some(30)).await;
        assert_eq!(world.sent, [(15, Status::Recovered)]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_alert_to_nobody_is_not_sent() {
        let mut world = World::new();
        world.nobody = true;
        let state = world.watch(State::default(), Some(30)).await;
        assert_eq!((state.sent, state.unsendable), (0, 0));
        assert_eq!(state.unsent, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_that_takes_too_long_is_followed_by_no_burst() {
        let mut world = World::new();
        world.broken = 0..0;
        world.took = Duration::from_secs(150);
        let state = world.watch(State::default(), Some(4)).await;
        assert_eq!(world.rounds, [0, 3, 6, 9]);
        assert_eq!((state.skipped, state.sent), (8, 0));
    }
}
