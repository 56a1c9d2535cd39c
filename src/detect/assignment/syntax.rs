//! Where the value of a name begins: the separators and containers of configuration formats, programming languages,
//! command lines and markup.
//!
//! In: text and a [`Key`]. Out: a [`Found`] of whoever reads the value itself: `value.rs`, mostly. Refuses everything that
//! is no assignment: prose, declarations without a value, uses of a variable. No allocation.
//!
//! What follows the name decides ([`find`]), closing quotes and brackets of the name itself left out; V is the value:
//!
//! | text | languages | read by |
//! |---|---|---|
//! | `= V`, `== V`, `=> V`; `?name=V` | nearly all; URLs | [`equals`] |
//! | `: V`, `:= V`, `: type = V` | YAML, JSON; Go; TypeScript, Rust, Kotlin | [`colon`] |
//! | `?= V`, `?: V`, `??= V`, <code>\|\|= V</code>, `+= V`, `<- V`, `-> V`, `!= V` | Make, Kotlin, JavaScript, shells, R, PHP, comparisons | [`find`] |
//! | <code>\| name \| V \|</code> | tables of Markdown | [`cell`] |
//! | `"name", V` | arguments, tuples | [`pair`] |
//! | `<name>V</name>`, `<x name="name">V</x>` | XML | [`element`] |
//! | `name(V)`, `.set_name(V)` | builders, setters | [`call`] |
//! | `name { default = V }` | Terraform | [`nested`] |
//! | `name { V }`, `"name" to V`, `{name, V}`, `V -> name`, `"name" with V` | Ruby, Kotlin, Erlang, R, Gherkin | [`idiom`] |
//! | `name "V"` | configuration files, flags of commands | [`phrase::spaced`] |
//! | `name V` | the same, without quotes | [`phrase::word`] |
//! | `- --name`, then `- V` | lists of arguments in YAML | [`phrase::next_item`] |
//! | `${NAME:-V}` | shells, Compose | [`expression::template_default`] |

use super::join::{Join, blanks, space};
use super::key::{COPULAS, Key, WIDE_COLON, at, cut};
use super::kind::Kind;
use super::literal::{Found, literal, quote_start};
use super::{expression, idiom, percent, phrase, scheme, value};

/// A place in the text that moves past what it reads.
struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t [u8], at: usize) -> Self {
        Self { text, at }
    }

    /// Moves past `bytes` if they are next; whether they were. Inlined, because nearly every call has one or two bytes.
    #[inline(always)]
    fn eat(&mut self, bytes: &[u8]) -> bool {
        let is_next = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(bytes));
        if is_next {
            self.at += bytes.len();
        }
        is_next
    }

    /// The value after what was read.
    fn value(&self, join: Join, key: &Key) -> Option<Found> {
        value::read(self.text, self.at, join, key)
    }
}

