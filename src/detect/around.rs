//! What the text around a match says about its place: documentation comments, example sessions, production hosts.
//!
//! In: a text and the range of a secret in it. Out: reasons that weigh nothing; severity follows from them
//! (`finding/severity.rs`). It looks at most [`BACK`] bytes before the secret and [`NEAR`] to either side, never decides
//! whether there is a match, and where it cannot tell the place is code. It knows no path: an indented comment is
//! documentation in some languages only, which `context` decides.

use crate::check::host::{HostKind, host_kind};
use crate::check::subject::NEAR;
use crate::finding::evidence::{Evidence, Reason};
use std::ops::Range;

/// How far back a comment or a session may begin, in bytes.
pub(super) const BACK: usize = 2048;

/// Words that a production system has in its names.
pub(super) const PRODUCTION: &[&[u8]] = &[b"prod", b"production", b"prd", b"live"];
/// Names of settings whose value is a host, a URL or an account; parts of words.
const HOST_NAMES: &[&[u8]] = &[
    b"host",
    b"server",
    b"address",
    b"endpoint",
    b"url",
    b"uri",
    b"datasource",
    b"data source",
    b"dsn",
    b"domain",
    b"cluster",
];
const ACCOUNT_NAMES: &[&[u8]] = &[b"user", b"login", b"account", b"uid", b"role"];

/// Whether a production host or account is beside `secret`, or it belongs to a connection to such a `host`.
pub(super) fn is_in_production(text: &[u8], secret: &Range<usize>, host: &[u8]) -> bool {
    let start = secret.start.saturating_sub(NEAR);
    is_production_host(host) || beside(&text[start..text.len().min(secret.end + NEAR)], secret.start - start)
}

/// Reasons from the lines around a setting, which a comment or an example does not switch on. Looks at [`NEAR`] bytes.
pub(super) fn reasons_of_setting(text: &[u8], setting: &Range<usize>, host: &[u8]) -> Vec<Evidence> {
    let before = &text[setting.start.saturating_sub(NEAR)..setting.start];
    let mut out: Vec<Evidence> = place(before).map(Evidence::new).into_iter().collect();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_start();
    if [&b"#"[..], b"//", b"* ", b"; ", b"/*", b"-- ", b"<!--", b"% "].iter().any(|mark| line.starts_with(mark)) {
        out.push(Evidence::new(Reason::Comment));
    }
    if is_in_production(text, setting, host) {
        out.push(Evidence::new(Reason::ProductionBeside));
    }
    out
}

/// Whether a user or an address of mail is beside `secret`: what a seed gives a password to.
pub(super) fn has_account(text: &[u8], secret: &Range<usize>) -> bool {
    let near = &text[secret.start.saturating_sub(NEAR)..text.len().min(secret.end + NEAR)].to_ascii_lowercase();
    [&b"email"[..], b"username", b"user_name", b"login", b"user.", b"account"]
        .iter()
        .any(|word| memchr::memmem::find(near, word).is_some())
}

/// The kind of place that the text `before` a secret leads to, of which the last [`BACK`] bytes count.
pub(super) fn place(before: &[u8]) -> Option<Reason> {
    let before = &before[before.len().saturating_sub(BACK)..];
    let mut lines = lines_back(before);
    let own = lines.next()?;
    let starts = |line: &[u8], heads: &[&[u8]]| heads.iter().any(|head| line.starts_with(head));
    if starts(own, &[b">>> ", b"irb>", b"irb(", b"iex>", b"iex(", b"In [", b"mysql> ", b"julia> "]) {
        return Some(Reason::Transcript);
    }
    // Four slashes draw a line.
    if starts(own, &[b"///", b"//!"]) && !own.starts_with(b"////") {
        return Some(Reason::DocComment);
    }
    if own.starts_with(b"... ")
        && lines.clone().find(|l| !l.starts_with(b"...")).is_some_and(|l| l.starts_with(b">>> "))
    {
        return Some(Reason::Transcript);
    }
    if in_block_comment(before) || in_docstring(before) || in_pod(before) {
        return Some(Reason::DocComment);
    }
    in_indented_comment(own, lines).then_some(Reason::IndentedComment)
}

