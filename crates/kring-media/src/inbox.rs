//! What was heard of one side and is to be mixed: a short buffer that makes one steady line of packets that
//! come early, late, twice, in any order and of any length.
//!
//! Samples lie by their timestamps, which count 8 kHz in every coding that is mixed. What should sound now
//! and has not come is bridged for a frame by what sounded last, fading, and is silence then.

use crate::{
    coding::FRAME,
    limits::{MIX_AHEAD_MAX, MIX_PACKET_MAX},
};

/// How far behind its coming a packet is heard when the line begins: two frames, which bridge what a
/// network shakes without being noticed in talk.
const DELAY: u32 = 2 * FRAME as u32;

/// Places for samples. A power of two, so that timestamps find theirs over their own wrap.
const PLACES: usize = 2_048;

/// Over so many frames it is watched how much is never needed: a second.
const WATCH: u8 = 50;

/// The buffer of one side.
#[derive(Clone, Debug)]
pub(crate) struct Inbox {
    places: Box<[Option<i16>; PLACES]>,
    line: Option<Line>,
    /// The frame that was taken last.
    last: [i16; FRAME],
}

/// One row of timestamps.
#[derive(Clone, Copy, Debug)]
struct Line {
    ssrc: u32,
    /// The timestamp that sounds next.
    next: u32,
    /// The timestamp after the newest sample.
    end: u32,
    /// The least that was ahead in this watch.
    least: i32,
    watched: u8,
    /// Frames in a row of which nothing came.
    dry: u8,
}

impl Default for Inbox {
    fn default() -> Inbox {
        Inbox {
            places: Box::new([None; PLACES]),
            line: None,
            last: [0; FRAME],
        }
    }
}

impl Inbox {
    /// A packet's samples, which begin at `timestamp`.
    pub(crate) fn put(
        &mut self,
        ssrc: u32,
        timestamp: u32,
        samples: impl ExactSizeIterator<Item = i16>,
    ) {
        let length = samples.len();
        if length > MIX_PACKET_MAX {
            return;
        }
        let end = timestamp.wrapping_add(length as u32);
        let mut line = match self.line {
            Some(line) if line.ssrc == ssrc && !line.is_lost_by(timestamp) => line,
            _ => self.begin(ssrc, timestamp),
        };
        let ahead = after(end, line.next);
        if ahead > MIX_AHEAD_MAX as i32 {
            // Back to the usual delay, whatever has to go for that.
            let spare = ahead - (DELAY as i32 + length as i32);
            if spare as usize >= PLACES {
                line = self.begin(ssrc, timestamp);
            } else {
                self.drop_oldest(&mut line, spare as u32);
            }
        }
        for (n, sample) in samples.enumerate() {
            let at = timestamp.wrapping_add(n as u32);
            if after(at, line.next) >= 0 {
                self.places[at as usize % PLACES] = Some(sample);
            }
        }
        if after(end, line.end) > 0 {
            line.end = end;
        }
        self.line = Some(line);
    }

    /// The next frame of the line.
    pub(crate) fn take(&mut self) -> [i16; FRAME] {
        let mut frame = [0; FRAME];
        let Some(mut line) = self.line else {
            return frame;
        };
        self.shorten(&mut line);
        let mut came = false;
        for (n, sample) in frame.iter_mut().enumerate() {
            let at = line.next.wrapping_add(n as u32);
            *sample = match self.places[at as usize % PLACES].take() {
                Some(sample) => {
                    came = true;
                    sample
                }
                None => fading(self.last[n], n),
            };
        }
        line.next = line.next.wrapping_add(FRAME as u32);
        line.dry = if came { 0 } else { line.dry + 1 };
        self.last = if came { frame } else { [0; FRAME] };
        // Who has been silent for long begins anew: timestamps of another hour say nothing of this one.
        self.line = (line.dry < WATCH).then_some(line);
        frame
    }

    /// What was never needed for a second is delay without use.
    fn shorten(&mut self, line: &mut Line) {
        line.least = line.least.min(after(line.end, line.next));
        line.watched += 1;
        if line.watched == WATCH {
            let is_spare = line.least > (DELAY as i32) + 2 * FRAME as i32;
            if is_spare {
                self.drop_oldest(line, FRAME as u32);
            }
            (line.least, line.watched) = (i32::MAX, 0);
        }
    }

    fn begin(&mut self, ssrc: u32, timestamp: u32) -> Line {
        self.places.fill(None);
        Line {
            ssrc,
            next: timestamp.wrapping_sub(DELAY),
            end: timestamp,
            least: i32::MAX,
            watched: 0,
            dry: 0,
        }
    }

    fn drop_oldest(&mut self, line: &mut Line, samples: u32) {
        for n in 0..samples {
            let at = line.next.wrapping_add(n);
            self.places[at as usize % PLACES] = None;
        }
        line.next = line.next.wrapping_add(samples);
    }
}

impl Line {
    /// This packet comes too late, and so will all that follow: nothing is left to sound before it.
    fn is_lost_by(self, timestamp: u32) -> bool {
        after(timestamp, self.next) < 0 && after(self.end, self.next) <= 0
    }
}

/// By how much one timestamp is later than another, over their wrap.
fn after(one: u32, other: u32) -> i32 {
    one.wrapping_sub(other) as i32
}

