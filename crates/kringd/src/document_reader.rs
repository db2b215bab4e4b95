//! A process of its own for each document that is read: `kringd read-document`. A file may be made to burst
//! whoever reads it; then it is this process, with little memory, a minute to live and nothing in its hands, and
//! not the one that has calls.

use crate::exit::Fault;
use kring_document::{DocumentKind, extract, limits::FILE_BYTES_MAX};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Write},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The subcommand that is the process.
const SUBCOMMAND: &str = "read-document";

/// Memory that it may take, bytes: of the largest file that is read, several times its size.
const MEMORY_MAX: u64 = 1 << 30;

/// Seconds of the processor that it may take.
const PROCESSOR_S_MAX: u64 = 60;

/// How long it may take, whatever it waits for.
const ALIVE_MAX: Duration = Duration::from_secs(120);

/// Bytes of text that are taken from it.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Bytes of a complaint.
const COMPLAINT_BYTES_MAX: u64 = 1_000;

/// The text of an open file and its pages, or why there is none.
pub(crate) async fn read(kind: DocumentKind, file: File) -> Result<(String, i64), String> {
    let told = |refused: io::Error| format!("cannot be read: {refused}");
    let mut child = spawn(kind, file).map_err(told)?;
    let said = child.stdout.take().zip(child.stderr.take());
    let (said, complained) = said.ok_or("cannot be read")?;
    let child = Arc::new(Mutex::new(child));
    let reading = tokio::task::spawn_blocking({
        let child = Arc::clone(&child);
        move || {
            let mut text = Vec::new();
            said.take(TEXT_BYTES_MAX).read_to_end(&mut text)?;
            let mut complaint = String::new();
            // Whatever it says there is for people.
            let _ = complained
                .take(COMPLAINT_BYTES_MAX)
                .read_to_string(&mut complaint);
            // It has closed its mouth: it is gone, or nearly.
            let ended = child
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .wait()?;
            Ok::<_, io::Error>((text, complaint, ended))
        }
    });
    let Ok(read) = tokio::time::timeout(ALIVE_MAX, reading).await else {
        // The lock is free as long as it speaks, and that is what took so long.
        if let Ok(mut child) = child.try_lock() {
            let _ = child.kill();
        }
        return Err("takes too long to read".to_owned());
    };
    let read = read.map_err(|refused| refused.to_string())?;
    let (text, complaint, ended) = read.map_err(told)?;
    if !ended.success() {
        let complaint = complaint.lines().next_back().unwrap_or_default().trim();
        return Err(match ended.code() {
            Some(code) if code == i32::from(UNREADABLE) && !complaint.is_empty() => {
                complaint.to_owned()
            }
            _ => "cannot be read: it takes more memory or time than a document may".to_owned(),
        });
    }
    let text = String::from_utf8_lossy(&text);
    let (pages, text) = text.split_once('\n').unwrap_or(("0", ""));
    Ok((text.to_owned(), pages.parse().unwrap_or(0)))
}

fn spawn(kind: DocumentKind, file: File) -> io::Result<Child> {
    // Our own program, even after a newer one was put in its place.
    let own = std::path::Path::new("/proc/self/exe");
    let own = if own.exists() {
        own.to_owned()
    } else {
        std::env::current_exe()?
    };
    Command::new(own)
        .args([SUBCOMMAND, &kind.to_string()])
        .env_clear()
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// EX_DATAERR: the document is not to be read.
const UNREADABLE: u8 = 65;

/// Whether the arguments ask for the process, and for which kind of document.
pub(crate) fn asked(arguments: &[OsString]) -> Option<DocumentKind> {
    let [_, command, kind] = arguments else {
        return None;
    };
    if command != SUBCOMMAND {
        return None;
    }
    kind.to_str()?.parse().ok()
}

/// The process: a document on standard input, its pages and its text on standard output.
pub(crate) fn run(kind: DocumentKind) -> Result<std::process::ExitCode, Fault> {
    bind_hands().map_err(|refused| Fault::Own(refused.to_string()))?;
    let broken = |refused: io::Error| Fault::Unavailable(format!("cannot read: {refused}."));
    let mut bytes = Vec::new();
    let input = io::stdin().lock();
    input
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(broken)?;
    match extract(kind, &bytes) {
        Ok(read) => {
            let mut out = io::stdout().lock();
            writeln!(out, "{}", read.pages).map_err(broken)?;
            out.write_all(read.text.as_bytes()).map_err(broken)?;
            Ok(std::process::ExitCode::SUCCESS)
        }
        Err(refused) => {
            eprintln!("{refused}");
            Ok(std::process::ExitCode::from(UNREADABLE))
        }
    }
}

/// No more memory and time than a document needs, no files to write, no processes to start.
fn bind_hands() -> io::Result<()> {
    let most = |n: u64| Rlimit {
        current: Some(n),
        maximum: Some(n),
    };
    for (what, n) in [
        (Resource::As, MEMORY_MAX),
        (Resource::Cpu, PROCESSOR_S_MAX),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, 16),
    ] {
        setrlimit(what, most(n))?;
    }
    Ok(())
}
