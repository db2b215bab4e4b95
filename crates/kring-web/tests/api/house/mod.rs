//! A house for tests: the real router and live streams over a real database, a journal that is
//! written at once, and an exchange that answers as it is told.

mod facts;
mod journal;
mod page;
mod people;

pub(crate) use facts::*;
pub(crate) use page::Page;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use journal::{Recorder, Written};
use kring_call::command::{CallerIdentity, Command, CommandRefused, Done};
use kring_journal::{AgentId, CallId, CallerRef, Fact, WallTime};
use kring_store::{CallerRow, Number, NumberPlan, Store, StoreConfig};
use kring_time::Moment;
use kring_web::{Ask, Clock, Desk, Live, LiveConfig, Web, WebConfig};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tower::ServiceExt;

/// What the exchange says to a command.
pub(crate) type Say = fn(&Command) -> Result<Done, CommandRefused>;

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) live: Live,
    pub(crate) router: Router,
    pub(crate) clock: Clock,
    commands: Arc<Mutex<Vec<Command>>>,
    noted: Arc<Mutex<Vec<Fact>>>,
    say: Arc<Mutex<Say>>,
    journal: mpsc::UnboundedSender<Written>,
    calls: Mutex<u128>,
    dir: Arc<TempDir>,
}

/// An answer to a request.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl House {
    pub(crate) async fn open() -> House {
        House::open_with(patient(), WebConfig::default()).await
    }

    pub(crate) async fn open_with(live: LiveConfig, web: WebConfig) -> House {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        House::open_in(dir, live, web).await
    }

    /// The same house after a restart.
    pub(crate) async fn again(&self) -> House {
        House::open_in(Arc::clone(&self.dir), patient(), WebConfig::default()).await
    }

    async fn open_in(dir: Arc<TempDir>, live: LiveConfig, web: WebConfig) -> House {
        let url = format!("sqlite:{}", dir.path().join("kring.db").display());
        let mut config = StoreConfig::new(&url, "test");
        config.attachments = Some(dir.path().join("attachments"));
        let store = Store::open(&config).await.unwrap();
        let clock = clock();
        let boot = store.begin_boot(clock.now().1, "0.0.0").await.unwrap();
        let (exchange, asks) = mpsc::channel(64);
        let (notes, noting) = mpsc::channel(64);
        let (journal, written) = mpsc::unbounded_channel();
        let desk = Desk {
            exchange,
            journal: notes,
        };
        let live = Live::new(live, clock.clone(), store.clone(), desk.clone());
        let house = House {
            router: Web::new(web, store.clone(), desk, live.clone()).router(),
            store,
            live,
            clock,
            commands: Arc::default(),
            noted: Arc::default(),
            say: Arc::new(Mutex::new(|command| match command {
                Command::ScreenAlive { agent } if agent.as_str().is_empty() => {
                    Err(CommandRefused::NoSuchAgent)
                }
                _ => Ok(Done::Ok),
            })),
            journal,
            calls: Mutex::new(0),
            dir,
        };
        tokio::spawn(exchange_answers(
            asks,
            house.commands.clone(),
            house.say.clone(),
        ));
        let recorder = Recorder::new(boot.journal, &house);
        tokio::spawn(recorder.run(written, noting));
        house
    }

    /// From now on the exchange says so.
    pub(crate) fn exchange_says(&self, say: Say) {
        *self.say.lock().unwrap() = say;
    }

    /// The commands that the exchange was given, but for signs of life.
    pub(crate) fn commands(&self) -> Vec<String> {
        let commands = self.commands.lock().unwrap();
        commands
            .iter()
            .map(|command| format!("{command:?}"))
            .collect()
    }

    /// Waits for a command; panics after five seconds.
    pub(crate) async fn await_command(&self, text: &str) {
        await_until(&format!("command {text}"), || {
            self.commands().iter().any(|command| command.contains(text))
        })
        .await;
    }

    /// The facts that the web side has noted.
    pub(crate) fn noted(&self) -> Vec<Fact> {
        self.noted.lock().unwrap().clone()
    }

    pub(crate) async fn await_note(&self, what: &str, wanted: impl Fn(&Fact) -> bool) -> Fact {
        await_until(what, || self.noted().iter().any(&wanted)).await;
        self.noted().into_iter().find(wanted).unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply {
            status,
            headers,
            json,
            text,
        }
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Reply {
        let request = Request::get(path).header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// What is no text.
    pub(crate) async fn get_bytes(&self, path: &str, cookie: &str) -> Vec<u8> {
        let request = Request::get(path).header("cookie", cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap()
            .into()
    }

    /// A folder that goes with the house.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) async fn delete(&self, path: &str, cookie: &str) -> Reply {
        self.send(request("DELETE", path, cookie, &Value::Null, &[]))
            .await
    }

    pub(crate) async fn patch(&self, path: &str, cookie: &str, body: Value) -> Reply {
        self.send(request("PATCH", path, cookie, &body, &[])).await
    }

    pub(crate) async fn post(&self, path: &str, cookie: &str, body: Value) -> Reply {
        self.post_with(path, cookie, body, &[]).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        cookie: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        self.send(request("POST", path, cookie, &body, headers))
            .await
    }

    pub(crate) async fn put(
        &self,
        path: &str,
        cookie: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        self.send(request("PUT", path, cookie, &body, headers))
            .await
    }

    /// Something happens: the streams hear it at once, the journal writes it.
    pub(crate) fn happens(&self, call: Option<CallId>, fact: Fact) {
        let (at, wall) = self.clock.now();
        self.live.fact(at, wall, call, &fact);
        let _ = self.journal.send(Written::Fact(at, wall, call, fact));
    }

    /// Something happened in the boot before: the journal knows it, the streams do not.
    pub(crate) fn happened_before(&self, call: Option<CallId>, fact: Fact) {
        let (at, wall) = self.clock.now();
        let _ = self.journal.send(Written::Fact(at, wall, call, fact));
    }

    /// Waits until everything that happened is on the disk.
    pub(crate) async fn written(&self) {
        let (done, written) = oneshot::channel();
        let _ = self.journal.send(Written::Flush(done));
        written.await.unwrap();
    }

    /// A record as the form of a new caller sends it (S6a).
    pub(crate) fn record(subject: &str) -> Value {
        let unit = "00000000000000000000000006";
        json!({"given": "สมชาย", "subject": subject, "department_id": unit})
    }

    /// A call from this number, as the exchange tells of it: introduced, offered, in ring 1.
    pub(crate) fn call_from(&self, user: &str) -> CallId {
        self.call_from_on(user, 0)
    }

    /// A call that came so much later than now, microseconds; earlier, as a rule.
    pub(crate) fn call_from_on(&self, user: &str, later_us: i64) -> CallId {
        let (at, now) = self.clock.now();
        let wall = WallTime(now.0 + later_us);
        let mut calls = self.calls.lock().unwrap();
        *calls += 1;
        let call = CallId::new((wall.0 / 1_000) as u64, *calls);
        let caller = CallerRef::new(*calls as u64);
        let identity = CallerIdentity {
            user: user.into(),
            anonymous: user.is_empty(),
            ..CallerIdentity::default()
        };
        let number = match user {
            "" => Number::anonymous(),
            user => Number::read(user, &NumberPlan::default()),
        };
        self.live.introduce(call, caller, &identity);
        let _ = self.journal.send(Written::Caller(CallerRow {
            caller,
            canonical: number.canonical,
            class: number.class,
            display: number.display,
        }));
        for fact in [offered(caller, &format!("call-{calls}@pbx")), ring(1)] {
            self.live.fact(at, wall, Some(call), &fact);
            let _ = self.journal.send(Written::Fact(at, wall, Some(call), fact));
        }
        call
    }

    /// The call rings at this agent, who answers; the caller hangs up after 61 s; wrap-up opens.
    pub(crate) fn call_taken(&self, agent: &AgentId, user: &str) -> CallId {
        let call = self.call_from(user);
        for fact in [
            invited(agent),
            answered(agent),
            ended(),
            wrap_up_opened(agent),
        ] {
            self.happens(Some(call), fact);
        }
        call
    }
}

pub(crate) fn request(
    method: &str,
    path: &str,
    cookie: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_string())).unwrap()
}

/// Pops wait as long as the lookup takes: a machine that is busy must not change what is told.
pub(crate) fn patient() -> LiveConfig {
    LiveConfig {
        pop_hold: Duration::from_secs(5),
        ..LiveConfig::default()
    }
}

/// Looks again and again; panics after five seconds.
pub(crate) async fn await_until(what: &str, mut there: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(5);
    while !there() {
        assert!(Instant::now() < patience, "waited in vain for {what}");
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn clock() -> Clock {
    let boot = Instant::now();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let wall_at_boot = wall.as_micros() as i64;
    Clock::new(move || {
        let us = boot.elapsed().as_micros() as u64;
        (Moment::from_micros(us), WallTime(wall_at_boot + us as i64))
    })
}

async fn exchange_answers(
    mut asks: mpsc::Receiver<Ask>,
    commands: Arc<Mutex<Vec<Command>>>,
    say: Arc<Mutex<Say>>,
) {
    while let Some(Ask { command, reply }) = asks.recv().await {
        let answer = (say.lock().unwrap())(&command);
        commands.lock().unwrap().push(command);
        let _ = reply.send(answer);
    }
}
