//! What a person wrote, with the place of every word of it.
//!
//! A [`Document`] is a parsed file: a [`tree`](Node) that keeps order and places, the texts it came from, and the folder that
//! relative paths in it mean. Reading a text into a tree is not done here (the core knows no YAML); finding fault with a tree is,
//! so that every kind of task complains in the same way: a [`Diagnostic`] has a place, an underlined text, and what would be right.

mod confines;
mod decode;
mod diagnostic;
pub mod duration;
mod file;
mod files;
pub mod number;
mod secret;
mod source;
mod suggest;
mod tree;

pub use decode::{DecodeError, decode};
pub use diagnostic::{Diagnostic, Diagnostics, Label, Severity};
pub use file::{File, Files};
pub use files::{Blob, BlobRef, Document, Options};
pub use secret::{is_secret_key, secrets_in, user_in};
pub use source::{FileId, Position, Sources, Span};
pub use suggest::closest;
pub use tree::{Entry, Lists, Map, Node, Value};
