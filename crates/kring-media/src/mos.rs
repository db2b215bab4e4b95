//! What a line is worth to those who talk over it: the E-model of ITU-T G.107 with the planning values of G.113.
//!
//! Everything that kring cannot see (noise, echo, the handsets) has the default value of G.107; what it sees is
//! loss, delay and the codec. The rating R of a perfect line is then 93.2.

use std::time::Duration;

/// A mean opinion score, estimated (MOS-CQE): 1.00 to 4.50, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mos(u16);

/// How people find a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SoundClass {
    /// Nearly all or many are dissatisfied: R below 70, MOS below 3.60 (G.107 Annex B, G.109).
    Poor,
    /// Some are dissatisfied: R from 70 on.
    Fair,
    /// They are satisfied: R from 80 on, MOS 4.02.
    Good,
}

/// How a codec bears loss (G.113 Appendix I).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Robustness {
    /// Ie: the impairment by the codec itself.
    pub impairment: f64,
    /// Bpl: how much loss it bears.
    pub loss_robustness: f64,
}

/// One way of a line, as far as the E-model needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// How its codec bears loss.
    pub codec: Robustness,
    /// Lost packets, 0 to 1.
    pub loss: f64,
    /// From mouth to ear.
    pub delay: Duration,
}

/// R without delay, loss and codec: Ro 94.77 less the simultaneous impairments Is 1.41, all at the defaults of
/// G.107 Table 3.
const WITHOUT_IMPAIRMENT: f64 = 94.768_8 - 1.413_6;

/// Ro, and with SLR and RLR at their defaults Roe as well.
const SIGNAL_TO_NOISE: f64 = 94.768_8;

/// TELR, the loss of the talker's echo, dB.
const TALKER_ECHO_LOSS: f64 = 65.0;

/// WEPL, the loss around the path of the listener's echo, dB.
const ECHO_PATH_LOSS: f64 = 110.0;

impl Robustness {
    /// G.711 at a telephone that conceals loss (G.711 Appendix I), as all that are sold now do.
    pub const G711: Robustness = Robustness::new(0.0, 25.1);
    /// G.729 with silence suppression.
    pub const G729: Robustness = Robustness::new(11.0, 19.0);
    /// GSM full rate.
    pub const GSM: Robustness = Robustness::new(20.0, 43.0);
    /// iLBC.
    pub const ILBC: Robustness = Robustness::new(11.0, 32.0);
    /// G.723.1 at 6.3 kbit/s.
    pub const G723: Robustness = Robustness::new(15.0, 16.1);

    const fn new(impairment: f64, loss_robustness: f64) -> Robustness {
        Robustness {
            impairment,
            loss_robustness,
        }
    }

    /// Of a codec by its name in SDP, any case. Wide-band ones and unknown ones count as G.711: on the scale of
    /// telephone sound they are no worse, and G.113 has no narrow-band value for them.
    pub fn of_name(name: &str) -> Robustness {
        let known = [
            ("G729", Robustness::G729),
            ("GSM", Robustness::GSM),
            ("ILBC", Robustness::ILBC),
            ("G723", Robustness::G723),
        ];
        let mut known = known.into_iter();
        known
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or(Robustness::G711, |(_, robustness)| robustness)
    }

    /// Of a static payload number (RFC 3551 §6); the dynamic ones count as G.711.
    pub const fn of_number(payload_type: u8) -> Robustness {
        match payload_type {
            3 => Robustness::GSM,
            4 => Robustness::G723,
            18 => Robustness::G729,
            _ => Robustness::G711,
        }
    }
}

impl Path {
    /// The transmission rating R (G.107 §7.1), not below 0.
    pub fn rating(&self) -> f64 {
        (WITHOUT_IMPAIRMENT - self.of_delay() - self.of_codec_and_loss()).max(0.0)
    }

    /// What that is as a mean opinion score.
    pub fn mos(&self) -> Mos {
        Mos::of_rating(self.rating())
    }

    /// Ie,eff, loss at random (G.107 §7.5).
    fn of_codec_and_loss(&self) -> f64 {
        let Robustness {
            impairment,
            loss_robustness,
        } = self.codec;
        let loss = 100.0 * self.loss.clamp(0.0, 1.0);
        impairment + (95.0 - impairment) * loss / (loss + loss_robustness)
    }

