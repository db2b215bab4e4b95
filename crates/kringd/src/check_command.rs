//! `kringd check`: prints what the preflight found. It ends well only when nothing is to be mended.

use crate::{
    config::Config,
    exit::Fault,
    preflight::{self, Verdict},
};

/// Looks at everything and prints it.
pub(crate) async fn run(config: &Config) -> Result<(), Fault> {
    println!("ok    configuration: no mistakes");
    let findings = preflight::look(config).await;
    let mut to_mend = 0;
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
