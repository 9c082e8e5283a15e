//! A simulated run as text, as JSON and as a picture.

mod chart;
mod lives;
mod seeds;
mod svg;
mod text;
mod tree;
mod view;

pub(crate) use seeds::SeedsView;
pub(crate) use svg::svg;
pub(crate) use text::text;
pub(crate) use view::View;

#[cfg(test)]
mod tests;
