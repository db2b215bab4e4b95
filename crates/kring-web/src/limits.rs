//! Every bound of this crate, with its reason.

use std::time::Duration;

/// How long a request waits for the exchange or the journal. Longer than the slowest commit that
/// was ever seen on a spinning disk, shorter than the patience of a proxy.
pub(crate) const DESK_ANSWER: Duration = Duration::from_secs(5);

/// Frames kept for each agent, acknowledged or not. A call makes about a dozen, and statistics come
/// once a second at most, so a page that was away for two minutes still resumes without a snapshot.
pub(crate) const OUTBOX_FRAMES_MAX: usize = 256;

/// Calls in memory at once. The exchange refuses new ones long before.
pub(crate) const LIVE_CALLS_MAX: usize = 4_096;

/// Ended calls kept in memory, so that a list read just after an end does not miss what the journal
/// commits up to 20 ms later, and so that a wrap-up finds its call.
pub(crate) const RECENT_CALLS_MAX: usize = 512;

/// Transfers whose course can be asked for: an hour of a national centre.
pub(crate) const RECENT_TRANSFERS_MAX: usize = 2_048;

/// Records that are owed and known to the wallboard: a national centre's week without a single one made.
pub(crate) const OWED_RECORDS_MAX: usize = 4_096;

/// Units and extensions whose transfers of a day are told apart.
pub(crate) const TRANSFER_TARGETS_MAX: usize = 512;

/// Live calls of the wallboard: more are not looked at.
pub(crate) const BOARD_CALLS_MAX: usize = 200;

/// Seats of the wallboard.
pub(crate) const BOARD_SEATS_MAX: usize = 500;

/// Owed records, and failing targets of transfers, that the wallboard names.
pub(crate) const BOARD_ROWS_MAX: usize = 5;

/// What the wallboard takes from the database is asked anew so often, behind whoever looks.
pub(crate) const BESIDE_EVERY: Duration = Duration::from_secs(2);

/// How long the first look waits for it.
pub(crate) const BESIDE_WITHIN: Duration = Duration::from_secs(2);

/// Who was noted as having read a live call's name; then they are noted anew.
pub(crate) const READERS_NOTED_MAX: usize = 32;

/// Rows of a report of callers, subjects or questions: the most frequent.
pub(crate) const REPORT_ROWS_MAX: u32 = 200;

/// Transfers of today that are counted at start.
pub(crate) const TRANSFERS_OF_TODAY_MAX: u32 = 20_000;

/// How long the counting of days that are over rests between two of them, and when there is none.
pub(crate) const REPORT_DAY_EVERY: Duration = Duration::from_millis(50);
/// See [`REPORT_DAY_EVERY`].
pub(crate) const REPORT_DAYS_EVERY: Duration = Duration::from_mins(10);

/// What share of calls is to be answered within the ring rule, %.
pub(crate) const WITHIN_TARGET_PCT: f64 = 95.0;

/// Transfers that are counted at once: as many as calls could have.
pub(crate) const FOLD_TRANSFERS_MAX: usize = 5_000;

/// Longest note for whoever gets a caller, characters: two lines.
pub(crate) const TRANSFER_NOTE_CHARS_MAX: usize = 120;

/// Agents with an outbox. A national centre has hundreds of seats.
pub(crate) const AGENTS_MAX: usize = 4_096;

/// Sockets of one agent. People have one tab, a few have three; a page that reconnects in a loop
/// must not pile up.
pub(crate) const SOCKETS_PER_AGENT_MAX: usize = 8;

/// Sockets that have not said hello yet.
pub(crate) const SOCKETS_UNKNOWN_MAX: usize = 512;

/// How long a socket may take to say hello.
pub(crate) const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// How long a socket may take to swallow one batch of frames before it is cut: by then its page is
/// of no use to a caller who has 15 s.
pub(crate) const SOCKET_WRITE_WITHIN: Duration = Duration::from_secs(2);

/// Frames written to a socket between two looks at what it says.
pub(crate) const SOCKET_BATCH: usize = 32;

/// How often a silent socket is pinged.
pub(crate) const SOCKET_PING: Duration = Duration::from_secs(5);

