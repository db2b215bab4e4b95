//! Type-ahead over the directory: by short name, number, names, whose desk it is, and topics.
//!
//! Every text is folded once, when the directory is read (product.md 11.2); a search looks at all of them.
//! Thai has no spaces between words, so that what is typed is found in the middle of a text too, behind what
//! begins with it.

use crate::{Department, Endpoint, dialled::dialled, limits, names::stored_names};
use kring_text::folded;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

stored_names! {
    /// By what something was found.
    FoundBy {
        /// The unit's short name.
        Short => "short",
        /// The number of an endpoint.
        Number => "number",
        /// A name of the unit.
        Name => "name",
        /// Whose desk it is.
        Label => "label",
        /// What the unit answers for.
        Topic => "topic",
    }
}

/// A unit, or one endpoint of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'d> {
    /// The unit.
    pub department: &'d Department,
    /// None: the unit itself.
    pub endpoint: Option<&'d Endpoint>,
    /// By what, where several things of it were typed by what is least close.
    pub by: FoundBy,
}

/// The folded texts of the directory, in its order.
#[derive(Debug, Default)]
pub(crate) struct SearchTexts(Vec<Arc<UnitTexts>>);

/// Those of a unit.
#[derive(Debug)]
pub(crate) struct UnitTexts {
    short: String,
    names: [String; 2],
    topics: String,
    /// Of those that are active: place, number and label.
    endpoints: Vec<(usize, String, String)>,
}

/// How close a text is to what was typed; the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// It is a short name or a number.
    ExactKey,
    Exact,
    KeyBegins,
    Begins,
    WordBegins,
    Within,
}

type Match = (Closeness, FoundBy);

/// What was typed.
struct Typed {
    words: Vec<String>,
    /// All of it as a number.
    number: Option<String>,
}

impl SearchTexts {
    /// Of these units; `known` tells those of a unit that have been folded before.
    pub(crate) fn of(
        departments: &[Arc<Department>],
        known: impl Fn(&Arc<Department>) -> Option<Arc<UnitTexts>>,
    ) -> SearchTexts {
        let texts = |unit| known(unit).unwrap_or_else(|| Arc::new(UnitTexts::of(unit)));
        SearchTexts(departments.iter().map(texts).collect())
    }

    /// Those of the unit in this place.
    pub(crate) fn of_unit(&self, n: usize) -> Arc<UnitTexts> {
        Arc::clone(&self.0[n])
    }

    /// The places of what was found, the closest first: of the unit, and of its endpoint.
    pub(crate) fn search(&self, text: &str, most: usize) -> Vec<(usize, Option<usize>, FoundBy)> {
        let Some(typed) = Typed::read(text) else {
            return Vec::new();
        };
        let mut found: Vec<(Closeness, usize, Option<usize>, FoundBy)> = Vec::new();
        for (n, unit) in self.0.iter().enumerate() {
            let of_unit: Vec<Option<Match>> =
                typed.words.iter().map(|word| unit.matched(word)).collect();
            if let Some((closeness, by)) = worst(of_unit.iter().copied()) {
                found.push((closeness, n, None, by));
            }
            for (m, number, label) in &unit.endpoints {
                let matched = typed.endpoint(number, label, &of_unit);
                if let Some((closeness, by)) = matched {
                    found.push((closeness, n, Some(*m), by));
                }
            }
        }
        found.sort_unstable_by_key(|(closeness, n, m, _)| (*closeness, *n, *m));
        found.truncate(most);
        let places = found.into_iter();
        places.map(|(_, n, m, by)| (n, m, by)).collect()
    }
}

impl Typed {
    fn read(text: &str) -> Option<Typed> {
        let text: String = text.chars().take(limits::SEARCH_CHARS_MAX).collect();
        let words = folded(&text);
        let words = words.split(' ').filter(|word| !word.is_empty());
        let words: Vec<String> = words
            .take(limits::SEARCH_WORDS_MAX)
            .map(str::to_owned)
            .collect();
        let number = dialled(&text).map(|number| folded(&number));
        (!words.is_empty()).then_some(Typed { words, number })
    }

