//! SIP over WebSocket, as web phones speak it (RFC 7118).

use super::{
    secured::{Authority, Folder},
    *,
};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::HeaderValue},
};

async fn shake<S>(
    stream: S,
    offers: Option<&'static str>,
) -> Result<WebSocketStream<S>, tungstenite::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut request = "ws://kring.test/".into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("Origin", HeaderValue::from_static("https://crm.test"));
    if let Some(offers) = offers {
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(offers));
    }
    let (socket, response) = client_async(request, stream).await?;
    assert_eq!(response.headers()["Sec-WebSocket-Protocol"], "sip");
    Ok(socket)
}

async fn phone(to: SocketAddr) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(to).await.unwrap();
    shake(stream, Some("sip")).await.unwrap()
}

async fn heard<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>) -> Message {
    let read = timeout(PATIENCE, socket.next()).await;
    read.expect("something comes").unwrap().unwrap()
}

#[tokio::test]
async fn each_frame_is_a_message_and_what_we_send_goes_back_the_same_way() {
    let (mut net, locals) = bound(&["ws:127.0.0.1:0"]);
    let mut phone = phone(locals[0]).await;
    let text = str::from_utf8(OPTIONS).unwrap();
    phone.send(Message::text(text)).await.unwrap();
    let (from, bytes) = message(&mut net).await;
    assert_eq!((from.transport, &bytes[..]), (Transport::Ws, OPTIONS));
    phone.send(Message::binary(OPTIONS)).await.unwrap();
    assert_eq!(message(&mut net).await.1, OPTIONS);

    net.send(to(Transport::Ws, from.address, b"SIP/2.0 200 OK\r\n\r\n"));
    assert_eq!(
        heard(&mut phone).await,
        Message::text("SIP/2.0 200 OK\r\n\r\n")
    );
    // A name in TIS-620 is no UTF-8.
    net.send(to(Transport::Ws, from.address, b"INVITE \xa1\xa2"));
    assert_eq!(
        heard(&mut phone).await,
        Message::binary(&b"INVITE \xa1\xa2"[..])
    );
}

#[tokio::test]
async fn keep_alives_of_both_kinds_are_answered_and_not_talked_about() {
    let (mut net, locals) = bound(&["ws:127.0.0.1:0"]);
    let mut phone = phone(locals[0]).await;
    phone.send(Message::text("\r\n\r\n")).await.unwrap();
    assert_eq!(heard(&mut phone).await, Message::text("\r\n"));
    phone
        .send(Message::Ping(Bytes::from_static(b"?")))
        .await
        .unwrap();
    assert_eq!(
        heard(&mut phone).await,
        Message::Pong(Bytes::from_static(b"?"))
    );
    assert_eq!(net.try_recv(), None);
}

#[tokio::test]
async fn who_does_not_offer_sip_is_refused_with_400() {
    let (_net, locals) = bound(&["ws:127.0.0.1:0"]);
    for offers in [None, Some("chat, xmpp")] {
        let stream = TcpStream::connect(locals[0]).await.unwrap();
        match shake(stream, offers).await {
            Err(tungstenite::Error::Http(response)) => assert_eq!(response.status(), 400),
            other => panic!("{other:?}"),
        }
    }
    let stream = TcpStream::connect(locals[0]).await.unwrap();
    shake(stream, Some("chat, sip")).await.unwrap();
}

#[tokio::test]
async fn a_frame_beyond_any_message_is_cut_and_a_phone_that_is_gone_is_a_failure() {
    let (mut net, locals) = bound(&["ws:127.0.0.1:0"]);
    let mut phone = phone(locals[0]).await;
    phone.send(Message::binary(OPTIONS)).await.unwrap();
    let (from, _) = message(&mut net).await;
    let large = vec![b'x'; kring_sip::limits::MESSAGE_BYTES_MAX + 1];
    let _ = phone.send(Message::binary(large)).await;
    while net.connections() > 0 {
        if let Ok(arrival) = timeout(Duration::from_millis(5), net.recv()).await {
            panic!("{arrival:?}");
        }
    }
    net.send(to(Transport::Ws, from.address, b"INVITE"));
    assert_eq!(next(&mut net).await, Arrival::Failed { to: from });
}

/// A page that is closed takes its phone along, and whoever was never answered well is nobody's phone.
#[tokio::test]
async fn the_end_of_a_connection_is_told_of_those_whom_we_know() {
    let (mut net, locals) = bound(&["ws:127.0.0.1:0"]);
    for known in [false, true] {
        let mut phone = phone(locals[0]).await;
        phone.send(Message::binary(OPTIONS)).await.unwrap();
        let (from, _) = message(&mut net).await;
        if known {
            net.send(to(Transport::Ws, from.address, b"SIP/2.0 200 OK\r\n\r\n"));
            heard(&mut phone).await;
        }
        drop(phone);
        while net.connections() > 0 {
            if let Ok(arrival) = timeout(Duration::from_millis(5), net.recv()).await {
                assert!(known, "{arrival:?}");
                assert_eq!(arrival, Arrival::Closed { from });
            }
        }
    }
}

#[tokio::test]
async fn a_web_phone_over_tls_is_one_more_kind() {
    let (folder, authority) = (Folder::new("wss"), Authority::new());
    let listen = vec!["wss:127.0.0.1:0".parse().unwrap()];
    let mut net = Net::bind(&terms(&authority.keys(&folder), listen)).unwrap();
    let stream = authority.connect(net.listens()[0].address).await;
    let mut phone = shake(stream, Some("sip")).await.unwrap();
    phone.send(Message::binary(OPTIONS)).await.unwrap();
    let (from, bytes) = message(&mut net).await;
    assert_eq!((from.transport, &bytes[..]), (Transport::Wss, OPTIONS));
    net.send(to(Transport::Wss, from.address, b"BYE"));
    assert_eq!(heard(&mut phone).await, Message::text("BYE"));
}
