//! Writing SDP.

use super::{AudioDescription, Codec, OtherMedia};
use sdp_types::{Attribute, Connection, Media, Session};

/// The SDP of a description, ready to be sent.
pub fn write(audio: &AudioDescription) -> Vec<u8> {
    let origin = sdp_types::Origin::with_ip_addr(
        &audio.origin.session_id,
        audio.origin.version,
        audio.rtp.ip(),
    );
    let mut session = Session::new(origin, "-");
    session.origin.set_username(&audio.origin.username);
    session.set_connection(Connection::from_ip_addr(audio.rtp.ip()));
    session.add_medias(audio.before.iter().map(refused));
    session.add_media(audio_line(audio));
    session.add_medias(audio.after.iter().map(refused));
    session.to_string().into_bytes()
}

fn refused(other: &OtherMedia) -> Media {
    line(&other.media, 0, &other.proto, other.formats.clone())
}

fn line(media: &str, port: u16, proto: &str, fmt: String) -> Media {
    Media {
        media: media.to_owned(),
        port,
        num_ports: None,
        proto: proto.to_owned(),
        fmt,
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}

fn audio_line(audio: &AudioDescription) -> Media {
    let numbers: Vec<String> = audio
        .codecs
        .iter()
        .map(|codec| codec.payload_type.to_string())
        .collect();
    let mut media = line("audio", audio.rtp.port(), &audio.proto, numbers.join(" "));
    for crypto in &audio.crypto {
        let line = Attribute::with_value("crypto", crypto.write());
        media.attributes.push(line);
    }
    for codec in &audio.codecs {
        let Codec {
            payload_type,
            name,
            clock,
            channels,
            fmtp,
        } = codec;
        let map = match channels {
            1 => format!("{payload_type} {name}/{clock}"),
            _ => format!("{payload_type} {name}/{clock}/{channels}"),
        };
        media.attributes.push(Attribute::with_value("rtpmap", map));
        if let Some(fmtp) = fmtp {
            media.attributes.push(Attribute::with_value(
                "fmtp",
                format!("{payload_type} {fmtp}"),
            ));
        }
    }
    if let Some(ptime) = audio.ptime {
        media.attributes.push(Attribute::with_value("ptime", ptime));
    }
    media
        .attributes
        .push(Attribute::new(audio.direction.as_str()));
    media
}
