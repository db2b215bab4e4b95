//! The two doors by which this crate reaches the rest of the process: the exchange and the journal.
//!
//! Both are bounded, and nothing here waits for them without a limit.

use crate::limits;
use kring_call::command::{Command, CommandRefused, Done};
use kring_journal::{CallId, Fact};
use kring_store::{StoreRefused, TrustedDone, TrustedWrite};
use tokio::sync::{mpsc, oneshot};

/// The senders of both doors. Made by `kringd`, which owns the other ends.
#[derive(Clone, Debug)]
pub struct Desk {
    /// To the task that owns the exchange.
    pub exchange: mpsc::Sender<Ask>,
    /// To the task that writes the journal.
    pub journal: mpsc::Sender<Note>,
}

/// A command for the exchange, with the place for its answer.
#[derive(Debug)]
pub struct Ask {
    /// What is asked.
    pub command: Command,
    /// Where the answer goes. The asker may have left: a failing send is nothing.
    pub reply: oneshot::Sender<Result<Done, CommandRefused>>,
}

/// Something for the journal that did not come from the exchange.
#[derive(Debug)]
pub enum Note {
    /// A fact that nobody waits for, such as an acknowledged pop.
    Fact {
        /// The call that it belongs to.
        call: Option<CallId>,
        /// What happened.
        fact: Fact,
    },
    /// A write that a person trusts: answered after its commit.
    Trusted {
        /// What to write.
        write: TrustedWrite,
        /// Where the answer goes, after the commit.
        reply: oneshot::Sender<Result<TrustedDone, StoreRefused>>,
    },
}

/// Why the desk had no answer to give.
#[derive(Debug, thiserror::Error)]
pub enum DeskRefused {
    /// The exchange refused the command.
    #[error(transparent)]
    Command(#[from] CommandRefused),
    /// The store refused the write.
    #[error(transparent)]
    Store(#[from] StoreRefused),
    /// The exchange or the journal is too busy, or is shutting down.
    #[error("{0} did not answer in time")]
    Silent(&'static str),
}

impl Desk {
    /// Asks the exchange and waits for its answer, at most [`limits::DESK_ANSWER`].
    pub(crate) async fn ask(&self, command: Command) -> Result<Done, DeskRefused> {
        let (reply, answer) = oneshot::channel();
        let asked = async {
            self.exchange.send(Ask { command, reply }).await.ok()?;
            answer.await.ok()
        };
        match tokio::time::timeout(limits::DESK_ANSWER, asked).await {
            Ok(Some(answer)) => Ok(answer?),
            Ok(None) | Err(_) => Err(DeskRefused::Silent("the exchange")),
        }
    }

    /// Tells the exchange without waiting for the answer. A full queue drops it, with a warning.
    pub(crate) fn tell(&self, command: Command) {
        let (reply, _) = oneshot::channel();
        if let Err(refused) = self.exchange.try_send(Ask { command, reply }) {
            tracing::warn!(%refused, "the exchange was not told");
        }
    }

    /// Puts a fact into the journal's queue. A full queue drops it, with a warning: these are
    /// measurements, and signalling must not wait for them.
    pub(crate) fn note(&self, call: Option<CallId>, fact: Fact) {
        if let Err(refused) = self.journal.try_send(Note::Fact { call, fact }) {
            tracing::warn!(%refused, "a fact of the screen was dropped");
        }
    }

    /// Writes what a person trusts and waits for its commit, at most [`limits::DESK_ANSWER`].
    pub(crate) async fn trust(&self, write: TrustedWrite) -> Result<TrustedDone, DeskRefused> {
        let (reply, answer) = oneshot::channel();
        let written = async {
            self.journal
                .send(Note::Trusted { write, reply })
                .await
                .ok()?;
            answer.await.ok()
        };
        match tokio::time::timeout(limits::DESK_ANSWER, written).await {
            Ok(Some(answer)) => Ok(answer?),
            Ok(None) | Err(_) => Err(DeskRefused::Silent("the journal")),
        }
    }
}
