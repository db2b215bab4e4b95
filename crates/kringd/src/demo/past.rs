//! An earlier shift: the demo's database begins with calls that were answered and recorded, written as
//! the journal of a boot that ended in order, so that returning callers have a history.

use super::people::{ACCOUNTS, Account, HEADSET, KNOWN, Known, NEWCOMER, OFFICERS, SEATS};
use crate::exit::Fault;
use kring_journal::{
    AgentId, CallId, CallRecord, CallerRef, EndedBy, Entry, Fact, RingResult, WallTime,
};
use kring_store::{
    AgentRow, CallerRow, CaseKind, ChangedBy, Confidentiality, ConfirmWrite, ContactChoice,
    ContactPatch, Department, Endpoint, EndpointId, Group, JournalLog, NewContact, Number,
    NumberPlan, Resolution, Role, Store, StoreRefused, Trusted, TrustedWrite,
};
use kring_time::Moment;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{net::SocketAddr, time::Duration};

/// From one earlier matter to the next.
const APART: i64 = 9 * 24 * 3_600 * 1_000_000;

/// Where the agents' phones are, by login.
pub(super) type Phones = Vec<(&'static str, SocketAddr)>;

/// Agents, officers' extensions, persons, and their earlier matters.
pub(super) async fn fill(
    store: &Store,
    phones: &Phones,
    password: &str,
    now: WallTime,
) -> Result<(), Fault> {
    let told = crate::database::refused;
    for seat in &SEATS {
        store
            .put_agent(&agent(seat.login, seat.name, phones, password))
            .await
            .map_err(told)?;
    }
    let departments = store.departments().await.map_err(told)?;
    for account in &ACCOUNTS {
        store
            .put_agent(&colleague(account, &departments, password))
            .await
            .map_err(told)?;
    }
    for officer in &OFFICERS {
        if let Some(unit) = departments
            .iter()
            .find(|unit| unit.short == officer.department)
        {
            let by = ChangedBy {
                who: "demo".to_owned(),
                at: now,
            };
            let seat = |unit: &mut Department| {
                let id = EndpointId::new(now);
                let seat = Endpoint::dialled(id, officer.extension, unit.last_priority());
                unit.endpoints.push(Endpoint {
                    label: "เจ้าหน้าที่ประจำหน่วยงาน".to_owned(),
                    ..seat
                });
                Ok(())
            };
            let seated = store.change_department(&by, unit.id, None, seat).await;
            seated.map_err(told)?;
        }
    }
    earlier_shift(store, &departments, now).await.map_err(told)
}

fn agent(login: &str, name: &str, phones: &Phones, password: &str) -> AgentRow {
    let phone = phones.iter().find(|(owner, _)| *owner == login);
    let hash = (login == NEWCOMER).then(|| kring_web::session::hash_password(password));
    AgentRow {
        login: AgentId::new(login),
        name: name.to_owned(),
        role: Role::Agent,
        password_hash: hash,
        devices: phone
            .map(|(login, at)| format!("sip:{login}@{at}"))
            .into_iter()
            .collect(),
        auto_answer: false,
        queues: Vec::new(),
        disabled: false,
        department: None,
        skills: Vec::new(),
        record: false,
    }
}

fn colleague(account: &Account, departments: &[Department], password: &str) -> AgentRow {
    let unit = |short| departments.iter().find(|unit| unit.short == short);
    AgentRow {
        role: account.role,
        password_hash: Some(kring_web::session::hash_password(password)),
        department: account.unit.and_then(unit).map(|unit| unit.id),
        devices: (account.login == HEADSET)
            .then(|| "browser".to_owned())
            .into_iter()
            .collect(),
        ..agent(account.login, account.name, &Phones::new(), password)
    }
}

async fn earlier_shift(
    store: &Store,
    departments: &[Department],
    now: WallTime,
) -> Result<(), StoreRefused> {
    let begin = WallTime(now.0 - 40 * APART);
    let mut journal = store
        .begin_boot(begin, env!("CARGO_PKG_VERSION"))
        .await?
        .journal;
    let mut chance = ChaCha8Rng::seed_from_u64(1_203);
    for known in &KNOWN {
        let mut person = None;
        let newest = known.matters.len() as i64;
        for (n, (unit, subject)) in known.matters.iter().enumerate() {
            let wall = WallTime(now.0 - (newest - n as i64) * APART);
            let matter = Matter {
                known,
                unit,
                subject,
                wall,
            };
            person = matter
                .write(&mut journal, &mut chance, departments, person)
                .await?;
        }
    }
    let stopped = journal.entry(Moment::from_millis(1), now, None, Fact::Stopped);
    journal
        .append(&Group {
            entries: vec![stopped],
            ..Group::default()
        })
        .await?;
    Ok(())
}

/// One earlier call and its record.
struct Matter {
    known: &'static Known,
    unit: &'static str,
    subject: &'static str,
    wall: WallTime,
}

impl Matter {
    /// Writes the call, then its record; gives who the person is from now on.
    async fn write(
        &self,
        journal: &mut JournalLog,
        chance: &mut ChaCha8Rng,
        departments: &[Department],
        person: Option<kring_store::ContactId>,
    ) -> Result<Option<kring_store::ContactId>, StoreRefused> {
        let random = (u128::from(chance.next_u64()) << 64) | u128::from(chance.next_u64());
        let call = CallId::new(self.wall.0 as u64 / 1_000, random);
        let caller = CallerRef::new(chance.next_u64());
        let agent = AgentId::new(SEATS[0].login);
        let entries: Vec<Entry> = Self::facts(caller, &agent)
            .into_iter()
            .map(|(ms, fact)| {
                let wall = WallTime(self.wall.0 + ms as i64 * 1_000);
                journal.entry(Moment::from_millis(ms), wall, Some(call), fact)
            })
            .collect();
        let mut record = entries.first().and_then(CallRecord::begin);
        if let Some(record) = &mut record {
            for entry in &entries {
                record.apply(entry);
            }
        }
        let number = Number::read(self.known.number, &NumberPlan::default());
        let row = CallerRow {
            caller,
            canonical: number.canonical,
            class: number.class,
            display: number.display,
        };
        let calls = Group {
            entries,
            records: record.into_iter().collect(),
            callers: vec![row],
            ..Group::default()
        };
        journal.append(&calls).await?;
        let confirm = self.confirm(call, agent, departments, person);
        let record = Trusted {
            at: Moment::from_millis(200_000),
            wall: WallTime(self.wall.0 + 200_000_000),
            write: TrustedWrite::Confirm(Box::new(confirm)),
        };
        let done = journal
            .append(&Group {
                trusted: vec![record],
                ..Group::default()
            })
            .await?;
        let made = done.trusted.into_iter().next().transpose()?;
        Ok(match made {
            Some(kring_store::TrustedDone::Confirmed { case }) => case.contact,
            _ => person,
        })
    }

    fn facts(caller: CallerRef, agent: &AgentId) -> Vec<(u64, Fact)> {
        let agent = agent.clone();
        vec![
            (
                0,
                Fact::Offered {
                    caller,
                    queue: "main".to_owned(),
                    did: super::pbx::DID.to_owned(),
                    sip_call_id: format!("earlier-{caller}"),
                    trunk: "local".to_owned(),
                    forwarded_by: None,
                    rang_before: false,
                    chosen_by: None,
                    priority: None,
                    outbound: None,
                    terms: kring_journal::RingTerms::thailand(),
                },
            ),
            (0, Fact::Ring { number: 1, of: 3 }),
            (
                3_200,
                Fact::Answered {
                    agent: agent.clone(),
                    device: None,
                    rings: 1,
                    wait_ms: 3_200,
                    result: RingResult::Within,
                    margin_ms: 11_800,
                },
            ),
            (
                190_000,
                Fact::Ended {
                    by: EndedBy::Caller,
                    cause: "bye".to_owned(),
                    talk_ms: 186_800,
                },
            ),
        ]
    }

    fn confirm(
        &self,
        call: CallId,
        agent: AgentId,
        departments: &[Department],
        person: Option<kring_store::ContactId>,
    ) -> ConfirmWrite {
        let known = self.known;
        let new = NewContact {
            prefix: known.prefix.to_owned(),
            given: known.given.to_owned(),
            family: known.family.to_owned(),
            org: String::new(),
            notes: String::new(),
        };
        ConfirmWrite {
            call,
            agent,
            contact: match person {
                Some(contact) => ContactChoice::Known {
                    contact,
                    patch: ContactPatch::default(),
                },
                None => ContactChoice::New(new),
            },
            kind: CaseKind::Inquiry,
            subject: self.subject.to_owned(),
            detail: String::new(),
            department: departments
                .iter()
                .find(|d| d.short == self.unit)
                .map(|d| d.id),
            extension: None,
            resolution: Resolution::Answered,
            confidentiality: Confidentiality::Normal,
            due: None,
            notice_told: false,
            fields: None,
            sla: None,
        }
    }
}

/// How long robots take for a record.
pub(super) const RECORD_TAKES: Duration = Duration::from_secs(3);
