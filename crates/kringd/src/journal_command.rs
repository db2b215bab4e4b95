//! `kringd journal`: the transcript of what happened, and the proof that nobody changed it.
//!
//! Facts name callers by reference; the number that is printed beside one comes from the customer
//! tables, masked unless it is asked for whole. Where it was erased, the reference stands alone.

use crate::{
    cli::{JournalOptions, Lang},
    config::Config,
    database,
    exit::Fault,
    logging::masked,
};
use kring_journal::{CallId, CallRecord, CallSound, Entry, Fact, RingTime, Telling};
use kring_store::{Broken, SealedCall, Store, limits::PAGE_MAX};
use std::{
    io::{self, BufWriter, ErrorKind, Write},
    time::Duration,
};

/// How often the end of the journal is looked at when it is followed.
const FOLLOW_EVERY: Duration = Duration::from_millis(200);

/// What is printed of the past before the journal is followed.
const FOLLOW_FROM: u32 = 20;

/// Prints what was asked for.
pub(crate) async fn run(config: &Config, options: JournalOptions) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let done = match (options.verify, options.call) {
        (true, Some(call)) => verify_call(&store, call).await,
        (true, None) => verify(&store).await,
        (false, _) => transcript(&store, &options).await,
    };
    store.close().await;
    done
}

async fn verify(store: &Store) -> Result<(), Fault> {
    match store.verify().await {
        Ok(whole) => {
            println!(
                "the journal is whole: {} facts in {} segments.",
                whole.entries, whole.segments
            );
            for (node, head) in whole.heads {
                println!("the chain of {node} ends with {head}");
            }
            Ok(())
        }
        Err(broken) => Err(changed(broken)),
    }
}

/// Whether the facts of one call are those that were written, and where they stand in the chain.
async fn verify_call(store: &Store, call: CallId) -> Result<(), Fault> {
    let SealedCall { segments, heads } = store.verify_call(call).await.map_err(changed)?;
    let facts: usize = segments.iter().map(|segment| segment.facts.len()).sum();
    if facts == 0 {
        return Err(no_such_call(call));
    }
    println!(
        "call {call} is whole: {facts} facts in {} segments.",
        segments.len()
    );
    for segment in &segments {
        let numbers: Vec<String> = segment.facts.iter().map(ToString::to_string).collect();
        println!(
            "segment {} of {} (boot {}, facts {} to {}) {}: facts {}",
            segment.n,
            segment.node,
            segment.boot,
            segment.first_seq,
            segment.last_seq,
            segment.hash,
            numbers.join(" ")
        );
    }
    for head in heads {
        println!(
            "the chain leads on to segment {} of {}: {}",
            head.n, head.node, head.hash
        );
    }
    Ok(())
}

fn changed(broken: Broken) -> Fault {
    match broken {
        Broken::Refused(refused) => database::refused(refused),
        broken => Fault::Unavailable(format!(
            "the journal was changed: {broken}. Keep this database as it is, and compare it with \
             a back-up."
        )),
    }
}

fn no_such_call(call: CallId) -> Fault {
    Fault::Arguments(format!("the journal has no call {call}."))
}

/// The call in a sentence, in the languages that are asked for.
fn told(entries: &[Entry], lang: Lang) -> Vec<String> {
    let (Some(record), Some(evidence)) = (CallRecord::of(entries), RingTime::of(entries)) else {
        return Vec::new();
    };
    let Telling { th, en } = Telling::of(&record, &evidence, &CallSound::of(entries));
    match lang {
        Lang::Th => vec![th],
        Lang::En => vec![en],
        Lang::Both => vec![th, en],
    }
}

