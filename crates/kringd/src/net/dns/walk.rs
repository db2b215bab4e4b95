//! The way from a name to its targets: NAPTR, SRV, A and AAAA (RFC 3263 §4).
//!
//! The questions that do not depend on one another are asked at once, and each of the three stages
//! has a third of the time: a name server that drops what it does not know costs no call.

use super::{Families, NameRefused, Sought, limits, order::Choice, source::Lookups};
use futures_util::future::join_all;
use hickory_resolver::{
    ResolveError,
    lookup::Lookup,
    proto::rr::{RData, RecordType},
};
use kring_sip::{Peer, Transport};
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// The records of one kind, and what is known of them.
#[derive(Debug)]
struct Answer<T> {
    records: Vec<T>,
    ttl: Duration,
    /// Nobody answered, so that there may be more.
    failed: bool,
}

#[derive(Clone, Debug)]
struct Srv {
    priority: u16,
    weight: u16,
    port: u16,
    /// `.` says that there is no such service.
    target: String,
}

/// A transport that the host offers, by which SRV name, in the order of preference.
#[derive(Clone, Debug)]
struct Offer {
    transport: Transport,
    name: String,
}

/// The targets of a name and how long they hold.
pub(super) async fn walk(
    by: &Lookups,
    families: Families,
    sought: &Sought,
) -> Result<(Vec<Choice>, Duration), NameRefused> {
    let began = Instant::now();
    let stage = |nth: u32| began + limits::NAME_WITHIN * nth / 3;
    let guesses = guesses(sought);
    // An explicit port rules NAPTR and SRV out (RFC 3263 §4.2).
    let (naptr, guessed, plain) = if sought.port.is_some() || guesses.is_empty() {
        let plain = addresses(by, families, &sought.host, stage(3)).await;
        (Answer::nothing(), Vec::new(), plain)
    } else {
        tokio::join!(
            naptr(by, sought, stage(1)),
            join_all(guesses.iter().map(|offer| srv(by, &offer.name, stage(2)))),
            addresses(by, families, &sought.host, stage(3)),
        )
    };
    let mut failed = naptr.failed;
    let mut ttl = limits::NAME_KEPT_MAX;
    let mut services = Vec::new();
    if naptr.records.is_empty() {
        services.extend(guesses.into_iter().zip(guessed));
    } else {
        ttl = ttl.min(naptr.ttl);
        let asked = naptr
            .records
            .iter()
            .map(|offer| srv(by, &offer.name, stage(2)));
        let answers = join_all(asked).await;
        services.extend(naptr.records.iter().cloned().zip(answers));
    }
    failed |= services.iter().any(|(_, answer)| answer.failed);
    let no_service = services.iter().any(|(_, answer)| answer.says_no());
    let choices = targets(by, families, services, stage(3), &mut ttl).await;
    if !choices.is_empty() {
        return Ok((choices, ttl));
    }
    let host = sought.host.clone();
    if no_service {
        return Err(NameRefused::NoService(host));
    }
    if plain.records.is_empty() {
        return Err(if failed || plain.failed {
            NameRefused::NoAnswer(host)
        } else {
            NameRefused::NoAddress(host)
        });
    }
    let peers = plain.records.iter().map(|ip| sought.peer(*ip)).collect();
    let only = Choice {
        rank: (0, 0),
        weight: 0,
        peers,
    };
    // What was missed for want of an answer is asked for again soon.
    let ttl = if failed { Duration::ZERO } else { plain.ttl };
    Ok((vec![only], ttl))
}

/// The SRV names to try where no NAPTR record says which (RFC 3263 §4.1, §4.2).
fn guesses(sought: &Sought) -> Vec<Offer> {
    let offer = |transport: Transport| {
        let service = match transport {
            Transport::Udp => "_sip._udp",
            Transport::Tcp => "_sip._tcp",
            Transport::Tls => "_sips._tcp",
            // RFC 7118 has no SRV names: nobody calls a WebSocket.
            Transport::Ws | Transport::Wss => return None,
        };
        let name = format!("{service}.{}", sought.host);
        Some(Offer { transport, name })
    };
    let tried: &[Transport] = match (sought.transport, sought.secure) {
        (Some(transport), _) => return offer(transport).into_iter().collect(),
        (None, true) => &[Transport::Tls],
        (None, false) => &[Transport::Tls, Transport::Tcp, Transport::Udp],
    };
    tried.iter().filter_map(|by| offer(*by)).collect()
}

/// The services that the host prefers, of those that we speak and that will do (RFC 3263 §4.1).
async fn naptr(by: &Lookups, sought: &Sought, until: Instant) -> Answer<Offer> {
    if sought.transport.is_some() {
        return Answer::nothing();
    }
    let answer = ask(by, &sought.host, RecordType::NAPTR, until, |data| {
        let RData::NAPTR(naptr) = data else {
            return None;
        };
        let transport = match naptr.services().to_ascii_uppercase().as_slice() {
            b"SIP+D2U" if !sought.secure => Transport::Udp,
            b"SIP+D2T" if !sought.secure => Transport::Tcp,
            b"SIPS+D2T" => Transport::Tls,
            _ => return None,
        };
        let name = naptr.replacement().to_ascii();
        naptr.flags().eq_ignore_ascii_case(b"s").then_some((
            (naptr.order(), naptr.preference()),
            Offer { transport, name },
        ))
    });
    let mut answer = answer.await;
    answer.records.sort_by_key(|(rank, _)| *rank);
    answer.records.truncate(limits::SERVICES_OF_NAME_MAX);
    Answer {
        records: answer.records.into_iter().map(|(_, offer)| offer).collect(),
        ttl: answer.ttl,
        failed: answer.failed,
    }
}

