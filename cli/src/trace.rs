//! What every unit did, in order, whoever carried it out.

use std::path::Path;

use star_core::ledger::Book;

use crate::error::CommandError;
use crate::output::write_whole;

/// Writes a run's trace, a line of JSON for each unit that was started.
pub(crate) async fn write(book: &Book, path: &Path) -> Result<(), CommandError> {
    let mut all = Vec::new();
    if let Some(start) = book.start().await? {
        for chunk in start.chunks() {
            all.extend(book.trace(chunk, 1).await?.unwrap_or_default());
        }
    }
    all.sort_by_key(|line| line.unit);
    let mut text = String::new();
    for line in &all {
        let line =
            serde_json::to_string(line).map_err(|error| CommandError::Bug(error.to_string()))?;
        text.push_str(&line);
        text.push('\n');
    }
    write_whole(path, text.as_bytes())
}
