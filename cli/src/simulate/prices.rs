//! What things cost: one table, in one file, with its date.

use serde::{Deserialize, Serialize};
use star_core::document::{Diagnostic, Document, Lists, Map, Node, Value};

/// The table that comes with the program.
const TABLE: &str = include_str!("prices.yml");

/// Prices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Prices {
    /// When these were the prices.
    pub(crate) as_of: String,
    /// Where.
    pub(crate) region: String,
    /// In what.
    pub(crate) currency: String,
    /// On which kind of processor the functions run.
    pub(crate) architecture: Architecture,
    /// For a gigabyte of memory, a second long.
    pub(crate) gb_second: GbSecond,
    /// For a million invocations.
    pub(crate) million_invocations: f64,
    /// For a thousand writes to the object store.
    pub(crate) thousand_writes: f64,
    /// For a thousand reads from it.
    pub(crate) thousand_reads: f64,
}

/// The kinds of processors that functions run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Architecture {
    /// Arm.
    #[serde(rename = "arm64")]
    Arm64,
    /// x86.
    #[serde(rename = "x86_64")]
    X86,
}

/// The price of memory on each kind of processor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GbSecond {
    /// On Arm.
    pub(crate) arm64: f64,
    /// On x86.
    pub(crate) x86_64: f64,
}

impl Prices {
    /// Those of the table, with what a document's `prices` lays over them: a mapping, or the name of a file with one.
    ///
    /// # Errors
    /// What does not fit.
    pub(crate) fn with(own: Option<&Node>, document: &mut Document) -> Result<Self, Diagnostic> {
        let mut table = star_yaml::read(&mut document.sources, "prices.yml", TABLE)?;
        if let Some(own) = own {
            let own = match own.as_str() {
                Some(path) => file(path, own, document)?,
                None => own.clone(),
            };
            if own.as_map().is_none() {
                let found = own.describe();
                let message =
                    format!("`prices` must be a mapping, or the name of a file, not {found}");
                return Err(Diagnostic::error(message).at(own.span, ""));
            }
            not_negative(&own)?;
            table.merge(&own, Lists::Replaced);
        }
        document.decode(&table)
    }

    /// Of so many gigabyte-seconds.
    pub(crate) fn of_memory(&self, gb_seconds: f64) -> f64 {
        gb_seconds
            * match self.architecture {
                Architecture::Arm64 => self.gb_second.arm64,
                Architecture::X86 => self.gb_second.x86_64,
            }
    }

    /// Of so many invocations.
    pub(crate) fn of_invocations(&self, invocations: u64) -> f64 {
        invocations as f64 / 1e6 * self.million_invocations
    }

    /// Of so many writes to the object store and reads from it.
    pub(crate) fn of_requests(&self, writes: u64, reads: u64) -> f64 {
        (writes as f64 * self.thousand_writes + reads as f64 * self.thousand_reads) / 1e3
    }
}

/// Reads the prices in another file.
fn file(path: &str, named: &Node, document: &mut Document) -> Result<Node, Diagnostic> {
    let blob = document.file(path, named.span)?;
    star_yaml::read_bytes(&mut document.sources, path, &blob.bytes)
}

fn not_negative(prices: &Node) -> Result<(), Diagnostic> {
    for entry in prices.as_map().map_or(&[][..], Map::entries) {
        match &entry.node.value {
            Value::Number(price) if price.as_f64().is_some_and(|price| price < 0.0) => {
                let message = format!("the price `{}` is negative", entry.key);
                return Err(Diagnostic::error(message).at(entry.node.span, ""));
            }
            Value::Map(_) => not_negative(&entry.node)?,
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Setting;
    use super::*;

    #[test]
    fn the_table_says_what_a_run_costs() {
        let Setting { prices, .. } = Setting::read(None).unwrap();
        let near = |cost: f64, expected: f64| (cost - expected).abs() < 1e-9;
        assert!(near(prices.of_memory(1e6), 13.3334));
        assert!(near(prices.of_invocations(5_000_000), 1.0));
        assert!(near(prices.of_requests(1_000, 10_000), 0.009));
        let x86 = Prices {
            architecture: Architecture::X86,
            ..prices
        };
        assert!(near(x86.of_memory(1e6), 16.6667));
    }
}
