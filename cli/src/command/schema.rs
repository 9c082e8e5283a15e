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
    let schema = schema.ok_or_else(|| no_schema(&kinds, kind))?;
    output::print(&format!("{schema:#}\n"))?;
    Ok(Exit::Passed)
}

fn no_schema(kinds: &Kinds, kind: Option<&str>) -> CommandError {
    let with: Vec<_> = kinds
        .iter()
        .filter(|kind| kind.schema().is_some())
        .map(|kind| format!("`{}`", kind.name()))
        .collect();
    let which = match kind {
        Some(name) => format!("jobs of the kind `{name}` have"),
        None => "this program's kinds have".to_owned(),
    };
    let others = if with.is_empty() {
        "`Task::schema` would give one".to_owned()
    } else {
        format!("there is one of {}", with.join(", "))
    };
    CommandError::Usage(format!("{which} no schema ({others})"))
}