async fn srv(by: &Lookups, name: &str, until: Instant) -> Answer<Srv> {
    let answer = ask(by, name, RecordType::SRV, until, |data| {
        let RData::SRV(srv) = data else {
            return None;
        };
        Some(Srv {
            priority: srv.priority(),
            weight: srv.weight(),
            port: srv.port(),
            target: srv.target().to_ascii(),
        })
    });
    let mut answer = answer.await;
    answer.records.sort_by_key(|srv| srv.priority);
    answer.records.truncate(limits::SERVICES_OF_NAME_MAX);
    answer
}

/// The targets of all services, each asked for at once.
async fn targets(
    by: &Lookups,
    families: Families,
    services: Vec<(Offer, Answer<Srv>)>,
    until: Instant,
    ttl: &mut Duration,
) -> Vec<Choice> {
    let mut asked = Vec::new();
    for (place, (offer, answer)) in (0..).zip(services) {
        if !answer.records.is_empty() {
            *ttl = (*ttl).min(answer.ttl);
        }
        let there = answer.records.into_iter().filter(|srv| srv.target != ".");
        asked.extend(there.map(|srv| (place, offer.transport, srv)));
    }
    let found = join_all(
        asked
            .iter()
            .map(|(_, _, srv)| addresses(by, families, &srv.target, until)),
    )
    .await;
    let mut choices = Vec::new();
    for ((place, transport, srv), answer) in asked.into_iter().zip(found) {
        if answer.records.is_empty() {
            continue;
        }
        *ttl = (*ttl).min(answer.ttl);
        let peer = |ip: IpAddr| Peer {
            transport,
            address: SocketAddr::new(ip, srv.port),
        };
        choices.push(Choice {
            rank: (place, srv.priority),
            weight: srv.weight,
            peers: answer.records.into_iter().map(peer).collect(),
        });
    }
    choices
}

/// The addresses of a host, of the families that we have sockets for.
async fn addresses(by: &Lookups, families: Families, host: &str, until: Instant) -> Answer<IpAddr> {
    let address = |data: &RData| match data {
        RData::A(a) => Some(IpAddr::V4(a.0)),
        RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
        _ => None,
    };
    let of = async |wanted: bool, kind: RecordType| {
        if wanted {
            ask(by, host, kind, until, address).await
        } else {
            Answer::nothing()
        }
    };
    let (four, six) = tokio::join!(
        of(families.four(), RecordType::A),
        of(families.six(), RecordType::AAAA)
    );
    let mut found = Answer {
        ttl: four.ttl.min(six.ttl),
        failed: four.failed || six.failed,
        records: [four.records, six.records].concat(),
    };
    if found.records.is_empty() && by.own {
        let own = timeout_at(until, by.own(host)).await;
        found.failed |= own.is_err();
        found.records = own.unwrap_or_default();
        found.ttl = limits::NAME_OF_SYSTEM_KEPT;
    }
    found.records = families.arranged(found.records);
    found
}

/// Asks for one kind of record of a name.
async fn ask<T>(
    by: &Lookups,
    name: &str,
    kind: RecordType,
    until: Instant,
    read: impl Fn(&RData) -> Option<T>,
) -> Answer<T> {
    let Some(dns) = &by.dns else {
        return Answer::nothing();
    };
    let answer = match timeout_at(until, dns.lookup(name, kind)).await {
        Ok(answer) => answer,
        Err(_) => return Answer::failed(),
    };
    match answer {
        Ok(lookup) => Answer {
            records: lookup.iter().filter_map(read).collect(),
            ttl: ttl(&lookup),
            failed: false,
        },
        Err(refused) if is_nothing(&refused) => Answer::nothing(),
        Err(refused) => {
            tracing::debug!(%name, %kind, %refused, "a name server did not answer");
            Answer::failed()
        }
    }
}

/// The name servers answered, and there is none.
fn is_nothing(refused: &ResolveError) -> bool {
    use hickory_resolver::proto::{ProtoErrorKind, op::ResponseCode};
    let kind = refused.proto().map(|proto| proto.kind());
    matches!(
        kind,
        Some(ProtoErrorKind::NoRecordsFound {
            response_code: ResponseCode::NoError | ResponseCode::NXDomain,
            ..
        })
    ) || refused.proto().is_none()
}

fn ttl(lookup: &Lookup) -> Duration {
    let ttls = lookup.record_iter().map(|record| record.ttl());
    Duration::from_secs(ttls.min().map_or(0, u64::from))
}

impl<T> Answer<T> {
    fn nothing() -> Answer<T> {
        Answer {
            records: Vec::new(),
            ttl: limits::NAME_KEPT_MAX,
            failed: false,
        }
    }

    fn failed() -> Answer<T> {
        Answer {
            failed: true,
            ..Answer::nothing()
        }
    }
}

impl Answer<Srv> {
    /// RFC 2782: a single record with the target `.`.
    fn says_no(&self) -> bool {
        matches!(self.records.as_slice(), [only] if only.target == ".")
    }
}
