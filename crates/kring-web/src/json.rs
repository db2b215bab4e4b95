//! JSON bodies and query strings, refused as problems when they cannot be read.

use crate::problem::{Code, Problem};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, header, request::Parts},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;

/// A body of JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // Also what keeps a foreign form out: a form cannot be JSON.
        if !kind.to_ascii_lowercase().starts_with("application/json") {
            return Err(Problem::new(Code::NotJson));
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|refused| {
                let too_large = refused.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE;
                Problem::new(if too_large {
                    Code::TooLarge
                } else {
                    Code::BadRequest
                })
            })?;
        match serde_json::from_slice(&body) {
            Ok(value) => Ok(Json(value)),
            Err(why) if why.is_data() => Err(Problem::new(Code::BadField).detail(why.to_string())),
            Err(why) => Err(Problem::new(Code::BadRequest).detail(why.to_string())),
        }
    }
}

/// A query string.
pub(crate) struct Filter<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Filter<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Filter<T>, Problem> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        let Query(value) =
            read.map_err(|why| Problem::new(Code::BadFilter).detail(why.body_text()))?;
        Ok(Filter(value))
    }
}
