//! Recordings are opened again and heard: which tone is in which channel, and how much is there when the disk was
//! full, the process died or the writer was behind.

use super::{
    file::{Closed, Medium, TapeFile},
    key::KeyRefused,
    played::{look_over, open},
    tap::Taps,
    *,
};
use crate::{clock::Clock, media_io::Outbox};
use kring_media::{
    Channel, MediaNotice, NotRecorded, Playable, Recorded, SessionId, WAV_HEADER, rtp, tone::Sine,
};
use kring_time::Moment;
use kring_web::RecordingMissing;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{Arc, Mutex},
};
use tokio::sync::mpsc;

const NAME: &str = "0199d1a2-7c3e-7abc-8def-0123456789ab";
const SESSION: SessionId = SessionId(7);

/// A writer with one relaying thread before it.
struct Studio {
    folder: tempfile::TempDir,
    key: Arc<KeyShelf>,
    tap: Tap,
    tapped: Tapped,
    writer: Option<std::thread::JoinHandle<()>>,
    notices: mpsc::Receiver<MediaNotice>,
    events: mpsc::Receiver<TapeEvent>,
}

impl Studio {
    fn new() -> Studio {
        let folder = tempfile::tempdir().unwrap();
        let key = Arc::new(KeyShelf::own(folder.path().join("recordings.key")));
        let (told, events) = mpsc::channel(16);
        let config = RecordingConfig {
            folder: folder.path().join("recordings"),
            key: key.clone(),
            told,
        };
        let (mut taps, others) = Taps::new(1);
        let (sender, notices) = mpsc::channel(16);
        let writer = Writer::new(config, others, Clock::start(), Outbox::new(sender));
        Studio {
            folder,
            key,
            tap: taps.pop().unwrap(),
            tapped: Tapped::default(),
            writer: Some(std::thread::spawn(move || writer.run())),
            notices,
            events,
        }
    }

    fn begin(&mut self) {
        assert!(self.tap.begin(SESSION, Moment::BOOT, NAME.into()));
    }

    /// So many seconds of two tones, from this second on.
    fn talk(&mut self, from_s: u64, seconds: u64) {
        let mut tones = [Sine::new(700.0, 8_000), Sine::new(1_300.0, 8_000)];
        for n in from_s * 50..(from_s + seconds) * 50 {
            let at = Moment::from_millis(n * 20);
            for (channel, tone) in [Channel::Said, Channel::Heard].into_iter().zip(&mut tones) {
                let samples: Vec<i16> = tone.take(160).collect();
                let mut packet = Vec::new();
                let payload = Playable::Pcma.encode(&samples);
                let (number, stamp) = (n as u16, (n * 160) as u32);
                rtp::write(&mut packet, 8, number, stamp, channel as u32, &payload);
                self.tap
                    .packet(SESSION, at, channel, &packet, &mut self.tapped);
            }
        }
    }

    /// Ends it, and tells what came of it.
    fn end(&mut self, at_s: u64) -> (Option<Recorded>, Option<NotRecorded>) {
        self.tap
            .end(SESSION, Moment::from_millis(at_s * 1_000), self.tapped);
        match self.notices.blocking_recv() {
            Some(MediaNotice::Recorded { file, why, .. }) => (file, why),
            other => panic!("{other:?}"),
        }
    }

    fn path(&self) -> PathBuf {
        self.recordings().join(place(NAME).unwrap())
    }

    fn recordings(&self) -> PathBuf {
        self.folder.path().join("recordings")
    }

    /// The two channels, as far as they can be heard.
    fn heard(&self) -> [Vec<i16>; 2] {
        channels(&sound(&self.recordings(), &self.key))
    }
}

fn sound(folder: &Path, key: &KeyShelf) -> Vec<u8> {
    let mut stream = open(folder, key, NAME).unwrap();
    let mut sound = Vec::new();
    // One without an end is heard to its last whole piece.
    let _ = stream.read_to_end(&mut sound);
    assert_eq!(&sound[..4], b"RIFF");
    sound.split_off(WAV_HEADER)
}

fn channels(sound: &[u8]) -> [Vec<i16>; 2] {
    let sample = |two: &[u8]| i16::from_le_bytes([two[0], two[1]]);
    [0, 2].map(|at| {
        sound
            .chunks_exact(4)
            .map(|four| sample(&four[at..]))
            .collect()
    })
}

