//! Dialogs (RFC 3261 §12): who talks with whom, in which order, and through whom.
//!
//! From and To are kept as the bytes of their lines, so that a name in TIS-620 comes back as it was. A
//! dialog begins as the seed of an INVITE, without a remote tag, and each fork grows one of its own.

use crate::{
    HeaderName, Headers, NameAddr, Peer, Transport, Uri,
    endpoint::{Draft, Heads, Identity, LoginId, Thread, Way, address_of, read_token},
    header::{Replaces, RouteSet},
};

/// A dialog, or the seed of one.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    call_id: Box<str>,
    local_tag: u64,
    /// Empty in a seed, and for those who know only RFC 2543.
    remote_tag: Box<str>,
    /// The value of From in our requests.
    local: Box<[u8]>,
    /// The value of To in our requests.
    remote: Box<[u8]>,
    local_seq: u32,
    remote_seq: Option<u32>,
    target: Uri,
    routes: RouteSet,
    /// Where our requests go.
    hop: Peer,
    /// Where they go whatever Contact says: behind NAT, or through a connection that only the other side
    /// could open.
    kept_to: Option<Peer>,
    /// The stream that a request to a hop took because it was large; later ones follow it.
    stream: Option<(Peer, Peer)>,
    /// Who we are, should the other side ask.
    login: Option<LoginId>,
    /// What our INVITE proved that by: its ACK says the same (RFC 3261 §22.1).
    proof: Vec<(HeaderName, String)>,
}

impl Dialog {
    /// The seed of a call or question of ours: what its request to `target` through `hop` says.
    pub(crate) fn seed(
        (from, to): (&NameAddr, &NameAddr),
        (target, routes): (Uri, RouteSet),
        hop: Peer,
        thread: &Thread,
    ) -> Dialog {
        let (mut from, mut to) = (from.clone(), to.clone());
        from.set_tag(&format!("{:016x}", thread.tag));
        to.params.remove("tag");
        Dialog {
            call_id: thread.call_id.as_str().into(),
            local_tag: thread.tag,
            remote_tag: "".into(),
            local: from.to_string().into_bytes().into(),
            remote: to.to_string().into_bytes().into(),
            local_seq: thread.seq,
            remote_seq: None,
            target,
            routes,
            hop,
            kept_to: None,
            stream: None,
            login: None,
            proof: Vec::new(),
        }
    }

    /// With a password that may be asked for.
    pub(crate) fn with_login(mut self, login: Option<LoginId>) -> Dialog {
        self.login = login;
        self
    }

    /// The same, of a call that came to us.
    pub(crate) fn set_login(&mut self, login: LoginId) {
        self.login = Some(login);
    }

    /// The password that may be asked for.
    pub(crate) fn login(&self) -> Option<LoginId> {
        self.login
    }

    /// What the INVITE that is being sent proves itself by.
    pub(crate) fn keep_proof(&mut self, proof: Vec<(HeaderName, String)>) {
        self.proof = proof;
    }

    /// The same dialog, whose requests go to `hop` whatever Contact says, unless proxies want to be passed.
    pub(crate) fn keep_to(mut self, hop: Peer) -> Dialog {
        self.kept_to = Some(hop);
        if self.routes.routes().is_empty() {
            self.hop = hop;
        }
        self
    }

    /// The same seed, sent elsewhere (RFC 3263 §4.3).
    pub(crate) fn through(mut self, hop: Peer) -> Dialog {
        self.hop = hop;
        self
    }

    /// What a response with a To tag makes of the seed (RFC 3261 §12.1.2).
    pub(crate) fn fork(&self, response: &Headers, tag: &str) -> Dialog {
        let mut fork = self.clone();
        fork.remote_tag = tag.into();
        fork.remote = response.raw(&HeaderName::To).unwrap_or_default().into();
        fork.routes = RouteSet::of_uac(response).unwrap_or_default();
        fork.retarget(response);
        fork
    }

    /// The dialog of a 2xx that no leg wants, from nothing but the 2xx: the leg may be gone.
    pub(crate) fn stray(response: &Headers, heads: &Heads<'_>, hop: Peer) -> Option<Dialog> {
        let target = response.contact().or_else(|_| response.to()).ok()?.uri;
        let mut dialog = Dialog {
            call_id: heads.call_id.into(),
            local_tag: read_token(heads.from_tag)?,
            remote_tag: heads.to_tag.unwrap_or_default().into(),
            local: response.raw(&HeaderName::From)?.into(),
            remote: response.raw(&HeaderName::To)?.into(),
            local_seq: heads.seq,
            remote_seq: None,
            target,
            routes: RouteSet::of_uac(response).unwrap_or_default(),
            hop,
            kept_to: None,
            stream: None,
            login: None,
            proof: Vec::new(),
        };
        dialog.aim();
        Some(dialog)
    }

    /// The dialog of an INVITE that came from `from` (RFC 3261 §12.1.1). None if its Record-Route
    /// cannot be read.
    pub(crate) fn called(
        from: Peer,
        request: &Headers,
        heads: &Heads<'_>,
        caller: &NameAddr,
        local_tag: u64,
    ) -> Option<Dialog> {
        let mut local = request.raw(&HeaderName::To)?.to_vec();
        local.extend_from_slice(format!(";tag={local_tag:016x}").as_bytes());
        let target = request
            .contact()
            .map_or_else(|_| caller.uri.clone(), |contact| contact.uri);
        let mut dialog = Dialog {
            call_id: heads.call_id.into(),
            local_tag,
            remote_tag: heads.from_tag.into(),
            local: local.into(),
            remote: request.raw(&HeaderName::From)?.into(),
            local_seq: 0,
            remote_seq: Some(heads.seq),
            target,
            routes: RouteSet::of_uas(request).ok()?,
            hop: from,
            kept_to: None,
            stream: None,
            login: None,
            proof: Vec::new(),
        };
        dialog.aim();
        Some(dialog)
    }

