//! Diagnostics as people and machines read them.

mod concealed;
mod excerpt;
mod json;
mod order;
mod text;

pub use json::render_json;
pub use text::render;
