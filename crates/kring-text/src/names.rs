//! Names as people type them into one box: which part is the prefix, which the given and which the family name.
//!
//! The prefix (นาย, พ.ต.ท., ดร., บริษัท … จำกัด) is kept apart and found again by nobody: looking for somebody and
//! putting them in order go by the rest. Where a beginning may be either, it is taken for part of the name.

use crate::prefixes::{ABBREVIATED, ABBREVIATED_COMPANIES, COMPANIES, LATIN, NO_PREFIX, WORDS};

/// What was typed, in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedName {
    /// Such as `นาย`, `ผศ.ดร.`, or `บริษัท … จำกัด` with `…` where the name stands; may be empty.
    pub prefix: String,
    /// The given name, or the name of a company.
    pub given: String,
    /// The family name; may be empty.
    pub family: String,
}

/// Where the name stands in a prefix that surrounds it.
const NAME: char = '…';

/// Prefixes of one person at most: ว่าที่ร้อยตรี ผศ. ดร. …
const PREFIXES_MAX: usize = 6;

/// Divides what was typed into one box.
pub fn split_name(typed: &str) -> TypedName {
    let text = tidy(typed);
    if let Some(company) = company(&text) {
        return company;
    }
    let (prefix, rest) = person(&text);
    let (given, family) = rest.split_once(' ').unwrap_or((rest, ""));
    TypedName {
        prefix: prefix.to_owned(),
        given: given.to_owned(),
        family: family.to_owned(),
    }
}

/// A name without its prefix, for comparing: the whole text when it is nothing but one.
pub fn without_prefix(name: &str) -> String {
    let text = tidy(name);
    match company(&text) {
        Some(company) => company.given,
        None => person(&text).1.to_owned(),
    }
}

/// The name as it is written whole.
pub fn whole_name(prefix: &str, given: &str, family: &str) -> String {
    let close = prefix.ends_with('.') || prefix.ends_with(is_thai);
    let mut whole = match prefix.split_once(NAME) {
        Some((before, after)) => format!("{before}{given}{after}"),
        None if prefix.is_empty() => given.to_owned(),
        None if close && given.starts_with(is_thai) => format!("{prefix}{given}"),
        None => format!("{prefix} {given}"),
    };
    if !family.is_empty() {
        whole.push(' ');
        whole.push_str(family);
    }
    whole
}

/// Single spaces and nothing that is not seen.
fn tidy(text: &str) -> String {
    let seen: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}'))
        .collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_thai(c: char) -> bool {
    matches!(c, 'ก'..='๛')
}

/// Whether a Thai word can begin here.
fn begins_word(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    first.is_some_and(|c| matches!(c, 'ก'..='ฮ' | 'เ'..='ไ') || c.is_ascii_alphanumeric())
        && chars.next().is_some()
}

fn company(text: &str) -> Option<TypedName> {
    let before = COMPANIES.iter().find(|word| text.starts_with(**word));
    let (before, rest) = match before {
        Some(word) => (*word, &text[word.len()..]),
        None => {
            let (rest, taken) = abbreviation(text, ABBREVIATED_COMPANIES)?;
            (taken, rest)
        }
    };
    let rest = rest.trim_start();
    if !begins_word(rest) {
        return None;
    }
    let (rest, public) = cut_end(rest, &["(มหาชน)", "( มหาชน )", "(มหาชน )", "( มหาชน)"]);
    let (rest, limited) = cut_end(rest, &["จำกัด"]);
    let prefix = match (limited, public) {
        (false, false) => before.to_owned(),
        (true, false) => format!("{before} {NAME} จำกัด"),
        (true, true) => format!("{before} {NAME} จำกัด (มหาชน)"),
        (false, true) => format!("{before} {NAME} (มหาชน)"),
    };
    (!rest.is_empty()).then(|| TypedName {
        prefix,
        given: rest.to_owned(),
        family: String::new(),
    })
}

fn cut_end<'t>(text: &'t str, ends: &[&str]) -> (&'t str, bool) {
    let cut = ends.iter().find_map(|end| text.strip_suffix(end));
    match cut {
        Some(rest) if !rest.trim_end().is_empty() => (rest.trim_end(), true),
        _ => (text, false),
    }
}

/// The prefixes of a person, and what follows them, which is not empty.
fn person(text: &str) -> (&str, &str) {
    let mut rest = text;
    for _ in 0..PREFIXES_MAX {
        let Some(after) = after_prefix(rest) else {
            break;
        };
        rest = after;
    }
    let prefix = &text[..text.len() - rest.len()];
    (prefix.trim_end(), rest)
}

fn after_prefix(text: &str) -> Option<&str> {
    let after = after_word(text)
        .or_else(|| abbreviation(text, ABBREVIATED).map(|(rest, _)| rest))
        .or_else(|| after_latin(text))?;
    // พ.ต.ท.หญิง: a part of the rank, unless it is all that is left.
    let after = after.trim_start();
    let after = match after.strip_prefix("หญิง") {
        Some(rest) if begins_word(rest.trim_start()) => rest.trim_start(),
        _ => after,
    };
    begins_word(after).then_some(after)
}

fn after_word(text: &str) -> Option<&str> {
    if NO_PREFIX.iter().any(|name| text.starts_with(name)) {
        return None;
    }
    WORDS.iter().find_map(|word| text.strip_prefix(word))
}

