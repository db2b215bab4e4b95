//! The words of a telling: counts, lengths and parties, each in both languages.

use crate::{AgentId, Refusal};

/// The same in Thai and in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Both {
    pub(super) th: String,
    pub(super) en: String,
}

impl Both {
    /// Goes on with `next`, after a space in Thai, which has no comma, and after `between` in English.
    pub(super) fn then(&self, between: &str, next: &Both) -> Both {
        Both {
            th: format!("{} {}", self.th, next.th),
            en: format!("{}{between}{}", self.en, next.en),
        }
    }
}

pub(super) fn both(th: &str, en: &str) -> Both {
    Both {
        th: th.to_owned(),
        en: en.to_owned(),
    }
}

/// ๐ to ๙ for 0 to 9.
pub(super) fn thai_digits(text: &str) -> String {
    let thai = |letter: char| match letter.to_digit(10) {
        Some(digit) => {
            char::from_u32(u32::from('๐') + digit).expect("Thai digits are ten in a row")
        }
        None => letter,
    };
    text.chars().map(thai).collect()
}

/// How often it rang.
pub(super) fn many_times(rings: u8) -> Both {
    let en = match rings {
        0 => "Did not ring".to_owned(),
        1 => "Rang once".to_owned(),
        2 => "Rang twice".to_owned(),
        3 => "Rang three times".to_owned(),
        more => format!("Rang {more} times"),
    };
    let th = match rings {
        0 => "ไม่ได้ดัง".to_owned(),
        some => format!("ดัง {} ครั้ง", thai_digits(&some.to_string())),
    };
    Both { th, en }
}

/// Seconds with one decimal, cut and not rounded: 14.99 s are not yet 15.
pub(super) fn seconds(ms: u64) -> Both {
    let seconds = format!("{}.{}", ms / 1_000, ms % 1_000 / 100);
    both(
        &format!("{} วินาที", thai_digits(&seconds)),
        &format!("{seconds} s"),
    )
}

pub(super) fn milliseconds(ms: u64) -> Both {
    both(
        &format!("{} มิลลิวินาที", thai_digits(&ms.to_string())),
        &format!("{ms} ms"),
    )
}

/// Minutes and seconds.
pub(super) fn length(ms: u64) -> Both {
    let (minutes, rest) = (ms / 60_000, ms / 1_000 % 60);
    let (th_minutes, th_rest) = (
        thai_digits(&minutes.to_string()),
        thai_digits(&rest.to_string()),
    );
    match minutes {
        0 => both(&format!("{th_rest} วินาที"), &format!("{rest} s")),
        _ => both(
            &format!("{th_minutes} นาที {th_rest} วินาที"),
            &format!("{minutes} min {rest} s"),
        ),
    }
}

/// An extension by its number, as it stands on the phone; any other device by its agent.
pub(super) fn party(agent: &AgentId, device: &str) -> Both {
    let extension = device
        .strip_prefix("pbx:")
        .or_else(|| device.strip_prefix("phone:"))
        .filter(|user| !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_digit()));
    match extension {
        Some(number) => both(&format!("เบอร์ {number}"), &format!("extension {number}")),
        None => both(agent.as_str(), agent.as_str()),
    }
}

/// Why no agent had answered.
pub(super) fn why_nobody(why: Refusal) -> Both {
    match why {
        Refusal::Deadline => both("ไม่มีเจ้าหน้าที่รับ", "nobody answered"),
        Refusal::Unstaffed => both("ไม่มีเจ้าหน้าที่เข้าเวร", "nobody was signed in"),
        Refusal::QueueFull => both("คิวเต็ม", "the queue was full"),
        Refusal::Closed => both("นอกเวลาทำการ", "it was outside of the opening hours"),
    }
}
