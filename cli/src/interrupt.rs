//! Ctrl-C, and being told to terminate.

use star_core::RunId;
use star_core::worker::Host;

use crate::output;

/// Once: sets the run's stop mark, so that its report still comes. Returns the second time, when all is to end at once.
pub(crate) async fn twice(host: &Host, run: &RunId) {
    use tokio::signal::unix::{SignalKind, signal};
    // Both are listened for from the beginning, so that none is missed while the first is answered.
    let listening = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut interrupt), Ok(mut terminate)) = listening else {
        // Where signals can't be had, they do what they do by default.
        return std::future::pending().await;
    };
    let mut told = async || {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    told().await;
    output::note(
        "\nstopping: nothing new is started, and what is running may end (again to stop at once)\n",
    );
    if let Err(error) = star_core::stop(host, run).await {
        output::note(&format!(
            "the workers could not be told to stop: {error} (again to stop at once, without a report)\n"
        ));
    }
    told().await;
    output::note("\nstopped at once, without a report\n");
}
