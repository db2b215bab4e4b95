//! People who may sign in as a file of rows: one row a person, columns known by English or Thai names.
//!
//! A column that is not there leaves what is stored; an empty cell of one that is there empties it. Passwords are
//! never in such a file, neither way.

use crate::{
    AgentRow, Role,
    csv_mistake::CsvMistake,
    csv_rows::{Row, guarded, rows},
    limits,
};
use kring_text::folded;

const COLUMNS: [(&str, &[&str]); 8] = [
    ("login", &["ชื่อผู้ใช้", "ผู้ใช้"]),
    ("name", &["ชื่อ", "ชื่อ-นามสกุล"]),
    ("role", &["บทบาท", "สิทธิ์"]),
    ("devices", &["เครื่องโทรศัพท์", "เครื่อง", "device"]),
    ("queues", &["คิว", "queue"]),
    ("skills", &["ทักษะ", "skill"]),
    ("auto_answer", &["รับสายอัตโนมัติ"]),
    ("disabled", &["ระงับการใช้งาน", "ระงับ"]),
];

/// A person as a row tells them; none: the file has no column for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedAgent {
    /// The line of the row.
    pub row: u64,
    /// Who it is.
    pub login: String,
    /// See [`AgentRow::name`].
    pub name: Option<String>,
    /// See [`AgentRow::role`].
    pub role: Option<Role>,
    /// See [`AgentRow::devices`].
    pub devices: Option<Vec<String>>,
    /// See [`AgentRow::queues`].
    pub queues: Option<Vec<String>>,
    /// See [`AgentRow::skills`].
    pub skills: Option<Vec<String>>,
    /// See [`AgentRow::auto_answer`].
    pub auto_answer: Option<bool>,
    /// See [`AgentRow::disabled`].
    pub disabled: Option<bool>,
}

impl ImportedAgent {
    /// Gives a person what the file says of them.
    pub(crate) fn put(&self, agent: &mut AgentRow) {
        if let Some(name) = self.name.as_ref().filter(|name| !name.is_empty()) {
            agent.name.clone_from(name);
        }
        agent.role = self.role.unwrap_or(agent.role);
        for (list, told) in [
            (&mut agent.devices, &self.devices),
            (&mut agent.queues, &self.queues),
            (&mut agent.skills, &self.skills),
        ] {
            if let Some(told) = told {
                list.clone_from(told);
            }
        }
        agent.auto_answer = self.auto_answer.unwrap_or(agent.auto_answer);
        agent.disabled = self.disabled.unwrap_or(agent.disabled);
    }
}

/// Reads a file in UTF-8, with or without byte order mark. Every mistake in it is told, up to
/// [`limits::CSV_MISTAKES_MAX`].
pub fn read_agents_csv(bytes: &[u8]) -> Result<Vec<ImportedAgent>, Vec<CsvMistake>> {
    let rows = rows(bytes, &COLUMNS, "login")?;
    let mut mistakes = Vec::new();
    let mut agents: Vec<ImportedAgent> = Vec::with_capacity(rows.len());
    for row in &rows {
        let told = agent(row, &mut mistakes);
        if let Some(other) = agents.iter().find(|other| other.login == told.login) {
            let why = (
                format!("is in row {} already", other.row),
                format!("ซ้ำกับแถวที่ {}", other.row),
            );
            mistakes.push(row.mistake(0, why));
        }
        agents.push(told);
    }
    mistakes.truncate(limits::CSV_MISTAKES_MAX);
    if mistakes.is_empty() {
        Ok(agents)
    } else {
        Err(mistakes)
    }
}

