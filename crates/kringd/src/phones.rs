//! Phones: the table of those that may register, told to the exchange as it changes, and the table of
//! where they are, kept so that a restart finds them.

use crate::{clock::Clock, database, exit::Fault};
use kring_call::{Exchange, PhoneTraits, command::Command};
use kring_journal::WallTime;
use kring_media::SrtpPolicy;
use kring_sip::{
    Peer,
    digest::Ha1Set,
    registrar::{Binding, PhoneNews, Reach},
};
use kring_store::{BindingRow, PhoneRow, Store};
use kring_time::Moment;
use kring_web::Ask;
use rustc_hash::{FxHashMap, FxHashSet};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinHandle,
};

/// How often the table of phones is read.
const READ_EVERY: Duration = Duration::from_secs(2);

/// How often bindings are written: what a phone says again within it is written once.
const KEEP_EVERY: Duration = Duration::from_secs(3);

/// News that may wait to be gathered. What does not fit is told again by the phone's next refresh.
const NEWS_WAITING_MAX: usize = 8_192;

/// The phones as last read.
type Known = FxHashMap<String, PhoneRow>;

/// What proves a phone's password; none for one that may not register: disabled, of another realm, or
/// with secrets that cannot be read.
fn secrets(row: &PhoneRow, realm: &str) -> Option<Ha1Set> {
    if row.disabled {
        return None;
    }
    if row.realm != realm {
        tracing::warn!(
            phone = row.phone,
            was = row.realm,
            is = realm,
            "this phone has its password in another realm: set it again with `kringd phone passwd`"
        );
        return None;
    }
    let read = row.secrets.parse();
    if read.is_err() {
        tracing::warn!(
            phone = row.phone,
            "this phone's password cannot be read: set it again"
        );
    }
    read.ok()
}

/// What else is known of a phone.
fn traits(row: &PhoneRow) -> PhoneTraits {
    PhoneTraits {
        srtp: row.srtp.as_deref().and_then(SrtpPolicy::named),
        symmetric: row.symmetric,
    }
}

/// What a fresh exchange is told of phones, and by what it tells of them.
pub(crate) struct Phones {
    rows: Vec<PhoneRow>,
    bindings: Vec<BindingRow>,
    pub(crate) sender: PhoneSender,
}

/// What goes on beside the exchange.
pub(crate) struct PhoneTasks {
    follow: JoinHandle<()>,
    keep: JoinHandle<()>,
}

impl Phones {
    /// Reads the tables, and begins what goes on beside the exchange.
    pub(crate) async fn open(
        store: &Store,
        clock: &Clock,
        realm: &str,
        asks: &mpsc::Sender<Ask>,
        changed: Arc<Notify>,
    ) -> Result<(Phones, PhoneTasks), Fault> {
        let rows = store.phones().await.map_err(database::refused)?;
        let bindings = store.take_up_bindings(clock.wall(clock.now())).await;
        let bindings = bindings.map_err(database::refused)?;
        let (sender, receiver) = mpsc::channel(NEWS_WAITING_MAX);
        let known = by_user(rows.clone());
        let follow = follow(
            store.clone(),
            realm.to_owned(),
            asks.clone(),
            (known, changed),
        );
        let tasks = PhoneTasks {
            follow: tokio::spawn(follow),
            keep: tokio::spawn(keep(store.clone(), receiver)),
        };
        let sender = PhoneSender {
            clock: clock.clone(),
            sender,
        };
        let phones = Phones {
            rows,
            bindings,
            sender,
        };
        Ok((phones, tasks))
    }

    /// Makes the phones known to a fresh exchange, and gives them back where they were.
    pub(crate) fn introduce(&self, exchange: &mut Exchange, clock: &Clock, realm: &str) {
        for row in &self.rows {
            if let Some(secrets) = secrets(row, realm)
                && !exchange.introduce_phone(&row.phone, secrets, traits(row))
            {
                tracing::error!(phone = row.phone, "too many phones: this one is not known");
            }
        }
        let now = clock.now();
        for row in &self.bindings {
            if let Some(binding) = binding(row, now, clock.wall(now)) {
                exchange.restore_binding(now, &row.phone, binding);
            }
        }
    }
}

