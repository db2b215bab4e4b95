//! The sounds that kring has, by the names that orders use: what [`Program`] means in samples.

use crate::{
    clip::{Clip, Language, Particle, Sentence},
    player::{Afterwards, Player},
    program::{Coding, Ground, Phrase, Program},
    prompt::Prompt,
    spoken::{position, waiting_time},
    wav::Samples,
};
use rustc_hash::FxHashMap;
use std::time::Duration;

/// The recording that every library has: two short tones.
const BEEP: &str = "beep";

/// Prompts and music, made once and shared by all calls.
#[derive(Clone, Debug)]
pub struct Library {
    language: Language,
    particle: Particle,
    clips: FxHashMap<Clip, Prompt>,
    named: FxHashMap<String, Prompt>,
    music: Prompt,
    ringback: Prompt,
}

impl Library {
    /// Nothing but ringback and the recording `beep`: every other phrase is passed over, and music is
    /// silence.
    pub fn new(language: Language, particle: Particle, ringback: Prompt) -> Library {
        let silence = Prompt::new(&Samples {
            rate: 8_000,
            samples: vec![0; crate::FRAME],
        });
        Library {
            language,
            particle,
            clips: FxHashMap::default(),
            named: FxHashMap::from_iter([(BEEP.to_owned(), Prompt::beep())]),
            music: silence,
            ringback,
        }
    }

    /// One of kring's own recordings.
    pub fn add(&mut self, clip: Clip, prompt: Prompt) {
        self.clips.insert(clip, prompt);
    }

    /// A recording under a name of its own, or in the place of one of kring's sentences.
    pub fn add_named(&mut self, name: &str, prompt: Prompt) {
        self.named.insert(name.to_owned(), prompt);
    }

    /// What waiting callers hear.
    pub fn set_music(&mut self, music: Prompt) {
        self.music = music;
    }

    /// Whether every recording that kring may need in its language is there.
    pub fn is_whole(&self) -> bool {
        Clip::all_of(self.language).all(|clip| self.clips.contains_key(&clip))
    }

    /// A player of this program. What is not there is passed over.
    pub fn player(&self, program: &Program, coding: Coding) -> Player {
        let say: Vec<Prompt> = (program.say.iter().take(crate::limits::PHRASES_MAX))
            .flat_map(|phrase| self.prompts(phrase))
            .collect();
        let then = match program.then {
            Ground::Other => Afterwards::Nothing,
            Ground::Music => Afterwards::GoOn(self.music.clone()),
            Ground::Ringback => Afterwards::Anew(self.ringback.clone()),
        };
        Player::new(&say, &then, coding.codec)
    }

    fn prompts(&self, phrase: &Phrase) -> Vec<Prompt> {
        let clips = match phrase {
            Phrase::Clip(name) => match self.named.get(&**name) {
                Some(prompt) => return vec![prompt.clone()],
                None => Sentence::named(name)
                    .map(|sentence| sentence.said(self.language, self.particle))
                    .unwrap_or_default(),
            },
            Phrase::Position(place) => position(*place, self.language, self.particle),
            Phrase::Wait(minutes) => {
                let wait = Duration::from_secs(60 * u64::from(*minutes));
                waiting_time(wait, self.language, self.particle)
            }
        };
        let found = clips.iter().filter_map(|clip| self.clips.get(clip));
        found.cloned().collect()
    }
}
