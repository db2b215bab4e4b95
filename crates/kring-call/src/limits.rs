//! Every bound of the exchange, with its reason.

use kring_sip::Pace;
use std::time::Duration;

/// Calls at once. A national centre has hundreds of seats; beyond this something is wrong upstream.
pub const CALLS_MAX: usize = 5_000;

/// Agents known at once.
pub const AGENTS_MAX: usize = 5_000;

/// Queues at once, with those that are configured no longer and still have callers: twice as many as a
/// configuration may have.
pub const QUEUES_MAX: usize = 400;
/// Trunks at once: as many as are configured, and as many that are retired and have calls still.
pub const TRUNKS_MAX: usize = 400;

/// What of a changed configuration is told by name in its fact; more is counted.
pub const CHANGES_TOLD_MAX: usize = 32;

/// Offers of one call, all hops together: enough for everybody once, and a stop to endless loops.
pub const ATTEMPTS_MAX: u16 = 1_000;

/// Phones that ring for one call at once: an `all` hop of a large queue takes the longest idle.
pub const OFFERS_AT_ONCE_MAX: usize = 64;

/// Withdrawn phones whose last word is awaited, for all calls together.
pub const WITHDRAWN_MAX: usize = 50_000;

/// A phone that has said nothing at all for so long is taken for dead and the next one is rung.
/// Three repetitions of the INVITE (0.5, 1.5 and 3.5 s, RFC 3261 §17.1.1.2) have then gone unheard.
pub const PHONE_SILENT_AFTER: Duration = Duration::from_secs(4);

/// Devices of one agent: a desk phone, a headset, a mobile, a browser. Each may have registered from
/// several places, of which the endpoint calls ten in all.
pub const DEVICES_MAX: usize = 4;

/// Places where one agent rings at once: as many as the endpoint calls for one leg.
pub const BRANCHES_MAX: usize = 10;

/// A page that must say that it sounds has this long from the INVITE: two frames of a slow page and a slow
/// network, and still within the first burst.
pub const AUDIBLE_WITHIN: Duration = Duration::from_secs(1);

/// How long an agent may take for one record in all, with every extension: beyond it a pause with its
/// reason is the honest word.
pub const WRAP_UP_MAX: Duration = Duration::from_mins(30);

/// Addresses of one PBX that are asked whether they are there: as many as a call would try.
pub const PINGED_PEERS_MAX: usize = 4;

/// Questions at once to those who are no trunk.
pub const PROBES_MAX: usize = 16;

/// How long an answer to OPTIONS is waited for. Three repetitions have then gone unheard.
pub const PING_PATIENCE: Duration = Duration::from_secs(4);

/// After a silence the PBX is asked again so soon, so that its loss is known in seconds.
pub const PING_AFTER_SILENCE: Duration = Duration::from_secs(2);

/// Silences one after another that make an address down: one may be a lost packet's.
pub const SILENCES_MAX: u8 = 2;

/// Who lets a waiting call ring out is rung for the same caller again after this at the earliest: time
/// to come back to the desk.
pub const AGAIN_AFTER_RING_OUT: Duration = Duration::from_secs(10);

/// Who declines a waiting call, or whose phone cannot take it, is asked again after this at the earliest.
/// Never to ask again would leave the callers of a single agent waiting for ever.
pub const AGAIN_AFTER_REFUSAL: Duration = Duration::from_secs(30);

/// The first and the last priority of a queue, and the usual one.
pub const PRIORITY_FIRST: u8 = 1;
/// See [`PRIORITY_FIRST`].
pub const PRIORITY_LAST: u8 = 9;
/// See [`PRIORITY_FIRST`].
pub const PRIORITY_USUAL: u8 = 5;

/// By how much longer a caller must have waited to come before one of the next better priority: whoever
/// has the last priority is overtaken for eight minutes at most, and nobody starves.
pub const PRIORITY_STEP: Duration = Duration::from_mins(1);

/// Longest name of a skill, bytes.
pub const SKILL_NAME_MAX: usize = 64;

/// The last calls of a queue from which the wait is reckoned: the last quarter of an hour of ten agents.
pub const HANDLINGS_KEPT: usize = 32;

/// The longest wait that a caller is told, minutes: beyond it the reckoning is worth nothing.
pub const WAIT_TOLD_MAX_MIN: u32 = 60;

