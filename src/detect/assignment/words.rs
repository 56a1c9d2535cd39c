//! Tables of the assignment detector: words that speak about a secret, placeholders, and how common each pair of
//! letters is in English and code. Sorted where they are searched. Nothing here is read from outside.

/// Words in a name that make it speak *about* a secret instead of holding one: `password_field`, `tokenUrl`.
/// Sorted; lower case.
pub(super) const ABOUT: &[&str] = &[
    "account", "action", "address", "age", "algo", "algorithm", "alias", "alphabet", "arn", "as", "attribute", "attributes", "audience", "available", "bits", "box", "button", "bytes", "callback", "change", "changed", "chars", "check", "checker", "class", "client", "column", "config", "confirm", "container", "controller", "cookie", "count", "created", "date", "decoder", "delimiter", "description", "dialog", "digest", "dir", "disabled", "email", "enabled", "encoder", "encoding", "encryption", "encryptor", "endpoint", "engine", "env", "error", "errors", "event", "exception", "exchange", "exists", "expiration", "expire", "expired", "expires", "expiry", "factory", "field", "fields", "file", "filename", "filter", "fingerprint", "flag", "flow", "form", "format", "from", "function", "generator", "grant", "group", "guid", "handler", "hash", "hashed", "header", "help", "helper", "hint", "host", "icon", "id", "identifier", "ids", "index", "info", "input", "interval", "invalid", "is", "issuer", "kind", "label", "len", "length", "lifetime", "limit", "link", "list", "loader", "location", "manager", "mask", "max", "md", "message", "method", "min", "missing", "mode", "model", "module", "msg", "name", "names", "namespace", "needed", "not", "number", "option", "options", "page", "pair", "param", "parameter", "params", "parser", "path", "pattern", "period", "permission", "placeholder", "policies", "policy", "position", "prefix", "prompt", "property", "protected", "protection", "provider", "realm", "ref", "reference", "regex", "regexp", "regime", "renewal", "repository", "request", "required", "reset", "resolver", "resource", "response", "revoked", "role", "rotation", "route", "rule", "rules", "scheme", "scope", "scopes", "screen", "seconds", "selector", "separator", "server", "service", "setting", "settings", "sha", "should", "size", "source", "state", "status", "storage", "store", "strategy", "strength", "string", "style", "suffix", "tag", "template", "test", "text", "thumbprint", "time", "timeout", "timestamp", "title", "ttl", "type", "types", "updated", "uri", "url", "usage", "user", "username", "util", "utils", "validate", "validation", "validator", "validity", "verifier", "version", "view", "visible", "was", "with",
];

/// Words before the telling word that take its edge: `csrf_token`, `forgot_password`, `max_token`. Sorted.
pub(super) const DULL: &[&str] = &[
    "allow", "authenticity", "can", "cancel", "cancellation", "change", "check", "confirm", "continuation", "csrf",
    "cursor", "delete", "disable", "display", "enable", "encrypted", "error", "expect", "find", "for", "forgot",
    "forgotten", "generate", "get", "has", "hash", "hashed", "hide", "identity", "ignore", "in", "invalid", "is",
    "lost", "max", "min", "missing", "needs", "next", "no", "num", "number", "page", "pagination", "parse",
    "partition", "pki", "pre", "previous", "print", "prompt", "public", "require", "requires", "reset", "should",
    "show", "skip", "sort", "sync", "syntax", "type", "update", "use", "validate", "verification", "verify", "with",
    "without", "xsrf",
];

/// Pieces that make a value a stand-in wherever they occur in it. Lower case, letters and digits only; the value is
/// folded the same way before it is searched.
pub(super) const STAND_IN: &[&str] = &[
    "addyour", "changeme", "changethis", "enteryour", "example", "fixme", "goeshere", "insert", "mysecret", "mytoken", "notreal", "placeholder", "redacted", "replace", "required", "sample",
    "todo", "unspecified", "xxxx", "yourown", "yourapi", "yourkey", "yourpass", "yoursecret", "yourtoken", "youraccess", "yourclient", "yourpersonal",
];

/// First words of values that tests and examples make up: `my_password`, `test-token`.
pub(super) const MADE_UP: &[&[u8]] = &[
    b"another", b"any", b"bad", b"dummy", b"fake", b"foo", b"invalid", b"mock", b"my", b"new", b"no", b"not", b"old", b"other", b"some", b"test", b"wrong",
];

/// Values that stand in for another in documents and tests. Sorted; lower case, letters and digits only.
pub(super) const WEAK: &[&str] = &[
    "0123456789", "1111", "11111111", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "123abc", "abc", "abc123", "abcd",
    "abcd1234", "abcdef", "admin", "admin123", "asdf", "bar", "baz", "blah", "changeme", "changethis", "correct", "default", "demo", "dummy", "empty", "fake", "foo", "foobar", "guest",
    "hello", "helloworld", "hidden", "hunter2", "incorrect", "letmein", "master", "none", "pass", "pass123", "passphrase", "passwd", "password", "password1", "password123", "passwort", "pw",
    "pwd", "qwerty", "redacted", "root", "secret", "secret123", "some", "something", "string", "test", "test123", "test1234", "testing", "testtest", "toor", "unknown", "unset", "user",
    "username", "value", "whatever", "wrong",
];

