//! Any URI: is written as it was read, equals itself, and its accessors agree with it.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz uri tests/fuzz/corpus/uri -- -max_total_time=600`

#![no_main]

use kring_sip::Uri;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(uri) = text.parse::<Uri>() else {
        return;
    };
    let written = uri.to_string();
    let again: Uri = written
        .parse()
        .expect("what was read and written reads again");
    assert_eq!(again, uri);
    assert_eq!(again.to_string(), written);
    assert_eq!(again.user(), uri.user());
    assert_eq!(again.port(), uri.port());
    let mut own = uri.clone();
    own.set_user(uri.user_decoded().as_deref());
    own.clear_headers();
    for (name, value) in uri.headers() {
        own.push_header(&name, &value);
    }
    let headers: Vec<_> = uri.headers().collect();
    assert_eq!(own.headers().collect::<Vec<_>>(), headers);
    own.to_string()
        .parse::<Uri>()
        .expect("what we escape reads");
});
