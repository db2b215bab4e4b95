//! Values that people write as text: the text is kept as it was written, beside what it means.

use kring_text::folded;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{
    fmt::{self, Display},
    str::FromStr,
};

/// A text with what it means, such as `mon-fri 08:30-16:30` with the hours of that week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    text: String,
    means: T,
}

impl<T> Written<T> {
    /// What it means.
    pub fn means(&self) -> &T {
        &self.means
    }
}

impl<T: FromStr> FromStr for Written<T> {
    type Err = T::Err;

    /// In small letters and ASCII digits, with single spaces.
    fn from_str(text: &str) -> Result<Written<T>, T::Err> {
        let text = folded(text);
        let means = text.parse()?;
        Ok(Written { text, means })
    }
}

impl<T> Display for Written<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<T> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Written<T>, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

/// For serde: a value as the text that it prints and is read from.
pub(crate) mod as_text {
    use super::{Deserialize, Deserializer, Display, Error, FromStr, Serializer};

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(value)
    }

    pub(crate) fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        d: D,
    ) -> Result<T, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}
