//! Files of cases. What a file is, is told by what it holds; what goes out is never shown as a page.

use super::Asking;
use crate::{
    app::App,
    clock::rfc3339,
    json::Filter,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{AttachmentRow, CaseRefused, NewAttachment};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A file of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttachmentOnWire {
    id: String,
    case: String,
    name: String,
    /// `pdf`, `jpg`, `png`, `docx`, `odt`, `xlsx`, `txt`, `wav` or `mp3`.
    kind: &'static str,
    media_type: &'static str,
    bytes: i64,
    /// Of its contents, in hexadecimal digits.
    sha256: String,
    made_by: String,
    made: String,
}

impl From<&AttachmentRow> for AttachmentOnWire {
    fn from(row: &AttachmentRow) -> AttachmentOnWire {
        AttachmentOnWire {
            id: row.id.to_string(),
            case: row.case.to_string(),
            name: row.name.clone(),
            kind: row.kind.as_str(),
            media_type: row.kind.media_type(),
            bytes: row.bytes,
            sha256: row.sha256.clone(),
            made_by: row.made_by.clone(),
            made: rfc3339(row.made),
        }
    }
}

/// The files of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttachmentList {
    items: Vec<AttachmentOnWire>,
}

/// The files of a case, the first first.
#[utoipa::path(get, path = "/cases/{id}/attachments", tag = "cases", operation_id = "list_attachments",
    responses((status = 200, body = AttachmentList), (status = 403), (status = 404)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<AttachmentList>, Problem> {
    who.must(Right::ReadCases)?;
    let found = Asking::of(&app, &who).readable(&app, &id).await?;
    let rows = app.store.attachments(found.case.id).await?;
    let items = rows.iter().map(AttachmentOnWire::from).collect();
    Ok(axum::Json(AttachmentList { items }))
}

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Called {
    name: String,
}

/// Keeps a file with a case: the body is what it holds. What it is, is told by that, whatever it is called and
/// whatever type is named; 415 `file_not_allowed` for anything else. The same file again is kept once.
#[utoipa::path(post, path = "/cases/{id}/attachments", tag = "cases", params(Called), operation_id = "attach_file",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachmentOnWire), (status = 403), (status = 404), (status = 409),
        (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Filter(Called { name }): Filter<Called>,
    body: Body,
) -> Result<Response, Problem> {
    let asking = Asking::of(&app, &who);
    let found = asking.writable(&app, &who, &id).await?;
    let bytes_max = app.config.rules.now().cases.attachment_bytes_max;
    let too_large = || Problem::from(&CaseRefused::FileTooLarge { bytes: bytes_max });
    let contents = to_bytes(body, bytes_max as usize).await;
    let contents = contents.map_err(|_| too_large())?;
    let new = NewAttachment {
        name,
        contents: contents.into(),
        bytes_max,
    };
    let (access, case) = (&asking.access, found.case.id);
    let row = app.store.attach(access, &asking.by, case, new).await?;
    let row = axum::Json(AttachmentOnWire::from(&row));
    Ok((StatusCode::CREATED, row).into_response())
}

/// What a file holds, to be saved and not to be shown.
#[utoipa::path(get, path = "/attachments/{id}", tag = "cases", operation_id = "get_attachment",
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 403),
        (status = 404), (status = 503)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadCases)?;
    let none = || Problem::new(Code::NoSuchAttachment);
    let id = id.parse().map_err(|_| none())?;
    let row = app.store.attachment(id).await?;
    let asking = Asking::of(&app, &who);
    asking.readable(&app, &row.case.to_string()).await?;
    let contents = app.store.contents(&row).await?;
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(row.kind.media_type()),
        ),
        (header::CONTENT_DISPOSITION, disposition(&row.name)),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
    ];
    Ok((head, contents).into_response())
}

/// The name for old clients in ASCII, and whole as RFC 8187 has it.
fn disposition(name: &str) -> HeaderValue {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ' ') => c,
        _ => '_',
    };
    let plain: String = name.chars().map(plain).collect();
    let whole = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    let whole: String = name.bytes().map(whole).collect();
    HeaderValue::try_from(format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
    ))
    .expect("letters, digits and signs of ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition("ใบ\"เสร็จ\r\nx: y.pdf"),
            "attachment; filename=\"__________x_ y.pdf\"; filename*=UTF-8''%E0%B9%83%E0%B8%9A%22\
             %E0%B9%80%E0%B8%AA%E0%B8%A3%E0%B9%87%E0%B8%88%0D%0Ax%3A%20y.pdf"
        );
    }
}
