//! A local socket by which `kringd trace` reaches the running daemon: whoever may read the data folder
//! as the daemon's user needs no token.
//!
//! One line of JSON asks; the first line of the answer says whether there is one. A reader who falls
//! behind is told so and cut.

#[cfg(test)]
mod tests;

use super::{
    Watch, limits,
    line::{Detail, Sight},
};
use kring_journal::CallId;
use serde_json::{Value, json};
use std::{
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::{Semaphore, broadcast::error::RecvError},
    task::JoinHandle,
    time::timeout,
};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// This call.
    pub(crate) call: Option<CallId>,
    /// What happens from now on.
    pub(crate) follow: bool,
    /// With the messages' text.
    pub(crate) raw: bool,
    /// Only what holds this text.
    pub(crate) filter: Option<String>,
}

/// Where the socket is.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("kringd.sock")
}

/// Opens the door; whoever comes is served until the task is ended. It is open when this returns. Without
/// a door the daemon runs all the same: the log says why there is none.
pub(crate) async fn open(data_dir: PathBuf, watch: Watch) -> JoinHandle<()> {
    let path = path(&data_dir);
    let listener = bind(&path).await;
    tokio::spawn(async move {
        match listener {
            Ok(listener) => admit(listener, RemovedAtTheEnd(path), watch).await,
            Err(refused) => {
                let socket = path.display();
                tracing::warn!(%socket, %refused, "`kringd trace` cannot reach this daemon");
            }
        }
    })
}

async fn admit(listener: UnixListener, _gone: RemovedAtTheEnd, watch: Watch) {
    let places = Arc::new(Semaphore::new(limits::FOLLOWERS_MAX));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(limits::TURN_EVERY).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            // Whoever is refused sees the end of the stream.
            continue;
        };
        let watch = watch.clone();
        tokio::spawn(async move {
            // A reader that leaves is no fault.
            let _ = serve(stream, &watch).await;
            drop(place);
        });
    }
}

/// A socket that a killed process left behind is taken over; one that answers is another daemon's.
async fn bind(path: &Path) -> io::Result<UnixListener> {
    if path.exists() {
        if UnixStream::connect(path).await.is_ok() {
            return Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                "another daemon has it",
            ));
        }
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

struct RemovedAtTheEnd(PathBuf);

impl Drop for RemovedAtTheEnd {
    fn drop(&mut self) {
        // What is left behind is taken over by the next daemon.
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn serve(stream: UnixStream, watch: &Watch) -> io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != 0 && peer != rustix::process::getuid().as_raw() {
        return Ok(());
    }
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = BufReader::new(read.take(limits::ASKED_BYTES_MAX));
    timeout(limits::ASK_WITHIN, read.read_line(&mut line)).await??;
    let Some(asked) = Asked::read(&line) else {
        return say(&mut write, "this daemon does not understand that\n").await;
    };
    let detail = if asked.raw {
        Detail::Whole
    } else {
        Detail::Line
    };
    if let Some(call) = asked.call {
        let Some(trace) = watch.trace(call) else {
            return say(&mut write, "none\n").await;
        };
        say(&mut write, "ok\n").await?;
        for sight in sights(call, &trace) {
            say_if(&mut write, &sight, &asked, detail).await?;
        }
        return Ok(());
    }
    let mut coming = watch.follow();
    say(&mut write, "ok\n").await?;
    if !asked.follow {
        for sight in watch.recent() {
            say_if(&mut write, &sight, &asked, detail).await?;
        }
        return Ok(());
    }
    let mut end = [0_u8; 1];
    loop {
        let seen = tokio::select! {
            seen = coming.recv() => seen,
            // A reader says nothing more: whatever comes is its end.
            _ = read.read(&mut end) => return Ok(()),
        };
        match seen {
            Ok(sight) => say_if(&mut write, &sight, &asked, detail).await?,
            Err(RecvError::Lagged(missed)) => {
                let told = format!("! cut: this reader was {missed} messages behind\n");
                return say(&mut write, &told).await;
            }
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

/// The messages of a call as a terminal shows them.
pub(crate) fn sights(call: CallId, trace: &kring_web::Trace) -> Vec<Sight> {
    let sight = |message: &kring_web::TraceMessage| Sight {
        call: Some(call),
        call_id: trace
            .parties
            .get(message.party)
            .map(|party| party.call_id.clone())
            .unwrap_or_default(),
        message: message.clone(),
    };
    trace.messages.iter().map(sight).collect()
}

async fn say_if(
    write: &mut (impl AsyncWriteExt + Unpin),
    sight: &Sight,
    asked: &Asked,
    detail: Detail,
) -> io::Result<()> {
    match &asked.filter {
        Some(filter) if !sight.holds(filter) => Ok(()),
        _ => say(write, &sight.text(detail)).await,
    }
}

async fn say(write: &mut (impl AsyncWriteExt + Unpin), text: &str) -> io::Result<()> {
    timeout(limits::READ_WITHIN, write.write_all(text.as_bytes())).await?
}

impl Asked {
    /// As it is sent, with the line end.
    pub(crate) fn line(&self) -> String {
        let call = self.call.map(|call| call.to_string());
        let asked = json!({
            "call": call, "follow": self.follow, "raw": self.raw, "filter": self.filter,
        });
        format!("{asked}\n")
    }

    fn read(line: &str) -> Option<Asked> {
        let said: Value = serde_json::from_str(line).ok()?;
        let call = match &said["call"] {
            Value::String(call) => Some(call.parse().ok()?),
            _ => None,
        };
        Some(Asked {
            call,
            follow: said["follow"].as_bool()?,
            raw: said["raw"].as_bool()?,
            filter: said["filter"].as_str().map(str::to_owned),
        })
    }
}
