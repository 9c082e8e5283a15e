//! What a job file of any kind says to the framework, beside the task's own fields.
//!
//! ```yaml
//! task: count-words
//! _split: { maxWorkers: 4 }
//! files: { paths: ["texts/*.txt"] }
//! ```

mod asked;
mod manner;
mod origin;
pub mod split;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use asked::Asked;
pub use manner::{Manner, SIMULATION, TRACE};
pub use origin::Unfit;
pub(crate) use origin::{Origin, cannot_be_cut};
pub use split::Split;

use crate::document::{Diagnostics, Document, Value};

/// The framework's own keys of a job file. They are taken out before a task's fields are read, so no task can have a field of that name;
/// what they say is in [`Asked`] and [`Manner`].
pub const KEYS: [&str; 4] = ["task", "_split", SIMULATION, TRACE];

impl Document {
    /// Reads a task by serde, from all keys but the [framework's own](KEYS), and what these say. A kind that has more to say of its job files
    /// calls this in its [`Task::read`](crate::Task::read), and then looks at what was read.
    ///
    /// # Errors
    /// All that is wrong with the framework's keys, and the first thing that is with the task's.
    pub fn task<T: DeserializeOwned + Serialize>(&mut self) -> Result<T, Diagnostics> {
        let mut faults = Diagnostics::default();
        let asked = Asked::read(&self.root, &mut faults);
        let mut manner = Manner::default();
        for key in [SIMULATION, TRACE] {
            let said = self.root.get(key);
            faults.extend(said.and_then(|node| manner.set(key, node).err()));
        }
        let mut own = self.root.clone();
        if let Value::Map(map) = &mut own.value {
            for key in KEYS {
                map.remove(key);
            }
        }
        match self.decode_task(&own) {
            Ok(task) if faults.is_empty() => {
                self.ask(asked);
                self.set_manner(manner);
                Ok(task)
            }
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.push(fault);
                Err(faults)
            }
        }
    }
}

#[cfg(test)]
mod tests;