    /// How an endpoint matches: by its number, or by every word, one of them at least its own.
    fn endpoint(&self, number: &str, label: &str, of_unit: &[Option<Match>]) -> Option<Match> {
        let whole = self.number.as_deref();
        if let Some(closeness) = whole.and_then(|typed| key(number, typed)) {
            return Some((closeness, FoundBy::Number));
        }
        let mut own = false;
        let each = self.words.iter().zip(of_unit).map(|(word, of_unit)| {
            let by_number = key(number, word).map(|closeness| (closeness, FoundBy::Number));
            let by_label = text(label, word).map(|closeness| (closeness, FoundBy::Label));
            let mine = closest(by_number, by_label);
            own |= mine.is_some() && closest(*of_unit, mine) != *of_unit;
            closest(*of_unit, mine)
        });
        worst(each).filter(|_| own)
    }
}

impl UnitTexts {
    fn of(unit: &Department) -> UnitTexts {
        let active = unit.endpoints.iter().enumerate();
        let active = active.filter(|(_, endpoint)| endpoint.active);
        UnitTexts {
            short: folded(&unit.short),
            names: [folded(&unit.name_th), folded(&unit.name_en)],
            topics: folded(&unit.topics),
            endpoints: active
                .map(|(n, endpoint)| (n, folded(&endpoint.extension), folded(&endpoint.label)))
                .collect(),
        }
    }

    fn matched(&self, word: &str) -> Option<Match> {
        let short = key(&self.short, word).map(|closeness| (closeness, FoundBy::Short));
        let names = self.names.iter();
        let name = names.filter_map(|name| text(name, word)).min();
        let name = name.map(|closeness| (closeness, FoundBy::Name));
        let topic = text(&self.topics, word).map(|closeness| {
            // A topic is one of many words: that it comes first means nothing.
            (closeness.max(Closeness::WordBegins), FoundBy::Topic)
        });
        closest(closest(short, name), topic)
    }
}

fn closest(one: Option<Match>, other: Option<Match>) -> Option<Match> {
    match (one, other) {
        (Some(one), Some(other)) if other.0 < one.0 => Some(other),
        (None, other) => other,
        (one, _) => one,
    }
}

/// Every word must match; the least close of them counts.
fn worst(mut each: impl Iterator<Item = Option<Match>>) -> Option<Match> {
    let first = each.next()??;
    each.try_fold(first, |worst, next| {
        let next = next?;
        Some(if next.0 > worst.0 { next } else { worst })
    })
}

/// A short name or a number.
fn key(text: &str, word: &str) -> Option<Closeness> {
    match text.find(word)? {
        0 if text.len() == word.len() => Some(Closeness::ExactKey),
        0 => Some(Closeness::KeyBegins),
        _ => Some(Closeness::Within),
    }
}

