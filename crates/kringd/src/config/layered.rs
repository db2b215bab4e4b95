//! The file under what the database configures: both are read by the same sections, so that they are checked
//! alike, alone and against each other.
//!
//! What the file says stands: the database adds queues and trunks and gives values to keys that the file leaves
//! out. The file stands by itself, too: nothing in it may need what only the database has. A row that does not
//! go with the rest is left out and told; it never keeps the daemon from starting.

use super::{
    Config, ConfigRefused,
    complaint::{Bounds, Complaint, Complaints, Origin, RowPlace},
    document::{self, Entries, Node, Value},
    listed,
    section::Section,
};
use kring_store::{ConfiguredKind, ConfiguredRow};
use serde_json::{Map, Value as Json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Rings that a limit of the database may have: a citizen hears three at most. A file may say more.
pub(super) const LIMIT_MAX: u64 = 3;

/// A configuration as written in the file, and the variables of this process.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    name: String,
    text: String,
    variables: Vec<(String, String)>,
}

/// What file and database come to.
#[derive(Clone, Debug)]
pub(crate) struct Layered {
    pub(crate) config: Config,
    /// What is not in it, and why.
    pub(crate) left_out: Vec<LeftOut>,
    /// The tables of the file, as written there.
    pub(crate) file: Written,
    /// The rows, those that are left out, too.
    pub(crate) rows: Vec<ConfiguredRow>,
    /// What keys may be.
    pub(crate) bounds: BTreeMap<String, Bounds>,
}

/// What the file and the variables say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) queues: Vec<Map<String, Json>>,
    pub(crate) trunks: Vec<Map<String, Json>>,
    /// The settings among its keys, by full name.
    pub(crate) settings: BTreeMap<&'static str, Json>,
}

/// A row, or a key of the settings, that is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) place: RowPlace,
    pub(crate) text: String,
    pub(crate) thai: Option<String>,
}

/// One reading.
struct Reading {
    config: Config,
    complaints: Vec<Complaint>,
    bounds: BTreeMap<String, Bounds>,
}

impl Source {
    /// The file named, else the usual one if it is there, else nothing; with this process's variables.
    pub(crate) fn open(file: Option<&Path>) -> Result<Source, ConfigRefused> {
        let usual = Path::new(super::USUAL_FILE);
        let file = file.or_else(|| usual.exists().then_some(usual));
        let (name, text) = match file {
            Some(file) => (file.display().to_string(), super::read_file(file)?),
            None => ("configuration".to_owned(), String::new()),
        };
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Ok(Source::of(&name, &text, variables))
    }

    /// This text, called `name` in complaints, under `variables`.
    pub(crate) fn of<I>(name: &str, text: &str, variables: I) -> Source
    where
        I: IntoIterator<Item = (String, String)>,
    {
        Source {
            name: name.to_owned(),
            text: text.to_owned(),
            variables: variables.into_iter().collect(),
        }
    }

    /// The file by itself.
    pub(crate) fn alone(&self) -> Result<Config, ConfigRefused> {
        let (_, reading) = self.read(&[]);
        if reading.complaints.is_empty() {
            return Ok(reading.config);
        }
        Err(ConfigRefused::of(&self.name, reading.complaints))
    }

    /// With these rows, but those that do not go with the rest. Refused only when the file by itself is wrong.
    pub(crate) fn with(&self, rows: &[ConfiguredRow]) -> Result<Layered, ConfigRefused> {
        self.alone()?;
        let (mut kept, mut left_out) = (rows.to_vec(), Vec::new());
        let (file, reading) = loop {
            let (file, reading) = self.read(&kept);
            if reading.complaints.is_empty() {
                break (file, reading);
            }
            self.leave_out(reading.complaints, &mut kept, &mut left_out);
        };
        Ok(Layered {
            config: reading.config,
            left_out,
            file,
            rows: rows.to_vec(),
            bounds: reading.bounds,
        })
    }

    /// What is wrong with these rows, all of which somebody wants in force.
    pub(crate) fn complaints_of(&self, rows: &[ConfiguredRow]) -> Result<Config, Vec<Complaint>> {
        let (_, reading) = self.read(rows);
        if reading.complaints.is_empty() {
            return Ok(reading.config);
        }
        Err(reading.complaints)
    }

    /// Takes out what the complaints name. What is only wrong beside a line of the file is looked for: settings
    /// one by one, then the newest trunk or queue.
    fn leave_out(
        &self,
        complaints: Vec<Complaint>,
        kept: &mut Vec<ConfiguredRow>,
        left_out: &mut Vec<LeftOut>,
    ) {
        let before = left_out.len();
        for complaint in &complaints {
            if let Origin::Row(place) = &complaint.origin
                && take(kept, place)
            {
                left_out.push(LeftOut::of(place, complaint));
            }
        }
        if left_out.len() > before {
            return;
        }
        let Some(complaint) = complaints.first() else {
            return;
        };
        let place = self.guilty(kept, &complaints).or_else(|| {
            let last = kept.last()?;
            Some(RowPlace::of(last.kind, &last.name))
        });
        if let Some(place) = place {
            take(kept, &place);
            left_out.push(LeftOut::of(&place, complaint));
        } else {
            kept.clear();
        }
    }

    /// The setting without which there are fewer complaints.
    fn guilty(&self, kept: &[ConfiguredRow], complaints: &[Complaint]) -> Option<RowPlace> {
        let row = kept
            .iter()
            .find(|row| row.kind == ConfiguredKind::Settings)?;
        let places = row.keys.keys().map(|key| RowPlace {
            key: key.clone(),
            ..RowPlace::of(row.kind, &row.name)
        });
        places.into_iter().find(|place| {
            let mut without = kept.to_vec();
            take(&mut without, place);
            self.read(&without).1.complaints.len() < complaints.len()
        })
    }

