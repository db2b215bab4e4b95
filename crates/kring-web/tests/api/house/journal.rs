//! The journal of a test's house: every fact and write is committed by itself, in order.

use super::House;
use kring_journal::{CallId, CallRecord, Entry, Fact, WallTime};
use kring_store::{CallerRow, Group, JournalLog, Trusted};
use kring_time::Moment;
use kring_web::{Clock, Live, Note};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::{mpsc, oneshot};

/// What the journal is given.
pub(super) enum Written {
    Fact(Moment, WallTime, Option<CallId>, Fact),
    Caller(CallerRow),
    /// Answered when everything before is on the disk.
    Flush(oneshot::Sender<()>),
}

pub(super) struct Recorder {
    log: JournalLog,
    live: Live,
    clock: Clock,
    records: HashMap<CallId, CallRecord>,
    noted: Arc<Mutex<Vec<Fact>>>,
}

impl Recorder {
    pub(super) fn new(log: JournalLog, house: &House) -> Recorder {
        Recorder {
            log,
            live: house.live.clone(),
            clock: house.clock.clone(),
            records: HashMap::new(),
            noted: Arc::clone(&house.noted),
        }
    }

    pub(super) async fn run(
        mut self,
        mut written: mpsc::UnboundedReceiver<Written>,
        mut notes: mpsc::Receiver<Note>,
    ) {
        loop {
            tokio::select! {
                // What happened before a note is written before it.
                biased;
                Some(written) = written.recv() => match written {
                    Written::Fact(at, wall, call, fact) => self.write(at, wall, call, fact).await,
                    Written::Caller(row) => {
                        let group = Group { callers: vec![row], ..Group::default() };
                        self.log.append(&group).await.unwrap();
                    }
                    Written::Flush(done) => {
                        let _ = done.send(());
                    }
                },
                Some(note) = notes.recv() => self.note(note).await,
                else => return,
            }
        }
    }

    async fn write(&mut self, at: Moment, wall: WallTime, call: Option<CallId>, fact: Fact) {
        let entry = self.log.entry(at, wall, call, fact);
        let records = self.fold(&entry).into_iter().collect();
        let group = Group {
            entries: vec![entry],
            records,
            ..Group::default()
        };
        self.log.append(&group).await.unwrap();
    }

    fn fold(&mut self, entry: &Entry) -> Option<CallRecord> {
        if let Some(record) = CallRecord::begin(entry) {
            self.records.insert(record.id, record);
        }
        let record = self.records.get_mut(&entry.call?)?;
        record.apply(entry);
        Some(record.clone())
    }

    async fn note(&mut self, note: Note) {
        let (at, wall) = self.clock.now();
        match note {
            Note::Fact { call, fact } => {
                self.noted.lock().unwrap().push(fact.clone());
                self.write(at, wall, call, fact).await;
            }
            Note::Trusted { write, reply } => {
                let trusted = vec![Trusted { at, wall, write }];
                let group = Group {
                    trusted,
                    ..Group::default()
                };
                let mut done = self.log.append(&group).await.unwrap();
                for entry in &done.facts {
                    self.fold(entry);
                    self.live
                        .fact(entry.at, entry.wall, entry.call, &entry.fact);
                }
                let _ = reply.send(done.trusted.remove(0));
            }
        }
    }
}
