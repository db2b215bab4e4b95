//! File and database read as one configuration, with the recordings that it names: a row that names one that
//! cannot be played is left out like any other that does not go with the rest.

use crate::{
    config::{Complaint, Config, ConfigRefused, Layered, LeftOut, Origin, RowPlace, Source, told},
    exit::Fault,
    net,
    prompts::{self, RecordingRefused, Voices},
};
use kring_store::{ConfiguredKind, ConfiguredRow};
use kring_web::{Keys, Mistake, Trial};
use serde_json::Value;

/// Keys of a queue that name recordings.
const OF_QUEUES: [&str; 3] = ["greeting", "music", "announcements"];

/// Settings that do.
const OF_SETTINGS: [&str; 2] = ["media.greeting", "media.music"];

/// What is read.
pub(super) struct Configured {
    pub(super) layered: Layered,
    pub(super) voices: Voices,
}

/// Reads both. A trunk whose authority cannot be read is left out, too: the file's own keep the daemon from starting.
pub(super) fn with(source: &Source, rows: &[ConfiguredRow]) -> Result<Layered, ConfigRefused> {
    let (mut kept, mut strange) = (rows.to_vec(), Vec::new());
    loop {
        let mut layered = source.with(&kept)?;
        let Some(left_out) = without_authority(&layered.config, &mut kept) else {
            layered.rows = rows.to_vec();
            layered.left_out.append(&mut strange);
            return Ok(layered);
        };
        strange.push(left_out);
    }
}

/// Takes out a trunk that names an authority that cannot be read.
fn without_authority(config: &Config, rows: &mut Vec<ConfiguredRow>) -> Option<LeftOut> {
    for trunk in &config.trunks {
        let is = |row: &ConfiguredRow| row.kind == ConfiguredKind::Trunk && row.name == trunk.name;
        let Some(at) = rows.iter().position(is) else {
            continue;
        };
        let Some(authority) = trunk.tls_ca.as_deref() else {
            continue;
        };
        if let Err(refused) = net::believing(Some(authority)) {
            rows.remove(at);
            return Some(LeftOut {
                place: RowPlace {
                    key: "tls_ca".to_owned(),
                    ..RowPlace::of(ConfiguredKind::Trunk, &trunk.name)
                },
                text: format!("{refused}."),
                thai: None,
            });
        }
    }
    None
}

/// Reads both, and every recording. Call it where it may take a second or two.
pub(super) fn read(source: &Source, rows: &[ConfiguredRow]) -> Result<Configured, Fault> {
    let (mut kept, mut unheard) = (rows.to_vec(), Vec::new());
    loop {
        let mut layered = with(source, &kept)?;
        match prompts::voices(&layered.config) {
            Ok(voices) => {
                layered.rows = rows.to_vec();
                layered.left_out.append(&mut unheard);
                return Ok(Configured { layered, voices });
            }
            Err(refused) => {
                let left_out = without_recording(&mut kept, &refused);
                unheard.push(left_out.ok_or(refused)?);
            }
        }
    }
}

/// Says in the log what is left out.
pub(super) fn tell(left_out: &[LeftOut]) {
    for left in left_out {
        let (kind, name, key) = (left.place.kind.as_str(), &left.place.name, &left.place.key);
        let text = &left.text;
        tracing::warn!(kind, %name, %key, "what the database configures is left out: {text}");
    }
}

/// Whether these keys name a recording.
pub(super) fn names_recording(kind: ConfiguredKind, keys: &Keys) -> bool {
    let known = keys_of(kind);
    keys.keys().any(|key| known.contains(&key.as_str()))
}

fn keys_of(kind: ConfiguredKind) -> &'static [&'static str] {
    match kind {
        ConfiguredKind::Queue => &OF_QUEUES,
        ConfiguredKind::Settings => &OF_SETTINGS,
        ConfiguredKind::Trunk => &[],
    }
}

