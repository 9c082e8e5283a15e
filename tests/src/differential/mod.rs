//! The differential kit: the same scripts through Artillery and through the program under test, and what differs.
//!
//! Scripts are in `tests/differential/scripts`. What is known to differ stands in `tests/differential/differences.yml` with the
//! argument for it; whatever else differs fails the kit, and so does what stands there and differs no more. The page
//! `docs/compatibility.md` is made of both.

mod artillery;
mod cache;
mod compare;
mod known;
mod observed;
mod page;
mod script;
mod stream;
mod wiretap;

use std::path::{Path, PathBuf};

pub use artillery::Artillery;
pub use cache::remembered;
pub use compare::differences;
pub use known::{Known, known};
pub use observed::Observed;
pub use page::page;
pub use script::{Script, scripts};
pub use stream::Sent;
pub use wiretap::Wiretap;

/// The kit's folder.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("differential")
}