impl PhoneTasks {
    /// The exchange is gone: writes what is still to be written.
    pub(crate) async fn end(self) {
        self.follow.abort();
        // Who cannot write now is told by the phones themselves after the next start.
        let _ = tokio::time::timeout(KEEP_EVERY, self.keep).await;
    }
}

/// Tells the exchange of phones that were added, changed or removed, until the exchange is gone: at once when a page
/// has changed them, and soon when a command has.
async fn follow(
    store: Store,
    realm: String,
    asks: mpsc::Sender<Ask>,
    (mut known, changed): (Known, Arc<Notify>),
) {
    let mut tick = tokio::time::interval(READ_EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = changed.notified() => {}
        }
        let rows = match store.phones().await {
            Ok(rows) => rows,
            Err(refused) => {
                tracing::warn!(%refused, "the phones cannot be read");
                continue;
            }
        };
        let now: Known = by_user(rows);
        let gone = known.keys().filter(|user| !now.contains_key(*user));
        let mut commands: Vec<Command> = gone.cloned().map(Command::RemovePhone).collect();
        let changed = now
            .values()
            .filter(|row| known.get(&row.phone) != Some(*row));
        commands.extend(changed.map(|row| match secrets(row, &realm) {
            Some(secrets) => Command::PutPhone {
                user: row.phone.clone(),
                secrets,
                traits: traits(row),
            },
            None => Command::RemovePhone(row.phone.clone()),
        }));
        for command in commands {
            let (reply, _) = oneshot::channel();
            if asks.send(Ask { command, reply }).await.is_err() {
                return;
            }
        }
        known = now;
    }
}

/// Phones by user.
fn by_user(rows: Vec<PhoneRow>) -> Known {
    rows.into_iter()
        .map(|row| (row.phone.clone(), row))
        .collect()
}

/// Where the exchange puts what happens to phones. It never waits.
#[derive(Clone)]
pub(crate) struct PhoneSender {
    clock: Clock,
    sender: mpsc::Sender<Kept>,
}

enum Kept {
    Is(Box<BindingRow>),
    IsNot(String, String),
}

impl PhoneSender {
    pub(crate) fn tell(&self, news: &PhoneNews) {
        let kept = match news {
            PhoneNews::Registered { user, binding, .. }
            | PhoneNews::Refreshed { user, binding } => {
                let now = self.clock.now();
                Kept::Is(Box::new(row(user, binding, now, self.clock.wall(now))))
            }
            PhoneNews::Gone { user, id, .. } => Kept::IsNot(user.to_string(), hex(*id)),
            PhoneNews::Locked {
                user,
                from,
                locked_for,
            } => {
                tracing::warn!(
                    phone = %user, %from, seconds = locked_for.as_secs(),
                    "too many wrong passwords: not listened to for a while"
                );
                return;
            }
        };
        // Full: the phone's next refresh says the same, and what is gone ends by its time.
        let _ = self.sender.try_send(kept);
    }
}

/// Writes bindings in groups, until the exchange is gone; then the last group.
async fn keep(store: Store, mut receiver: mpsc::Receiver<Kept>) {
    let mut tick = tokio::time::interval(KEEP_EVERY);
    let mut is: FxHashMap<(String, String), BindingRow> = FxHashMap::default();
    let mut is_not: FxHashSet<(String, String)> = FxHashSet::default();
    let mut open = true;
    while open {
        tokio::select! {
            kept = receiver.recv() => match kept {
                Some(Kept::Is(row)) => {
                    let key = (row.phone.clone(), row.id.clone());
                    is_not.remove(&key);
                    is.insert(key, *row);
                    continue;
                }
                Some(Kept::IsNot(phone, id)) => {
                    is.remove(&(phone.clone(), id.clone()));
                    is_not.insert((phone, id));
                    continue;
                }
                None => open = false,
            },
            _ = tick.tick() => {}
        }
        if is.is_empty() && is_not.is_empty() {
            continue;
        }
        let rows: Vec<BindingRow> = is.drain().map(|(_, row)| row).collect();
        let gone: Vec<(String, String)> = is_not.drain().collect();
        if let Err(refused) = store.keep_bindings(&rows, &gone).await {
            tracing::warn!(%refused, "where the phones are cannot be written");
        }
    }
}

