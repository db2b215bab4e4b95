//! The configuration as written: a tree of values, each with the place where it was written.
//!
//! It knows TOML, JSON and environment variables and refuses to know what any key means.

use super::complaint::{Complaints, Origin, RowPlace};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Tables by key.
pub(super) type Entries = BTreeMap<String, Node>;

/// The prefix of environment variables that override keys.
const PREFIX: &str = "KRING_";

/// Tables of one list, such as `[[trunk]]`, that variables can reach or add.
const LIST_MAX: usize = 1_000;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) value: Value,
}

/// A value as written.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Flag(bool),
    List(Vec<Node>),
    Table(Entries),
    /// From an environment variable: what it is depends on the key.
    Raw(String),
    /// A date or a fraction: no key takes one.
    Other,
}

/// Reads a file's text. A mistake of TOML ends the reading: what follows it cannot be trusted.
pub(super) fn parse(text: &str, complaints: &Complaints) -> Entries {
    let lines = Lines::of(text);
    match DeTable::parse(text) {
        Ok(root) => lines.entries(root.get_ref()),
        Err(refused) => {
            let origin = refused
                .span()
                .map_or(Origin::Nowhere, |span| lines.origin(span.start));
            let message = refused.message().lines().collect::<Vec<_>>().join(", ");
            complaints.add(&origin, format!("this is not TOML: {message}."));
            Entries::new()
        }
    }
}

/// The keys of a row of the database, whose complaints name them: `register.uri` within `register`.
pub(super) fn of_row(place: &RowPlace, keys: &Map<String, Json>) -> Entries {
    let entry = |(key, json): (&String, &Json)| (key.clone(), of_json(&place.within(key), json));
    keys.iter().map(entry).collect()
}

/// A value that somebody gave as JSON.
pub(super) fn of_json(place: &RowPlace, json: &Json) -> Node {
    let value = match json {
        Json::String(text) => Value::Text(text.clone()),
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Number(number) => number.as_i64().map_or(Value::Other, Value::Integer),
        Json::Array(items) => Value::List(items.iter().map(|item| of_json(place, item)).collect()),
        Json::Object(keys) => Value::Table(of_row(place, keys)),
        Json::Null => Value::Other,
    };
    Node {
        origin: Origin::Row(place.clone()),
        value,
    }
}

/// As JSON, for people who look at it.
pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Raw(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Flag(flag) => (*flag).into(),
        Value::List(nodes) => nodes.iter().map(|node| to_json(&node.value)).collect(),
        Value::Table(entries) => Json::Object(keys_of(entries)),
        Value::Other => Json::Null,
    }
}

/// A table as JSON.
pub(super) fn keys_of(entries: &Entries) -> Map<String, Json> {
    let entry = |(key, node): (&String, &Node)| (key.clone(), to_json(&node.value));
    entries.iter().map(entry).collect()
}

/// Turns byte offsets into line numbers.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn origin(&self, offset: usize) -> Origin {
        Origin::Line(self.0.partition_point(|&end| end < offset) + 1)
    }

    fn entries(&self, table: &DeTable<'_>) -> Entries {
        let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            let node = Node {
                origin: self.origin(key.span().start),
                value: self.value(value.get_ref()),
            };
            (name.to_string(), node)
        };
        table.iter().map(entry).collect()
    }

    fn value(&self, value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix())
                .map_or(Value::Other, Value::Integer),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Array(items) => Value::List(
                items
                    .iter()
                    .map(|item| Node {
                        origin: self.origin(item.span().start),
                        value: self.value(item.get_ref()),
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(self.entries(table)),
            DeValue::Float(_) | DeValue::Datetime(_) => Value::Other,
        }
    }
}

/// Lays the `KRING_…` variables over the file: `KRING_HTTP__LISTEN` is `http.listen`,
/// `KRING_TRUNK__0__PEERS` the peers of the first trunk.
pub(super) fn override_by<I>(root: &mut Entries, variables: I, complaints: &Complaints)
where
    I: IntoIterator<Item = (String, String)>,
{
    let mut variables: Vec<_> = variables
        .into_iter()
        .filter(|(name, _)| name.starts_with(PREFIX) && !is_not_ours(name))
        .collect();
    variables.sort();
    for (name, value) in variables {
        let path = name[PREFIX.len()..].to_lowercase();
        let steps: Vec<&str> = path.split("__").collect();
        let origin = Origin::Variable(name.clone());
        if put(root, &steps, &origin, value).is_none() {
            let text = "this name leads to no key. Write it as KRING_SECTION__KEY, \
                        or KRING_TRUNK__0__KEY for the first trunk.";
            complaints.add(&origin, text);
        }
    }
}

/// `KRING_CONFIG` names the file, `KRING_CONSOLE` is read by the build, and Kubernetes puts
/// `KRING_PORT…` and `KRING_SERVICE_…` into every container beside a service called kring.
fn is_not_ours(name: &str) -> bool {
    let own = ["KRING_CONFIG", "KRING_CONSOLE", "KRING_PORT"];
    own.contains(&name) || name.starts_with("KRING_PORT_") || name.starts_with("KRING_SERVICE_")
}

fn put(entries: &mut Entries, steps: &[&str], origin: &Origin, value: String) -> Option<()> {
    let (first, rest) = steps.split_first()?;
    if first.is_empty() {
        return None;
    }
    let Some((second, beyond)) = rest.split_first() else {
        let value = Value::Raw(value);
        let origin = origin.clone();
        entries.insert((*first).to_owned(), Node { origin, value });
        return Some(());
    };
    let index: Option<usize> = second.parse().ok().filter(|index| *index < LIST_MAX);
    let node = entries.entry((*first).to_owned()).or_insert_with(|| Node {
        origin: origin.clone(),
        value: match index {
            Some(_) => Value::List(Vec::new()),
            None => Value::Table(Entries::new()),
        },
    });
    match (&mut node.value, index) {
        (Value::Table(inner), None) => put(inner, rest, origin, value),
        (Value::List(items), Some(index)) if index <= items.len() => {
            if index == items.len() {
                items.push(Node {
                    origin: origin.clone(),
                    value: Value::Table(Entries::new()),
                });
            }
            match &mut items[index].value {
                Value::Table(inner) => put(inner, beyond, origin, value),
                _ => None,
            }
        }
        _ => None,
    }
}
