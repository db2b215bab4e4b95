//! Those who ask at the door: what they are told, how many they are, and when they are cut.

use super::*;
use crate::{clock::Clock, trace::Tap};
use bytes::Bytes;
use kring_sip::{Peer, Transport};
use kring_time::Moment;

#[test]
fn what_is_asked_is_read_back() {
    let asked = Asked {
        call: Some(CallId::new(1, 2)),
        follow: false,
        raw: true,
        filter: Some("\"1203\"\n".to_owned()),
    };
    let line = asked.line();
    assert_eq!(line.matches('\n').count(), 1);
    assert_eq!(Asked::read(&line), Some(asked));
    let nothing = Asked::default();
    assert_eq!(Asked::read(&nothing.line()), Some(nothing));
    assert_eq!(Asked::read("GET / HTTP/1.1"), None);
}

/// A watch behind a door in a folder of its own.
struct House {
    folder: tempdir::Folder,
    tap: Tap,
    watch: Watch,
    door: tokio::task::JoinHandle<()>,
}

mod tempdir {
    use std::path::PathBuf;

    /// Gone with the test.
    pub(super) struct Folder(pub(super) PathBuf);

    impl Folder {
        pub(super) fn new(name: &str) -> Folder {
            let name = format!("kring-door-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir(&folder).unwrap();
            Folder(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

impl House {
    async fn open(name: &str) -> House {
        let folder = tempdir::Folder::new(name);
        let tap = Tap::default();
        let watch = Watch::new(tap.clone(), Clock::start());
        let door = open(folder.0.clone(), watch.clone()).await;
        House {
            folder,
            tap,
            watch,
            door,
        }
    }

    async fn ask(&self, asked: &Asked) -> BufReader<UnixStream> {
        let path = path(&self.folder.0);
        let mut stream = loop {
            match UnixStream::connect(&path).await {
                Ok(stream) => break stream,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        stream.write_all(asked.line().as_bytes()).await.unwrap();
        BufReader::new(stream)
    }

    fn options_come(&self, count: usize) {
        let peer = Peer {
            transport: Transport::Udp,
            address: "192.0.2.10:5060".parse().unwrap(),
        };
        for n in 0..count {
            let filler = "x".repeat(1_000);
            let text = format!("OPTIONS sip:kring SIP/2.0\r\nCall-ID: probe-{n}-\r\n\r\n{filler}");
            self.tap.came(Moment::BOOT, peer, &Bytes::from(text));
        }
        self.watch.watching().turn();
    }
}

async fn line(said: &mut BufReader<UnixStream>) -> String {
    let mut line = String::new();
    let read = said.read_line(&mut line);
    timeout(limits::ASK_WITHIN, read).await.unwrap().unwrap();
    line
}

#[tokio::test]
async fn what_was_seen_apart_and_what_comes_is_told_as_it_was_asked() {
    let house = House::open("told").await;
    house.options_come(3);
    let mut recent = house
        .ask(&Asked {
            filter: Some("probe-1-".to_owned()),
            ..Asked::default()
        })
        .await;
    assert_eq!(line(&mut recent).await, "ok\n");
    assert!(line(&mut recent).await.contains("OPTIONS"));
    assert_eq!(line(&mut recent).await, "", "one message holds that text");

    let unknown = Asked {
        call: Some(CallId::new(1, 1)),
        ..Asked::default()
    };
    let mut none = house.ask(&unknown).await;
    assert_eq!(line(&mut none).await, "none\n");

    let follow = Asked {
        follow: true,
        raw: true,
        ..Asked::default()
    };
    let mut follower = house.ask(&follow).await;
    assert_eq!(line(&mut follower).await, "ok\n");
    house.options_come(1);
    assert!(
        line(&mut follower)
            .await
            .contains(" <- udp:192.0.2.10:5060")
    );
    assert_eq!(line(&mut follower).await, "    OPTIONS sip:kring SIP/2.0\n");
}

#[tokio::test]
async fn a_reader_who_falls_behind_is_told_so_and_cut() {
    let house = House::open("slow").await;
    let follow = Asked {
        follow: true,
        raw: true,
        ..Asked::default()
    };
    let mut slow = house.ask(&follow).await;
    assert_eq!(line(&mut slow).await, "ok\n");
    // Faster than the reader's task is ever given its turn.
    house.options_come(limits::FOLLOWER_BEHIND_MAX * 2);
    let mut rest = String::new();
    let read = slow.read_to_string(&mut rest);
    timeout(limits::READ_WITHIN, read).await.unwrap().unwrap();
    let last = rest.lines().last().unwrap();
    assert!(
        last.starts_with("! cut: this reader was 1024 messages behind"),
        "{last}"
    );
}

#[tokio::test]
async fn there_are_so_many_readers_and_no_more_and_the_socket_goes_with_the_door() {
    let house = House::open("many").await;
    let follow = Asked {
        follow: true,
        ..Asked::default()
    };
    let mut readers = Vec::new();
    for _ in 0..limits::FOLLOWERS_MAX {
        let mut reader = house.ask(&follow).await;
        assert_eq!(line(&mut reader).await, "ok\n");
        readers.push(reader);
    }
    let mut refused = house.ask(&follow).await;
    let mut said = String::new();
    // Closed, with or without a word from the kernel that something was not read.
    let _ = refused.read_line(&mut said).await;
    assert_eq!(said, "");
    drop(readers.pop());
    let mut again = house.ask(&follow).await;
    while line(&mut again).await != "ok\n" {
        again = house.ask(&follow).await;
    }
    let mode = std::fs::metadata(path(&house.folder.0))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    house.door.abort();
    let _ = house.door.await;
    assert!(!path(&house.folder.0).exists());
}

#[tokio::test]
async fn a_socket_left_behind_is_taken_over_and_one_in_use_is_not() {
    let folder = tempdir::Folder::new("left");
    let path = path(&folder.0);
    let first = bind(&path).await.unwrap();
    let refused = bind(&path).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
    drop(first);
    bind(&path).await.expect("nobody answers there any more");
}
