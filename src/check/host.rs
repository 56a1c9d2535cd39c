//! Whether a connection leaves the machine: what kind of host it goes to, and which host that is.
//!
//! In: a host, or the surroundings of a setting. Out: [`HostKind`], or the evidence that follows. The host of a setting
//! is looked for in its URL, then on its line, then on the `LINES` lines to either side, never beyond
//! [`NEAR`](super::subject::NEAR) bytes. Facts: RFC 2606, RFC 6761, RFC 5737, RFC 3849, RFC 1918, RFC 4193.

use super::subject::{Outcome, Subject};
use crate::finding::evidence::{Evidence, Reason};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// Lines to either side of a setting on which its host may stand.
const LINES: usize = 3;

/// Where a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostKind {
    /// This machine, or a socket on it.
    Local,
    /// Reserved for documentation and tests, or a name that stands for the reader's own.
    Reserved,
    /// One label without a domain: a service of a compose file, an alias.
    Service,
    /// A private network.
    Private,
    /// A variable or a template: nobody knows.
    Unknown,
    /// Anywhere else.
    Public,
}

/// The kind of `host`: a name or an address, with or without brackets and port.
pub fn host_kind(host: &[u8]) -> HostKind {
    let text = String::from_utf8_lossy(host).to_ascii_lowercase();
    let text = text.trim().trim_matches(['"', '\'']);
    let text = text.strip_prefix("tcp:").unwrap_or(text);
    if text.starts_with(['/', '\\']) || text.starts_with("unix:") || text.starts_with("%2f") || text.starts_with("@/") {
        return HostKind::Local;
    }
    if text.is_empty() || text.contains(['$', '{', '<', '%', '*', '[', '(']) && !text.starts_with(['[', '(', '.']) {
        return HostKind::Unknown;
    }
    if text == "(local)" || text.starts_with("(localdb)") || text == "." || text.starts_with(".\\") {
        return HostKind::Local;
    }
    if let Some(address) = address(text) {
        return address_kind(address);
    }
    let name = text.split([':', ',', '\\', '/']).next().unwrap_or_default().trim_end_matches('.');
    name_kind(name)
}

