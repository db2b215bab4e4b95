//! A page's side of the live socket, over a real connection.

use super::House;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

pub(crate) struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl House {
    /// Serves the router on a port of its own.
    pub(crate) async fn serve(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(kring_web::prompt(listener), service).await });
        address
    }
}

impl Page {
    /// Opens a socket with this cookie and origin; the status when it is refused.
    pub(crate) async fn open(
        at: SocketAddr,
        cookie: &str,
        origin: Option<&str>,
    ) -> Result<Page, u16> {
        let mut request = format!("ws://{at}/ws/v1").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert(
            "sec-websocket-protocol",
            HeaderValue::from_static("kring.v1"),
        );
        if !cookie.is_empty() {
            headers.insert("cookie", cookie.parse().unwrap());
        }
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, response)) => {
                assert_eq!(response.headers()["sec-websocket-protocol"], "kring.v1");
                Ok(Page(socket))
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(refused)) => {
                Err(refused.status().as_u16())
            }
            Err(other) => panic!("the socket could not be opened: {other}"),
        }
    }

    /// Opens a socket and says hello; the welcome.
    pub(crate) async fn hello(at: SocketAddr, cookie: &str, more: Value) -> (Page, Value) {
        let mut page = Page::open(at, cookie, None).await.unwrap();
        let mut hello = json!({"t": "hello", "client_id": "test", "caps": ["audio"]});
        hello
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        page.say(hello).await;
        let welcome = page.hear().await;
        assert_eq!(welcome["t"], "welcome", "{welcome}");
        (page, welcome)
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    pub(crate) async fn ack(&mut self, frame: &Value) {
        self.say(json!({"t": "ack", "seq": frame["seq"]})).await;
    }

    /// The next message; panics after five seconds.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match tokio::time::timeout(Duration::from_secs(5), self.0.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return serde_json::from_str(&text).unwrap(),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                other => panic!("a frame was expected: {other:?}"),
            }
        }
    }

    /// The next frame of this kind; others are passed over.
    pub(crate) async fn hear_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.hear().await;
            if frame["t"] == kind {
                return frame;
            }
        }
    }

    /// The code with which the server closes.
    pub(crate) async fn closed_with(&mut self) -> u16 {
        loop {
            match tokio::time::timeout(Duration::from_secs(5), self.0.next()).await {
                Ok(Some(Ok(Message::Close(Some(frame))))) => return frame.code.into(),
                Ok(Some(Ok(_))) => {}
                other => panic!("a close was expected: {other:?}"),
            }
        }
    }

    pub(crate) async fn close(mut self) {
        let _ = self.0.close(None).await;
    }
}