/// How much of a tone is in samples, of their whole (Goertzel).
fn share(samples: &[i16], hz: f64) -> f64 {
    let step = std::f64::consts::TAU * hz / 8_000.0;
    let (mut re, mut im, mut all) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let sample = f64::from(*sample);
        re += sample * (step * n as f64).cos();
        im += sample * (step * n as f64).sin();
        all += sample * sample;
    }
    2.0 * (re * re + im * im) / (all.max(1.0) * samples.len() as f64)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[test]
fn a_call_is_sealed_and_heard_again_in_the_right_channels() {
    let mut studio = Studio::new();
    studio.begin();
    studio.talk(0, 20);
    let (file, why) = studio.end(20);
    let file = file.unwrap();
    assert_eq!((why, file.length_ms, file.missing_ms), (None, 20_000, 0));
    let bytes = fs::read(studio.path()).unwrap();
    assert_eq!(
        (file.bytes, file.sha256),
        (bytes.len() as u64, sha256(&bytes))
    );
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
    assert!(
        !bytes.windows(8).any(|part| part == b"WAVEfmt "),
        "nothing of it can be read"
    );
    let mode = fs::metadata(studio.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let [left, right] = studio.heard();
    assert_eq!(left.len(), 160_000);
    assert!(share(&left, 700.0) > 0.98 && share(&left, 1_300.0) < 0.001);
    assert!(share(&right, 1_300.0) > 0.98 && share(&right, 700.0) < 0.001);
    let Some(TapeEvent::Begun { .. }) = studio.events.blocking_recv() else {
        panic!("not begun");
    };
    let Some(TapeEvent::Over(over)) = studio.events.blocking_recv() else {
        panic!("not over");
    };
    assert_eq!(over.file, Some((640_000, file)));
    assert_eq!((over.peaks.len(), over.peak_ms), (200, 100));
}

#[test]
fn nothing_is_kept_of_a_pause() {
    let mut studio = Studio::new();
    studio.begin();
    studio.talk(0, 4);
    let mut tapped = studio.tapped;
    studio
        .tap
        .pause(SESSION, Moment::from_millis(4_000), &mut tapped);
    studio.tapped = tapped;
    studio.talk(4, 4);
    studio
        .tap
        .resume(SESSION, Moment::from_millis(8_000), &mut tapped);
    studio.tapped = tapped;
    studio.talk(8, 4);
    let (file, _) = studio.end(12);
    assert_eq!(file.unwrap().length_ms, 12_000);
    for channel in studio.heard() {
        let loud = |from: usize, to: usize| {
            channel[from * 8_000..to * 8_000]
                .iter()
                .any(|s| s.abs() > 50)
        };
        assert!(loud(3, 4) && !loud(4, 8) && loud(8, 9));
    }
}

#[test]
fn what_finds_no_room_is_counted_and_nobody_waits() {
    let (mut taps, mut others) = Taps::new(1);
    let (mut tap, mut tapped) = (taps.pop().unwrap(), Tapped::default());
    let packet = vec![0x80; 172];
    // Nobody drains it: 8 MiB of packets of 192 bytes.
    for _ in 0..50_000 {
        tap.packet(SESSION, Moment::BOOT, Channel::Said, &packet, &mut tapped);
    }
    tap.end(SESSION, Moment::BOOT, tapped);
    let turn = others.turns.try_recv().unwrap();
    let tap::What::End { missed } = turn.what else {
        panic!("{turn:?}");
    };
    let mut there = 0;
    let mut out = [0; limits::PACKET_MAX];
    while let Some((session, _, channel, length)) = tap::next_packet(&mut others.rings[0], &mut out)
    {
        assert_eq!(
            (session, channel, &out[..length]),
            (SESSION, Channel::Said, &packet[..])
        );
        there += 1;
    }
    assert_eq!(there + missed, 50_000);
    assert_eq!(there, (limits::RING / 192) as u64);
}

/// A disk with room for so many bytes.
#[derive(Clone, Default)]
struct SmallDisk(Arc<Mutex<Vec<u8>>>, usize);

impl Write for SmallDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.lock().unwrap();
        let room = self.1 - disk.len();
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        // As a disk does: what still fits is taken.
        let taken = bytes.len().min(room);
        disk.extend(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Medium for SmallDisk {
    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.0.lock().unwrap().truncate(bytes as usize);
        Ok(())
    }
}

#[test]
fn a_full_disk_leaves_what_was_written_to_be_heard() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyShelf::own(folder.path().join("key"));
    let disk = SmallDisk(Arc::default(), 500_000);
    let mut file = TapeFile::begin(disk.clone(), &key.to_seal().unwrap()).unwrap();
    let sound: Vec<u8> = (0..1_000_000_u32).map(|n| (n / 7) as u8).collect();
    let refused = sound
        .chunks(640)
        .map(|part| file.write(part))
        .find_map(Result::err);
    assert_eq!(refused.unwrap().kind(), io::ErrorKind::StorageFull);
    let closed: Closed = file.leave();
    let written = disk.0.lock().unwrap().clone();
    assert_eq!(
        (closed.bytes, closed.sha256),
        (written.len() as u64, sha256(&written))
    );
    assert!(closed.sound > 430_000, "{closed:?}");
    let place = folder.path().join(place(NAME).unwrap());
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(&place, &written).unwrap();
    let heard = super::tests::sound(folder.path(), &key);
    assert_eq!(
        heard[..closed.sound as usize],
        sound[..closed.sound as usize]
    );
}