/// An address with or without brackets, zone and port.
fn address(text: &str) -> Option<IpAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        let inner = rest.split([']', '%']).next()?;
        return inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    if let Ok(v6) = text.parse::<Ipv6Addr>() {
        return Some(IpAddr::V6(v6));
    }
    let v4 = text.split([':', ',', '/']).next()?;
    // `127.1` is written now and then; every other short form is more likely a version number.
    if v4 == "127.1" {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    v4.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

fn address_kind(address: IpAddr) -> HostKind {
    match address {
        IpAddr::V4(v4) if v4.is_loopback() || v4.is_unspecified() => HostKind::Local,
        IpAddr::V4(v4) if v4.is_documentation() => HostKind::Reserved,
        IpAddr::V4(v4) => match v4.octets() {
            [100, 64..=127, ..] => HostKind::Private,
            _ if v4.is_private() || v4.is_link_local() => HostKind::Private,
            _ => HostKind::Public,
        },
        IpAddr::V6(v6) => match v6.segments() {
            _ if v6.is_loopback() || v6.is_unspecified() => HostKind::Local,
            [0x2001, 0xdb8, ..] => HostKind::Reserved,
            [0xfc00..=0xfdff, ..] | [0xfe80..=0xfebf, ..] => HostKind::Private,
            [0, 0, 0, 0, 0, 0xffff, ..] => {
                v6.to_ipv4_mapped().map_or(HostKind::Public, |v4| address_kind(IpAddr::V4(v4)))
            }
            _ => HostKind::Public,
        },
    }
}

/// Names that mean this machine, beside `*.localhost`.
const LOCAL: &[&str] = &[
    "localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "host.docker.internal",
    "kubernetes.docker.internal",
    "host.containers.internal",
    "gateway.docker.internal",
];
/// Second-level domains that people write for "yours", beside the reserved ones; Microsoft's are its fictitious firms.
const STAND_INS: &[&str] = &[
    "example",
    "yourdomain",
    "your-domain",
    "mydomain",
    "my-domain",
    "somedomain",
    "domain",
    "yourcompany",
    "your-company",
    "mycompany",
    "my-company",
    "yourserver",
    "yourhost",
    "myserver",
    "myhost",
    "hostname",
    "contoso",
    "fabrikam",
    "northwindtraders",
    "adventure-works",
];

fn name_kind(name: &str) -> HostKind {
    let labels: Vec<&str> = name.split('.').collect();
    if LOCAL.contains(&name) || labels.last() == Some(&"localhost") {
        return HostKind::Local;
    }
    match labels.as_slice() {
        [] | [""] => HostKind::Unknown,
        [single] if single.chars().all(|c| c.is_ascii_digit()) => HostKind::Unknown,
        [single] if single.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') => HostKind::Service,
        [_] => HostKind::Unknown,
        [.., "example" | "test" | "invalid"] => HostKind::Reserved,
        [.., second, _] if STAND_INS.contains(second) => HostKind::Reserved,
        // Between services of one cluster.
        [_, .., "svc"] | [_, .., "svc", "cluster", "local"] => HostKind::Service,
        [.., "local" | "internal" | "lan" | "intranet" | "corp" | "localdomain"] => HostKind::Private,
        [.., "home", "arpa"] => HostKind::Private,
        _ => HostKind::Public,
    }
}

/// What the kind of `host` says about a secret or setting that goes there.
pub fn judge(host: &[u8]) -> Vec<Evidence> {
    reason(host_kind(host)).map(Evidence::new).into_iter().collect()
}

fn reason(kind: HostKind) -> Option<Reason> {
    match kind {
        HostKind::Local => Some(Reason::LocalHost),
        HostKind::Reserved => Some(Reason::ReservedHost),
        HostKind::Service => Some(Reason::ServiceHost),
        HostKind::Private => Some(Reason::PrivateHost),
        HostKind::Unknown | HostKind::Public => None,
    }
}

/// The check `local-host`: the host that the setting of `subject` is about.
pub(super) fn check(subject: &Subject<'_>) -> Outcome {
    let text = [subject.before, subject.secret, subject.after].concat();
    let at = subject.before.len()..subject.before.len() + subject.secret.len();
    let says = |reason: Option<Reason>| Outcome::Says(reason.map(Evidence::new).into_iter().collect());
    let line = line_around(&text, at.clone());
    let here = &text[line.clone()];
    let inside = at.start - line.start..at.end.min(line.end) - line.start;
    if let Some(kind) = of_line(here, inside) {
        return says(reason(kind));
    }
    // A block of settings, one per line. Another line may belong to something else, so it counts for less.
    let mut kinds = Vec::new();
    let before: Vec<&[u8]> = text[..line.start].rsplit(|b| *b == b'\n').skip(1).take(LINES).collect();
    let after: Vec<&[u8]> = text[line.end..].split(|b| *b == b'\n').skip(1).take(LINES).collect();
    for near in before.into_iter().chain(after) {
        kinds.extend(named(near).or_else(|| urls(near, None)));
    }
    let local = !kinds.is_empty() && kinds.iter().all(|k| *k == HostKind::Local);
    says(local.then_some(Reason::LocalHostNear))
}

/// The line in which `at` begins, without its end.
fn line_around(text: &[u8], at: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..at.start]).map_or(0, |i| i + 1);
    let end = memchr::memchr(b'\n', &text[at.end..]).map_or(text.len(), |i| at.end + i);
    start..end
}

/// The kind of the host on `line`, on which the setting stands at `at`. Of several, the farthest counts.
fn of_line(line: &[u8], at: std::ops::Range<usize>) -> Option<HostKind> {
    urls(line, Some(at.clone()))
        .or_else(|| named(line))
        .or_else(|| quoted(&line[at.end.min(line.len())..]))
        .or_else(|| urls(line, None))
}

/// Hosts of the URLs on `line`; with `at`: only of the URL in which `at` stands.
fn urls(line: &[u8], at: Option<std::ops::Range<usize>>) -> Option<HostKind> {
    let mut farthest = None;
    for colon in memchr::memmem::find_iter(line, b"://") {
        let rest = &line[colon + 3..];
        let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>".contains(b);
        let whole = rest.iter().position(ends).unwrap_or(rest.len());
        let start = line[..colon].iter().rposition(|b| !(b.is_ascii_alphanumeric() || b"+-.:".contains(b)));
        let span = start.map_or(0, |i| i + 1)..colon + 3 + whole;
        if at.as_ref().is_some_and(|at| at.start < span.start || at.start > span.end) {
            continue;
        }
        let authority = &rest[..rest.iter().position(|b| ends(b) || b"/?#;".contains(b)).unwrap_or(rest.len())];
        let hosts = memchr::memrchr(b'@', authority).map_or(authority, |i| &authority[i + 1..]);
        // `tcp(host:3306)` of Go's MySQL driver, lists of hosts, and no host at all: a socket.
        for host in hosts.split(|b| *b == b',') {
            let kind = if host.is_empty() { HostKind::Local } else { host_kind(host) };
            farthest = farthest.max(Some(kind));
        }
    }
    farthest
}

fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).unicode(false).build().ok()
}

/// Hosts behind a name that says so: `host=`, `Server:`, `--host`, `tcp(...)`.
fn named(line: &[u8]) -> Option<HostKind> {
    static NAMED: OnceLock<Option<Regex>> = OnceLock::new();
    let regex = NAMED.get_or_init(|| {
        let name = r"(?:host|hostname|hostaddr|host[ _-]?name|server|servers|data ?source|addr|addrs|address|endpoint|brokers?|nodes?)";
        let pattern = format!(
            r#"(?i)(?:(?:^|[^a-z]|db|database|pg|sql|redis|mongo|smtp|mail|ftp|ldap|amqp|kafka|remote|my|api){name}["'\]]{{0,2}}[ \t]{{0,8}}(?:=>|:=|=|:)[ \t]{{0,8}}[\["']{{0,2}}|--?h(?:ost)?[ =]|\btcp\()(?<host>[^\s"';&)}}\]]{{1,100}})"#
        );
        compile(&pattern)
    });
    regex.as_ref()?.captures_iter(line).filter_map(|c| c.name("host")).map(|m| host_kind(m.as_bytes())).max()
}

/// A host with a port, or an address, in quotes or brackets behind the setting: `insecure_channel("localhost:50051")`.
fn quoted(after: &[u8]) -> Option<HostKind> {
    static QUOTED: OnceLock<Option<Regex>> = OnceLock::new();
    let regex = QUOTED.get_or_init(|| {
        let pattern = r#"["'`(](?<host>localhost|\[[0-9A-Fa-f:]{2,45}\](?::[0-9]{1,5})?|[A-Za-z0-9._-]{1,100}:[0-9]{1,5}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|unix:[^"'`]{0,100}|[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,5})["'`)]"#;
        compile(pattern)
    });
    regex.as_ref()?.captures(after).and_then(|c| c.name("host")).map(|m| host_kind(m.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hosts_are_of_their_kind() {
        for (kind, hosts) in [
            (
                HostKind::Local,
                &[
                    "localhost",
                    "LOCALHOST:5432",
                    "127.0.0.1",
                    "127.8.9.1:80",
                    "::1",
                    "[::1]:6379",
                    "0.0.0.0",
                    "app.localhost",
                    "/var/run/postgresql",
                    "(localdb)\\mssqllocaldb",
                    ".\\SQLEXPRESS",
                    "unix:/tmp/x.sock",
                    "%2Ftmp",
                    "host.docker.internal",
                    "tcp:localhost,1433",
                    "127.1",
                    "localhost.",
                ][..],
            ),
            (
                HostKind::Reserved,
                &[
                    "example.com",
                    "db.example.org",
                    "x.test",
                    "a.b.invalid",
                    "192.0.2.7",
                    "203.0.113.9:80",
                    "[2001:db8::1]",
                    "mail.yourdomain.com",
                    "www.contoso.com",
                ][..],
            ),
            (
                HostKind::Service,
                &["db.shop.svc.cluster.local", "orders.shop.svc:8080", "db", "redis:6379", "my_postgres", "rabbit-mq"]
                    [..],
            ),
            (
                HostKind::Private,
                &[
                    "10.1.2.3",
                    "192.168.0.10:8080",
                    "172.20.1.1",
                    "169.254.169.254",
                    "[fd00::1]",
                    "nas.local",
                    "git.corp",
                    "100.64.1.1",
                ][..],
            ),
            (HostKind::Unknown, &["${HOST}", "<host>", "", "%s", "{{ host }}", "$host", "*"][..]),
            (
                HostKind::Public,
                &[
                    "db.acme-corp.io",
                    "8.8.8.8",
                    "172.32.0.1",
                    "localhost.evil.com",
                    "example.com.evil.io",
                    "[2606:4700::1111]",
                    "test.com",
                    "mylocalhost.io",
                ][..],
            ),
        ] {
            for host in hosts {
                assert_eq!(host_kind(host.as_bytes()), kind, "{host}");
            }
        }
    }

    fn says(text: &str, setting: &str) -> Option<Reason> {
        let at = text.find(setting).unwrap();
        let (before, rest) = text.split_at(at);
        let (secret, after) = rest.split_at(setting.len());
        let subject = Subject {
            secret: secret.as_bytes(),
            whole: secret.as_bytes(),
            before: before.as_bytes(),
            after: after.as_bytes(),
            now: 0,
        };
        match check(&subject) {
            Outcome::Says(says) => says.first().map(|e| e.reason),
            Outcome::Reject => panic!("rejects"),
        }
    }

    /// The text of a template: the repository itself spells no bad setting out.
    fn spelled_out(template: &str) -> String {
        String::from_utf8(crate::example::expand(template, 0).unwrap().text).unwrap()
    }

    #[test]
    fn the_host_of_a_setting_is_found() {
        let local = Some(Reason::LocalHost);
        for (text, setting, want) in [
            ("a\nDATABASE_URL=postgres://app@localhost/app?{{sslmode}}=disable\nb", "{{sslmode}}=disable", local),
            ("DATABASE_URL=postgres://app@db.acme-corp.io/app?{{sslmode}}=disable", "{{sslmode}}=disable", None),
            ("postgres://app@localhost,db.acme-corp.io/app?{{sslmode}}=disable", "{{sslmode}}=disable", None),
            ("postgres:///app?{{sslmode}}=disable", "{{sslmode}}=disable", local),
            ("postgres://u:{{p}}@db:5432/app?{{sslmode}}=disable", "{{sslmode}}=disable", Some(Reason::ServiceHost)),
            (
                "postgres://u:{{p}}@10.0.0.7:5432/app?{{sslmode}}=disable",
                "{{sslmode}}=disable",
                Some(Reason::PrivateHost),
            ),
            (
                "postgres://u:{{p}}@db.example.com/app?{{sslmode}}=disable",
                "{{sslmode}}=disable",
                Some(Reason::ReservedHost),
            ),
            ("dsn = \"host=localhost user=app {{sslmode}}=disable\"", "{{sslmode}}=disable", local),
            ("dsn = \"{{sslmode}}=disable host=db.acme-corp.io\"", "{{sslmode}}=disable", None),
            ("Server=tcp:127.0.0.1,1433;Encrypt=false;", "Encrypt=false", local),
            ("Data Source=.\\SQLEXPRESS;Encrypt=false", "Encrypt=false", local),
            ("new Client({ host: '127.0.0.1', ssl: false })", "ssl: false", local),
            ("new Client({ host: 'db.acme-corp.io', ssl: false })", "ssl: false", None),
            ("dsn := \"u:{{p}}@tcp(127.0.0.1:3306)/db?tls=false\"", "tls=false", local),
            ("grpc.{{insecure}}_channel('localhost:50051')", "{{insecure}}_channel(", local),
            ("grpc.{{insecure}}_channel('svc.acme-corp.io:50051')", "{{insecure}}_channel(", None),
            ("ftp = ftplib.FTP(\"127.0.0.1\")", "ftplib.FTP", local),
            ("mysql --skip-ssl -h localhost app", "--skip-ssl", local),
            ("db:\n  host: localhost\n  ssl: false\n", "ssl: false", Some(Reason::LocalHostNear)),
            ("db:\n  host: db.acme-corp.io\n  ssl: false\n", "ssl: false", None),
            ("a: localhost\nb: 1\nssl: false\n", "ssl: false", None),
            ("host: localhost\n1\n2\n3\n4\nssl: false\n", "ssl: false", None),
            ("ssl: false", "ssl: false", None),
        ] {
            let [text, setting] = [text, setting].map(spelled_out);
            assert_eq!(says(&text, &setting), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(a in proptest::collection::vec(any::<u8>(), 0..80), b in proptest::collection::vec(any::<u8>(), 0..40)) {
            host_kind(&a);
            check(&Subject { secret: &b, whole: &b, before: &a, after: &a, now: 0 });
            let text = [b"host=", &a[..]].concat();
            check(&Subject { secret: &b, whole: &b, before: &text, after: b"://", now: 0 });
        }
    }
}
