//! Any address: what it says survives being written, and its name can hold anything.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz name_addr tests/fuzz/corpus/name_addr -- -max_total_time=600`

#![no_main]

use kring_sip::{NameAddr, limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (text, name) = input;
    let Ok(mut address) = text.parse::<NameAddr>() else {
        return;
    };
    let again: NameAddr = address
        .to_string()
        .parse()
        .expect("what was read and written reads again");
    assert_eq!(again, address);
    // The tag needs room beside what the peer sent.
    let room = address.params.len() < limits::PARAMS_MAX;
    if room && !name.is_empty() && !name.contains(['\r', '\n']) {
        address.display = Some(name.into());
        address.set_tag("kring");
        let named: NameAddr = address.to_string().parse().expect("any name can be quoted");
        assert_eq!(named, address);
    }
});
