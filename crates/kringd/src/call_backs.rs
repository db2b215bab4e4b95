//! Citizens who are to be called back: the table that a restart finds, and what the exchange takes up
//! from it.

use crate::{clock::Clock, database, exit::Fault};
use kring_call::{CallBack, CallBackState, Exchange, command::CallerIdentity};
use kring_journal::{CallId, WallTime};
use kring_store::{CallBackRow, CallerNumber, NumberClass, Store};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::time::Duration;
use tokio::{sync::mpsc, task::JoinHandle};

/// Changes that may wait to be written: every call-back there can be, once.
const CHANGES_WAITING_MAX: usize = kring_call::limits::CALLBACKS_MAX;

/// Changes that are written in one transaction.
const GROUP_MAX: usize = 256;

/// After so long what could not be written is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// What a fresh exchange is told, and by what it tells.
pub(crate) struct CallBacks {
    rows: Vec<(CallBackRow, Option<CallerNumber>)>,
    pub(crate) sender: CallBackSender,
}

/// Where the exchange puts what happens to call-backs. It never waits.
#[derive(Clone)]
pub(crate) struct CallBackSender {
    clock: Clock,
    sender: mpsc::Sender<(CallId, Option<CallBackRow>)>,
}

impl CallBacks {
    /// Reads the table, and begins to write what comes.
    pub(crate) async fn open(
        store: &Store,
        clock: &Clock,
    ) -> Result<(CallBacks, JoinHandle<()>), Fault> {
        let rows = store.own_call_backs().await.map_err(database::refused)?;
        let (sender, receiver) = mpsc::channel(CHANGES_WAITING_MAX);
        let keeping = tokio::spawn(keep(store.clone(), receiver));
        let clock = clock.clone();
        let sender = CallBackSender { clock, sender };
        Ok((CallBacks { rows, sender }, keeping))
    }

    /// Gives a fresh exchange back what was open.
    pub(crate) fn introduce(&self, exchange: &mut Exchange, clock: &Clock) {
        let now = clock.now();
        for (row, number) in &self.rows {
            let call_back = call_back(row, number.as_ref(), now, clock.wall(now));
            exchange.restore_call_back(now, call_back);
        }
    }
}

impl CallBackSender {
    /// It is, or has changed.
    pub(crate) fn is(&self, call_back: &CallBack) {
        let now = self.clock.now();
        let row = row(call_back, now, self.clock.wall(now));
        self.tell(call_back.asked, Some(row));
    }

    /// It is over.
    pub(crate) fn is_over(&self, asked: CallId) {
        self.tell(asked, None);
    }

    fn tell(&self, asked: CallId, row: Option<CallBackRow>) {
        if self.sender.try_send((asked, row)).is_err() {
            tracing::error!("a call-back is not kept for the next start: the database is too slow");
        }
    }
}

/// Writes what has changed until the exchange is gone; then the last group.
async fn keep(store: Store, mut receiver: mpsc::Receiver<(CallId, Option<CallBackRow>)>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while receiver.recv_many(&mut group, GROUP_MAX).await > 0 {
        // Of two changes of one call-back the last counts.
        let last: FxHashMap<CallId, Option<CallBackRow>> = group.drain(..).collect();
        let kept: Vec<CallBackRow> = last.values().flatten().cloned().collect();
        let is_over = last.iter().filter(|(_, row)| row.is_none());
        let over: Vec<CallId> = is_over.map(|(asked, _)| *asked).collect();
        while let Err(refused) = store.keep_call_backs(&kept, &over).await {
            tracing::warn!(%refused, "call-backs cannot be written");
            if receiver.is_closed() {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

fn row(call_back: &CallBack, now: Moment, wall: WallTime) -> CallBackRow {
    let ago = now.since(call_back.since).as_micros() as i64;
    let (next_at, placed) = match call_back.state {
        CallBackState::Waiting => (None, None),
        CallBackState::Resting { until } => {
            let ahead = until.since(now).as_micros() as i64;
            (Some(WallTime(wall.0 + ahead)), None)
        }
        CallBackState::Calling { placed } => (None, Some(placed)),
    };
    CallBackRow {
        asked: call_back.asked,
        caller: call_back.caller,
        queue: call_back.queue.clone(),
        trunk: call_back.trunk.clone(),
        did: call_back.did.clone(),
        since: WallTime(wall.0 - ago),
        tries: call_back.tries,
        next_at,
        placed,
    }
}

fn call_back(
    row: &CallBackRow,
    number: Option<&CallerNumber>,
    now: Moment,
    wall: WallTime,
) -> CallBack {
    let state = match (row.placed, row.next_at) {
        (Some(placed), _) => CallBackState::Calling { placed },
        (None, Some(next_at)) => {
            let left = u64::try_from(next_at.0 - wall.0).unwrap_or(0);
            CallBackState::Resting {
                until: now + Duration::from_micros(left),
            }
        }
        (None, None) => CallBackState::Waiting,
    };
    // Whoever asked before this boot comes before whoever asks in it, in the order of their calls.
    let ago = Duration::from_micros(u64::try_from(wall.0 - row.since.0).unwrap_or(0));
    let known = number.filter(|number| number.class != NumberClass::Anon);
    CallBack {
        asked: row.asked,
        caller: row.caller,
        identity: CallerIdentity {
            user: known.map_or_else(String::new, |number| number.canonical.clone()),
            ..CallerIdentity::default()
        },
        number: String::new(),
        queue: row.queue.clone(),
        trunk: row.trunk.clone(),
        did: row.did.clone(),
        since: now - ago,
        turn: now - ago,
        tries: row.tries,
        state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_journal::CallerRef;

    #[test]
    fn a_call_back_is_taken_up_as_it_was_left() {
        let now = Moment::from_millis(500_000);
        let wall = WallTime(1_795_000_000_000_000);
        let until = now + Duration::from_mins(2);
        let left = CallBack {
            asked: CallId::new(7, 7),
            caller: CallerRef::new(9),
            identity: CallerIdentity {
                user: "+66812345678".to_owned(),
                ..CallerIdentity::default()
            },
            number: String::new(),
            queue: "support".to_owned(),
            trunk: "pbx".to_owned(),
            did: "1203".to_owned(),
            since: Moment::from_millis(100_000),
            turn: Moment::from_millis(100_000),
            tries: 1,
            state: CallBackState::Resting { until },
        };
        let number = CallerNumber {
            canonical: "+66812345678".to_owned(),
            display: "081-234-5678".to_owned(),
            class: NumberClass::Mobile,
        };
        let kept = row(&left, now, wall);
        assert_eq!(call_back(&kept, Some(&number), now, wall), left);
        let erased = call_back(&kept, None, now, wall);
        assert!(erased.identity.user.is_empty());
        let late = WallTime(wall.0 + 3_600_000_000);
        let state = call_back(&kept, Some(&number), now, late).state;
        assert_eq!(state, CallBackState::Resting { until: now });
    }
}
