//! One contract for both databases: what holds on SQLite holds on PostgreSQL, by the same tests.
//!
//! On SQLite each contract is a test of its own. On PostgreSQL one test starts a server, keeps every
//! contract in a fresh database of it, and names those that broke.

mod accounts;
mod backups;
mod call_backs;
mod case_life;
mod case_rights;
mod configured;
mod contact_files;
mod contacts;
mod customers;
mod departments;
mod directory;
mod full_house;
mod history;
mod journal;
mod knowledge;
mod knowledge_crowd;
mod knowledge_table;
mod knowledge_use;
mod phones;
mod postgres;
mod privacy;
mod recordings;
mod records;
mod reports;
mod restart;
mod same_person;
mod tamper;
mod traces;
mod world;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use world::World;

macro_rules! contracts {
    ($($file:ident: $($name:ident),+;)+) => {
        mod sqlite {
            $($(
                #[tokio::test]
                async fn $name() {
                    crate::$file::$name(crate::World::sqlite().await).await;
                }
            )+)+
        }

        mod postgres_server {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn keeps_every_contract() {
                let server = crate::postgres::Server::start();
                let mut broken = Vec::new();
                $($(
                    let world = crate::fresh_postgres(&server, stringify!($name)).await;
                    if tokio::spawn(crate::$file::$name(world)).await.is_err() {
                        broken.push(concat!(stringify!($file), "::", stringify!($name)));
                    }
                )+)+
                assert!(broken.is_empty(), "on PostgreSQL these broke: {broken:#?}");
            }
        }
    };
}

