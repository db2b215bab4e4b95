//! Telephone numbers as Thai people write them, folded to one canonical value.
//!
//! Whatever spelling came in, the same subscriber gives the same canonical text, and two numbers
//! are the same exactly when their canonical texts are equal.

use crate::names::stored_names;
use serde::{Deserialize, Serialize};

stored_names! {
    /// What kind of number it is.
    NumberClass {
        /// มือถือ.
        Mobile => "mobile",
        /// บ้าน.
        Landline => "landline",
        /// สายด่วน: one of the configured hotlines, or a toll-free or shared-cost number.
        Hotline => "hotline",
        /// ภายใน.
        Internal => "internal",
        /// ไม่แสดงเบอร์.
        Anon => "anon",
        /// ต่างประเทศ.
        Foreign => "foreign",
        /// A short number that is nobody's own.
        Shortcode => "shortcode",
    }
}

/// How numbers are read here (`[number]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPlan {
    /// Area code that local numbers take, such as `038`.
    pub area_default: String,
    /// Hotlines that forward to us, such as `1203`.
    pub hotlines: Vec<String>,
    /// Internal extensions: `#` stands for a digit, so `2###` is 2000 to 2999.
    pub internal_patterns: Vec<String>,
}

impl Default for NumberPlan {
    fn default() -> NumberPlan {
        NumberPlan {
            area_default: "038".to_owned(),
            hotlines: vec!["1203".to_owned(), "1569".to_owned()],
            internal_patterns: Vec::new(),
        }
    }
}

/// A number, read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Number {
    /// `+66812345678`, `short:1203`, `ext:2104` or `anon`.
    pub canonical: String,
    /// As people write it: `081-234-5678`; empty for `anon`.
    pub display: String,
    /// Its class.
    pub class: NumberClass,
    /// What was written after it: `12` of `038-611-025 ต่อ 12`.
    pub extension: Option<String>,
}

impl Number {
    /// Reads what a PBX or a person wrote. Never fails: what is no number at all is `anon`.
    pub fn read(raw: &str, plan: &NumberPlan) -> Number {
        todo!()
    }

    /// The number of a caller who withholds it.
    pub fn anonymous() -> Number {
        todo!()
    }

    /// Whether it can be a person's own: a contact may be linked to it.
    pub fn is_personal(&self) -> bool {
        self.class.is_personal()
    }
}

impl NumberClass {
    /// Whether a number of this class can be a person's own.
    pub const fn is_personal(self) -> bool {
        matches!(
            self,
            NumberClass::Mobile
                | NumberClass::Landline
                | NumberClass::Foreign
                | NumberClass::Internal
        )
    }
}