/// A socket from which nothing has come for so long, not even a pong, is dead.
pub(crate) const SOCKET_SILENT: Duration = Duration::from_secs(12);

/// What a page may send in one message: acknowledgements are tens of bytes.
pub(crate) const SOCKET_MESSAGE_BYTES: usize = 16 * 1024;

/// How long a welcome waits for the store's drafts. The snapshot goes out without them then, and
/// says so; a slow database never keeps a pop from a screen.
pub(crate) const SNAPSHOT_DRAFTS_WITHIN: Duration = Duration::from_millis(250);

/// How long the lookup of a caller may go on before it is given up.
pub(crate) const LOOKUP_WITHIN: Duration = Duration::from_secs(10);

/// Devices remembered as ones that can be made to answer.
pub(crate) const DEVICES_KNOWN_MAX: usize = 4_096;

/// Queue statistics are sent at most this often.
pub(crate) const STATS_EVERY: Duration = Duration::from_secs(1);

/// Bytes of a request's body. A record with a long note is a few kilobytes.
pub(crate) const BODY_BYTES: usize = 256 * 1024;

/// How long a body may take to come: a file over a slow line. Whoever sends a byte now and then is given up.
pub(crate) const BODY_WITHIN: Duration = Duration::from_mins(2);

/// Bytes of a draft, as JSON.
pub(crate) const DRAFT_BYTES: usize = 64 * 1024;

/// Lines of the audit in one file: some ten megabytes, built in memory.
pub(crate) const AUDIT_EXPORT_ROWS_MAX: usize = 20_000;

/// Passwords longer than this are refused before they are hashed.
pub(crate) const PASSWORD_BYTES: usize = 256;

/// Logins longer than this are nobody's.
pub(crate) const LOGIN_BYTES: usize = 128;

/// Password checks at once. Each takes some 20 MiB and tens of milliseconds, and calls must not
/// wait for them.
pub(crate) const PASSWORD_CHECKS_MAX: usize = 2;

/// Requests that may wait for a password check; more are answered 503.
pub(crate) const PASSWORD_WAITING_MAX: usize = 64;

/// Wrong passwords of one source for one login that cost nothing: people mistype.
pub(crate) const THROTTLE_PAIR_FREE: u64 = 5;

/// Wrong passwords from one address, for any login, that cost nothing. A centre behind one address has many people, so
/// this is wider; what is over runs off.
pub(crate) const THROTTLE_ADDRESS_FREE: u64 = 50;

/// One of an address's wrong passwords runs off in so long a time.
pub(crate) const THROTTLE_ADDRESS_EVERY: Duration = Duration::from_secs(30);

/// Wrong passwords of strangers for one login, from wherever, that cost nothing.
pub(crate) const THROTTLE_ACCOUNT_FREE: u64 = 20;

/// So many of them are kept over a restart: fewer are no attack, and not worth a row.
pub(crate) const THROTTLE_KEPT_FROM: u64 = 10;

/// The first wait; each further wrong password doubles it.
pub(crate) const THROTTLE_FIRST: Duration = Duration::from_secs(30);

/// The longest wait: some hundred guesses a day, as SP 800-63B allows in all.
pub(crate) const THROTTLE_LONGEST: Duration = Duration::from_mins(15);

/// Wrong passwords are forgotten when there was none for so long.
pub(crate) const THROTTLE_FORGETS: Duration = Duration::from_hours(24);

/// What the throttle remembers at once; what brakes nobody is forgotten first.
pub(crate) const THROTTLE_ENTRIES_MAX: usize = 8_192;

/// The use of a session or token is noted so often: a row each time would be a write for each request.
pub(crate) const USE_NOTED_EVERY: Duration = Duration::from_mins(1);

/// How long a browser is known in which somebody has signed in.
pub(crate) const DEVICE_LIFE: Duration = Duration::from_hours(180 * 24);

/// Hexadecimal digits of a secret of ours.
pub(crate) const SECRET_CHARS: usize = 64;

/// What a browser calls itself that nobody knows, characters.
pub(crate) const USER_AGENT_CHARS: usize = 40;

