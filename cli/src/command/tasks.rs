//! `slsart tasks`: the kinds of task that this program has.

use star_core::registry::Kinds;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(super) fn tasks() -> Result<Exit, CommandError> {
    let names: Vec<_> = Kinds::linked()?
        .iter()
        .map(|kind| format!("{}\n", kind.name()))
        .collect();
    output::print(&names.concat())?;
    Ok(Exit::Passed)
}