contracts! {
    backups: every_table_has_its_place_in_a_backup,
        a_backup_comes_back_row_for_row,
        a_backup_moves_to_the_other_database_and_back,
        a_restored_house_goes_on_working,
        a_backup_is_not_mixed_with_another_house,
        a_backup_that_was_cut_leaves_nothing;
    configured: a_row_is_changed_by_one_at_a_time;
    recordings: a_recording_has_one_end_and_stays_erased,
        recordings_go_by_age_and_with_their_callers;
    privacy: an_erased_person_is_nowhere_any_more,
        a_number_of_two_persons_stays_the_others,
        whoever_is_nobodys_contact_is_erased_by_number,
        nobody_is_erased_within_a_call,
        an_old_backup_is_erased_again,
        a_request_has_a_clock_and_one_end,
        a_restricted_person_is_marked_until_it_is_lifted,
        a_restricted_person_is_known_by_name_only,
        everybody_is_told_of_the_newest_notice_once,
        a_person_gets_all_that_is_known_of_them,
        who_read_of_a_person_is_listed,
        age_takes_what_the_rules_say,
        an_open_case_keeps_its_person;
    journal: facts_are_read_back_as_they_were_written,
        a_group_of_any_size_is_kept,
        facts_must_come_in_order,
        a_group_appended_again_is_not_doubled,
        a_failed_append_leaves_nothing_and_can_be_repeated,
        the_last_facts_are_read_in_order,
        readers_and_writers_do_not_meet,
        erasing_a_caller_leaves_the_journal_whole;
    tamper: nobody_can_change_the_journal,
        a_changed_fact_is_found,
        a_fact_moved_to_another_time_is_found,
        a_removed_fact_is_found,
        an_inserted_fact_is_found,
        a_removed_segment_is_found,
        a_rewritten_segment_is_found,
        the_segments_of_a_call_can_be_computed_by_anybody,
        tampering_with_any_fact_of_a_call_is_found_by_its_seal,
        a_fact_taken_out_between_is_found,
        a_fact_put_to_a_call_is_found,
        a_call_whose_chain_was_cut_is_found;
    records: a_draft_grows_by_version,
        a_stale_draft_is_not_written,
        a_draft_saved_twice_is_saved_once,
        only_the_calls_agent_may_write,
        a_new_caller_becomes_a_contact,
        a_known_caller_is_put_right,
        an_anonymous_tip_names_nobody,
        a_refused_record_leaves_the_facts_and_takes_no_number,
        a_record_is_made_once,
        a_call_can_be_closed_without_a_case,
        the_unfinished_list_holds_what_is_owed,
        references_count_by_thai_year;
    restart: an_orderly_stop_is_clean,
        an_unclean_boot_is_closed_by_the_next,
        a_call_of_another_node_stays_open,
        presence_survives;
    phones: a_phone_is_stored_changed_and_removed,
        bindings_are_kept_until_they_end,
        a_node_takes_up_its_own_bindings;
    case_life: a_case_goes_where_it_may_and_each_step_is_told,
        a_closed_case_is_reopened_in_time_and_with_a_reason,
        the_clock_follows_holidays_and_the_units_hours,
        a_reference_is_found_however_it_is_written,
        follow_ups_are_planned_and_done,
        a_video_session_is_booked_once,
        an_attachment_is_what_it_holds_and_is_never_half_there;
    case_rights: a_tip_is_read_by_its_officers_and_each_reading_is_noted,
        what_may_not_be_read_is_not_found_by_what_it_says,
        an_officer_of_a_unit_has_the_units_cases,
        a_record_is_handed_over_once_and_audited;
    call_backs: call_backs_are_kept_until_they_are_done,
        a_node_takes_up_its_own_call_backs;
    traces: a_trace_comes_back_byte_for_byte,
        a_trace_kept_again_replaces_the_one_before,
        old_traces_are_erased_and_the_journal_stays_whole;
    history: the_row_is_the_fold_of_its_facts,
        pages_are_newest_first_and_whole,
        every_filter_filters,
        a_cursor_is_text;
    reports: what_is_counted_is_what_a_loop_counts,
        a_late_record_is_counted_on_the_day_of_its_call,
        a_list_finds_the_calls_of_every_sum,
        every_new_filter_says_the_same_in_memory,
        transfers_and_offers_that_rang_out_are_counted,
        cases_and_callers_are_counted,
        calls_are_found_by_a_name,
        calls_of_kring_to_itself_are_in_no_report,
        what_was_before_is_folded_once;
    customers: a_number_without_a_contact_has_no_card,
        one_person_has_a_card_with_history,
        two_persons_on_one_number_are_candidates,
        short_numbers_are_nobodys,
        restricted_matters_are_not_told,
        a_contact_is_changed_by_version,
        a_card_tells_what_the_caller_still_waits_for,
        callers_are_known_by_their_marks_and_open_cases,
        thai_text_is_kept_as_it_is;
    contacts: names_are_found_in_any_spelling,
        people_are_found_by_any_part_of_their_name,
        people_are_listed_in_thai_order_page_by_page,
        people_who_were_there_before_are_made_findable;
    same_person: merging_moves_numbers_and_cases,
        a_merge_is_taken_back_with_all_that_it_moved,
        merges_upon_merges_are_taken_back_in_any_order,
        a_number_is_taken_from_a_person_and_given_back,
        persons_who_may_be_one_are_told;
    contact_files: people_are_imported_once,
        people_who_sign_in_are_imported_all_or_nothing;
    departments: a_fresh_database_holds_the_manuals_departments,
        a_department_is_stored_with_its_endpoints,
        what_no_department_can_be_is_refused,
        a_department_with_cases_stays,
        every_change_of_the_directory_is_audited,
        a_department_is_reached_by_what_is_active_now,
        a_department_is_closed_outside_of_its_hours,
        an_extension_tells_whose_it_is,
        holidays_close_every_unit_that_has_hours,
        a_change_is_seen_at_once_everywhere,
        the_directory_is_at_hand_while_the_database_is_away,
        a_file_is_imported_by_short_names,
        a_file_with_a_mistake_changes_nothing;
    accounts: there_is_one_first_account,
        a_phone_is_changed_with_its_line_in_the_audit,
        the_audit_only_grows,
        an_account_is_changed_with_its_line_in_the_audit,
        the_last_administrator_stays,
        sessions_are_listed_used_and_ended,
        a_change_of_role_or_password_signs_out,
        where_people_sign_in_is_remembered,
        a_brake_survives_a_restart,
        the_audit_is_asked_by_who_what_and_when,
        a_token_ends_in_time_and_says_when_it_was_used;
    knowledge: a_fresh_database_answers_from_the_manual,
        every_question_of_the_table_is_answered,
        a_source_is_changed_by_version,
        what_no_source_can_be_is_refused,
        what_holds_comes_before_what_does_not,
        a_change_is_found_at_once_by_every_process,
        the_table_is_answered_in_a_crowd;
    knowledge_use: what_nobody_found_is_counted_once_for_each_question,
        other_words_are_kept_and_used,
        a_case_names_what_answered_it,
        sources_go_out_as_a_file_and_come_back,
        a_document_keeps_what_was_read_last;
    directory: an_agent_is_stored,
        a_session_ends_in_time,
        a_token_is_known_by_its_hash,
        cases_are_listed_and_changed_by_version;
}

async fn fresh_postgres(server: &postgres::Server, name: &str) -> World {
    // PostgreSQL's names have at most 63 bytes.
    let name: String = name.chars().take(60).collect();
    let mut raw = PgConnection::connect(&server.url("postgres"))
        .await
        .expect("the server answers");
    let sql = format!("CREATE DATABASE {name}");
    raw.execute(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await
        .expect("a fresh database");
    raw.close().await.expect("the connection closes");
    World::open(server.url(&name), None).await
}
