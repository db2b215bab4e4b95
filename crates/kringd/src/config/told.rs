//! The configuration as pages are told it: each queue, trunk and setting with who says so, and what is left out.

use super::{
    Bounds, Config, Layered, LeftOut, Queue, RowPlace, Source,
    listed::{self, LISTED, Listed},
};
use kring_store::{ConfiguredKind, ConfiguredRow};
use kring_web::{ConfiguredIn, ConfiguredItem, ConfiguredNow, Keys, Mistake, SettingNow};
use serde_json::{Value, json};

/// The one row of settings.
const SETTINGS: &str = "house";

impl Layered {
    /// As pages are told it.
    pub(crate) fn told(&self) -> ConfiguredNow {
        let settings = self.settings_row();
        ConfiguredNow {
            queues: self.queues(),
            trunks: self.trunks(),
            settings: self.settings(settings),
            settings_version: settings.map_or(0, |row| row.version),
            house: [
                self.config.house.thai.clone(),
                self.config.house.english.clone(),
            ],
        }
    }

    fn settings_row(&self) -> Option<&ConfiguredRow> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.kind == ConfiguredKind::Settings && row.name == SETTINGS)
    }

    fn row(&self, kind: ConfiguredKind, name: &str) -> Option<&ConfiguredRow> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.kind == kind && row.name == name)
    }

    fn complaint(&self, kind: ConfiguredKind, name: &str) -> Option<Mistake> {
        let is = |left: &&LeftOut| left.place.kind == kind && left.place.name == name;
        self.left_out.iter().find(is).map(LeftOut::told)
    }

    fn queues(&self) -> Vec<ConfiguredItem> {
        let kind = ConfiguredKind::Queue;
        let in_force = |queue: &Queue| {
            let mut item = self.item(kind, &queue.name, &self.file.queues);
            let keys = &mut item.settings;
            keys.insert("did".to_owned(), json!(queue.did));
            keys.insert("members".to_owned(), json!(members(queue)));
            keys.insert("plan".to_owned(), json!(listed::plan(&queue.plan)));
            let action = listed::action(queue.deadline_action);
            keys.insert("deadline_action".to_owned(), json!(action));
            item
        };
        let mut items: Vec<ConfiguredItem> = self.config.queues.iter().map(in_force).collect();
        self.add_left_out(kind, &mut items);
        items
    }

    fn trunks(&self) -> Vec<ConfiguredItem> {
        let kind = ConfiguredKind::Trunk;
        let trunks = self.config.trunks.iter();
        let in_force = trunks.map(|trunk| self.item(kind, &trunk.name, &self.file.trunks));
        let mut items: Vec<ConfiguredItem> = in_force.collect();
        self.add_left_out(kind, &mut items);
        items
    }

    /// One that is in force.
    fn item(&self, kind: ConfiguredKind, name: &str, file: &[Keys]) -> ConfiguredItem {
        let has_name = |keys: &&Keys| keys.get("name").and_then(Value::as_str) == Some(name);
        let written = file.iter().find(has_name);
        let row = self.row(kind, name);
        let (source, version, mut settings) = match (written, row) {
            (Some(keys), _) => (ConfiguredIn::File, 0, keys.clone()),
            (None, Some(row)) => (ConfiguredIn::Database, row.version, row.keys.clone()),
            (None, None) => (ConfiguredIn::Default, 0, Keys::new()),
        };
        settings.remove("name");
        ConfiguredItem {
            name: name.to_owned(),
            source,
            version,
            settings,
            complaint: None,
        }
    }

    /// One that has lost its name to the file is not shown twice.
    fn add_left_out(&self, kind: ConfiguredKind, items: &mut Vec<ConfiguredItem>) {
        for row in self.rows.iter().filter(|row| row.kind == kind) {
            let complaint = self.complaint(kind, &row.name);
            let is_there = items.iter().any(|item| item.name == row.name);
            if complaint.is_some() && !is_there {
                items.push(ConfiguredItem {
                    name: row.name.clone(),
                    source: ConfiguredIn::Database,
                    version: row.version,
                    settings: row.keys.clone(),
                    complaint,
                });
            }
        }
    }

    fn settings(&self, row: Option<&ConfiguredRow>) -> Vec<SettingNow> {
        let nothing = Source::of("defaults", "", []).alone();
        let nothing = nothing.expect("nothing at all is a configuration");
        let own = LISTED.iter().map(|of| self.setting(of, row, &nothing));
        own.chain(self.of_the_process(&nothing)).collect()
    }

    fn setting(&self, of: &Listed, row: Option<&ConfiguredRow>, nothing: &Config) -> SettingNow {
        let key = of.key;
        let is = |left: &&LeftOut| left.place == place(key);
        let complaint = self.left_out.iter().find(is).map(LeftOut::told);
        let in_file = self.file.settings.get(key);
        let in_row = row.and_then(|row| row.keys.get(key));
        let source = match (in_file, in_row, &complaint) {
            (Some(_), _, _) => ConfiguredIn::File,
            (None, Some(_), None) => ConfiguredIn::Database,
            _ => ConfiguredIn::Default,
        };
        let written = match source {
            ConfiguredIn::File => in_file,
            ConfiguredIn::Database => in_row,
            ConfiguredIn::Default => None,
        };
        let value = match listed::value(&self.config, key) {
            Value::Null => written.cloned().unwrap_or_default(),
            value => value,
        };
        let (min, max, choices) = match self.bounds.get(key) {
            Some(Bounds::Number(low, high)) => (Some(*low), Some(*high), None),
            Some(Bounds::Words(words)) => (None, None, Some(words.clone())),
            None => (None, None, None),
        };
        let max = match key {
            "ring.limit" => Some(super::layered::LIMIT_MAX),
            _ => max,
        };
        SettingNow {
            key: key.to_owned(),
            value,
            default: listed::value(nothing, key),
            source,
            needs_restart: of.needs_restart,
            unit: of.unit.map(str::to_owned),
            min,
            max,
            choices,
            read_only: false,
            complaint,
        }
    }

    /// What only the file can say, for those who look.
    fn of_the_process(&self, nothing: &Config) -> impl Iterator<Item = SettingNow> {
        let values = |config: &Config| {
            let listens = config.sip.listen.iter().map(ToString::to_string);
            [
                ("data_dir", json!(config.data_dir)),
                ("node", json!(config.node)),
                ("sip.listen", json!(listens.collect::<Vec<_>>())),
                ("http.listen", json!(config.http.listen.to_string())),
                ("http.public_url", json!(config.http.public_url)),
                ("database.url", json!(config.database.shown())),
                ("media.rtp_ports", json!(config.media.rtp_ports.to_string())),
                ("media.threads", json!(config.media.threads)),
                ("media.dscp", json!(config.media.dscp)),
            ]
        };
        let both = values(&self.config).into_iter().zip(values(nothing));
        both.map(|((key, value), (_, default))| SettingNow {
            key: key.to_owned(),
            source: if value == default {
                ConfiguredIn::Default
            } else {
                ConfiguredIn::File
            },
            value,
            default,
            needs_restart: true,
            read_only: true,
            ..SettingNow::default()
        })
    }
}

