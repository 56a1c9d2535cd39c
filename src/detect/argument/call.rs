//! Calls that take a password by its place: `DriverManager.getConnection(url, user, "...")`.
//!
//! In: text and the name of a call with its bracket. Out: the [`Parsed`] of the argument that the table says, if it is a literal.
//! Refuses variables, other calls, and calls with too few arguments.

use super::password::password;
use super::way::AFTER;
use crate::check::maker::{Maker, Use, maker};
use crate::detect::assignment::Parsed;
use crate::finding::evidence::Reason;
use std::ops::Range;

/// A call, in small letters with its bracket, the place of the password, and how many arguments there have to be.
#[rustfmt::skip]
const CALLS: &[(&str, usize, usize)] = &[
    ("getconnection(", 2, 3), ("pymysql.connect(", 2, 3), ("mysqldb.connect(", 2, 3), ("psycopg2.connect(", 2, 4),
    ("mysql_connect(", 2, 3), ("mysql_pconnect(", 2, 3), ("mysqli(", 2, 3), ("mysqli_connect(", 2, 3), ("mysqli_real_connect(", 3, 4),
    ("pdo(", 2, 3), ("oci_connect(", 1, 2), ("oci_pconnect(", 1, 2), ("odbc_connect(", 2, 3), ("mssql_connect(", 2, 3), ("ibase_connect(", 2, 3),
    ("cx_oracle.connect(", 1, 2), ("oracledb.connect(", 1, 2), ("dbi->connect(", 2, 3), ("dbi.connect(", 2, 3), ("sequelize(", 2, 3),
    ("ftplib.ftp(", 2, 3), ("ftp.open(", 2, 3), ("ftp_login(", 2, 3), (".login(", 1, 2), ("imap_open(", 2, 3), ("ssh2_auth_password(", 2, 3),
    ("ldap_bind(", 2, 3), ("simple_bind_s(", 1, 2), ("simple_bind(", 1, 2), ("directoryentry(", 2, 3),
    ("basic_auth(", 1, 2), ("setbasicauth(", 1, 2), ("httpbasicauth(", 1, 2), ("httpdigestauth(", 1, 2), ("basicauth(", 1, 2), ("aiohttp.basicauth(", 1, 2),
    ("plainauth(", 2, 4), ("usernamepasswordcredentials(", 1, 2), ("usernamepasswordauthenticationtoken(", 1, 2),
    ("passwordauthentication(", 1, 2), ("networkcredential(", 1, 2), ("basicawscredentials(", 1, 2), ("awsbasiccredentials.create(", 1, 2),
    ("newstaticcredentials(", 1, 2), ("newstaticcredentialsprovider(", 1, 2), ("sharedkeycredential(", 1, 2), ("auth=(", 1, 2), (".auth(", 1, 2),
    ("authenticate(", 1, 2), ("withcredentials(", 1, 2), ("twilio.rest.client(", 1, 2), ("setcredentials(", 1, 2),
];

/// Calls that take the secret that signs, written likewise: tests and tutorials are full of them, so that only a value counts
/// which a machine generated.
const SIGNING: &[(&str, usize, usize)] = &[
    ("jwt.sign(", 1, 2),
    ("jwt.verify(", 1, 2),
    ("jwt.encode(", 1, 2),
    ("jwt.decode(", 1, 2),
    ("jwt::encode(", 1, 2),
    ("jwt::decode(", 1, 2),
    ("jwt::sign(", 1, 2),
    ("jwt::verify(", 1, 2),
    (".hmac256(", 0, 1),
    (".hmac384(", 0, 1),
    (".hmac512(", 0, 1),
    ("cookieparser(", 0, 1),
    ("newcookiestore(", 0, 1),
    ("createhmac(", 1, 2),
    ("hash_hmac(", 2, 3),
    (".signedstring(", 0, 1),
    ("hmacshakeyfor(", 0, 1),
    ("symmetricsecuritykey(", 0, 1),
];
/// Shortest value of those.
const SHORTEST: usize = 16;
/// What turns a text into bytes.
const INTO_BYTES: [&[u8]; 4] = [b"[]byte(", b"Encoding.UTF8.GetBytes(", b"Encoding.ASCII.GetBytes(", b"Buffer.from("];

/// The secret of a signing call, if a machine generated it.
fn signing(text: &[u8], head: &Range<usize>, name: &[u8]) -> Option<Parsed> {
    let (_, place, least) = SIGNING.iter().find(|(call, ..)| call.as_bytes() == name)?;
    let all = arguments(text, head.end);
    let mut argument = all.get(*place).filter(|_| all.len() >= *least)?.clone();
    let written = text.get(argument.clone())?;
    if let Some(call) = INTO_BYTES.iter().find(|call| written.starts_with(call)) {
        argument = arguments(text, argument.start + call.len()).into_iter().next()?;
    }
    // `b"..."` of Python.
    let prefix = usize::from(matches!((at(text, argument.start), at(text, argument.start + 1)), (b'b', b'"' | b'\'')));
    let secret = literal(text, &(argument.start + prefix..argument.end))?;
    let value = text.get(secret.clone())?;
    let generated = value.len() >= SHORTEST
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
        && maker(value, Use::Password) == Maker::Machine;
    generated.then(|| password(text, head.start, secret, Reason::ByPosition)).flatten()
}

fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The password of the call whose name and bracket are at `head`.
pub(crate) fn parse(text: &[u8], head: Range<usize>) -> Vec<Parsed> {
    let Some(name) = text.get(head.clone()).map(<[u8]>::to_ascii_lowercase) else { return Vec::new() };
    if let Some(found) = signing(text, &head, &name) {
        return vec![found];
    }
    let Some((call, place, least)) = CALLS.iter().find(|(call, ..)| call.as_bytes() == name) else { return Vec::new() };
    let before = at(text, head.start.wrapping_sub(1));
    let starts_word = call.as_bytes()[0].is_ascii_alphabetic();
    // `verifyMysqli(` is another call, `mysql.getConnection(` and `create_basic_auth(` are not.
    if starts_word && before.is_ascii_lowercase() && name.len() < 12 {
        return Vec::new();
    }
    let all = arguments(text, head.end);
    let Some(secret) = all.get(*place).filter(|_| all.len() >= *least) else { return Vec::new() };
    let Some(secret) = literal(text, secret) else { return Vec::new() };
    // A login with a password that is in the text has its name there as well, or takes that from a variable; names of fields
    // are no logins.
    let user = place.checked_sub(1).and_then(|n| all.get(n)).and_then(|user| literal(text, user));
    let is_field = user.is_some_and(|user| {
        let name = text.get(user).unwrap_or_default().to_ascii_lowercase();
        [&b"username"[..], b"user", b"login", b"email", b"name"].contains(&&*name)
            && text.get(secret.clone()).is_some_and(|v| v.iter().all(|b| b.is_ascii_alphabetic()))
    });
    if is_field {
        return Vec::new();
    }
    password(text, head.start, secret, Reason::ByPosition).into_iter().collect()
}

/// The arguments from `from` to the closing bracket, white space around them left out; none if it does not close.
fn arguments(text: &[u8], from: usize) -> Vec<Range<usize>> {
    let limit = text.len().min(from + AFTER);
    let mut out = Vec::new();
    let (mut start, mut here, mut depth) = (from, from, 0_usize);
    let trimmed = |range: Range<usize>| {
        let part = text.get(range.clone()).unwrap_or_default();
        let lead = part.len() - part.trim_ascii_start().len();
        range.start + lead..range.start + lead + part.trim_ascii().len()
    };
    while here < limit {
        match at(text, here) {
            mark @ (b'"' | b'\'' | b'`') => {
                here += 1;
                while here < limit && at(text, here) != mark {
                    here += 1 + usize::from(at(text, here) == b'\\');
                }
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth > 0 => depth -= 1,
            b')' | b']' | b'}' => {
                out.push(trimmed(start..here));
                return out;
            }
            b',' if depth == 0 => {
                out.push(trimmed(start..here));
                start = here + 1;
            }
            _ => {}
        }
        here += 1;
    }
    Vec::new()
}

/// The text of an argument that is one literal, perhaps with a call behind it that only turns it into another type.
fn literal(text: &[u8], argument: &Range<usize>) -> Option<Range<usize>> {
    let written = text.get(argument.clone())?;
    let mark = *written.first().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let len = memchr::memchr(mark, written.get(1..)?)?;
    let rest = written.get(len + 2..)?;
    let turned = [&b".toCharArray()"[..], b".getBytes()", b".getBytes(StandardCharsets.UTF_8)", b".encode()"];
    let plain = rest.is_empty() || turned.iter().any(|call| rest.eq_ignore_ascii_case(call));
    let body = written.get(1..1 + len)?;
    let escaped = body.contains(&b'\\');
    (plain && !escaped && !body.is_empty() && !body.contains(&b' '))
        .then(|| argument.start + 1..argument.start + 1 + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_taken_apart() {
        let text = br#"f(a, "b,)c", g(x, y), 'd\'e' )"#;
        let all: Vec<_> =
            arguments(text, 2).into_iter().map(|r| std::str::from_utf8(&text[r]).expect("ASCII")).collect();
        assert_eq!(all, ["a", "\"b,)c\"", "g(x, y)", "'d\\'e'"]);
        assert!(arguments(b"f(a, b", 2).is_empty());
        assert_eq!(literal(b"\"x\".toCharArray()", &(0..17)), Some(1..2));
        assert_eq!(literal(b"\"x\" + y", &(0..7)), None);
    }
}
