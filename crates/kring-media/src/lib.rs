//! Sound, as far as it can be decided without a socket: SDP offer and answer, the relay between a
//! caller, an agent and at times a third, its quality, and the tones and codings that phones are tested with.

#![forbid(unsafe_code)]

mod bond;
mod clip;
mod coder;
mod coding;
pub mod dtmf;
mod end;
mod figures;
pub mod g711;
pub mod g722;
mod inbox;
mod languages;
mod library;
pub mod limits;
mod lock;
mod mixer;
pub mod mos;
mod notice;
mod offer_answer;
mod order;
mod outgoing;
mod own_voice;
mod player;
mod presses;
mod program;
mod prompt;
pub mod quality;
mod recorder;
mod relay;
mod reporting;
mod reports;
mod resample;
mod route;
pub mod rtcp;
pub mod rtp;
mod sdp;
mod shield;
mod speaking;
mod speech;
mod spoken;
mod srtp;
pub mod tone;
mod verdict;
mod wav;

pub use clip::{
    Clip, EnglishSentence, EnglishWord, Language, Particle, Sentence, ThaiSentence, ThaiWord,
};
pub use coding::{FRAME, FRAME_LENGTH};
pub use figures::{LineSound, WayFigures};
pub use languages::{Languages, LanguagesRefused};
pub use library::Library;
pub use mos::{Mos, SoundClass};
pub use notice::{MediaNotice, NotRecorded, Recorded, SideStats, Told};
pub use offer_answer::{
    OwnAudio, answer_to_caller, answer_to_change, offer_of_change, offer_to_agent,
};
pub use order::{Joined, MediaOrder, Monitoring, PortPair, Recording, SessionId, Side};
pub use outgoing::Header;
pub use own_voice::{answer_by_kring, coding_of, offer_by_kring, offer_of_agreed};
pub use player::{Afterwards, Player};
pub use presses::KeyPacket;
pub use program::{Coding, Ground, Phrase, Playable, Program};
pub use prompt::Prompt;
pub use recorder::{Channel, Peaks, RECORDING_RATE, Recorder, WAV_HEADER, wav_header};
pub use relay::Relay;
pub use reports::ReportPacket;
pub use sdp::{
    AudioDescription, Codec, Crypto, Direction, Origin, OtherMedia, SdpRefused, read, read_answer,
    read_under, write,
};
pub use shield::{Shield, SrtpPolicy};
pub use speaking::FramePacket;
pub use spoken::{number, position, waiting_time};
pub use srtp::{
    MASTER_MAX, MasterKey, OVERHEAD as SRTP_OVERHEAD, Srtp, SrtpKeys, SrtpRefused, Suite,
};
pub use verdict::{PacketKind, Recode, Remote, Verdict, Why};
pub use wav::{Samples, WavRefused};
