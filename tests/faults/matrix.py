"""The faults the engine must survive: what goes wrong, what must hold afterwards, and which tests show it.

Printed in docs/reliability.md with what the tests saw. A test is named by its file, or by file and name.
"""

from collections.abc import Mapping

# fmt: off
FAULTS: Mapping[str, tuple[str, str]] = {
    # a process or the machine dies
    "F01": ("killed at each named step of a sweep, a delivery, an import, a rotation, a restore", "it goes on where it was, nothing twice"),
    "F02": ("killed at each system call that writes", "the database is whole; what was answered is there, once"),
    "F03": ("the disk answers with an error at each system call, once or from then on", "as F02, and it is told"),
    "F04": ("killed at random instants under a mixed load", "what was acknowledged is in the history, once"),
    "F05": ("several sweepers at once; one asleep past its time, then awake", "each rung is taken once; the late one commits nothing"),
    "F06": ("a sweeper hangs", "another takes over, and the health page is red"),
    "F07": ("nobody sweeps for days", "a watcher says so; then all is done once, oldest first, as digests, marked late"),
    "F08": ("Prefect starts a run twice, loses one, leaves one for dead, or is stopped", "the same acts, once"),
    "F09": ("another program holds SQLite's lock", "waited for, then refused as a whole"),
    "F10": ("the disk is full", "refused as a whole, read still; no repair afterwards"),
    "F11": ("the server restarts in the middle", "asked once more under the same key, done once"),
    "F12": ("the commit is done, its answer lost", "asked once more under the same key, the first answer"),
    "F13": ("the network between us and the database, or the mail server, is gone", "a bounded wait, told, nothing left open"),
    "F14": ("a transaction commits late", "the next round finds it"),
    "F15": ("two acts wait for each other", "both are done after a bounded number of tries"),
    "F16": ("two people change one case", "the second is told, both attempts stand in the history"),
    "F17": ("a command comes again under its key", "one event; another body or person is refused"),
    "F18": ("no memory, no file handles, a slow disk", "told; nothing half done"),
    "F19": ("hours of ten times the load, with faults at random", "all of it holds; memory, handles and log stay flat"),
    # mail
    "F20": ("the mail server is silent at some stage", "a limit for each stage; nobody else waits"),
    "F21": ("it drops the link at some stage", "tried again as the same mail; never lost"),
    "F22": ("it says later, for long", "tried again with growing waits, then dead with an incident"),
    "F23": ("it says never, to all or to some", "not tried again; an incident"),
    "F24": ("it delivers twice, or sends the mail back later", "harmless; an incident for what came back"),
    "F25": ("no encryption, or a certificate that is wrong", "nothing is sent in clear"),
    "F26": ("line ends and quotes in names, subjects and addresses", "one mail, to whom it was meant"),
    "F27": ("ten thousand notices at once", "digests at a bounded rate; none lost"),
    # time
    "F30": ("the clock jumps, forward or back", "nothing fires early; time in a history never goes back"),
    "F31": ("a country changes its zone", "the day that is due stays, the instant follows"),
    "F32": ("old time zone data", "it does not start, and says why"),
    "F33": ("other countries' zones, leap days, the turn of the year", "no day moves by arithmetic of zones"),
    "F34": ("a decree on holidays comes late", "what is open is recomputed once and told; nothing is un-missed in silence"),
    "F35": ("a machine sleeps for hours", "as F07"),
    # what comes in
    "F40": ("files in other encodings, mixed or broken", "read right or refused by line; nothing garbled is kept"),
    "F41": ("the same file again, reordered, with a changed row", "new, same, changed and refused add up"),
    "F42": ("a bad row, or a kill, in the middle of an import", "goes on, row by row, once"),
    "F43": ("a hundred megabytes, millions of columns, no end of a quote", "refused or read in bounded memory"),
    "F44": ("archives that explode or climb out", "refused before anything is unpacked"),
    "F45": ("cells that a spreadsheet would run", "inert there, unchanged on the way back"),
    "F46": ("Kazakh letters, look-alikes, marks, hundreds of hard strings", "kept as they are, everywhere"),
    "F47": ("whatever can be written in a row", "it comes back as it went in"),
    # attacks
    "F50": ("scripts in every field of every page", "none runs"),
    "F51": ("forms from elsewhere", "refused"),
    "F52": ("every page, call and command by every role", "exactly what the matrix says"),
    "F53": ("giving oneself rights", "refused, and written down"),
    "F54": ("SQL in every parameter", "data, never a statement"),
    "F55": ("templates in every field", "printed as typed"),
    "F56": ("sessions stolen, fixed, kept", "ended"),
    "F57": ("guessing", "bounded, and no name is told"),
    "F58": ("line ends and secrets in logs", "one line an event, no word of a case"),
    "F59": ("anything that leaves the machine", "nothing does"),
    "F60": ("headers and cookies of every answer", "the fixed table"),
    # tampering and recovery
    "F70": ("a cell of the history changed", "found, and named"),
    "F71": ("events removed, put in, exchanged, all hashes made anew", "found against a checkpoint kept outside"),
    "F72": ("a table of the state changed", "found by the replay"),
    "F73": ("the whole database set back", "the signer refuses; a declared restore is an event"),
    "F74": ("two continuations of one log", "the witness refuses the second"),
    "F75": ("the key of the log stolen", "no quorum, no trust; the rotation completes"),
    "F76": ("forged proofs", "refused"),
    "F77": (
        "every migration up, down and up, with data, killed in the middle, under an old program that works",
        "the same rows, the same bytes",
    ),
    "F78": ("histories of earlier releases", "they replay to the same state"),
    "F79": ("a backup under load, restored by the written steps; bad backups", "all of it holds; the bad are refused first"),
    "F80": ("a key lost, changed, destroyed", "told at once; what was destroyed stays unreadable"),
    "F81": ("the record of a reading cannot be written", "nothing is shown"),
}
# fmt: on

SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "F01": (
        "tests/faults/test_crash_points.py",
        "tests/services/test_checkpoints.py",
    ),
    "F02": ("tests/faults/test_system_calls.py",),
    "F03": ("tests/faults/test_system_calls.py",),
    "F04": ("tests/faults/test_random_kills.py",),
    "F05": (
        "tests/faults/test_sweepers.py::test_sweepers_at_once_take_each_rung_once_and_miss_none",
        "tests/faults/test_sweepers.py::test_a_sweeper_that_stops_half_way_takes_nothing_twice_when_it_wakes",
        "tests/faults/test_sweepers.py::test_a_second_sweep_of_one_instant_changes_nothing",
    ),
    "F06": (
        "tests/faults/test_nobody_sweeps.py::test_another_takes_over_from_one_that_hangs_and_health_is_red_meanwhile",
    ),
    "F07": (
        "tests/faults/test_nobody_sweeps.py::test_after_a_time_without_sweeps_all_is_done_once_oldest_first_late_and_in_digests",
        "tests/services/test_nobody_is_forgotten.py",
        "tests/workflows/test_flows.py::test_the_watchdog_reports_silence_once",
    ),
    "F08": (
        "tests/workflows/test_whatever_prefect_does.py",
        "tests/workflows/test_flows.py::test_a_sweep_as_a_flow_run_does_what_tick_does",
        "tests/workflows/test_flows.py::test_without_a_prefect_api_a_run_says_what_to_do",
    ),
    "F09": (
        "tests/faults/test_locked_and_full.py::test_a_lock_that_lasts_is_told_and_nothing_is_half_written",
        "tests/faults/test_locked_and_full.py::test_a_lock_that_ends_in_time_is_waited_for",
        "tests/faults/test_locked_and_full.py::test_a_start_does_not_wait_for_a_writer",
    ),
    "F10": (
        "tests/faults/test_locked_and_full.py::test_on_a_full_disk_an_import_is_refused_as_a_whole_and_reading_goes_on",
        "tests/faults/test_locked_and_full.py::test_on_a_full_disk_a_sweep_keeps_whole_batches_and_goes_on_when_there_is_room",
        "tests/faults/test_locked_and_full.py::test_a_document_that_does_not_fit_leaves_neither_file_nor_event",
        "tests/faults/test_locked_and_full.py::test_a_folder_that_cannot_be_written_is_told",
    ),
    "F11": ("tests/faults/test_lost_server.py::test_a_server_that_restarts_in_the_middle_is_waited_for",),
    "F12": (
        "tests/faults/test_lost_server.py::test_what_is_lost_is_asked_once_more_under_its_key_and_done_once",
        "tests/faults/test_lost_server.py::test_a_confirmation_whose_answer_was_lost_is_made_once",
        "tests/faults/test_lost_server.py::test_without_a_key_what_may_be_done_is_told_and_not_done_again",
        "tests/faults/test_lost_server.py::test_a_sweep_that_lost_its_link_takes_every_rung_once",
    ),
    "F13": (
        "tests/faults/test_lost_server.py::test_a_server_that_stays_away_is_told_of_within_the_waiting_time",
        "tests/faults/test_cut_off.py",
    ),
    "F14": (
        "tests/faults/test_sweepers.py::test_a_case_committed_late_is_swept_in_the_next_round",
        "tests/faults/test_sweepers.py::test_a_case_somebody_works_on_is_passed_over_and_taken_in_the_next_sweep",
    ),
    "F15": (
        "tests/faults/test_lost_server.py::test_of_two_that_lock_in_opposite_order_both_are_done",
        "tests/faults/test_sweepers.py::test_an_act_and_a_sweep_of_one_case_do_not_wait_for_each_other_in_a_circle",
    ),
    "F16": ("tests/faults/test_two_at_once.py",),
    "F17": (
        "tests/faults/test_two_at_once.py::test_a_call_sent_again_gets_its_first_answer_after_a_restart_too",
        "tests/faults/test_two_at_once.py::test_a_key_used_for_anything_else_is_a_conflict_that_reveals_nothing",
        "tests/faults/test_two_at_once.py::test_a_call_sent_twice_at_once_is_done_once_and_both_get_one_answer",
    ),
    "F18": ("tests/faults/test_low_limits.py",),
    "F19": ("tests/faults/test_soak.py",),
    "F20": (
        "tests/mail/test_delivery.py",
        "tests/faults/test_mail_claims.py",
    ),
    "F21": (
        "tests/mail/test_delivery.py::test_a_link_that_fails_is_not_sent_before_the_dot_and_unknown_after_it",
        "tests/mail/test_delivery.py::test_all_tries_of_a_letter_carry_the_same_bytes",
        "tests/faults/test_mail_claims.py::test_a_mail_that_may_have_arrived_is_tried_again_as_the_same_mail",
    ),
    "F22": (
        "tests/mail/test_delivery.py::test_a_4xx_answer_is_worth_another_try_at_any_stage",
        "tests/mail/test_retries.py",
    ),
    "F23": (
        "tests/mail/test_delivery.py::test_a_5xx_answer_ends_a_letter_but_not_for_a_fault_of_the_server",
        "tests/faults/test_mail_claims.py::test_a_mail_given_up_is_an_incident_and_is_not_tried_again",
    ),
    "F24": (
        "tests/faults/test_returned_mail.py",
        "tests/mail/test_reports.py",
        "tests/faults/test_crash_points.py",
    ),
    "F25": (
        "tests/mail/test_delivery.py::test_a_server_without_starttls_gets_nothing_in_clear_text",
        "tests/mail/test_delivery.py::test_a_wrong_expired_or_unknown_certificate_ends_the_talk",
        "tests/mail/test_delivery.py::test_a_plain_server_where_tls_is_set_gets_nothing",
    ),
    "F26": ("tests/mail/test_letters.py",),
    "F27": ("tests/faults/test_mail_storm.py",),
    "F30": (
        "tests/services/test_moves_clocks.py",
        "tests/faults/test_time_jumps.py",
    ),
    "F31": (
        "tests/faults/test_zone_changed.py",
        "tests/domain/test_zones.py",
        "tests/domain/test_zone_laws.py::test_across_1_march_2024_the_day_stays_and_the_instant_follows",
    ),
    "F32": (
        "tests/domain/test_zones.py::test_zone_data_older_than_the_change_stops_the_start_and_says_what_to_install",
        "tests/domain/test_zones.py::test_zone_data_that_never_knew_utc_plus_six_stops_the_start_too",
    ),
    "F33": (
        "tests/domain/test_zone_laws.py::test_a_due_date_is_the_same_day_in_every_zone",
        "tests/domain/test_zone_laws.py::test_every_instant_of_a_legal_day_starts_a_term_on_that_day",
        "tests/domain/test_zone_laws.py::test_an_office_opens_on_its_day_by_its_own_clocks",
        "tests/domain/test_zone_laws.py::test_hours_are_hours_through_every_change_of_a_clock",
    ),
    "F34": (
        "tests/faults/test_late_decree.py",
        "tests/services/test_adoption.py",
        "tests/faults/test_crash_points.py",
    ),
    "F35": (
        "tests/faults/test_nobody_sweeps.py::test_after_a_time_without_sweeps_all_is_done_once_oldest_first_late_and_in_digests",
    ),
    "F40": ("tests/importers/test_decoding.py",),
    "F41": (
        "tests/importers/test_upr.py::test_the_same_row_keeps_key_and_digest_and_a_changed_one_keeps_its_key",
        "tests/importers/test_upr.py::test_columns_in_another_order_give_the_same_rows",
    ),
    "F42": (
        "tests/faults/test_crash_points.py::test_killed_at_a_step_it_goes_on_where_it_was",
        "tests/importers/test_upr.py::test_a_bad_cell_refuses_its_row_by_field_and_leaves_the_others",
    ),
    "F43": ("tests/importers/test_limits.py",),
    "F44": ("tests/domain/test_file_kinds.py",),
    "F45": (
        "tests/importers/test_round_trip.py::test_no_cell_that_could_run_begins_as_typed",
        "tests/importers/test_round_trip.py::test_making_a_cell_inert_is_undone_exactly",
        "tests/faults/test_hard_strings.py::test_an_export_is_inert_and_comes_back_as_it_was_given",
        "tests/faults/test_hard_strings.py::test_no_program_of_tables_runs_what_was_exported",
    ),
    "F46": (
        "tests/faults/test_hard_strings.py",
        "tests/faults/test_look_alikes.py",
        "tests/domain/test_look_alikes.py",
    ),
    "F47": ("tests/importers/test_round_trip.py::test_rows_written_as_csv_come_back_as_typed",),
    "F50": ("tests/web/test_injection.py",),
    "F51": (
        "tests/web/test_safety.py::test_a_forged_form_is_refused",
        "tests/web/test_safety.py::test_the_token_of_another_person_is_refused",
        "tests/web/test_safety.py::test_nothing_is_done_by_following_a_link",
        "tests/web/test_safety.py::test_looking_at_a_page_changes_nothing",
    ),
    "F52": (
        "tests/web/test_access.py",
        "tests/cli/test_command_rights.py",
    ),
    "F53": (
        "tests/services/test_user_changes.py",
        "tests/web/test_access.py::test_a_form_sets_nothing_it_does_not_name",
        "tests/web/test_access.py::test_an_approval_is_confirmed_once_and_never_by_its_proposer",
    ),
    "F54": (
        "tests/web/test_injection.py::test_no_parameter_reaches_the_database_or_the_page_as_more_than_a_value",
        "tests/web/test_injection.py::test_statements_are_never_built_by_formatting",
    ),
    "F55": (
        "tests/web/test_injection.py::test_what_people_wrote_is_shown_as_they_wrote_it",
        "tests/mail/test_templates.py::test_a_value_is_printed_as_typed_and_never_run",
    ),
    "F56": ("tests/services/test_sessions.py",),
    "F57": (
        "tests/services/test_sessions.py::test_guesses_per_hour_are_bounded_whoever_asks_how_often",
        "tests/services/test_sessions.py::test_a_code_opens_once",
        "tests/services/test_sessions.py::test_a_name_without_an_account_takes_as_long_as_one_with",
        "tests/web/test_rates.py",
    ),
    "F58": ("tests/faults/test_canaries.py",),
    "F59": ("tests/web/test_nothing_leaves.py",),
    "F60": (
        "tests/web/test_safety.py::test_every_answer_carries_the_headers",
        "tests/web/test_safety.py::test_the_cookie_is_kept_from_scripts_and_other_sites",
    ),
    "F70": (
        "tests/audit/test_cells.py::test_a_changed_cell_is_found",
        "tests/audit/test_cells_postgresql.py",
    ),
    "F71": (
        "tests/audit/test_cells.py::test_a_rewritten_history_is_found_against_what_was_kept",
        "tests/audit/test_cells.py::test_a_program_of_edits_is_found_against_what_was_kept",
    ),
    "F72": (
        "tests/audit/test_verify_tables.py",
        "tests/audit/test_cells.py::test_a_row_deleted_made_up_or_swapped_is_found",
    ),
    "F73": ("tests/audit/test_rollback.py",),
    "F74": (
        "tests/audit/test_split_view.py::test_of_two_continuations_of_one_log_the_witness_signs_the_first_and_keeps_both",
        "tests/audit/test_split_view.py::test_two_auditors_who_compare_see_a_split_view_without_a_witness",
    ),
    "F75": (
        "tests/audit/test_split_view.py::test_a_log_forged_with_the_real_key_has_no_quorum",
        "tests/audit/test_split_view.py::test_the_rotation_drill_completes_and_witness_and_auditor_follow",
    ),
    "F76": (
        "tests/audit/test_split_view.py::test_no_forged_inclusion_proof_is_accepted",
        "tests/audit/test_split_view.py::test_no_forged_consistency_proof_is_accepted_by_verifier_or_witness",
    ),
    "F77": (
        "tests/persistence/test_migrations.py",
        "tests/persistence/test_schema_steps.py",
        "tests/faults/test_killed_migrations.py",
        "tests/faults/test_old_program.py",
    ),
    "F78": ("tests/audit/test_recorded_histories.py",),
    "F79": (
        "tests/faults/test_backups.py",
        "tests/cli/test_restore_walk.py",
        "tests/cli/test_backup_commands.py",
        "tests/persistence/test_office_target.py",
    ),
    "F80": (
        "tests/audit/test_verify_keys.py",
        "tests/services/test_key_rotation.py",
        "tests/services/test_erasure.py",
    ),
    "F81": ("tests/web/test_access.py::test_a_reading_that_cannot_be_recorded_shows_nothing",),
}
"""Faults that are missing here have no test yet, and docs/reliability.md says so."""
