//! `/items`.

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderValue, Method, StatusCode};
use serde::de::IgnoredAny;
use serde_json::json;

use super::{Call, query};
use crate::target::answer::{self, Answer};
use crate::target::store::ItemId;

/// Ids listed if the query has no `limit`, and the most it may ask for.
const LISTED: usize = 100;
const MAX_LISTED: usize = 10_000;

/// Why a body is not a document that can be stored.
#[derive(Debug, thiserror::Error)]
enum DocumentError {
    #[error(transparent)]
    Text(#[from] std::str::Utf8Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl Call<'_> {
    pub(super) fn items(&self) -> Answer {
        match self.head.method {
            Method::GET | Method::HEAD => self.list_items(),
            Method::POST => self.post_item(),
            _ => answer::not_allowed(&self.head.method, "GET, HEAD, POST"),
        }
    }

    pub(super) fn item(&self, id: ItemId) -> Answer {
        let found = match self.head.method {
            Method::GET | Method::HEAD => self.state.store().get(id),
            Method::PUT | Method::PATCH => return self.replace_item(id),
            Method::DELETE if self.state.store().remove(id) => {
                return answer::empty(StatusCode::NO_CONTENT);
            }
            Method::DELETE => None,
            _ => return answer::not_allowed(&self.head.method, "GET, HEAD, PUT, PATCH, DELETE"),
        };
        found.map_or_else(
            || unknown(id),
            |document| answer::document_of(StatusCode::OK, document),
        )
    }

    fn list_items(&self) -> Answer {
        let limit = match query::value(self.head, "limit").map(|limit| limit.parse()) {
            None => LISTED,
            Some(Ok(limit)) if limit <= MAX_LISTED => limit,
            Some(_) => {
                let message = format!("`limit` must be a whole number from 0 to {MAX_LISTED}");
                return answer::problem(StatusCode::BAD_REQUEST, message);
            }
        };
        let store = self.state.store();
        let ids: Vec<_> = store.ids().take(limit).map(|id| id.to_string()).collect();
        answer::json(StatusCode::OK, &json!({ "total": store.len(), "ids": ids }))
    }

    fn post_item(&self) -> Answer {
        let id = ItemId::of(&self.content.digest);
        let document = match self.document(id) {
            Ok(document) => document,
            Err(error) => return refused(&error),
        };
        self.state.store().put(id, document.clone());
        let mut answer = answer::document_of(StatusCode::CREATED, document);
        let location = HeaderValue::from_str(&format!("/items/{id}"));
        answer.headers_mut().insert(
            LOCATION,
            location.expect("digits and slashes are fit for a header"),
        );
        answer
    }

    fn replace_item(&self, id: ItemId) -> Answer {
        if !self.state.store().contains(id) {
            return unknown(id);
        }
        match self.document(id) {
            Ok(document) => {
                self.state.store().put(id, document.clone());
                answer::document_of(StatusCode::OK, document)
            }
            Err(error) => refused(&error),
        }
    }

    /// What is stored and answered: the id, and what was sent as it was sent.
    fn document(&self, id: ItemId) -> Result<Bytes, DocumentError> {
        let item = std::str::from_utf8(&self.content.bytes)?;
        serde_json::from_str::<IgnoredAny>(item)?;
        Ok(format!(r#"{{"id":"{id}","item":{}}}"#, item.trim()).into())
    }
}

fn refused(error: &DocumentError) -> Answer {
    let message = format_args!("the body is not JSON: {error}");
    answer::problem(StatusCode::BAD_REQUEST, message)
}

fn unknown(id: ItemId) -> Answer {
    answer::problem(StatusCode::NOT_FOUND, format_args!("no item `{id}`"))
}
