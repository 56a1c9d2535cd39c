//! Tables of the assignment detector: words that speak about a secret, placeholders, and how common each pair of
//! letters is in English and code. Sorted where they are searched. Nothing here is read from outside.

/// Words in a name that make it speak *about* a secret instead of holding one: `password_field`, `tokenUrl`.
/// Sorted; lower case.
pub(super) const ABOUT: &[&str] = &[
    "account", "action", "address", "age", "algo", "algorithm", "alias", "alphabet", "arn", "as", "attribute", "attributes", "audience", "available", "bits", "box", "button", "bytes", "callback", "change", "changed", "characters", "chars", "charset", "check", "checker", "class", "client", "column", "complexity", "config", "confirm", "container", "controller", "cookie", "count", "created", "date", "decoder", "delimiter", "description", "dialog", "digest", "dir", "disabled", "email", "enabled", "encoder", "encoding", "encryption", "encryptor", "endpoint", "engine", "env", "error", "errors", "event", "exception", "exchange", "exists", "expiration", "expire", "expired", "expires", "expiry", "factory", "field", "fields", "file", "filename", "filter", "fingerprint", "flag", "flow", "form", "format", "from", "function", "generator", "grant", "group", "guid", "handler", "hash", "hashed", "header", "help", "helper", "hint", "host", "icon", "id", "identifier", "ids", "index", "info", "input", "interval", "invalid", "is", "issuer", "kind", "label", "len", "length", "lifetime", "limit", "link", "list", "loader", "location", "manager", "mask", "max", "md", "message", "method", "min", "missing", "mode", "model", "module", "msg", "name", "names", "namespace", "needed", "not", "number", "option", "options", "page", "pair", "param", "parameter", "params", "parser", "path", "pattern", "period", "permission", "placeholder", "policies", "policy", "position", "prefix", "prompt", "property", "protected", "protection", "provider", "realm", "ref", "reference", "regex", "regexp", "regime", "renewal", "repository", "request", "required", "reset", "resolver", "resource", "response", "revoked", "role", "rotation", "route", "rule", "rules", "scheme", "scope", "scopes", "screen", "seconds", "selector", "separator", "server", "service", "setting", "settings", "sha", "should", "size", "source", "state", "status", "storage", "store", "strategy", "strength", "string", "style", "suffix", "tag", "template", "test", "text", "thumbprint", "time", "timeout", "timestamp", "title", "ttl", "type", "types", "updated", "uri", "url", "usage", "user", "username", "util", "utils", "validate", "validation", "validator", "validity", "verifier", "version", "view", "visible", "was", "with",
];

/// Last words of a name that holds a part of a secret which is not the secret: `secretName`, `tokenId`, `passwordPattern`.
pub(super) const ELSEWHERE: &[&[u8]] = &[
    b"algo", b"algorithm", b"arn", b"attribute", b"column", b"count", b"ctime", b"date", b"description", b"digest", b"encoder", b"encoding", b"encryption", b"endpoint", b"error", b"errors", b"expiration",
    b"expires", b"expiry", b"field", b"file", b"filename", b"fingerprint", b"format", b"guid", b"hash", b"header", b"help", b"hint", b"icon", b"id", b"identifier", b"ids", b"input", b"interval", b"issuer", b"kind", b"label",
    b"length", b"lifetime", b"link", b"location", b"message", b"method", b"mode", b"msg", b"mtime", b"name", b"names", b"namespace", b"path", b"pattern", b"patten", b"placeholder", b"policy", b"prefix", b"prompt", b"proof", b"provider",
    b"ref", b"reference", b"regex", b"regexp", b"rotation", b"route", b"scope", b"scopes", b"screen", b"selector", b"sha", b"status", b"suffix", b"template", b"thumbprint", b"timeout", b"timestamp", b"title",
    b"ttl", b"type", b"types", b"uri", b"url", b"version", b"view",
];

/// Words before the telling word that take its edge: `csrf_token`, `forgot_password`, `max_token`. Sorted.
pub(super) const DULL: &[&str] = &[
    "allow", "authenticity", "can", "cancel", "cancellation", "change", "check", "confirm", "continuation", "csrf",
    "cursor", "dedup", "dedupe", "deduplication", "delete", "disable", "display", "enable", "encrypted", "error", "expect", "find", "for", "forgot",
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
    "todo", "unspecified", "yourown", "yourapi", "yourkey", "yourpass", "yoursecret", "yourtoken", "youraccess", "yourclient", "yourpersonal",
];

/// First words of values that tests and examples make up: `my_password`, `test-token`.
pub(super) const MADE_UP: &[&[u8]] = &[
    b"another", b"any", b"bad", b"dummy", b"fake", b"foo", b"invalid", b"mock", b"my", b"new", b"no", b"not", b"old", b"other", b"some", b"test", b"wrong",
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
    "table", "collection", "asset", "locali", "encode", "strip", "lower", "upper", "trim", "index", "start", "equal", "contain", "append",
];