/// The lines of `before` from its end on, without the blanks that they begin with. A place of thousands of bytes is asked for
/// beside each of thousands of values, so they are not looked for byte by byte.
fn lines_back(before: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let mut rest = Some(before);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memrchr(b'\n', text);
        rest = end.and_then(|end| text.get(..end));
        Some(text.get(end.map_or(0, |end| end + 1)..)?.trim_ascii_start())
    })
}

/// In a line of a `/**` comment: the comment opens at the start of a line, and each line from there on begins with a star.
/// Anything less would make documentation of the code after `"src/**"`.
fn in_block_comment(before: &[u8]) -> bool {
    let opens = |line: &[u8]| line.starts_with(b"/**") && !line.starts_with(b"/***") && !line.starts_with(b"/**/");
    for line in lines_back(before) {
        if memchr::memmem::find(line, b"*/").is_some() {
            return false;
        }
        if opens(line) {
            return true;
        }
        if !line.starts_with(b"*") {
            return false;
        }
    }
    false
}

/// Inside a Python or Elixir documentation string: the last three quotes are alone on the line after a declaration, follow
/// `@doc`, or are the value of a variable that modules document themselves with.
fn in_docstring(before: &[u8]) -> bool {
    // Looking forward is many times as fast as looking backward, and most text has none.
    let last_of = |quotes: &&[u8]| {
        memchr::memmem::find(before, quotes)?;
        memchr::memmem::rfind(before, quotes)
    };
    let last = [&b"\"\"\""[..], b"'''"].iter().filter_map(last_of).max();
    let Some(open) = last else { return false };
    let head = &before[..open];
    let line_start = head.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let own = head[line_start..].trim_ascii();
    if matches!(own, b"@doc" | b"@moduledoc" | b"@typedoc" | b"@doc ~S" | b"@moduledoc ~S") {
        return true;
    }
    // Ansible's modules, and programs that print their own manual.
    let named = [&b"DOCUMENTATION"[..], b"EXAMPLES", b"RETURN", b"USAGE", b"HELP", b"__doc__"];
    if named.iter().any(|name| own.strip_prefix(*name).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))) {
        return true;
    }
    let above = head[..line_start].trim_ascii_end();
    let line = above.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_start();
    // A value of a dictionary follows a colon as well.
    let declares = [&b"def "[..], b"class ", b"async def "].iter().any(|word| line.starts_with(word));
    matches!(own, b"" | b"r" | b"u" | b"R") && above.ends_with(b":") && (declares || above.ends_with(b"):"))
}

/// Inside Perl's documentation.
fn in_pod(before: &[u8]) -> bool {
    if !before.starts_with(b"=") && memchr::memmem::find(before, b"\n=").is_none() {
        return false;
    }
    let last =
        before.split(|b| *b == b'\n').rfind(|line| line.len() > 3 && line[0] == b'=' && line[1].is_ascii_lowercase());
    last.is_some_and(|line| {
        [&b"=pod"[..], b"=head", b"=over", b"=item", b"=back", b"=encoding", b"=begin"]
            .iter()
            .any(|head| line.starts_with(head))
    })
}

/// In an indented line of `#` comments with a sentence above it: an example of RDoc.
fn in_indented_comment<'a>(own: &[u8], above: impl Iterator<Item = &'a [u8]>) -> bool {
    let Some(rest) = own.strip_prefix(b"#") else { return false };
    let indent = rest.iter().take_while(|b| **b == b' ').count();
    let sentence = |line: &[u8]| {
        let words =
            line.split(|b| *b == b' ').filter(|word| word.iter().all(|b| b.is_ascii_alphabetic() || b",.".contains(b)));
        line.starts_with(b"# ") && line.get(2).is_some_and(|b| b.is_ascii_alphabetic()) && words.take(3).count() == 3
    };
    indent >= 2 && above.take_while(|line| line.starts_with(b"#")).any(sentence)
}

/// Whether the lines around `secret` are a list of texts that people see: at least four of them, and half of those that have
/// a value, hold several words or letters beyond ASCII.
pub(super) fn is_catalogue(text: &[u8], secret: &Range<usize>) -> bool {
    let before = &text[secret.start.saturating_sub(BACK)..secret.start];
    let after = &text[secret.end..text.len().min(secret.end + NEAR)];
    let (mut with_value, mut shown) = (0, 0);
    // The line of the secret is cut in two, and the outermost ones may be: none of them counts.
    let lines = before.rsplit(|b| *b == b'\n').skip(1).take(12).chain(after.split(|b| *b == b'\n').skip(1).take(12));
    for line in lines {
        let Some(value) = value_of(line) else { continue };
        with_value += 1;
        shown += usize::from(is_shown(value));
    }
    shown >= 4 && shown * 2 >= with_value
}

