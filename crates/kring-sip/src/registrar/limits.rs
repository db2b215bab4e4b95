//! Every bound of the registrar, with its reason.

use crate::pace::Pace;

/// Phones known at once: several thousand seats, and as many again in cupboards.
pub const PHONES_MAX: usize = 20_000;

/// Bindings of one phone's user: a desk phone, a headset, a softphone, a mobile. One more takes the
/// place of the one that was refreshed longest ago, so a phone that forgets itself is not locked out.
pub const BINDINGS_MAX: usize = 10;

/// Longest Contact that is kept, bytes.
pub(crate) const CONTACT_BYTES_MAX: usize = 512;

/// Longest Path that is kept, all its proxies together, bytes.
pub(crate) const PATH_BYTES_MAX: usize = 1_024;

/// Longest `+sip.instance` that is kept, bytes. A URN of a UUID has 49 with its brackets and quotes.
pub(crate) const INSTANCE_BYTES_MAX: usize = 128;

/// Longest Call-ID that is kept, bytes.
pub(crate) const CALL_ID_BYTES_MAX: usize = 256;

/// As much of a User-Agent as is kept, bytes.
pub(crate) const AGENT_BYTES_MAX: usize = 96;

/// REGISTERs of one source that is no phone's yet: a site behind one address comes back after a power
/// cut, each phone with two requests.
pub(crate) const NEWCOMER_PACE: Pace = Pace::per_second(50, 1_000);

/// REGISTERs of all such sources together. At 50 µs each this is a tenth of a core.
pub(crate) const NEWCOMERS_PACE: Pace = Pace::per_second(2_000, 4_000);

/// REGISTERs of one phone that is registered: five Contacts after each other, and a slip of the finger.
pub(crate) const PHONE_PACE: Pace = Pace::per_second(10, 50);

/// Sources, accounts and pairs of them whose wrong passwords are remembered. When full the ones that
/// were wrong longest ago give way.
pub(crate) const STRIKES_MAX: usize = 16_384;