    fn read(&self, rows: &[ConfiguredRow]) -> (Written, Reading) {
        let complaints = Complaints::default();
        let mut entries = document::parse(&self.text, &complaints);
        document::override_by(&mut entries, self.variables.clone(), &complaints);
        let file = Written::of(&entries);
        lay(&mut entries, rows, &complaints);
        let config = Config::of(Section::root(entries, &complaints));
        let (complaints, bounds) = complaints.told();
        let reading = Reading {
            config,
            complaints,
            bounds,
        };
        (file, reading)
    }
}

impl LeftOut {
    fn of(place: &RowPlace, complaint: &Complaint) -> LeftOut {
        LeftOut {
            place: place.clone(),
            text: complaint.text.clone(),
            thai: complaint.thai.clone(),
        }
    }
}

impl Written {
    fn of(entries: &Entries) -> Written {
        let tables = |key: &str| match entries.get(key).map(|node| &node.value) {
            Some(Value::List(items)) => items.iter().filter_map(table).collect(),
            _ => Vec::new(),
        };
        let says = |key: &'static str| {
            let node = at(entries, &listed::steps(key)?)?;
            Some((key, document::to_json(&node.value)))
        };
        Written {
            queues: tables("queue"),
            trunks: tables("trunk"),
            settings: listed::keys().filter_map(says).collect(),
        }
    }
}

fn table(node: &Node) -> Option<Map<String, Json>> {
    match &node.value {
        Value::Table(entries) => Some(document::keys_of(entries)),
        _ => None,
    }
}

fn at<'e>(entries: &'e Entries, steps: &[&str]) -> Option<&'e Node> {
    let (first, rest) = steps.split_first()?;
    let node = entries.get(*first)?;
    match &node.value {
        _ if rest.is_empty() => Some(node),
        Value::Table(inner) => at(inner, rest),
        _ => None,
    }
}

/// Takes a row out of these, or a key out of the settings. `false`: it is not there any more.
fn take(rows: &mut Vec<ConfiguredRow>, place: &RowPlace) -> bool {
    let is = |row: &ConfiguredRow| row.kind == place.kind && row.name == place.name;
    let Some(index) = rows.iter().position(is) else {
        return false;
    };
    if place.kind == ConfiguredKind::Settings && !place.key.is_empty() {
        return rows[index].keys.remove(&place.key).is_some();
    }
    rows.remove(index);
    true
}

/// Lays rows under what the file says.
fn lay(entries: &mut Entries, rows: &[ConfiguredRow], complaints: &Complaints) {
    let data_dir = match entries.get("data_dir").map(|node| &node.value) {
        Some(Value::Text(text) | Value::Raw(text)) => PathBuf::from(text),
        _ => PathBuf::from(super::USUAL_DATA_DIR),
    };
    for row in rows {
        let place = RowPlace::of(row.kind, &row.name);
        match row.kind {
            ConfiguredKind::Settings => lay_settings(entries, row, complaints),
            kind => {
                let mut keys = row.keys.clone();
                keys.insert("name".to_owned(), row.name.as_str().into());
                if kind == ConfiguredKind::Trunk {
                    name_password_file(&mut keys, &data_dir);
                }
                push(entries, &place, keys);
            }
        }
    }
}

fn push(entries: &mut Entries, place: &RowPlace, keys: Map<String, Json>) {
    let list = entries
        .entry(place.kind.as_str().to_owned())
        .or_insert_with(|| Node {
            origin: Origin::Nowhere,
            value: Value::List(Vec::new()),
        });
    // A file that has something else there is refused for that.
    if let Value::List(items) = &mut list.value {
        items.push(Node {
            origin: Origin::Row(place.clone()),
            value: Value::Table(document::of_row(place, &keys)),
        });
    }
}

/// A password of the database's lies in a file of the data folder, wherever that is.
fn name_password_file(keys: &mut Map<String, Json>, data_dir: &Path) {
    let register = keys.get_mut("register").and_then(Json::as_object_mut);
    if let Some(Json::String(file)) = register.and_then(|keys| keys.get_mut("password_file")) {
        *file = data_dir.join(&*file).display().to_string();
    }
}

fn lay_settings(entries: &mut Entries, row: &ConfiguredRow, complaints: &Complaints) {
    for (key, json) in &row.keys {
        let place = RowPlace::of(row.kind, &row.name).within(key);
        let Some(steps) = listed::steps(key) else {
            let text = format!("{key} is no setting that the console may change.");
            complaints.add(&Origin::Row(place), text);
            continue;
        };
        if key == "ring.limit" && json.as_u64().is_some_and(|limit| limit > LIMIT_MAX) {
            let text = format!("ring.limit is {json}, but must be {LIMIT_MAX} at most.");
            let thai = format!("ต้องเป็นจำนวนเต็มตั้งแต่ 1 ถึง {LIMIT_MAX}");
            complaints.add_told(&Origin::Row(place.clone()), text, Some(thai));
        }
        put(entries, &steps, document::of_json(&place, json));
    }
}

/// Puts a value where the file says nothing.
fn put(entries: &mut Entries, steps: &[&str], node: Node) {
    let Some((first, rest)) = steps.split_first() else {
        return;
    };
    if rest.is_empty() {
        entries.entry((*first).to_owned()).or_insert(node);
        return;
    }
    let table = entries.entry((*first).to_owned()).or_insert_with(|| Node {
        origin: Origin::Nowhere,
        value: Value::Table(Entries::new()),
    });
    if let Value::Table(inner) = &mut table.value {
        put(inner, rest, node);
    }
}
