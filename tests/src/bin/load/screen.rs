//! An agent's screen without a page: a socket that acknowledges everything.

use crate::{
    Outcome,
    house::{self, House},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest, http::HeaderValue};

/// A socket that is open until the daemon ends.
pub(crate) struct Screen {
    /// When each `call.offered` came.
    pub(crate) pops: mpsc::Receiver<Instant>,
    frames: Arc<AtomicU64>,
}

impl Screen {
    /// Frames that have come since it was opened.
    pub(crate) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
}

/// Signs in as this agent, and waits for the welcome.
pub(crate) fn open(house: &House, agent: u32) -> Outcome<Screen> {
    let host = format!("127.0.0.1:{}", house.http);
    let mut request = format!("ws://{host}/ws/v1").into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("Cookie", HeaderValue::from_str(&house::cookie(agent))?);
    headers.insert("Origin", HeaderValue::from_str(&format!("http://{host}"))?);
    headers.insert(
        "Sec-WebSocket-Protocol",
        HeaderValue::from_static("kring.v1"),
    );
    let (mut socket, _) = tungstenite::connect(request)?;
    if let tungstenite::stream::MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_nodelay(true)?;
    }
    socket.send(Message::text(
        r#"{"t":"hello","client_id":"load","caps":[]}"#,
    ))?;
    let (tell, pops) = mpsc::channel();
    let frames = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&frames);
    let (ready, opened) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(message) = socket.read() {
            let now = Instant::now();
            count.fetch_add(1, Ordering::Relaxed);
            let Message::Text(text) = message else {
                continue;
            };
            if text.contains("\"t\":\"welcome\"") {
                let _ = ready.send(());
            }
            if text.contains("\"t\":\"call.offered\"") {
                let _ = tell.send(now);
            }
            let seq = text.as_str().split("\"seq\":").nth(1);
            let seq = seq.and_then(|rest| rest.split([',', '}']).next());
            if let Some(seq) = seq {
                let _ = socket.send(Message::text(format!(r#"{{"t":"ack","seq":{seq}}}"#)));
            }
        }
    });
    opened
        .recv_timeout(Duration::from_secs(5))
        .map_err(|_| "no welcome on the socket")?;
    Ok(Screen { pops, frames })
}
