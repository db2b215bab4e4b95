//! Numbers as they are said, against writers that work in another way.

use kring_media::{Clip, Language, Particle, Sentence, number, position, waiting_time};
use proptest::prelude::*;
use std::{collections::BTreeSet, time::Duration};

/// The words, run together as Thai is written.
fn thai(n: u32) -> String {
    number(n, Language::Thai)
        .iter()
        .map(|clip| clip.text())
        .collect()
}

fn english(n: u32) -> String {
    spaced(&number(n, Language::English))
}

fn spaced(clips: &[Clip]) -> String {
    let words: Vec<&str> = clips.iter().map(|clip| clip.text()).collect();
    words.join(" ")
}

/// Every digit with its place, and then the rules as replacements in the text.
fn thai_by_replacement(n: u32) -> String {
    const DIGITS: [&str; 10] = [
        "",
        "หนึ่ง",
        "สอง",
        "สาม",
        "สี่",
        "ห้า",
        "หก",
        "เจ็ด",
        "แปด",
        "เก้า",
    ];
    const PLACES: [&str; 7] = ["", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน", "ล้าน"];
    if n == 0 {
        return "ศูนย์".into();
    }
    let digits: Vec<usize> = n
        .to_string()
        .bytes()
        .map(|b| usize::from(b - b'0'))
        .collect();
    let mut text = String::new();
    for (at, digit) in digits.iter().enumerate() {
        if *digit > 0 {
            text += DIGITS[*digit];
            text += PLACES[digits.len() - 1 - at];
        }
    }
    text = text.replace("หนึ่งสิบ", "สิบ").replace("สองสิบ", "ยี่สิบ");
    match text.strip_suffix("หนึ่ง") {
        Some(before) if !before.is_empty() => format!("{before}เอ็ด"),
        _ => text,
    }
}

/// By recursion from the largest part down.
fn english_by_recursion(n: u32) -> String {
    const SMALL: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen \
         fourteen fifteen sixteen seventeen eighteen nineteen";
    const TENS: &str = "- - twenty thirty forty fifty sixty seventy eighty ninety";
    let word = |list: &str, at: u32| {
        list.split_whitespace()
            .nth(at as usize)
            .unwrap_or("?")
            .to_owned()
    };
    let joined = |head: String, rest: u32, link: &str| match rest {
        0 => head,
        _ => format!("{head}{link}{}", english_by_recursion(rest)),
    };
    let link = |rest: u32| if rest < 100 { " and " } else { " " };
    match n {
        0..20 => word(SMALL, n),
        20..100 => joined(word(TENS, n / 10), n % 10, " "),
        100..1_000 => joined(
            format!("{} hundred", word(SMALL, n / 100)),
            n % 100,
            " and ",
        ),
        1_000..1_000_000 => {
            let head = format!("{} thousand", english_by_recursion(n / 1_000));
            joined(head, n % 1_000, link(n % 1_000))
        }
        _ => {
            let head = format!("{} million", english_by_recursion(n / 1_000_000));
            joined(head, n % 1_000_000, link(n % 1_000_000))
        }
    }
}

#[test]
fn thai_numbers_follow_the_rules_of_one_and_two() {
    let said = [
        (0, "ศูนย์"),
        (1, "หนึ่ง"),
        (10, "สิบ"),
        (11, "สิบเอ็ด"),
        (20, "ยี่สิบ"),
        (21, "ยี่สิบเอ็ด"),
        (22, "ยี่สิบสอง"),
        (101, "หนึ่งร้อยเอ็ด"),
        (110, "หนึ่งร้อยสิบ"),
        (2_001, "สองพันเอ็ด"),
        (12_345, "หนึ่งหมื่นสองพันสามร้อยสี่สิบห้า"),
        (9_999_999, "เก้าล้านเก้าแสนเก้าหมื่นเก้าพันเก้าร้อยเก้าสิบเก้า"),
    ];
    for (n, text) in said {
        assert_eq!(thai(n), text, "{n}");
    }
}

#[test]
fn english_numbers_have_their_and() {
    let said = [
        (0, "zero"),
        (13, "thirteen"),
        (21, "twenty one"),
        (105, "one hundred and five"),
        (2_005, "two thousand and five"),
        (1_000_000, "one million"),
        (
            1_234_567,
            "one million two hundred and thirty four thousand five hundred and sixty seven",
        ),
    ];
    for (n, text) in said {
        assert_eq!(english(n), text, "{n}");
    }
}

#[test]
fn every_small_number_is_said_as_it_is_written() {
    for n in 0..=3_000 {
        assert_eq!(thai(n), thai_by_replacement(n), "{n}");
        assert_eq!(english(n), english_by_recursion(n), "{n}");
    }
}

#[test]
fn what_is_larger_than_the_largest_is_said_as_that() {
    assert_eq!(
        number(u32::MAX, Language::Thai),
        number(9_999_999, Language::Thai)
    );
}

#[test]
fn a_position_is_a_whole_sentence() {
    let thai: String = position(21, Language::Thai, Particle::Ka)
        .iter()
        .map(|c| c.text())
        .collect();
    assert_eq!(thai, "ขณะนี้ท่านอยู่ในลำดับที่ยี่สิบเอ็ดค่ะ");
    let english = position(3, Language::English, Particle::Ka);
    assert_eq!(spaced(&english), "You are now number three");
}

#[test]
fn waiting_times_are_rounded_up_and_never_too_exact() {
    let said = |seconds| {
        spaced(&waiting_time(
            Duration::from_secs(seconds),
            Language::English,
            Particle::Krap,
        ))
    };
    let about = |text: &str| format!("Your expected waiting time is about {text}");
    assert_eq!(
        said(0),
        Sentence::WaitIsShort.clip(Language::English).text()
    );
    assert_eq!(said(59), said(0));
    assert_eq!(said(60), about("one minute"));
    assert_eq!(said(61), about("two minutes"));
    assert_eq!(said(600), about("ten minutes"));
    assert_eq!(said(601), about("fifteen minutes"));
    assert_eq!(said(3_600), about("sixty minutes"));
    assert_eq!(
        said(3_601),
        Sentence::WaitIsLong.clip(Language::English).text()
    );
    assert_eq!(said(u64::MAX), said(3_601));
    let thai: String = waiting_time(Duration::from_secs(90), Language::Thai, Particle::Krap)
        .iter()
        .map(|clip| clip.text())
        .collect();
    assert_eq!(thai, "ระยะเวลารอสายประมาณสองนาทีครับ");
}

#[test]
fn every_recording_has_a_file_of_its_own() {
    let files: BTreeSet<&str> = Clip::all().map(Clip::file).collect();
    assert_eq!(files.len(), Clip::all().count());
    assert!(files.iter().all(|file| file.strip_suffix(".wav").is_some()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_number_is_said_as_it_is_written(n in 0..=9_999_999_u32) {
        prop_assert_eq!(thai(n), thai_by_replacement(n));
        prop_assert_eq!(english(n), english_by_recursion(n));
    }
}
