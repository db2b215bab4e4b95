//! What is asked while a phone rings goes by indexes, in a house that is full enough for the planner to think about.

#[path = "../src/bin/fill/house.rs"]
mod house;
#[path = "../src/bin/fill/names.rs"]
pub(crate) mod names;
#[path = "../src/bin/fill/people.rs"]
pub(crate) mod people;

use kring_store::{ContactSearch, Store, StoreConfig};

#[tokio::test]
async fn no_question_that_somebody_waits_for_reads_a_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.db");
    let path = path.to_str().unwrap();
    house::fill(path, 20_000, 30_000, 3, |_, _, _| {})
        .await
        .unwrap();
    let store = Store::open(&StoreConfig::new(&format!("sqlite:{path}"), "node-1"))
        .await
        .unwrap();
    let plans = store.query_plans().await.unwrap();
    assert!(plans.len() >= 8);
    // The tables by the names that the questions give them; what is scanned beside them are results.
    let tables = [
        "c",
        "d",
        "g",
        "k",
        "mine",
        "n",
        "o",
        "theirs",
        "contact",
        "contact_part",
        "case_file",
    ];
    for plan in &plans {
        for step in &plan.steps {
            let scanned = step
                .strip_prefix("SCAN ")
                .filter(|table| tables.contains(table));
            assert_eq!(scanned, None, "{plan:#?}");
        }
    }
    let of = |what: &str| {
        let plan = plans.iter().find(|plan| plan.what == what).unwrap();
        plan.steps.join("\n")
    };
    for (what, index) in [
        ("cases of a person", "case_complaint_of_contact"),
        ("cases of a number", "case_complaint_of_number"),
        ("persons in order", "contact_sorted"),
        ("persons of the same name", "contact_sorted"),
    ] {
        assert!(of(what).contains(index), "{what}: {}", of(what));
    }
    for what in ["persons in order", "persons by parts"] {
        assert!(
            !of(what).contains("TEMP B-TREE"),
            "it is walked in order: {}",
            of(what)
        );
    }

    // And it finds what is there: a number of two, complaints, a name by a part of it.
    let mut told = 0;
    for i in 0..40 {
        let number = format!("+668{:08}", i * 7_919);
        let card = store.caller_card(&number, 3).await.unwrap();
        assert!(card.history.iter().all(|item| item.kind.as_str() != "tip"));
        told += card.history.len();
    }
    assert!(told > 20, "who calls often has a history: {told}");
    let shared = format!("+668{:08}", 18 * 7_919);
    assert_eq!(
        store
            .caller_card(&shared, 3)
            .await
            .unwrap()
            .candidates
            .len(),
        2
    );
    let search = ContactSearch {
        text: "มชา".to_owned(),
        after: None,
        limit: 10,
    };
    let found = store.find_contacts(&search).await.unwrap();
    assert!(
        found.next.is_some()
            && found
                .contacts
                .iter()
                .all(|c| c.given.contains("มชา") || c.family.contains("มชา"))
    );
    store.close().await;
}
