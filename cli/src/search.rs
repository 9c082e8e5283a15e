//! The search for the highest rate that holds: doubling, then halving the gap.

/// How many steps a search takes at most, a second try included.
pub(crate) const MOST_STEPS: usize = 24;

/// A search between 1 and a highest rate. Pure: it says what to try next, and is told what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    from: u64,
    to: u64,
    /// The highest rate that held.
    held: Option<u64>,
    /// The lowest that did not.
    failed: Option<u64>,
    steps: usize,
}

impl Search {
    /// Begins at `from`, and goes no higher than `to`.
    pub(crate) fn new(from: u64, to: u64) -> Self {
        Self {
            from: from.clamp(1, to.max(1)),
            to: to.max(1),
            held: None,
            failed: None,
            steps: 0,
        }
    }

    /// What to try next; none when what is found is as near as it has to be: within a tenth of the highest rate that holds.
    pub(crate) fn next(&self) -> Option<u64> {
        if self.steps >= MOST_STEPS {
            return None;
        }
        match (self.held, self.failed) {
            (None, None) => Some(self.from),
            (Some(held), None) => (held < self.to).then(|| held.saturating_mul(2).min(self.to)),
            (None, Some(failed)) => (failed > 1).then_some(failed / 2),
            (Some(held), Some(failed)) => {
                let gap = failed.saturating_sub(held);
                (gap > 1 && gap * 10 > held).then_some(held + gap / 2)
            }
        }
    }

    /// A rate was tried, so many times.
    pub(crate) fn note(&mut self, rate: u64, held: bool, tries: usize) {
        self.steps += tries;
        if held {
            self.held = Some(self.held.map_or(rate, |best| best.max(rate)));
        } else {
            self.failed = Some(self.failed.map_or(rate, |worst| worst.min(rate)));
        }
    }

    /// Whether every rate that was tried was held, so that it is not known what would not be.
    pub(crate) fn is_open_ended(&self) -> bool {
        self.failed.is_none()
    }

    /// Whether there are steps left for a second try.
    pub(crate) fn may_try_again(&self) -> bool {
        self.steps + 1 < MOST_STEPS
    }

    /// The highest rate that held.
    pub(crate) fn best(&self) -> Option<u64> {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a search finds on a machine that holds `limit`, and what it tried.
    fn found(from: u64, to: u64, limit: u64) -> (Option<u64>, Vec<u64>) {
        let mut search = Search::new(from, to);
        let mut tried = Vec::new();
        while let Some(rate) = search.next() {
            tried.push(rate);
            search.note(rate, rate <= limit, 1);
        }
        (search.best(), tried)
    }

    #[test]
    fn it_doubles_until_it_fails_and_then_closes_in() {
        let (best, tried) = found(50, 10_000, 730);
        assert_eq!(tried, [50, 100, 200, 400, 800, 600, 700, 750]);
        assert_eq!(best, Some(700));
    }

    #[test]
    fn it_goes_no_higher_than_it_may_and_begins_lower_where_it_must() {
        assert_eq!(found(50, 120, 1000), (Some(120), vec![50, 100, 120]));
        assert_eq!(
            found(50, 100, 10),
            (Some(10), vec![50, 25, 12, 6, 9, 10, 11])
        );
        assert_eq!(found(4, 100, 0), (None, vec![4, 2, 1]));
        assert_eq!(found(9, 3, 9), (Some(3), vec![3]));
    }

    #[test]
    fn it_always_ends_near_what_holds() {
        for limit in (1..60_000).step_by(977) {
            let (best, tried) = found(50, 50_000, limit);
            let (best, most) = (best.unwrap(), limit.min(50_000));
            assert!(best <= most && best * 11 >= most * 10 - 10, "{best} {most}");
            assert!(tried.len() <= MOST_STEPS, "{tried:?}");
        }
        let mut search = Search::new(1, u64::MAX);
        let tried = std::iter::from_fn(|| {
            let rate = search.next()?;
            search.note(rate, true, 2);
            Some(rate)
        });
        assert_eq!(tried.count(), MOST_STEPS / 2);
    }
}
