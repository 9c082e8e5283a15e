//! Where a request goes.

use std::borrow::Cow;

use star_core::draw::Draws;

use super::super::super::engine::Compiler;
use super::super::super::http::{Location, Locations, UrlError};
use super::urlencoded;
use crate::script::model::{Field, Request};
use crate::script::template::Template;
use crate::script::{Confidential, Vars};

/// A request's URL, compiled.
#[derive(Debug)]
pub(super) enum Destination {
    Fixed(Location),
    Template {
        url: Template,
        query: Option<Query>,
        /// What is told of it where it shows what is not to be shown: as the script has it.
        written: Option<String>,
    },
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
            Some(Err(_)) | None => Self::Template {
                written: written(request, compiler.confidential),
                url: request.url.clone(),
                query,
            },
        }
    }

    /// The text of the script, where users' URLs are made of one; it says nothing of `qs`.
    pub(super) fn template(&self) -> Option<&Template> {
        match self {
            Self::Fixed(_) => None,
            Self::Template { url, .. } => Some(url),
        }
    }

    /// Where it leads, as far as that is known before it is made: as the script has it.
    pub(super) fn source(&self) -> String {
        match self {
            Self::Fixed(location) => format!("{}{}", location.origin, location.path),
            Self::Template { written, url, .. } => {
                written.clone().unwrap_or_else(|| url.source().to_owned())
            }
        }
    }

    /// A user's URL as people may read it: as the script has it where it shows what is not to be shown.
    pub(super) fn legible(&self, url: String) -> String {
        match self {
            Self::Template {
                written: Some(written),
                ..
            } => written.clone(),
            _ => url,
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
            Self::Template { url, query, .. } => (url.text(vars, draws), query),
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
    let whole = locations.locate(with_query(url, query));
    whole.map_err(|_| UrlError(url.to_owned()))
}

fn with_query<'u>(url: &'u str, query: &str) -> Cow<'u, str> {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    if query.is_empty() {
        Cow::Borrowed(bare)
    } else {
        Cow::Owned(format!("{bare}?{query}"))
    }
}

/// A request's URL and query as the script has them, where either shows what is not to be shown.
fn written(request: &Request, confidential: &Confidential) -> Option<String> {
    let fields = request.query.as_deref();
    let in_query =
        |field: &Field| confidential.is_in(&field.name) || confidential.is_in_json(&field.value);
    if !confidential.is_in(&request.url) && !fields.is_some_and(|all| all.iter().any(in_query)) {
        return None;
    }
    let url = request.url.source();
    Some(match fields {
        Some(fields) => with_query(url, &urlencoded::written(fields)).into_owned(),
        None => url.to_owned(),
    })
}
