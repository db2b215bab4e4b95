//! The thread that puts recorded sound together and writes it. Twenty times a second it takes what the relaying
//! threads have left, as long as anything is recorded; else it sleeps.

use super::{
    RecordingConfig,
    file::{Closed, TapeFile, create},
    limits::{EVENTS_WAITING_MAX, LOOK_EVERY, PACKET_MAX},
    place,
    tap::{Taps, Turn, What, next_packet},
};
use crate::{clock::Clock, media_io::Outbox};
use kring_media::{MediaNotice, NotRecorded, Recorded, Recorder, SessionId};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::{
    collections::VecDeque,
    fs::File,
    io,
    sync::{Arc, mpsc::RecvTimeoutError},
};
use tokio::sync::mpsc::error::TrySendError;

/// What there is, for the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TapeEvent {
    /// A file was begun.
    Begun {
        /// Its name.
        name: Arc<str>,
    },
    /// It is closed, or could not be begun.
    Over(Box<TapeOver>),
}

/// See [`TapeEvent::Over`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TapeOver {
    pub(crate) name: Arc<str>,
    /// Bytes of sound, bytes on the disk, and their hash; none: nothing is there.
    pub(crate) file: Option<(u64, Recorded)>,
    pub(crate) why: Option<NotRecorded>,
    /// Sound in codecs that are not understood, ms.
    pub(crate) strange_ms: u64,
    /// 0 to 127 for each stretch, left and right.
    pub(crate) peaks: Vec<[u8; 2]>,
    pub(crate) peak_ms: u32,
    pub(crate) pauses_ms: Vec<(u64, u64)>,
}

/// See the module.
pub(crate) struct Writer {
    config: RecordingConfig,
    taps: Taps,
    clock: Clock,
    outbox: Outbox,
    events: VecDeque<TapeEvent>,
    tapes: FxHashMap<SessionId, Tape>,
    /// Sound on its way to a file.
    bytes: Vec<u8>,
}

/// One that is being made.
struct Tape {
    name: Arc<str>,
    recorder: Recorder,
    /// None: it could be written no further, and that was told.
    file: Option<TapeFile<File>>,
    /// When it ends, and how many packets it lacks.
    ends: Option<(Moment, u64)>,
}

impl Writer {
    pub(crate) fn new(config: RecordingConfig, taps: Taps, clock: Clock, outbox: Outbox) -> Writer {
        Writer {
            config,
            taps,
            clock,
            outbox,
            events: VecDeque::new(),
            tapes: FxHashMap::default(),
            bytes: Vec::new(),
        }
    }

