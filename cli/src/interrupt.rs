//! Ctrl-C, and being told to terminate.

use star_core::RunId;
use star_core::worker::Host;

use crate::output;

/// Once: sets the run's stop mark, so that its report still comes. Returns the second time, when all is to end at once.
pub(crate) async fn twice(host: &Host, run: &RunId) {
    signal().await;
    output::note(
        "\nstopping: nothing new is started, and what is running may end (again to stop at once)\n",
    );
    // Where the ledger does not answer, a second time ends it.
    let _told = star_core::stop(host, run).await;
    signal().await;
    output::note("\nstopped at once, without a report\n");
}

/// Waits for SIGINT or SIGTERM. Where signals can't be had, for ever: then they do what they do by default.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
