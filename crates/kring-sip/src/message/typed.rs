//! Header values with a meaning, read when somebody asks.

use super::{Headers, Method, name::HeaderName};
use crate::{
    NameAddr,
    header::{
        Contact, HeaderRefused, RAck, Reason, ReferTo, Replaces, SessionExpires, Via, number,
    },
    limits,
    token::trim,
};

impl Headers {
    /// The topmost Via.
    pub fn via(&self) -> Result<Via, HeaderRefused> {
        self.vias().next().ok_or(HeaderRefused::Missing)?
    }

    /// Every Via, the nearest hop first.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via, HeaderRefused>> {
        self.all(&HeaderName::Via).map(str::parse)
    }

    /// The From address.
    pub fn from(&self) -> Result<NameAddr, HeaderRefused> {
        self.address(&HeaderName::From)
    }

    /// The To address.
    pub fn to(&self) -> Result<NameAddr, HeaderRefused> {
        self.address(&HeaderName::To)
    }

    /// The Call-ID: compared byte by byte.
    pub fn call_id(&self) -> Result<&str, HeaderRefused> {
        self.one(&HeaderName::CallId)
    }

    /// Sequence number and method.
    pub fn cseq(&self) -> Result<(u32, Method), HeaderRefused> {
        let (number, method) = read_cseq(self.one(&HeaderName::CSeq)?)?;
        Ok((
            number,
            Method::from_token(method).ok_or(HeaderRefused::Token)?,
        ))
    }

    /// Every Contact.
    pub fn contacts(&self) -> impl Iterator<Item = Result<Contact, HeaderRefused>> {
        self.all(&HeaderName::Contact).map(str::parse)
    }

    /// The first Contact's address: the remote target of a dialog.
    pub fn contact(&self) -> Result<NameAddr, HeaderRefused> {
        match self.contacts().next().ok_or(HeaderRefused::Missing)?? {
            Contact::Address(address) => Ok(address),
            Contact::All => Err(HeaderRefused::Token),
        }
    }

    /// Every Route.
    pub fn routes(&self) -> impl Iterator<Item = Result<NameAddr, HeaderRefused>> {
        self.addresses(&HeaderName::Route)
    }

    /// Every Record-Route, as they stand.
    pub fn record_routes(&self) -> impl Iterator<Item = Result<NameAddr, HeaderRefused>> {
        self.addresses(&HeaderName::RecordRoute)
    }

    /// Every Diversion (RFC 5806), the latest first.
    pub fn diversion(&self) -> impl Iterator<Item = Result<NameAddr, HeaderRefused>> {
        self.addresses(&HeaderName::Diversion)
    }

    /// Every History-Info (RFC 7044), the earliest first.
    pub fn history_info(&self) -> impl Iterator<Item = Result<NameAddr, HeaderRefused>> {
        self.addresses(&HeaderName::HistoryInfo)
    }

    /// Every P-Asserted-Identity (RFC 3325).
    pub fn asserted_identities(&self) -> impl Iterator<Item = Result<NameAddr, HeaderRefused>> {
        self.addresses(&HeaderName::PAssertedIdentity)
    }

    /// Max-Forwards, 0 to 255; none when the line is missing (RFC 2543 had none).
    pub fn max_forwards(&self) -> Result<Option<u8>, HeaderRefused> {
        let hops = self.number(&HeaderName::MaxForwards, limits::MAX_FORWARDS_MAX)?;
        Ok(hops.map(|hops| hops as u8))
    }

    /// Content-Length in bytes; none when the line is missing.
    pub fn content_length(&self) -> Result<Option<u32>, HeaderRefused> {
        self.number(&HeaderName::ContentLength, u32::MAX)
    }

    /// Expires in seconds; a value beyond 32 bits is cut to them, a malformed one is an error.
    pub fn expires(&self) -> Result<Option<u32>, HeaderRefused> {
        let Some(text) = self.get(&HeaderName::Expires).map(trim) else {
            return Ok(None);
        };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HeaderRefused::Number);
        }
        Ok(Some(text.parse().unwrap_or(u32::MAX)))
    }

    /// Retry-After in seconds, without its comment and parameters; none when missing or malformed.
    pub fn retry_after(&self) -> Option<u32> {
        let text = trim(self.get(&HeaderName::RetryAfter)?);
        let digits = text
            .bytes()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(text.len());
        number(&text[..digits], u32::MAX).ok()
    }

    /// Option tags that the sender demands.
    pub fn require(&self) -> impl Iterator<Item = &str> {
        self.all(&HeaderName::Require)
    }

    /// Option tags that the sender knows.
    pub fn supported(&self) -> impl Iterator<Item = &str> {
        self.all(&HeaderName::Supported)
    }

    /// Methods that the sender accepts.
    pub fn allow(&self) -> impl Iterator<Item = &str> {
        self.all(&HeaderName::Allow)
    }

    /// Event packages that the sender accepts, such as `talk`.
    pub fn allow_events(&self) -> impl Iterator<Item = &str> {
        self.all(&HeaderName::AllowEvents)
    }

    /// The media type of the body in lower case, without parameters.
    pub fn content_type(&self) -> Option<String> {
        let text = self.get(&HeaderName::ContentType)?;
        let media_type = text.split(';').next().unwrap_or(text);
        Some(
            media_type
                .split_ascii_whitespace()
                .collect::<String>()
                .to_ascii_lowercase(),
        )
    }

    /// Whom a REFER refers to.
    pub fn refer_to(&self) -> Result<ReferTo, HeaderRefused> {
        self.one(&HeaderName::ReferTo)?.parse()
    }

    /// The dialog that an INVITE replaces; none when the line is missing.
    pub fn replaces(&self) -> Result<Option<Replaces>, HeaderRefused> {
        self.get(&HeaderName::Replaces).map(str::parse).transpose()
    }

    /// Session-Expires; none when the line is missing.
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, HeaderRefused> {
        self.get(&HeaderName::SessionExpires)
            .map(str::parse)
            .transpose()
    }

    /// Min-SE in seconds; none when the line is missing.
    pub fn min_se(&self) -> Result<Option<u32>, HeaderRefused> {
        let min: Option<SessionExpires> =
            self.get(&HeaderName::MinSe).map(str::parse).transpose()?;
        Ok(min.map(|min| min.seconds))
    }

    /// RSeq of a reliable provisional response; none when the line is missing.
    pub fn rseq(&self) -> Result<Option<u32>, HeaderRefused> {
        self.number(&HeaderName::RSeq, u32::MAX)
    }

    /// What a PRACK acknowledges.
    pub fn rack(&self) -> Result<RAck, HeaderRefused> {
        self.one(&HeaderName::RAck)?.parse()
    }

    /// Every reason given for a CANCEL, a BYE or a response.
    pub fn reasons(&self) -> impl Iterator<Item = Result<Reason, HeaderRefused>> {
        self.all(&HeaderName::Reason).map(str::parse)
    }

    fn one(&self, name: &HeaderName) -> Result<&str, HeaderRefused> {
        match trim(self.get(name).ok_or(HeaderRefused::Missing)?) {
            "" => Err(HeaderRefused::Empty),
            value => Ok(value),
        }
    }

    fn address(&self, name: &HeaderName) -> Result<NameAddr, HeaderRefused> {
        Ok(self.one(name)?.parse()?)
    }

    fn addresses(
        &self,
        name: &HeaderName,
    ) -> impl Iterator<Item = Result<NameAddr, HeaderRefused>> {
        self.all(name).map(|item| Ok(item.parse()?))
    }

    fn number(&self, name: &HeaderName, max: u32) -> Result<Option<u32>, HeaderRefused> {
        self.get(name)
            .map(|text| number(trim(text), max))
            .transpose()
    }
}

/// Number and method of a CSeq line, the method not yet looked at.
pub(super) fn read_cseq(text: &str) -> Result<(u32, &str), HeaderRefused> {
    let mut words = text.split_ascii_whitespace();
    let mut word = || words.next().ok_or(HeaderRefused::Token);
    let sequence = number(word()?, limits::CSEQ_MAX)?;
    let method = word()?;
    match words.next() {
        None => Ok((sequence, method)),
        Some(_) => Err(HeaderRefused::Token),
    }
}
