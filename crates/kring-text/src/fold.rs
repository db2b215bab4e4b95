//! Thai text folded for comparing (product.md 11.2). The original is always kept for display.

/// `text` in the form in which two spellings of one word are equal: no zero-width characters, เเ
/// as แ, นิคหิต and า as ำ (also across a tone mark), a repeated mark once, a tone mark after the
/// vowel mark, Thai digits as ASCII, lower case, single spaces.
pub fn folded(text: &str) -> String {
    let folded = Folding::of(text).0;
    folded.into_iter().map(|(c, _)| c).collect()
}

/// Each character of the folded text, with the place in the original at which it begins.
pub(crate) fn folded_with_places(text: &str) -> Vec<(char, usize)> {
    Folding::of(text).0
}

/// A text while it is folded.
struct Folding(Vec<(char, usize)>);

impl Folding {
    fn of(text: &str) -> Folding {
        let mut out = Folding(Vec::with_capacity(text.len() / 2));
        for (at, c) in text.char_indices().filter(|(_, c)| !is_invisible(*c)) {
            for c in c.to_lowercase() {
                out.push(c, at);
            }
        }
        while out.last() == Some(' ') {
            out.0.pop();
        }
        out
    }

    fn push(&mut self, c: char, at: usize) {
        match (self.last(), c) {
            (Some('เ'), 'เ') => self.replace(1, &['แ']),
            (Some('\u{e4d}'), 'า') => self.replace(1, &['ำ']),
            (Some(tone), 'า') if is_tone(tone) && self.before_last() == Some('\u{e4d}') => {
                self.replace(2, &[tone, 'ำ']);
            }
            (Some(tone), mark) if is_tone(tone) && is_vowel_mark(mark) => {
                self.replace(1, &[mark, tone]);
            }
            (Some(last), mark) if last == mark && (is_tone(mark) || is_vowel_mark(mark)) => {}
            (_, digit @ '๐'..='๙') => {
                let digit = char::from_digit(digit as u32 - '๐' as u32, 10);
                self.0.extend(digit.map(|digit| (digit, at)));
            }
            (None | Some(' '), space) if space.is_whitespace() => {}
            (_, space) if space.is_whitespace() => self.0.push((' ', at)),
            (_, other) => self.0.push((other, at)),
        }
    }

    /// The last characters become others, from the place where the first of them began.
    fn replace(&mut self, chars: usize, by: &[char]) {
        let from = self.0.len() - chars;
        let at = self.0[from].1;
        self.0.truncate(from);
        self.0.extend(by.iter().map(|c| (*c, at)));
    }

    fn last(&self) -> Option<char> {
        self.0.last().map(|(c, _)| *c)
    }

    fn before_last(&self) -> Option<char> {
        self.0.iter().rev().nth(1).map(|(c, _)| *c)
    }
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
    fn each_character_knows_where_it_was() {
        let text = "น\u{e4d}\u{e49}า  ๗";
        let places = super::folded_with_places(text);
        let folded: String = places.iter().map(|(c, _)| *c).collect();
        assert_eq!(folded, "น\u{e49}ำ 7");
        let places: Vec<usize> = places.into_iter().map(|(_, at)| at).collect();
        assert_eq!(places, [0, 3, 3, 12, 14]);
    }

    #[test]
    fn different_words_stay_different() {
        assert_ne!(folded("ปา"), folded("ป่า"));
        assert_ne!(folded("เก"), folded("แก"));
        assert_ne!(folded("ผม"), folded("ผ\u{e4c}ม"));
    }
}
