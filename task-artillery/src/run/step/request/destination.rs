//! Where a request goes.

use star_core::draw::Draws;

use super::super::super::engine::Compiler;
use super::super::super::http::{Location, Locations, UrlError};
use super::urlencoded;
use crate::script::Vars;
use crate::script::model::{Field, Request};
use crate::script::template::Template;

/// A request's URL, compiled.
#[derive(Debug)]
pub(super) enum Destination {
    Fixed(Location),
    Template(Template, Option<Query>),
}

/// `qs`, compiled.
#[derive(Debug)]
pub(super) enum Query {
    Fixed(String),
    Fields(Vec<Field>),
}

impl Destination {
    pub(super) fn compile(request: &Request, compiler: &Compiler<'_>) -> Self {
        let query = request.query.as_deref().map(Query::compile);
        let fixed = match (request.url.as_fixed(), &query) {
            (Some(url), None) => Some(compiler.locations.locate(url)),
            (Some(url), Some(Query::Fixed(query))) => Some(locate(compiler.locations, url, query)),
            _ => None,
        };
        match fixed {
            Some(Ok(location)) => Self::Fixed(location),
            // A URL that is none fails the users that come to it.
            Some(Err(_)) | None => Self::Template(request.url.clone(), query),
        }
    }

    /// Its text, where users' URLs are made of one.
    pub(super) fn template(&self) -> Option<&Template> {
        match self {
            Self::Fixed(_) => None,
            Self::Template(url, _) => Some(url),
        }
    }

    /// Where one user goes.
    ///
    /// # Errors
    /// Where that is no URL.
    pub(super) fn render(
        &self,
        locations: &Locations,
        vars: &Vars,
        draws: &mut Draws,
    ) -> Result<Location, UrlError> {
        let (url, query) = match self {
            Self::Fixed(location) => return Ok(location.clone()),
            Self::Template(url, query) => (url.text(vars, draws), query),
        };
        match query {
            None => locations.locate(url),
            Some(Query::Fixed(query)) => locate(locations, &url, query),
            Some(Query::Fields(fields)) => {
                locate(locations, &url, &urlencoded::query(fields, vars, draws))
            }
        }
    }
}

impl Query {
    fn compile(fields: &[Field]) -> Self {
        if urlencoded::is_fixed(fields) {
            let mut nothing_drawn = Draws::new(0, 0, 0, 0);
            let query = urlencoded::query(fields, &Vars::default(), &mut nothing_drawn);
            Self::Fixed(query)
        } else {
            Self::Fields(fields.to_vec())
        }
    }
}

/// A URL with this query instead of its own.
fn locate(locations: &Locations, url: &str, query: &str) -> Result<Location, UrlError> {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let whole = if query.is_empty() {
        locations.locate(bare)
    } else {
        locations.locate(format!("{bare}?{query}"))
    };
    whole.map_err(|_| UrlError(url.to_owned()))
}
