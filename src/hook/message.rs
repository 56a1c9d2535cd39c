//! What of a commit's message is looked at.
//!
//! In: the file that git hands to commit-msg. Out: the text without the diff that `git commit -v` puts below it. Comment
//! lines stay in: whether git takes them away depends on `--cleanup`, on configuration and on whether an editor was open,
//! and `git commit -m` keeps them; so does whoever hides something behind a `#`.

/// What git writes between a message and a diff, after its comment character and a space.
const SCISSORS: &[u8] = b"------------------------ >8 ------------------------";

/// The text to look at. Below git's line of scissors a diff is left out, and nothing but a diff: without `-v`, git keeps
/// what somebody wrote there.
pub(crate) fn kept(text: &[u8]) -> &[u8] {
    let mut at = 0;
    let mut below = false;
    for line in text.split_inclusive(|b| *b == b'\n') {
        let trimmed = line.trim_ascii_end();
        if below
            && (trimmed.starts_with(b"diff --git ")
                || trimmed.starts_with(b"diff --cc ")
                || trimmed.starts_with(b"diff --combined "))
        {
            return &text[..at];
        }
        // Git's own explanation stands between the scissors and the diff, as comments.
        below = is_scissors(trimmed) || (below && is_comment(text, trimmed));
        at += line.len();
    }
    text
}

/// The comment character, a space, and the scissors. The character may be any that is configured, or a few of them.
fn is_scissors(line: &[u8]) -> bool {
    line.strip_suffix(SCISSORS).is_some_and(|start| (2..=17).contains(&start.len()) && start.ends_with(b" "))
}

/// Whether a line begins as the line of scissors does.
fn is_comment(text: &[u8], line: &[u8]) -> bool {
    let scissors = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end).find(|l| is_scissors(l)).unwrap_or_default();
    let start = scissors.len().saturating_sub(SCISSORS.len() + 1);
    line.starts_with(&scissors[..start])
}

#[cfg(test)]
mod tests {
    use super::kept;

    const CUT: &str = "------------------------ >8 ------------------------";

    #[test]
    fn the_diff_is_left_out_and_nothing_else() {
        let of = |text: &str| String::from_utf8_lossy(kept(text.as_bytes())).into_owned();
        let head = format!("subject\n\n# comment\n# {CUT}\n# Do not modify.\n# Everything below.\n");
        assert_eq!(of(&format!("{head}diff --git a/x b/x\n-old\n+new\n")), head);
        assert_eq!(of(&format!("{head}diff --cc x\n-old\n")), head);
        // Another comment character, and lines that end as Windows ends them.
        let other = format!("subject\n; {CUT}\n; below\n");
        assert_eq!(of(&format!("{other}diff --git a/x b/x\n")), other);
        let windows = head.replace('\n', "\r\n");
        assert_eq!(of(&format!("{windows}diff --git a/x b/x\r\n+new\r\n")), windows);
        // What somebody wrote below the scissors is no diff.
        for whole in [
            format!("{head}\nmore text\n"),
            format!("{head}more\ndiff --git a/x b/x\n"),
            "subject\ndiff --git a/x b/x\n+new\n".to_owned(),
            format!("{CUT}\ndiff --git a/x b/x\n"),
            format!("x\n#{CUT}\ndiff --git a/x b/x\n"),
            "subject".to_owned(),
            String::new(),
        ] {
            assert_eq!(of(&whole), whole);
        }
    }
}