/// Where a setting of the database is.
fn place(key: &str) -> RowPlace {
    RowPlace {
        key: key.to_owned(),
        ..RowPlace::of(ConfiguredKind::Settings, SETTINGS)
    }
}

/// Logins, each with its priority where that is not 1.
fn members(queue: &Queue) -> Vec<String> {
    let member = |member: &kring_call::Member| match member.priority {
        1 => member.agent.to_string(),
        priority => format!("{}:{priority}", member.agent),
    };
    queue.members.iter().map(member).collect()
}

impl LeftOut {
    /// For people.
    pub(crate) fn told(&self) -> Mistake {
        told(&self.place.key, &self.text, self.thai.as_deref())
    }
}

/// A mistake at a key, for people; none: at the thing as a whole.
pub(crate) fn told(key: &str, text: &str, thai: Option<&str>) -> Mistake {
    // A page gives the password itself.
    let key = key.replace("password_file", "password");
    let field = Some(key).filter(|key| !key.is_empty());
    let th = thai.map_or_else(
        || match &field {
            Some(field) => format!("ค่าของ {field} ไม่ถูกต้อง: {text}"),
            None => format!("ใช้ร่วมกับค่าอื่นไม่ได้: {text}"),
        },
        str::to_owned,
    );
    Mistake {
        field,
        en: text.to_owned(),
        th,
    }
}
