//! Which pairs and triples of sounds a text holds, in a few bits: a text that lacks those of a word lacks the
//! word. What it seems to hold it may not: that is looked at then.

/// A pair or triple, as its bits are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gram(u32);

/// The pairs and triples of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signature(Box<[u64]>);

/// Bits for each sound of a text: one in seven is set then, so that few texts seem to hold what they do not.
const BITS_PER_SOUND: usize = 4;
/// Bits of the shortest and of the longest text.
const BITS: (usize, usize) = (512, 1 << 17);

impl Signature {
    pub(crate) fn of(sounds: &[u8]) -> Signature {
        let bits = (sounds.len() * BITS_PER_SOUND).next_power_of_two();
        let mut words = vec![0_u64; bits.clamp(BITS.0, BITS.1) / 64];
        for gram in grams(sounds) {
            let bit = gram.bit(words.len());
            words[bit / 64] |= 1 << (bit % 64);
        }
        Signature(words.into())
    }

    /// Whether the text may hold it.
    pub(crate) fn may_hold(&self, gram: Gram) -> bool {
        let bit = gram.bit(self.0.len());
        self.0
            .get(bit / 64)
            .is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    pub(crate) fn may_hold_all(&self, grams: &[Gram]) -> bool {
        grams.iter().all(|gram| self.may_hold(*gram))
    }

    /// How many of these it may hold.
    pub(crate) fn count(&self, grams: &[Gram]) -> usize {
        grams.iter().filter(|gram| self.may_hold(**gram)).count()
    }

    /// Bytes of memory.
    pub(crate) fn size(&self) -> usize {
        self.0.len() * 8
    }
}

impl Gram {
    fn bit(self, words: usize) -> usize {
        let mixed = self.0.wrapping_mul(0x9e37_79b1);
        (mixed ^ mixed >> 15) as usize & (words * 64).wrapping_sub(1)
    }
}

/// The pairs and triples of these sounds.
fn grams(sounds: &[u8]) -> impl Iterator<Item = Gram> {
    sounds.windows(2).chain(sounds.windows(3)).map(gram)
}

/// By which a word is looked for: its triples, for they are rarer; of two sounds, the pair.
pub(crate) fn telling_grams(sounds: &[u8]) -> Vec<Gram> {
    sounds.windows(sounds.len().clamp(2, 3)).map(gram).collect()
}

fn gram(sounds: &[u8]) -> Gram {
    let folded = sounds.iter();
    Gram(folded.fold(0, |sum, sound| sum << 8 | u32::from(*sound)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_holds_is_found_and_little_else() {
        let text: Vec<u8> = (0..2_000_u32).map(|n| (n * n % 251) as u8).collect();
        let signature = Signature::of(&text);
        for part in text.windows(7) {
            let grams = telling_grams(part);
            assert!(signature.may_hold_all(&grams));
            assert_eq!(signature.count(&grams), grams.len());
        }
        let strangers = (0..200_u8).filter(|n| {
            let grams = telling_grams(&[255, *n, 254, 253, 252]);
            signature.may_hold_all(&grams)
        });
        assert!(strangers.count() < 5);
        assert!(!Signature::of(b"").may_hold_all(&telling_grams(b"ab")));
    }
}
