//! Key presses as events in RTP (RFC 4733): the payload, a press as its packets, and a listener
//! that tells each press once. The relay passes them like any sound.

/// The keys by their event number (RFC 4733 §3.2, table 3).
const KEYS: &[u8; 16] = b"0123456789*#ABCD";

/// Timestamp units in one packet: 20 ms at 8 kHz.
const STEP: u16 = 160;

/// The end is said three times, since nothing follows that would repeat it (§2.5.1.4).
const ENDS: u16 = 3;

/// How late a repetition of an earlier press may come, timestamp units: five seconds, more than any network
/// holds a packet back.
const REPEATED_WITHIN: u32 = 5 * 8_000;

/// One packet's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEvent {
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub key: char,
    /// The key is up.
    pub end: bool,
    /// Loudness below 0 dBm0, dB, 0 to 63.
    pub volume: u8,
    /// For how long till now, in timestamp units.
    pub duration: u16,
}

impl KeyEvent {
    /// Reads a payload. `None` for other events than keys, and for what is too short.
    pub fn read(payload: &[u8]) -> Option<KeyEvent> {
        let [event, flags, high, low, ..] = *payload else {
            return None;
        };
        Some(KeyEvent {
            key: char::from(*KEYS.get(usize::from(event))?),
            end: flags & 0x80 != 0,
            volume: flags & 0x3f,
            duration: u16::from_be_bytes([high, low]),
        })
    }

    /// The payload. `None` when the key is none.
    pub fn write(&self) -> Option<[u8; 4]> {
        let event = KEYS.iter().position(|key| char::from(*key) == self.key)?;
        let flags = u8::from(self.end) << 7 | self.volume.min(63);
        let [high, low] = self.duration.to_be_bytes();
        Some([event as u8, flags, high, low])
    }
}

/// A press of `key` as payloads, one for every 20 ms and three ends. All carry the timestamp of the
/// first; only the first is marked. Empty when the key is none.
pub fn press(key: char, packets: u16) -> impl Iterator<Item = [u8; 4]> {
    let packets = packets.clamp(1, u16::MAX / STEP - 1);
    (1..=packets + ENDS).map_while(move |n| {
        let event = KeyEvent {
            key,
            end: n > packets,
            volume: 10,
            duration: n.min(packets) * STEP,
        };
        event.write()
    })
}

/// A payload whose duration counts by one clock, counted by another, Hz. What is longer than its counter holds
/// stays at its end (RFC 4733 §2.5.1.3).
pub(crate) fn rescale(payload: &mut [u8], (from, to): (u32, u32)) {
    if from == to || from == 0 {
        return;
    }
    if let [_, _, high, low, ..] = payload {
        let duration = u64::from(u16::from_be_bytes([*high, *low]));
        let scaled = duration * u64::from(to) / u64::from(from);
        let scaled = u16::try_from(scaled).unwrap_or(u16::MAX);
        [*high, *low] = scaled.to_be_bytes();
    }
}

/// Hears each press once, although it comes as many packets and some of them twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyListener {
    last: Option<Heard>,
}

/// The newest press.
#[derive(Clone, Copy, Debug)]
struct Heard {
    key: char,
    timestamp: u32,
    ended: bool,
}

impl KeyListener {
    /// A packet of the telephone-event number came with this RTP timestamp. Tells the key when it is
    /// the first that is heard of this press.
    pub fn note(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        let event = KeyEvent::read(payload)?;
        let news = match self.last {
            None => News::Press,
            Some(last) => last.news(timestamp, event),
        };
        if news != News::Old {
            let (key, ended) = (event.key, event.end);
            self.last = Some(Heard {
                key,
                timestamp,
                ended,
            });
        } else if let Some(last) = self
            .last
            .as_mut()
            .filter(|last| last.timestamp == timestamp)
        {
            last.ended |= event.end;
        }
        (news == News::Press).then_some(event.key)
    }
}

