//! A person on the telephone: says a tone that nobody else says, records everything that comes, and tells what is
//! heard just now.

use crate::{
    kring::{A_SLOW_MACHINE, eventually},
    sipp::Logged,
    sound::{packet, sdp_port},
    tape::{Recorded, Tape, rms},
};
use kring_media::{Playable, g711, tone};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// Of the citizen, of the agent, of the unit, Hz. In a third of a second each goes round a whole number of times.
pub const CITIZEN: f32 = 610.0;
pub const AGENT: f32 = 1_130.0;
pub const UNIT: f32 = 1_730.0;
/// Of a supervisor who hears the call.
pub const BOSS: f32 = 2_330.0;
const TONES: [f32; 4] = [CITIZEN, AGENT, UNIT, BOSS];

/// So loud that two of them fill most of G.711's range: a sum that was cut off would be no two tones.
const PEAK: i16 = 13_000;

/// Packets that are judged: 300 ms.
const STRETCH: usize = 15;

/// One of them.
pub struct Talker {
    pub port: u16,
    tape: Tape,
    hz: f32,
    stop: Arc<AtomicBool>,
    mouth: Option<JoinHandle<()>>,
}

impl Talker {
    pub fn open(hz: f32) -> Talker {
        let tape = Tape::runs();
        Talker {
            port: tape.port,
            tape,
            hz,
            stop: Arc::default(),
            mouth: None,
        }
    }

    /// Speaks to the port that this message's SDP names, 50 packets a second.
    pub fn speak_to(&mut self, sdp: &Logged) {
        let port = sdp_port(&sdp.text);
        let (socket, stop) = (self.tape.socket.clone(), self.stop.clone());
        let mut tone = tone::Sine::new(self.hz, PEAK);
        self.mouth = Some(std::thread::spawn(move || {
            let began = Instant::now();
            for n in 0_u32.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let due = began + Duration::from_millis(20) * n;
                std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
                let mut packet = packet(n, 0xd5);
                packet[12..].fill_with(|| g711::alaw(tone.next_sample()));
                let _ = socket.send_to(&packet, ("127.0.0.1", port));
            }
        }));
    }

    /// Waits until these tones are heard, as loud as they were said, and nothing else.
    #[track_caller]
    pub fn hears(&self, tones: &[f32]) {
        self.listens(&format!("{tones:?}"), |sound| are_heard(sound, tones));
    }

    /// Waits until a phone's own tone is heard, and little else.
    #[track_caller]
    pub fn hears_only(&self, hz: f32) {
        self.listens(&format!("{hz}"), |sound| {
            tone::heard(sound, &[hz]).is_some()
        });
    }

    /// Waits until there is sound, and it is nobody's.
    #[track_caller]
    pub fn hears_music(&self) {
        self.listens("music", |sound| {
            rms(sound) > 60.0 && tone::heard(sound, &TONES).is_none()
        });
    }

    #[track_caller]
    fn listens(&self, what: &str, is_it: impl Fn(&[i16]) -> bool) {
        let heard = eventually(A_SLOW_MACHINE / 2, || {
            self.sound().filter(|sound| is_it(sound))
        });
        assert!(
            heard.is_some(),
            "{} Hz hears no {what}, but {:?}",
            self.hz,
            self.sound().map(|sound| (rms(&sound), levels(&sound)))
        );
    }

    /// What came in the last moments.
    fn sound(&self) -> Option<Vec<i16>> {
        let recorded = self.tape.just_now(STRETCH)?;
        Some(recorded.sound(Playable::Pcma, 0, STRETCH))
    }

    /// Falls silent; everything that was heard.
    pub fn stop(mut self) -> Recorded {
        self.falls_silent();
        self.tape.stop()
    }

    fn falls_silent(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(mouth) = self.mouth.take() {
            let _ = mouth.join();
        }
    }
}

/// How loud each tone is.
fn levels(sound: &[i16]) -> [f64; 4] {
    TONES.map(|hz| tone::amplitude(sound, hz))
}

/// Whether it is these tones, each within a tenth of what was said, and nothing beside them that would be heard.
fn are_heard(sound: &[i16], tones: &[f32]) -> bool {
    let said = f64::from(PEAK);
    let as_said = TONES.iter().zip(levels(sound)).all(|(hz, level)| {
        if tones.contains(hz) {
            (level - said).abs() < said / 10.0
        } else {
            level < said / 50.0
        }
    });
    // The mean square of a sine is half the square of its peak.
    let power = tones.len() as f64 * said * said / 2.0;
    as_said && (rms(sound).powi(2) - power).abs() < power / 10.0
}

/// Where on a recording of the citizen the unit is heard first.
pub fn first_heard(recorded: &Recorded, hz: f32) -> usize {
    let says = |n: &usize| {
        let sound = recorded.sound(Playable::Pcma, *n, n + 1);
        tone::heard(&sound, &[hz]).is_some()
    };
    let found = (0..recorded.packets.len()).find(says);
    found.unwrap_or_else(|| panic!("{hz} Hz is never heard"))
}
