//! Header names: known ones as variants, with their compact forms; all compare without case.

use crate::token::is_token;
use std::fmt;

macro_rules! header_names {
    ($($variant:ident $canonical:literal $lower:literal $($compact:literal)?;)*) => {
        /// A header's name.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum HeaderName {
            $(#[doc = $canonical] $variant,)*
            /// Any other, as spelled.
            Other(Box<str>),
        }

        impl HeaderName {
            /// The name in its usual spelling; an unknown one as it came.
            pub fn as_str(&self) -> &str {
                match self {
                    $(HeaderName::$variant => $canonical,)*
                    HeaderName::Other(name) => name,
                }
            }

            /// A number for each known name, below 127, and [`HeaderName::OTHER`] for all the rest.
            #[inline]
            pub(crate) const fn code(&self) -> u8 {
                #[allow(non_camel_case_types, reason = "only counts the variants")]
                #[repr(u8)]
                enum Index { $($variant,)* }
                match self {
                    $(HeaderName::$variant => Index::$variant as u8,)*
                    HeaderName::Other(_) => HeaderName::OTHER,
                }
            }

            fn known(lower: &[u8]) -> Option<HeaderName> {
                Some(match lower {
                    $($lower $(| $compact)? => HeaderName::$variant,)*
                    _ => return None,
                })
            }
        }
    };
}

header_names! {
    Accept "Accept" b"accept";
    AcceptEncoding "Accept-Encoding" b"accept-encoding";
    AcceptLanguage "Accept-Language" b"accept-language";
    AlertInfo "Alert-Info" b"alert-info";
    Allow "Allow" b"allow";
    AllowEvents "Allow-Events" b"allow-events" b"u";
    AnswerMode "Answer-Mode" b"answer-mode";
    AuthenticationInfo "Authentication-Info" b"authentication-info";
    Authorization "Authorization" b"authorization";
    CallId "Call-ID" b"call-id" b"i";
    CallInfo "Call-Info" b"call-info";
    Contact "Contact" b"contact" b"m";
    ContentDisposition "Content-Disposition" b"content-disposition";
    ContentEncoding "Content-Encoding" b"content-encoding" b"e";
    ContentLanguage "Content-Language" b"content-language";
    ContentLength "Content-Length" b"content-length" b"l";
    ContentType "Content-Type" b"content-type" b"c";
    CSeq "CSeq" b"cseq";
    Date "Date" b"date";
    Diversion "Diversion" b"diversion";
    ErrorInfo "Error-Info" b"error-info";
    Event "Event" b"event" b"o";
    Expires "Expires" b"expires";
    From "From" b"from" b"f";
    HistoryInfo "History-Info" b"history-info";
    InReplyTo "In-Reply-To" b"in-reply-to";
    MaxForwards "Max-Forwards" b"max-forwards";
    MimeVersion "MIME-Version" b"mime-version";
    MinExpires "Min-Expires" b"min-expires";
    MinSe "Min-SE" b"min-se";
    Organization "Organization" b"organization";
    PAssertedIdentity "P-Asserted-Identity" b"p-asserted-identity";
    PPreferredIdentity "P-Preferred-Identity" b"p-preferred-identity";
    Path "Path" b"path";
    Priority "Priority" b"priority";
    Privacy "Privacy" b"privacy";
    ProxyAuthenticate "Proxy-Authenticate" b"proxy-authenticate";
    ProxyAuthorization "Proxy-Authorization" b"proxy-authorization";
    ProxyRequire "Proxy-Require" b"proxy-require";
    RAck "RAck" b"rack";
    Reason "Reason" b"reason";
    RecordRoute "Record-Route" b"record-route";
    ReferSub "Refer-Sub" b"refer-sub";
    ReferTo "Refer-To" b"refer-to" b"r";
    ReferredBy "Referred-By" b"referred-by" b"b";
    RemotePartyId "Remote-Party-ID" b"remote-party-id";
    Replaces "Replaces" b"replaces";
    ReplyTo "Reply-To" b"reply-to";
    RequestDisposition "Request-Disposition" b"request-disposition" b"d";
    Require "Require" b"require";
    RetryAfter "Retry-After" b"retry-after";
    Route "Route" b"route";
    RSeq "RSeq" b"rseq";
    Server "Server" b"server";
    ServiceRoute "Service-Route" b"service-route";
    SessionExpires "Session-Expires" b"session-expires" b"x";
    SipEtag "SIP-ETag" b"sip-etag";
    SipIfMatch "SIP-If-Match" b"sip-if-match";
    Subject "Subject" b"subject" b"s";
    SubscriptionState "Subscription-State" b"subscription-state";
    Supported "Supported" b"supported" b"k";
    Timestamp "Timestamp" b"timestamp";
    To "To" b"to" b"t";
    Unsupported "Unsupported" b"unsupported";
    UserAgent "User-Agent" b"user-agent";
    Via "Via" b"via" b"v";
    Warning "Warning" b"warning";
    WwwAuthenticate "WWW-Authenticate" b"www-authenticate";
}

