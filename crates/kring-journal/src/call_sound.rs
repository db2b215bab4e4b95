//! How a call sounded: a fold of what the media threads told of each side.

use crate::{Entry, Fact, LineSound, MediaSide, SideSummary, SoundClass};

/// The sound of a call, by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallSound {
    /// The citizen's.
    pub caller: Option<SideSound>,
    /// The agent's, the last one if there were several.
    pub agent: Option<SideSound>,
    /// That of whoever was consulted, the last one.
    pub third: Option<SideSound>,
}

/// The sound of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideSound {
    /// How its line was told last, if it ever was anything but good.
    pub now: Option<LineSound>,
    /// The worst that was ever told of it.
    pub worst: Option<SoundClass>,
    /// What was counted, once it has left.
    pub counted: Option<SideSummary>,
}

impl CallSound {
    /// Of the call whose entries these are, in order.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> CallSound {
        let mut sound = CallSound::default();
        for entry in entries {
            sound.apply(&entry.fact);
        }
        sound
    }

    /// Takes in one more fact of this call; those that tell nothing of sound are passed over.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::SoundChanged(line) => {
                let side = self.of_side(line.side);
                if side.counted.is_some() {
                    // Somebody else has come into this place.
                    *side = SideSound::default();
                }
                side.worst = Some(side.worst.map_or(line.class, |worst| worst.min(line.class)));
                side.now = Some(line.clone());
            }
            Fact::MediaSummary(summary) => {
                let side = self.of_side(summary.side);
                if side.counted.is_some() {
                    *side = SideSound::default();
                }
                side.counted = Some(summary.clone());
            }
            _ => {}
        }
    }

    /// Every side of which something is known.
    pub fn sides(&self) -> impl Iterator<Item = (MediaSide, &SideSound)> {
        let sides = [
            (MediaSide::Caller, self.caller.as_ref()),
            (MediaSide::Agent, self.agent.as_ref()),
            (MediaSide::Third, self.third.as_ref()),
        ];
        (sides.into_iter()).filter_map(|(side, sound)| Some((side, sound?)))
    }

    fn of_side(&mut self, side: MediaSide) -> &mut SideSound {
        let sound = match side {
            MediaSide::Caller => &mut self.caller,
            MediaSide::Agent => &mut self.agent,
            MediaSide::Third => &mut self.third,
        };
        sound.get_or_insert_default()
    }
}
