//! `kringd check`: prints what the preflight found. It ends well only when nothing is to be mended.

use crate::{
    config::{Config, Source},
    database,
    exit::Fault,
    preflight::{self, Verdict},
};

/// Looks at everything and prints it.
pub(crate) async fn run(source: &Source, file: Config) -> Result<(), Fault> {
    println!("ok    configuration: no mistakes");
    let (config, left_out) = database::layered(source, file).await;
    let mut to_mend = left_out.len();
    for left in &left_out {
        let (kind, name) = (left.place.kind.as_str(), &left.place.name);
        println!(
            "mend  {kind} {name:?} of the database is left out: {}",
            left.text
        );
    }
    let findings = preflight::look(&config).await;
    for finding in &findings {
        let word = match finding.verdict {
            Verdict::Good => "ok   ",
            Verdict::Note => "note ",
            Verdict::Mend => "mend ",
        };
        println!("{word} {}: {}", finding.what, finding.text);
        to_mend += usize::from(finding.verdict == Verdict::Mend);
    }
    match to_mend {
        0 => Ok(()),
        1 => Err(Fault::Unavailable(
            "one thing is to be mended: see above.".to_owned(),
        )),
        many => Err(Fault::Unavailable(format!(
            "{many} things are to be mended: see above."
        ))),
    }
}
