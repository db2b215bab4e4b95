//! Every bound of reading documents, with its reason.

/// Bytes of a file at most: a scanned manual; more is an archive of films.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Characters of its text that are handed out: more than is looked through.
pub const TEXT_CHARS_MAX: usize = 400_000;
/// Pages that are read.
pub const PAGES_MAX: usize = 2_000;
/// Bytes of one page's content when it is unpacked.
pub(crate) const PAGE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of an office document's text when it is unpacked: a bomb unpacks to thousands of times its size.
pub(crate) const XML_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How deep elements of it may lie within each other.
pub(crate) const XML_DEPTH_MAX: usize = 256;
/// Parts of an office document.
pub(crate) const PARTS_MAX: usize = 20_000;
/// Bytes in which a page says how it is encoded.
pub(crate) const ENCODING_WITHIN: usize = 2_048;
