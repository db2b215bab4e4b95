//! Whether a PBX is there, before it is a trunk: found by its name, asked by OPTIONS from the socket by which kring
//! would call it, and what follows from what it says.

mod answer;

use crate::{
    config::{HostPort, name_transport},
    lines,
    net::Resolver,
};
use answer::Heard;
use kring_call::command::{Command, CommandRefused, Done};
use kring_sip::{Answered, Peer, Transport, Uri};
use kring_web::{Ask, Means, MeansRefused, TrunkQuestion, TrunkStep, TrunkTested, TrunkTests};
use std::{net::SocketAddr, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// Between two questions of a test.
const PAUSE: Duration = Duration::from_millis(200);

/// Silences after which nobody is asked again.
const SILENCES_MAX: u8 = 2;

type Tested = Result<TrunkTested, MeansRefused>;

/// For pages: the test by the sockets of this exchange.
pub(crate) fn by(resolver: Resolver, asks: mpsc::Sender<Ask>) -> TrunkTests {
    let tester = Tester { resolver, asks };
    Means::new(move |question| {
        let tester = tester.clone();
        Box::pin(async move { tester.test(&question).await })
    })
}

#[derive(Clone)]
struct Tester {
    resolver: Resolver,
    asks: mpsc::Sender<Ask>,
}

impl Tester {
    async fn test(&self, question: &TrunkQuestion) -> Tested {
        let wrong = |why: String| MeansRefused::Wrong(why);
        let at: HostPort = question
            .address
            .parse()
            .map_err(|refused: crate::config::AddressRefused| wrong(refused.to_string()))?;
        let transport: Transport = question
            .transport
            .parse()
            .map_err(|_| wrong("the transport is udp, tcp or tls".to_owned()))?;
        let target = Uri::sip(None, &at.uri_host(), at.port);
        let mut target = target.map_err(|refused| wrong(refused.to_string()))?;
        name_transport(&mut target, Some(transport));
        let mut told = TrunkTested::default();
        let sought = lines::sought(&at, Some(transport));
        let found = self.resolver.resolve(&sought).await;
        let peer = match found.map(|found| found.peers.first().copied()) {
            Ok(Some(peer)) => peer,
            Ok(None) => {
                told.steps = not_found("its name has no address");
                return Ok(told);
            }
            Err(refused) => {
                told.steps = not_found(&refused.to_string());
                return Ok(told);
            }
        };
        told.steps.push(step(
            ("address", "ok"),
            Some(peer.address.to_string()),
            ("พบที่อยู่ของตู้สาขา", "the address was found"),
        ));
        let (answers, refused) = self.ask_all(&target, peer, question.count).await?;
        for answer in answers.iter().filter(|answer| !answer.local) {
            told.round_trips_ms
                .push(answer.round_trip.as_micros() as f64 / 1e3);
        }
        conclude(&mut told, peer, &answers, refused);
        Ok(told)
    }

    /// Asks so many times; fewer when nobody answers, or nothing can be sent.
    async fn ask_all(
        &self,
        target: &Uri,
        peer: Peer,
        count: u8,
    ) -> Result<(Vec<Answered>, bool), MeansRefused> {
        let mut answers: Vec<Answered> = Vec::new();
        let mut silences = 0;
        for turn in 0..count {
            if turn > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let answer = self.ask(target.clone(), peer).await?;
            let unsent = answer.local && answer.code != 408;
            silences += u8::from(answer.local);
            answers.push(answer);
            if unsent || silences >= SILENCES_MAX {
                return Ok((answers, unsent));
            }
        }
        Ok((answers, false))
    }

    async fn ask(&self, target: Uri, peer: Peer) -> Result<Answered, MeansRefused> {
        let not_now = |why: &str| MeansRefused::NotNow(why.to_owned());
        let (reply, answer) = oneshot::channel();
        let command = Command::Probe { target, peer };
        let asked = self.asks.send(Ask { command, reply }).await;
        asked.map_err(|_| not_now("kring is closing"))?;
        match answer.await {
            Ok(Ok(Done::Probed(answered))) => Ok(*answered),
            Ok(Err(CommandRefused::NoRoom)) => Err(not_now("others are being asked")),
            Ok(_) | Err(_) => Err(not_now("kring is closing")),
        }
    }
}

fn step(
    (step, state): (&'static str, &'static str),
    value: Option<String>,
    (detail_th, detail_en): (&str, &str),
) -> TrunkStep {
    TrunkStep {
        step,
        state,
        value,
        detail_th: detail_th.to_owned(),
        detail_en: detail_en.to_owned(),
    }
}

/// What was not come to.
fn unknown(name: &'static str) -> TrunkStep {
    step((name, "unknown"), None, ("ยังไม่ทราบผล", "not known"))
}

fn not_found(why: &str) -> Vec<TrunkStep> {
    let thai = "ไม่พบที่อยู่ของตู้สาขา โปรดตรวจสอบชื่อหรือระบุที่อยู่ IP";
    let english = format!("{why}. Look at the name, or write the IP address");
    vec![
        step(("address", "failed"), None, (thai, &english)),
        unknown("sent"),
        unknown("answered"),
        unknown("way_back"),
    ]
}

/// The steps after the address, and what the first answer says.
fn conclude(told: &mut TrunkTested, peer: Peer, answers: &[Answered], unsent: bool) {
    let heard = answers
        .iter()
        .find_map(|answer| Some((answer, answer.heard.as_deref()?)));
    let shown = |address: SocketAddr| Some(address.to_string());
    if unsent && heard.is_none() {
        let thai = "ส่งคำถามไม่ได้ ตู้สาขาปฏิเสธการเชื่อมต่อ ปิดพอร์ตนี้อยู่ หรือใบรับรองไม่ได้รับความเชื่อถือ";
        let english = "nothing could be sent: the connection was refused, the port is closed, this transport is not in \
                       sip.listen, or the certificate is not trusted";
        told.steps.push(step(
            ("sent", "failed"),
            shown(peer.address),
            (thai, english),
        ));
        told.steps
            .extend([unknown("answered"), unknown("way_back")]);
        return;
    }
    told.steps.push(step(
        ("sent", "ok"),
        shown(peer.address),
        ("ส่ง OPTIONS แล้ว", "OPTIONS was sent"),
    ));
    let Some((answer, response)) = heard else {
        let thai = "ตู้สาขาไม่ตอบ โปรดตรวจสอบว่าตู้สาขาทำงานอยู่ รู้จักที่อยู่ของ kring และไฟร์วอลล์อนุญาต";
        let english = "no answer: look whether the PBX runs, knows kring's address, and is let through by the firewalls";
        told.steps
            .push(step(("answered", "failed"), None, (thai, english)));
        told.steps.push(unknown("way_back"));
        return;
    };
    let heard = Heard::of(response);
    let status = format!("{} {}", answer.code, answer.reason);
    told.steps.push(step(
        ("answered", "ok"),
        Some(status),
        (
            "ตู้สาขาตอบแล้ว รหัสใดก็แสดงว่าติดต่อถึงกัน",
            "the PBX answers; whatever the status, it is there",
        ),
    ));
    told.steps.push(way_back(&heard));
    told.status = Some(answer.code);
    heard.put(told);
}

/// Whether the PBX sees us where we say that we are.
fn way_back(heard: &Heard) -> TrunkStep {
    match (&heard.said, &heard.seen) {
        (Some(said), Some(seen)) if seen != said => {
            let thai =
                format!("ตู้สาขาเห็น kring ที่ {seen} แต่ kring แจ้งว่าอยู่ที่ {said} โปรดตั้งค่า sip.advertised");
            let english = format!(
                "the PBX sees kring at {seen}, but kring says {said}: set sip.advertised, or calls may not find back"
            );
            step(
                ("way_back", "failed"),
                Some(seen.to_string()),
                (&thai, &english),
            )
        }
        (Some(said), _) => step(
            ("way_back", "ok"),
            Some(said.to_string()),
            (
                "ตู้สาขาเห็น kring ตามที่อยู่ที่แจ้งไว้",
                "the PBX sees kring where kring says that it is",
            ),
        ),
        (None, _) => unknown("way_back"),
    }
}

#[cfg(test)]
mod tests;