/// What a packet says beside the newest press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// Another press.
    Press,
    /// The next part of a press that is longer than its counter (RFC 4733 §2.5.1.3).
    Part,
    /// More of the same, or a late repetition of an earlier one.
    Old,
}

impl Heard {
    fn news(self, timestamp: u32, event: KeyEvent) -> News {
        let later = timestamp.wrapping_sub(self.timestamp);
        if later == u32::from(u16::MAX) && event.key == self.key && !self.ended {
            return News::Part;
        }
        // Older than any repetition can be: the sender has begun another line of timestamps.
        let is_repetition = later == 0 || later.wrapping_neg() <= REPEATED_WITHIN;
        if is_repetition {
            News::Old
        } else {
            News::Press
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_written_and_read() {
        for key in KEYS.map(char::from) {
            let event = KeyEvent {
                key,
                end: true,
                volume: 63,
                duration: 65_535,
            };
            assert_eq!(KeyEvent::read(&event.write().unwrap()), Some(event));
        }
        assert_eq!(KeyEvent::read(&[16, 0, 0, 0]), None, "flash is no key");
        assert_eq!(KeyEvent::read(&[1, 2, 3]), None);
        let none = KeyEvent {
            key: 'x',
            end: false,
            volume: 0,
            duration: 0,
        };
        assert_eq!(none.write(), None);
    }

    #[test]
    fn a_press_grows_and_ends_three_times() {
        let events: Vec<KeyEvent> = press('5', 4)
            .filter_map(|payload| KeyEvent::read(&payload))
            .collect();
        let durations: Vec<u16> = events.iter().map(|event| event.duration).collect();
        assert_eq!(durations, [160, 320, 480, 640, 640, 640, 640]);
        assert_eq!(events.iter().filter(|event| event.end).count(), 3);
        assert_eq!(press('x', 4).count(), 0);
    }

    #[test]
    fn each_press_is_heard_once_whatever_is_lost_or_repeated() {
        let mut listener = KeyListener::default();
        let mut heard = String::new();
        for (timestamp, key) in [(1_000, '1'), (3_000, '1'), (5_000, '#')] {
            // The first packets are lost.
            for payload in press(key, 5).skip(2) {
                heard.extend(listener.note(timestamp, &payload));
            }
            heard.extend(listener.note(1_000, &press('1', 5).last().unwrap()));
        }
        assert_eq!(heard, "11#");
    }

    #[test]
    fn a_press_is_heard_over_the_wrap_of_the_timestamp() {
        let mut listener = KeyListener::default();
        let payload = press('7', 1).next().unwrap();
        assert_eq!(listener.note(u32::MAX - 10, &payload), Some('7'));
        assert_eq!(listener.note(500, &payload), Some('7'));
    }
    /// A key that somebody leans on for ten seconds is one press in two parts.
    #[test]
    fn a_press_longer_than_its_counter_is_one() {
        let mut listener = KeyListener::default();
        let event = |duration| KeyEvent {
            key: '2',
            end: false,
            volume: 10,
            duration,
        };
        let mut hear =
            |timestamp: u32, event: KeyEvent| listener.note(timestamp, &event.write().unwrap());
        assert_eq!(hear(800, event(160)), Some('2'));
        assert_eq!(hear(800, event(u16::MAX)), None);
        assert_eq!(hear(800 + 65_535, event(160)), None, "the next part");
        let end = KeyEvent {
            end: true,
            ..event(320)
        };
        assert_eq!(hear(800 + 65_535, end), None);
        assert_eq!(
            hear(800 + 2 * 65_535, event(160)),
            Some('2'),
            "it had ended"
        );
    }

    /// A PBX that puts another of its streams through begins other timestamps: keys are heard on.
    #[test]
    fn keys_are_heard_after_the_timestamps_begin_anew() {
        let mut listener = KeyListener::default();
        let payload = press('3', 1).next().unwrap();
        assert_eq!(listener.note(3_000_000, &payload), Some('3'));
        assert_eq!(listener.note(1_000, &payload), Some('3'));
        assert_eq!(listener.note(1_000, &payload), None);
    }
}
