//! Who sits where, who is free, and in which order.

use super::*;

fn roster(queues: &[QueueConfig], logins: &[&str]) -> Roster {
    let mut roster = Roster::new(queues);
    for (n, login) in logins.iter().enumerate() {
        let id = AgentId::new(login);
        let profile = AgentProfile {
            id: id.clone(),
            devices: vec![crate::tests::device(login)],
            auto_answer: false,
            queues: vec!["support".to_owned()],
            skills: Vec::new(),
            record: false,
        };
        assert!(roster.put(profile));
        roster.change(&id, |agent| agent.doing = Doing::Ready);
        roster.idle_from(Moment::from_millis(n as u64), &id);
    }
    roster
}

fn free(roster: &Roster, queue: usize, strategy: Strategy) -> Vec<String> {
    let (chosen, _) = roster.candidates(queue, strategy, 9, |_| true);
    chosen.iter().map(AgentId::to_string).collect()
}

#[test]
fn the_longest_idle_comes_first() {
    let mut roster = roster(&[crate::tests::queue("support", &[])], &["a", "b", "c"]);
    roster.idle_from(Moment::from_millis(9), &AgentId::new("a"));
    assert_eq!(free(&roster, 0, Strategy::LongestIdle), ["b", "c", "a"]);
}

#[test]
fn who_signs_in_again_has_answered_nothing() {
    let mut roster = roster(&[crate::tests::queue("support", &[])], &["a", "b"]);
    let a = AgentId::new("a");
    roster.has_answered(&a);
    assert_eq!(free(&roster, 0, Strategy::LeastCalls), ["b", "a"]);
    roster.change(&a, |agent| agent.doing = Doing::Offline);
    roster.change(&a, |agent| agent.doing = Doing::Ready);
    assert_eq!(free(&roster, 0, Strategy::LeastCalls), ["a", "b"]);
}

#[test]
fn a_queue_with_a_list_has_its_own_members_in_its_order() {
    let law = crate::tests::queue("law", &[("c", 1), ("a", 1), ("b", 2)]);
    let roster = roster(
        &[crate::tests::queue("support", &[]), law],
        &["a", "b", "c", "d"],
    );
    assert_eq!(free(&roster, 1, Strategy::Linear), ["c", "a", "b"]);
    assert_eq!(free(&roster, 1, Strategy::LongestIdle), ["a", "c", "b"]);
    assert_eq!(free(&roster, 0, Strategy::Linear), ["a", "b", "c", "d"]);
}

#[test]
fn only_who_has_the_skills_serves_the_queue() {
    let mut tax = crate::tests::queue("support", &[]);
    tax.skills = vec!["tax:3".parse().unwrap()];
    let mut roster = roster(&[tax], &["a", "b"]);
    assert!(!roster.is_staffed(0));
    let mut profile = roster.get(&AgentId::new("b")).unwrap().profile.clone();
    profile.skills = vec!["tax:4".parse().unwrap()];
    assert!(roster.put(profile));
    assert_eq!(free(&roster, 0, Strategy::All), ["b"]);
}

#[test]
fn a_queue_is_staffed_while_a_member_is_signed_in() {
    let mut roster = roster(&[crate::tests::queue("law", &[("a", 1)])], &["a", "b"]);
    assert!(roster.is_staffed(0));
    let reason = "lunch".to_owned();
    let a = AgentId::new("a");
    roster.change(&a, |agent| agent.doing = Doing::Paused { reason });
    assert!(roster.is_staffed(0) && free(&roster, 0, Strategy::All).is_empty());
    roster.change(&a, |agent| agent.doing = Doing::Offline);
    assert!(!roster.is_staffed(0));
}

#[test]
fn an_agent_whose_phone_is_not_silent_yet_is_not_free() {
    let mut roster = roster(&[crate::tests::queue("support", &[])], &["a"]);
    let a = AgentId::new("a");
    roster.change(&a, |agent| agent.phone_leg = Some(LegId(7)));
    assert!(!roster.anybody_free());
    roster.change(&a, |agent| agent.phone_leg = None);
    assert!(roster.anybody_free());
}
