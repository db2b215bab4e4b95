//! Skills: what an agent can do and how well, and what a queue asks of those who serve it.

use crate::limits::SKILL_NAME_MAX;
use std::{fmt, str::FromStr};

/// The best level.
pub const LEVEL_MAX: u8 = 9;

/// A skill with its level: `tax:3`, or `tax` for level 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Its name: letters, digits, `_` and `-`.
    pub name: Box<str>,
    /// 1 to [`LEVEL_MAX`].
    pub level: u8,
}

/// Why a text is no skill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no skill: write NAME or NAME:LEVEL with a level of 1 to {LEVEL_MAX}")]
pub struct SkillRefused(String);

impl Skill {
    /// Whether somebody who can do all this can do what is `asked`.
    pub fn all_met(asked: &[Skill], by: &[Skill]) -> bool {
        let met = |asked: &Skill| {
            by.iter()
                .any(|own| own.name == asked.name && own.level >= asked.level)
        };
        asked.iter().all(met)
    }
}

impl FromStr for Skill {
    type Err = SkillRefused;

    fn from_str(text: &str) -> Result<Skill, SkillRefused> {
        let refused = || SkillRefused(text.chars().take(40).collect());
        let (name, level) = match text.trim().split_once(':') {
            Some((name, level)) => (name.trim(), level.trim().parse().ok()),
            None => (text.trim(), Some(1)),
        };
        let is_name = !name.is_empty()
            && name.len() <= SKILL_NAME_MAX
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || is_thai_mark(c) || matches!(c, '_' | '-'));
        match level {
            Some(level @ 1..=LEVEL_MAX) if is_name => Ok(Skill {
                name: name.into(),
                level,
            }),
            _ => Err(refused()),
        }
    }
}

/// Vowels and tone marks that stand above or below a letter.
fn is_thai_mark(c: char) -> bool {
    matches!(c, '\u{0e31}' | '\u{0e34}'..='\u{0e3a}' | '\u{0e47}'..='\u{0e4e}')
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            1 => f.write_str(&self.name),
            level => write!(f, "{}:{level}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skills(texts: &[&str]) -> Vec<Skill> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_skill_is_written_as_it_is_read() {
        for text in ["tax:3", "english", "ภาษี:2", "ที่ดิน"] {
            assert_eq!(text.parse::<Skill>().unwrap().to_string(), text);
        }
        for text in ["", ":2", "tax:0", "tax:10", "tax:x", "a b", "a,b"] {
            assert!(text.parse::<Skill>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_skill_is_asked_for_at_its_level() {
        let own = skills(&["tax:3", "english"]);
        assert!(Skill::all_met(&skills(&["tax:3"]), &own));
        assert!(Skill::all_met(&[], &own));
        assert!(!Skill::all_met(&skills(&["tax:4"]), &own));
        assert!(!Skill::all_met(&skills(&["tax", "law"]), &own));
    }
}
