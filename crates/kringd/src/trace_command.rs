//! `kringd trace`: the SIP messages of a call, the last ones outside any call, or all from now on.
//!
//! A running daemon is asked by its local socket. A call that it no longer has in memory, or that an
//! earlier process had, is read from the database.

use crate::{
    cli::TraceOptions,
    config::Config,
    database,
    exit::Fault,
    trace::{Asked, Detail, door_path, sights},
};
use kring_journal::CallId;
use kring_web::Trace;
use std::io::{self, ErrorKind, Write};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
};

/// Prints what was asked for.
pub(crate) async fn run(config: &Config, options: TraceOptions) -> Result<(), Fault> {
    let asked = Asked {
        call: options.call,
        follow: options.follow,
        raw: options.raw,
        filter: options.filter,
    };
    let path = door_path(&config.data_dir);
    let printed = match UnixStream::connect(&path).await {
        Ok(stream) if options.erase => is_there(stream, &asked).await,
        Ok(stream) => tokio::select! {
            printed = listen(stream, &asked) => printed,
            // Nobody is left who reads; what was printed is whole.
            _ = tokio::signal::ctrl_c() => Ok(true),
        },
        Err(refused) if asked.call.is_none() => {
            return Err(Fault::Unavailable(format!(
                "no daemon answers at {}: {refused}. Start kringd, or run this as its user, with \
                 its configuration.",
                path.display()
            )));
        }
        Err(_) => Ok(false),
    };
    match (printed, asked.call) {
        (Ok(false), Some(call)) if options.erase => erase(config, call).await,
        (Ok(true), Some(call)) if options.erase => Err(Fault::Unavailable(format!(
            "call {call} is live or has just ended, and its messages would be stored after this. \
             Erase them a minute after its end."
        ))),
        (Ok(false), Some(call)) => from_store(config, call, &asked).await,
        (Ok(_), _) => Ok(()),
        (Err(refused), _) => told(refused),
    }
}

async fn erase(config: &Config, call: CallId) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let erased = store.erase_trace(call).await;
    store.close().await;
    if !erased.map_err(database::refused)? {
        return Err(none_kept(call));
    }
    println!("the SIP messages of call {call} are erased.");
    Ok(())
}

fn none_kept(call: CallId) -> Fault {
    let what = format!("no SIP trace of call {call} is kept: see sip.trace_keep_days.");
    Fault::Arguments(what)
}

/// Whether the daemon has what is asked for.
async fn is_there(stream: UnixStream, asked: &Asked) -> io::Result<bool> {
    Ok(ask(stream, asked).await?.is_some())
}

/// What the daemon says; `None` when it has nothing to say.
async fn ask(mut stream: UnixStream, asked: &Asked) -> io::Result<Option<BufReader<UnixStream>>> {
    stream.write_all(asked.line().as_bytes()).await?;
    let mut said = BufReader::new(stream);
    let mut line = Vec::new();
    said.read_until(b'\n', &mut line).await?;
    match line.as_slice() {
        b"ok\n" => Ok(Some(said)),
        b"none\n" => Ok(None),
        b"" => Err(io::Error::other(
            "the daemon has no room for another reader",
        )),
        other => {
            let told = String::from_utf8_lossy(other).trim().to_owned();
            Err(io::Error::other(told))
        }
    }
}

/// Prints what the daemon says; whether it had something to say.
async fn listen(stream: UnixStream, asked: &Asked) -> io::Result<bool> {
    let Some(mut said) = ask(stream, asked).await? else {
        return Ok(false);
    };
    let mut line = Vec::new();
    let mut out = io::stdout().lock();
    loop {
        line.clear();
        if said.read_until(b'\n', &mut line).await? == 0 {
            return Ok(true);
        }
        out.write_all(&line)?;
        if said.buffer().is_empty() {
            out.flush()?;
        }
    }
}

async fn from_store(config: &Config, call: CallId, asked: &Asked) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let packed = store.trace(call).await;
    store.close().await;
    let Some(packed) = packed.map_err(database::refused)? else {
        return Err(none_kept(call));
    };
    let trace = Trace::unpack(&packed)
        .map_err(|refused| Fault::Unavailable(format!("call {call}: {refused}.")))?;
    let detail = if asked.raw {
        Detail::Whole
    } else {
        Detail::Line
    };
    let mut out = io::stdout().lock();
    for sight in sights(call, &trace) {
        if asked
            .filter
            .as_ref()
            .is_some_and(|filter| !sight.holds(filter))
        {
            continue;
        }
        if let Err(refused) = out.write_all(sight.text(detail).as_bytes()) {
            return told(refused);
        }
    }
    Ok(())
}

/// A pipe that was closed, as `head` does, is no fault.
fn told(refused: io::Error) -> Result<(), Fault> {
    match refused.kind() {
        ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Fault::Unavailable(format!("cannot trace: {refused}."))),
    }
}
