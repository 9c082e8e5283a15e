//! YAML and JSON into the placed tree of [`star_core::document`].
//!
//! One reader for both: JSON is read as the YAML that it is, and gives the tree that a JSON reader would give. Every value and key
//! keeps the place where it was written, every fault is a [diagnostic](star_core::document::Diagnostic) at its place, and no input
//! takes more than a moment: see the [`limits`].
//!
//! ```
//! use star_core::document::Sources;
//!
//! let mut sources = Sources::default();
//! let tree = star_yaml::read(&mut sources, "script.yml", "config:\n  target: http://localhost\n").unwrap();
//! let target = tree.get("config").and_then(|config| config.get("target")).unwrap();
//! assert_eq!(target.as_str(), Some("http://localhost"));
//! assert_eq!(sources.position(target.span).to_string(), "script.yml:2:11");
//!
//! let fault = star_yaml::read(&mut sources, "broken.yml", "url: {{ host }}/pets\n").unwrap_err();
//! assert_eq!(
//!     fault.one_line(&sources),
//!     "broken.yml:1:6: error: a value that starts with `{{` must be quoted (YAML takes `{` for the start of a mapping: write `\"{{ … }}\"`)",
//! );
//! ```
//!
//! # What values mean
//!
//! YAML 1.2's core schema, and where people's scripts rely on more, what they rely on:
//!
//! | written | read as |
//! |---|---|
//! | `true`, `True`, `TRUE`, `false`, … | a boolean; `yes`, `no`, `on`, `off` are text |
//! | nothing, `~`, `null`, `Null`, `NULL` | nothing |
//! | `12`, `-3`, `+4`, `1_000` | a whole number |
//! | `0x1f`, `0o17`, `0b101` | a whole number |
//! | `0777`, `08` | text: half of the readers take them for octal |
//! | `1.5`, `.5`, `2e3` | a number |
//! | `.inf`, `.nan`, `1e999`, whole numbers beyond 64 bits | refused: no number can hold them; quote them to have text |
//! | `2001-12-14`, `12:30` | text |
//! | keys | text as written, whatever it looks like (`200:` is `"200"`) |
//! | `<<: *base`, `<<: [*a, *b]` | the entries of the named mappings, at that place; keys of the mapping itself win, then earlier mappings |
//! | `*name` | a copy of the value; its place is `*name`, the places within are those of the definition |
//! | `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!map`, `!!seq`, `!` | taken at their word |
//! | other tags, keys that are not text, two documents in a file, a key given twice | refused |

mod anchor;
mod collection;
mod compose;
mod document;
pub mod limits;
mod mapping;
mod number;
mod read;
mod scalar;
mod stop;
mod syntax;
mod tag;

pub use document::{ReadError, document, document_from};
pub use read::{read, read_bytes, read_file};
