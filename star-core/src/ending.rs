//! Who is told of a run's end, where it took place.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::erased::AnyOutcome;

/// Is told what a run came to.
#[async_trait(?Send)]
pub trait Told: Send + Sync {
    /// A run is over. Its worker's life may be too, half a second later.
    async fn ended(&self, outcome: AnyOutcome);
}

/// Who is told of a run's end by the worker that records it: the program that runs the worker. By default nobody.
///
/// A worker that is gone before it has told tells nobody; one that others held for gone too early tells as they do. Whatever must be done
/// once is to be claimed.
#[derive(Clone, Default)]
pub struct Ending(Option<Arc<dyn Told>>);

impl Ending {
    /// Lets `told` know of every end.
    pub fn new(told: Arc<dyn Told>) -> Self {
        Self(Some(told))
    }

    /// Whether anybody is told.
    pub(crate) fn is_told(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) async fn tell(&self, outcome: AnyOutcome) {
        if let Some(told) = &self.0 {
            told.ended(outcome).await;
        }
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = if self.is_told() { "told" } else { "untold" };
        f.debug_tuple("Ending").field(&told).finish()
    }
}
