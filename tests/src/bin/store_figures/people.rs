//! Who calls, and finding people: what is asked while a phone rings and while somebody types.

use crate::{Done, cpu_time, say};
use kring_store::{ContactSearch, Store};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::{hint::black_box, time::Instant};

/// Looks at the caller's card, each of another number.
const CARDS: usize = 20_000;
/// The first of them, for which nothing has been read yet.
const COLD: usize = 500;
/// Searches of each kind.
const SEARCHES: usize = 400;

/// The number of this place, as `fill` makes it.
fn number(i: u64) -> String {
    format!("+668{:08}", i * 7_919 % 100_000_000)
}

/// What a pop asks.
pub(crate) async fn cards(store: &Store, contacts: u64, chance: &mut ChaCha8Rng) -> Done {
    let (mut cold, mut known, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let cpu = cpu_time();
    for n in 0..CARDS {
        // One in ten is nobody's.
        let i: u64 = chance.random_range(0..contacts * 5 / 3);
        let begun = Instant::now();
        let card = store.caller_card(&number(i), 3).await?;
        let took = begun.elapsed();
        if n < COLD {
            cold.push(took);
        } else if card.contact.is_some() || !card.candidates.is_empty() {
            known.push(took);
        } else {
            unknown.push(took);
        }
    }
    let cpu = cpu_time() - cpu;
    say("caller_card, cold", &mut cold);
    say("caller_card, somebody", &mut known);
    say("caller_card, nobody", &mut unknown);
    println!("caller_card: CPU {:?} each", cpu / CARDS as u32);
    // Those who call again and again.
    let mut often = Vec::new();
    for _ in 0..2_000 {
        let i = chance.random_range(0..contacts / 100);
        let begun = Instant::now();
        black_box(store.caller_card(&number(i), 3).await?);
        often.push(begun.elapsed());
    }
    say("caller_card, of who calls often", &mut often);
    Ok(())
}

/// What is typed: parts of names that are there, drawn anew each time.
pub(crate) async fn searches(store: &Store, contacts: u64, chance: &mut ChaCha8Rng) -> Done {
    let mut people = Vec::new();
    while people.len() < SEARCHES {
        let card = store
            .caller_card(&number(chance.random_range(0..contacts)), 0)
            .await?;
        people.extend(card.contact.into_iter().chain(card.candidates));
    }
    let part = |text: &str, from: usize, most: usize| -> String {
        text.chars().skip(from).take(most).collect()
    };
    type Typed<'p> = (&'static str, Box<dyn Fn(usize) -> String + 'p>);
    let kinds: [Typed<'_>; 9] = [
        (
            "beginning of a given name, 3",
            Box::new(|n| part(&people[n].given, 0, 3)),
        ),
        (
            "middle of a given name, 3",
            Box::new(|n| part(&people[n].given, 1, 3)),
        ),
        (
            "middle of a family name, 4",
            Box::new(|n| part(&people[n].family, 2, 4)),
        ),
        ("1 character", Box::new(|n| part(&people[n].given, 0, 1))),
        ("2 characters", Box::new(|n| part(&people[n].given, 0, 2))),
        (
            "a whole name",
            Box::new(|n| format!("{} {}", people[n].given, people[n].family)),
        ),
        ("a common family name", Box::new(|_| "ใจดี".to_owned())),
        ("two common names", Box::new(|_| "สมชาย ใจดี".to_owned())),
        (
            "nobody's name",
            Box::new(|n| format!("{}ฬฬฬ", part(&people[n].given, 0, 3))),
        ),
    ];
    for (what, typed) in &kinds {
        let (mut times, mut found) = (Vec::new(), 0);
        let mut longest = (std::time::Duration::ZERO, String::new());
        for n in 0..SEARCHES {
            let search = ContactSearch {
                text: typed(n),
                after: None,
                limit: 50,
            };
            let begun = Instant::now();
            found += store.find_contacts(&search).await?.contacts.len();
            let took = begun.elapsed();
            longest = longest.max((took, search.text));
            times.push(took);
        }
        say(&format!("search, {what}"), &mut times);
        println!(
            "    {} found each, the longest for {:?}",
            found / SEARCHES,
            longest.1
        );
    }
    let mut times = Vec::new();
    for _ in 0..SEARCHES {
        let number = number(chance.random_range(0..contacts));
        let begun = Instant::now();
        black_box(store.contacts_with(&number).await?);
        times.push(begun.elapsed());
    }
    say("search, a number", &mut times);
    let mut same = Vec::new();
    for person in people.iter().take(SEARCHES) {
        let begun = Instant::now();
        black_box(store.duplicates_of(person.id).await?);
        same.push(begun.elapsed());
    }
    say("duplicates", &mut same);
    pages(store).await
}

/// The list of everybody, far into it.
async fn pages(store: &Store) -> Done {
    let mut times = Vec::new();
    let mut search = ContactSearch {
        limit: 50,
        ..ContactSearch::default()
    };
    for _ in 0..SEARCHES {
        let begun = Instant::now();
        let page = store.find_contacts(&search).await?;
        times.push(begun.elapsed());
        search.after = page.next;
    }
    say("a page of everybody", &mut times);
    Ok(())
}
