//! The wish that the process ends: SIGTERM from a service manager, SIGINT from a terminal; and the
//! wish that it reads its configuration and certificates again: SIGHUP.
//!
//! The first asks for a drain: no new calls, running ones end in their time. A second ends them.

use crate::exit::Fault;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Take no new calls, and end when the running ones have ended.
    Drain,
    /// End now, running calls too.
    End,
}

/// Listens for the signals from its making on.
#[derive(Debug)]
pub(crate) struct Shutdown {
    terminate: Signal,
    interrupt: Signal,
    asked: bool,
}

impl Shutdown {
    /// Takes the signals over from the kernel's default. Call it inside the runtime, before
    /// anything that a signal must not cut in half.
    pub(crate) fn listen() -> Result<Shutdown, Fault> {
        Ok(Shutdown {
            terminate: take(SignalKind::terminate())?,
            interrupt: take(SignalKind::interrupt())?,
            asked: false,
        })
    }

    /// Waits for the next wish. Loses nothing when it is dropped and called again.
    pub(crate) async fn wish(&mut self) -> Wish {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        if std::mem::replace(&mut self.asked, true) {
            Wish::End
        } else {
            Wish::Drain
        }
    }
}

/// Listens for SIGHUP from its making on; before, it would end the process.
#[derive(Debug)]
pub(crate) struct Reload(Signal);

impl Reload {
    /// Takes the signal over from the kernel's default. Call it inside the runtime.
    pub(crate) fn listen() -> Result<Reload, Fault> {
        take(SignalKind::hangup()).map(Reload)
    }

    /// Waits for the next one. Loses nothing when it is dropped and called again.
    pub(crate) async fn wanted(&mut self) {
        self.0.recv().await;
    }
}

fn take(kind: SignalKind) -> Result<Signal, Fault> {
    signal(kind).map_err(|refused| Fault::Own(format!("cannot listen for signals: {refused}")))
}
