//! How each fact is said in one line: a verb of ten characters, then the rest. Scenario tests compare
//! these lines, and `kringd journal` prints them.

use super::{
    Breach, DeadlineAction, Fact, Hold, HoldOver, Interruption, PickUp, RonaWarning, SideSummary,
    WallStep,
};
use std::fmt;

impl fmt::Display for Fact {
    /// A verb of ten characters, then the rest. Scenario tests compare these lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Booted { version } => write!(f, "booted     kring {version}"),
            Fact::Gap(Interruption { boot, calls_open }) => {
                write!(
                    f,
                    "gap        boot {boot} ended unannounced, {calls_open} calls open"
                )
            }
            Fact::WallStepped(WallStep { by_us }) => {
                write!(f, "wall       stepped by {:.3} s", *by_us as f64 / 1e6)
            }
            Fact::Reconfigured(what) => write!(f, "configured {what}"),
            Fact::ConfigurationRefused(how) => write!(f, "unread     configuration: {how}"),
            Fact::Draining => write!(f, "draining"),
            Fact::Stopped => write!(f, "stopped"),
            Fact::Presence {
                agent,
                state,
                reason,
                by,
            } => {
                write!(f, "presence   {agent} {state:?}")?;
                reason.iter().try_for_each(|why| write!(f, " ({why})"))?;
                by.iter().try_for_each(|by| write!(f, " by {by}"))
            }
            Fact::ScreenDead { agent } => write!(f, "screen     {agent} dead"),
            Fact::ScreenRestored { agent } => write!(f, "screen     {agent} restored"),
            Fact::RonaWarned(RonaWarning { agent, reason }) => {
                let reason = reason.as_deref().unwrap_or("Rona");
                write!(f, "warned     {agent} {reason}, last one ready")
            }
            Fact::QueueOpened(opened) => write!(f, "opened     {}", opened.queue),
            Fact::QueueClosed(closing) => {
                write!(f, "closed     {} {:?}", closing.queue, closing.why)
            }
            Fact::TrunkUp(trunk) => write!(f, "trunk up   {trunk}"),
            Fact::TrunkDown(trunk) => write!(f, "trunk down {trunk}"),
            Fact::Registered(account) => write!(f, "registered {account}"),
            Fact::Unregistered(account) => write!(f, "no account {account}"),
            Fact::PhoneRegistered(phone) => write!(f, "phone in   {phone}"),
            Fact::PhoneGone(phone) => write!(f, "phone out  {phone}"),
            _ => self.until_the_end(f),
        }
    }
}

impl Fact {
    /// Whether the caller's leg is no more after this.
    pub fn ends_call(&self) -> bool {
        match self {
            Fact::Refused { action, .. } => *action != DeadlineAction::Announce,
            Fact::Ended { .. } | Fact::Abandoned { .. } | Fact::Failed { .. } => true,
            _ => false,
        }
    }

