//! Any stream, cut anywhere: gives the same messages however it is cut, and keeps no more than it may.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz stream tests/fuzz/corpus/stream tests/torture/valid -- -max_total_time=600`

#![no_main]

use kring_sip::{FrameRefusal, StreamFramer, limits, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (step, bytes) = input;
    // Beyond this the pieces decide where the stream is too large.
    if bytes.len() > limits::MESSAGE_BYTES_MAX {
        return;
    }
    let whole = frames(bytes.chunks(bytes.len().max(1)));
    let pieces = frames(bytes.chunks(usize::from(step).max(1)));
    assert_eq!(whole, pieces);
});

fn frames<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Vec<Result<Vec<u8>, FrameRefusal>> {
    let mut framer = StreamFramer::new();
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        for frame in framer.by_ref() {
            if let Ok(bytes) = &frame {
                let _ = parse(bytes);
            }
            frames.push(
                frame
                    .map(|bytes| bytes.to_vec())
                    .map_err(|refused| refused.why),
            );
        }
        assert!(framer.waiting() <= limits::STREAM_BYTES_MAX);
    }
    frames
}
