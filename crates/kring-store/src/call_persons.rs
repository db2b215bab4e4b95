//! What is shown of calls beside their rows: who called, and the unit of their case. Asked for a page at a time, in two
//! statements.

use crate::{
    CallRow, CaseAccess, Confidentiality, Store, StoreRefused,
    sql::{Cells, Given},
};
use kring_journal::CallId;
use rustc_hash::FxHashMap;
use sqlx::{AssertSqlSafe, any::AnyRow};

/// The sizes of lists of a page, so that a statement has few shapes.
const SIZES: [usize; 3] = [16, 64, 512];

/// Prefix, given and family name.
type Name = [String; 3];

/// What belongs to a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallMatter {
    /// The person of its case, or whose number it is alone: prefix, given and family name.
    pub name: Option<Name>,
    /// The unit of its case: short name, and Thai name.
    pub department: Option<(String, String)>,
}

/// By call.
pub type CallMatters = FxHashMap<CallId, CallMatter>;

impl Store {
    /// What belongs to these calls. Of cases that whoever asks may not read, nothing is told.
    pub async fn matters_of_calls(
        &self,
        calls: &[CallRow],
        access: &CaseAccess,
    ) -> Result<CallMatters, StoreRefused> {
        let mut matters = CallMatters::default();
        let with_case = calls.iter().filter(|row| row.record.case_ref.is_some());
        let ids: Vec<String> = with_case.map(|row| row.record.id.to_string()).collect();
        for row in &self.of_list(OF_CASES, &ids).await? {
            let mut cells = Cells::of(row, "case_file");
            let (call, read_by) = (cells.id()?, cells.name::<Confidentiality>()?);
            if read_by == Confidentiality::Restricted && !access.tips {
                continue;
            }
            let unit = (cells.some_text()?, cells.some_text()?);
            let department = unit.0.zip(unit.1);
            let name = read_name(&mut cells)?;
            matters.insert(call, CallMatter { name, department });
        }
        let numbers: Vec<String> = calls
            .iter()
            .filter_map(|row| Some(row.number.as_ref()?.canonical.clone()))
            .collect();
        let names = self.persons_of(&numbers).await?;
        for row in calls {
            let number = row.number.as_ref().map(|number| &number.canonical);
            let Some(Some(name)) = number.and_then(|number| names.get(number)) else {
                continue;
            };
            let matter = matters.entry(row.record.id).or_default();
            matter.name.get_or_insert_with(|| name.clone());
        }
        Ok(matters)
    }

    /// Whose numbers these are; none where several persons use one.
    async fn persons_of(
        &self,
        numbers: &[String],
    ) -> Result<FxHashMap<String, Option<Name>>, StoreRefused> {
        let mut names: FxHashMap<String, Option<Name>> = FxHashMap::default();
        for row in &self.of_list(OF_NUMBERS, numbers).await? {
            let mut cells = Cells::of(row, "contact");
            let number = cells.text()?;
            let name = read_name(&mut cells)?;
            names
                .entry(number)
                .and_modify(|one| *one = None)
                .or_insert(name);
        }
        Ok(names)
    }

    async fn of_list(&self, sql: &str, list: &[String]) -> Result<Vec<AnyRow>, StoreRefused> {
        let mut list: Vec<&str> = list.iter().map(String::as_str).collect();
        list.sort_unstable();
        list.dedup();
        let Some(last) = list.last().copied() else {
            return Ok(Vec::new());
        };
        let size = SIZES.into_iter().find(|size| *size >= list.len());
        let size = size.unwrap_or(list.len());
        let mut given = Given::default();
        for n in 0..size {
            given.add(list.get(n).copied().unwrap_or(last));
        }
        let markers: Vec<String> = (1..=size).map(|n| format!("${n}")).collect();
        let sql = sql.replace("LIST", &markers.join(","));
        let asked = sqlx::query_with(AssertSqlSafe(sql), given.take());
        Ok(asked.fetch_all(&self.reader).await?)
    }
}

const OF_CASES: &str = "SELECT k.call, k.confidentiality, d.short, d.name_th, p.prefix, p.given, p.family \
    FROM case_file k LEFT JOIN department d ON d.id = k.department \
    LEFT JOIN contact p ON p.id = k.contact WHERE k.call IN (LIST)";

const OF_NUMBERS: &str = "SELECT n.number, k.prefix, k.given, k.family FROM contact_number n \
    JOIN contact k ON k.id = n.contact WHERE n.number IN (LIST) ORDER BY n.number, k.id";

fn read_name(cells: &mut Cells<'_>) -> Result<Option<Name>, StoreRefused> {
    Ok(
        match (cells.some_text()?, cells.some_text()?, cells.some_text()?) {
            (Some(prefix), Some(given), Some(family)) => Some([prefix, given, family]),
            _ => None,
        },
    )
}