fn agent(row: &Row, mistakes: &mut Vec<CsvMistake>) -> ImportedAgent {
    let login = row.text(0).unwrap_or_default().to_owned();
    let letter =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if login.is_empty() || login.len() > 64 || !login.chars().all(letter) {
        let told = (
            "is not 1 to 64 of a-z, 0-9, '.', '_' and '-'".to_owned(),
            "ต้องเป็น a-z, 0-9, '.', '_' หรือ '-' จำนวน 1 ถึง 64 ตัว".to_owned(),
        );
        mistakes.push(row.mistake(0, told));
    }
    let role = row.text(2).map(folded).filter(|role| !role.is_empty());
    let role = role.and_then(|name| {
        let role = Role::from_name(&name);
        if role.is_none() {
            let thai = "ไม่ใช่บทบาทที่มีในระบบ".to_owned();
            mistakes.push(row.mistake(2, (format!("{name:?} is no role"), thai)));
        }
        role
    });
    ImportedAgent {
        row: row.line,
        login,
        name: row.text(1).map(str::to_owned),
        role,
        devices: row.text(3).map(list),
        queues: row.text(4).map(list),
        skills: row.text(5).map(list),
        auto_answer: truth(row, 6, mistakes),
        disabled: truth(row, 7, mistakes),
    }
}

fn list(cell: &str) -> Vec<String> {
    let items = cell.split([';', '|', '\n']).map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

fn truth(row: &Row, column: usize, mistakes: &mut Vec<CsvMistake>) -> Option<bool> {
    match row.text(column).map(folded)?.as_str() {
        "" | "no" | "n" | "false" | "0" | "ไม่" | "ไม่ใช่" => Some(false),
        "yes" | "y" | "true" | "1" | "ใช่" => Some(true),
        _ => {
            let thai = "ต้องเป็น ใช่ หรือ ไม่".to_owned();
            mistakes.push(row.mistake(column, ("is neither yes nor no".to_owned(), thai)));
            None
        }
    }
}

/// People as such a file, with a byte order mark, as spreadsheets want it.
pub fn write_agents_csv(agents: &[AgentRow]) -> String {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let full = "writing to memory does not fail";
    out.write_record(COLUMNS.map(|(name, _)| name)).expect(full);
    let yes = |truth| if truth { "yes" } else { "no" }.to_owned();
    for agent in agents {
        let row = [
            agent.login.to_string(),
            guarded(&agent.name),
            agent.role.as_str().to_owned(),
            guarded(&agent.devices.join("; ")),
            guarded(&agent.queues.join("; ")),
            guarded(&agent.skills.join("; ")),
            yes(agent.auto_answer),
            yes(agent.disabled),
        ];
        out.write_record(row).expect(full);
    }
    String::from_utf8(out.into_inner().expect(full)).expect("texts and commas")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told_by_row_and_column() {
        let file = "login,บทบาท,auto_answer\nมาลี,agent,yes\nsomsri,boss,perhaps\nsomsri,agent,\n";
        let places: Vec<(u64, String)> = read_agents_csv(file.as_bytes())
            .unwrap_err()
            .into_iter()
            .map(|told| (told.row, told.column))
            .collect();
        let expected = [(2, "login"), (3, "role"), (3, "auto_answer"), (4, "login")];
        assert_eq!(places, expected.map(|(row, name)| (row, name.to_owned())));
        assert_eq!(
            read_agents_csv(b"name\nx\n").unwrap_err()[0].column,
            "login"
        );
    }

    #[test]
    fn people_come_back_as_they_went() {
        let mut agent = AgentRow {
            login: kring_journal::AgentId::new("somsri"),
            name: "=สมศรี".to_owned(),
            role: Role::Supervisor,
            password_hash: Some("secret".to_owned()),
            devices: vec!["sip:5021@192.0.2.7:5060".to_owned(), "pbx:21".to_owned()],
            auto_answer: true,
            queues: vec!["support".to_owned()],
            skills: vec!["tax:3".to_owned()],
            disabled: false,
            department: None,
            record: false,
        };
        let file = write_agents_csv(std::slice::from_ref(&agent));
        assert!(
            !file.contains("secret") && file.contains("'=สมศรี"),
            "{file}"
        );
        let told = &read_agents_csv(file.as_bytes()).unwrap()[0];
        let was = agent.clone();
        (agent.name, agent.role, agent.auto_answer) = (String::new(), Role::Agent, false);
        (agent.devices, agent.queues, agent.skills) = (Vec::new(), Vec::new(), Vec::new());
        told.put(&mut agent);
        assert_eq!(agent, was);
    }
}
