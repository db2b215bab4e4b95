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
    particle: Particle,
    clips: FxHashMap<Clip, Recording>,
    named: FxHashMap<String, Named>,
    music: Prompt,
    silence: Prompt,
    ringback: Prompt,
}

/// One of kring's clips, and who recorded it.
#[derive(Clone, Debug)]
enum Recording {
    /// Without the polite end, which is a word of its own.
    Krings(Prompt),
    /// The centre's: a whole sentence, with its end.
    Own(Prompt),
}

/// A recording under a name of its own.
#[derive(Clone, Debug, Default)]
struct Named {
    any: Option<Prompt>,
    thai: Option<Prompt>,
    english: Option<Prompt>,
}

impl Library {
    /// Nothing but ringback and the recording `beep`: every other phrase is passed over, and music is
    /// silence.
    pub fn new(particle: Particle, ringback: Prompt) -> Library {
        let silence = Prompt::new(&Samples {
            rate: 8_000,
            samples: vec![0; crate::FRAME],
        });
        let mut library = Library {
            particle,
            clips: FxHashMap::default(),
            named: FxHashMap::default(),
            music: silence.clone(),
            silence,
            ringback,
        };
        library.add_named(BEEP, None, Prompt::beep());
        library
    }

    /// One of kring's own recordings.
    pub fn add(&mut self, clip: Clip, prompt: Prompt) {
        self.clips.insert(clip, Recording::Krings(prompt));
    }

    /// A recording of the centre's in the place of one of kring's. A sentence is said as it was recorded,
    /// without a polite end added.
    pub fn add_own(&mut self, clip: Clip, prompt: Prompt) {
        self.clips.insert(clip, Recording::Own(prompt));
    }

    /// A recording under a name of its own, for one language or for all; it takes the place of kring's
    /// sentence of that name.
    pub fn add_named(&mut self, name: &str, language: Option<Language>, prompt: Prompt) {
        let named = self.named.entry(name.to_owned()).or_default();
        *match language {
            None => &mut named.any,
            Some(Language::Thai) => &mut named.thai,
            Some(Language::English) => &mut named.english,
        } = Some(prompt);
    }

    /// What waiting callers hear where nothing else is ordered.
    pub fn set_music(&mut self, music: Prompt) {
        self.music = music;
    }

    /// Whether every recording that kring may need in this language is there.
    pub fn is_whole(&self, language: Language) -> bool {
        Clip::all_of(language).all(|clip| self.clips.contains_key(&clip))
    }

    /// Whether something is heard when this recording is ordered, in whichever language.
    pub fn has(&self, name: &str) -> bool {
        self.named.contains_key(name) || Sentence::named(name).is_some()
    }

    /// A player of this program. What is not there is passed over.
    pub fn player(&self, program: &Program, coding: Coding) -> Player {
        let phrases = &program.say[..program.say.len().min(crate::limits::PHRASES_MAX)];
        let passes = program
            .languages
            .each()
            .iter()
            .zip([Pass::First, Pass::Again]);
        let say: Vec<Prompt> = passes
            .flat_map(|(language, pass)| {
                phrases
                    .iter()
                    .flat_map(move |phrase| self.prompts(phrase, *language, pass))
            })
            .collect();
        let then = match program.then {
            Ground::Other => Afterwards::Nothing,
            Ground::Music => Afterwards::GoOn(self.music_of(program).clone()),
            Ground::Silence => Afterwards::GoOn(self.silence.clone()),
            Ground::Ringback => Afterwards::Anew(self.ringback.clone()),
        };
        Player::new(&say, &then, coding.codec)
    }

    fn music_of(&self, program: &Program) -> &Prompt {
        let named = program
            .music
            .as_ref()
            .and_then(|name| self.named.get(&**name));
        let own = named.and_then(|named| named.any.as_ref());
        own.unwrap_or(&self.music)
    }

    fn prompts(&self, phrase: &Phrase, language: Language, pass: Pass) -> Vec<Prompt> {
        match phrase {
            Phrase::Clip(name) => self.recording(name, language, pass),
            Phrase::Position(place) => self.found(&position(*place, language, self.particle)),
            Phrase::Wait(minutes) => {
                let wait = Duration::from_secs(60 * u64::from(*minutes));
                self.found(&waiting_time(wait, language, self.particle))
            }
        }
    }

    /// What a name means in a language. A recording for all languages, or for another one only, is heard
    /// once.
    fn recording(&self, name: &str, language: Language, pass: Pass) -> Vec<Prompt> {
        let named = self.named.get(name);
        if let Some(prompt) = named.and_then(|named| named.of(language)) {
            return vec![prompt.clone()];
        }
        if let Some(prompt) = named.and_then(|named| named.any.as_ref()) {
            return pass.once(prompt);
        }
        if let Some(sentence) = Sentence::named(name) {
            return self.found(&sentence.said(language, self.particle));
        }
        let other = named.and_then(|named| named.thai.as_ref().or(named.english.as_ref()));
        other.map(|prompt| pass.once(prompt)).unwrap_or_default()
    }

    fn found(&self, clips: &[Clip]) -> Vec<Prompt> {
        let mut prompts = Vec::new();
        let mut is_ended = false;
        for clip in clips {
            if clip.is_particle() && is_ended {
                continue;
            }
            is_ended = false;
            match self.clips.get(clip) {
                Some(Recording::Krings(prompt)) => prompts.push(prompt.clone()),
                Some(Recording::Own(prompt)) => {
                    is_ended = clip.is_sentence();
                    prompts.push(prompt.clone());
                }
                None => {}
            }
        }
        prompts
    }
}

/// Which of the languages of a program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    First,
    Again,
}

impl Pass {
    fn once(self, prompt: &Prompt) -> Vec<Prompt> {
        match self {
            Pass::First => vec![prompt.clone()],
            Pass::Again => Vec::new(),
        }
    }
}

impl Named {
    fn of(&self, language: Language) -> Option<&Prompt> {
        match language {
            Language::Thai => self.thai.as_ref(),
            Language::English => self.english.as_ref(),
        }
    }
}
