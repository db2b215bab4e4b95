//! Whether there is anybody for the queues that ask for skills.

use super::{Finding, Verdict};
use crate::{
    config::{Config, Queue},
    database,
};
use kring_call::Skill;
use kring_store::AgentRow;

/// The queues that nobody can serve. A database that is not there, or cannot be opened, has nobody to ask.
pub(super) async fn unmet(config: &Config) -> Vec<Finding> {
    let asking = config
        .queues
        .iter()
        .filter(|queue| !queue.skills.is_empty());
    let asking: Vec<&Queue> = asking.collect();
    if asking.is_empty() {
        return Vec::new();
    }
    let Some(store) = database::look_into(config).await else {
        return Vec::new();
    };
    let agents = store.agents().await;
    store.close().await;
    let Ok(agents) = agents else {
        return Vec::new();
    };
    let lonely = asking
        .iter()
        .filter(|queue| !agents.iter().any(|row| serves(row, queue)));
    lonely.map(|queue| finding(queue)).collect()
}

fn finding(queue: &Queue) -> Finding {
    let skills: Vec<String> = queue.skills.iter().map(Skill::to_string).collect();
    let text = format!(
        "queue {:?} asks for {}, and nobody who serves it has that: its callers will be told that nobody \
         is there. Give it to somebody with `kringd user add LOGIN --replace --skill …`, or take the line \
         out of queue.skills.",
        queue.name,
        skills.join(", ")
    );
    Finding::new("skills", Verdict::Mend, text)
}

fn serves(row: &AgentRow, queue: &Queue) -> bool {
    let own: Vec<Skill> = row
        .skills
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let is_member = if queue.members.is_empty() {
        row.queues.is_empty() || row.queues.contains(&queue.name)
    } else {
        queue.members.iter().any(|member| member.agent == row.login)
    };
    !row.disabled && is_member && Skill::all_met(&queue.skills, &own)
}
