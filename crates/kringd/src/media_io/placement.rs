//! Which relaying thread has which call.
//!
//! Threads are filled one after another, and only then evenly: a thread that finds several packets at each waking costs
//! less for each of them than several threads that find one.

use super::limits::CALLS_FIRST;
use kring_media::SessionId;
use rustc_hash::FxHashMap;

/// As many entries as calls are open.
#[derive(Debug, Default)]
pub(super) struct Placement {
    worker: FxHashMap<SessionId, usize>,
    /// How many calls each thread has.
    calls: Vec<usize>,
}

impl Placement {
    /// A new session, for one of so many threads. One that is open already stays where it is.
    pub(super) fn open(&mut self, session: SessionId, workers: usize) -> usize {
        if let Some(worker) = self.worker.get(&session) {
            return *worker;
        }
        self.calls.resize(workers.max(1), 0);
        let unfilled = self.calls.iter().position(|calls| *calls < CALLS_FIRST);
        let emptiest = || (0..self.calls.len()).min_by_key(|worker| self.calls[*worker]);
        let worker = unfilled.or_else(emptiest).unwrap_or(0);
        self.calls[worker] += 1;
        self.worker.insert(session, worker);
        worker
    }

    /// Whose it is. A session that is nobody's is told so by the first thread.
    pub(super) fn of(&self, session: SessionId) -> usize {
        self.worker.get(&session).copied().unwrap_or(0)
    }

    /// The same, for the last time.
    pub(super) fn close(&mut self, session: SessionId) -> usize {
        let Some(worker) = self.worker.remove(&session) else {
            return 0;
        };
        self.calls[worker] -= 1;
        worker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(placement: &mut Placement, sessions: std::ops::Range<u64>) -> Vec<usize> {
        let session = |n| placement.open(SessionId(n), 3);
        sessions.map(session).collect()
    }

    #[test]
    fn threads_are_filled_one_after_another_and_then_evenly() {
        let mut placement = Placement::default();
        let most = CALLS_FIRST as u64;
        assert!(opened(&mut placement, 0..most).iter().all(|n| *n == 0));
        assert!(
            opened(&mut placement, most..2 * most)
                .iter()
                .all(|n| *n == 1)
        );
        opened(&mut placement, 2 * most..3 * most + 30);
        assert_eq!(placement.calls, [CALLS_FIRST + 10; 3]);
    }

    #[test]
    fn a_call_stays_with_its_thread_and_leaves_a_place_there() {
        let mut placement = Placement::default();
        opened(&mut placement, 0..CALLS_FIRST as u64 + 5);
        let session = SessionId(3);
        assert_eq!(placement.of(session), 0);
        assert_eq!(placement.of(SessionId(CALLS_FIRST as u64)), 1);
        assert_eq!(placement.close(session), 0);
        assert_eq!(
            placement.close(session),
            0,
            "closing twice takes nothing twice"
        );
        assert_eq!(placement.calls, [CALLS_FIRST - 1, 5, 0]);
        assert_eq!(opened(&mut placement, 9_000..9_001), [0]);
        assert_eq!(placement.worker.len(), CALLS_FIRST + 5);
    }
}
