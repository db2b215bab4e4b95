//! In which order targets are tried: by rank, and within a rank by chance and weight (RFC 2782).

use super::limits;
use kring_sip::Peer;
use rand::Rng;

/// One target host with its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// Lower is tried first: the transport's place, then the SRV priority.
    pub(super) rank: (u16, u16),
    /// Its share among those of its rank.
    pub(super) weight: u16,
    /// In the order to try.
    pub(super) peers: Vec<Peer>,
}

/// All peers in the order to try, at most [`limits::TARGETS_MAX`].
pub(super) fn arrange(choices: &[Choice], chance: &mut impl Rng) -> Vec<Peer> {
    let mut left: Vec<&Choice> = choices.iter().collect();
    // Those without weight first: then a draw of zero can choose them (RFC 2782, "Usage rules").
    left.sort_by_key(|choice| (choice.rank, choice.weight));
    let mut peers: Vec<Peer> = Vec::new();
    while let Some(first) = left.first() {
        let rank = first.rank;
        let equal = left.iter().take_while(|choice| choice.rank == rank);
        let weights: Vec<u32> = equal.map(|choice| u32::from(choice.weight)).collect();
        let drawn = chance.random_range(0..=weights.iter().sum());
        let mut sum = 0;
        let chosen = weights.iter().position(|weight| {
            sum += weight;
            sum >= drawn
        });
        for peer in &left.remove(chosen.unwrap_or(0)).peers {
            if !peers.contains(peer) && peers.len() < limits::TARGETS_MAX {
                peers.push(*peer);
            }
        }
    }
    peers
}
