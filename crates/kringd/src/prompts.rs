//! kring's own recordings: inside the program, so that a fresh installation can speak at once, and turned
//! into frames once at the start.
//!
//! `deploy/prompts/make` made them; `deploy/prompts/texts.tsv` says what is heard in each.

use kring_media::{Clip, Language, Library, Particle, Prompt, Samples, WavRefused};
use rust_embed::RustEmbed;
use std::time::Duration;

/// The frequency of Thailand's ringback, Hz.
const RINGBACK_HZ: f32 = 400.0;

#[derive(RustEmbed)]
#[folder = "prompts"]
struct Recordings;

/// A recording that came with the program cannot be used: the program was put together wrongly.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordingRefused {
    /// It is not there.
    #[error("kring's own recording {0} is missing; install kring again")]
    Missing(&'static str),
    /// It cannot be read.
    #[error("kring's own recording {0} cannot be read: {1}; install kring again")]
    Unreadable(&'static str, WavRefused),
}

/// The voice of one language, its music, and ringback by this cadence.
///
/// # Errors
/// When a recording is missing or broken, which a test of the build finds first.
pub(crate) fn library(
    language: Language,
    particle: Particle,
    cadence: (Duration, Duration),
) -> Result<Library, RecordingRefused> {
    let ringback = Prompt::ringback(RINGBACK_HZ, cadence.0, cadence.1);
    let mut library = Library::new(language, particle, ringback);
    for clip in Clip::all_of(language) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    const CADENCE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(4));

    #[test]
    fn every_recording_of_both_languages_is_there_and_can_be_read() {
        for language in [Language::Thai, Language::English] {
            let library = library(language, Particle::Ka, CADENCE).unwrap();
            assert!(library.is_whole(), "{language:?}");
        }
    }

    /// Who records the texts anew reads the same words as the program means.
    #[test]
    fn the_texts_to_record_are_those_that_the_program_says() {
        let listed = include_str!("../../../deploy/prompts/texts.tsv");
        let listed = listed.lines().fold(String::new(), |mut all, line| {
            let mut columns = line.split('\t');
            let (file, text) = (columns.next().unwrap(), columns.next().unwrap());
            writeln!(all, "{file}\t{text}").unwrap();
            all
        });
        let said = Clip::all().fold(String::new(), |mut all, clip| {
            writeln!(all, "{}\t{}", clip.file(), clip.text()).unwrap();
            all
        });
        assert_eq!(listed, said);
    }

    /// A word is not clipped away, not silence, and not a whole minute; all together are small enough to
    /// be carried in the program.
    #[test]
    fn recordings_have_the_length_of_words() {
        let mut bytes = 0;
        for clip in Clip::all() {
            let file = Recordings::get(clip.file()).unwrap();
            bytes += file.data.len();
            let sound = Samples::from_wav(&file.data).unwrap();
            let ms = sound.samples.len() / (sound.rate as usize / 1_000);
            assert!((200..12_000).contains(&ms), "{}: {ms} ms", clip.file());
            let loudest = sound
                .samples
                .iter()
                .map(|s| s.unsigned_abs())
                .max()
                .unwrap();
            assert!(
                (8_000..16_000).contains(&loudest),
                "{}: {loudest}",
                clip.file()
            );
        }
        assert!(bytes < 3_000_000, "{bytes} bytes");
    }
}