/// How values begin that say where a secret is, or that somebody encrypted.
pub(super) const REFERENCE: &[&[u8]] = &[
    b"env:", b"@env:", b"env.", b"file:", b"@file:", b"ref+", b"vault:", b"ssm:", b"arn:", b"op:", b"keyring:", b"keychain:", b"secretref:", b"secret:", b"ENC[", b"ENC(", b"{cipher}",
    b"$ANSIBLE_VAULT", b"!vault", b"projects/", b"process.env", b"os.environ", b"System.getenv",
];

/// Words that settings take as their value, states that tests and interfaces speak of: none is a secret. Sorted.
pub(super) const OPTION: &[&str] = &[
    "accept", "access", "account", "accountkey", "activate", "all", "allow", "always", "anonymous", "api", "apikey",
    "app", "application", "ask", "authorization", "auto", "automatic", "basic", "bearer", "both", "cancel", "client",
    "config", "confirmation", "confirmed", "cookie", "credential", "credentials", "custom", "database", "deny",
    "digest", "email", "encrypted", "error", "exception", "exclusive", "expired", "external", "file", "force", "form",
    "global", "hash", "hashed", "header", "headers", "id", "ignore", "include", "inherit", "input", "internal", "jwt",
    "keep", "keychain", "local", "login", "manual", "masked", "missing", "model", "name", "never", "null", "oauth",
    "oauth2", "oauth20", "omit", "online", "opaque", "optional", "param", "params", "plain", "plaintext", "prefer",
    "private", "profile", "prompt", "public", "query", "random", "raw", "readonly", "readwrite", "refresh",
    "refreshtoken", "reset", "resource", "result", "rules", "sameorigin", "session", "shared", "short", "show",
    "signin", "signup", "sms", "ssh", "static", "stored", "system", "textbox", "toolong", "tooshort", "tooweak",
    "totp", "userpass", "users", "valid", "weak", "write",
];

/// Words of programming languages that stand where a value would: literals, types, calls without brackets. Sorted.
pub(super) const CODE_WORDS: &[&str] = &[
    "any", "array", "async", "auto", "await", "binary", "blob", "bool", "boolean", "buffer", "byte", "bytes", "char",
    "char[]", "const", "def", "dict", "disabled", "enabled", "false", "final", "float", "function", "if", "int",
    "integer", "len", "list", "long", "map", "new", "nil", "no", "none", "not", "null", "number", "object", "off",
    "on", "optional", "or", "page", "raise", "range", "required", "return", "self", "static", "str", "string",
    "string?", "struct", "text", "this", "throw", "true", "type", "undefined", "unset", "uuid", "varchar", "vec",
    "void", "yes",
];

/// Calls whose first text argument names a place and is no value: `getenv("X")`. Lower case; matched inside the name.
pub(super) const GETTERS: &[&str] = &[
    "get", "env", "param", "config", "fetch", "propert", "option", "lookup", "read", "load", "open", "file", "require", "import", "include", "find",
    "select", "query", "prompt", "input", "ask", "translat", "i18n", "text", "regex", "regexp", "compile", "match", "format", "printf", "replace", "join",
    "split", "error", "exception", "log", "print", "warn", "field", "column", "attr", "label", "help", "desc", "ref", "resolve", "key", "var", "flag", "arg", "name", "type",
    "hash", "encrypt", "digest", "sha", "md5", "hmac", "assert", "expect", "path", "mock", "stub", "setting", "symbol", "fill", "click", "by",
    "encode", "strip", "lower", "upper", "trim", "index", "start", "equal", "contain", "append",
];

/// How common each pair of letters is in English words and identifiers: row the first letter, column the second;
/// 0 (never) to 9, logarithmic. Counted over the words of the source trees of two large public projects.
pub(super) const PAIRS: [&[u8; 26]; 26] = [
    b"26660350503767050778442241", b"74437221751832730664710050", b"70417007507631820647510130", b"74359321810533630564630240",
    b"62675541301657253876243530", b"61247710800733730655600140", b"62429256701546620773631030", b"83238200700443830646521030",
    b"55655550002668740567050305", b"73139211502130830161700000", b"54249433704635541475534030", b"73358320802712730155531060",
    b"85238100702462770153500030", b"62677572604335631378540020", b"44662441414668560856655220", b"81238214601721760857510050",
    b"32202000400623020443922000", b"73559350704455720566531050", b"51648316704433662178603041", b"71428316800432630765512150",
    b"56646540500768360777100201", b"81329100800310610141000010", b"82448217801526730763211000", b"62647413701451380358322540",
    b"54536431602667680476234023", b"72109303600431610452322155",
];
