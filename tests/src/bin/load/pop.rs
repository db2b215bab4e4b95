//! From the INVITE at kring's socket to `call.offered` at the agent's screen, one agent, one call after
//! another: this process is PBX, phone and screen, so one clock measures all.

use crate::{
    Options, Outcome,
    house::{House, free_port},
    screen,
};
use std::{
    net::UdpSocket,
    thread,
    time::{Duration, Instant},
};

/// Calls that are not counted: what is made once is made.
const WARM_UP: u32 = 20;

/// The distribution of the time to the pop.
pub(crate) fn latency(options: &Options) -> Outcome<()> {
    let (rate, count) = (
        options.number("--rate", 20)?,
        options.number("--count", 400)?,
    );
    let phone_at = free_port()?;
    let phone = UdpSocket::bind(("127.0.0.1", phone_at))?;
    thread::spawn(move || be_phone(&phone));
    let house = House::open(1, phone_at, options.text("--database"))?;
    let screen = screen::open(&house, 0)?.pops;
    let pbx = UdpSocket::bind("127.0.0.1:0")?;
    pbx.connect(("127.0.0.1", house.sip))?;
    pbx.set_read_timeout(Some(Duration::from_secs(2)))?;
    let own = pbx.local_addr()?.port();
    let every = Duration::from_secs(1) / rate;
    let mut took = Vec::new();
    let mut lost = 0;
    for n in 0..count + WARM_UP {
        let begun = Instant::now();
        pbx.send(invite(n, own).as_bytes())?;
        match screen.recv_timeout(Duration::from_secs(2)) {
            Ok(seen) if n >= WARM_UP => took.push(seen.saturating_duration_since(begun)),
            Ok(_) => {}
            Err(_) => lost += 1,
        }
        give_up(&pbx, n, own)?;
        // Frames that belong to the end of this call.
        thread::park_timeout(every.saturating_sub(begun.elapsed()));
        while screen.try_recv().is_ok() {}
    }
    took.sort_unstable();
    let at = |share: f64| {
        let index = ((took.len() as f64 * share) as usize).min(took.len().saturating_sub(1));
        took.get(index)
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    };
    println!(
        "pop rate={rate}/s count={} lost={lost} p50={:.3}ms p90={:.3}ms p99={:.3}ms max={:.3}ms",
        took.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
    );
    Ok(())
}

fn invite(n: u32, port: u16) -> String {
    let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
               m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";
    format!(
        "INVITE sip:1203@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKl{n}\r\n\
         From: <sip:{}@127.0.0.1>;tag=l{n}\r\nTo: <sip:1203@127.0.0.1>\r\nCall-ID: load-{n}-{port}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:load@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        number(n),
        sdp.len(),
    )
}

/// Numbers that `fill` has put into its database of 100,000 contacts, and one in eleven that it has not.
fn number(n: u32) -> String {
    let contact = u64::from(n) * 613 % 110_000;
    format!("08{:08}", contact * 7_919 % 100_000_000)
}

/// CANCEL, then ACK of the 487.
fn give_up(pbx: &UdpSocket, n: u32, port: u16) -> Outcome<()> {
    let request = |method: &str, to_tag: &str| {
        format!(
            "{method} sip:1203@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKl{n}\r\n\
             From: <sip:{}@127.0.0.1>;tag=l{n}\r\nTo: <sip:1203@127.0.0.1>{to_tag}\r\n\
             Call-ID: load-{n}-{port}\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
            number(n),
        )
    };
    pbx.send(request("CANCEL", "").as_bytes())?;
    let mut buffer = [0; 4_000];
    loop {
        let length = pbx.recv(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        if text.starts_with("SIP/2.0 487") {
            let to = text
                .lines()
                .find_map(|line| line.strip_prefix("To: "))
                .unwrap_or_default();
            let tag = to.find(";tag=").map_or("", |at| &to[at..]);
            pbx.send(request("ACK", tag).as_bytes())?;
            return Ok(());
        }
    }
}

/// A phone that rings, and confirms a CANCEL.
fn be_phone(socket: &UdpSocket) {
    let mut buffer = [0; 4_000];
    let mut invite = String::new();
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let answers = if text.starts_with("INVITE") {
            invite.clone_from(&text);
            vec![answer(&text, "180 Ringing")]
        } else if text.starts_with("CANCEL") {
            vec![
                answer(&text, "200 OK"),
                answer(&invite, "487 Request Terminated"),
            ]
        } else {
            Vec::new()
        };
        for answer in answers {
            let _ = socket.send_to(answer.as_bytes(), from);
        }
    }
}

/// A response to a request, with the headers that belong together.
fn answer(request: &str, status: &str) -> String {
    let mut text = format!("SIP/2.0 {status}\r\n");
    for line in request.lines().take_while(|line| !line.is_empty()) {
        let name = line.split(':').next().unwrap_or_default();
        match name {
            "Via" | "From" | "Call-ID" | "CSeq" => text += &format!("{line}\r\n"),
            "To" => text += &format!("{line};tag=load\r\n"),
            _ => {}
        }
    }
    text + "Contact: <sip:load@127.0.0.1>\r\nContent-Length: 0\r\n\r\n"
}
