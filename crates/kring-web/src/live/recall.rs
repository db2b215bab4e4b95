//! What the boot before left: calls that died with it and whose record is owed, and how today's
//! calls were decided so far (invariant I8).
//!
//! Read from the store when it is needed, beside the streams, so that nothing waits for it.

use super::{
    Inner,
    call::{Lookup, WrapUp},
    floor::When,
    screens::wrap_up_opened,
};
use crate::{
    limits,
    wire::{Card, DraftOnWire, NumberOnWire},
};
use kring_journal::{AgentId, CallId, CallState};
use kring_store::{CallFilter, CallRow, ReportSpan, StoreRefused};
use std::sync::Arc;

/// A wrap-up that was opened for a call which is not in memory.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    pub(crate) call: CallId,
    pub(crate) agent: AgentId,
    pub(crate) for_s: u32,
}

/// Brings the call back, so that its agent's screen shows what is owed.
pub(crate) async fn recall(inner: Arc<Inner>, when: When, owed: Owed) {
    match fetch(&inner, owed.call).await {
        Ok(Some((row, card, draft))) => inner.bring_back(when, &owed, row, card, draft),
        Ok(None) => {}
        Err(refused) => tracing::warn!(%refused, "a call could not be recalled"),
    }
}

type Found = Option<(CallRow, Card, Option<DraftOnWire>)>;

async fn fetch(inner: &Inner, call: CallId) -> Result<Found, StoreRefused> {
    let Some(row) = inner.store.call(call).await? else {
        return Ok(None);
    };
    let card = match &row.number {
        Some(number) => {
            let items = inner.config.history_items;
            Card::from(&inner.store.caller_card(&number.canonical, items).await?)
        }
        None => Card::of_nobody(),
    };
    let draft = inner.store.draft(call).await?;
    Ok(Some((row, card, draft.as_ref().map(DraftOnWire::from))))
}

impl Inner {
    fn bring_back(
        &self,
        when: When,
        owed: &Owed,
        row: CallRow,
        card: Card,
        draft: Option<DraftOnWire>,
    ) {
        let mut floor = self.floor();
        // Its record may have been made while the store was read.
        if row.record.case_ref.is_some() || row.record.no_case.is_some() {
            return;
        }
        let Some(call) = floor.call_or_new(owed.call, when.at) else {
            return;
        };
        if let Some(number) = &row.number {
            call.number = NumberOnWire::from(number);
        }
        call.record = Some(row.record);
        call.lookup = Lookup::Done(Arc::new(card));
        call.draft = draft;
        call.wrap_up = WrapUp::Closed;
        let deliveries = wrap_up_opened(when, call, &owed.agent, owed.for_s);
        floor.retire(owed.call);
        for delivery in deliveries {
            self.deliver(when, delivery);
        }
    }
}

/// What supervisors were shown before this boot: how the calls of today were decided, and which records are owed.
pub(crate) async fn look_back(inner: Arc<Inner>) {
    count_today(&inner).await;
    count_transfers(&inner).await;
    match inner.store.unfinished_of_all().await {
        Ok(owed) => {
            let mut floor = inner.floor();
            for unfinished in &owed {
                floor.watch.owed_before(&unfinished.call.record);
            }
        }
        Err(refused) => tracing::warn!(%refused, "the records that are owed could not be read"),
    }
}

async fn count_transfers(inner: &Inner) {
    let now = inner.now();
    let midnight = inner.floor().midnight(now.wall);
    let span = ReportSpan {
        from: midnight,
        until: now.wall,
        ahead: inner.config.day_ahead_of_utc,
    };
    let most = limits::TRANSFERS_OF_TODAY_MAX;
    match inner.store.transfers_over(&span, most).await {
        Ok(ends) => {
            let mut floor = inner.floor();
            for end in ends {
                floor.watch.transferred.ended_before(midnight.0, end);
            }
        }
        Err(refused) => tracing::warn!(%refused, "the transfers of today could not be counted"),
    }
}

async fn count_today(inner: &Inner) {
    let now = inner.now();
    let mut filter = CallFilter {
        state: Some(CallState::Ended),
        from: Some(inner.floor().midnight(now.wall)),
        until: Some(now.wall),
        limit: kring_store::limits::PAGE_MAX,
        ..CallFilter::default()
    };
    for _ in 0..limits::TODAY_PAGES_MAX {
        let page = match inner.store.calls(&filter).await {
            Ok(page) => page,
            Err(refused) => {
                tracing::warn!(%refused, "the calls of today could not be counted");
                return;
            }
        };
        let mut floor = inner.floor();
        for row in &page.calls {
            floor.count_before(&row.record);
        }
        drop(floor);
        filter.after = page.next;
        if filter.after.is_none() {
            return;
        }
    }
}
