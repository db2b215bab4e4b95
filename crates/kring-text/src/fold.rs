//! Thai text folded for comparing (product.md 11.2). The original is always kept for display.

/// `text` in the form in which two spellings of one word are equal: no zero-width characters, เเ
/// as แ, นิคหิต and า as ำ (also across a tone mark), a repeated mark once, a tone mark after the
/// vowel mark, Thai digits as ASCII, lower case, single spaces.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text
        .chars()
        .filter(|c| !is_invisible(*c))
        .flat_map(char::to_lowercase)
    {
        let last = out.chars().next_back();
        match (last, c) {
            (Some('เ'), 'เ') => replace_last(&mut out, 1, "แ"),
            (Some('\u{e4d}'), 'า') => replace_last(&mut out, 1, "ำ"),
            (Some(tone), 'า') if is_tone(tone) && before_last(&out) == Some('\u{e4d}') => {
                replace_last(&mut out, 2, &format!("{tone}ำ"));
            }
            (Some(tone), mark) if is_tone(tone) && is_vowel_mark(mark) => {
                replace_last(&mut out, 1, &format!("{mark}{tone}"));
            }
            (Some(last), mark) if last == mark && (is_tone(mark) || is_vowel_mark(mark)) => {}
            (_, digit @ '๐'..='๙') => {
                out.extend(char::from_digit(digit as u32 - '๐' as u32, 10));
            }
            (None | Some(' '), space) if space.is_whitespace() => {}
            (_, space) if space.is_whitespace() => out.push(' '),
            (_, other) => out.push(other),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn replace_last(out: &mut String, chars: usize, by: &str) {
    for _ in 0..chars {
        out.pop();
    }
    out.push_str(by);
}

fn before_last(out: &str) -> Option<char> {
    out.chars().rev().nth(1)
}

/// Zero-width characters and soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}

/// ่ ้ ๊ ๋
fn is_tone(c: char) -> bool {
    matches!(c, '\u{e48}'..='\u{e4b}')
}

/// ั ิ ี ึ ื ุ ู ็ ์ and นิคหิต
fn is_vowel_mark(c: char) -> bool {
    matches!(
        c,
        '\u{e31}' | '\u{e34}'..='\u{e39}' | '\u{e47}' | '\u{e4c}' | '\u{e4d}'
    )
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn spellings_of_one_word_fold_to_one() {
        for (one, other) in [
            ("เเม่น้ำ", "แม่น้ำ"),
            ("น\u{e4d}\u{e49}า", "น้ำ"),
            ("น\u{e49}\u{e4d}า", "น้ำ"),
            ("ทํา", "ทำ"),
            ("ก\u{e48}ี", "กี่"),
            ("ก้้าน", "ก้าน"),
            ("สม\u{200b}ชาย", "สมชาย"),
            ("ร้าน ๗๗", "ร้าน 77"),
            ("  ABC   Co ", "abc co"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
    }

    #[test]
    fn different_words_stay_different() {
        assert_ne!(folded("ปา"), folded("ป่า"));
        assert_ne!(folded("เก"), folded("แก"));
        assert_ne!(folded("ผม"), folded("ผ\u{e4c}ม"));
    }
}
