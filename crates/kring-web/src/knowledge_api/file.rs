//! A document as it lies in its folder.

use super::source_id;
use crate::{
    app::App,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use kring_store::SourceStatus;
use std::{
    fs::File,
    io::{self, Read},
};

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

/// The file of a document, to be saved and not to be shown: whatever it holds, no page of ours runs it.
#[utoipa::path(get, path = "/knowledge/sources/{id}/file", tag = "knowledge",
    operation_id = "get_source_file",
    responses((status = 200, content_type = "application/octet-stream"), (status = 403),
        (status = 404)))]
pub(crate) async fn file(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadKnowledge)?;
    let id = source_id(&id)?;
    let source = app.store.source(id).await?;
    let open = |status| status != SourceStatus::Draft || who.may(Right::WriteKnowledge);
    let source = source.filter(|source| open(source.status));
    let source = source.ok_or_else(|| Problem::new(Code::NoSuchSource))?;
    let gone = || Problem::new(Code::NoFile);
    let known = app.store.document_file(id).await?.ok_or_else(gone)?;
    let folders = app.config.folders.clone();
    let opened = tokio::task::spawn_blocking(move || folders.open(known.path.as_ref())).await;
    let (file, bytes) = opened.ok().and_then(Result::ok).ok_or_else(gone)?;
    let name = disposition(&source.address);
    let headers: [(HeaderName, HeaderValue); 5] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, name),
        (header::CONTENT_LENGTH, HeaderValue::from(bytes)),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox"),
        ),
    ];
    Ok((headers, body(file, bytes)).into_response())
}

/// So many bytes of a file, piece by piece, beside those who wait for calls.
fn body(file: File, bytes: u64) -> Body {
    let pieces = stream::try_unfold(file.take(bytes), |mut file| async {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(io::Error::other)??;
        Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    });
    Body::from_stream(pieces)
}

/// To be saved under this name (RFC 6266, RFC 8187).
fn disposition(name: &str) -> HeaderValue {
    let mut told = String::from("attachment; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            told.push(char::from(byte));
        } else {
            told.push_str(&format!("%{byte:02X}"));
        }
    }
    HeaderValue::try_from(told).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn any_name_is_a_name_and_no_header() {
        let told = disposition("คู่ มือ\"\r\n.pdf");
        let told = told.to_str().unwrap();
        assert!(
            told.ends_with("%20%E0%B8%A1%E0%B8%B7%E0%B8%AD%22%0D%0A.pdf"),
            "{told}"
        );
    }
}