/// The longest known name has 20 letters.
const KNOWN_BYTES_MAX: usize = 24;

impl HeaderName {
    /// The code of a name that is not known.
    pub(crate) const OTHER: u8 = 127;

    /// The header that `name` names, in full or compact and in any case; none when it is no token.
    pub fn from_token(name: &str) -> Option<HeaderName> {
        let mut lower = [0; KNOWN_BYTES_MAX];
        if let Some(lower) = lower.get_mut(..name.len()) {
            lower.copy_from_slice(name.as_bytes());
            lower.make_ascii_lowercase();
            if let Some(known) = HeaderName::known(lower) {
                return Some(known);
            }
        }
        is_token(name).then(|| HeaderName::Other(name.into()))
    }

    /// Whether its value is a comma list (RFC 3261 §7.3.1 and the RFCs that define the others).
    pub(crate) const fn is_list(&self) -> bool {
        matches!(
            self,
            HeaderName::Accept
                | HeaderName::AcceptEncoding
                | HeaderName::AcceptLanguage
                | HeaderName::AlertInfo
                | HeaderName::Allow
                | HeaderName::AllowEvents
                | HeaderName::CallInfo
                | HeaderName::Contact
                | HeaderName::ContentEncoding
                | HeaderName::ContentLanguage
                | HeaderName::Diversion
                | HeaderName::ErrorInfo
                | HeaderName::HistoryInfo
                | HeaderName::InReplyTo
                | HeaderName::PAssertedIdentity
                | HeaderName::PPreferredIdentity
                | HeaderName::Path
                | HeaderName::ProxyRequire
                | HeaderName::Reason
                | HeaderName::RecordRoute
                | HeaderName::RemotePartyId
                | HeaderName::RequestDisposition
                | HeaderName::Require
                | HeaderName::Route
                | HeaderName::ServiceRoute
                | HeaderName::Supported
                | HeaderName::Unsupported
                | HeaderName::Via
                | HeaderName::Warning
        )
    }

    /// Whether a message with two of them contradicts itself: refused with 400 (RFC 4475 §3.3.8).
    pub(crate) const fn is_single(&self) -> bool {
        matches!(
            self,
            HeaderName::CallId
                | HeaderName::ContentLength
                | HeaderName::ContentType
                | HeaderName::CSeq
                | HeaderName::Event
                | HeaderName::Expires
                | HeaderName::From
                | HeaderName::MaxForwards
                | HeaderName::MinSe
                | HeaderName::RAck
                | HeaderName::ReferSub
                | HeaderName::ReferTo
                | HeaderName::ReferredBy
                | HeaderName::Replaces
                | HeaderName::RSeq
                | HeaderName::SessionExpires
                | HeaderName::SubscriptionState
                | HeaderName::To
        )
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &HeaderName) -> bool {
        self.code() == other.code()
            && (self.code() != HeaderName::OTHER
                || self.as_str().eq_ignore_ascii_case(other.as_str()))
    }
}

impl Eq for HeaderName {}

impl fmt::Display for HeaderName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
