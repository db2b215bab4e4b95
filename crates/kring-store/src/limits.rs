//! Every bound of the store, with its reason.

/// Rows of one page at most: a page is built in memory and sent as one answer.
pub const PAGE_MAX: u32 = 500;
/// Persons shown for one number at most: a chooser of more is a search.
pub const CANDIDATES_MAX: u32 = 8;
/// Cases shown with a pop at most.
pub const HISTORY_MAX: u32 = 50;
/// Bytes of a draft's JSON at most: a form of a few text boxes, with room.
pub const DRAFT_BYTES_MAX: usize = 64 * 1024;
/// Characters of a case's long text at most.
pub const DETAIL_CHARS_MAX: usize = 20_000;
/// Characters of a short field (a name, a subject) at most.
pub const SHORT_CHARS_MAX: usize = 500;
/// Bytes of a raw number that are looked at: longer ones are no numbers.
pub const NUMBER_BYTES_MAX: usize = 64;
/// Reading connections to SQLite: more than the cores of a small machine only wait for each other.
pub const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL of one node.
pub const POSTGRES_CONNECTIONS: u32 = 10;
/// Seconds to wait for one of them: longer, and the database counts as down.
pub const POSTGRES_WAIT_S: u64 = 5;
/// Entries in one group at most: one transaction, some milliseconds.
pub const GROUP_ENTRIES_MAX: usize = 10_000;
/// Entries that verification holds in memory at a time.
pub const VERIFY_PAGE: i64 = 2_000;
/// Calls, cases and contacts that the unfinished list shows at most.
pub const UNFINISHED_MAX: u32 = 200;
/// Bytes of a packed SIP trace at most: memory keeps 256 KiB of a call, which packs to a fraction.
pub const TRACE_BYTES_MAX: usize = 512 * 1024;
/// Traces erased in one transaction: some milliseconds, so that the journal need not wait.
pub const TRACES_ERASED_AT_ONCE: u32 = 200;
/// Rows of a page when nobody says how many.
const PAGE_USUAL: u32 = 50;

/// How many rows a page has, when `asked` were asked for.
pub(crate) fn page(asked: u32) -> i64 {
    i64::from(match asked {
        0 => PAGE_USUAL,
        asked => asked.min(PAGE_MAX),
    })
}
