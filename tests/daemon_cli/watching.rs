//! What an operator sees from a terminal: the journal as it grows, SIP as it passes.

use crate::shell::Shell;
use std::io::{BufRead, BufReader};

#[test]
fn a_followed_journal_begins_with_its_last_lines_and_goes_on() {
    let shell = Shell::new();
    shell.configure_quietly();
    // Each life is two lines: booted, stopped.
    for _ in 0..11 {
        let mut daemon = shell.serve(&[]);
        daemon.signal(libc::SIGTERM);
        assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
    }
    let before = shell.run(&["journal"]).ok();
    let before: Vec<&str> = before.lines().collect();
    assert!(before.len() > 20, "{before:#?}");

    let mut follower = shell.spawn(&["journal", "--follow"]);
    let out = follower.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    let past: Vec<String> = lines.by_ref().take(20).collect();
    assert_eq!(past, before[before.len() - 20..]);

    let mut daemon = shell.serve(&[]);
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
    assert!(lines.next().is_some_and(|line| line.contains("booted")));
    assert!(lines.next().is_some_and(|line| line.contains("stopped")));
    follower.kill().expect("it runs");
    follower.wait().expect("it ends");
}

#[test]
fn a_trace_needs_a_daemon_or_a_stored_call_and_says_which() {
    let shell = Shell::new();
    shell.configure_quietly();
    let said = shell.run(&["trace", "--follow"]);
    assert_eq!(said.code, Some(69));
    assert!(
        said.err.starts_with("no daemon answers at "),
        "{}",
        said.err
    );
    let call = "01JD8Z6V3N5Q8R2T4W6Y8A0C2E";
    shell.run(&["trace", "--call", call]).refused(
        64,
        &format!("no SIP trace of call {call} is kept: see sip.trace_keep_days."),
    );
    assert_eq!(
        shell.run(&["trace", "--call", call, "--follow"]).code,
        Some(64)
    );
    assert_eq!(shell.run(&["trace", "--call", "4711"]).code, Some(64));

    let mut daemon = shell.serve(&[]);
    assert_eq!(shell.run(&["trace"]).ok(), "", "nothing has happened yet");
    shell.run(&["trace", "--call", call]).refused(
        64,
        &format!("no SIP trace of call {call} is kept: see sip.trace_keep_days."),
    );
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
    assert!(
        !shell.path("kring-data/kringd.sock").exists(),
        "it takes its socket away"
    );
}
