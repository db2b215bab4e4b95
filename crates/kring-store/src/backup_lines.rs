//! The file of a backup: gzip over lines of JSON, and at its end a hash over all of them, so that a file that was
//! cut or changed is known before anything is believed.

use crate::limits;
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The format of the file: [`FORMAT`].
    pub(crate) kring_backup: u32,
    /// Which kring wrote it.
    pub(crate) version: String,
    /// When, in microseconds since 1970.
    pub(crate) at: i64,
    /// The last step of the tables.
    pub(crate) step: i64,
    /// The tables in it, in this order.
    pub(crate) tables: Vec<String>,
}

/// The only format so far.
pub(crate) const FORMAT: u32 = 1;

/// A line after the first.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// Rows of this table follow.
    Table(TableHead),
    /// A row of the table that was named last.
    Row(Vec<Cell>),
    /// A piece of a file begins here, or goes on where it has been named before.
    File(FilePiece),
    /// The end: how many rows and files there were.
    End {
        /// Rows of all tables.
        rows: u64,
        /// Pieces of files.
        pieces: u64,
    },
}

/// A table and what each cell of its rows is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TableHead {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, CellKind)>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CellKind {
    /// A whole number of 64 bits.
    Whole,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Cell {
    /// Nothing.
    Null,
    /// A number.
    Whole(i64),
    /// Text, or bytes in base64 where the column holds bytes.
    Text(String),
}

impl Cell {
    pub(crate) fn of_bytes(bytes: &[u8]) -> Cell {
        Cell::Text(BASE64_STANDARD.encode(bytes))
    }

    /// The bytes of a cell of bytes.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Cell::Text(text) => BASE64_STANDARD.decode(text).ok(),
            Cell::Null | Cell::Whole(_) => None,
        }
    }
}

/// Some bytes of a file beside the database.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FilePiece {
    /// Where it is within the data folder, with `/` between.
    pub(crate) path: String,
    /// Base64.
    pub(crate) bytes: String,
}

/// Why a file is not a backup that can be believed.
#[derive(Debug, thiserror::Error)]
pub enum BackupFileRefused {
    /// It cannot be read or written.
    #[error("the file cannot be read or written: {0}")]
    File(#[from] io::Error),
    /// It is something else.
    #[error("the file is no backup of kring, or was changed: {0}")]
    NotOurs(String),
    /// It ends too early.
    #[error("the file is not whole: it ends before its end. Copy it once more")]
    Cut,
    /// It was changed on its way.
    #[error("the file was changed since it was written: its hash is another")]
    Changed,
    /// It is of a kring that is newer than this one.
    #[error("the file was written by kring {version}, which is newer than this one: update first")]
    Newer {
        /// Which.
        version: String,
    },
}

/// Writes the lines of a backup.
pub(crate) struct LinesOut<W: Write> {
    out: GzEncoder<BufWriter<W>>,
    hash: Sha256,
    line: Vec<u8>,
    rows: u64,
    pieces: u64,
}

impl<W: Write> LinesOut<W> {
    pub(crate) fn begin(out: W, head: &Head) -> Result<LinesOut<W>, BackupFileRefused> {
        let mut lines = LinesOut {
            out: GzEncoder::new(BufWriter::new(out), Compression::fast()),
            hash: Sha256::new(),
            line: Vec::new(),
            rows: 0,
            pieces: 0,
        };
        lines.put(head)?;
        Ok(lines)
    }

    pub(crate) fn table(&mut self, head: TableHead) -> Result<(), BackupFileRefused> {
        self.put(&Line::Table(head))
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) -> Result<(), BackupFileRefused> {
        self.rows += 1;
        self.put(&Line::Row(cells))
    }

    /// A file, in pieces.
    pub(crate) fn file(
        &mut self,
        path: &str,
        content: &mut impl Read,
    ) -> Result<(), BackupFileRefused> {
        let mut piece = vec![0; limits::BACKUP_PIECE_BYTES];
        loop {
            let n = content.read(&mut piece)?;
            if n == 0 {
                return Ok(());
            }
            self.pieces += 1;
            self.put(&Line::File(FilePiece {
                path: path.to_owned(),
                bytes: BASE64_STANDARD.encode(&piece[..n]),
            }))?;
        }
    }

    /// Ends the file; how many rows it holds.
    pub(crate) fn end(mut self) -> Result<u64, BackupFileRefused> {
        let (rows, pieces) = (self.rows, self.pieces);
        self.put(&Line::End { rows, pieces })?;
        let hash = crate::chain::hex(&self.hash.finalize_reset());
        self.out.write_all(format!("{hash}\n").as_bytes())?;
        self.out.finish()?.flush()?;
        Ok(rows)
    }

    fn put(&mut self, line: &impl Serialize) -> Result<(), BackupFileRefused> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line).map_err(io::Error::from)?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        Ok(self.out.write_all(&self.line)?)
    }
}

/// Reads them.
pub(crate) struct LinesIn<R: Read> {
    read: BufReader<MultiGzDecoder<R>>,
    hash: Sha256,
    line: Vec<u8>,
    rows: u64,
    pieces: u64,
}

