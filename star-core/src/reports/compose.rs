//! Reports put together.

use super::Figures;
use crate::histogram::Histogram;
use crate::outcome::Facts;
use crate::report::{Report, Verdict};

/// Nothing is measured.
impl Report for () {
    type Summary = Figures;

    fn merge(&mut self, (): Self) {}

    fn summarize(&self, _: &Facts) -> Figures {
        Figures::new(serde_json::Value::Null, "")
    }
}

impl Report for Histogram {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        self.merge(&other);
    }

    fn summarize(&self, _: &Facts) -> Figures {
        if self.is_empty() {
            return Figures::new(serde_json::Value::Null, "no values");
        }
        let at = |share| self.quantile(share);
        let value = serde_json::json!({
            "count": self.count(),
            "min": self.min(),
            "mean": self.mean(),
            "p50": at(0.5),
            "p95": at(0.95),
            "p99": at(0.99),
            "max": self.max(),
        });
        let text = format!(
            "{} values, min {}, mean {:.1}, p50 {}, p95 {}, p99 {}, max {}",
            self.count(),
            self.min(),
            self.mean(),
            at(0.5),
            at(0.95),
            at(0.99),
            self.max(),
        );
        Figures::new(value, text)
    }
}

impl Verdict {
    /// Both: what fails of either fails, and who has no answer has none.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed(mut reasons), Self::Failed(more)) => {
                reasons.extend(more);
                Self::Failed(reasons)
            }
            (failed @ Self::Failed(_), _) | (_, failed @ Self::Failed(_)) => failed,
            (Self::NoAnswer, _) | (_, Self::NoAnswer) => Self::NoAnswer,
            (Self::Passed, Self::Passed) => Self::Passed,
        }
    }
}

macro_rules! tuple {
    ($($part:ident $at:tt),+) => {
        impl<$($part: Report),+> Report for ($($part,)+) {
            type Summary = Figures;

            fn merge(&mut self, other: Self) {
                $(self.$at.merge(other.$at);)+
            }

            fn catch_up(&mut self) {
                $(self.$at.catch_up();)+
            }

            fn split_off(&mut self) -> Option<Self> {
                let mut split = None::<Self>;
                $(if let Some(part) = self.$at.split_off() {
                    split.get_or_insert_default().$at = part;
                })+
                split
            }

            fn summarize(&self, facts: &Facts) -> Figures {
                Figures::list([$(Figures::of(&self.$at.summarize(facts))),+])
            }

            fn verdict(&self, facts: &Facts) -> Verdict {
                Verdict::Passed$(.and(self.$at.verdict(facts)))+
            }

            fn counts(&self) -> serde_json::Value {
                serde_json::Value::from(vec![$(self.$at.counts()),+])
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);

/// Makes a report of reports with names: a structure, each field of which is a [`Report`](crate::Report). See
/// [`reports`](crate::reports). The crate that uses it needs `serde` with its feature `derive`.
#[macro_export]
macro_rules! report {
    (
        $(#[$about:meta])*
        $visible:vis struct $name:ident {
            $($(#[$about_field:meta])* $field_visible:vis $field:ident: $part:ty),* $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        $visible struct $name {
            $($(#[$about_field])* $field_visible $field: $part,)*
        }

        impl $crate::Report for $name {
            type Summary = $crate::reports::Figures;

            fn merge(&mut self, other: Self) {
                $($crate::Report::merge(&mut self.$field, other.$field);)*
            }

            fn catch_up(&mut self) {
                $($crate::Report::catch_up(&mut self.$field);)*
            }

            fn split_off(&mut self) -> ::core::option::Option<Self> {
                let mut split = ::core::option::Option::None::<Self>;
                $(if let ::core::option::Option::Some(part) = $crate::Report::split_off(&mut self.$field) {
                    split.get_or_insert_default().$field = part;
                })*
                split
            }

            fn summarize(&self, facts: &$crate::Facts) -> $crate::reports::Figures {
                $crate::reports::Figures::named([$((
                    stringify!($field),
                    $crate::reports::Figures::of(&$crate::Report::summarize(&self.$field, facts)),
                )),*])
            }

            fn verdict(&self, facts: &$crate::Facts) -> $crate::Verdict {
                $crate::Verdict::Passed$(.and($crate::Report::verdict(&self.$field, facts)))*
            }

            fn counts(&self) -> $crate::reports::Counts {
                $crate::reports::Counts::from_iter([$((
                    stringify!($field),
                    $crate::Report::counts(&self.$field),
                )),*])
            }
        }
    };
}
