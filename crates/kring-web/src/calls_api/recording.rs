//! The recorded sound of a call: begun and paused while it lasts, heard afterwards by those who may, and taken away.
//!
//! Whoever hears it stands in the audit before the first byte leaves. What was confided as a tip is heard by the
//! officers of tips alone.

use super::{Known, act::Did, call_id};
use crate::{
    app::App,
    clock::rfc3339,
    departments_api::changed_by,
    json::Json as Typed,
    problem::{Code, Problem},
    recordings::{RecordingMissing, RecordingWanted},
    session::{Identity, Right},
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use kring_call::command::{Command, RecordWish};
use kring_journal::CallId;
use kring_store::{Confidentiality, RecordingRow, RecordingState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bytes before the sound of a WAV.
const WAV_HEAD: u64 = 44;

/// Bytes of sound in a millisecond: two channels of 16 bits at 8 kHz.
const BYTES_PER_MS: i64 = 32;

/// What is wanted of the recording of a call that goes on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "pause"}))]
pub(crate) struct RecordAction {
    action: Action,
}

/// See [`RecordAction`].
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Start,
    /// What is said now is not kept: a card's number.
    Pause,
    Resume,
    Stop,
}

/// Begins, pauses, resumes or ends the recording of a call: its agent, or a supervisor. 409 `recording_off` where calls
/// are not recorded, `recording_required` where all are and none may be ended, `not_recording`, `recording_over`.
#[utoipa::path(post, path = "/calls/{id}/recording", tag = "calls", operation_id = "record_call",
    request_body = RecordAction, responses((status = 200, body = Did), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn record(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Typed(RecordAction { action }): Typed<RecordAction>,
) -> Result<Json<Did>, Problem> {
    who.must(Right::ActOnCalls)?;
    let by = who.agent()?.login.clone();
    let command = Command::Record {
        agent: (!who.may(Right::ActOnFloor)).then(|| by.clone()),
        by,
        call: call_id(&id)?,
        wish: match action {
            Action::Start => RecordWish::Start,
            Action::Pause => RecordWish::Pause,
            Action::Resume => RecordWish::Resume,
            Action::Stop => RecordWish::Stop,
        },
    };
    Ok(Json(app.desk.ask(command).await?.into()))
}

/// What there is of a recording.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordingOnWire {
    /// `recording`, `kept`, `cut` (kring ended before the call did), `failed` (the disk refused the rest) or `erased`.
    state: &'static str,
    started: String,
    duration_ms: i64,
    /// Of the file on the disk, sealed.
    bytes: i64,
    /// Of the file on the disk: the journal has the same.
    sha256: String,
    /// Sound that is lacking.
    missing_ms: i64,
    /// How loud it is: what the caller says, 0 to 127 for each stretch.
    caller: Vec<u8>,
    /// The same of what the caller hears.
    heard: Vec<u8>,
    /// How long a stretch is.
    peak_ms: i64,
    pauses: Vec<RecordingPause>,
    /// Whether the asker may hear it.
    may_hear: bool,
    erased: Option<RecordingErased>,
}

/// From when to when nothing was kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordingPause {
    from_ms: u64,
    to_ms: u64,
}

/// Who took it away.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordingErased {
    at: String,
    by: String,
    reason: String,
}

impl RecordingOnWire {
    fn of(row: &RecordingRow, may_hear: bool) -> RecordingOnWire {
        let peaks = |at: usize| {
            let pairs = row.peaks.as_bytes().chunks_exact(4);
            pairs
                .filter_map(|pair| std::str::from_utf8(&pair[at..at + 2]).ok())
                .filter_map(|digits| u8::from_str_radix(digits, 16).ok())
                .collect()
        };
        RecordingOnWire {
            state: row.state.as_str(),
            started: rfc3339(row.started),
            duration_ms: row.sound / BYTES_PER_MS,
            bytes: row.bytes,
            sha256: row.sha256.clone(),
            missing_ms: row.missing_ms,
            caller: peaks(0),
            heard: peaks(2),
            peak_ms: row.peak_ms,
            pauses: (row.pauses.iter())
                .map(|(from_ms, to_ms)| RecordingPause {
                    from_ms: *from_ms,
                    to_ms: *to_ms,
                })
                .collect(),
            may_hear,
            erased: row.erased.as_ref().map(|(at, by, reason)| RecordingErased {
                at: rfc3339(*at),
                by: by.clone(),
                reason: reason.clone(),
            }),
        }
    }
}

/// What there is of the recording of a call, and how it looks. 404 `no_recording`: it was not recorded.
#[utoipa::path(get, path = "/calls/{id}/recording/info", tag = "calls", operation_id = "recording_info",
    responses((status = 200, body = RecordingOnWire), (status = 403), (status = 404)))]
pub(crate) async fn info(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<RecordingOnWire>, Problem> {
    let call = call_id(&id)?;
    Known::find(&app, &who, call).await?;
    let row = found(&app, call).await?;
    let may_hear = may_hear(&app, &who, call).await.is_ok();
    Ok(Json(RecordingOnWire::of(&row, may_hear)))
}

/// The sound: a WAV, what the caller says on the left and what the caller hears on the right. Parts of it by `Range`.
/// Whoever asks for its beginning stands in the audit. 409 `recording_goes_on` while the call lasts, `recording_sealed`
/// where the key to open it is not here; 410 `recording_gone`.
#[utoipa::path(get, path = "/calls/{id}/recording", tag = "calls", operation_id = "hear_recording",
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), (status = 206), (status = 403), (status = 404),
        (status = 409), (status = 410), (status = 416)))]
