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
/// Bytes of a raw number that are looked at: longer ones are no numbers. Thai and unseen characters have three each.
pub const NUMBER_BYTES_MAX: usize = 256;
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
/// Units of the directory at most: as many as the exchange knows at once.
pub const DEPARTMENTS_MAX: usize = 1_000;
/// Endpoints of the directory at most: it is kept in memory.
pub const ENDPOINTS_MAX: usize = 20_000;
/// Units that are read one by one after a change; more are read all at once.
pub const DIRECTORY_READ_ONE_BY_ONE_MAX: usize = 20;
/// Endpoints of one unit at most: more than a caller would wait for by far.
pub const ENDPOINTS_OF_UNIT_MAX: usize = 500;
/// Days of a unit with hours of their own at most: every day of the year, with room.
pub const EXCEPTIONS_OF_UNIT_MAX: usize = 400;
/// Holidays at most: twenty a year for half a century.
pub const HOLIDAYS_MAX: usize = 1_000;
/// Characters of a unit's short name at most.
pub const SHORT_NAME_CHARS_MAX: usize = 40;
/// Characters of an extension or number at most: E.164 has 15 digits, users of SIP may have more.
pub const EXTENSION_CHARS_MAX: usize = 40;
/// Rings that an endpoint may be given.
pub const ENDPOINT_RINGS: std::ops::RangeInclusive<u8> = 1..=10;
/// Rings of an endpoint of which nothing is said: as many as a citizen hears at the desk.
pub const ENDPOINT_RINGS_USUAL: u8 = 3;
/// Rows of a file that is imported at most.
pub const CSV_ROWS_MAX: usize = 25_000;
/// Mistakes in a file that are told at most: nobody mends more at once.
pub const CSV_MISTAKES_MAX: usize = 100;
/// Characters of what is looked for in the directory that are looked at: nobody types more.
pub const SEARCH_CHARS_MAX: usize = 100;
/// Words of it.
pub const SEARCH_WORDS_MAX: usize = 8;
/// Bytes of a piece of a file in a backup.
pub(crate) const BACKUP_PIECE_BYTES: usize = 256 * 1024;
/// Bytes of a line of a backup at most: the longest row, a document's text or a packed trace, in JSON, with room.
pub(crate) const BACKUP_LINE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Rows that are put back by one statement: times the widest row far below 32,766 markers.
pub(crate) const BACKUP_ROWS_AT_ONCE: usize = 64;
/// What one person was told and agreed to that is shown at once at most.
pub(crate) const CONSENTS_MAX: i64 = 200;
/// Rows that a rule of age takes in one transaction: some milliseconds, so that the journal need not wait.
pub(crate) const RETAINED_AT_ONCE: i64 = 100;
/// Cases, and calls, in the export of one person at most.
pub const EXPORTED_MAX: i64 = 5_000;
/// People whose names are made findable in one transaction at a start: some hundred milliseconds.
pub const MADE_FINDABLE_AT_ONCE: i64 = 2_000;
/// Persons with a part of a name that are counted, to look at the rarest part first: more are many.
pub const PART_COUNTED_MAX: i64 = 4_000;
/// Parts of what is looked for that are counted.
pub const PARTS_COUNTED_MAX: usize = 12;
/// Numbers of one person at most.
pub const NUMBERS_OF_CONTACT_MAX: i64 = 100;
/// Persons who may be the same as another that are told at most: more are a search.
pub const DUPLICATES_MAX: u32 = 20;
/// References of open complaints that a pop tells at most; it counts on.
pub const OPEN_COMPLAINTS_MAX: u32 = 5;
/// Accounts at most: a national centre has hundreds, and every one is read at once.
pub const ACCOUNTS_MAX: i64 = 10_000;
/// Phones that may register at most: what the registrar knows at once.
pub const PHONES_MAX: i64 = 20_000;
/// Tokens of programs at most.
pub const TOKENS_MAX: i64 = 1_000;
/// Addresses and browsers of one person that are remembered: a desk at home, one here, a few in between.
pub const KNOWN_SOURCES_MAX: i64 = 20;
/// Brakes that are read at start: as many logins as anybody would guess at within a day.
pub const BRAKES_READ_MAX: i64 = 4_096;
/// Sources at most: they are prepared in memory, some 5 KB each.
pub const SOURCES_MAX: i64 = 50_000;
/// Characters of an article at most: fifty pages.
pub const ARTICLE_CHARS_MAX: usize = 100_000;
/// Characters of a document that are kept and looked through: a manual of a hundred pages.
pub const DOCUMENT_CHARS_MAX: usize = kring_text::limits::TEXT_LETTERS_MAX;
/// Sources that are read and prepared at a time: a few MB.
pub const SOURCES_READ_AT_ONCE: i64 = 500;
/// Hits of one page at most: nobody reads more at once.
pub const HITS_MAX: usize = 50;
/// Hits on all pages at most: whoever has not found it by then asks otherwise.
pub const HITS_ON_ALL_PAGES: usize = 200;
/// Characters of what is shown of a source around a hit: three lines.
pub const SNIPPET_CHARS: usize = 180;
/// Words of one group of synonyms at most.
pub const SYNONYM_WORDS_MAX: usize = 8;
/// Characters of one of them.
pub const SYNONYM_CHARS_MAX: usize = 100;
/// Groups of synonyms at most: every search goes through all.
pub const SYNONYMS_MAX: i64 = 1_000;
/// Sources attached to one case at most.
pub const ATTACHED_MAX: usize = 50;
/// Characters of a longer field of a complaint, a tip or a consultation at most: half a page.
pub const FIELD_CHARS_MAX: usize = 4_000;
/// Bytes of a reference that somebody has typed that are looked at.
pub const REF_BYTES_MAX: usize = 200;
/// Working days or hours that a matter may be given at most.
pub const SLA_ALLOWANCE_MAX: u16 = 1_000;
/// Days over which a clock is followed: what has not ended in ten years is late.
pub const SLA_DAYS_MAX: usize = 3_660;
/// Times that a clock may be stopped and started: more is a loop of a program.
pub const SLA_SPANS_MAX: usize = 500;
/// Cases whose due times are looked at in one transaction.
pub const DUE_RENEWED_AT_ONCE: i64 = 500;
/// Activities of one case at most.
pub const ACTIVITIES_OF_CASE_MAX: i64 = 2_000;
/// Open follow-ups of one case at most.
pub const FOLLOW_UPS_OF_CASE_MAX: i64 = 100;
/// Video sessions of one case at most.
pub const VIDEO_SESSIONS_OF_CASE_MAX: i64 = 50;
/// Attachments of one case at most.
pub const ATTACHMENTS_OF_CASE_MAX: i64 = 100;
/// Characters of a file's name at most.
pub const FILE_NAME_CHARS_MAX: usize = 200;
/// Hours that a video session may last.
pub const VIDEO_SESSION_HOURS_MAX: i64 = 8;
/// A file without a row is an orphan when it is so old, s: its row may be on its way until then.
pub const ORPHAN_AFTER_S: i64 = 600;
/// How many rows a page has when nobody says how many.
const PAGE_USUAL: u32 = 50;

/// How many rows a page has, when `asked` were asked for.
pub(crate) fn page(asked: u32) -> i64 {
    i64::from(match asked {
        0 => PAGE_USUAL,
        asked => asked.min(PAGE_MAX),
    })
}
/// Queues that the console may make, and trunks: as many as a file may have.
pub const CONFIGURED_MAX: usize = 200;
/// Bytes of the keys of one of them: two hundred numbers and every agent as a member, with room.
pub const CONFIGURED_BYTES_MAX: usize = 256 * 1024;
