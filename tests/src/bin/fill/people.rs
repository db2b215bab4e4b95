//! The people of a full house, with what makes them findable: written in the order in which the tables keep them,
//! because a hundred rows on one page are written at once.

use super::names::name;
use kring_text::{folded, parts_of, sort_key};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// Rows that go by one statement, as a list in JSON.
const AT_ONCE: usize = 5_000;

/// Writes so many people, made before `now`; how many parts of names they have.
pub(crate) async fn people(
    database: &mut SqliteConnection,
    count: usize,
    now: i64,
) -> Result<usize, sqlx::Error> {
    let mut chance = ChaCha8Rng::seed_from_u64(2569);
    let mut keys: Vec<Vec<u8>> = Vec::with_capacity(count);
    let mut parts: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(AT_ONCE);
    for i in 0..count {
        let name = name(&mut chance);
        let search = folded(&format!("{} {}", name.given, name.family));
        let key = sort_key(&name.given, &name.family);
        for part in parts_of(&search) {
            parts.entry(part).or_default().push(i as u32);
        }
        let notes = if i % 50 == 0 {
            "พูดช้า ๆ ฟังไม่ค่อยถนัด"
        } else {
            ""
        };
        rows.push(json!([
            id(i),
            name.prefix,
            name.given,
            name.family,
            notes,
            search,
            hex(&key)
        ]));
        keys.push(key);
        if rows.len() == AT_ONCE || i + 1 == count {
            contacts(database, &rows, now).await?;
            rows.clear();
        }
    }
    let mut written = 0;
    for (part, mut people) in parts {
        people.sort_unstable_by(|a, b| {
            let of = |i: &u32| (&keys[*i as usize], *i);
            of(a).cmp(&of(b))
        });
        for i in people {
            rows.push(json!([part, hex(&keys[i as usize]), id(i as usize)]));
            written += 1;
            if rows.len() == AT_ONCE {
                put_parts(database, &rows).await?;
                rows.clear();
            }
        }
    }
    put_parts(database, &rows).await?;
    Ok(written)
}

async fn contacts(
    database: &mut SqliteConnection,
    rows: &[Value],
    now: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO contact (id, prefix, given, family, org, notes, search_key, sort_key, found_by, \
         version, created) SELECT value->>0, value->>1, value->>2, value->>3, '', value->>4, value->>5, \
         unhex(value->>6), 1, 1, ?2 FROM json_each(?1)",
    )
    .bind(json!(rows).to_string())
    .bind(now)
    .execute(database)
    .await?;
    Ok(())
}

async fn put_parts(database: &mut SqliteConnection, rows: &[Value]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO contact_part (part, sort_key, contact) \
         SELECT value->>0, unhex(value->>1), value->>2 FROM json_each(?1)",
    )
    .bind(json!(rows).to_string())
    .execute(database)
    .await?;
    Ok(())
}

fn id(i: usize) -> String {
    format!("01J{i:023}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
