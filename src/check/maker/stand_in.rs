//! Stand-ins: what people write in place of a password, token or key.
//!
//! In: a value. Out: whether it is such a value, letter for letter. A digit or a sign added to one makes a password of it.

/// Values that documents, tests and default configurations use. Sorted; lower case.
#[rustfmt::skip]
const VALUES: &[&str] = &[
    "0123456789", "1111", "11111111", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890",
    "123abc", "1password", "abc", "abc123", "abcd", "abcd1234", "abcdef", "access_key", "access_token", "admin",
    "administrator", "adminpass", "adminpassword", "adminpwd", "anonymous", "api_key", "api_secret", "apikey", "artemis",
    "asdf", "bar", "baz", "bearer", "bitwarden", "blah", "cassandra", "change-me", "change-this", "change_me", "change_this",
    "changeit", "changeme", "changethis", "clickhouse", "client_secret", "correct", "couchbase", "couchdb", "credentials",
    "database", "db", "dbpass", "dbpassword", "default", "demo", "dev", "developer", "development", "docker", "drupal",
    "dummy", "elastic", "empty", "example", "fake", "foo", "foobar", "foobarbaz", "ghost", "gitea", "gitlab", "grafana",
    "guest", "hello", "helloworld", "hidden", "homestead", "incorrect", "influxdb", "jenkins", "joomla", "keepass",
    "keepassxc", "keycloak", "kibana", "laravel", "lastpass", "letmein", "magento", "mariadb", "master", "minio",
    "minioadmin", "mongo", "mongodb", "mypass", "mypassword", "mysecret", "mysecretpassword", "mysql", "mytoken", "n/a",
    "neo4j", "nextcloud", "nexus", "none", "nordpass", "odoo", "oracle", "owncloud", "pass", "passphrase", "passwd",
    "password", "passwort", "placeholder", "postgres", "postgrespassword", "postgresql", "private", "public", "pw", "pwd",
    "qwerty", "rabbit", "rabbitmq", "raspberry", "redacted", "redis", "replaceme", "root", "rootpass", "rootpassword",
    "rootpw", "sample", "secret", "secret_key", "secretkey", "secretpassword", "some", "something", "sonar", "string",
    "supersecret", "supersecretpassword", "symfony", "sysadmin", "system", "tbd", "test", "tester", "testing", "testpass",
    "testpassword", "testpw", "testtest", "todo", "token", "toor", "topsecret", "unknown", "unset", "user", "username",
    "userpassword", "vagrant", "value", "verysecret", "whatever", "wordpress", "wrong", "yourpassword", "zabbix",
];

/// First words of values that say what is to be put there; other words follow.
const FIRST: &[&str] = &[
    "your",
    "replace",
    "insert",
    "enter",
    "put",
    "change",
    "add",
    "fill",
    "set",
    "todo",
    "fixme",
    "example",
    "placeholder",
    "redacted",
];

/// Words that such values are made of from end to end: `database_user_password`, `VerySecretPassword`.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "a", "access", "account", "admin", "an", "api", "app", "at", "auth", "bar", "byte", "bytes", "change", "char",
    "characters", "chars", "client", "database", "db", "default", "demo", "dev", "dummy", "exactly", "example", "fake", "foo",
    "for", "generated", "here", "hex", "id", "in", "is", "it", "key", "least", "local", "long", "made", "me", "minimum",
    "more", "my", "name", "new", "no", "of", "old", "on", "only", "or", "pass", "passphrase", "passwd", "password", "please",
    "private", "pwd", "random", "real", "really", "root", "sample", "secret", "secrets", "secure", "some", "string", "strong",
    "super", "test", "testing", "than", "that", "the", "this", "to", "token", "top", "up", "user", "username", "value",
    "very", "with", "you", "your",
];

/// Whether `text` is such a value.
pub(crate) fn is_stand_in(text: &str) -> bool {
    let lower = text.to_lowercase();
    if VALUES.binary_search(&&*lower).is_ok() {
        return true;
    }
    let mut pieces = pieces(text);
    let Some(first) = pieces.next() else { return false };
    let (leads, known) = (FIRST.contains(&&*first), is_known(&first) && !is_number(&first));
    let Some(second) = pieces.next() else { return first.len() == text.len() && is_glued(&first) };
    if !(leads || known) || !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.')) {
        return false;
    }
    let letters = |piece: &String| piece.chars().all(char::is_alphabetic) || piece.chars().all(|c| c.is_ascii_digit());
    let rest: Vec<String> = std::iter::once(second).chain(pieces).collect();
    (leads && rest.iter().all(letters)) || (known && rest.iter().all(|piece| is_known(piece)))
}

fn is_number(piece: &str) -> bool {
    piece.bytes().all(|b| b.is_ascii_digit())
}

/// Whether it is one of those words, or a number between them that says how long a value is: `of32chars`.
fn is_known(piece: &str) -> bool {
    let word = piece.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &piece[word.len()..];
    (word.is_empty() || PIECES.binary_search(&word).is_ok())
        && (number.is_empty() || matches!(number, "8" | "16" | "24" | "32" | "64" | "128" | "256"))
}

/// The end of each of these words that begins at `from` of `lower`.
pub(super) fn pieces_at(lower: &[u8], from: usize) -> impl Iterator<Item = usize> {
    PIECES.iter().filter(move |piece| lower[from..].starts_with(piece.as_bytes())).map(move |piece| from + piece.len())
}

/// Whether a text in one case is such words from end to end, one of them telling: `passwordforuser`.
fn is_glued(lower: &str) -> bool {
    const TELLING: &[&str] = &["key", "pass", "passphrase", "passwd", "password", "pwd", "secret", "token"];
    // For each end that words can reach, whether one of them was telling.
    let mut reached: Vec<Option<bool>> = vec![None; lower.len() + 1];
    reached[0] = Some(false);
    for from in 0..lower.len() {
        let Some(telling) = reached[from] else { continue };
        for piece in PIECES.iter().filter(|piece| piece.len() > 1) {
            if lower.get(from..).is_some_and(|rest| rest.starts_with(piece)) {
                let end = from + piece.len();
                reached[end] = Some(reached[end].unwrap_or(false) || telling || TELLING.contains(piece));
            }
        }
    }
    reached[lower.len()] == Some(true)
}

/// The words of `text` in lower case, between signs and at humps.
fn pieces(text: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    spaced.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_lists_are_sorted() {
        assert!(super::VALUES.is_sorted());
        assert!(super::PIECES.is_sorted());
    }
}
