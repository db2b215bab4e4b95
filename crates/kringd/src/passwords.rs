//! Where a password comes from: standard input, a person at a terminal, or chance.

use crate::exit::Fault;
use rand::Rng;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::io::{self, IsTerminal, Read};

/// Shortest and longest, characters and bytes.
const CHARACTERS_MIN: usize = 8;
const BYTES_MAX: usize = 256;

/// Letters and digits that nobody confuses, for passwords that are read from a screen.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Letters of a password made by chance: 31^16 are 79 bits.
const LETTERS_MADE: usize = 16;

/// A password, and whether the person must be told it.
pub(crate) enum Password {
    /// Given by whoever runs the command.
    Given(String),
    /// Made here: to be printed once.
    Made(String),
}

impl Password {
    /// The secret itself.
    pub(crate) fn secret(&self) -> &str {
        match self {
            Password::Given(secret) | Password::Made(secret) => secret,
        }
    }
}

/// The password on standard input, up to its line end.
pub(crate) fn from_stdin() -> Result<Password, Fault> {
    let mut text = String::new();
    let most = BYTES_MAX as u64 + 2;
    let read = io::stdin().take(most).read_to_string(&mut text);
    if let Err(refused) = read {
        return Err(Fault::Arguments(format!(
            "cannot read the password from standard input: {refused}. Pipe one line of UTF-8."
        )));
    }
    checked(text.trim_end_matches(['\r', '\n']).to_owned()).map(Password::Given)
}

/// Asks twice at a terminal; an empty answer, or no terminal, makes one.
pub(crate) fn asked_or_made() -> Result<Password, Fault> {
    if !io::stdin().is_terminal() {
        return Ok(Password::Made(made()));
    }
    let first = ask("Password (empty: kring makes one): ")?;
    if first.is_empty() {
        return Ok(Password::Made(made()));
    }
    let first = checked(first)?;
    if ask("The same again: ")? != first {
        let what = "the two passwords differ: nothing was changed. Try again.";
        return Err(Fault::Arguments(what.to_owned()));
    }
    Ok(Password::Given(first))
}

/// Asks for a line that is not shown while it is typed.
fn ask(prompt: &str) -> Result<String, Fault> {
    let told = |refused: io::Error| {
        let what = format!("cannot ask for the password: {refused}. Use --password-stdin.");
        Fault::Arguments(what)
    };
    let terminal = io::stdin();
    let shown = tcgetattr(&terminal).map_err(|refused| told(refused.into()))?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    hidden.local_modes.insert(LocalModes::ECHONL);
    eprint!("{prompt}");
    let set = |modes| tcsetattr(&terminal, OptionalActions::Flush, modes);
    set(&hidden).map_err(|refused| told(refused.into()))?;
    let mut line = String::new();
    let read = terminal.read_line(&mut line);
    set(&shown).map_err(|refused| told(refused.into()))?;
    read.map_err(told)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A password by chance.
pub(crate) fn made() -> String {
    let mut chance = rand::rng();
    let letter = |_| char::from(LETTERS[chance.random_range(0..LETTERS.len())]);
    (0..LETTERS_MADE).map(letter).collect()
}

fn checked(secret: String) -> Result<String, Fault> {
    if secret.chars().count() < CHARACTERS_MIN || secret.len() > BYTES_MAX {
        return Err(Fault::Arguments(format!(
            "a password has {CHARACTERS_MIN} characters or more, and at most {BYTES_MAX} bytes. \
             Choose another."
        )));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_passes_our_own_rule_and_differs_from_the_next() {
        let (one, other) = (made(), made());
        assert_ne!(one, other);
        assert_eq!(one.len(), LETTERS_MADE);
        assert!(checked(one).is_ok());
    }

    #[test]
    fn length_is_counted_in_characters_so_thai_passwords_are_no_longer_than_they_look() {
        assert!(checked("สวัสดี".to_owned()).is_err(), "six characters");
        assert!(checked("สวัสดีครับ".to_owned()).is_ok());
        assert!(checked("ก".repeat(200)).is_err(), "600 bytes");
    }
}
