//! Documents to capture from.

use bytes::Bytes;
use http::{HeaderValue, StatusCode};

use crate::target::answer::{self, Answer};
use crate::target::payload::Payload;

const HTML: &str = include_str!("pages/page.html");
const XML: &str = include_str!("pages/catalogue.xml");

pub(super) fn html() -> Answer {
    page("text/html; charset=utf-8", HTML)
}

pub(super) fn xml() -> Answer {
    page("application/xml", XML)
}

fn page(content_type: &'static str, text: &'static str) -> Answer {
    let payload = Payload::Whole(Bytes::from_static(text.as_bytes()));
    answer::with_type(
        StatusCode::OK,
        HeaderValue::from_static(content_type),
        payload,
    )
}
