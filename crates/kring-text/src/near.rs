//! Where a text holds something like what is looked for: with the fewest letters wrong, missing or too many.
//! Myers' algorithm: one step for each letter of the text.

/// Letters of what is looked for at most: as many as a word of the processor has bits.
pub(crate) const PATTERN_MAX: usize = 64;

/// The fewest errors with which the text holds the pattern, if they are not more than `most`, and the place
/// behind it.
pub(crate) fn nearest(pattern: &[u8], text: &[u8], most: usize) -> Option<(usize, usize)> {
    let length = pattern.len();
    if length == 0 || length > PATTERN_MAX || most == 0 {
        return None;
    }
    let mut places = [0_u64; 256];
    for (n, letter) in pattern.iter().enumerate() {
        places[usize::from(*letter)] |= 1 << n;
    }
    let last = 1_u64 << (length - 1);
    let (mut more, mut less, mut errors) = (!0_u64, 0_u64, length);
    let mut best: Option<(usize, usize)> = None;
    for (at, letter) in text.iter().enumerate() {
        let equal = places[usize::from(*letter)];
        let vertical = equal | less;
        let horizontal = (((equal & more).wrapping_add(more)) ^ more) | equal;
        let mut up = less | !(horizontal | more);
        let mut down = more & horizontal;
        if up & last != 0 {
            errors += 1;
        }
        if down & last != 0 {
            errors -= 1;
        }
        up <<= 1;
        down <<= 1;
        more = down | !(vertical | up);
        less = up & vertical;
        if errors <= most && best.is_none_or(|(fewest, _)| errors < fewest) {
            best = Some((errors, at + 1));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_is_found_anywhere() {
        assert_eq!(nearest(b"tradmark", b"a trademark is", 2), Some((1, 11)));
        assert_eq!(nearest(b"trademark", b"a trademark is", 2), Some((0, 11)));
        assert_eq!(nearest(b"trademark", b"the market", 2), None);
        assert_eq!(nearest(b"abcd", b"xxabxd", 1), Some((1, 6)));
        assert_eq!(nearest(b"", b"x", 1), None);
        assert_eq!(nearest(&[7; 65], b"x", 1), None);
    }

    /// Slow and plain: the distance of the pattern to every part of the text.
    fn plain(pattern: &[u8], text: &[u8]) -> usize {
        let mut row: Vec<usize> = (0..=pattern.len()).collect();
        let mut best = row[pattern.len()];
        for letter in text {
            let mut diagonal = row[0];
            for n in 1..row.len() {
                let cost = diagonal + usize::from(pattern[n - 1] != *letter);
                diagonal = row[n];
                row[n] = cost.min(row[n] + 1).min(row[n - 1] + 1);
            }
            best = best.min(row[pattern.len()]);
        }
        best
    }

    #[test]
    fn it_agrees_with_the_plain_way() {
        let mut seed = 1_u32;
        let mut next = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8 % 4
        };
        for _ in 0..500 {
            let pattern: Vec<u8> = (0..9).map(|_| next()).collect();
            let text: Vec<u8> = (0..30).map(|_| next()).collect();
            let found = nearest(&pattern, &text, 9).map(|(errors, _)| errors);
            assert_eq!(
                found.unwrap_or(9),
                plain(&pattern, &text),
                "{pattern:?} in {text:?}"
            );
        }
    }
}
