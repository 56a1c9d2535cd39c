//! `leaktight hook pre-push`, with the input that git writes, and `pre-receive` in a server that real pushes reach.

use crate::change::repo::{Repo, filler, line, start_work};
use crate::change::{Ask, Situation, hold};

#[test]
fn pushes_are_measured_by_what_the_other_side_has() {
    hold(TABLE);
}

/// `main` with secret 1, known to the remote `origin`; then the branch `work`, which is checked out.
fn base(r: &Repo) {
    start_work(r, 10);
    r.git(&["update-ref", "refs/remotes/origin/main", "main"]);
}

/// What git asks the hook of a server that has `main` only, when `name` comes whose old commit the server lost.
fn received(r: &Repo, name: &str) -> Ask {
    let mut all = vec!["main", name];
    all.dedup();
    r.server(&all);
    if name != "main" {
        r.git_in("server.git", &["update-ref", "-d", &format!("refs/heads/{name}")]);
    }
    let input = format!("{} {} refs/heads/{name}\n", "d".repeat(40), r.git(&["rev-parse", name]));
    Ask { input, ..Ask::new(&["hook", "pre-receive"]).within("server.git") }
}

const NONE: &str = "0000000000000000000000000000000000000000";

/// What git asks the hook when it pushes `local` to `remote`, which has `there` so far.
fn pre_push(r: &Repo, pushed: &[(&str, &str, &str)]) -> Ask {
    let id = |rev: &str| if rev.is_empty() { NONE.to_owned() } else { r.git(&["rev-parse", rev]) };
    let line = |(local, remote, there): &(&str, &str, &str)| {
        let there = if there.len() == 40 { (*there).to_owned() } else { id(there) };
        format!("refs/heads/{local} {} refs/heads/{remote} {there}\n", id(local))
    };
    let input = pushed.iter().map(line).collect();
    Ask { input, ..Ask::new(&["hook", "pre-push", "origin", "../server.git"]) }
}

pub(crate) const TABLE: &[Situation] = &[
    Situation {
        name: "pre-push: a new branch with a secret",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            pre_push(r, &[("work", "work", "")])
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "pre-push: a new branch, clean",
        make: |r| {
            base(r);
            r.commit_file("b.txt", "x\n");
            pre_push(r, &[("work", "work", "")])
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "pre-push: added and taken away again",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            r.commit_file("x.env", "clean\n");
            pre_push(r, &[("work", "work", "main")])
        },
        code: 1,
        said: &["removed-again x.env"],
    },
    Situation {
        name: "pre-push: to a remote that is empty",
        make: |r| {
            r.commit_file("a.env", line(1));
            pre_push(r, &[("main", "main", "")])
        },
        code: 1,
        said: &["new a.env"],
    },
    Situation {
        name: "pre-push: the remote's commit is not here",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            pre_push(r, &[("work", "work", "1111111111111111111111111111111111111111")])
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "pre-push: deleting a branch",
        make: |r| {
            base(r);
            let main = r.git(&["rev-parse", "main"]);
            let input = format!("(delete) {NONE} refs/heads/work {main}\n");
            Ask { input, ..Ask::new(&["hook", "pre-push", "origin", "../server.git"]) }
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "pre-push: two branches, one of them with a secret",
        make: |r| {
            base(r);
            r.commit_file("b.txt", "x\n");
            r.git(&["checkout", "-q", "-b", "second", "main"]);
            r.commit_file("x.env", line(2));
            pre_push(r, &[("work", "work", ""), ("second", "second", "")])
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "pre-push: rewritten, the secret is out",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            r.git(&["tag", "before"]);
            r.git(&["reset", "-q", "--hard", "main"]);
            r.commit_file("x.env", "clean\n");
            pre_push(r, &[("work", "work", "before")])
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "pre-push: to a remote without a name, what others have counts for nothing",
        make: |r| {
            base(r);
            let ask = pre_push(r, &[("work", "work", "")]);
            Ask { input: ask.input, ..Ask::new(&["hook", "pre-push", "../public.git", "../public.git"]) }
        },
        code: 1,
        said: &["new a.env"],
    },
    Situation {
        name: "pre-push: the name of the branch",
        make: |r| {
            base(r);
            let token = crate::harness::token(2);
            r.git(&["branch", &token]);
            pre_push(r, &[("work", &token, "")])
        },
        code: 1,
        said: &["new ref"],
    },
    Situation {
        name: "pre-receive: clean",
        make: |r| {
            base(r);
            r.server(&["main"]);
            r.commit_file("b.txt", "x\n");
            Ask::push(&["work"])
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "pre-receive: a secret, in the quarantine",
        make: |r| {
            base(r);
            r.server(&["main"]);
            r.commit_file("x.env", line(2));
            Ask::push(&["work"])
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "pre-receive: a secret in a pack of the quarantine",
        make: |r| {
            base(r);
            r.server(&["main"]);
            r.git_in("server.git", &["config", "receive.unpackLimit", "1"]);
            r.commit_file("x.env", line(2));
            r.commit_file("b.txt", format!("{}more\n", filler(10)));
            Ask::push(&["work"])
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "pre-receive: onto a branch that is there",
        make: |r| {
            base(r);
            r.server(&["main", "work"]);
            r.commit_file("a.env", format!("more\n{}", line(1)));
            Ask::push(&["work"])
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "pre-receive: a merge that brings what no side had",
        make: |r| {
            base(r);
            r.server(&["main", "work"]);
            r.git(&["checkout", "-q", "-b", "side"]);
            r.commit_file("s.txt", "s\n");
            r.git(&["checkout", "-q", "work"]);
            r.commit_file("w.txt", "w\n");
            r.git(&["merge", "-q", "--no-commit", "side"]);
            r.commit_file("evil.env", line(3));
            Ask::push(&["work"])
        },
        code: 1,
        said: &["new evil.env"],
    },
    Situation {
        name: "pre-receive: message of a tag",
        make: |r| {
            base(r);
            r.server(&["main"]);
            r.git(&["tag", "-a", "v1", "-m", &crate::harness::token(3), "main"]);
            Ask::push(&["v1"])
        },
        code: 1,
        said: &["new message"],
    },
    Situation {
        name: "pre-receive: deleting",
        make: |r| {
            base(r);
            r.server(&["main", "work"]);
            Ask::push(&["--delete", "work"])
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "pre-receive: forced to an older commit",
        make: |r| {
            base(r);
            r.commit_file("x.txt", "x\n");
            r.server(&["main", "work"]);
            r.git(&["reset", "-q", "--hard", "main"]);
            Ask::push(&["--force", "work"])
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "pre-receive: a history of its own",
        make: |r| {
            base(r);
            r.server(&["main"]);
            r.git(&["checkout", "-q", "--orphan", "apart"]);
            r.git(&["rm", "-rfq", "."]);
            r.commit_file("x.env", line(4));
            Ask::push(&["apart"])
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "pre-receive: the old commit of a branch is not there",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(4));
            received(r, "work")
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "pre-receive: the old commit of a branch is not there, and nothing is new",
        make: |r| {
            base(r);
            r.commit_file("x.txt", "x\n");
            received(r, "work")
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "pre-receive: the old commit of a branch is not there, and it shares none with the default branch",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "--orphan", "apart"]);
            r.git(&["rm", "-rfq", "."]);
            r.commit_file("x.txt", "x\n");
            received(r, "apart")
        },
        code: 3,
        said: &["gap missing-base"],
    },
    Situation {
        name: "pre-receive: the old commit of the default branch is not there",
        make: |r| {
            base(r);
            received(r, "main")
        },
        code: 3,
        said: &["gap missing-base"],
    },
];