fn text(text: &str, word: &str) -> Option<Closeness> {
    match text.find(word)? {
        0 if text.len() == word.len() => return Some(Closeness::Exact),
        0 => return Some(Closeness::Begins),
        _ => {}
    }
    // A Thai mark is no letter by itself, but part of the one before.
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '\u{e31}'..='\u{e4e}');
    let mut places = text.match_indices(word);
    let begins = places.any(|(at, _)| !text[..at].ends_with(goes_on));
    Some(if begins {
        Closeness::WordBegins
    } else {
        Closeness::Within
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DepartmentId, Directory, EndpointId};
    use kring_journal::WallTime;

    fn directory() -> Directory {
        let unit = |short: &str, th: &str, en: &str, topics: &str, desks: &[(&str, &str)]| {
            let id = DepartmentId::new(WallTime(0));
            let desk = |(n, (extension, label)): (usize, &(&str, &str))| Endpoint {
                label: (*label).to_owned(),
                ..Endpoint::dialled(EndpointId::new(WallTime(0)), extension, n as i64)
            };
            Department {
                name_en: en.to_owned(),
                topics: topics.to_owned(),
                endpoints: desks.iter().enumerate().map(desk).collect(),
                ..Department::named(id, short, th)
            }
        };
        let mut units = vec![
            unit(
                "DFT",
                "กรมการค้าต่างประเทศ",
                "Department of Foreign Trade",
                "นำเข้า ส่งออก ใบอนุญาต",
                &[("2101", "งานหนังสือรับรอง"), ("2102", "คุณส้มโอ")],
            ),
            unit(
                "DIT",
                "กรมการค้าภายใน",
                "Department of Internal Trade",
                "ราคาสินค้า น้ำมัน",
                &[("038611025", "ชั่งตวงวัด")],
            ),
            unit(
                "DITP",
                "กรมส่งเสริมการค้าระหว่างประเทศ",
                "Department of International Trade Promotion",
                "ส่งเสริมการส่งออก",
                &[("2301", ""), ("1569", "สายด่วน")],
            ),
            unit(
                "DBD",
                "กรมพัฒนาธุรกิจการค้า",
                "Department of Business Development",
                "การจดทะเบียนพาณิชย์อิเล็กทรอนิกส์",
                &[],
            ),
        ];
        units[2].endpoints[1].active = false;
        let units = units.into_iter().map(Arc::new).collect();
        Directory::new(1, units, Vec::new(), None)
    }

    /// Short names, and numbers of endpoints.
    fn found(text: &str) -> Vec<String> {
        let directory = directory();
        let found = directory.search(text, 10);
        let told = |found: &Found<'_>| match found.endpoint {
            None => found.department.short.clone(),
            Some(endpoint) => endpoint.extension.clone(),
        };
        found.iter().map(told).collect()
    }

    #[test]
    fn short_names_and_numbers_come_first_when_they_are_the_same() {
        assert_eq!(found("dit"), ["DIT", "DITP"]);
        assert_eq!(found("ditp"), ["DITP"]);
        assert_eq!(found("2101"), ["2101"]);
        assert_eq!(found("๒๑๐"), ["2101", "2102"]);
        assert_eq!(found("038-611 025"), ["038611025"]);
        assert_eq!(found("301"), ["2301"], "within");
        assert_eq!(found("1569"), [""; 0], "calls do not go there");
    }

    #[test]
    fn what_begins_a_word_comes_before_what_is_within() {
        assert_eq!(found("international"), ["DITP"]);
        assert_eq!(
            found("ส่งออก"),
            ["DFT", "DITP"],
            "a topic, and a part of one"
        );
        assert_eq!(found("trade prom"), ["DITP"]);
        assert_eq!(found("กรมการค้า"), ["DFT", "DIT"]);
        assert_eq!(found("การค้า"), ["DFT", "DIT", "DITP", "DBD"]);
        assert_eq!(found("จดทะเบียนพาณิชย์"), ["DBD"]);
    }

    #[test]
    fn every_spelling_and_every_word_counts() {
        assert_eq!(found("น\u{e4d}\u{e49}ามัน"), ["DIT"], "นิคหิต and า");
        assert_eq!(found("สม\u{200b}โอ"), [""; 0]);
        assert_eq!(found("ส้\u{200b}มโอ"), ["2102"]);
        assert_eq!(found("dft ส้มโอ"), ["2102"], "a desk of that unit");
        assert_eq!(found("dit ส้มโอ"), [""; 0]);
        assert_eq!(found("  "), [""; 0]);
    }

    #[test]
    fn what_was_found_says_by_what() {
        let directory = directory();
        let by = |text: &str| directory.search(text, 1)[0].by.as_str();
        let told = ["DFT", "2101", "foreign", "ใบอนุญาต", "ส้มโอ"].map(by);
        assert_eq!(told, ["short", "number", "name", "topic", "label"]);
        assert_eq!(directory.search("การค้า", 2).len(), 2);
    }
}
