//! How workers die.

use std::sync::{Arc, Mutex, PoisonError};

use star_core::Time;
use tokio::sync::Notify;

use crate::kernel::{Kernel, LAUNCH};
use crate::site::{Chance, Site, Who};

/// When a worker dies, which may become known late.
#[derive(Debug, Default)]
pub(crate) struct Doom {
    at: Mutex<Option<Time>>,
    changed: Notify,
}

impl Doom {
    /// It dies at this instant, if not before.
    pub(crate) fn strike(&self, at: Time) {
        let mut doom = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        *doom = Some(doom.map_or(at, |before| before.min(at)));
        self.changed.notify_one();
    }

    fn at(&self) -> Option<Time> {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when it strikes.
    pub(crate) async fn strikes(&self, kernel: &Arc<Kernel>) {
        loop {
            let Some(at) = self.at() else {
                self.changed.notified().await;
                continue;
            };
            tokio::select! {
                biased;
                () = kernel.sleep_until(at) => return,
                () = self.changed.notified() => {}
            }
        }
    }
}

/// At the moments in the world's file a share of those that live dies.
pub(crate) async fn disasters(site: Arc<Site>) {
    let mut disasters = site.world.disasters.clone();
    disasters.sort_by_key(|disaster| disaster.at);
    for disaster in disasters {
        site.kernel.sleep_until(LAUNCH + disaster.at).await;
        let living: Vec<Arc<Doom>> = {
            let state = site.state();
            let living = state.workers.iter();
            let living = living.filter(|worker| worker.life.ended.is_none());
            living.map(|worker| Arc::clone(&worker.doom)).collect()
        };
        site.log(Who::World, format_args!("has a disaster"));
        for doom in living {
            if site.happens(Chance::Disaster, disaster.share) {
                doom.strike(site.kernel.now());
            }
        }
    }
}
