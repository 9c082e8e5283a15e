//! What is sent as a request's body.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A body whose length is known: stretches of bytes, one after another. None of them is copied, so that a file that many users send is in
/// memory once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::run) struct Outgoing {
    first: Bytes,
    rest: VecDeque<Bytes>,
}

impl Outgoing {
    /// Appends bytes.
    pub(in crate::run) fn push(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        if bytes.is_empty() {
        } else if self.first.is_empty() {
            self.first = bytes;
        } else {
            self.rest.push_back(bytes);
        }
    }

    /// How many bytes it has.
    pub(in crate::run) fn len(&self) -> u64 {
        let rest: usize = self.rest.iter().map(Bytes::len).sum();
        self.first.len() as u64 + rest as u64
    }
}

impl<B: Into<Bytes>> From<B> for Outgoing {
    fn from(bytes: B) -> Self {
        let mut body = Self::default();
        body.push(bytes);
        body
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.rest.pop_front().unwrap_or_default();
        let bytes = std::mem::replace(&mut self.first, next);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_come_one_after_another_and_are_counted_together() {
        let mut body = Outgoing::from("");
        assert!(body.is_end_stream() && body.size_hint().exact() == Some(0));
        for part in ["ab", "", "c"] {
            body.push(part);
        }
        assert_eq!(body.size_hint().exact(), Some(3));
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let mut next = || match Pin::new(&mut body).poll_frame(&mut cx) {
            Poll::Ready(Some(Ok(frame))) => frame.into_data().ok(),
            _ => None,
        };
        assert_eq!(next(), Some(Bytes::from_static(b"ab")));
        assert_eq!(next(), Some(Bytes::from_static(b"c")));
        assert_eq!(next(), None);
        assert!(body.is_end_stream() && body.size_hint().exact() == Some(0));
    }
}