/// How long kring's last words to a caller may take before it hangs up.
pub const LAST_WORDS_MAX: Duration = Duration::from_secs(30);

/// Extensions of one department that are dialled for a caller, one after another: with three rings each
/// the caller is back in the queue after two minutes.
pub const TARGETS_MAX: usize = 8;

/// A caller for whom nobody was there elsewhere goes there again after this at the earliest.
pub const OVERFLOW_AGAIN: Duration = Duration::from_secs(60);

/// Citizens who are to be called back, of all queues: a day of a national centre that nobody answers.
pub const CALLBACKS_MAX: usize = 10_000;

/// Call-backs of one queue that are begun in one step: more agents are seldom free at once.
pub const CALLBACKS_AT_ONCE: usize = 16;

/// A call-back for which no agent's phone was lifted, or whose agent hung up, is tried again after this.
pub const CALLBACK_AGAIN: Duration = Duration::from_secs(60);

/// How long a citizen's telephone may ring: mobile networks take ten seconds to find it, and people a
/// while to get it out.
pub const CITIZEN_PATIENCE: Duration = Duration::from_secs(45);

/// How long a caller who is told of the call-back at the end of the wait has to press the key.
pub const CALLBACK_LAST_OFFER: Duration = Duration::from_secs(30);

/// How long a caller of a closed queue who was told of the call-back has to press the key, once that was
/// said: nobody else will come, so the silence after it should be short.
pub const CLOSED_OFFER_PATIENCE: Duration = Duration::from_secs(10);

/// Departments known at once: a ministry has dozens.
pub const DEPARTMENTS_MAX: usize = 1_000;

/// Port pairs that are kept ready: a burst of 64 calls finds theirs bound.
pub const SPARE_PAIRS: usize = 128;

/// What a refused caller is told to wait, s.
pub const RETRY_AFTER_S: u32 = 60;

/// What a caller refused for overload is told to wait, s.
pub const RETRY_AFTER_OVERLOAD_S: u32 = 5;

/// Longest user part, display name or number that is taken over from a message, bytes.
pub const NAME_MAX: usize = 128;

/// A caller who calls more often than this comes after those who do not, when there are more calls
/// than a bound lets in: a citizen who redials does so after seconds.
pub const CALLER_PACE: Pace = Pace::per_second(1, 3);

/// Callers whose pace is remembered at each bound.
pub const CALLERS_KNOWN_MAX: usize = 512;

/// Recordings whose files are open, or not told closed yet: more than one kring has calls.
pub const RECORDINGS_MAX: usize = 4_096;

/// Headers of one INVITE that are passed on to the phones.
pub const PASSED_HEADERS_MAX: usize = 8;

/// Bytes of them together: an INVITE to a phone has about 900 without, and 1,300 should do.
pub const PASSED_BYTES_MAX: usize = 400;

/// How long a re-INVITE with another codec waits until the other side has agreed: twice over glare, of
/// which one takes four seconds at most (RFC 3261 §14.1).
pub const CHANGE_PATIENCE: Duration = Duration::from_secs(10);

/// The same of an UPDATE, which is to be answered at once: three repetitions (0.5, 1.5 and 3.5 s) make
/// its sender no worse than a slow network does.
pub const UPDATE_PATIENCE: Duration = Duration::from_secs(4);

/// Bytes of a note that go along with a transferred caller: two lines of Thai in a header.
pub const TRANSFER_NOTE_MAX: usize = 480;

/// How long a phone that was told of the failure of its transfer has to hang up, as many do: whoever has not
/// by then wants to talk. A re-transmission of the NOTIFY and its round trips fit in.
pub const SETTLING: Duration = Duration::from_secs(2);

/// After a PBX that was asked to transfer has hung up, its last word on that is waited for so long: three
/// repetitions of its NOTIFY (0.5, 1.5 and 3.5 s, RFC 3261 §17.1.2.2).
pub const LAST_WORD: Duration = Duration::from_secs(4);

/// Hops of an INVITE that we begin ourselves (RFC 3261 section 8.1.1.6).
pub const MAX_FORWARDS: u8 = 70;

/// How long a supervisor's phone rings to hear a call: they have just asked for it, and are at the desk.
pub const MONITOR_PATIENCE: Duration = Duration::from_secs(30);
