use super::super::spans::{merged, replaced};
use super::*;
use crate::example;

fn shown(line: &str) -> String {
    let all = merged(Vec::new(), spans(line, &[]).into_iter().map(|r| (r, None)).collect());
    replaced(line, &all, &(0..line.len()), None).0
}

fn made(template: &str) -> String {
    String::from_utf8(example::expand(template, 7).expect("a template").text).expect("text")
}

#[test]
fn code_stays_readable() {
    let hash = made("{{hex(40)}}");
    for line in [
        "password = getpass()",
        "password = os.environ[\"DB_PASSWORD\"]",
        "let token = self.lexer.next_token();",
        "def check_password(self, username, confirm_password):",
        "if not user.has_valid_password(request.user_id):",
        "token := getOAuth2TokenForUser(context)",
        "import { passwordValidator } from './validators/password';",
        "Please rotate the token before the release",
        "target: x86_64-unknown-linux-gnu",
        "charset utf8_general_ci, order-20240131-17, userId2Kind",
        "secret: config/application-prod.yml",
        &format!("uses: actions/checkout@{hash}"),
        &format!("commit {hash}"),
        &made("image: nginx@sha256:{{hex(64)}}"),
        &made("\"integrity\": \"sha512-{{base64_bytes(64)}}\""),
        &made("golang.org/x/net v0.0.0-20210921155107-{{hex(12)}} h1:{{base64_bytes(32)}}"),
    ] {
        assert_eq!(shown(line), line);
    }
}

#[test]
fn what_is_near_a_telling_word_is_hidden() {
    for (line, want) in [
        ("# password was correcthorsebattery until May", "# password was … until May"),
        ("{\"value\": \"pL!x kk\", \"name\": \"REDIS_PASSWORD\"}", "{\"value\": \"…\", \"name\": \"REDIS_PASSWORD\"}"),
        (
            "{\\\"value\\\": \\\"pL!xkk\\\", \\\"key\\\": \\\"api_key\\\"}",
            "{\\\"value\\\": \\\"…\\\", \\\"key\\\": \\\"api_key\\\"}",
        ),
        ("auth('no-dict-words', token='q')", "auth('…', token='q')"),
        ("password: my-old-dog-barks", "password: …"),
    ] {
        assert_eq!(shown(line), want);
    }
    let joined = |a: &str, b: &str| format!("password = {a:?} + x + {b:?}");
    assert_eq!(shown(&joined("ab04mmvW99", "cd04mmvW99")), joined("…", "…"));
    let query = "?api_key=VALUE&access_token=VALUE".replace("VALUE", "abcdefgh-ijk");
    assert_eq!(shown(&query), "?api_key=…&access_token=…");
    // 32 bytes, on the same line.
    let far = format!("password {}correcthorsebattery", ". ".repeat(20));
    assert_eq!(shown(&far), far);
    assert_eq!(shown("password\ncorrecthorsebattery"), "password\ncorrecthorsebattery");
}

#[test]
fn what_looks_generated_is_hidden_anywhere() {
    for template in
        ["base62(20)", "hex(32)", "hex_upper(16)", "alnum_lower(24)", "base64(40)", "base64url(43)", "uuid()"]
    {
        let value = made(&format!("{{{{{template}}}}}"));
        for line in [format!("x: {value}"), format!("shop:{value}@tcp(db.acme.io:3306)"), format!("f(\"{value}\");")] {
            assert!(!shown(&line).contains(&value[2..value.len() - 2]), "{template}: {}", shown(&line));
        }
    }
    // A byte that is no text does not end it, and what follows is hidden however short it is.
    let (value, rest) = (made("{{alnum_lower(24)}}"), made("{{alnum_lower(9)}}"));
    assert!(!shown(&format!("x: \"{value}\u{fffd}{rest}\"")).contains(&rest));
    assert!(shown(&format!("x: \"caf\u{fffd}\" {rest}")).contains(&rest));
    // Of many values nearly all are.
    let all = (0..1000).map(|seed| example::expand("{{base62(16)}}", seed).expect("a template").text);
    let seen = all.filter(|v| !generated(std::str::from_utf8(v).expect("text"))).count();
    assert!(seen < 100, "{seen} of 1000 values of 16 characters (one in twenty has no digit)");
}

#[test]
fn a_value_that_goes_on_in_the_next_line_is_hidden_there() {
    // Too short and too plain to be hidden for its own sake.
    let part = "qzvhwtkbxj";
    let quoted = format!("\"{part}\"");
    for text in [
        format!("const password = \"\" +\n  {quoted};"),
        format!("const password = \"\"\r\n  + {quoted};"),
        format!("$password = '' .\n  '{part}';"),
        format!("$password = ''\n  . '{part}';"),
        format!("password = (\"\"\n            {quoted})"),
        format!("password = \"\" \\\n  b{quoted}"),
        format!("password = [\"\",\n  {quoted},\n  \"\"].join()"),
        format!("setPassword(\n  {quoted});"),
        format!("password: >-\n  {part}"),
        format!("password: |\n  {part}"),
        format!("password = \\\n  {part}"),
        format!("password = \"\" &\n  \"\" &\n  {quoted}"),
    ] {
        let at = text.find(part).expect("it");
        assert!(spans(&text, &[]).iter().any(|r| r.start <= at && at + part.len() <= r.end), "{text}");
    }
    for text in [
        format!("\"password\": \"\",\n  \"name\": {quoted}"),
        format!("password = \"\";\nuser = {quoted};"),
        format!("password: \"\"\nname: {part}"),
        format!("password = \"\" +\n  prefix;\n\n{quoted}"),
    ] {
        assert!(spans(&text, &[]).is_empty(), "{text}");
    }
}
