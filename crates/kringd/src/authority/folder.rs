//! `DATA/tls`: the authority and the server's certificate as files. Keys are for kring's user alone, and nothing is
//! ever half written: a file is complete before it has its name.

use super::AuthorityRefused;
use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

const FOLDER: &str = "tls";
const AUTHORITY_KEY: &str = "authority.key";
const AUTHORITY_CERT: &str = "authority.crt";
const SERVER_KEY: &str = "server.key";
const SERVER_CERT: &str = "server.crt";

/// For kring's user alone; for everybody who may look into the folder.
const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o644;

/// The folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFolder(PathBuf);

impl TlsFolder {
    /// The one of this data folder.
    pub(crate) fn of(data_dir: &Path) -> TlsFolder {
        TlsFolder(data_dir.join(FOLDER))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn authority_cert(&self) -> PathBuf {
        self.0.join(AUTHORITY_CERT)
    }

    pub(crate) fn server_cert(&self) -> PathBuf {
        self.0.join(SERVER_CERT)
    }

    pub(crate) fn server_key(&self) -> PathBuf {
        self.0.join(SERVER_KEY)
    }

    /// Whether there is a server's certificate.
    pub(crate) fn has_server(&self) -> bool {
        self.server_cert().exists()
    }

    pub(super) fn must_be_empty(&self) -> Result<(), AuthorityRefused> {
        let all = [AUTHORITY_KEY, AUTHORITY_CERT, SERVER_KEY, SERVER_CERT];
        let there = all.map(|name| self.0.join(name));
        match there.into_iter().find(|path| path.exists()) {
            Some(path) => Err(AuthorityRefused::Exists(path)),
            None => Ok(()),
        }
    }

    /// Key and certificate of the authority.
    pub(super) fn authority(&self) -> Result<(String, String), AuthorityRefused> {
        let read = |name: &str| {
            let path = self.0.join(name);
            fs::read_to_string(&path).map_err(|refused| match refused.kind() {
                io::ErrorKind::NotFound => AuthorityRefused::NoAuthority(self.0.clone()),
                _ => AuthorityRefused::File(path, refused),
            })
        };
        Ok((read(AUTHORITY_KEY)?, read(AUTHORITY_CERT)?))
    }

    pub(super) fn keep_authority(&self, key: &str, cert: &str) -> Result<(), AuthorityRefused> {
        self.keep((AUTHORITY_KEY, key), (AUTHORITY_CERT, cert))
    }

    pub(super) fn keep_server(&self, key: &str, chain: &str) -> Result<(), AuthorityRefused> {
        self.keep((SERVER_KEY, key), (SERVER_CERT, chain))
    }

    fn keep(&self, key: (&str, &str), cert: (&str, &str)) -> Result<(), AuthorityRefused> {
        let own = |refused| AuthorityRefused::File(self.0.clone(), refused);
        fs::create_dir_all(&self.0).map_err(own)?;
        fs::set_permissions(&self.0, Permissions::from_mode(0o700)).map_err(own)?;
        self.write(key, PRIVATE)?;
        self.write(cert, PUBLIC)
    }

    fn write(&self, (name, text): (&str, &str), mode: u32) -> Result<(), AuthorityRefused> {
        let path = self.0.join(name);
        let coming = self.0.join(format!(".{name}.{}", std::process::id()));
        let written = (|| {
            // One that a crash has left would keep its own permissions.
            match fs::remove_file(&coming) {
                Err(refused) if refused.kind() != io::ErrorKind::NotFound => return Err(refused),
                _ => {}
            }
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&coming)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&coming, &path)
        })();
        written.map_err(|refused| AuthorityRefused::File(path, refused))
    }
}
