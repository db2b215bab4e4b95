//! How the database goes about the questions that somebody waits for: asked of itself, so that an index that was
//! lost is seen before it is felt.

use crate::{
    Store, StoreRefused,
    caller_card::{CASES_OF_CONTACT, CASES_OF_NUMBER, WITH_NUMBER},
    contact_duplicates::{SAME_NAME, SAME_NUMBER},
    contact_search::{ALL_SORTED, PART_COUNT, asked_by_parts},
    sql::Given,
};
use sqlx::{AssertSqlSafe, Row};

/// A question and the way to its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryPlan {
    /// What is asked.
    pub what: &'static str,
    /// The steps, in the database's own words.
    pub steps: Vec<String>,
}

impl Store {
    /// The plans of the questions of a pop and of a search, on SQLite.
    pub async fn query_plans(&self) -> Result<Vec<QueryPlan>, StoreRefused> {
        let words = ["สมชาย".to_owned(), "ใจดี".to_owned()];
        let parts = ["ใจด".to_owned(), "มชา".to_owned()];
        let by_parts = asked_by_parts(&words, &parts, &mut Given::default());
        let (key, id) = (
            |given: &mut Given| given.add(&b"k"[..]).add("id").add(50).take(),
            "id",
        );
        let mut plans = Vec::new();
        for (what, sql, arguments) in [
            (
                "persons of a number",
                WITH_NUMBER,
                Given::default().add(id).add(8).take(),
            ),
            (
                "cases of a person",
                CASES_OF_CONTACT,
                Given::default().add(id).add(3).add(5).take(),
            ),
            (
                "cases of a number",
                CASES_OF_NUMBER,
                Given::default().add(id).add(3).add(5).take(),
            ),
            ("persons in order", ALL_SORTED, key(&mut Given::default())),
            (
                "persons of a part",
                PART_COUNT,
                Given::default().add("part").add(10).take(),
            ),
            ("persons by parts", by_parts.as_str(), by_parts_given()),
            (
                "persons of the same name",
                SAME_NAME,
                key(&mut Given::default()),
            ),
            (
                "persons of the same number",
                SAME_NUMBER,
                Given::default().add(id).add(10).take(),
            ),
        ] {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let rows = sqlx::query_with(AssertSqlSafe(sql), arguments)
                .fetch_all(&self.reader)
                .await?;
            let step = |row: &sqlx::any::AnyRow| row.try_get::<String, _>(3);
            let steps = rows.iter().map(step).collect::<Result<_, _>>()?;
            plans.push(QueryPlan { what, steps });
        }
        Ok(plans)
    }
}

fn by_parts_given() -> sqlx::any::AnyArguments {
    let mut given = Given::default();
    given.add(&b""[..]).add("").add(50);
    for text in ["ใจด", "มชา", "%สมชาย%", "%ใจดี%"] {
        given.add(text);
    }
    given.take()
}