/// Whether `text` ends with `word`, in any case.
fn ends_with(text: &[u8], word: &[u8]) -> bool {
    text.get(text.len().saturating_sub(word.len())..).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// Finds the value that `key` is given.
pub(super) fn find(text: &[u8], key: &Key) -> Option<Found> {
    let end = key.ident.end;
    // `(?<secret>`, `(?P<token>`: a group of a regular expression.
    if key.lead == b'<' && matches!(at(text, key.ident.start.wrapping_sub(2)), b'?' | b'P') {
        return None;
    }
    if key.closing == 0 && (key.lead == b'<' || (key.lead == b':' && opens_tag(text, key.ident.start))) {
        return element(text, end);
    }
    // A variable with a default.
    if key.lead == b'{' && at(text, key.ident.start.wrapping_sub(2)) == b'$' {
        if let Some(found) = idiom::robot(text, key) {
            return Some(found);
        }
        return expression::template_default(text, key.ident.start - 2, Join::Equals);
    }
    if key.lead == b'/' && at(text, key.ident.start.wrapping_sub(2)) == b'<' {
        return None;
    }
    let mut from = end + key.closing;
    if key.closing > 0 {
        if key.quoted && names_a_type(text, key) {
            return None;
        }
        // `["password"] = `, `get("password") == `
        let brackets = cut(text, from..from + 2).iter().take_while(|b| matches!(b, b']' | b')')).count();
        from += brackets;
    } else if at(text, end) == b']' {
        if let Some(found) = idiom::parallel(text, key) {
            return Some(found);
        }
        from += 1;
    } else if key.lead == b'*' && at(text, end) == b'*' {
        // `**Password**: ...`
        from += cut(text, end..end + 2).iter().take_while(|b| **b == b'*').count();
    } else if at(text, end) == b'[' {
        // `char password[] = "..."`, `password[32] = "..."`
        from += dimension(text, end);
    }
    if cut(text, key.ident.clone()).eq_ignore_ascii_case(b"ConvertTo-SecureString")
        && let Some(found) = phrase::piped(text, key)
    {
        return Some(found);
    }
    let here = blanks(text, from);
    let b = at(text, here);
    if key.identified(text) && !matches!(b, b'\'' | b'"' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') {
        return None;
    }
    if let Some(found) = scheme::find(text, key, here) {
        return Some(found);
    }
    if key.lead == b' '
        && matches!(at(text, key.ident.start.wrapping_sub(key.closing + 2)), b':' | b'>' | b's' | b'e' | b'y')
        && let Some(found) = idiom::before(text, key)
    {
        return Some(found);
    }
    let mut rest = Cursor::new(text, here);
    match b {
        b'=' => equals(Cursor::new(text, here + 1), key),
        b':' => colon(Cursor::new(text, here + 1), key),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9'
            if key.closing == 0 && COPULAS.contains(&cut(text, end.saturating_sub(3)..end)) =>
        {
            let found = rest.value(Join::Is, key)?;
            let value = cut(text, found.secret.clone());
            value.iter().any(|b| !b.is_ascii_alphabetic()).then_some(found)
        }
        0xef if rest.eat(WIDE_COLON) => rest.value(Join::Colon, key),
        b'?' if rest.eat(b"?=") || rest.eat(b"?:") => rest.value(Join::Colon, key),
        b'?' if rest.eat(b"??=") => rest.value(Join::Equals, key),
        b'.' | b'*' | b'&' if key.closing == 0 && at(text, here + 1) == b'=' => {
            Cursor::new(text, here + 2).value(Join::Equals, key)
        }
        b'%' if key.closing == 0 && here == from => percent::find(text, here),
        b'|' if rest.eat(b"||=") => rest.value(Join::Equals, key),
        b'|' | b'?' if rest.eat(b"|| ") || rest.eat(b"?? ") => idiom::otherwise(text, rest.at),
        b'o' if key.closing > 0 && rest.eat(b"or ") => idiom::otherwise(text, rest.at),
        b'.' if key.closing > 0 && (rest.eat(b".unwrap_or(") || rest.eat(b".orElse(")) => {
            idiom::otherwise(text, rest.at)
        }
        b'|' => cell(text, key, here),
        b'!' if rest.eat(b"!:") => colon(rest, key),
        b'+' if rest.eat(b"+=") => rest.value(Join::Equals, key),
        b'!' if rest.eat(b"!==") || rest.eat(b"!=") => rest.value(Join::Compare, key),
        b'<' if key.lead == b'>' => value::element(text, idiom::cell_of_html(text, here)?),
        b'<' if rest.eat(b"<-") => rest.value(Join::Equals, key),
        // After a bracket it is the method of what was called.
        b'-' if key.closing > 0 && from == end + key.closing && rest.eat(b"->") => rest.value(Join::Equals, key),
        b',' | b'}' if key.closing > 0 => pair(text, key, here),
        b',' | b']' | b')'
            if key.closing == 0
                && let Some(found) = idiom::parallel(text, key) =>
        {
            Some(found)
        }
        b',' => symbol(text, key, here),
        b'>' if key.quoted => element(text, here),
        b'(' if key.closing == 0 && here == from => call(text, key, here).or_else(|| idiom::returned(text, here)),
        b'{' => idiom::in_braces(text, here).or_else(|| idiom::nested(text, here)),
        b't' if key.quoted && rest.eat(b"to ") => idiom::to(text, rest.at),
        b'w' if key.quoted && rest.eat(b"with \"") => literal(text, rest.at - 1, Join::Pair),
        b')' if key.lead == b':' && key.closing == 0 => idiom::memoised(text, key, here),
        b'\r' | b'\n' if is_explicit_key(text, key) => {
            let next = blanks(text, here + 1 + usize::from(b == b'\r'));
            let found = (at(text, next) == b':').then(|| value::read(text, next + 1, Join::Colon, key)).flatten()?;
            // `x ? "a" : "b"` of a program over three lines looks the same.
            let generated = !key.quoted || super::shape::generated(cut(text, found.secret.clone()));
            generated.then_some(found)
        }
        b'\r' | b'\n' if key.dashes > 0 => phrase::next_item(text, key, here),
        b'\r' | b'\n' | b';' => idiom::of_method(text, key, here),
        b'"' | b'\'' | b'`' | b'\\' if key.closing == 0 && here > from => phrase::spaced(text, key, here),
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'!'..=b'~' if here > from && key.closing == 0 => {
            phrase::word(text, key, here)
        }
        _ => None,
    }
}

/// Length of the brackets of an array at `open` if a value follows that is assigned; 0 if not.
fn dimension(text: &[u8], open: usize) -> usize {
    let inner = cut(text, open + 1..open + 24);
    let len = inner.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let close = open + 1 + len;
    let sign = blanks(text, close + 1);
    let assigned =
        at(text, close) == b']' && at(text, sign) == b'=' && !matches!(at(text, sign + 1), b'=' | b'>' | b'~');
    if assigned { close + 1 - open } else { 0 }
}

/// `? name` of YAML, whose value is on the next line behind a colon.
fn is_explicit_key(text: &[u8], key: &Key) -> bool {
    let start = key.ident.start.saturating_sub(if key.quoted { key.closing } else { 0 });
    cut(text, start.saturating_sub(2)..start) == b"? "
}

/// `set :name, "..."`, `headers.set(AUTHORIZATION, "...")`: a name that is a symbol or a constant, and its value.
fn symbol(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    if key.lead == b'{' {
        return idiom::tuple(text, here);
    }
    let is_constant = key.shout && matches!(key.lead, b'(' | b' ' | b'\n' | b'\t');
    if key.lead != b':' && !is_constant {
        return None;
    }
    let found = literal(text, space(text, here + 1), Join::Pair)?;
    let value = cut(text, found.secret.clone());
    let after = space(text, found.close);
    let ends = matches!(at(text, after), b')' | b';' | 0) || cut(text, found.close..after).contains(&b'\n');
    // Constants stand beside texts of all kinds.
    (ends && (key.lead == b':' || super::shape::generated(value))).then_some(found)
}

/// Whether `<prefix:` stands before `start`.
fn opens_tag(text: &[u8], start: usize) -> bool {
    let before = cut(text, start.saturating_sub(24)..start);
    let name = before
        .iter()
        .rev()
        .skip(1)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        .count();
    name > 0 && before.len() > name + 1 && at(before, before.len() - name - 2) == b'<'
}

/// After `=`: an assignment, unless the operator goes on as a comparison or a match.
fn equals(mut rest: Cursor<'_>, key: &Key) -> Option<Found> {
    if rest.eat(b"=") {
        // `==` or `===`.
        rest.eat(b"=");
        return rest.value(Join::Compare, key);
    }
    if rest.eat(b">") {
        return rest.value(Join::Equals, key);
    }
    // `x =~ /.../`, but `NAME=~x` of a file of settings.
    let glued = at(rest.text, rest.at.wrapping_sub(2)).is_ascii_alphanumeric()
        && at(rest.text, rest.at + 1).is_ascii_alphanumeric();
    if !glued && rest.eat(b"~") {
        return None;
    }
    let is_query = matches!(key.lead, b'?' | b'&') && key.closing == 0;
    // `Password = <<"...">>` of Erlang, `getToken = () => "..."`.
    let here = blanks(rest.text, rest.at);
    match at(rest.text, here) {
        b'<' if cut(rest.text, here..here + 3) == b"<<\"" => return literal(rest.text, here + 2, Join::Equals),
        b'(' if let Some(found) = idiom::returned(rest.text, here) => return Some(found),
        _ => {}
    }
    let join = if is_query { Join::Query } else { Join::Equals };
    rest.value(join, key).or_else(|| if is_query { None } else { idiom::ternary(rest.text, rest.at) })
}

/// After `:`: a value, `:=`, or a type and then a value.
fn colon(mut rest: Cursor<'_>, key: &Key) -> Option<Found> {
    if rest.eat(b"=") {
        return rest.value(Join::Equals, key);
    }
    // `::=` of grammars and of old configuration files.
    if rest.eat(b":=") {
        return rest.value(Join::Equals, key);
    }
    if rest.eat(b":") || rest.eat(b")") {
        return None;
    }
    // `**Password:** ...` of Markdown.
    if key.lead == b'*' && !rest.eat(b"**") {
        rest.eat(b"*");
    }
    // `password: str = "..."`: what follows the colon is a type.
    match phrase::typed(rest.text, blanks(rest.text, rest.at)) {
        Some(after) => value::read(rest.text, after, Join::Equals, key),
        None => rest.value(Join::Colon, key),
    }
}

/// `type="password"`, `"type": "password"`: the word is a kind of input, not a name.
fn names_a_type(text: &[u8], key: &Key) -> bool {
    let mut i = key.ident.start.saturating_sub(key.closing);
    let mut floor = i.saturating_sub(6);
    while i > floor && matches!(at(text, i - 1), b' ' | b'=' | b':' | b'>') {
        i -= 1;
    }
    floor = i.saturating_sub(3);
    while i > floor && matches!(at(text, i - 1), b'"' | b'\'' | b'\\') {
        i -= 1;
    }
    let before = cut(text, i.saturating_sub(5)..i);
    let ends = |word: &[u8]| ends_with(before, word);
    ends(b"type") || ends(b"for") || ends(b"mode") || ends(b"grant") || ends(b"href") || ends(b"class")
}

/// Whether the quoted name is the first argument of a call, on its line or on the next one.
fn opens_call(text: &[u8], key: &Key) -> bool {
    let start = key.ident.start - usize::from(key.dashes);
    let before = cut(text, start.saturating_sub(key.closing + 40)..start - key.closing.min(start));
    key.lead == b'(' || (key.lead.is_ascii_whitespace() && before.trim_ascii_end().ends_with(b"("))
}

/// `("name", value)`.
fn pair(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    // Names in backticks are a list in prose.
    if !key.quoted || at(text, here) != b',' || at(text, key.ident.end) == b'`' {
        return None;
    }
    let from = space(text, here + 1);
    // `fill_in "Password", with: "..."`
    if cut(text, from..from + 5).eq_ignore_ascii_case(b"with:") {
        return value::read(text, from + 5, Join::Pair, key);
    }
    // `add_argument("--password", default="...")`, `config("API_TOKEN", default="...")`
    if opens_call(text, key) && at(text, from).is_ascii_alphabetic() && quote_start(text, from).is_none() {
        return expression::default_argument(text, from, Join::Pair);
    }
    // The option and its value, two items of a list.
    let option = key.dashes > 0 && matches!(key.lead, b'[' | b',' | b' ' | b'\n' | b'\t' | b'(');
    let found = literal(text, from, Join::Pair)?;
    let after = space(text, found.close);
    // The next name of a map, or one of many in a list: no value of this name.
    let next = at(text, after);
    let is_generated = || super::shape::generated(cut(text, found.secret.clone()));
    if matches!(next, b':' | b'=') || (next == b',' && !matches!(key.lead, b'(' | b' ') && !option && !is_generated()) {
        return None;
    }
    // `setattr(x, "password", "...")`: the last two arguments.
    let last = key.lead == b' ' && (at(text, after) == b')' || idiom::is_gradle(text, key));
    (matches!(key.lead, b'(' | b'[' | b'{') || last || option || (key.lead == b',' && is_generated())).then_some(found)
}

/// `<name>value</name>`, attributes skipped; `from` stands after the name.
fn element(text: &[u8], from: usize) -> Option<Found> {
    let rest = cut(text, from..from + 80);
    let open = from + rest.iter().position(|b| matches!(b, b'>' | b'<' | b'\n'))?;
    if at(text, open) != b'>' || at(text, open - 1) == b'/' {
        return None;
    }
    // Spring's `<property name="password"><value>...</value>`.
    let mut inner = Cursor::new(text, space(text, open + 1));
    let from = if inner.eat(b"<value>") { inner.at } else { open + 1 };
    value::element(text, from)
}

/// `setPassword("...")`, `.password("...")`: a name that is called with one literal.
fn call(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    let name = cut(text, key.ident.clone());
    let setter = [&b"set"[..], b"with", b"put", b"add"]
        .iter()
        .any(|s| name.get(..3.min(s.len())).is_some_and(|n| n.eq_ignore_ascii_case(&s[..3])))
        || matches!(key.lead, b'.' | b'>' | b'@' | b' ' | b'\t' | b'\n' | b'&')
        || name.contains(&b'.');
    // `password.encode("...")`: a method of the password; `set` gives it its value, and `equals` compares it with one.
    let method = cut(text, key.word.end..key.ident.end);
    if method.contains(&b'.') {
        return if matches!(method, b".set" | b".equals") {
            literal(text, space(text, here + 1), Join::Call)
        } else {
            None
        };
    }
    // `test.pass("...")`, `pass("...")`: the verb.
    let last = name.rsplit(|b| *b == b'.').next().unwrap_or(name);
    if !setter || key.dull || last.eq_ignore_ascii_case(b"pass") {
        return None;
    }
    let inner = space(text, here + 1);
    let mut found = match literal(text, inner, Join::Call) {
        Some(found) => found,
        None => expression::expression(text, inner, Join::Call)?,
    };
    // `NetworkCredential("user", "...")`: name and password.
    let comma = space(text, found.close);
    if key.kind == Kind::Credential && at(text, comma) == b',' {
        found = literal(text, space(text, comma + 1), Join::Call)?;
    }
    found.join = Join::Call;
    matches!(at(text, space(text, found.close)), b')' | b'.').then_some(found)
}

/// `| password | value |` of a Markdown table.
fn cell(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    let before = cut(text, key.ident.start.saturating_sub(4)..key.ident.start);
    let first = before.iter().rev().position(|b| !matches!(b, b' ' | b'`' | b'*'));
    // Without a blank it is the `or` of a regular expression.
    if !first.is_some_and(|i| i > 0 && before.get(before.len() - 1 - i) == Some(&b'|')) {
        return None;
    }
    value::read(text, here + 1, Join::Cell, key)
}
