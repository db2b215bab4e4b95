//! One table of the configuration while it is read: every key is asked for by name, type and bounds,
//! and whatever nobody asked for is a mistake.
//!
//! A wrong value is noted and its default handed back, so that the reading goes on to the next one.

mod complaining;

use super::{
    complaint::{Bounds, Complaints, Origin},
    document::{Entries, Node, Value},
    later,
};
use std::{collections::BTreeMap, fmt::Display, ops::RangeInclusive, str::FromStr};

/// Longest text of a key, bytes.
const TEXT_MAX: usize = 1_000;

/// Most items of a list of texts: more is a file of another kind.
const ITEMS_MAX: usize = 1_000;

/// A table that is being read.
pub(super) struct Section<'r> {
    complaints: &'r Complaints,
    path: &'static str,
    origin: Origin,
    entries: Entries,
    asked: BTreeMap<&'static str, Origin>,
}

/// An item of a list of texts.
pub(super) struct Item {
    pub(super) origin: Origin,
    pub(super) text: String,
}

impl<'r> Section<'r> {
    /// The whole file.
    pub(super) fn root(entries: Entries, complaints: &'r Complaints) -> Section<'r> {
        Section::of("", Origin::Nowhere, entries, complaints)
    }

    fn of(
        path: &'static str,
        origin: Origin,
        entries: Entries,
        complaints: &'r Complaints,
    ) -> Section<'r> {
        Section {
            complaints,
            path,
            origin,
            entries,
            asked: BTreeMap::new(),
        }
    }

    /// The full name of a key of this table: `ring.limit`.
    pub(super) fn name(&self, key: &str) -> String {
        match self.path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }

    /// Whether the file or a variable has this key, which has been asked for.
    pub(super) fn says(&self, key: &'static str) -> bool {
        self.asked.get(key).is_some_and(|at| *at != Origin::Nowhere)
    }

    fn take(&mut self, key: &'static str) -> Option<Node> {
        let node = self.entries.remove(key);
        let origin = node.as_ref().map_or(Origin::Nowhere, |n| n.origin.clone());
        self.asked.insert(key, origin);
        node
    }

    /// The table `[key]`, empty when it is not written.
    pub(super) fn table(&mut self, key: &'static str) -> Section<'r> {
        let empty = Section::of(key, Origin::Nowhere, Entries::new(), self.complaints);
        match self.take(key) {
            None => empty,
            Some(Node {
                origin,
                value: Value::Table(entries),
            }) => Section::of(key, origin, entries, self.complaints),
            Some(_) => {
                self.complain(key, format!("{key} must be a table: write [{key}]."));
                empty
            }
        }
    }

    /// The table `key` within this one, called `path` in complaints, if it is written.
    pub(super) fn inner(&mut self, key: &'static str, path: &'static str) -> Option<Section<'r>> {
        match self.take(key)? {
            Node {
                origin,
                value: Value::Table(entries),
            } => Some(Section::of(path, origin, entries, self.complaints)),
            _ => {
                self.complain(
                    key,
                    format!("{path} must be a table: write {path} = {{ … }}."),
                );
                None
            }
        }
    }

    /// The texts of the table `key`, whose names are not ours to know.
    pub(super) fn pairs(&mut self, key: &'static str) -> Vec<(String, String)> {
        let entries = match self.take(key) {
            None => return Vec::new(),
            Some(Node {
                value: Value::Table(entries),
                ..
            }) => entries,
            Some(_) => Entries::from([(String::new(), nothing())]),
        };
        let pair = |(name, node): (String, Node)| match node.value {
            Value::Text(text) | Value::Raw(text) if is_plain(&name) && is_plain(&text) => {
                Some((name, text))
            }
            _ => None,
        };
        let pairs: Option<Vec<_>> = entries.into_iter().take(ITEMS_MAX).map(pair).collect();
        if pairs.is_none() {
            let name = self.name(key);
            let text = format!("{name} must be a table of texts: {name} = {{ \"…\" = \"…\" }}.");
            self.complain(key, text);
        }
        pairs.unwrap_or_default()
    }

