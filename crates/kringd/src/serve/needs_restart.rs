//! What of a configuration holds only after a restart.

use crate::config::Config;

/// The tables and keys that differ and hold only after a restart.
pub(super) fn needs_restart(started: &Config, config: &Config) -> Vec<String> {
    // What can change within `[sip]` is no difference here.
    let mut sip = config.sip.clone();
    sip.pass_headers.clone_from(&started.sip.pass_headers);
    // Nor are recordings.
    let mut media = config.media.clone();
    media.prompts.clone_from(&started.media.prompts);
    media.music.clone_from(&started.media.music);
    media.greeting.clone_from(&started.media.greeting);
    media.record.rules = started.media.record.rules;
    let differ = [
        ("data_dir", started.data_dir != config.data_dir),
        ("node", started.node != config.node),
        ("sip", started.sip != sip),
        ("registrar", started.registrar != config.registrar),
        ("pop", started.pop != config.pop),
        ("number", started.number != config.number),
        ("media", started.media != media),
        ("database", started.database != config.database),
        ("journal", started.journal != config.journal),
        ("http", started.http != config.http),
        ("metrics", started.metrics != config.metrics),
        ("privacy", started.privacy != config.privacy),
        (
            "case.ref_format",
            started.case.ref_format != config.case.ref_format,
        ),
        ("hep", started.hep != config.hep),
    ];
    let names = differ.into_iter().filter(|(_, differs)| *differs);
    names.map(|(name, _)| name.to_owned()).collect()
}