    /// Runs until the relaying threads are gone, and closes every file then.
    pub(crate) fn run(mut self) {
        loop {
            let is_idle = self.tapes.is_empty() && self.events.is_empty() && self.outbox.is_empty();
            let turn = if is_idle {
                self.taps
                    .turns
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.taps.turns.recv_timeout(LOOK_EVERY)
            };
            match turn {
                Ok(turn) => self.take(turn),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.end_all();
                    return;
                }
            }
            self.look();
        }
    }

    /// Takes what has come, and writes what is settled.
    fn look(&mut self) {
        self.take_turns();
        self.drain();
        let now = self.clock.now();
        let mut over = Vec::new();
        for (session, tape) in &mut self.tapes {
            let why = match tape.ends {
                Some((at, _)) => {
                    tape.recorder.finish(at);
                    tape.write(&mut self.bytes).err()
                }
                None => {
                    tape.recorder.settle(now);
                    tape.write(&mut self.bytes).err()
                }
            };
            if let Some(refused) = why {
                tracing::error!(recording = %tape.name, %refused, "a recording ends here: the disk does not take it");
                over.push((*session, Some(fault(&refused))));
            } else if tape.ends.is_some() {
                over.push((*session, None));
            }
        }
        for (session, why) in over {
            self.close(session, why);
        }
        self.flush();
    }

    fn take_turns(&mut self) {
        while let Ok(turn) = self.taps.turns.try_recv() {
            self.take(turn);
        }
    }

    fn take(&mut self, turn: Turn) {
        let Turn { session, at, what } = turn;
        if let What::Begin(name) = what {
            self.begin(session, at, name);
            return;
        }
        // One that has failed is gone.
        let Some(tape) = self.tapes.get_mut(&session) else {
            return;
        };
        match what {
            What::Begin(_) => {}
            What::Pause => tape.recorder.pause(at),
            What::Resume => tape.recorder.resume(at),
            What::End { missed } => tape.ends = Some((at, missed)),
        }
    }

    fn begin(&mut self, session: SessionId, at: Moment, name: Arc<str>) {
        match self.open(&name) {
            Ok(file) => {
                let tape = Tape {
                    name: name.clone(),
                    recorder: Recorder::new(at),
                    file: Some(file),
                    ends: None,
                };
                self.tapes.insert(session, tape);
                self.tell(TapeEvent::Begun { name });
            }
            Err(why) => {
                self.outbox.tell(MediaNotice::Recorded {
                    session,
                    file: None,
                    why: Some(why),
                });
            }
        }
    }

    fn open(&self, name: &str) -> Result<TapeFile<File>, NotRecorded> {
        let key = self.config.key.to_seal().map_err(|refused| {
            tracing::error!(%refused, "nothing can be recorded: there is no key");
            NotRecorded::NoKey
        })?;
        let place = place(name).ok_or(NotRecorded::Disk)?;
        let path = self.config.folder.join(place);
        let file = create(&path).and_then(|file| TapeFile::begin(file, &key));
        file.map_err(|refused| {
            let path = path.display();
            tracing::error!(%refused, "a recording cannot be begun at {path}");
            let _ = std::fs::remove_file(self.config.folder.join(name));
            fault(&refused)
        })
    }

    /// Gives every packet to its recording.
    fn drain(&mut self) {
        let mut packet = [0; PACKET_MAX];
        for ring in 0..self.taps.rings.len() {
            while let Some((session, at, channel, length)) =
                next_packet(&mut self.taps.rings[ring], &mut packet)
            {
                if !self.tapes.contains_key(&session) {
                    // Its beginning may have come since.
                    self.take_turns();
                }
                if let Some(tape) = self.tapes.get_mut(&session) {
                    tape.recorder.packet(at, channel, &packet[..length]);
                }
            }
        }
    }

    fn close(&mut self, session: SessionId, why: Option<NotRecorded>) {
        let Some(mut tape) = self.tapes.remove(&session) else {
            return;
        };
        let missed = tape.ends.map_or(0, |(_, missed)| missed);
        let (closed, why) = match tape.file.take().map(|file| (why, file)) {
            None => (None, why),
            Some((Some(why), file)) => (Some(file.leave()), Some(why)),
            Some((None, file)) => match file.finish() {
                Ok(closed) => (Some(closed), None),
                Err((refused, closed)) => (Some(closed), Some(fault(&refused))),
            },
        };
        let file = closed.map(|closed| (closed.sound, recorded(&closed, missed)));
        self.outbox.tell(MediaNotice::Recorded {
            session,
            file: file.map(|(_, file)| file),
            why,
        });
        let recorder = &tape.recorder;
        self.tell(TapeEvent::Over(Box::new(TapeOver {
            name: tape.name.clone(),
            file,
            why,
            strange_ms: recorder.strange_ms(),
            peaks: recorder.peaks().all().collect(),
            peak_ms: recorder.peaks().each_ms(),
            pauses_ms: recorder.pauses_ms().collect(),
        })));
    }

    fn end_all(&mut self) {
        self.drain();
        let now = self.clock.now();
        for tape in self.tapes.values_mut() {
            tape.ends.get_or_insert((now, 0));
        }
        self.look();
    }

    fn tell(&mut self, event: TapeEvent) {
        // There are no more than recordings, unless the store has stood still for hours.
        if self.events.len() == EVENTS_WAITING_MAX {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    fn flush(&mut self) {
        self.outbox.flush();
        while let Some(event) = self.events.pop_front() {
            match self.config.told.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.events.push_front(event);
                    return;
                }
                Err(TrySendError::Closed(_)) => self.events.clear(),
            }
        }
    }
}

impl Tape {
    fn write(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        bytes.extend(self.recorder.fetch().flat_map(i16::to_le_bytes));
        match &mut self.file {
            Some(file) if !bytes.is_empty() => file.write(bytes),
            _ => Ok(()),
        }
    }
}

fn recorded(closed: &Closed, missed: u64) -> Recorded {
    Recorded {
        // Two channels of two bytes at 8 kHz.
        length_ms: closed.sound / 32,
        bytes: closed.bytes,
        sha256: closed.sha256,
        missing_ms: missed * 20,
    }
}

fn fault(refused: &io::Error) -> NotRecorded {
    match refused.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            NotRecorded::DiskFull
        }
        _ => NotRecorded::Disk,
    }
}
