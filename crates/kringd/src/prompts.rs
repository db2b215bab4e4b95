//! What kring can say: recordings that are inside the program, so that a fresh installation can speak at
//! once, and those of the centre in their place. All are turned into frames once, at the start.
//!
//! `deploy/prompts/make` made kring's own; `deploy/prompts/texts.tsv` says what is heard in each.

mod own;

use crate::{config::Config, exit::Fault};
use kring_journal::AgentId;
use kring_media::{Clip, Language, Library, Particle, Prompt, Samples, Sentence, WavRefused};
use own::Folder;
use rust_embed::RustEmbed;
use std::{collections::BTreeSet, io, path::PathBuf, sync::Arc, time::Duration};

#[derive(RustEmbed)]
#[folder = "prompts"]
struct Recordings;

/// A recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordingRefused {
    /// One that came with the program is not there: it was put together wrongly.
    #[error("kring's own recording {0} is missing; install kring again")]
    Missing(&'static str),
    /// One that came with the program cannot be read.
    #[error("kring's own recording {0} cannot be read: {1}; install kring again")]
    Unreadable(&'static str, WavRefused),
    /// A file or folder of the centre's cannot be read.
    #[error("cannot read {} ({key}): {source}. Mend the path or its permissions.", .path.display())]
    Unread {
        key: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A file of the centre's is none that can be played.
    #[error("cannot play {} ({key}): {refused}.", .path.display())]
    Unplayable {
        key: &'static str,
        path: PathBuf,
        refused: WavRefused,
    },
    /// A folder of music without any.
    #[error("there is no music in {} ({key}): put WAV files there.", .path.display())]
    NoMusic { key: &'static str, path: PathBuf },
    /// A name that no recording has.
    #[error(
        "{key} names the recording {name:?}, but there is none: it is none of kring's, and {}. \
         Record it, or write another name.",
        nowhere(.folder, .name)
    )]
    NoSuch {
        key: &'static str,
        name: String,
        folder: Option<PathBuf>,
    },
    /// More than fits.
    #[error("the recordings in media.prompts last longer than {0} s together: take some away.")]
    TooMuch(u64),
}

impl RecordingRefused {
    /// The key that named it.
    pub(crate) fn key(&self) -> Option<&'static str> {
        match self {
            RecordingRefused::Unread { key, .. }
            | RecordingRefused::Unplayable { key, .. }
            | RecordingRefused::NoMusic { key, .. }
            | RecordingRefused::NoSuch { key, .. } => Some(key),
            _ => None,
        }
    }
}

fn nowhere(folder: &Option<PathBuf>, name: &str) -> String {
    match folder {
        Some(folder) => format!("there is no {name}.wav in {}", folder.display()),
        None => "media.prompts names no folder with others".to_owned(),
    }
}

impl From<RecordingRefused> for Fault {
    fn from(refused: RecordingRefused) -> Fault {
        match refused {
            RecordingRefused::Missing(_) | RecordingRefused::Unreadable(..) => {
                Fault::Unavailable(refused.to_string())
            }
            _ => Fault::Arguments(refused.to_string()),
        }
    }
}

/// Everything that can be heard of kring.
#[derive(Debug)]
pub(crate) struct Voices {
    pub(crate) library: Library,
    /// The agents who have recorded a greeting.
    pub(crate) agents: BTreeSet<AgentId>,
    /// How many recordings are the centre's.
    pub(crate) own: usize,
}

/// What the recordings of a configuration depend on, beside the files themselves.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    media: crate::config::Media,
    particle: String,
    tone: (u16, u32, u32),
    /// What queues name beside kring's own.
    own: BTreeSet<Arc<str>>,
}

impl Named {
    /// Of this one.
    pub(crate) fn of(config: &Config) -> Named {
        let (ring, mut own) = (&config.ring, BTreeSet::new());
        for queue in &config.queues {
            let waiting = &queue.waiting;
            own.extend(queue.voice.music.clone());
            own.insert(waiting.greeting.clone());
            own.extend(waiting.announcements.iter().cloned());
        }
        own.retain(|name| Sentence::named(name).is_none());
        Named {
            media: config.media.clone(),
            particle: config.agent.particle.clone(),
            tone: (ring.tone_hz, ring.terms.on_ms, ring.terms.off_ms),
            own,
        }
    }

    /// Whether everything that `other` wants is here.
    pub(crate) fn covers(&self, other: &Named) -> bool {
        self.media == other.media
            && self.particle == other.particle
            && self.tone == other.tone
            && other.own.is_subset(&self.own)
    }
}

/// Whether the recordings that this configuration names can be played. kring's own are not looked at.
///
/// # Errors
/// What is wrong with which, and what to do.
pub(crate) fn check(config: &Config) -> Result<(), RecordingRefused> {
    let (particle, ringback) = sounds(config);
    let mut library = Library::new(particle, ringback);
    let mut folder = Folder::new(config.media.prompts.clone(), &mut library);
    folder.read()?;
    folder.read_named(config)
}

/// The particle that is spoken, and the ringing tone.
fn sounds(config: &Config) -> (Particle, Prompt) {
    let particle = match config.agent.particle.as_str() {
        "ครับ" => Particle::Krap,
        _ => Particle::Ka,
    };
    let ring = &config.ring;
    let length = |ms: u32| Duration::from_millis(ms.into());
    let (on, off) = (length(ring.terms.on_ms), length(ring.terms.off_ms));
    (particle, Prompt::ringback(f32::from(ring.tone_hz), on, off))
}

/// All recordings that this configuration needs and names.
///
/// # Errors
/// What is wrong with which, and what to do.
pub(crate) fn voices(config: &Config) -> Result<Voices, RecordingRefused> {
    let (particle, ringback) = sounds(config);
    let mut library = shipped(particle, ringback)?;
    let mut folder = Folder::new(config.media.prompts.clone(), &mut library);
    let agents = folder.read()?;
    folder.read_named(config)?;
    let own = folder.count();
    Ok(Voices {
        library,
        agents,
        own,
    })
}

/// kring's own voice in both languages, and its music.
fn shipped(particle: Particle, ringback: Prompt) -> Result<Library, RecordingRefused> {
    let mut library = Library::new(particle, ringback);
    for clip in Clip::all() {
        library.add(clip, recording(clip.file())?);
    }
    library.set_music(recording("music.wav")?);
    Ok(library)
}

fn recording(file: &'static str) -> Result<Prompt, RecordingRefused> {
    let recording = Recordings::get(file).ok_or(RecordingRefused::Missing(file))?;
    let samples = Samples::from_wav(&recording.data);
    let samples = samples.map_err(|refused| RecordingRefused::Unreadable(file, refused))?;
    Ok(Prompt::new(&samples))
}

/// The languages by their folders.
const LANGUAGES: [(Language, &str); 2] = [(Language::Thai, "th"), (Language::English, "en")];

#[cfg(test)]
mod tests;
