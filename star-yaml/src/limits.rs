//! How much a document may hold. Honest scripts of twenty thousand steps stay well below; what is made to choke a reader is
//! answered at once.

/// Most bytes of a document: 8 MiB.
pub const MAX_BYTES: usize = 8 << 20;

/// How deep lists and mappings may be nested, aliases expanded.
pub const MAX_DEPTH: usize = 128;

/// Most values of a document, aliases expanded, and an anchored value counted twice: it is kept for its aliases.
pub const MAX_VALUES: usize = 1_000_000;

/// Most bytes of text that the values and keys of a document may have together, counted as for [`MAX_VALUES`].
pub const MAX_TEXT: usize = 4 * MAX_BYTES;

/// Most keys of one mapping. A [`Map`](star_core::document::Map) looks keys up one by one.
pub const MAX_KEYS: usize = 2_000;

/// Most characters of a key.
pub(crate) const MAX_KEY: usize = 1 << 16;
