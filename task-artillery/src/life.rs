//! How long users live, as far as a script tells.

use std::time::Duration;

use star_core::draw::Draws;

use crate::arrivals::Arrivals;
use crate::script::model::{Loop, Parallel, Rounds, Scenario, Step, StepKind, Think, ThinkTime};
use crate::script::{Script, Vars};

/// What an answer takes where nobody knows.
const USUAL_ANSWER: Duration = Duration::from_millis(100);

/// What a user does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Life {
    /// All its pauses together.
    pub(crate) thinks: Duration,
    /// How many requests it makes.
    pub(crate) requests: u64,
    /// The longest that one of them says it waits.
    pub(crate) timeout: Duration,
}

impl Life {
    fn and(self, other: Self) -> Self {
        Self {
            thinks: self.thinks.saturating_add(other.thinks),
            requests: self.requests.saturating_add(other.requests),
            timeout: self.timeout.max(other.timeout),
        }
    }

    fn times(self, rounds: u64) -> Self {
        let nanos = self.thinks.as_nanos().saturating_mul(rounds.into());
        Self {
            thinks: Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
            requests: self.requests.saturating_mul(rounds),
            timeout: self.timeout,
        }
    }

    /// What the steps of a scenario come to. Where a placeholder tells, it is tried out: of random numbers the greatest of some that are
    /// drawn is taken, and where it depends on variables, no pause and one round.
    pub(crate) fn of(scenario: &Scenario) -> Self {
        of_flow(&scenario.flow)
    }
}

fn of_flow(flow: &[Step]) -> Life {
    flow.iter().map(of_step).fold(Life::default(), Life::and)
}

fn of_step(step: &Step) -> Life {
    match &step.kind {
        StepKind::Request(request) => Life {
            requests: 1,
            timeout: request.timeout.unwrap_or_default(),
            ..Life::default()
        },
        StepKind::Think(think) => Life {
            thinks: pause(think),
            ..Life::default()
        },
        StepKind::Loop(repeat) => of_flow(&repeat.flow).times(rounds(repeat)),
        StepKind::Parallel(parallel) => of_parallel(parallel),
        StepKind::Log(_) => Life::default(),
    }
}

/// The longest of the branches that are under way at once, as often as there are rounds of so many; and all their requests.
fn of_parallel(parallel: &Parallel) -> Life {
    let lives = || parallel.branches.iter().map(|flow| of_flow(flow));
    let rounds = lives().len().div_ceil(parallel.limit.get() as usize);
    let longest = lives().map(|life| life.thinks).max();
    let thinks = Life {
        thinks: longest.unwrap_or_default(),
        ..Life::default()
    };
    let timeout = lives().map(|life| life.timeout).max();
    let requests = lives().map(|life| life.requests);
    Life {
        requests: requests.fold(0, u64::saturating_add),
        timeout: timeout.unwrap_or_default(),
        ..thinks.times(rounds as u64)
    }
}

/// How often what is random is drawn.
const TRIES: usize = 64;

fn pause(think: &Think) -> Duration {
    let time = base(&think.time);
    let more = think.jitter.map(|jitter| jitter.most(time));
    time.saturating_add(more.unwrap_or_default())
}

fn base(time: &ThinkTime) -> Duration {
    if let ThinkTime::Fixed(duration) = time {
        return *duration;
    }
    let (vars, mut draws) = (Vars::default(), Draws::new(0, 0, 0, 0));
    let tries = (0..TRIES).filter_map(|_| time.duration(&vars, &mut draws).ok());
    tries.max().unwrap_or_default()
}

fn rounds(repeat: &Loop) -> u64 {
    let (vars, mut draws) = (Vars::default(), Draws::new(0, 0, 0, 0));
    let mut count = || {
        let range = repeat.rounds.range(&vars, &mut draws).ok()?;
        Some(range.end.saturating_sub(range.start))
    };
    match repeat.rounds {
        Rounds::EachOf(_) => 1,
        Rounds::Range(..) | Rounds::Each(_) => count().unwrap_or(1),
        Rounds::Template(_) => (0..TRIES).filter_map(|_| count()).max().unwrap_or(1),
    }
}

/// The scenarios that somebody plays, and how often: where they are tried out, each as often as any other.
pub(crate) fn scenarios(script: &Script) -> impl Iterator<Item = (u32, &Scenario)> {
    let tried = script.sampling.is_some();
    let scenarios = script.scenarios.iter().map(move |scenario| {
        let weight = if tried { 1 } else { scenario.weight };
        (weight, scenario)
    });
    scenarios.filter(|(weight, _)| *weight > 0)
}

fn played(script: &Script) -> impl Iterator<Item = (u32, Life)> {
    scenarios(script).map(|(weight, scenario)| (weight, Life::of(scenario)))
}

/// How long it is at the most until all users have ended, as far as the script tells.
pub(crate) fn of_run(script: &Script, arrivals: &Arrivals) -> Duration {
    let longest = longest(script);
    let Some(sampling) = &script.sampling else {
        return arrivals.duration().saturating_add(longest);
    };
    let samples = u32::try_from(sampling.size).unwrap_or(u32::MAX);
    let lives = longest.saturating_mul(samples);
    lives.saturating_add(sampling.longest_pauses())
}

/// The longest pauses of any scenario, and one answer that takes all the time that it may.
pub(crate) fn longest(script: &Script) -> Duration {
    let lives = || played(script).map(|(_, life)| life);
    let thinks = lives().map(|life| life.thinks).max();
    let timeouts = lives()
        .map(|life| life.timeout)
        .chain([script.http.timeout]);
    let thinks = thinks.unwrap_or_default();
    thinks.saturating_add(timeouts.max().unwrap_or_default())
}

/// The most requests that any scenario makes.
pub(crate) fn most_requests(script: &Script) -> u64 {
    played(script)
        .map(|(_, life)| life.requests)
        .max()
        .unwrap_or_default()
}

/// The mean life of a unit: pauses, and a tenth of a second for each answer.
pub(crate) fn expected(script: &Script) -> Duration {
    let (mut weights, mut nanos) = (0_u128, 0_u128);
    for (weight, life) in played(script) {
        let answers = USUAL_ANSWER.as_nanos().saturating_mul(life.requests.into());
        let each = life.thinks.as_nanos().saturating_add(answers);
        weights += u128::from(weight);
        nanos = nanos.saturating_add(each.saturating_mul(weight.into()));
    }
    let mean = nanos.checked_div(weights).unwrap_or_default();
    let mean = Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX));
    let Some(sampling) = &script.sampling else {
        return mean;
    };
    let samples = u32::try_from(sampling.size).unwrap_or(u32::MAX);
    let sample = mean.saturating_add(sampling.average_pause);
    sample.saturating_mul(samples)
}