/// The value in a line of a catalogue: what follows the name and its separator, without quotes and tags.
fn value_of(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    if line.is_empty()
        || [&b"#"[..], b"//", b";", b"*", b"/*", b"--", b"<!--"].iter().any(|head| line.starts_with(head))
    {
        return None;
    }
    // What a comment says after the value is for the reader of the file.
    let comment = [&b" #"[..], b" //", b" ;"].iter().filter_map(|mark| memchr::memmem::find(line, mark)).min();
    let line = &line[..comment.unwrap_or(line.len())];
    let end = memchr::memmem::rfind(line, b"</").unwrap_or(line.len());
    let line = line[..end].trim_ascii_end();
    let line = line.strip_suffix(b",").or_else(|| line.strip_suffix(b";")).unwrap_or(line);
    let value = match memchr::memchr(b'>', line) {
        Some(tag) if line.starts_with(b"<") => &line[tag + 1..],
        _ => {
            let sign = line.iter().position(|b| matches!(b, b'=' | b':'))?;
            let value = line[sign + 1..].trim_ascii_start();
            value.strip_prefix(b">").unwrap_or(value)
        }
    };
    let quotes = |b: &u8| matches!(b, b'"' | b'\'' | b' ' | b'\t');
    let from = value.iter().take_while(|b| quotes(b)).count();
    let to = value.len() - value.iter().rev().take_while(|b| quotes(b)).count();
    (from < to).then(|| &value[from..to])
}

/// Whether people are to read it: several words, or letters beyond ASCII, and no code.
fn is_shown(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let code = ["=>", "==", "();", "::", "->", "&&", "||", "://", "$("].iter().any(|sign| text.contains(sign));
    let words =
        text.split([' ', '\u{a0}']).filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).count();
    !code && (words > 1 || text.chars().any(|c| !c.is_ascii() && c.is_alphabetic()))
}

/// Whether a host's name says production, and it is not this machine or one of documentation.
fn is_production_host(host: &[u8]) -> bool {
    let template = host.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"your"));
    !template
        && says_production(host)
        && matches!(host_kind(host), HostKind::Public | HostKind::Private | HostKind::Service)
}

fn says_production(name: &[u8]) -> bool {
    name.split(|b| !b.is_ascii_alphanumeric()).any(|word| PRODUCTION.iter().any(|p| word.eq_ignore_ascii_case(p)))
}

/// Whether a production host or account is within three lines of the byte `at` of `near`.
fn beside(near: &[u8], at: usize) -> bool {
    // Nearly every text ends here.
    let has = |word: &[u8]| memchr::memmem::find(near, word).is_some();
    let any = [&b"prod"[..], b"Prod", b"PROD", b"prd", b"PRD", b"live", b"Live", b"LIVE"].iter().any(|word| has(word));
    if !any || !says_production(near) {
        return false;
    }
    let from = near[..at].iter().rev().enumerate().filter(|(_, b)| **b == b'\n').nth(3).map_or(0, |(n, _)| at - n);
    let to = near[at..].iter().enumerate().filter(|(_, b)| **b == b'\n').nth(3).map_or(near.len(), |(n, _)| at + n);
    let text = &near[from..to];
    let token = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let mut start = 0;
    while start < text.len() {
        if !token(text[start]) {
            start += 1;
            continue;
        }
        let end = start + text[start..].iter().take_while(|b| token(**b)).count();
        if says_production(&text[start..end]) && is_named_so(text, start, &text[start..end]) {
            return true;
        }
        start = end;
    }
    false
}