/// What follows an abbreviation, and the abbreviation as it was typed: the longest that is known.
fn abbreviation<'t>(text: &'t str, known: &[&str]) -> Option<(&'t str, &'t str)> {
    let (mut letters, mut best) = (String::new(), None);
    let mut last = ' ';
    for (at, c) in text.char_indices() {
        match c {
            'ก'..='ฮ' if letters.chars().count() < 5 => letters.push(c),
            '.' if !letters.is_empty() => {}
            ' ' if last == '.' || known.contains(&letters.as_str()) => {}
            _ => break,
        }
        let end = matches!(c, '.' | ' ');
        if end && known.contains(&letters.as_str()) {
            best = Some(at + c.len_utf8());
        }
        if c == ' ' && last != '.' {
            // Without a full stop the abbreviation is one word.
            break;
        }
        last = c;
    }
    let end = best?;
    Some((&text[end..], text[..end].trim_end()))
}

fn after_latin(text: &str) -> Option<&str> {
    LATIN.iter().find_map(|word| {
        let (head, rest) = text.split_at_checked(word.len())?;
        let rest = head.eq_ignore_ascii_case(word).then_some(rest)?;
        rest.strip_prefix('.').or_else(|| rest.strip_prefix(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_taken_off_what_is_typed_into_one_box() {
        for (typed, prefix, given, family) in [
            ("นายสมชาย ใจดี", "นาย", "สมชาย", "ใจดี"),
            ("นาย สมชาย  ใจดี", "นาย", "สมชาย", "ใจดี"),
            ("นางสาวสมหญิง รักไทย", "นางสาว", "สมหญิง", "รักไทย"),
            ("น.ส.สมหญิง รักไทย", "น.ส.", "สมหญิง", "รักไทย"),
            ("น.ส. สมหญิง", "น.ส.", "สมหญิง", ""),
            ("นส. สมหญิง", "นส.", "สมหญิง", ""),
            ("นาง มาลี ณ อยุธยา", "นาง", "มาลี", "ณ อยุธยา"),
            ("เด็กชายก้อง ดีมาก", "เด็กชาย", "ก้อง", "ดีมาก"),
            ("ด.ช.ก้อง ดีมาก", "ด.ช.", "ก้อง", "ดีมาก"),
            ("ด.ญ. แก้ว", "ด.ญ.", "แก้ว", ""),
            ("พล.อ. ประวิทย์ กล้าหาญ", "พล.อ.", "ประวิทย์", "กล้าหาญ"),
            ("พ.ต.ท.หญิง วรรณา ชัยศรี", "พ.ต.ท.หญิง", "วรรณา", "ชัยศรี"),
            ("ร.ต.อ.วิชัย ศรีสุข", "ร.ต.อ.", "วิชัย", "ศรีสุข"),
            ("ส.ต. บุญมา", "ส.ต.", "บุญมา", ""),
            ("ว่าที่ ร.ต. สมบัติ ดี", "ว่าที่ ร.ต.", "สมบัติ", "ดี"),
            ("ดร.อนันต์ แสงทอง", "ดร.", "อนันต์", "แสงทอง"),
            ("ดร อนันต์ แสงทอง", "ดร", "อนันต์", "แสงทอง"),
            ("ผศ.ดร.สุดา พูลผล", "ผศ.ดร.", "สุดา", "พูลผล"),
            ("รศ. ดร. สุดา พูลผล", "รศ. ดร.", "สุดา", "พูลผล"),
            ("ศ.สุดา", "ศ.", "สุดา", ""),
            ("พระมหาสมปอง ตาละปุตฺโต", "พระมหา", "สมปอง", "ตาละปุตฺโต"),
            ("คุณมาลี", "คุณ", "มาลี", ""),
            ("คุณ  มาลี\u{200b} ใจดี", "คุณ", "มาลี", "ใจดี"),
            ("บริษัท สยามการค้า จำกัด", "บริษัท … จำกัด", "สยามการค้า", ""),
            (
                "บริษัทสยาม พาณิชย์ จำกัด (มหาชน)",
                "บริษัท … จำกัด (มหาชน)",
                "สยาม พาณิชย์",
                "",
            ),
            ("หจก. ระยองก่อสร้าง", "หจก.", "ระยองก่อสร้าง", ""),
            ("ร้านสมชายพานิช", "ร้าน", "สมชายพานิช", ""),
            ("Mr. John Smith", "Mr.", "John", "Smith"),
            ("mrs Jane Smith", "mrs", "Jane", "Smith"),
            ("Dr. Somchai", "Dr.", "Somchai", ""),
            ("สมชาย", "", "สมชาย", ""),
        ] {
            let TypedName {
                prefix: p,
                given: g,
                family: f,
            } = split_name(typed);
            assert_eq!(
                (p.as_str(), g.as_str(), f.as_str()),
                (prefix, given, family),
                "{typed}"
            );
        }
    }

    #[test]
    fn names_that_begin_like_a_prefix_stay_whole() {
        for name in [
            "คุณากร",
            "นายิกา",
            "นายก",
            "นาง",
            "คุณ",
            "พระพาย",
            "ดรุณี",
            "ศรี",
            "Mrinal",
            "Drew",
            "ร้าน",
            "ดร.",
            "ส. ศิวรักษ์",
        ] {
            assert_eq!(split_name(name).prefix, "", "{name}");
            assert_eq!(without_prefix(name), name);
        }
    }

    #[test]
    fn a_whole_name_is_divided_as_it_was() {
        for typed in [
            "นายสมชาย ใจดี",
            "ผศ.ดร.สุดา พูลผล",
            "บริษัท สยาม จำกัด (มหาชน)",
            "Mr. John Smith",
            "มาลี",
            "หจก.ระยอง",
        ] {
            let name = split_name(typed);
            let whole = whole_name(&name.prefix, &name.given, &name.family);
            assert_eq!(split_name(&whole), name, "{typed}: {whole}");
        }
        assert_eq!(whole_name("บริษัท … จำกัด", "สยาม", ""), "บริษัท สยาม จำกัด");
    }
}
