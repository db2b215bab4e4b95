//! Any story of messages, orders, phones, lost connections and time, told to one endpoint: it never
//! panics, never wants to be woken in the past, sends nothing to whom nobody has named, and lets go of
//! everything when all is over.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz endpoint tests/fuzz/corpus/endpoint -- -max_total_time=600 -max_len=4096`

#![no_main]

#[path = "../../../crates/kring-sip/tests/endpoint/noise/mod.rs"]
mod noise;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|story: &[u8]| {
    noise::play(story);
});
