//! Passwords that are tried first: what is made of common words, the person, the house, keys in a row and years.
//!
//! A password is cut into what a guesser would take for one piece. Few pieces are soon tried, however many characters
//! they have.

use std::{collections::HashSet, sync::LazyLock};

/// One to a line, in small letters; made from what people are known to choose, here and elsewhere.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_words.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// Rows of keys, as a finger runs over them: QWERTY, then Kedmanee plain and with shift.
const ROWS: [&str; 13] = [
    "`1234567890-=",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "abcdefghijklmnopqrstuvwxyz",
    "ๅ/-ภถุึคตจขช",
    "ๆไำพะัีรนยบลฃ",
    "ฟหกดเ้่าสวง",
    "ผปแอิืทมใฝ",
    "+๑๒๓๔ู฿๕๖๗๘๙",
    "๐\"ฎฑธํ๊ณฯญฐ,ฅ",
    "ฤฆฏโฌ็๋ษศซ.",
    "๑๒๓๔๕๖๗๘๙๐",
];

/// Columns of keys, as a finger runs down.
const COLUMNS: [&str; 2] = [
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// The longest common word, characters.
const WORD_CHARS_MAX: usize = 28;

/// Fewer pieces are no password.
const PIECES_MIN: usize = 6;

/// The shortest run of keys or letters that is one piece.
const RUN_MIN: usize = 3;

/// The shortest part of a name that is looked for.
const NAME_CHARS_MIN: usize = 3;

/// Whether it is among those that are tried first.
pub(super) fn is_guessable(password: &str, about: &[&str]) -> bool {
    let plain: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    let plain = without_repetition(&plain);
    let about: Vec<Vec<char>> = about
        .iter()
        .flat_map(|text| text.split([' ', '.', '_', '-', '@']))
        .map(|part| part.chars().flat_map(char::to_lowercase).collect())
        .filter(|part: &Vec<char>| part.len() >= NAME_CHARS_MIN)
        .collect();
    let unmasked: Vec<char> = plain.iter().copied().map(unmasked).collect();
    pieces(plain, &about).min(pieces(&unmasked, &about)) < PIECES_MIN
}

/// `abcabcabc` is `abc`.
fn without_repetition(chars: &[char]) -> &[char] {
    let repeats =
        |n: &usize| chars.len() > *n && chars.iter().zip(&chars[*n..]).all(|(a, b)| a == b);
    match (1..=chars.len() / 2).find(repeats) {
        Some(n) => &chars[..n],
        None => chars,
    }
}

/// Signs that stand for letters: `p@ssw0rd`.
const fn unmasked(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn pieces(chars: &[char], about: &[Vec<char>]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < chars.len() {
        let rest = &chars[at..];
        at += longest_word(rest)
            .max(longest_name(rest, about))
            .max(same(rest))
            .max(run(rest))
            .max(year(rest))
            .max(1);
        count += 1;
    }
    count
}

fn longest_word(rest: &[char]) -> usize {
    let longest = rest.len().min(WORD_CHARS_MAX);
    let mut text: String = rest[..longest].iter().collect();
    for length in (RUN_MIN..=longest).rev() {
        if COMMON.contains(text.as_str()) {
            return length;
        }
        text.pop();
    }
    0
}

fn longest_name(rest: &[char], about: &[Vec<char>]) -> usize {
    let begins = about.iter().filter(|part| rest.starts_with(part));
    begins.map(Vec::len).max().unwrap_or(0)
}

/// `aaaa`.
fn same(rest: &[char]) -> usize {
    let length = rest.iter().take_while(|c| **c == rest[0]).count();
    if length >= RUN_MIN { length } else { 0 }
}

/// Keys side by side, either way.
fn run(rest: &[char]) -> usize {
    static RUNS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
        let forward = ROWS.iter().chain(&COLUMNS).map(|row| row.chars().collect());
        let forward: Vec<Vec<char>> = forward.collect();
        let backward = forward
            .iter()
            .map(|row| row.iter().rev().copied().collect());
        let backward: Vec<Vec<char>> = backward.collect();
        [forward, backward].concat()
    });
    let length = |row: &Vec<char>| {
        let begin = row.iter().position(|key| *key == rest[0])?;
        let along = row[begin..].iter().zip(rest);
        Some(along.take_while(|(key, c)| key == c).count())
    };
    let longest = RUNS.iter().filter_map(length).max().unwrap_or(0);
    if longest >= RUN_MIN { longest } else { 0 }
}

/// A year of either era.
fn year(rest: &[char]) -> usize {
    let digits: String = rest.iter().take(4).collect();
    let is_year = digits
        .parse::<u16>()
        .is_ok_and(|year| (1930..2040).contains(&year) || (2473..2583).contains(&year));
    if is_year { 4 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "123456789012",
            "Password1234!",
            "p@ssw0rdp@ssw0rd",
            "qwertyuiop[]",
            "1q2w3e4r5t6y",
            "1qaz2wsx3edc",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "ฟหกดเ้่าสวง",
            "ๆไำพะัีรนยบล",
            "สวัสดี123456",
            "รักนะ2569รักนะ",
            "rayong2569!!",
            "กระทรวงพาณิชย์2569",
            "kringkring2026",
            "sawasdee12345",
            "9876543210987",
        ] {
            assert!(is_guessable(password, &[]), "{password}");
        }
    }

    #[test]
    fn whose_it_is_is_no_secret() {
        let about = ["somsri.m", "สมศรี มีสุข"];
        assert!(is_guessable("somsri123456", &about));
        assert!(is_guessable("สมศรีมีสุข1234", &about));
        assert!(!is_guessable("somsri123456xkvu9", &about));
    }

    #[test]
    fn words_that_do_not_belong_together_pass() {
        for password in [
            "correct horse battery",
            "ช้างกินกล้วยบนดาวอังคาร",
            "tr7Kd02m-xvQ",
            "สามล้อ ใบชา กระดุม",
        ] {
            assert!(!is_guessable(password, &["malee", "มาลี ใจดี"]), "{password}");
        }
    }
}
