//! Ctrl-C, and being told to terminate.

use std::io::IsTerminal as _;

use star_core::RunId;
use star_core::worker::Host;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::output;

/// How somebody who waited for a run left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The run goes on.
    Detached,
    /// It was told to stop, and what becomes of it is not waited for.
    AtOnce,
}

/// What is wanted of a run that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Detach,
    Stop,
}

/// Somebody who says that it is enough.
#[derive(Debug)]
pub(crate) struct Told {
    interrupt: Signal,
    terminate: Signal,
}

impl Told {
    /// Both are listened for from the beginning, so that none is missed while the first is answered. Where signals can't be had, they do
    /// what they do by default.
    pub(crate) fn new() -> Option<Self> {
        Some(Self {
            interrupt: signal(SignalKind::interrupt()).ok()?,
            terminate: signal(SignalKind::terminate()).ok()?,
        })
    }

    /// Waits for it. Whether it was by Ctrl-C.
    async fn again(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => true,
            _ = self.terminate.recv() => false,
        }
    }
}

/// Once: sets the run's stop mark, so that its report still comes. Returns the second time, when all is to end at once.
pub(crate) async fn twice(host: &Host, run: &RunId) {
    let Some(mut told) = Told::new() else {
        return std::future::pending().await;
    };
    told.again().await;
    stop(host, run, &mut told).await;
}

/// The same of a run that can go on by itself: at the first Ctrl-C somebody at a terminal is asked whether it is to.
pub(crate) async fn stop_or_leave(told: Option<Told>, host: &Host, run: &RunId) -> Left {
    let Some(mut told) = told else {
        return std::future::pending().await;
    };
    let by_hand = told.again().await;
    let somebody = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if by_hand && somebody && asked(&mut told).await == Wanted::Detach {
        return Left::Detached;
    }
    stop(host, run, &mut told).await;
    Left::AtOnce
}

async fn stop(host: &Host, run: &RunId, told: &mut Told) {
    output::note(
        "\nstopping: nothing new is started, and what is running may end (again to stop at once)\n",
    );
    if let Err(error) = star_core::stop(host, run).await {
        output::note(&format!(
            "the workers could not be told to stop: {error} (again to stop at once, without a report)\n"
        ));
    }
    told.again().await;
    output::note("\nstopped at once, without a report\n");
}

/// What somebody at the terminal wants. Whoever says again that it is enough, or nothing any more, wants it stopped.
async fn asked(told: &mut Told) -> Wanted {
    let _asking = output::Asking::begin();
    loop {
        output::note("\nleave the run to itself (d, detach), or stop it (s)? ");
        let line = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            let read = std::io::stdin().read_line(&mut line);
            read.ok().filter(|bytes| *bytes > 0).map(|_| line)
        });
        let line = tokio::select! {
            line = line => line.ok().flatten(),
            _ = told.again() => None,
        };
        let Some(line) = line else {
            return Wanted::Stop;
        };
        if let Some(wanted) = meant(&line) {
            return wanted;
        }
    }
}

/// What an answer means; none where it has to be asked again.
fn meant(line: &str) -> Option<Wanted> {
    match line.trim().to_lowercase().as_str() {
        "d" | "detach" => Some(Wanted::Detach),
        "s" | "stop" => Some(Wanted::Stop),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_of_two_or_is_asked_for_again() {
        for (line, wanted) in [
            ("d\n", Some(Wanted::Detach)),
            (" Detach \n", Some(Wanted::Detach)),
            ("s\n", Some(Wanted::Stop)),
            ("\n", None),
            ("yes\n", None),
        ] {
            assert_eq!(meant(line), wanted, "{line:?}");
        }
    }
}