    /// A call until somebody has it, or nobody.
    fn until_the_end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Offered { .. } => self.write_offered(f),
            Fact::Degraded => write!(f, "degraded   no live screen"),
            Fact::Invited {
                agent,
                device,
                beside,
                ..
            } => {
                write!(f, "invited    {agent} at {device}")?;
                beside.iter().try_for_each(|other| write!(f, ", {other}"))
            }
            Fact::Alerting { agent, device, .. } => {
                write!(f, "alerting   {agent}{}", At(device.as_deref()))
            }
            Fact::Ring { number, .. } => write!(f, "ring       {number}"),
            Fact::Withdrawn { agent, why } => write!(f, "withdrawn  {agent} {why:?}"),
            Fact::Unreached { agent, why, code } => {
                write!(f, "unreached  {agent} {why:?} {code}")
            }
            Fact::DeviceOut(out) => write!(f, "device out {out}"),
            Fact::LateSilence { agent, over_ms } => {
                write!(
                    f,
                    "late       {agent} silent {over_ms} ms past the deadline"
                )
            }
            Fact::Answered {
                agent,
                device,
                rings,
                wait_ms,
                ..
            } => {
                let wait = *wait_ms as f64 / 1e3;
                let at = At(device.as_deref());
                write!(f, "answered   {agent} after {wait:.3} s, ring {rings}{at}")
            }
            Fact::LostRace { agent, winner } => match winner {
                Some(winner) => write!(f, "lost race  {agent} to {winner}"),
                None => write!(f, "lost race  {agent}, the call was over"),
            },
            Fact::Refused {
                why,
                action,
                retry_after_s,
                to,
                ..
            } => {
                write_action(f, *action, *retry_after_s, to.as_deref())?;
                f.write_str(why.aside())
            }
            Fact::Abandoned { rings, wait_ms } => {
                let wait = *wait_ms as f64 / 1e3;
                write!(f, "abandoned  after {wait:.3} s, ring {rings}")
            }
            Fact::Failed { cause, code } => write!(f, "failed     {code} {cause}"),
            _ => self.kept_and_heard(f),
        }
    }

    /// A call's first line: whose it is, and how it came to its queue.
    fn write_offered(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fact::Offered {
            caller,
            queue,
            forwarded_by,
            chosen_by,
            priority,
            outbound,
            ..
        } = self
        else {
            return Ok(());
        };
        write!(f, "offered    {caller} -> {queue}")?;
        let mut outbound = outbound.iter();
        outbound.try_for_each(|why| write!(f, ", {why}"))?;
        let mut via = forwarded_by.iter();
        via.try_for_each(|by| write!(f, " via {by}"))?;
        let mut chosen = chosen_by.iter();
        chosen.try_for_each(|by| write!(f, ", by {by:?}"))?;
        let mut priority = priority.iter();
        priority.try_for_each(|priority| write!(f, ", priority {priority}"))
    }

    /// What becomes of a caller whom kring keeps after the deadline.
    fn kept_and_heard(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Rescued(rescue) => write!(f, "rescued    {rescue}"),
            Fact::Queued { position, queue } => {
                write!(f, "queued     place {position}")?;
                queue.iter().try_for_each(|queue| write!(f, " in {queue}"))
            }
            Fact::Announced(said) => write!(f, "announced  {said}"),
            Fact::OfferedAgain { round } => write!(f, "again      round {round}"),
            Fact::Served(service) => write!(f, "served     {service}"),
            Fact::LeftQueue { why, queued_ms } => {
                let queued = *queued_ms as f64 / 1e3;
                write!(f, "left       {why} after {queued:.3} s in the queue")
            }
            Fact::Overflowed(overflow) => write!(f, "overflow   {overflow}"),
            Fact::Dialled(dialling) => write!(f, "dialled    {dialling}"),
            Fact::Missed(missed) => write!(f, "missed     {missed}"),
            Fact::Connected(connection) => write!(f, "connected  {connection}"),
            Fact::Transfer(transfer) => write!(f, "transfer   {transfer}"),
            Fact::PickedUp(PickUp { agent }) => write!(f, "picked up  {agent}"),
            Fact::Reached(reach) => write!(f, "reached    {reach}"),
            Fact::CallBackAsked(wish) => write!(f, "call-back  asked of {}", wish.queue),
            Fact::CallBackEnded(over) => write!(f, "call-back  {over}"),
            _ => self.heard(f),
        }
    }

    /// What is heard of both sides.
    fn heard(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::MediaFlowing { side } => write!(f, "media      from {side:?}"),
            Fact::MediaSilent { side, for_ms } => {
                write!(f, "silent     {side:?} for {for_ms} ms")
            }
            Fact::MediaSummary(SideSummary {
                side,
                packets,
                lost,
                strangers,
                bad,
                mos_hundredths,
                ..
            }) => {
                write!(f, "heard      {side:?} {packets} packets, {lost} lost")?;
                if let Some(mos) = mos_hundredths {
                    write!(f, ", MOS {:.2}", f64::from(*mos) / 100.0)?;
                }
                if *strangers > 0 {
                    write!(f, ", {strangers} from strangers dropped")?;
                }
                if *bad > 0 {
                    write!(f, ", {bad} not authentic dropped")?;
                }
                Ok(())
            }
            Fact::Recording(step) => write!(f, "recording  {step}"),
            Fact::SoundChanged(line) => write!(f, "sound      {line}"),
            _ => self.since_the_answer(f),
        }
    }

    /// The end, and what is written up. The last of them, so that a kind which none of them
    /// says does not compile.
    #[expect(
        clippy::too_many_lines,
        reason = "the list of all others is what makes a kind that is not said a mistake"
    )]
    fn since_the_answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Ended { by, cause, talk_ms } => {
                let talk = *talk_ms as f64 / 1e3;
                write!(f, "ended      by {by:?}, {cause}, talked {talk:.3} s")
            }
            Fact::LookedUp { result, .. } => write!(f, "looked up  {result}"),
            Fact::PopAcknowledged { agent, .. } => write!(f, "popped     {agent}"),
            Fact::PopPainted { agent, after_ms } => {
                write!(f, "painted    {agent} in {after_ms} ms")
            }
            Fact::RingAudible { agent } => write!(f, "audible    {agent}"),
            Fact::Held(Hold { agent }) => write!(f, "held       by {agent}"),
            Fact::Resumed(HoldOver { agent, held_ms }) => {
                let held = *held_ms as f64 / 1e3;
                write!(f, "resumed    by {agent} after {held:.3} s")
            }
            Fact::Monitored(how) => write!(f, "monitored  {how}"),
            Fact::WrapUpOpened { agent, for_s } => write!(f, "wrap-up    {agent} for {for_s} s"),
            Fact::WrapUpExtended { agent, for_s } => {
                write!(f, "more time  {agent} for {for_s} s")
            }
            Fact::WrapUpExpired { agent } => write!(f, "unfinished {agent}"),
            Fact::DraftSaved { agent, version } => {
                write!(f, "draft      {agent} version {version}")
            }
            Fact::Confirmed {
                agent, case_ref, ..
            } => {
                write!(f, "confirmed  {agent} {case_ref}")
            }
            Fact::NoCase { agent, reason } => write!(f, "no case    {agent} {reason}"),
            Fact::RecordHandedOver(over) => {
                write!(f, "handed     record of {} to {}", over.from, over.to)
            }
            Fact::InvariantBroken(Breach { rule, seen }) => {
                write!(f, "broken     {rule}: {seen}")
            }
            // Said above.
            Fact::Booted { .. }
            | Fact::Gap(_)
            | Fact::WallStepped(_)
            | Fact::Reconfigured(_)
            | Fact::ConfigurationRefused(_)
            | Fact::Draining
            | Fact::Stopped
            | Fact::Presence { .. }
            | Fact::ScreenDead { .. }
            | Fact::ScreenRestored { .. }
            | Fact::RonaWarned(_)
            | Fact::QueueOpened(_)
            | Fact::QueueClosed(_)
            | Fact::TrunkUp(_)
            | Fact::TrunkDown(_)
            | Fact::Registered(_)
            | Fact::Unregistered(_)
            | Fact::PhoneRegistered(_)
            | Fact::PhoneGone(_)
            | Fact::Offered { .. }
            | Fact::Degraded
            | Fact::Invited { .. }
            | Fact::Alerting { .. }
            | Fact::Ring { .. }
            | Fact::Withdrawn { .. }
            | Fact::Unreached { .. }
            | Fact::DeviceOut(_)
            | Fact::LateSilence { .. }
            | Fact::Answered { .. }
            | Fact::LostRace { .. }
            | Fact::Refused { .. }
            | Fact::Abandoned { .. }
            | Fact::Rescued(_)
            | Fact::Queued { .. }
            | Fact::Announced(_)
            | Fact::OfferedAgain { .. }
            | Fact::Served(_)
            | Fact::LeftQueue { .. }
            | Fact::Overflowed(_)
            | Fact::Dialled(_)
            | Fact::Missed(_)
            | Fact::Connected(_)
            | Fact::Transfer(_)
            | Fact::PickedUp(_)
            | Fact::Reached(_)
            | Fact::CallBackAsked(_)
            | Fact::CallBackEnded(_)
            | Fact::MediaFlowing { .. }
            | Fact::MediaSilent { .. }
            | Fact::SoundChanged(_)
            | Fact::MediaSummary(_)
            | Fact::Recording(_)
            | Fact::Failed { .. } => Ok(()),
        }
    }
}

/// Which of several devices it was.
struct At<'a>(Option<&'a str>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |device| write!(f, " at {device}"))
    }
}

fn write_action(
    f: &mut fmt::Formatter<'_>,
    action: DeadlineAction,
    retry_after_s: Option<u32>,
    to: Option<&str>,
) -> fmt::Result {
    match (action, retry_after_s) {
        (DeadlineAction::AnnounceBusy, Some(s)) => write!(f, "refused    busy, retry after {s} s"),
        (DeadlineAction::AnnounceBusy, None) => write!(f, "refused    busy"),
        (DeadlineAction::Announce, _) => write!(f, "refused    announced"),
        _ => write!(f, "refused    redirected to {}", to.unwrap_or("?")),
    }
}