    /// Id: the talker's echo, the listener's echo, and the delay by itself (G.107 §7.4).
    fn of_delay(&self) -> f64 {
        let one_way = self.delay.as_secs_f64() * 1e3;
        let heard_back = TALKER_ECHO_LOSS
            - 40.0 * ((1.0 + one_way / 10.0) / (1.0 + one_way / 150.0)).log10()
            + 6.0 * (-0.3 * one_way * one_way).exp();
        let talkers = 80.0 + 2.5 * (heard_back - 14.0);
        let half = (SIGNAL_TO_NOISE - talkers) / 2.0;
        let of_talker = (half + half.hypot(10.0) - 1.0) * (1.0 - (-one_way).exp());
        let listeners = 10.5 * (ECHO_PATH_LOSS + 7.0) * (2.0 * one_way + 1.0).powf(-0.25);
        let half = (SIGNAL_TO_NOISE - listeners) / 2.0;
        let of_listener = half + half.hypot(13.0);
        of_talker + of_listener + of_waiting(one_way)
    }
}

/// Idd: that it takes so long by itself; nothing up to 100 ms.
fn of_waiting(one_way: f64) -> f64 {
    if one_way <= 100.0 {
        return 0.0;
    }
    let x = (one_way / 100.0).log2();
    let sixth = |x: f64| (1.0 + x.powi(6)).powf(1.0 / 6.0);
    25.0 * (sixth(x) - 3.0 * sixth(x / 3.0) + 2.0)
}

impl Mos {
    /// The score of a rating R (G.107 Annex B).
    pub fn of_rating(rating: f64) -> Mos {
        let r = rating.clamp(0.0, 100.0);
        let score = 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6;
        // Below R 6.5 the polynomial falls under its own least value.
        Mos((score.max(1.0) * 100.0).round() as u16)
    }

    /// In hundredths, 100 to 450.
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// How people find it.
    pub const fn class(self) -> SoundClass {
        match self.0 {
            402.. => SoundClass::Good,
            360.. => SoundClass::Fair,
            _ => SoundClass::Poor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(loss: f64, delay_ms: u64) -> Path {
        Path {
            codec: Robustness::G711,
            loss,
            delay: Duration::from_millis(delay_ms),
        }
    }

    fn near(found: f64, expected: f64, by: f64) {
        assert!((found - expected).abs() <= by, "{found}, not {expected}");
    }

    /// G.107 (06/2015) Table 3: all defaults give R = 93.2, and Annex B makes that a MOS of 4.41.
    #[test]
    fn a_perfect_line_is_worth_what_g_107_says() {
        near(path(0.0, 0).rating(), 93.2, 0.05);
        assert_eq!(path(0.0, 0).mos(), Mos(441));
    }

    /// The scores at the limits of the categories of G.107 Annex B, as its formula gives them (the table has 4.03 at 80).
    #[test]
    fn the_limits_of_satisfaction_are_those_of_annex_b() {
        let table = [(90, 434), (80, 402), (70, 360), (60, 310)];
        for (rating, mos) in table {
            assert_eq!(Mos::of_rating(f64::from(rating)), Mos(mos), "R {rating}");
        }
        assert_eq!(Mos::of_rating(0.0), Mos(100));
        assert_eq!(Mos::of_rating(2.0), Mos(100), "never below one");
        assert_eq!(Mos::of_rating(100.0), Mos(450));
    }

    /// Ie,eff of G.711 with concealment: 95 p / (p + 25.1).
    #[test]
    fn loss_costs_what_g_113_says() {
        let without = path(0.0, 0).rating();
        for (percent, cost) in [(1.0, 3.64), (2.0, 7.01), (4.0, 13.06), (10.0, 27.07)] {
            near(without - path(percent / 100.0, 0).rating(), cost, 0.01);
        }
        let g729 = Path {
            codec: Robustness::of_name("g729"),
            ..path(0.0, 0)
        };
        near(without - g729.rating(), 11.0, 1e-9);
        assert_eq!(Robustness::of_number(18), Robustness::of_name("G729"));
    }

    /// G.107's own curve: hardly anything below 150 ms, and much at 400.
    #[test]
    fn delay_costs_little_till_it_costs_much() {
        let cost = |ms| path(0.0, 0).rating() - path(0.0, ms).rating();
        near(cost(50), 1.45, 0.01);
        near(cost(150), 3.67, 0.02);
        near(cost(400), 30.96, 0.02);
        assert!((1..60).all(|n| cost(10 * n) >= cost(10 * (n - 1))));
    }

    #[test]
    fn classes_follow_the_score() {
        assert_eq!(path(0.04, 0).mos().class(), SoundClass::Good);
        assert_eq!(path(0.06, 0).mos().class(), SoundClass::Fair);
        assert_eq!(path(0.12, 0).mos().class(), SoundClass::Poor);
        assert!(SoundClass::Poor < SoundClass::Fair && SoundClass::Fair < SoundClass::Good);
    }
}
