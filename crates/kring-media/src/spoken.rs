//! Numbers as people say them: which recordings, in which order. Thai has its own rules for the one and the
//! two of the tens (ยี่สิบเอ็ด), English for `and`.

use crate::clip::{Clip, EnglishWord, Language, Particle, Sentence, ThaiWord};
use std::time::Duration;

/// The largest number that is said; a larger one is said as this.
const NUMBER_MAX: u32 = 9_999_999;

/// A number up to 9,999,999.
pub fn number(n: u32, language: Language) -> Vec<Clip> {
    let mut clips = Vec::new();
    let n = n.min(NUMBER_MAX);
    match language {
        Language::Thai => thai(n, &mut clips),
        Language::English => english(n, &mut clips),
    }
    clips
}

/// The place in the queue; the next to be served is 1.
pub fn position(place: u32, language: Language, particle: Particle) -> Vec<Clip> {
    let mut clips = vec![Sentence::PositionIs.clip(language)];
    clips.extend(number(place, language));
    clips.extend(particle.clip(language));
    clips
}

/// How long one will wait, as exactly as it can be known: up to ten minutes by the minute, then in fives,
/// both rounded up, since waiting longer than was said is worse than less long.
pub fn waiting_time(wait: Duration, language: Language, particle: Particle) -> Vec<Clip> {
    let minutes = wait.as_secs().div_ceil(60);
    let minutes = match minutes {
        0..=10 => minutes as u32,
        11..=60 => (minutes as u32).next_multiple_of(5),
        _ => return Sentence::WaitIsLong.said(language, particle),
    };
    if wait < Duration::from_secs(60) {
        return Sentence::WaitIsShort.said(language, particle);
    }
    let mut clips = vec![Sentence::WaitIsAbout.clip(language)];
    clips.extend(number(minutes, language));
    clips.push(match (language, minutes) {
        (Language::Thai, _) => Clip::Thai(ThaiWord::Minutes),
        (Language::English, 1) => Clip::English(EnglishWord::Minute),
        (Language::English, _) => Clip::English(EnglishWord::Minutes),
    });
    clips.extend(particle.clip(language));
    clips
}

fn thai(n: u32, clips: &mut Vec<Clip>) {
    use ThaiWord::{Et, Hundred, HundredThousand, Million, Ten, TenThousand, Thousand, Yi, Zero};
    const PLACES: [(u32, ThaiWord); 5] = [
        (1_000_000, Million),
        (100_000, HundredThousand),
        (10_000, TenThousand),
        (1_000, Thousand),
        (100, Hundred),
    ];
    let mut say = |word| clips.push(Clip::Thai(word));
    if n == 0 {
        say(Zero);
    }
    for (place, word) in PLACES {
        let digit = n / place % 10;
        if digit > 0 {
            say(thai_digit(digit));
            say(word);
        }
    }
    match n / 10 % 10 {
        0 => {}
        1 => say(Ten),
        2 => {
            say(Yi);
            say(Ten);
        }
        tens => {
            say(thai_digit(tens));
            say(Ten);
        }
    }
    match n % 10 {
        0 => {}
        // After anything, the last one is เอ็ด: สิบเอ็ด, หนึ่งร้อยเอ็ด.
        1 if n > 10 => say(Et),
        ones => say(thai_digit(ones)),
    }
}

fn thai_digit(digit: u32) -> ThaiWord {
    ThaiWord::ALL[digit as usize]
}

fn english(n: u32, clips: &mut Vec<Clip>) {
    let mut said = false;
    for (place, word) in [
        (1_000_000, EnglishWord::Million),
        (1_000, EnglishWord::Thousand),
    ] {
        let many = n / place % 1_000;
        if many > 0 {
            english_hundreds(many, clips);
            clips.push(Clip::English(word));
            said = true;
        }
    }
    let rest = n % 1_000;
    // Two thousand and five; two thousand one hundred and five.
    if said && (1..100).contains(&rest) {
        clips.push(Clip::English(EnglishWord::And));
    }
    if rest > 0 || !said {
        english_hundreds(rest, clips);
    }
}

/// Below 1,000.
fn english_hundreds(n: u32, clips: &mut Vec<Clip>) {
    let mut say = |word| clips.push(Clip::English(word));
    let (hundreds, rest) = (n / 100, n % 100);
    if hundreds > 0 {
        say(EnglishWord::ALL[hundreds as usize]);
        say(EnglishWord::Hundred);
        if rest > 0 {
            say(EnglishWord::And);
        }
    }
    match rest {
        0 if hundreds > 0 => {}
        0..20 => say(EnglishWord::ALL[rest as usize]),
        _ => {
            say(EnglishWord::ALL[20 + (rest / 10 - 2) as usize]);
            if rest % 10 > 0 {
                say(EnglishWord::ALL[(rest % 10) as usize]);
            }
        }
    }
}
