//! People who may sign in out of a file: all or nothing, by their logins. Who is new has no password yet and cannot
//! sign in before one is set.

use crate::{
    Account, AgentRow, ImportRefused, ImportRun, Imported, Role, Store, StoreRefused,
    accounts::{add_within, change_within, find_account},
    agents_csv::ImportedAgent,
    audit::ChangedBy,
    connect::Durability,
    csv_mistake::CsvMistake,
};
use kring_journal::AgentId;

impl Store {
    /// Puts the people of a file among the accounts, and leaves all others. Each change is in the audit as if it
    /// had been made by itself.
    pub async fn import_agents(
        &self,
        by: &ChangedBy,
        told: &[ImportedAgent],
        run: ImportRun,
    ) -> Result<Imported, ImportRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let mut imported = Imported::default();
        let mut mistakes = Vec::new();
        for row in told {
            let login = AgentId::new(row.login.as_str());
            let stored = find_account(&mut tx, &login).await?;
            let done = match &stored {
                None => {
                    let mut agent = nobody_yet(&login);
                    row.put(&mut agent);
                    add_within(&mut tx, by, &Account::new(agent, by.at)).await
                }
                Some(_) => {
                    let change = |account: &mut Account| {
                        row.put(&mut account.agent);
                        Ok(())
                    };
                    let changed = change_within(&mut tx, by, &login, change).await;
                    changed.map(|_| ())
                }
            };
            let list = match (done, &stored) {
                (Ok(()), None) => &mut imported.added,
                (Ok(()), Some(was)) => {
                    let is = find_account(&mut tx, &login).await?;
                    if is.as_ref() == Some(was) {
                        &mut imported.left
                    } else {
                        &mut imported.changed
                    }
                }
                (Err(StoreRefused::Unacceptable { field, why }), _) => {
                    let thai = "ค่าไม่ถูกต้องหรือว่าง".to_owned();
                    mistakes.push(CsvMistake::new(row.row, field, (why.to_owned(), thai)));
                    continue;
                }
                (Err(StoreRefused::LastAdministrator), _) => {
                    let thai = "เป็นผู้ดูแลระบบคนสุดท้าย จึงเปลี่ยนไม่ได้".to_owned();
                    let english = StoreRefused::LastAdministrator.to_string();
                    mistakes.push(CsvMistake::new(row.row, "role", (english, thai)));
                    continue;
                }
                (Err(refused), _) => return Err(refused.into()),
            };
            list.push(row.login.clone());
        }
        if !mistakes.is_empty() {
            return Err(ImportRefused::Mistakes(mistakes));
        }
        if run == ImportRun::Real {
            tx.commit().await.map_err(StoreRefused::from)?;
        }
        Ok(imported)
    }
}

fn nobody_yet(login: &AgentId) -> AgentRow {
    AgentRow {
        login: login.clone(),
        name: login.to_string(),
        role: Role::Agent,
        password_hash: None,
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        skills: Vec::new(),
        disabled: false,
        department: None,
        record: false,
    }
}
