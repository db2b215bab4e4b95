//! A PostgreSQL server of the test's own, from Debian's binaries: made in a fresh folder, reached by
//! a socket in it, gone with the test.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

/// Debian keeps the server's binaries of each major version here.
const BINARIES: &str = "/usr/lib/postgresql";

pub(crate) struct Server {
    folder: PathBuf,
    child: Child,
}

impl Server {
    /// Starts one, and returns when it takes connections.
    pub(crate) fn start() -> Server {
        let binaries = binaries();
        let folder = std::env::temp_dir().join(format!("kring-pg-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir(&folder).expect("a fresh folder for PostgreSQL");
        let user = user();
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).expect("the folder is PostgreSQL's");
        }
        let made = as_user(user, &binaries.join("initdb"))
            .arg("-D")
            .arg(folder.join("data"))
            .args([
                "-U",
                "kring",
                "--auth=trust",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ])
            .output()
            .expect("initdb runs");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let mut child = as_user(user, &binaries.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .arg("-k")
            .arg(&folder)
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=200",
            ])
            .stderr(Stdio::piped())
            .spawn()
            .expect("postgres runs");
        let mut log = BufReader::new(child.stderr.take().expect("it was asked for")).lines();
        let mut said = Vec::new();
        let ready = log.by_ref().map_while(Result::ok).any(|line| {
            let ready = line.contains("ready to accept connections");
            said.push(line);
            ready
        });
        assert!(ready, "PostgreSQL did not start:\n{}", said.join("\n"));
        // Its log must go on being read, or a full pipe would stop it.
        thread::spawn(move || log.for_each(drop));
        Server { folder, child }
    }

    /// The URL of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!(
            "postgres://kring@localhost/{database}?host={}",
            self.folder.display()
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn binaries() -> PathBuf {
    let versions = fs::read_dir(BINARIES).into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max();
    newest.unwrap_or_else(|| {
        panic!(
            "the contract holds for PostgreSQL too, but there is no server under {BINARIES}: \
             `apt-get install postgresql`, or run the suites with `tests/run`, which installs it"
        )
    })
}

/// PostgreSQL refuses to run as root: then it is whom Debian made for it, or nobody.
fn user() -> Option<(u32, u32)> {
    // SAFETY: geteuid takes nothing, changes nothing and cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the list of users");
    let found = ["postgres", "nobody"].into_iter().find_map(|name| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    Some(found.expect("Debian has a user `nobody`"))
}

/// A command that runs as that user and dies with the test, however the test ends.
fn as_user(user: Option<(u32, u32)>, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if let Some((uid, gid)) = user {
        command
            .arg(format!("--reuid={uid}"))
            .arg(format!("--regid={gid}"))
            .arg("--clear-groups");
    }
    command
        .arg("--pdeathsig=QUIT")
        .arg(program)
        .current_dir("/");
    command
}
