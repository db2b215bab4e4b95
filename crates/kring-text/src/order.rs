//! The order of names in a list: CLDR Thai, never that of bytes (product.md 11.4).
//!
//! Both databases keep the key that is made here and compare nothing but its bytes, so that a page is the same
//! on either.

use crate::folded;
use icu_collator::{
    CollatorBorrowed,
    options::{CollatorOptions, Strength},
};
use std::sync::LazyLock;

/// Bytes of a key at most: names that are alike for so long stand beside each other in any order.
pub const SORT_KEY_BYTES_MAX: usize = 64;

/// Texts that are compared are folded, so that case makes no difference.
static THAI: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Secondary);
    let thai = icu_locale_core::locale!("th").into();
    CollatorBorrowed::try_new(thai, options).expect("the data are compiled in")
});

/// What a person is put in order by: the given name, then the family name, neither with a prefix.
pub fn sort_key(given: &str, family: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(SORT_KEY_BYTES_MAX);
    let Ok(()) = THAI.write_sort_key_to(&folded(given), &mut key);
    // No key holds a zero: the shorter given name comes first, whatever the family name.
    key.push(0);
    let Ok(()) = THAI.write_sort_key_to(&folded(family), &mut key);
    key.truncate(SORT_KEY_BYTES_MAX);
    key
}

#[cfg(test)]
mod tests {
    use super::sort_key;

    #[test]
    fn names_stand_as_in_a_thai_dictionary() {
        // A vowel that is written before its consonant is read after it; tone marks count last.
        let sorted = [
            "กมล",
            "ขวัญ",
            "แก้ว",
            "ชัย",
            "เชิด",
            "ปา",
            "ป่า",
            "ป้า",
            "มานะ",
            "เมตตา",
            "สมชาย",
            "สมหญิง",
            "เอก",
            "ไอรดา",
        ];
        let mut names = sorted;
        names.sort_by_key(|name| sort_key(name, ""));
        let expected = [
            "กมล",
            "แก้ว",
            "ขวัญ",
            "ชัย",
            "เชิด",
            "ปา",
            "ป่า",
            "ป้า",
            "มานะ",
            "เมตตา",
            "สมชาย",
            "สมหญิง",
            "เอก",
            "ไอรดา",
        ];
        assert_eq!(names, expected);
        let mut bytes = sorted;
        bytes.sort_unstable();
        assert_ne!(bytes, expected, "that is what bytes would do");
    }

    #[test]
    fn the_given_name_counts_before_the_family_name() {
        assert!(sort_key("สม", "ฮ") < sort_key("สมชาย", "ก"));
        assert!(sort_key("สมชาย", "ก") < sort_key("สมชาย", "ข"));
        assert_eq!(sort_key("SMITH", ""), sort_key("smith", ""));
        assert!(sort_key(&"ก".repeat(500), "").len() <= 64);
    }
}
