//! Every bound of looking for texts, with its reason.

/// Letters of a text that are looked at: a manual of a hundred pages.
pub const TEXT_LETTERS_MAX: usize = 200_000;
/// Letters of what is looked for: nobody types more.
pub const QUERY_LETTERS_MAX: usize = 200;
/// Parts between spaces of what is looked for.
pub(crate) const UNITS_MAX: usize = 8;
/// Words of it with all that stands for it: as many as a number has bits.
pub(crate) const WORDS_MAX: usize = 64;
/// Spellings of it by synonyms, its own among them.
pub(crate) const VARIANTS_MAX: usize = 8;
/// Texts that are looked at closely: more than anybody turns pages to.
pub(crate) const CANDIDATES_MAX: usize = 300;
/// Sounds of a body in which something like what is looked for may be: the beginning tells what a text is about.
pub(crate) const NEAR_SOUNDS_MAX: usize = 20_000;
/// Places of one word in a text that are marked.
pub(crate) const MARKS_MAX: usize = 50;