/// Whether the name at `start` of `text` is that of a host or an account: in a URL, or the value of a setting for one.
fn is_named_so(text: &[u8], start: usize, name: &[u8]) -> bool {
    let before = &text[..start];
    let dotted = name.split(|b| *b == b'.').filter(|label| !label.is_empty()).count() > 1;
    if before.ends_with(b"@") || before.ends_with(b"//") {
        return is_production_host(name);
    }
    let line = before.get(memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..).unwrap_or_default();
    let line = line.trim_ascii_end();
    // What the name is the value of: the word before the last `=` or `:`.
    let line = line.strip_suffix(b"\"").or_else(|| line.strip_suffix(b"'")).unwrap_or(line).trim_ascii_end();
    let Some(setting) =
        line.strip_suffix(b"=").or_else(|| line.strip_suffix(b":")).or_else(|| line.strip_suffix(b"=>"))
    else {
        return false;
    };
    let setting = &setting[setting.len().saturating_sub(40)..].to_ascii_lowercase();
    let setting = setting.rsplit(|b| b";,{(".contains(b)).next().unwrap_or_default();
    let has = |words: &[&[u8]]| words.iter().any(|word| memchr::memmem::find(setting, word).is_some());
    (has(HOST_NAMES) && (dotted || name.contains(&b'-')) && is_production_host(name)) || has(ACCOUNT_NAMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Reason> {
        let at = text.find('§').expect("a mark");
        let text = text.replace('§', "hunter7!");
        let (text, secret) = (text.as_bytes(), at..at + 8);
        let production = is_in_production(text, &secret, b"").then_some(Reason::ProductionBeside);
        place(&text[..at]).into_iter().chain(production).collect()
    }

    #[test]
    fn places_in_a_text() {
        for text in [
            "/// let c = Client::new(\"bob\").password(\"§\");\n",
            "//! password = \"§\"\n",
            "/**\n * Logs in.\n *\n *     login({ password: '§' })\n */\nfunction x() {}",
            "def login():\n    \"\"\"Logs in.\n\n    login(password='§')\n    \"\"\"\n",
            "  @doc \"\"\"\n  login(password: \"§\")\n",
            "=head1 SYNOPSIS\n\n  login(password => '§');\n\n=cut\n",
        ] {
            assert_eq!(of(text), [Reason::DocComment], "{text}");
        }
        for text in [
            ">>> login(password='§')\n",
            "irb> login(password: \"§\")",
            ">>> login(\n...   password='§')\n",
            "irb(main):001> x(password: '§')",
        ] {
            assert_eq!(of(text), [Reason::Transcript], "{text}");
        }
        assert_eq!(
            of("# Logs in with the password of the user.\n#\n#   login(password: '§')\n"),
            [Reason::IndentedComment]
        );
        // A commented-out assignment is none of these, and neither is what follows a comment.
        for text in [
            "# password = '§'\n",
            "#   password: §\n",
            "// password = \"§\";\n",
            "//// password = \"§\";\n",
            "/* password = \"§\"; */\n",
            "/** Logs in. */\nconst password = '§';\n",
            "const files = \"src/**\";\nconst password = '§';\n",
            "/**/ const password = '§';\n",
            "/**\nconst password = '§';\n",
            "x = {\"a\":\n\"\"\"\npassword='§'\n\"\"\"}\n",
            "\"\"\"\n.. code::\n\"\"\"\npassword = '§'\n",
            "x = \"\"\"\npassword='§'\n\"\"\"\n",
            "\"\"\"Logs in.\"\"\"\npassword = '§'\n",
            "=cut\n\nmy $password = '§';\n",
            "password = '§'\n",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }

    #[test]
    fn production_beside_a_password() {
        for text in [
            "host: db.prod.acme-corp.io\nuser: app\npassword: §\n",
            "DB_HOST=prod-db.acme-corp.io\nDB_PASSWORD=§\n",
            "user: prod_app\npassword: §\n",
            "password: §\nurl: jdbc:postgresql://db.prod.acme-corp.io/x\n",
            "Server=sql.production.acme-corp.io;User ID=app;Password=§;",
        ] {
            assert_eq!(of(text), [Reason::ProductionBeside], "{text}");
        }
        for text in [
            "include: config/prod.yml\npassword: §\n",
            "mode: production\npassword: §\n",
            "host: db.example.com\npassword: §\n",
            "host: db.prod.acme-corp.io\n\n\n\n\n\npassword: §\n",
            "host: prod.example.com\npassword: §\n",
            "if (process.env.production) { password = '§' }",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
        assert!(is_in_production(b"x", &(0..1), b"db.prod.acme-corp.io"));
    }
}
