//! Requests that kring sends by HTTP: to the identity provider alone. No redirection is followed, no proxy asked, and an
//! answer has a bound.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    client::conn::http1,
    header::{HOST, HeaderValue},
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use kring_web::{Fetch, FetchRefused};
use std::{net::IpAddr, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

/// Largest answer, bytes: keys and metadata are some kilobytes.
const ANSWER_MAX: usize = 1 << 20;

/// The way out, by TLS that believes these authorities. How long an answer may take is for whoever asks.
pub(crate) fn by_tls(tls: Arc<ClientConfig>) -> Fetch {
    Fetch::new(move |request| {
        let tls = Arc::clone(&tls);
        Box::pin(async move {
            let sent = send(tls, request).await;
            sent.map_err(|why| FetchRefused::Failed(why.to_string()))
        })
    })
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

async fn send(
    tls: Arc<ClientConfig>,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, AnyError> {
    let uri = request.uri();
    let host = uri.host().unwrap_or_default();
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    if !secure && !is_own_machine(&host) {
        return Err("it is asked by https only".into());
    }
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    if secure {
        let name = ServerName::try_from(host)?;
        let stream = TlsConnector::from(tls).connect(name, stream).await?;
        talk(TokioIo::new(stream), request).await
    } else {
        talk(TokioIo::new(stream), request).await
    }
}

fn is_own_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

async fn talk(
    wire: impl Read + Write + Unpin + Send + 'static,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, AnyError> {
    let (mut sender, connection) = http1::handshake(wire).await?;
    let connection = tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    if let Some(authority) = parts.uri.authority() {
        let host = HeaderValue::try_from(authority.as_str())?;
        parts.headers.insert(HOST, host);
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse()?;
    let request = Request::from_parts(parts, Full::new(Bytes::from(body)));
    let answer = sender.send_request(request).await;
    let read = async {
        let (parts, body) = answer?.into_parts();
        let body = Limited::new(body, ANSWER_MAX).collect().await?;
        Ok::<_, AnyError>(Response::from_parts(parts, body.to_bytes().into()))
    };
    let read = read.await;
    connection.abort();
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, routing::get};

    #[tokio::test]
    async fn an_answer_comes_whole_or_not_at_all() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let small = get(async |headers: axum::http::HeaderMap| {
            headers["host"].to_str().unwrap_or_default().to_owned()
        });
        let large = get(async || "x".repeat(ANSWER_MAX + 1));
        let elsewhere = get(async || axum::response::Redirect::to("http://169.254.169.254/"));
        let router = Router::new()
            .route("/small", small)
            .route("/large", large)
            .route("/elsewhere", elsewhere);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let tls = crate::net::believing(None).unwrap();
        let ask = async |url: String| {
            let request = Request::get(url).body(Vec::new()).unwrap();
            send(Arc::clone(&tls), request).await
        };
        let told = ask(format!("http://{at}/small?a=b")).await.unwrap();
        assert_eq!(told.body(), at.to_string().as_bytes());
        assert!(ask(format!("http://{at}/large")).await.is_err());
        let told = ask(format!("http://{at}/elsewhere")).await.unwrap();
        assert_eq!(told.status(), 303, "it is not followed");
        assert!(
            ask("http://192.0.2.1/".to_owned()).await.is_err(),
            "plain, and not here"
        );
    }
}
