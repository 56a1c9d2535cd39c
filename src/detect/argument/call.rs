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

/// What a call takes at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// A password, after the name of its user or alone.
    Password,
    /// A password, if the argument two places before it is the number of a port: other calls of this name take other things.
    BehindPort,
    /// A password, after the name of an entry in a directory (`cn=admin`): most calls of `bind` are something else.
    BehindEntry,
    /// A secret that signs or encrypts. Tests and tutorials are full of them, so that only a value counts which a machine
    /// generated.
    Key,
}
use Takes::{BehindEntry, BehindPort, Key, Password};

/// A call in small letters with its bracket, the place of the secret, how many arguments there have to be, and what it is.
#[rustfmt::skip]
const CALLS: &[(&str, usize, usize, Takes)] = &[
    // Databases.
    ("getconnection(", 2, 3, Password), ("pymysql.connect(", 2, 3, Password), ("mysqldb.connect(", 2, 3, Password),
    ("psycopg2.connect(", 2, 4, Password), ("pymssql.connect(", 2, 3, Password), ("mysql_connect(", 2, 3, Password),
    ("mysql_pconnect(", 2, 3, Password), ("mysqli(", 2, 3, Password), ("mysqli_connect(", 2, 3, Password),
    ("mysqli_real_connect(", 3, 4, Password), ("pdo(", 2, 3, Password), ("oci_connect(", 1, 2, Password),
    ("oci_pconnect(", 1, 2, Password), ("odbc_connect(", 2, 3, Password), ("mssql_connect(", 2, 3, Password),
    ("ibase_connect(", 2, 3, Password), ("cx_oracle.connect(", 1, 2, Password), ("oracledb.connect(", 1, 2, Password),
    ("dbi->connect(", 2, 3, Password), ("dbi.connect(", 2, 3, Password), ("sequelize(", 2, 3, Password),
    ("dialpassword(", 0, 1, Password), ("jedis.auth(", 0, 1, Password), ("redis.redis(", 3, 4, Password),
    ("redis.auth(", 0, 1, Password), ("redis->auth(", 0, 1, Password),
    ("mongocredential.createcredential(", 2, 3, Password), ("createscramsha1credential(", 2, 3, Password),
    ("createscramsha256credential(", 2, 3, Password), ("mysql_real_connect(", 3, 4, Password), (".auth(", 0, 1, Key),
    // Files, mail, messages, remote access.
    ("ftplib.ftp(", 2, 3, Password), ("ftp.open(", 2, 3, Password), ("ftp_login(", 2, 3, Password),
    (".login(", 1, 2, Password), ("imap_open(", 2, 3, Password), ("yagmail.smtp(", 1, 2, Password),
    ("auth_password(", 1, 2, Password), ("userauth_password(", 1, 2, Password), ("sshclient(", 2, 3, Password),
    ("sftpclient(", 3, 4, Password), ("passwordauthenticationmethod(", 1, 2, Password),
    ("defaultauthenticator(", 1, 2, Password), ("ssh2_auth_password(", 2, 3, Password), (".connect(", 3, 4, BehindPort),
    ("ssh.password(", 0, 1, Password), ("ldap_bind(", 2, 3, Password), (".bind(", 1, 2, BehindEntry),
    ("transport.connect(", 2, 3, Password), ("smbconnection(", 1, 2, Password), ("simple_bind_s(", 1, 2, Password),
    ("simple_bind(", 1, 2, Password), ("directoryentry(", 2, 3, Password), ("newdialer(", 3, 4, Password),
    ("newplaindialer(", 3, 4, Password), ("username_pw_set(", 1, 2, Password),
    ("createqueueconnection(", 1, 2, Password), ("createtopicconnection(", 1, 2, Password),
    ("connectionfactory.createconnection(", 1, 2, Password), ("wifi.begin(", 1, 2, Password), (".login(", 0, 1, Key),
    // The Web, and objects that hold a login.
    ("basic_auth(", 1, 2, Password), ("setbasicauth(", 1, 2, Password), ("httpbasicauth(", 1, 2, Password),
    ("httpdigestauth(", 1, 2, Password), ("basicauth(", 1, 2, Password), ("aiohttp.basicauth(", 1, 2, Password),
    ("credentials.basic(", 1, 2, Password), ("plainauth(", 2, 4, Password),
    ("usernamepasswordcredentials(", 1, 2, Password), ("usernamepasswordcredential(", 1, 2, Password),
    ("usernamepasswordauthenticationtoken(", 1, 2, Password), ("passwordauthentication(", 1, 2, Password),
    ("networkcredential(", 1, 2, Password), ("simplecredentials(", 1, 2, Password),
    ("basicawscredentials(", 1, 2, Password), ("awsbasiccredentials.create(", 1, 2, Password),
    ("newstaticcredentials(", 1, 2, Password), ("newstaticcredentialsprovider(", 1, 2, Password),
    ("sharedkeycredential(", 1, 2, Password), ("auth=(", 1, 2, Password), ("auth = (", 1, 2, Password),
    ("create_superuser(", 2, 3, Password), ("create_user(", 2, 3, Password), ("url.userpassword(", 1, 2, Password),
    ("httpbasicauthenticator(", 1, 2, Password), ("usernamepasswordtoken(", 1, 2, Password),
    ("keyring.set_password(", 2, 3, Password), ("generate_password_hash(", 0, 1, Password),
    ("password_hash(", 0, 2, Password), ("hash::make(", 0, 1, Password), ("bcrypt.hashsync(", 0, 1, Password),
    ("bcrypt.hash(", 0, 1, Password), ("bcrypt.hashpw(", 0, 1, Password), ("generatefrompassword(", 0, 2, Password),
    ("newstaticv4(", 1, 2, Password), (".auth(", 1, 2, Password), ("authenticate(", 1, 2, Password),
    ("withcredentials(", 1, 2, Password), ("twilio.rest.client(", 1, 2, Password), ("setcredentials(", 1, 2, Password),
    ("xhr.open(", 4, 5, Password), ("authenticateasync(", 1, 2, Password), ("usermanager.createasync(", 1, 2, Password),
    ("signinwithemailandpassword(", 1, 2, Password), ("createuserwithemailandpassword(", 1, 2, Password),
    ("clientsecretcredential(", 2, 3, Password), ("sessionawscredentials(", 1, 3, Password),
    ("amazons3client(", 1, 2, Key), ("authenticationheadervalue(", 1, 2, Key), ("bearer_auth(", 0, 1, Key),
    ("+= credentials(", 3, 4, Password),
    // What opens a key store or makes a key.
    ("pbekeyspec(", 0, 1, Password), ("rfc2898derivebytes(", 0, 2, Password),
    ("keystore.passwordprotection(", 0, 1, Password), ("x509certificate2(", 1, 2, Password),
    ("keystore.load(", 1, 2, Password), ("ks.load(", 1, 2, Password), ("kmf.init(", 1, 2, Password),
    ("scryptsync(", 0, 2, Password), ("pbkdf2sync(", 0, 2, Password), ("pgp_sym_encrypt(", 1, 2, Password),
    ("pgp_sym_decrypt(", 1, 2, Password),
    // What signs and encrypts.
    ("jwt.sign(", 1, 2, Key), ("jwt.verify(", 1, 2, Key), ("jwt.encode(", 1, 2, Key), ("jwt.decode(", 1, 2, Key),
    ("jwt::encode(", 1, 2, Key), ("jwt::decode(", 1, 2, Key), ("jwt::sign(", 1, 2, Key), ("jwt::verify(", 1, 2, Key),
    (".hmac256(", 0, 1, Key), (".hmac384(", 0, 1, Key), (".hmac512(", 0, 1, Key), ("cookieparser(", 0, 1, Key),
    ("newcookiestore(", 0, 1, Key), ("createhmac(", 1, 2, Key), ("hash_hmac(", 2, 3, Key), (".signedstring(", 0, 1, Key),
    ("hmacshakeyfor(", 0, 1, Key), ("symmetricsecuritykey(", 0, 1, Key), ("fernet(", 0, 1, Key),
    ("secretkeyspec(", 0, 2, Key), ("createcipher(", 1, 2, Key), ("createdecipher(", 1, 2, Key),
    ("createcipheriv(", 1, 3, Key), ("createdecipheriv(", 1, 3, Key), ("cryptojs.aes.encrypt(", 1, 2, Key),
    ("cryptojs.aes.decrypt(", 1, 2, Key), ("aes.newcipher(", 0, 1, Key), ("aes.new(", 0, 2, Key),
    ("hmac.new(", 0, 2, Key), ("messageencryptor.new(", 0, 1, Key), ("messageverifier.new(", 0, 1, Key),
    ("hmac.hexdigest(", 1, 3, Key), ("hmacsha256(", 1, 2, Key), (".signwith(", 1, 2, Key),
    (".setsigningkey(", 0, 1, Key), ("oauthhandler(", 1, 2, Key), ("set_access_token(", 1, 2, Key),
    ("algoliasearch(", 1, 2, Key), ("openssl_encrypt(", 2, 3, Key), ("openssl_decrypt(", 2, 3, Key),
    ("encodingkey::from_secret(", 0, 1, Key), ("decodingkey::from_secret(", 0, 1, Key),
];
/// Shortest value of a key.
const SHORTEST: usize = 16;
/// What turns a text into bytes.
const INTO_BYTES: [&[u8]; 5] =
    [b"Some(", b"[]byte(", b"Encoding.UTF8.GetBytes(", b"Encoding.ASCII.GetBytes(", b"Buffer.from("];

fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The secret of the call whose name and bracket are at `head`.
pub(crate) fn parse(text: &[u8], head: Range<usize>) -> Option<Parsed> {
    let name = text.get(head.clone())?.to_ascii_lowercase();
    let mut calls = CALLS.iter().filter(|(call, ..)| call.as_bytes() == name).peekable();
    let first = calls.peek()?.0.as_bytes()[0];
    let before = at(text, head.start.wrapping_sub(1));
    // `verifyMysqli(` is another call, `mysql.getConnection(` and `create_basic_auth(` are not.
    if first.is_ascii_alphabetic() && before.is_ascii_lowercase() && name.len() < 12 {
        return None;
    }
    // `password | password_hash('sha512')` of Ansible: a filter, whose argument is the way to hash.
    let is_filter = || text[head.start.saturating_sub(4)..head.start].trim_ascii_end().ends_with(b"|");
    if name == b"password_hash(" && is_filter() {
        return None;
    }
    let all = arguments(text, head.end);
    calls.find_map(|call| secret(text, head.start, &all, call))
}

/// The secret among these arguments of a call that begins at `start`.
fn secret(
    text: &[u8],
    start: usize,
    all: &[Range<usize>],
    (_, place, least, takes): &(&str, usize, usize, Takes),
) -> Option<Parsed> {
    let written = all.get(*place).filter(|_| all.len() >= *least)?;
    let secret = wrapped(text, written)?;
    let is_port = |argument: &Range<usize>| {
        (2..=5).contains(&argument.len()) && text[argument.clone()].iter().all(u8::is_ascii_digit)
    };
    let is_one = match takes {
        Password => true,
        BehindEntry => {
            place.checked_sub(1).and_then(|n| literal(text, all.get(n)?)).is_some_and(|user| text[user].contains(&b'='))
        }
        BehindPort => place.checked_sub(2).and_then(|n| all.get(n)).is_some_and(is_port),
        Key => is_generated(text.get(secret.clone())?),
    };
    if !is_one {
        return None;
    }
    // A login with a password that is in the text has its name there as well, or takes that from a variable; names of fields
    // are no logins.
    let user = place.checked_sub(1).and_then(|n| all.get(n)).and_then(|user| literal(text, user));
    let is_field = user.is_some_and(|user| {
        let name = text.get(user).unwrap_or_default().to_ascii_lowercase();
        [&b"username"[..], b"user", b"login", b"email", b"name"].contains(&&*name)
            && text.get(secret.clone()).is_some_and(|v| v.iter().all(|b| b.is_ascii_alphabetic()))
    });
    if is_field { None } else { password(text, start, secret, Reason::ByPosition) }
}

