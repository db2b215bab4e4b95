//! How a call to a queue would be led, before the queue is so: who rings at which burst, by the exchange's own rules.

use crate::{
    app::App,
    configured::{Keys, PreviewWanted, QueuePreview},
    configuring::mistaken,
    json::Json,
    problem::{Code, Problem},
    reload::ConfigurationWish,
    session::{Identity, Right},
};
use axum::extract::State;
use kring_store::ConfiguredKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The route of previews.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview))
}

/// The keys of a `[[queue]]` in the file, and how many of its agents are free.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"name": "support", "plan": ["longest_idle:2", "all:1"], "free": 4}))]
pub(crate) struct PreviewFields {
    /// So many are free, of those who are idle longest; absent: as it is now.
    #[serde(default)]
    free: Option<usize>,
    /// Such as `plan` and `members`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    keys: Keys,
}

/// The preview, and in words what is done at the deadline.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewOnWire {
    #[serde(flatten)]
    preview: QueuePreview,
    told_th: String,
    told_en: String,
}

/// Who would ring at which burst of a call to such a queue. Nothing is changed.
#[utoipa::path(post, path = "/queues/preview", tag = "directory", operation_id = "preview_queue",
    request_body = PreviewFields,
    responses((status = 200, body = PreviewOnWire), (status = 403), (status = 422)))]
pub(crate) async fn preview(
    State(app): State<App>,
    who: Identity,
    Json(fields): Json<PreviewFields>,
) -> Result<axum::Json<PreviewOnWire>, Problem> {
    who.must(Right::Administer)?;
    let wanted = PreviewWanted {
        keys: fields.keys,
        free: fields.free,
    };
    let wish = |reply| ConfigurationWish::Preview(wanted, reply);
    let preview = match app.config.reloads.ask(wish).await {
        Some(Ok(preview)) => named(&app, preview).await?,
        Some(Err(mistakes)) => return Err(mistaken(ConfiguredKind::Queue, mistakes)),
        None => return Err(Problem::new(Code::Busy).retry_after(1)),
    };
    Ok(axum::Json(PreviewOnWire {
        told_th: told_in_thai(&preview),
        told_en: told_in_english(&preview),
        preview,
    }))
}

/// With the names that people have.
async fn named(app: &App, mut preview: QueuePreview) -> Result<QueuePreview, Problem> {
    let agents = app.store.agents().await?;
    for row in &mut preview.agents {
        let known = agents
            .iter()
            .find(|agent| agent.login.as_str() == row.login);
        row.name = known.map_or_else(|| row.login.clone(), |agent| agent.name.clone());
    }
    Ok(preview)
}

fn seconds(ms: u64) -> String {
    let text = format!("{:.2}", ms as f64 / 1e3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn told_in_thai(preview: &QueuePreview) -> String {
    let action = match preview.deadline_action.as_str() {
        "answer_greet_queue" => "ระบบรับสาย กล่าวทักทาย และให้รอในคิว",
        "announce" => "ระบบรับสาย แจ้งว่าไม่มีเจ้าหน้าที่ว่าง แล้ววางสาย",
        "redirect" => "ระบบส่งสายต่อไปยังปลายทางที่กำหนด",
        "overflow" => "ระบบรับสายแล้วโอนไปยังปลายทางสำรอง",
        "offer_callback" => "ระบบรับสายและเสนอให้โทรกลับ",
        _ => "ระบบแจ้งสายไม่ว่าง",
    };
    let (limit, cancel) = (preview.limit, seconds(preview.cancel_ms));
    format!("เครื่องโทรศัพท์หยุดดังที่ {cancel} วินาที ก่อนครบ {limit} ครั้ง จากนั้น{action}")
}

fn told_in_english(preview: &QueuePreview) -> String {
    let action = match preview.deadline_action.as_str() {
        "answer_greet_queue" => "kring answers, greets, and the caller waits in the queue",
        "announce" => "kring answers, says that nobody is free, and hangs up",
        "redirect" => "the caller is redirected",
        "overflow" => "kring answers and takes the caller elsewhere",
        "offer_callback" => "kring answers and offers to call back",
        _ => "the caller is told that everybody is busy",
    };
    let (limit, cancel) = (preview.limit, seconds(preview.cancel_ms));
    format!("The phones are silent from {cancel} s on, before ring {limit} is over; then {action}.")
}
