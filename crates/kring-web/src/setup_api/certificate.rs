//! HTTPS for the local network: the certificate, and the authority that PCs and phones are given.

use crate::{
    app::App,
    clock::rfc3339,
    departments_api::changed_by,
    json::Json,
    means::MeansRefused,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Microseconds of a second.
const SECOND_US: i64 = 1_000_000;

/// For whom.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"names": ["kring.local", "192.0.2.5"]}))]
pub(crate) struct CertificateWish {
    /// Names and addresses under which browsers look for kring; none: those of this machine, or of the certificate before.
    names: Vec<String>,
}

/// The certificate.
#[derive(Serialize, ToSchema)]
pub(crate) struct CertificateOnWire {
    /// For people to compare before they trust the authority.
    authority_sha256: String,
    not_after: String,
    names: Vec<String>,
    /// Pages do not come by it yet: set `http.tls_cert` and `http.tls_key`, and restart.
    needs_restart: bool,
    /// For `http.tls_cert`.
    tls_cert: String,
    /// For `http.tls_key`.
    tls_key: String,
}

/// Makes a private authority and a certificate for kring, as `kringd cert` does; where there is an authority, a new
/// certificate of the same. Where HTTPS is in use already it is shown from now on. 422: a name is none, or the authority
/// was made for others.
#[utoipa::path(post, path = "/setup/certificate", tag = "setup", operation_id = "make_certificate",
    request_body = CertificateWish,
    responses((status = 201, body = CertificateOnWire), (status = 403), (status = 422), (status = 503)))]
pub(crate) async fn make_certificate(
    State(app): State<App>,
    who: Identity,
    Json(wish): Json<CertificateWish>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let asked = app.config.certificates.ask(wish.names).await;
    let made = match asked {
        Some(Ok(made)) => made,
        Some(Err(MeansRefused::Wrong(why))) => return Err(Problem::field("names", why)),
        Some(Err(MeansRefused::NotNow(why))) => {
            return Err(Problem::new(Code::FileUnavailable).detail(why));
        }
        None => return Err(Problem::new(Code::Busy).retry_after(1)),
    };
    let told = CertificateOnWire {
        authority_sha256: made.authority_sha256,
        not_after: rfc3339(WallTime(made.not_after_s.saturating_mul(SECOND_US))),
        names: made.names,
        needs_restart: !made.in_use,
        tls_cert: made.files[0].clone(),
        tls_key: made.files[1].clone(),
    };
    let by = changed_by(&app, &who);
    let noted = app
        .store
        .note_act(&by, "setup.certificate", "certificate", &told);
    if let Err(refused) = noted.await {
        // It is there already: whoever asked must hear so.
        tracing::error!(%refused, "a new certificate is not in the audit");
    }
    Ok((StatusCode::CREATED, axum::Json(told)).into_response())
}

/// The certificate of the private authority (PEM), for PCs and phones to trust. Anybody may have it: it is no secret.
#[utoipa::path(get, path = "/setup/authority.crt", tag = "setup", operation_id = "authority_certificate", security(),
    responses((status = 200, content_type = "application/x-x509-ca-cert", body = String), (status = 404)))]
pub(crate) async fn authority(State(app): State<App>) -> Result<Response, Problem> {
    let file = app.config.authority.ask(()).await.flatten();
    let file = file.ok_or_else(|| Problem::new(Code::NotFound))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-x509-ca-cert"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"kring-authority.crt\""),
        ),
    ];
    Ok((headers, file).into_response())
}
