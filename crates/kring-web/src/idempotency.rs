//! `Idempotency-Key`: a POST that is sent again is done once and answered twice.
//!
//! The first request goes on to its end even if its client has left, so that the second finds the
//! answer. Refusals of the moment (5xx, 401, 429) are not kept: they may be tried again.

use crate::{
    app::App,
    limits,
    problem::{Code, Problem},
    session::Identity,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

type Fingerprint = [u8; 32];

/// The answers that may be asked for again.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    known: FxHashMap<String, Known>,
    /// In the order in which they came, so that the oldest goes first.
    order: VecDeque<(Moment, String)>,
}

#[derive(Clone, Debug)]
struct Known {
    request: Fingerprint,
    answer: Option<Answer>,
}

#[derive(Clone, Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

enum Found {
    New,
    Answered(Box<Answer>),
}

/// Does a POST with an `Idempotency-Key` once.
pub(crate) async fn once(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = match request.headers().get(KEY) {
        Some(key) if request.method() == Method::POST => key,
        _ => return Ok(next.run(request).await),
    };
    let key = key.to_str().unwrap_or_default().to_owned();
    if key.is_empty() || key.len() > limits::IDEMPOTENCY_KEY_CHARS {
        return Err(Problem::new(Code::BadIdempotencyKey));
    }
    let (mut parts, body) = request.into_parts();
    // A sign-in has nobody to key it by; it goes its way.
    let Ok(who) = Identity::from_request_parts(&mut parts, &app).await else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let body = to_bytes(body, limits::BODY_BYTES).await;
    let body = body.map_err(|_| Problem::new(Code::TooLarge))?;
    let print = fingerprint(parts.uri.path(), &body);
    let name = format!("{} {key}", who.key());
    let now = app.clock.now().0;
    if let Found::Answered(answer) = app.answers.begin(now, &name, print)? {
        return Ok(answer.again());
    }
    parts.extensions.insert(who);
    let request = Request::from_parts(parts, Body::from(body));
    let done = tokio::spawn(async move {
        let pending = Pending {
            app: &app,
            name: &name,
        };
        let answer = Answer::of(next.run(request).await).await;
        pending.finish(&answer);
        answer
    });
    let answer = done.await.map_err(|_| Problem::new(Code::Internal))?;
    Ok(answer.into_response())
}

/// A request under way; forgotten when it ends without an answer worth keeping.
struct Pending<'a> {
    app: &'a App,
    name: &'a str,
}

impl Pending<'_> {
    fn finish(&self, answer: &Answer) {
        if answer.is_worth_keeping() {
            self.app.answers.keep(self.name, answer.clone());
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.app.answers.forget_unanswered(self.name);
    }
}

impl Answers {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, now: Moment, name: &str, request: Fingerprint) -> Result<Found, Problem> {
        let mut table = self.table();
        table.forget_old(now);
        match table.known.get(name) {
            Some(known) if known.request != request => Err(Problem::new(Code::KeyReused)),
            Some(Known {
                answer: Some(answer),
                ..
            }) => Ok(Found::Answered(Box::new(answer.clone()))),
            Some(Known { answer: None, .. }) => Err(Problem::new(Code::KeyInUse).retry_after(1)),
            None => {
                let known = Known {
                    request,
                    answer: None,
                };
                table.known.insert(name.to_owned(), known);
                table.order.push_back((now, name.to_owned()));
                Ok(Found::New)
            }
        }
    }

    fn keep(&self, name: &str, answer: Answer) {
        if let Some(known) = self.table().known.get_mut(name) {
            known.answer = Some(answer);
        }
    }

    fn forget_unanswered(&self, name: &str) {
        let mut table = self.table();
        if table
            .known
            .get(name)
            .is_some_and(|known| known.answer.is_none())
        {
            table.known.remove(name);
            table.order.retain(|(_, other)| other != name);
        }
    }
}

impl Table {
    fn forget_old(&mut self, now: Moment) {
        while let Some((since, _)) = self.order.front() {
            let full = self.order.len() >= limits::IDEMPOTENCY_KEYS_MAX;
            if !full && now.since(*since) < limits::IDEMPOTENCY_LIFE {
                return;
            }
            if let Some((_, name)) = self.order.pop_front() {
                self.known.remove(&name);
            }
        }
    }
}

impl Answer {
    async fn of(response: Response) -> Answer {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    fn is_worth_keeping(&self) -> bool {
        let passing = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS];
        !self.status.is_server_error()
            && !passing.contains(&self.status)
            && self.body.len() <= limits::IDEMPOTENCY_BODY_BYTES
    }

    fn again(self) -> Response {
        let mut response = self.into_response();
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert(REPLAYED, yes);
        response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().extend(self.headers);
        response
    }
}

fn fingerprint(path: &str, body: &[u8]) -> Fingerprint {
    let mut hash = Sha256::new();
    hash.update((path.len() as u64).to_be_bytes());
    hash.update(path.as_bytes());
    hash.update(body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_bounded_and_the_oldest_goes_first() {
        let answers = Answers::default();
        for n in 0..(limits::IDEMPOTENCY_KEYS_MAX + 10) {
            let found = answers.begin(Moment::from_micros(n as u64), &n.to_string(), [0; 32]);
            assert!(matches!(found, Ok(Found::New)));
        }
        let table = answers.table();
        assert!(table.known.len() <= limits::IDEMPOTENCY_KEYS_MAX);
        assert!(!table.known.contains_key("0") && table.known.contains_key("4105"));
    }

    #[test]
    fn a_request_that_got_no_answer_may_be_made_again() {
        let answers = Answers::default();
        let begin = || answers.begin(Moment::BOOT, "a", [0; 32]);
        assert!(matches!(begin(), Ok(Found::New)));
        assert_eq!(begin().err().map(|p| p.code()), Some(Code::KeyInUse));
        answers.forget_unanswered("a");
        assert!(matches!(begin(), Ok(Found::New)));
        let other = answers.begin(Moment::BOOT, "a", [1; 32]);
        assert_eq!(other.err().map(|p| p.code()), Some(Code::KeyReused));
    }
}