    /// Our tag.
    pub(crate) fn local_tag(&self) -> u64 {
        self.local_tag
    }

    /// Their tag.
    pub(crate) fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// The number of our latest request.
    pub(crate) fn local_seq(&self) -> u32 {
        self.local_seq
    }

    /// What all messages of the dialog have in common.
    pub(crate) fn call_id(&self) -> &str {
        &self.call_id
    }

    /// Where our requests go.
    pub(crate) fn hop(&self) -> Peer {
        self.hop
    }

    /// Where our requests go, and the stream that an earlier one to the same hop took.
    pub(crate) fn way(&self) -> Way {
        let stream = self.stream.filter(|(hop, _)| *hop == self.hop);
        Way {
            hop: self.hop,
            stream: stream.map(|(_, stream)| stream),
        }
    }

    /// A large request took this stream: those that follow do, too.
    pub(crate) fn follow(&mut self, stream: Peer) {
        self.stream = Some((self.hop, stream));
    }

    /// The stream that a large request took does not stand.
    pub(crate) fn leave_stream(&mut self) {
        self.stream = None;
    }

    /// Whether a request from the other side, already matched by our tag, belongs here.
    pub(crate) fn is_meant(&self, heads: &Heads<'_>) -> bool {
        *self.call_id == *heads.call_id && *self.remote_tag == *heads.from_tag
    }

    /// Whether Replaces, already matched by our tag, names this one.
    pub(crate) fn is_named(&self, replaces: &Replaces) -> bool {
        self.call_id == replaces.call_id && self.remote_tag == replaces.from_tag
    }

    /// Whether a request from the other side comes in order (RFC 3261 §12.2.2).
    pub(crate) fn take_seq(&mut self, seq: u32) -> bool {
        let in_order = self.remote_seq.is_none_or(|last| seq > last);
        if in_order {
            self.remote_seq = Some(seq);
        }
        in_order
    }

    /// The number of our next request.
    pub(crate) fn next_seq(&mut self) -> u32 {
        self.local_seq += 1;
        self.local_seq
    }

    /// Goes on counting where the early dialog of the same fork has stopped.
    pub(crate) fn count_on(&mut self, early: &Dialog) {
        self.local_seq = self.local_seq.max(early.local_seq);
        self.remote_seq = self.remote_seq.max(early.remote_seq);
    }

    /// Takes the remote target from a Contact (RFC 3261 §12.2.1.2, §12.2.2).
    pub(crate) fn retarget(&mut self, headers: &Headers) {
        if let Ok(contact) = headers.contact() {
            self.target = contact.uri;
        }
        self.aim();
    }

    /// Replaces the remote target.
    pub(crate) fn set_target(&mut self, target: Uri) {
        self.target = target;
        self.aim();
    }

    /// Begins a request of ours.
    pub(crate) fn request(
        &self,
        identity: &Identity,
        method: &str,
        seq: u32,
        branch: u64,
        max_forwards: u8,
    ) -> Draft {
        let mut draft = self.begin(identity, method, branch);
        draft.line("Max-Forwards", max_forwards);
        draft.echo("From", &self.local);
        draft.echo("To", &self.remote);
        draft.line("Call-ID", &self.call_id);
        draft.line("CSeq", format_args!("{seq} {method}"));
        if method == "ACK" {
            for (name, value) in &self.proof {
                draft.line(name.as_str(), value);
            }
        }
        draft
    }

    /// The Request-URI of our requests.
    pub(crate) fn request_uri(&self) -> String {
        if self.routes.routes().is_empty() {
            return self.target.to_string();
        }
        self.routes.aim(&self.target).0.to_string()
    }

    /// Begins the ACK of a refusal: part of the INVITE's transaction (RFC 3261 §17.1.1.3).
    pub(crate) fn ack_of_refusal(
        &self,
        identity: &Identity,
        branch: u64,
        response: &Headers,
    ) -> Draft {
        let mut draft = self.begin(identity, "ACK", branch);
        draft.line("Max-Forwards", 70);
        draft.echo("From", &self.local);
        draft.echo("To", response.raw(&HeaderName::To).unwrap_or_default());
        draft.line("Call-ID", &self.call_id);
        draft.line("CSeq", format_args!("{} ACK", self.local_seq));
        draft
    }

    /// The request line, our Via and the way through the proxies.
    fn begin(&self, identity: &Identity, method: &str, branch: u64) -> Draft {
        let (mut draft, routes) = if self.routes.routes().is_empty() {
            (Draft::request(method, &self.target), Vec::new())
        } else {
            let (uri, routes) = self.routes.aim(&self.target);
            (Draft::request(method, uri), routes)
        };
        identity.via(&mut draft, self.hop, branch);
        for route in routes {
            draft.line("Route", route);
        }
        draft
    }

    /// Finds out where our requests go. A next hop that is a name, or a transport that we lack, is
    /// asked through whom we have talked so far.
    fn aim(&mut self) {
        if let (Some(kept_to), true) = (self.kept_to, self.routes.routes().is_empty()) {
            self.hop = kept_to;
            return;
        }
        let Some((address, transport)) = address_of(self.routes.next_hop(&self.target)) else {
            return;
        };
        if transport == Some(Transport::Udp) {
            self.leave_stream();
        }
        self.hop = Peer {
            transport: transport.unwrap_or(self.hop.transport),
            address,
        };
    }
}
