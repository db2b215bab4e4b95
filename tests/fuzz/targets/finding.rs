//! Any text looked for in any text: nothing breaks, pieces are the text in order, and a part of a text is found
//! in it.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz finding tests/fuzz/corpus/finding -- -max_total_time=600`

#![no_main]

use kring_text::{Bearing, Book, Query, Synonyms, Texts, marked, search, shortened, snippet};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|texts: (&str, &str, &str)| {
    let (title, body, typed) = texts;
    let synonyms = Synonyms::of([[typed, title], [body, typed]]);
    let book = Book::of(
        (),
        &Texts {
            title,
            topics: typed,
            body,
        },
    );
    shortened(body, typed.len() % 50);
    let Some(query) = Query::read(typed, &synonyms) else {
        return;
    };
    let books = [Arc::new(book)];
    let hits = search(&books, &query, 5, |()| {
        Some(Bearing {
            last: false,
            favour: 1.0,
        })
    });
    assert!(hits.iter().all(|hit| hit.score.is_finite()));
    for most in [1, 20, 200] {
        snippet(body, &query, most);
    }
    marked(title, &query);
});