/// The text of an argument that may be turned into something else first: `b"..."`, `[]byte("...")`, `Some("...")`.
fn wrapped(text: &[u8], argument: &Range<usize>) -> Option<Range<usize>> {
    let mut argument = argument.clone();
    let written = text.get(argument.clone())?;
    if let Some(call) = INTO_BYTES.iter().find(|call| written.starts_with(call)) {
        argument = arguments(text, argument.start + call.len()).into_iter().next()?;
    }
    let prefix = usize::from(matches!((at(text, argument.start), at(text, argument.start + 1)), (b'b', b'"' | b'\'')));
    literal(text, &(argument.start + prefix..argument.end))
}

/// Whether a machine made the value of a key.
fn is_generated(value: &[u8]) -> bool {
    value.len() >= SHORTEST
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
        && maker(value, Use::Password) == Maker::Machine
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
    let turned = [
        &b".as_ref()"[..],
        b".as_bytes()",
        b".into()",
        b".to_string()",
        b".to_owned()",
        b".toCharArray()",
        b".getBytes()",
        b".getBytes(StandardCharsets.UTF_8)",
        b".encode()",
    ];
    let plain = rest.is_empty() || turned.iter().any(|call| rest.eq_ignore_ascii_case(call));
    let body = written.get(1..1 + len)?;
    let escaped = body.contains(&b'\\');
    (plain && !escaped && !body.is_empty() && !body.contains(&b' '))
        .then(|| argument.start + 1..argument.start + 1 + len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detector, Input};
    use crate::example::expand;
    use crate::rule::{Parser, RuleSet};

    /// Each row is found by a rule, and a variable in its place is not.
    #[test]
    fn each_call_is_understood() {
        let rules = RuleSet::builtin();
        let detector = Detector::new(&rules, 0);
        let found = |text: &str| {
            let all = detector.candidates(&Input::all(text.as_bytes())).candidates;
            let of_calls = all.iter().filter(|c| rules.rule(c.rule).parser == Some(Parser::Call));
            of_calls.map(|c| text[c.secret.clone()].to_owned()).collect::<Vec<_>>()
        };
        for (seed, (name, place, least, takes)) in (0..).zip(CALLS) {
            let value = String::from_utf8(expand("k7{{base62(30)}}", seed).expect("a template").text).expect("text");
            let call = |secret: &str| {
                let argument = |n| match n {
                    _ if n == *place => secret.to_owned(),
                    _ if *takes == BehindEntry => "\"cn=admin\"".to_owned(),
                    _ if n + 2 == *place => "2222".to_owned(),
                    _ => format!("x{n}"),
                };
                format!("y = {name}{});\n", (0..*least).map(argument).collect::<Vec<_>>().join(", "))
            };
            let text = call(&format!("\"{value}\""));
            assert!(found(&text).contains(&value), "{text}");
            assert_eq!(found(&call("password")), [""; 0]);
        }
        assert_eq!(found("socket.connect(host, cb, user, \"k7Xw29dkQp\");"), [""; 0]);
    }

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