    /// The tables `[[key]]`, in order.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Section<'r>> {
        let items = match self.take(key) {
            None => Vec::new(),
            Some(Node {
                value: Value::List(items),
                ..
            }) => items,
            Some(_) => {
                self.complain(
                    key,
                    format!("there may be several of these: write [[{key}]]."),
                );
                Vec::new()
            }
        };
        let mut sections = Vec::new();
        for item in items {
            match item.value {
                Value::Table(entries) => {
                    sections.push(Section::of(key, item.origin, entries, self.complaints));
                }
                _ => self.complain(key, format!("{key} must be tables: write [[{key}]].")),
            }
        }
        sections
    }

    /// A whole number within `bounds`.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        default: u64,
        bounds: RangeInclusive<u64>,
    ) -> u64 {
        let (low, high) = (*bounds.start(), *bounds.end());
        self.complaints
            .allows(self.name(key), Bounds::Number(low, high));
        let Some(node) = self.take(key) else {
            return default;
        };
        let read = match &node.value {
            Value::Integer(number) => u64::try_from(*number).ok(),
            Value::Raw(text) => text.trim().parse().ok(),
            _ => None,
        };
        if let Some(number) = read.filter(|number| bounds.contains(number)) {
            return number;
        }
        let (name, given) = (self.name(key), shown(&node.value));
        let text = format!("{name} is {given}, but must be a whole number, {low} to {high}.");
        let thai = format!("ต้องเป็นจำนวนเต็มตั้งแต่ {low} ถึง {high}");
        self.complain_in_both(key, text, thai);
        default
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(node) = self.take(key) else {
            return default;
        };
        match &node.value {
            Value::Flag(flag) => *flag,
            Value::Raw(text) if text == "true" => true,
            Value::Raw(text) if text == "false" => false,
            other => {
                let (name, given) = (self.name(key), shown(other));
                self.complain(
                    key,
                    format!("{name} is {given}, but must be true or false."),
                );
                default
            }
        }
    }

    /// A text that is not empty, if it is written.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let node = self.take(key)?;
        match node.value {
            Value::Text(text) | Value::Raw(text) if is_plain(&text) => Some(text),
            _ => {
                let name = self.name(key);
                let text =
                    format!("{name} must be a text of 1 to {TEXT_MAX} bytes without line ends.");
                self.complain(key, text);
                None
            }
        }
    }

    /// A text that `T` can read, if it is written. `T`'s own words tell what is wrong with it.
    pub(super) fn read<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        let text = self.text(key)?;
        match text.trim().parse() {
            Ok(value) => Some(value),
            Err(refused) => {
                let name = self.name(key);
                self.complain(key, format!("{name}: {refused}."));
                None
            }
        }
    }

    /// Like [`Section::read`]; a whole number stands for its digits.
    pub(super) fn read_or_number<T: FromStr<Err: Display>>(
        &mut self,
        key: &'static str,
    ) -> Option<T> {
        if let Some(node) = self.entries.get_mut(key)
            && let Value::Integer(number) = &node.value
        {
            node.value = Value::Text(number.to_string());
        }
        self.read(key)
    }

    /// A list of texts, if it is written. A single text stands for a list of one; in a variable,
    /// commas separate the items.
    pub(super) fn list(&mut self, key: &'static str) -> Option<Vec<Item>> {
        let node = self.take(key)?;
        let origin = node.origin;
        let items: Option<Vec<Item>> = match node.value {
            Value::Text(text) => Some(vec![Item { origin, text }]),
            Value::Raw(raw) => Some(
                raw.split(',')
                    .map(|text| Item {
                        origin: origin.clone(),
                        text: text.trim().to_owned(),
                    })
                    .collect(),
            ),
            Value::List(nodes) => nodes.into_iter().map(item).collect(),
            _ => None,
        };
        let good = |items: &Vec<Item>| {
            items.len() <= ITEMS_MAX && items.iter().all(|item| is_plain(&item.text))
        };
        let read = items.filter(good);
        if read.is_none() {
            let name = self.name(key);
            self.complain(
                key,
                format!("{name} must be a list of texts: [\"…\", \"…\"]."),
            );
        }
        read
    }

    /// One of the named choices.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        default: T,
    ) -> T {
        let words = choices.iter().map(|(word, _)| (*word).to_owned()).collect();
        let words = Bounds::Words(words);
        self.complaints.allows(self.name(key), words);
        let Some(text) = self.text(key) else {
            return default;
        };
        if let Some((_, chosen)) = choices.iter().find(|(name, _)| *name == text) {
            return *chosen;
        }
        let name = self.name(key);
        if let Some(what) = later::value(&name, &text) {
            self.complain(key, what);
        } else {
            let names: Vec<_> = choices
                .iter()
                .map(|(name, _)| format!("{name:?}"))
                .collect();
            let (one_of, thai) = (names.join(" or "), names.join(" หรือ "));
            let text = format!("{name} is {text:?}, but must be {one_of}.");
            self.complain_in_both(key, text, format!("ต้องเป็น {thai}"));
        }
        default
    }
}

fn item(node: Node) -> Option<Item> {
    let origin = node.origin;
    match node.value {
        Value::Text(text) => Some(Item { origin, text }),
        _ => None,
    }
}

/// Stands for what is no table.
fn nothing() -> Node {
    Node {
        origin: Origin::Nowhere,
        value: Value::Other,
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= TEXT_MAX && !text.contains(char::is_control)
}

/// A value in a complaint, as far as it can be shown in a line.
fn shown(value: &Value) -> String {
    match value {
        Value::Raw(text) if text.parse::<i64>().is_ok() => text.clone(),
        Value::Text(text) | Value::Raw(text) => {
            format!("{:?}", text.chars().take(40).collect::<String>())
        }
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::List(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
        Value::Other => "a date, a fraction or a number too large".to_owned(),
    }
}