#[test]
fn a_process_that_dies_leaves_all_but_the_last_seconds() {
    let mut studio = Studio::new();
    studio.begin();
    studio.talk(0, 20);
    studio.end(20);
    let whole = fs::read(studio.path()).unwrap();
    // In the middle of its last piece but one.
    fs::write(studio.path(), &whole[..whole.len() - 90_000]).unwrap();
    let (sound, bytes, sha) = look_over(&studio.recordings(), NAME).unwrap();
    assert_eq!(bytes, whole.len() as u64 - 90_000);
    assert_eq!(sha.len(), 64);
    assert!((500_000..640_000).contains(&sound), "{sound}");
    let [left, _] = studio.heard();
    assert_eq!(left.len() as u64, sound / 4);
    assert!(share(&left, 700.0) > 0.98);
}

#[test]
fn a_call_that_cannot_be_recorded_says_why_and_is_over() {
    let mut studio = Studio::new();
    fs::write(studio.recordings(), "a file in its place").unwrap();
    studio.begin();
    let notice = studio.notices.blocking_recv();
    assert_eq!(
        notice,
        Some(MediaNotice::Recorded {
            session: SESSION,
            file: None,
            why: Some(NotRecorded::Disk),
        })
    );
}

#[test]
fn files_are_closed_when_the_relaying_threads_end() {
    let mut studio = Studio::new();
    studio.begin();
    studio.talk(0, 5);
    let writer = studio.writer.take().unwrap();
    let Studio {
        tap, mut notices, ..
    } = studio;
    drop(tap);
    writer.join().unwrap();
    let Some(MediaNotice::Recorded {
        file: Some(_),
        why: None,
        ..
    }) = notices.blocking_recv()
    else {
        panic!("not closed");
    };
}

#[test]
fn keys_are_made_once_named_strictly_and_may_seal_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    assert!(
        KeyShelf::named(path.clone()).is_err(),
        "a slip of the pen makes no key"
    );
    let own = KeyShelf::own(path.clone());
    assert!(own.to_open().is_none(), "nothing is made to open");
    own.to_seal().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    KeyShelf::own(path.clone()).to_seal().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "it is made once");
    let public = text
        .lines()
        .find_map(|line| line.strip_prefix("# public key: "));
    fs::write(&path, public.unwrap()).unwrap();
    let seals = KeyShelf::named(path.clone()).unwrap();
    assert!(seals.to_seal().is_ok() && seals.to_open().is_none());
    fs::write(&path, "AGE-SECRET-KEY-1QQQ\n").unwrap();
    assert!(matches!(KeyShelf::named(path), Err(KeyRefused::NoKey(_))));
    let missing = open(folder.path(), &own, NAME).map(|_| ());
    assert_eq!(missing, Err(RecordingMissing::Gone));
    assert_eq!(place("../../etc/passwd"), None);
}
