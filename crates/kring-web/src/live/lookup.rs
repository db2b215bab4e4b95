//! Who calls: asked of the store while the call's first frames wait, for `pop_hold` at most.
//!
//! A slow database never delays a pop: what it says later follows as `call.caller`.

use super::{Inner, call::Lookup};
use crate::{
    limits,
    wire::{Card, NumberOnWire, Said},
};
use kring_call::command::CallerIdentity;
use kring_journal::{CallId, Fact};
use kring_store::{CallerCard, Number, NumberClass, StoreRefused};
use std::{sync::Arc, time::Duration};

/// Reads the number, asks the store, and lets the pops go.
pub(crate) async fn look_up(inner: Arc<Inner>, call: CallId, identity: CallerIdentity) {
    let began = inner.now();
    let number = if identity.anonymous {
        Number::anonymous()
    } else {
        Number::read(&identity.user, &inner.config.numbers)
    };
    let nobody = number.class == NumberClass::Anon;
    if let Some(live) = inner.floor().call_mut(call) {
        live.number = NumberOnWire::from(&number);
    }
    if nobody {
        inner.release(call, Some(Card::of_nobody()));
        note(&inner, call, "anonymous", Duration::ZERO);
        return;
    }
    let asked = inner
        .store
        .caller_card(&number.canonical, inner.config.history_items);
    tokio::pin!(asked);
    let took = |inner: &Inner| inner.now().at.since(began.at);
    // A timer is never shorter than its grain: no hold at all must not become one of it.
    let hold = inner.config.pop_hold;
    if !hold.is_zero()
        && let Ok(answer) = tokio::time::timeout(hold, &mut asked).await
    {
        let (result, card) = judge(answer);
        inner.release(call, card);
        note(&inner, call, result, took(&inner));
        return;
    }
    inner.release(call, None);
    let answer = tokio::time::timeout(limits::LOOKUP_WITHIN, asked).await;
    if let Ok((_, Some(card))) = answer.map(judge) {
        inner.caller_came_late(call, card);
    }
    note(&inner, call, "late", took(&inner));
}

fn judge(answer: Result<CallerCard, StoreRefused>) -> (&'static str, Option<Card>) {
    match answer {
        Ok(card) => {
            let result = match (&card.contact, card.candidates.len()) {
                (Some(_), _) => "known",
                (None, 0) => "new",
                (None, _) => "several",
            };
            (result, Some(Card::from(&card)))
        }
        Err(refused) => {
            tracing::warn!(%refused, "a caller could not be looked up");
            ("failed", None)
        }
    }
}

fn note(inner: &Inner, call: CallId, result: &str, took: Duration) {
    let fact = Fact::LookedUp {
        result: result.into(),
        took_us: took.as_micros() as u64,
    };
    inner.desk.note(Some(call), fact);
}

impl Inner {
    /// Lets the call's held pops go, with what is known of the caller.
    fn release(&self, call: CallId, card: Option<Card>) {
        let mut floor = self.floor();
        let Some(live) = floor.call_mut(call) else {
            return;
        };
        live.lookup = match card {
            Some(card) => Lookup::Done(Arc::new(card)),
            None => Lookup::Overdue,
        };
        let (number, card) = (live.number.clone(), live.card());
        // Not the offers: a phone that was withdrawn meanwhile still has its pop in the outbox.
        let when = self.now();
        for agent in std::mem::take(&mut live.held_at) {
            self.note_pop(when, &agent, &card);
            if let Some(stream) = self.stream(&agent) {
                stream.outbox().release(call, |pop| {
                    pop.number = number.clone();
                    pop.card = Arc::clone(&card);
                });
            }
        }
    }

    /// The pops have gone; what the store says now follows them.
    fn caller_came_late(&self, call: CallId, card: Card) {
        let when = self.now();
        let mut floor = self.floor();
        let Some(live) = floor.call_mut(call) else {
            return;
        };
        let card = Arc::new(card);
        live.lookup = Lookup::Done(Arc::clone(&card));
        let told = live.offers.iter().map(|offer| offer.agent.clone());
        let told: Vec<_> = told.chain(live.winner().cloned()).collect();
        for agent in told {
            self.note_pop(when, &agent, &card);
            self.put(when, &agent, Some(call), &Said::Caller(Arc::clone(&card)));
        }
    }
}
