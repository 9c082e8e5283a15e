//! `slsart schema`: the JSON Schema of a kind of job.

use star_core::registry::Kinds;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(super) fn schema(kind: Option<&str>) -> Result<Exit, CommandError> {
    let kinds = Kinds::linked()?;
    let schema = match kind {
        Some(name) => kinds
            .get(name)
            .ok_or_else(|| CommandError::Usage(kinds.unknown(name)))?
            .schema(),
        None => kinds.iter().find_map(star_core::registry::Kind::schema),
    };
    let schema =
        schema.ok_or_else(|| CommandError::Usage("there is no schema for that".to_owned()))?;
    output::print(&format!("{schema:#}\n"))?;
    Ok(Exit::Passed)
}
