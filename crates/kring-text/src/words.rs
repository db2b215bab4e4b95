//! Where the words of a text are. Thai puts no spaces between them: they are found by a dictionary.
//!
//! ICU4X has a neural model for Thai, too. It takes 160 times as long, and cuts the words of the ministry
//! worse: it makes อิเล็ก|ทรอนิกส์ of one word, and one of จด|ทะเบียน in one text and two in another.

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};
use std::{ops::Range, sync::OnceLock};

fn segmenter() -> &'static WordSegmenterBorrowed<'static> {
    static SEGMENTER: OnceLock<WordSegmenterBorrowed<'static>> = OnceLock::new();
    let new = || WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    SEGMENTER.get_or_init(new)
}

/// The places between the words of a text, with its beginning and its end.
pub(crate) fn cuts(text: &str) -> Vec<usize> {
    if text.is_empty() {
        return Vec::new();
    }
    segmenter().segment_str(text).collect()
}

/// The words of a text, without what lies between them.
pub fn words(text: &str) -> Vec<Range<usize>> {
    let cuts = cuts(text);
    let between = cuts.windows(2).map(|pair| pair[0]..pair[1]);
    between
        .filter(|range| text[range.clone()].contains(char::is_alphanumeric))
        .collect()
}

/// Words that everybody uses, whatever they ask.
const LITTLE: &str = "ที่ ของ และ หรือ ใน ได้ ให้ เป็น มี จะ ไหม มั้ย อย่างไร ยังไง อย่าง ไร ยัง ไง ครับ ค่ะ คะ \
    ต้อง การ ความ กับ จาก โดย ว่า ไป มา แล้ว อยู่ คือ เพื่อ ขอ ทำ อยาก ถ้า นี้ นั้น อะไร เรื่อง ไม่ ใช้ เมื่อ กี่ \
    วัน ไหน สอบถาม ถาม รู้ ทราบ the a an of for and to in on how what is do i my can or with about";

/// Whether a folded word says little by itself.
pub(crate) fn says_little(word: &str) -> bool {
    LITTLE.split(' ').any(|little| little == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn thai_is_cut_by_the_dictionary() {
        assert_eq!(
            cut("การจดทะเบียนพาณิชย์อิเล็กทรอนิกส์"),
            ["การ", "จด", "ทะเบียน", "พาณิชย์", "อิเล็กทรอนิกส์"]
        );
        assert_eq!(cut("e-Form D, 1203"), ["e", "Form", "D", "1203"]);
        assert_eq!(cut(" "), [""; 0]);
    }
}
