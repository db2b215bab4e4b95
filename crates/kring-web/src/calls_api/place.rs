//! An agent calls somebody: the agent's phone rings first, and then the number is dialled.

use crate::{
    app::App,
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{extract::State, http::StatusCode};
use kring_call::command::{Command, Done};
use kring_store::CaseId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest number that is looked at, characters: E.164 with separators and an exchange's prefixes.
const NUMBER_CHARS_MAX: usize = 40;

/// Whom to call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whom {
    /// In any spelling: `081-234-5678`, `+66812345678`, `๐๘๑…`.
    number: String,
    /// About which case.
    #[serde(default)]
    case_id: Option<String>,
}

/// The call that was placed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Placed {
    /// Its id, as in `GET /calls/{id}`.
    id: String,
}

/// Calls a person: the agent's phone rings first. 422 `number_not_allowed` when the dial policy has no
/// such number, 409 `agent_busy` when the agent is not free.
#[utoipa::path(post, path = "/calls", tag = "calls", request_body = Whom,
    responses((status = 201, body = Placed), (status = 409), (status = 422)))]
pub(crate) async fn place(
    State(app): State<App>,
    who: Identity,
    Json(whom): Json<Whom>,
) -> Result<(StatusCode, axum::Json<Placed>), Problem> {
    who.must(Right::ActOnCalls)?;
    let agent = who.agent()?.login.clone();
    let number = dialled(&whom.number)?;
    let case_id = match whom.case_id {
        None => None,
        Some(text) => {
            let id: CaseId = text.parse().map_err(|_| Problem::new(Code::NoSuchCase))?;
            if app.store.case(id).await?.is_none() {
                return Err(Problem::new(Code::NoSuchCase));
            }
            Some(id.to_string())
        }
    };
    let command = Command::Call {
        agent,
        number,
        case_id,
    };
    match app.desk.ask(command).await? {
        Done::Placed(id) => {
            let id = id.to_string();
            Ok((StatusCode::CREATED, axum::Json(Placed { id })))
        }
        _ => Err(Problem::new(Code::Internal)),
    }
}

/// The digits of a number as people write it; Thai digits are digits, too.
pub(super) fn dialled(written: &str) -> Result<String, Problem> {
    let refused = || Problem::field("number", "write a telephone number");
    if written.chars().count() > NUMBER_CHARS_MAX {
        return Err(refused());
    }
    let mut number = String::new();
    for sign in written.trim().chars() {
        match sign {
            '0'..='9' | '*' | '#' => number.push(sign),
            '๐'..='๙' => {
                let digit = u32::from(sign) - u32::from('๐');
                number.extend(char::from_digit(digit, 10));
            }
            '+' if number.is_empty() => number.push('+'),
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' => {}
            _ => return Err(refused()),
        }
    }
    if number.chars().any(|sign| sign.is_ascii_digit()) {
        Ok(number)
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for written in [
            "081-234-5678",
            " 0812345678 ",
            "๐๘๑ ๒๓๔ ๕๖๗๘",
            "(081) 234.5678",
        ] {
            assert_eq!(dialled(written).unwrap(), "0812345678", "{written}");
        }
        assert_eq!(dialled("+66 81 234 5678").unwrap(), "+66812345678");
        for written in ["", "+", "malee", "081x", "0812345678;x", &"1".repeat(41)] {
            assert!(dialled(written).is_err(), "{written}");
        }
    }
}
