//! Which test covers which failure on record of this field, and which threat: the list that a reader of the tests starts
//! with. `F` are complaints about scanners from public trackers (silent passes 1-14, hooks 15-21, exceptions 28-37, CI and
//! reports 38-45); `T` are threats (1-17 what a request does, 26-30 reports and verdict). The numbers only name entries; those
//! that are missing were about other parts. A name that is no longer that of a test, or of a situation in a table, makes the
//! test below fail; what no test covers says why.

use std::path::Path;

/// What it is about, and the tests and situations; a single one that begins with `-` is the reason why there is none.
const COVERED: &[(&str, &[&str])] = &[
    (
        "F1 a range that cannot be read looks clean",
        &["range: base that has no such name", "range: head that is not there"],
    ),
    ("F2 something on git's error output stops the scan", &["- not applicable: no git program is run in a gate"]),
    (
        "F3 what cannot be read is left out",
        &["what_cannot_be_read_is_a_gap_and_findings_win_over_it", "a staged object that is not there"],
    ),
    (
        "F4 a check that looks at nothing is green for years",
        &["attack: a base that is empty, as a variable that is not set makes it", "a_shallow_checkout_never_passes"],
    ),
    (
        "F5 a secret in the resolution of a conflict",
        &["merge, the resolution brings a secret", "range: the base merged in, a conflict resolved with a secret"],
    ),
    (
        "F6 a merge has no patch",
        &[
            "range: a merge brings what no side had, and takes it away again",
            "pre-receive: a merge that brings what no side had",
        ],
    ),
    (
        "F7 second parents are not looked at",
        &["range: content of a second parent", "range: octopus that brings a secret of its own"],
    ),
    ("F8 borders of pieces cut a secret in two", &["at the end of twelve megabytes", "far inside of a large file"]),
    ("F9 fewer findings on a busy machine", &["threads_change_nothing"]),
    (
        "F10 a scan that stops early without a word",
        &["attack: a tree that holds itself ten times, ten levels deep", "range: a malformed tree"],
    ),
    ("F11 a range with changes that looks at nothing", &["range: clean", "range: head is behind the base"]),
    ("F12 a used-up quota is no clean result", &["- not applicable: nothing is asked over a network"]),
    ("F13 an exception for a part of the path of this machine", &["a_path_of_the_machine_decides_nothing"]),
    (
        "F14 errors of single files never reach the exit code",
        &["a staged object with other bytes", "range: a commit that names a tree that is not there"],
    ),
    (
        "F15 the work tree is read and not the index",
        &["staged, and reverted in the work tree", "in the work tree only"],
    ),
    ("F16 the hook reads the whole history", &["nothing staged"]),
    (
        "F17 the hook misses what a scan finds",
        &[
            "one_id_in_hook_request_scan_history_and_shallow_clone",
            "a value on the line after its name, where only that line changes",
        ],
    ),
    ("F18 a clone before each scan", &["- not applicable: objects are read where they are; benches/ hold the time"]),
    (
        "F19 the documented command looks at nothing",
        &["the_commands_of_each_platform_work_as_they_are_written", "both_manifests_call_commands_that_exist"],
    ),
    (
        "F20 hooks that do not run in work trees, or are shadowed",
        &["linked work tree", "what_does_not_fire_is_said", "husky_is_proven_without_running_what_else_is_there"],
    ),
    ("F21 a value on the line after its name", &["a value on the line after its name, where only that line changes"]),
    (
        "F28 exceptions by position",
        &[
            "another secret on the line of the known one",
            "on the line of a secret that was there",
            "a_baseline_holds_what_was_known_and_no_more",
        ],
    ),
    (
        "F29 identity by content, unused exceptions",
        &["ids_depend_on_what_the_table_says", "what_nothing_needs_is_said_after_a_scan_of_everything"],
    ),
    (
        "F30 a request controls the policy of its own gate",
        &[
            "a_change_cannot_silence_its_own_findings",
            "its configuration lets nothing fail",
            "attack: pre-receive, a branch that brought a policy of its own before",
        ],
    ),
    (
        "F31 accepted findings are reported",
        &["every_report_says_what_was_accepted", "comments_in_added_lines_are_requests_unless_the_base_allows_them"],
    ),
    (
        "F32 a list of known secrets",
        &["an_exception_counts_once_it_is_in_the_base", "what_is_accepted_is_counted_and_gates_nothing"],
    ),
    ("F33 baselines that always conflict", &["two_branches_that_accept_different_findings_merge"]),
    ("F34 reason and end of an exception", &["an_entry_ends_on_its_day", "a_wrong_entry_is_a_mistake_with_its_place"]),
    (
        "F35 ids that depend on commit, machine or separator",
        &["one_id_in_hook_request_scan_history_and_shallow_clone", "a_path_of_the_machine_decides_nothing"],
    ),
    ("F36 other ids in a shallow clone", &["one_id_in_hook_request_scan_history_and_shallow_clone"]),
    ("F37 comments beside values of several lines", &["each_place_of_a_secret_needs_its_own_comment"]),
    ("F38 SARIF that a platform refuses", &["no_hostile_request_passes_or_speaks"]),
    (
        "F39 the alert shows the secret",
        &["no_hostile_request_passes_or_speaks", "what_a_contributor_names_holds_no_secret_in_a_report"],
    ),
    ("F40 red without rule, file or line", &["one_finding_takes_twelve_lines"]),
    ("F41 forks cannot read a licence key", &["a_fork_is_looked_at_and_said"]),
    ("F42 a leak announced in public", &["a_fork_is_looked_at_and_said"]),
    (
        "F43 base and head are the same; base not in the checkout",
        &["range: empty", "range: base that is not there", "what_a_forced_push_replaced_is_fetched"],
    ),
    (
        "F44 a finding deep in history",
        &["range: added, and its file deleted", "a_pull_request_says_what_is_new_and_what_was_removed_again"],
    ),
    (
        "F45 masks that leave a part",
        &["no_hostile_request_passes_or_speaks", "its configuration has a secret where it is cut"],
    ),
    ("T1 a comment in the same request", &["a comment that allows it", "comments of every other scanner"]),
    (
        "T2 policy in the same request",
        &["its configuration skips the family", "it accepts its own secret", "another salt"],
    ),
    ("T3 attributes", &["attributes", "attributes that hide the difference"]),
    ("T4 ignore files", &["ignored and forced", "ignored, and added by force"]),
    (
        "T5 folders and endings that others leave out",
        &["a path called test", "vendored, in a folder of documents", "a lock file"],
    ),
    (
        "T6 size, endless lines, borders",
        &[
            "a minified file of one line",
            "at the end of twelve megabytes",
            "attack: a tree that holds itself ten times, ten levels deep",
        ],
    ),
    (
        "T7 NUL, UTF-16, carriage returns, other scripts",
        &[
            "behind a NUL",
            "UTF-16 without, big end first",
            "carriage returns only",
            "letters of another script beside it",
        ],
    ),
    ("T8 encodings", &["base64"]),
    (
        "T9 taken away again, joined, completed",
        &["range: added and taken away again", "range: completed over two commits", "range: joined by a deletion"],
    ),
    (
        "T10 merges",
        &[
            "range: octopus that brings a secret of its own",
            "attack: criss-cross merges, the last of them with a secret of its own",
            "attack: an old commit merged once more, behind a commit of 1970 in the base",
        ],
    ),
    (
        "T11 metadata",
        &[
            "range: message, behind a NUL",
            "range: author",
            "range: another header",
            "in the name of a file",
            "range: target of a link",
            "attack: a tag of a tag of a commit of the base, with a secret in the inner one",
        ],
    ),
    (
        "T12 what only a tag or odd reference reaches",
        &["pre-receive: message of a tag", "attack: pre-receive, a tag of a file"],
    ),
    (
        "T13 replaced, grafted, forged",
        &["range: a commit that is replaced by a clean one", "range: a forged list of grafts", "a replaced object"],
    ),
    (
        "T14 shallow, partial, forced, unrelated",
        &["range: shallow, cut off in between", "range: partial clone without the blobs", "range: no commit in common"],
    ),
    ("T15 names as options", &["range: an option in the place of a name", "inputs_are_values_and_nothing_else"]),
    (
        "T16 dates, absurd headers",
        &[
            "range: dates of 1970 and 2099",
            "attack: dates of both sides are forged: overflow, negative, far ahead",
            "attack: a parent in capital letters",
        ],
    ),
    (
        "T17 submodules, Git LFS, archives",
        &["range: submodule bump", "LFS pointer whose content is not here", "archive added"],
    ),
    (
        "T26 workflow commands, Markdown, HTML",
        &[
            "a file named like a workflow command",
            "Markdown and HTML in a name",
            "hostile_names_and_messages_drive_nothing",
        ],
    ),
    (
        "T27 URIs and bytes that are no UTF-8",
        &["a name that is no UTF-8", "names_cannot_drive_the_terminal_or_break_a_report"],
    ),
    (
        "T28 a secret in clear",
        &[
            "no_hostile_request_passes_or_speaks",
            "what_a_contributor_names_holds_no_secret_in_a_report",
            "reasons_show_no_secret_and_drive_nothing",
        ],
    ),
    (
        "T29 a verdict that is lost",
        &[
            "what_cannot_be_read_is_a_gap_and_findings_win_over_it",
            "attack: a pack without its index",
            "a_report_on_a_full_disk_is_an_error",
        ],
    ),
    (
        "T30 the environment of hooks",
        &[
            "another index by GIT_INDEX_FILE, as in commit -a",
            "GIT_DIR from a folder outside",
            "split index",
            "intent to add",
            "from a subfolder",
        ],
    ),
];

/// The text of all tests.
fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("change/coverage.rs") {
            *all += &std::fs::read_to_string(&path).unwrap();
        }
    }
}

#[test]
fn what_covers_a_failure_is_there() {
    let mut all = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut all);
    for (about, tests) in COVERED {
        assert!(!tests.is_empty(), "{about}");
        for test in tests.iter().filter(|test| !test.starts_with("- ")) {
            let there = all.contains(&format!("\"{test}\"")) || all.contains(&format!("fn {test}("));
            assert!(there, "{about}: there is no test `{test}`");
        }
    }
    let numbers = |letter| COVERED.iter().filter(|(about, _)| about.starts_with(letter)).count();
    assert_eq!((numbers('F'), numbers('T')), (21 + 18, 17 + 5));
}