/// Takes out the row, or the setting, that names what is refused; else any that names a recording. None: the
/// file does.
fn without_recording(rows: &mut Vec<ConfiguredRow>, refused: &RecordingRefused) -> Option<LeftOut> {
    let text = refused.to_string();
    let named = |value: &Value| match value {
        Value::String(name) => text.contains(name.as_str()),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .any(|name| text.contains(name)),
        _ => false,
    };
    let places = rows.iter().enumerate().flat_map(|(at, row)| {
        let keys = keys_of(row.kind).iter();
        keys.filter_map(move |key| Some((at, *key, row.keys.get(*key)?)))
    });
    let places: Vec<_> = places.collect();
    let guilty = places.iter().find(|(_, _, value)| named(value));
    let (at, key, _) = *guilty.or(places.first())?;
    let row = &mut rows[at];
    let place = RowPlace {
        key: key.to_owned(),
        ..RowPlace::of(row.kind, &row.name)
    };
    if row.kind == ConfiguredKind::Settings {
        row.keys.remove(key);
    } else {
        rows.remove(at);
    }
    Some(LeftOut {
        place,
        text,
        thai: None,
    })
}

/// What would be wrong with a change: all that is in force must stay so beside it.
pub(super) fn attempt(
    source: &Source,
    rows: &[ConfiguredRow],
    trial: Trial,
) -> Result<Config, Vec<Mistake>> {
    let whole = |refused: &dyn ToString| vec![told("", &refused.to_string(), None)];
    let in_force = with(source, rows).map_err(|refused| whole(&refused))?;
    let is = |row: &ConfiguredRow| row.kind == trial.kind && row.name == trial.name;
    let mut wanted: Vec<ConfiguredRow> = rows.to_vec();
    for left in &in_force.left_out {
        forget(&mut wanted, &left.place);
    }
    let at = wanted.iter().position(is);
    let recorded = trial
        .keys
        .as_ref()
        .is_some_and(|keys| names_recording(trial.kind, keys));
    let blamed = blamed(at.map(|at| &wanted[at]), &trial);
    match (at, trial.keys) {
        (Some(at), Some(keys)) => wanted[at].keys = keys,
        (Some(at), None) => {
            wanted.remove(at);
        }
        (None, Some(keys)) => wanted.push(ConfiguredRow {
            kind: trial.kind,
            name: trial.name.clone(),
            version: 0,
            keys,
        }),
        (None, None) => {}
    }
    let own = |complaint: &Complaint| match &complaint.origin {
        Origin::Row(place) if place.kind == trial.kind && place.name == trial.name => {
            let thai = complaint.thai.as_deref();
            told(&place.key, &complaint.text, thai)
        }
        Origin::Row(place) => {
            let (kind, name) = (place.kind.as_str(), &place.name);
            told(
                &blamed,
                &format!("{kind} {name:?}: {}", complaint.text),
                None,
            )
        }
        _ => told(&blamed, &complaint.text, complaint.thai.as_deref()),
    };
    let config = source
        .complaints_of(&wanted)
        .map_err(|complaints| complaints.iter().map(own).collect::<Vec<_>>())?;
    if let Some(strange) = without_authority(&config, &mut wanted) {
        return Err(vec![strange.told()]);
    }
    if recorded && let Err(refused) = prompts::check(&config) {
        let key = refused.key().unwrap_or_default();
        let key = key.strip_prefix("queue.").unwrap_or(key);
        return Err(vec![told(key, &refused.to_string(), None)]);
    }
    Ok(config)
}

/// Where to say what is wrong elsewhere through a change: at the first setting that changes. Queues and trunks have
/// no such place.
fn blamed(before: Option<&ConfiguredRow>, trial: &Trial) -> String {
    if trial.kind != ConfiguredKind::Settings {
        return String::new();
    }
    let is_new = |key: &&String| {
        let now = trial.keys.as_ref().and_then(|keys| keys.get(*key));
        before.and_then(|row| row.keys.get(*key)) != now
    };
    let before = before.iter().flat_map(|row| row.keys.keys());
    let now = trial.keys.iter().flat_map(Keys::keys);
    now.chain(before).find(is_new).cloned().unwrap_or_default()
}

/// What is left out anyway stands in nobody's way.
fn forget(rows: &mut Vec<ConfiguredRow>, place: &RowPlace) {
    let is = |row: &ConfiguredRow| row.kind == place.kind && row.name == place.name;
    let Some(at) = rows.iter().position(is) else {
        return;
    };
    if place.kind == ConfiguredKind::Settings {
        rows[at].keys.remove(&place.key);
    } else {
        rows.remove(at);
    }
}
