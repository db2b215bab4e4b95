//! The agents of the demo who are no persons: each has a screen of its own, an ordinary client of the
//! API and the live socket, acknowledges what it is shown, and writes the record after each call.

use super::{past::RECORD_TAKES, people::RECORDS};
use crate::exit::Fault;
use futures_util::{SinkExt, StreamExt};
use kring_journal::{AgentId, WallTime};
use kring_store::{NewSession, SignedFrom, Store};
use serde_json::{Value, json};
use std::{collections::VecDeque, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep_until},
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

/// How long a robot's session lasts.
const SHIFT: Duration = Duration::from_hours(24);

/// Records that a robot may owe at once.
const OWED_MAX: usize = 16;

/// Largest answer of the API that is read, bytes.
const ANSWER_MAX: u64 = 64 * 1_024;

/// A robot at its desk.
pub(super) struct Robot {
    http: SocketAddr,
    cookie: String,
    departments: Vec<(String, String)>,
    /// Calls whose record is owed, and when it will be written.
    owed: VecDeque<(Instant, String)>,
    written: usize,
}

impl Robot {
    /// Signs in with a session that the demo itself puts into the database.
    pub(super) async fn sign_in(
        store: &Store,
        login: &str,
        http: SocketAddr,
        now: WallTime,
    ) -> Result<Robot, Fault> {
        let secret = kring_web::session::new_token();
        let session = NewSession {
            token: kring_web::session::hash_token(&secret),
            agent: AgentId::new(login),
            created: now,
            expires: WallTime(now.0 + SHIFT.as_micros() as i64),
            from: SignedFrom::default(),
        };
        store
            .open_session(&session)
            .await
            .map_err(crate::database::refused)?;
        let departments = store
            .departments()
            .await
            .map_err(crate::database::refused)?;
        Ok(Robot {
            http,
            cookie: format!("kring_session={secret}"),
            departments: departments
                .into_iter()
                .map(|unit| (unit.short, unit.id.to_string()))
                .collect(),
            owed: VecDeque::new(),
            written: 0,
        })
    }

    /// Sits at the desk until the house closes. A lost socket is opened again.
    pub(super) async fn work(mut self) {
        loop {
            if let Err(refused) = self.sit_down().await {
                tracing::debug!(%refused, "a robot's screen went dark");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn sit_down(&mut self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut request = format!("ws://{}/ws/v1", self.http).into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("Cookie", HeaderValue::from_str(&self.cookie)?);
        headers.insert(
            "Origin",
            HeaderValue::from_str(&format!("http://{}", self.http))?,
        );
        headers.insert(
            "Sec-WebSocket-Protocol",
            HeaderValue::from_static("kring.v1"),
        );
        let (mut socket, _) = connect_async(request).await?;
        let hello = json!({"t": "hello", "client_id": "demo", "caps": []});
        socket.send(Message::text(hello.to_string())).await?;
        self.ask("POST", "/me/presence", &json!({"state": "ready"}))
            .await?;
        loop {
            let record = async {
                match self.owed.front() {
                    Some((at, _)) => sleep_until(*at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = record => self.write_record().await?,
                frame = socket.next() => {
                    let Some(frame) = frame else { return Ok(()) };
                    if let Message::Text(text) = frame? {
                        let frame: Value = serde_json::from_str(text.as_str())?;
                        if let Some(seq) = frame["seq"].as_u64() {
                            let ack = json!({"t": "ack", "seq": seq});
                            socket.send(Message::text(ack.to_string())).await?;
                        }
                        self.look_at(&frame);
                    }
                }
            }
        }
    }

    fn look_at(&mut self, frame: &Value) {
        let call = frame["call"].as_str();
        if let (Some("wrapup.opened"), Some(call)) = (frame["t"].as_str(), call)
            && self.owed.len() < OWED_MAX
        {
            self.owed
                .push_back((Instant::now() + RECORD_TAKES, call.to_owned()));
        }
    }

    async fn write_record(&mut self) -> std::io::Result<()> {
        let Some((_, call)) = self.owed.pop_front() else {
            return Ok(());
        };
        let (unit, subject) = RECORDS[self.written % RECORDS.len()];
        self.written += 1;
        let department = self.departments.iter().find(|(short, _)| short == unit);
        let record = json!({
            "subject": subject,
            // Whom the robot talks to is not asked for a name.
            "anonymous": true,
            "department_id": department.map(|(_, id)| id),
            "kind": "inquiry",
            "resolution": "answered",
        });
        self.ask("POST", &format!("/calls/{call}/confirm"), &record)
            .await
    }

    /// One request of the API. The demo needs no answer but that there was one.
    async fn ask(&self, method: &str, path: &str, body: &Value) -> std::io::Result<()> {
        let body = body.to_string();
        let mut stream = TcpStream::connect(self.http).await?;
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.cookie,
            body.len(),
            host = self.http,
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(ANSWER_MAX).read_to_end(&mut answer).await?;
        if !answer.starts_with(b"HTTP/1.1 2") {
            let first = String::from_utf8_lossy(&answer)
                .lines()
                .next()
                .map(str::to_owned);
            tracing::warn!(path, ?first, "a robot was refused");
        }
        Ok(())
    }
}
