//! Where a password comes from: standard input, a person at a terminal, or chance.

use crate::exit::Fault;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::io::{self, IsTerminal, Read};

/// Longest, bytes.
const BYTES_MAX: usize = 256;

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

/// The password on standard input, up to its line end; of so many characters at least.
pub(crate) fn from_stdin(chars_min: usize) -> Result<Password, Fault> {
    let mut text = String::new();
    let most = BYTES_MAX as u64 + 2;
    let read = io::stdin().take(most).read_to_string(&mut text);
    if let Err(refused) = read {
        return Err(Fault::Arguments(format!(
            "cannot read the password from standard input: {refused}. Pipe one line of UTF-8."
        )));
    }
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    checked(text, chars_min).map(Password::Given)
}

/// Asks twice at a terminal; an empty answer, or no terminal, makes one.
pub(crate) fn asked_or_made(chars_min: usize) -> Result<Password, Fault> {
    if !io::stdin().is_terminal() {
        return Ok(Password::Made(made()));
    }
    let first = ask("Password (empty: kring makes one): ")?;
    if first.is_empty() {
        return Ok(Password::Made(made()));
    }
    let first = checked(first, chars_min)?;
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
    kring_web::session::one_time_password()
}

fn checked(secret: String, chars_min: usize) -> Result<String, Fault> {
    if secret.chars().count() < chars_min || secret.len() > BYTES_MAX {
        return Err(Fault::Arguments(format!(
            "a password has {chars_min} characters or more, and at most {BYTES_MAX} bytes. \
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
        assert_eq!(one.len(), 16);
        assert!(checked(one, 12).is_ok());
    }

    #[test]
    fn length_is_counted_in_characters_so_thai_passwords_are_no_longer_than_they_look() {
        assert!(checked("สวัสดี".to_owned(), 8).is_err(), "six characters");
        assert!(checked("สวัสดีครับ".to_owned(), 8).is_ok());
        assert!(checked("ก".repeat(200), 8).is_err(), "600 bytes");
    }
}
