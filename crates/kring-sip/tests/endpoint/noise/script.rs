//! A story while it is read: bytes, and the choices that they make. A story that has ended chooses the
//! first of everything.

/// What is left of a story.
pub(crate) struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    pub(crate) fn of(story: &'a [u8]) -> Script<'a> {
        Script(story)
    }

    pub(crate) fn one(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.one().unwrap_or_default()) % bound
    }

    /// Once in so many times, and never in a story that has ended.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(crate) fn pick<'b, T: ?Sized>(&mut self, from: &[&'b T]) -> &'b T {
        from[self.below(from.len())]
    }

    pub(crate) fn some(&mut self, most: usize) -> &'a [u8] {
        let length = self.below(most).min(self.0.len());
        let (some, rest) = self.0.split_at(length);
        self.0 = rest;
        some
    }

    /// Words of no consequence.
    pub(crate) fn words(&mut self) -> String {
        String::from_utf8_lossy(self.some(9)).into()
    }
}
