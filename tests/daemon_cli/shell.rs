//! Runs the binary in a folder of its own, with no configuration from outside.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// The binary under test.
pub(crate) fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("KRINGD") {
        return named.into();
    }
    let test = std::env::current_exe().expect("a test has a path");
    let debug = test
        .parent()
        .and_then(Path::parent)
        .expect("deps lies in a folder");
    debug.join("kringd")
}

/// Ports for the sound of this test's daemon: ten pairs that no other test's daemon has, below those that the kernel, the
/// interop suite and a daemon without a configuration pick. Tests run as processes of their own.
pub(crate) fn rtp_ports() -> String {
    let first = 6_100 + std::process::id() % 95 * 20;
    format!("{first}-{}", first + 19)
}

/// A folder in which commands are run; gone with the test.
pub(crate) struct Shell(tempfile::TempDir);

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Shell {
    pub(crate) fn new() -> Shell {
        Shell(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes `kring.toml`, which is found without being named.
    pub(crate) fn configure(&self, text: &str) {
        std::fs::write(self.path("kring.toml"), text).expect("the folder is writable");
    }

    /// A configuration that asks for ports that are free now and disturbs nobody.
    pub(crate) fn configure_quietly(&self) {
        self.configure(&format!(
            "[sip]\nlisten = [\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\"]\n\
             [http]\nlisten = \"127.0.0.1:0\"\n[media]\nrtp_ports = \"{}\"\n",
            rtp_ports()
        ));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        let foreign = std::env::vars_os().map(|(name, _)| name);
        for name in foreign.filter(|name| name.to_string_lossy().starts_with("KRING")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        said(
            self.command(arguments)
                .output()
                .expect("the binary is there: set KRINGD"),
        )
    }

    /// Runs it with these variables.
    pub(crate) fn run_under(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        said(command.output().expect("the binary is there: set KRINGD"))
    }

    /// Runs it with this on its standard input.
    pub(crate) fn run_with(&self, input: &str, arguments: &[&str]) -> Said {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary is there: set KRINGD");
        let mut stdin = child.stdin.take().expect("it is piped");
        // A command that refuses its arguments may have ended without reading.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        said(child.wait_with_output().expect("it ends"))
    }

    /// Starts a command that goes on, with its standard output piped.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("the binary is there: set KRINGD")
    }

    /// Starts the daemon and waits until it says that it is open.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Daemon {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary is there: set KRINGD");
        let mut log = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut told = String::new();
        while !told.contains("is open") {
            let read = log.read_line(&mut told).expect("the log is text");
            assert!(read > 0, "it ended without opening: {told}");
        }
        Daemon { child, log, told }
    }
}

fn said(output: Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Said {
    /// It ended with this code and exactly this on standard error.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, line: &str) {
        assert_eq!(self.err.trim_end(), line, "{self:?}");
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
    }

    /// It ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }
}

/// A daemon that runs.
pub(crate) struct Daemon {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    /// What it has said so far.
    pub(crate) told: String,
}

impl Daemon {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: i32) {
        let id = i32::try_from(self.child.id()).expect("process ids are small");
        // SAFETY: kill takes two numbers and touches no memory of ours; the process is our child.
        let sent = unsafe { libc::kill(id, signal) };
        assert_eq!(sent, 0, "it runs");
    }

    /// Reads on until it has said this.
    pub(crate) fn await_word(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            let read = self.log.read_line(&mut line).expect("the log is text");
            assert!(read > 0, "it ended without saying {word}: {}", self.told);
            self.told.push_str(&line);
        }
    }

    /// Waits for its end and hands back its code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        let mut line = String::new();
        while self.log.read_line(&mut line).expect("the log is text") > 0 {
            self.told.push_str(&line);
            line.clear();
        }
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