fn row(user: &str, binding: &Binding, now: Moment, wall: WallTime) -> BindingRow {
    let ahead = binding.expires.since(now).as_micros() as i64;
    let ago = now.since(binding.seen).as_micros() as i64;
    BindingRow {
        phone: user.to_owned(),
        id: hex(binding.id),
        contact: binding.contact.to_string(),
        instance: binding.instance.as_deref().map(str::to_owned),
        reg_id: binding.reg_id,
        preference: binding.preference,
        path: binding.path.iter().map(ToString::to_string).collect(),
        transport: binding.flow.transport.name().to_owned(),
        address: binding.flow.address.to_string(),
        reach: match binding.reach {
            Reach::Direct(peer) => Some(peer.address.to_string()),
            Reach::Flow => None,
        },
        call_id: binding.call_id.to_string(),
        seq: binding.seq,
        expires: WallTime(wall.0 + ahead),
        seen: WallTime(wall.0 - ago),
        user_agent: binding.user_agent.to_string(),
    }
}

/// None if a later version wrote what this one cannot read: the phone will come again.
fn binding(row: &BindingRow, now: Moment, wall: WallTime) -> Option<Binding> {
    let transport = row.transport.parse().ok()?;
    let peer = |address: &str| {
        let address = address.parse().ok()?;
        Some(Peer { transport, address })
    };
    let left = u64::try_from(row.expires.0 - wall.0).ok()?;
    let ago = u64::try_from(wall.0 - row.seen.0).unwrap_or(0);
    let path: Result<Vec<_>, _> = row.path.iter().map(|proxy| proxy.parse()).collect();
    Some(Binding {
        id: u64::from_str_radix(&row.id, 16).ok()?,
        contact: row.contact.parse().ok()?,
        instance: row.instance.as_deref().map(Into::into),
        reg_id: row.reg_id,
        preference: row.preference,
        path: path.ok()?,
        flow: peer(&row.address)?,
        reach: match &row.reach {
            Some(address) => Reach::Direct(peer(address)?),
            None => Reach::Flow,
        },
        call_id: row.call_id.as_str().into(),
        seq: row.seq,
        expires: now + Duration::from_micros(left),
        seen: now - Duration::from_micros(ago),
        user_agent: row.user_agent.as_str().into(),
        next_ping: None,
    })
}

fn hex(id: u64) -> String {
    format!("{id:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_sip::Transport;

    #[test]
    fn a_binding_is_read_as_it_was_written() {
        let now = Moment::from_millis(5_000);
        let wall = WallTime(1_795_000_000_000_000);
        let flow = Peer {
            transport: Transport::Udp,
            address: "198.51.100.4:40123".parse().unwrap(),
        };
        let kept = Binding {
            id: 0xfedc_ba98_7654_3210,
            contact: "sip:5021@10.0.0.9:5060;line=1".parse().unwrap(),
            instance: Some("\"<urn:uuid:1>\"".into()),
            reg_id: Some(2),
            preference: 500,
            path: vec!["<sip:edge.example;lr>".parse().unwrap()],
            flow,
            reach: Reach::Direct(flow),
            call_id: "c".into(),
            seq: 9,
            expires: now + Duration::from_secs(60),
            seen: now - Duration::from_secs(2),
            user_agent: "Linphone".into(),
            next_ping: None,
        };
        let written = row("5021", &kept, now, wall);
        assert_eq!(binding(&written, now, wall), Some(kept));
        let late = WallTime(wall.0 + 61_000_000);
        assert_eq!(binding(&written, now, late), None);
        let odd = BindingRow {
            transport: "sctp".to_owned(),
            ..written
        };
        assert_eq!(binding(&odd, now, wall), None);
    }
}
