//! The functions that conditions may call.

use star_core::draw::Draws;

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Ceil,
    Floor,
    Log,
    Max,
    Min,
    Random,
    Round,
    Sqrt,
}

/// Their names.
const NAMES: [(&str, Function); 9] = [
    ("abs", Function::Abs),
    ("ceil", Function::Ceil),
    ("floor", Function::Floor),
    ("log", Function::Log),
    ("max", Function::Max),
    ("min", Function::Min),
    ("random", Function::Random),
    ("round", Function::Round),
    ("sqrt", Function::Sqrt),
];

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = NAMES.iter().find(|known| known.0 == name);
        known.map(|known| known.1)
    }

    /// What there is to choose from.
    pub(super) fn names() -> String {
        let names: Vec<String> = NAMES.iter().map(|known| format!("`{}`", known.0)).collect();
        names.join(", ")
    }

    /// What it gives, as JavaScript's `Math` has it.
    pub(super) fn call(self, numbers: &[f64], draws: &mut Draws) -> f64 {
        let first = numbers.first().copied().unwrap_or(f64::NAN);
        let of_all = |start: f64, better: fn(f64, f64) -> f64| {
            let better = |best: f64, number: &f64| {
                if best.is_nan() || number.is_nan() {
                    f64::NAN
                } else {
                    better(best, *number)
                }
            };
            numbers.iter().fold(start, better)
        };
        match self {
            Self::Abs => first.abs(),
            Self::Ceil => first.ceil(),
            Self::Floor => first.floor(),
            // The same digits on every machine.
            Self::Log => libm::log(first),
            Self::Max => of_all(f64::NEG_INFINITY, f64::max),
            Self::Min => of_all(f64::INFINITY, f64::min),
            Self::Random => draws.unit_interval(),
            Self::Round => round(first),
            Self::Sqrt => first.sqrt(),
        }
    }
}

/// To the nearest whole number; halves up.
fn round(number: f64) -> f64 {
    let below = number.floor();
    if number - below >= 0.5 {
        below + 1.0
    } else {
        below
    }
}

/// `Math.pow`: otherwise than in C, nothing is known of what is not a number, nor of 1 to the power of infinity.
#[expect(clippy::float_cmp, reason = "JavaScript compares numbers exactly")]
pub(super) fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || base.abs() == 1.0 && exponent.is_infinite() {
        return f64::NAN;
    }
    libm::pow(base, exponent)
}
