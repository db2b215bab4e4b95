//! Puts the console into the binary.
//!
//! Builds `ui` when Node (20 or newer) is there and the sources are newer than the last build. When
//! that cannot be done, a small page that says how takes its place: the Rust build never fails for
//! the console. `KRING_CONSOLE=skip` leaves it out; release packages always carry it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// What of `ui` the build reads.
const SOURCES: [&str; 8] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
];

const NODE_MIN: u32 = 20;

fn main() {
    println!("cargo:rerun-if-env-changed=KRING_CONSOLE");
    let ui = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("ui");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("console");
    for source in SOURCES {
        println!("cargo:rerun-if-changed={}", ui.join(source).display());
    }
    let done = if env::var("KRING_CONSOLE").as_deref() == Ok("skip") {
        Err("KRING_CONSOLE=skip".to_owned())
    } else {
        build(&ui)
    };
    let laid = match &done {
        Ok(()) => lay(&ui.join("dist"), &out).map_err(|why| why.to_string()),
        Err(why) => Err(why.clone()),
    };
    if let Err(why) = laid {
        println!("cargo:warning=the console is not in this build: {why}");
        lay_notice(&out).expect("cargo's own output directory can be written");
    }
}

/// Brings `ui/dist` up to date, or says why it cannot be used.
fn build(ui: &Path) -> Result<(), String> {
    let dist = ui.join("dist/index.html");
    let built = modified(&dist);
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest(&ui.join(source)))
        .max();
    let Some(newest) = newest.filter(|_| ui.join("index.html").exists()) else {
        return Err("crates/kring-web/ui has no page yet".to_owned());
    };
    if built.is_some_and(|built| built >= newest) {
        return Ok(());
    }
    let usable = |why: String| if dist.exists() { Ok(()) } else { Err(why) };
    if let Err(why) = node_is_there() {
        println!("cargo:warning=the console was not built anew: {why}");
        return usable(why);
    }
    // Installing is slow and changes with the lock file alone.
    let lock = modified(&ui.join("package-lock.json"));
    let installed = modified(&ui.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < lock {
        npm(ui, &["ci", "--no-audit", "--no-fund"])?;
    }
    npm(ui, &["run", "build"])
}

fn node_is_there() -> Result<(), String> {
    let told = Command::new("node").arg("--version").output();
    let told = told.map_err(|_| format!("Node {NODE_MIN} or newer is not installed"))?;
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let major = text.trim().trim_start_matches('v').split('.').next();
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major >= NODE_MIN => Ok(()),
        _ => Err(format!(
            "Node {NODE_MIN} or newer is needed; this is {}",
            text.trim()
        )),
    }
}

fn npm(ui: &Path, arguments: &[&str]) -> Result<(), String> {
    let what = format!("npm {}", arguments.join(" "));
    let done = Command::new("npm").args(arguments).current_dir(ui).output();
    let done = done.map_err(|why| format!("{what}: {why}"))?;
    if done.status.success() {
        return Ok(());
    }
    let last = String::from_utf8_lossy(&done.stderr);
    let last = last
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("no word");
    Err(format!("{what} failed: {}", last.trim()))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}

/// When the newest file below `path` was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let entries = fs::read_dir(path).ok()?.filter_map(Result::ok);
    entries.filter_map(|entry| newest(&entry.path())).max()
}

/// Copies what was built to where it is embedded from.
fn lay(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            lay(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn lay_notice(to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    // The page's policy allows styles of files only.
    fs::write(to.join("notice.css"), include_str!("without_console.css"))?;
    fs::write(to.join("index.html"), include_str!("without_console.html"))
}