pub(crate) async fn hear(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let call = call_id(&id)?;
    may_hear(&app, &who, call).await?;
    let row = found(&app, call).await?;
    match row.state {
        RecordingState::Recording => return Err(Problem::new(Code::RecordingGoesOn)),
        RecordingState::Erased => return Err(Problem::new(Code::RecordingGone)),
        RecordingState::Kept | RecordingState::Cut | RecordingState::Failed => {}
    }
    let whole = WAV_HEAD + row.sound as u64;
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok());
    let Some((from, length)) = part(range, whole) else {
        let head = [(header::CONTENT_RANGE, format!("bytes */{whole}"))];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, head).into_response());
    };
    let wanted = RecordingWanted {
        name: call.to_string(),
        sound: row.sound as u64,
        from,
        length,
    };
    let opened = app.config.recordings.ask(wanted).await;
    let pieces = opened
        .ok_or_else(|| Problem::new(Code::RecordingGone))?
        .map_err(|missing| {
            Problem::new(match missing {
                RecordingMissing::Gone => Code::RecordingGone,
                RecordingMissing::NoKey | RecordingMissing::Damaged => Code::RecordingSealed,
            })
        })?;
    // A player asks for many parts; one who hears it is one reading.
    if from == 0 {
        let by = changed_by(&app, &who);
        app.store
            .note_read(&by, "recording.hear", &call.to_string())
            .await?;
    }
    let body = Body::from_stream(stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece, pieces))
    }));
    let head = [
        (header::CONTENT_TYPE, "audio/wav".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{call}.wav\""),
        ),
    ];
    if range.is_none() {
        return Ok((head, body).into_response());
    }
    let last = from + length.max(1) - 1;
    let said = [(
        header::CONTENT_RANGE,
        format!("bytes {from}-{last}/{whole}"),
    )];
    Ok((StatusCode::PARTIAL_CONTENT, head, said, body).into_response())
}

/// Why it is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "ผู้โทรขอให้ลบ"}))]
pub(crate) struct EraseReason {
    reason: String,
}

/// Takes the recording away, for a reason that stays. 409 `recording_goes_on` while the call lasts.
#[utoipa::path(delete, path = "/calls/{id}/recording", tag = "calls", operation_id = "erase_recording",
    request_body = EraseReason, responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn erase(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Typed(EraseReason { reason }): Typed<EraseReason>,
) -> Result<StatusCode, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let call = call_id(&id)?;
    let row = found(&app, call).await?;
    if row.state == RecordingState::Recording {
        return Err(Problem::new(Code::RecordingGoesOn));
    }
    let by = changed_by(&app, &who);
    if app.store.erase_recording(&by, call, reason.trim()).await? {
        app.config.recording_removals.ask(call.to_string()).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn found(app: &App, call: CallId) -> Result<RecordingRow, Problem> {
    let row = app.store.recording(call).await?;
    row.ok_or_else(|| Problem::new(Code::NoRecording))
}

/// Those who hear recordings; agents their own where the house lets them; a tip only its officers.
async fn may_hear(app: &App, who: &Identity, call: CallId) -> Result<(), Problem> {
    if !(app.config.record_own && who.may(Right::ReadCalls) && who.only_own().is_some()) {
        who.must(Right::HearRecordings)?;
    }
    Known::find(app, who, call).await?;
    let case = app.store.case_of_call(call).await?;
    let is_tip = case.is_some_and(|case| case.confidentiality == Confidentiality::Restricted);
    if is_tip && !who.may(Right::ReadTips) {
        return Err(Problem::new(Code::Masked));
    }
    Ok(())
}

/// From which byte, and how many; none: there is no such part. What is no range of one part asks for all of it
/// (RFC 9110 §14.2).
fn part(range: Option<&str>, whole: u64) -> Option<(u64, u64)> {
    let all = Some((0, whole));
    let Some((first, last)) = range
        .and_then(|range| range.strip_prefix("bytes="))
        .filter(|range| !range.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return all;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), _) if first >= whole => None,
        (Ok(first), Ok(last)) if last < first => all,
        (Ok(first), Ok(last)) => Some((first, last.min(whole - 1) - first + 1)),
        (Ok(first), Err(_)) => Some((first, whole - first)),
        (Err(_), Ok(0)) => None,
        (Err(_), Ok(last)) => Some((whole - last.min(whole), last.min(whole))),
        (Err(_), Err(_)) => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_part_or_all_of_it() {
        assert_eq!(part(None, 100), Some((0, 100)));
        assert_eq!(part(Some("bytes=0-"), 100), Some((0, 100)));
        assert_eq!(part(Some("bytes=10-19"), 100), Some((10, 10)));
        assert_eq!(part(Some("bytes=90-200"), 100), Some((90, 10)));
        assert_eq!(part(Some("bytes=-30"), 100), Some((70, 30)));
        assert_eq!(part(Some("bytes=-300"), 100), Some((0, 100)));
        assert_eq!(part(Some("bytes=100-"), 100), None);
        assert_eq!(part(Some("bytes=-0"), 100), None);
        assert_eq!(part(Some("bytes=0-1,5-6"), 100), Some((0, 100)));
        assert_eq!(part(Some("bytes=9-5"), 100), Some((0, 100)));
        assert_eq!(part(Some("lines=1-2"), 100), Some((0, 100)));
    }
}