/// Sign-ins that are under way at the identity provider; the oldest is given up.
pub(crate) const OIDC_PENDING_MAX: usize = 4_096;

/// How long a person may take there: finding a second factor takes minutes.
pub(crate) const OIDC_PENDING_LIFE: Duration = Duration::from_mins(10);

/// How long the identity provider may take to answer.
pub(crate) const OIDC_ANSWER: Duration = Duration::from_secs(8);

/// How long what it says of itself, and its keys, are believed.
pub(crate) const OIDC_KNOWN_LIFE: Duration = Duration::from_mins(10);

/// How soon its keys are asked for again at a signature of another one.
pub(crate) const OIDC_ANEW_EVERY: Duration = Duration::from_secs(20);

/// Answers kept for repeated `Idempotency-Key`s.
pub(crate) const IDEMPOTENCY_KEYS_MAX: usize = 4_096;

/// How long such an answer is kept.
pub(crate) const IDEMPOTENCY_LIFE: Duration = Duration::from_hours(24);

/// An answer larger than this is not kept.
pub(crate) const IDEMPOTENCY_BODY_BYTES: usize = 64 * 1024;

/// Characters of an `Idempotency-Key`.
pub(crate) const IDEMPOTENCY_KEY_CHARS: usize = 128;

/// Rows of a page when none are asked for.
pub(crate) const PAGE_ROWS: u32 = 50;

/// Rows of a page at most.
pub(crate) const PAGE_ROWS_MAX: u32 = 200;

/// Pages of the history that are read at start to count today's calls; 25,000 calls are more than a
/// national centre has in a day.
pub(crate) const TODAY_PAGES_MAX: usize = 50;

/// Entries of a call's journal that are read for its evidence.
pub(crate) const CALL_ENTRIES_MAX: usize = 10_000;

/// Calls that the metrics fold keeps in mind.
pub(crate) const FOLD_CALLS_MAX: usize = 8_192;

/// How long a person waits until the configuration was read again: files, certificates, every recording, one step
/// of the exchange. A small machine that is busy may take some seconds for the recordings.
pub(crate) const RELOAD_ANSWER: Duration = Duration::from_secs(30);

/// More time for one record that is asked for at once, s: a longer one is asked for again.
pub(crate) const WRAP_UP_EXTENSION_S_MAX: u32 = 600;

/// Queues of which it is known whether they are closed: as many as a configuration may have.
pub(crate) const QUEUES_MAX: usize = 200;

/// Rows of a type-ahead when nobody says how many: what a list under an input shows.
pub(crate) const TYPE_AHEAD_ROWS: u32 = 10;

/// Rows of a type-ahead at most.
pub(crate) const TYPE_AHEAD_ROWS_MAX: u32 = 50;

/// Lines of the access log that wait for the disk at most.
pub(crate) const ACCESS_NOTES: usize = 1_024;

/// Bytes of a file that is imported: 20,000 rows of a directory.
pub(crate) const IMPORT_BYTES: usize = 8 * 1024 * 1024;

/// Bytes of a request that holds an article: 100,000 characters of Thai, with room.
pub(crate) const ARTICLE_BYTES: usize = 1024 * 1024;

/// Bytes of a file of articles: some thousand of them.
pub(crate) const KNOWLEDGE_IMPORT_BYTES: usize = 32 * 1024 * 1024;

/// Hits of a search when nobody says how many: what a list under an input shows.
const HITS: u32 = 10;

/// How many hits, when so many were asked for.
pub(crate) fn hits(asked: Option<u32>) -> usize {
    (asked.unwrap_or(HITS) as usize).clamp(1, kring_store::limits::HITS_MAX)
}

/// How many rows, when so many were asked for.
pub(crate) fn rows(asked: Option<u32>) -> u32 {
    asked.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX)
}

/// Tests of trunks that may go on at once, how long one may take, and when to try again, seconds.
pub(crate) const TRUNK_TESTS_MAX: usize = 2;
pub(crate) const TRUNK_TEST_MAX: Duration = Duration::from_secs(30);
pub(crate) const TRUNK_TEST_AGAIN_S: u64 = 5;
