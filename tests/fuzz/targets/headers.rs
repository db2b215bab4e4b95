//! Any value of a typed header: what it says survives being written. The first byte chooses the header.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz headers tests/fuzz/corpus/headers -- -max_total_time=600`

#![no_main]

use kring_sip::{
    HeaderName, Headers,
    header::{Contact, RAck, Reason, ReferTo, Replaces, RouteSet, SessionExpires, Via},
};
use libfuzzer_sys::fuzz_target;
use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    match which % 8 {
        0 => survives::<Via>(text),
        1 => survives::<Contact>(text),
        2 => routes(text),
        3 => survives::<ReferTo>(text),
        4 => survives::<Replaces>(text),
        5 => survives::<SessionExpires>(text),
        6 => survives::<RAck>(text),
        _ => survives::<Reason>(text),
    }
});

fn survives<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let again: T = value
            .to_string()
            .parse()
            .expect("what was read and written reads again");
        assert_eq!(again, value);
    }
}

fn routes(text: &str) {
    let mut headers = Headers::new();
    headers.push(HeaderName::RecordRoute, text);
    let Ok(set) = RouteSet::of_uas(&headers) else {
        return;
    };
    let target = "sip:1203@192.0.2.20".parse().expect("a valid URI");
    let mut request = Headers::new();
    set.apply(&target, &mut request);
    assert!(request.routes().all(|route| route.is_ok()));
    assert_eq!(request.routes().count(), set.routes().len());
}