async fn transcript(store: &Store, options: &JournalOptions) -> Result<(), Fault> {
    let mut out = Transcript {
        store,
        unmask: options.unmask,
        out: BufWriter::new(io::stdout()),
    };
    let printed = match options.call {
        Some(call) => {
            let entries = store.entries_of(call).await.map_err(database::refused)?;
            if entries.is_empty() {
                return Err(no_such_call(call));
            }
            out.tell(&told(&entries, options.lang), &entries).await
        }
        None => out.pages(options.follow).await,
    };
    match printed {
        Ok(()) | Err(Stop::NobodyReads) => Ok(()),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// Why printing ended early.
enum Stop {
    /// The pipe was closed, as `head` does.
    NobodyReads,
    Fault(Fault),
}

impl From<io::Error> for Stop {
    fn from(refused: io::Error) -> Stop {
        match refused.kind() {
            ErrorKind::BrokenPipe => Stop::NobodyReads,
            _ => Stop::Fault(Fault::Unavailable(format!("cannot print: {refused}."))),
        }
    }
}

impl From<kring_store::StoreRefused> for Stop {
    fn from(refused: kring_store::StoreRefused) -> Stop {
        Stop::Fault(database::refused(refused))
    }
}

struct Transcript<'s> {
    store: &'s Store,
    unmask: bool,
    out: BufWriter<io::Stdout>,
}

impl Transcript<'_> {
    /// Prints the whole journal; or, when it is followed, its last lines and then what is added.
    async fn pages(&mut self, follow: bool) -> Result<(), Stop> {
        let (mut boot, mut seq) = (0, 0);
        if follow {
            let last = self.store.last_entries(FOLLOW_FROM).await?;
            if let Some(last) = last.last() {
                (boot, seq) = (last.boot, last.seq);
            }
            self.print(&last).await?;
        }
        loop {
            let entries = self.store.entries_after(boot, seq, PAGE_MAX).await?;
            if let Some(last) = entries.last() {
                (boot, seq) = (last.boot, last.seq);
                self.print(&entries).await?;
            } else if follow {
                tokio::time::sleep(FOLLOW_EVERY).await;
            } else {
                return Ok(());
            }
        }
    }

    /// Sentences, and below them the lines.
    async fn tell(&mut self, sentences: &[String], entries: &[Entry]) -> Result<(), Stop> {
        for sentence in sentences {
            writeln!(self.out, "{sentence}")?;
        }
        if !sentences.is_empty() {
            writeln!(self.out)?;
        }
        self.print(entries).await
    }

    async fn print(&mut self, entries: &[Entry]) -> Result<(), Stop> {
        for entry in entries {
            let line = self.line(entry).await?;
            writeln!(self.out, "{line}")?;
        }
        self.out.flush()?;
        Ok(())
    }

    /// `2026-11-23 20:58:00.123 1/4711 01J…  14.500  withdrawn  seat-5021 Rona`
    async fn line(&self, entry: &Entry) -> Result<String, Stop> {
        let call = entry
            .call
            .map_or_else(|| "-".repeat(26), |call| call.to_string());
        let mut said = entry.to_string();
        if let Fact::Offered { caller, .. } = &entry.fact
            && let Some(number) = self.store.resolve(*caller).await?
        {
            let reference = caller.to_string();
            said = said.replace(&reference, &format!("{reference} ({number})"));
        }
        if !self.unmask {
            said = masked(&said).into_owned();
        }
        Ok(format!(
            "{} {}/{} {call} {said}",
            wall(entry),
            entry.boot,
            entry.seq
        ))
    }
}

/// The wall clock's time, UTC, to the millisecond.
fn wall(entry: &Entry) -> String {
    let nanos = i128::from(entry.wall.0) * 1_000;
    let format = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
    );
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|at| at.format(format).ok())
        .unwrap_or_else(|| entry.wall.0.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_journal::WallTime;
    use kring_time::Moment;

    #[test]
    fn the_wall_is_printed_in_utc_whatever_it_showed() {
        let at = |us| Entry {
            node: "n".to_owned(),
            boot: 1,
            seq: 1,
            at: Moment::BOOT,
            wall: WallTime(us),
            call: None,
            fact: Fact::Stopped,
        };
        assert_eq!(wall(&at(1_763_931_480_123_456)), "2025-11-23T20:58:00.123Z");
        assert_eq!(wall(&at(i64::MIN)), i64::MIN.to_string());
    }
}
