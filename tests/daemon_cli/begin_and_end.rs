//! The daemon's whole life, short: it opens, says so, and ends in order when it is asked.

use crate::shell::Shell;
use std::fs;

#[test]
fn a_signal_ends_it_in_order_and_the_journal_says_so() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let shell = Shell::new();
        shell.configure_quietly();
        let mut daemon = shell.serve(&["--pid-file", "kring.pid"]);
        let written = fs::read_to_string(shell.path("kring.pid")).expect("the pid file is there");
        assert_eq!(written.trim(), daemon.id().to_string());

        daemon.signal(signal);
        assert_eq!(daemon.end(), Some(0), "{}", daemon.told);

        let journal = shell.run(&["journal"]).ok();
        let first = journal.lines().next().unwrap_or_default();
        let last = journal.lines().last().unwrap_or_default();
        assert!(first.contains("booted"), "{journal}");
        assert!(last.contains("stopped"), "{journal}");
        assert!(
            shell
                .run(&["journal", "--verify"])
                .ok()
                .starts_with("the journal is whole")
        );
        assert!(
            !shell.path("kring.pid").exists(),
            "it takes its pid file away"
        );
    }
}

#[test]
fn a_killed_daemon_leaves_a_whole_journal_and_the_next_one_marks_the_gap() {
    let shell = Shell::new();
    shell.configure_quietly();
    let mut first = shell.serve(&[]);
    first.signal(libc::SIGKILL);
    assert_eq!(first.end(), None, "killed");
    assert!(
        shell
            .run(&["journal", "--verify"])
            .ok()
            .starts_with("the journal is whole")
    );

    let mut second = shell.serve(&[]);
    second.signal(libc::SIGTERM);
    assert_eq!(second.end(), Some(0), "{}", second.told);
    let journal = shell.run(&["journal"]).ok();
    assert!(journal.contains("gap"), "{journal}");
    assert!(
        shell
            .run(&["journal", "--verify"])
            .ok()
            .starts_with("the journal is whole")
    );
}