impl<R: Read> LinesIn<R> {
    /// Reads the first line.
    pub(crate) fn begin(read: R) -> Result<(LinesIn<R>, Head), BackupFileRefused> {
        let mut lines = LinesIn {
            read: BufReader::new(MultiGzDecoder::new(read)),
            hash: Sha256::new(),
            line: Vec::new(),
            rows: 0,
            pieces: 0,
        };
        lines.next_line()?;
        let head: Head = serde_json::from_slice(&lines.line)
            .map_err(|_| BackupFileRefused::NotOurs("its first line is unknown".to_owned()))?;
        if head.kring_backup != FORMAT {
            return Err(BackupFileRefused::Newer {
                version: head.version,
            });
        }
        lines.hash.update(&lines.line);
        Ok((lines, head))
    }

    /// The next line; none after the end, whose numbers and hash are then proved.
    pub(crate) fn next(&mut self) -> Result<Option<Line>, BackupFileRefused> {
        self.next_line()?;
        self.hash.update(&self.line);
        let line: Line = serde_json::from_slice(&self.line)
            .map_err(|why| BackupFileRefused::NotOurs(why.to_string()))?;
        match line {
            Line::Row(_) => self.rows += 1,
            Line::File(_) => self.pieces += 1,
            Line::Table(_) => {}
            Line::End { rows, pieces } => {
                if (rows, pieces) != (self.rows, self.pieces) {
                    return Err(BackupFileRefused::Changed);
                }
                let hash = crate::chain::hex(&self.hash.finalize_reset());
                self.next_line()?;
                if self.line.trim_ascii_end() != hash.as_bytes() {
                    return Err(BackupFileRefused::Changed);
                }
                return self.nothing_follows();
            }
        }
        Ok(Some(line))
    }

    /// The end of the compressed file is proved, too.
    fn nothing_follows(&mut self) -> Result<Option<Line>, BackupFileRefused> {
        match self.read.fill_buf() {
            Ok([]) => Ok(None),
            Ok(_) => Err(BackupFileRefused::Changed),
            Err(_) => Err(BackupFileRefused::Cut),
        }
    }

    fn next_line(&mut self) -> Result<(), BackupFileRefused> {
        self.line.clear();
        let bound = limits::BACKUP_LINE_BYTES_MAX as u64;
        let mut bounded = (&mut self.read).take(bound);
        let read = bounded.read_until(b'\n', &mut self.line);
        read.map_err(|refused| match refused.kind() {
            io::ErrorKind::UnexpectedEof => BackupFileRefused::Cut,
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                BackupFileRefused::NotOurs(refused.to_string())
            }
            _ => refused.into(),
        })?;
        match self.line.last() {
            Some(b'\n') => Ok(()),
            _ if self.line.len() as u64 >= bound => Err(BackupFileRefused::NotOurs(
                "one of its lines has no end".to_owned(),
            )),
            _ => Err(BackupFileRefused::Cut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        Head {
            kring_backup: FORMAT,
            version: "0.1.0".to_owned(),
            at: 1,
            step: 40,
            tables: vec!["contact".to_owned()],
        }
    }

    fn written() -> Vec<u8> {
        let mut file = Vec::new();
        let mut out = LinesOut::begin(&mut file, &head()).unwrap();
        let columns = vec![("given".to_owned(), CellKind::Text)];
        let name = "contact".to_owned();
        out.table(TableHead { name, columns }).unwrap();
        for n in 0..300 {
            out.row(vec![Cell::Text(format!("มาลี {n}"))]).unwrap();
        }
        out.file("attachments/a", &mut &b"bytes"[..]).unwrap();
        assert_eq!(out.end().unwrap(), 300);
        file
    }

    fn all(file: &[u8]) -> Result<usize, BackupFileRefused> {
        let (mut lines, read) = LinesIn::begin(file)?;
        assert_eq!(read, head());
        let mut n = 0;
        while lines.next()?.is_some() {
            n += 1;
        }
        Ok(n)
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(all(&written()).unwrap(), 302);
    }

    #[test]
    fn a_file_that_was_cut_anywhere_is_refused() {
        let file = written();
        for length in 0..file.len() {
            assert!(all(&file[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_changed_line_is_refused() {
        let mut text = String::new();
        let file = written();
        let mut plain = MultiGzDecoder::new(&file[..]);
        plain.read_to_string(&mut text).unwrap();
        let changed = text.replace("มาลี 7\"", "มานี 7\"");
        assert_ne!(changed, text);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(changed.as_bytes()).unwrap();
        let refused = all(&packed.finish().unwrap());
        assert!(matches!(refused, Err(BackupFileRefused::Changed)));
    }

    #[test]
    fn another_file_is_refused_with_a_plain_word() {
        let refused = LinesIn::begin(&b"PK\x03\x04 and some more of an archive"[..])
            .err()
            .unwrap();
        assert!(
            matches!(refused, BackupFileRefused::NotOurs(_)),
            "{refused:?}"
        );
    }
}