/// What bridges a missing sample: the one of the frame before, down to nothing at the frame's end.
fn fading(last: i16, n: usize) -> i16 {
    (i32::from(last) * (FRAME - n) as i32 / FRAME as i32) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample that tells its timestamp.
    fn at(timestamp: u32) -> i16 {
        (timestamp % 30_000) as i16 + 1
    }

    fn put(inbox: &mut Inbox, timestamp: u32, length: u32) {
        let samples: Vec<i16> = (0..length).map(|n| at(timestamp.wrapping_add(n))).collect();
        inbox.put(7, timestamp, samples.into_iter());
    }

    fn frame(timestamp: u32) -> Vec<i16> {
        (0..FRAME as u32).map(|n| at(timestamp + n)).collect()
    }

    /// 10, 20, 30, 40 and 60 ms: after the delay every sample sounds once, in order, and none is missing.
    #[test]
    fn packets_of_any_length_make_one_line() {
        for length in [80_u32, 160, 240, 320, 480] {
            let mut inbox = Inbox::default();
            let (mut sent, mut heard) = (0, Vec::new());
            for tick in 0..200 {
                while sent <= tick * 160 {
                    put(&mut inbox, 4_000_000_000 + sent, length);
                    sent += length;
                }
                heard.extend(inbox.take());
            }
            assert_eq!(heard[..DELAY as usize], [0; DELAY as usize], "{length}");
            let mut expected = (0..).map(|n| at(4_000_000_000_u32.wrapping_add(n)));
            let heard = &heard[DELAY as usize..];
            assert!(
                heard.iter().all(|sample| Some(*sample) == expected.next()),
                "{length}"
            );
        }
    }

    #[test]
    fn order_repetition_and_the_wrap_of_timestamps_do_not_matter() {
        let mut inbox = Inbox::default();
        let first = u32::MAX - 200;
        for n in [0, 2, 1, 1, 3, 0] {
            put(&mut inbox, first.wrapping_add(n * 160), 160);
        }
        let heard: Vec<i16> = (0..6).flat_map(|_| inbox.take()).collect();
        let expected = (0..640).map(|n| at(first.wrapping_add(n)));
        assert!(heard[320..].iter().copied().eq(expected));
    }

    #[test]
    fn a_missing_frame_fades_once_and_is_silence_then() {
        let mut inbox = Inbox::default();
        inbox.put(7, 0, [10_000; 160].into_iter());
        inbox.take();
        inbox.take();
        assert_eq!(inbox.take(), [10_000; 160]);
        let bridged = inbox.take();
        assert_eq!(bridged[0], 10_000);
        assert!(bridged.windows(2).all(|two| two[0] > two[1]));
        assert!(bridged[159] < 100);
        assert_eq!(inbox.take(), [0; 160]);
    }

    /// Whoever sends faster than kring's clock, or all at once, is heard late by 160 ms at most.
    #[test]
    fn what_is_too_much_is_dropped_from_its_oldest_end() {
        let mut inbox = Inbox::default();
        for n in 0..20 {
            put(&mut inbox, n * 160, 160);
            let line = inbox.line.unwrap();
            assert!(after(line.end, line.next) <= MIX_AHEAD_MAX as i32);
        }
        let waiting = (0..40).map(|_| inbox.take()).filter(|frame| frame[80] != 0);
        assert!(waiting.count() <= MIX_AHEAD_MAX / FRAME);
        assert!(inbox.places.iter().all(Option::is_none), "nothing is left");
    }

    /// From the hundredth frame on the sender is 80 ms ahead: the delay grows by that, and is gone soon.
    #[test]
    fn a_longer_delay_than_is_needed_shrinks() {
        let mut inbox = Inbox::default();
        let mut sent = 0;
        let mut longest = 0;
        for tick in 0..600_u32 {
            let wanted = if tick < 100 { tick } else { tick + 4 };
            while sent <= wanted {
                put(&mut inbox, sent * 160, 160);
                sent += 1;
            }
            let line = inbox.line.unwrap();
            longest = longest.max(after(line.end, line.next));
            inbox.take();
        }
        let line = inbox.line.unwrap();
        let ahead = after(line.end, line.next);
        assert_eq!(longest, 7 * 160, "the delay, this frame and 80 ms");
        assert!(ahead <= 4 * 160, "{ahead} samples");
    }

    #[test]
    fn a_late_line_is_heard_on_with_a_new_delay() {
        let mut inbox = Inbox::default();
        put(&mut inbox, 0, 160);
        for _ in 0..10 {
            inbox.take();
        }
        // Its clock stood still meanwhile.
        put(&mut inbox, 160, 160);
        inbox.take();
        inbox.take();
        assert_eq!(inbox.take()[..], frame(160));
    }

    #[test]
    fn another_source_begins_its_own_line() {
        let mut inbox = Inbox::default();
        put(&mut inbox, 0, 160);
        inbox.put(8, 900_000, [5_000; 160].into_iter());
        inbox.take();
        inbox.take();
        assert_eq!(inbox.take(), [5_000; 160]);
        // A jump within one source, and an hour of nothing.
        inbox.put(8, 5_000_000, [6_000; 160].into_iter());
        inbox.take();
        inbox.take();
        assert_eq!(inbox.take(), [6_000; 160]);
        for _ in 0..180_000 {
            inbox.take();
        }
        assert!(inbox.line.is_none());
        inbox.put(8, 1, [7_000; 160].into_iter());
        inbox.take();
        inbox.take();
        assert_eq!(inbox.take(), [7_000; 160]);
    }

    #[test]
    fn a_packet_of_no_telephone_is_not_taken() {
        let mut inbox = Inbox::default();
        put(&mut inbox, 0, MIX_PACKET_MAX as u32 + 1);
        assert!(inbox.line.is_none());
    }
}
