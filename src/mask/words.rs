//! Ordinary words: what may be shown beside a telling word, and what is hidden only near its own match.
//!
//! In: a value. Out: whether it is a word of letters only, in one case or with one capital, that people write all the time.

/// Words of code, configuration and notes, and the stand-ins of examples. Lower case, sorted.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "abstract", "accepted", "accounts", "actually", "addition", "additional", "address", "admin", "administrator", "after", "allowed",
    "already", "alternative", "always", "anonymous", "anything", "applicable", "application", "applications", "argument",
    "arguments", "array", "assert", "assigned", "attribute", "attributes", "authenticate", "authentication", "authorized",
    "available", "backend", "backslash", "base64", "because", "become", "before", "beginning", "between", "boolean", "browser", "building",
    "calculate", "callback", "certificate", "certificates", "change", "changed", "changeme", "changes", "character", "characters",
    "checking", "children", "client", "clients", "cluster", "collection", "comment", "comments", "commit", "common", "complete", "component",
    "condition", "config", "configuration", "configure", "configured", "confirm", "connect", "connection", "connections", "console",
    "constant", "contains", "content", "contents", "context", "continue", "control", "controller", "cookies", "correct", "create",
    "created", "current", "currently", "customer", "customers", "database", "databases", "debug", "declare", "default", "defaults", "defined",
    "definition", "delete", "deleted", "delivery", "dependencies", "deployment", "deprecated", "describe", "description", "destination",
    "developer", "developers", "development", "different", "directory", "disable", "disabled", "display", "document", "documentation",
    "documents", "domain", "download", "dynamic", "element", "elements", "email", "enable", "enabled", "encoding", "encrypted", "encryption",
    "endpoint", "engine", "environ", "environment", "environments", "everything", "example", "examples", "exception", "execute", "existing", "expected",
    "expired", "expires", "export", "expression", "external", "extract", "failed", "failure", "false", "feature", "filename", "follow", "following",
    "format", "framework", "frontend", "function", "functions", "generate", "generated", "generator", "getenv", "getpass", "github", "gitlab", "global", "handler",
    "headers", "hostname", "however", "identifier", "ignored", "implement", "implementation", "import", "important", "include", "included",
    "including", "incorrect", "information", "initial", "initialize", "input", "inside", "install", "installation", "installed", "instance", "instances", "instead",
    "integer", "interface", "internal", "invalid", "javascript", "keyword", "kubernetes", "language", "length", "library", "license", "listener",
    "localhost", "location", "logger", "logging", "machine", "maintain", "manager", "manually", "master", "maximum", "member", "memory", "message",
    "messages", "metadata", "method", "methods", "minimum", "missing", "module", "modules", "monitor", "multiple", "mysql", "name", "namespace", "necessary", "network",
    "nothing", "notification", "null", "number", "object", "objects", "operation", "optional", "options", "organization", "original", "otherwise",
    "output", "override", "package", "packages", "parameter", "parameters", "parent", "passed", "passphrase", "password", "passwords", "passwort", "pattern", "permission",
    "permissions", "placeholder", "platform", "please", "plugin", "port", "position", "possible", "postgres", "postgresql", "prefix", "previous", "private", "process", "product", "production",
    "profile", "program", "project", "projects", "properties", "property", "protected", "protocol", "provide", "provided", "provider", "public", "python",
    "query", "random", "readonly", "received", "redirect", "redis", "reference", "references", "refresh", "register", "registry", "regular", "release",
    "remember", "remote", "remove", "removed", "replace", "replaced", "repository", "request", "requests", "require", "required", "requires", "reset", "resource", "resources",
    "response", "restore", "result", "results", "return", "returned", "returns", "rotate", "rotated", "rotation", "running", "runtime", "sample", "schedule", "schema", "scripts", "search",
    "secret", "secrets", "section", "security", "select", "selected", "sensitive", "separate", "sequence", "server", "servers", "service", "services", "session", "sessions",
    "setting", "settings", "should", "signature", "simple", "somebody", "something", "source", "specific", "specified", "staging", "standard", "started", "statement",
    "static", "status", "storage", "stored", "string", "strings", "structure", "subject", "submit", "success", "successful", "supported", "switch", "symbol", "system",
    "target", "template", "templates", "temporary", "terminal", "terraform", "test", "testing", "text", "through", "timeout", "timestamp", "together", "transaction", "transport", "true", "type", "typescript", "undefined",
    "understand", "unexpected", "unknown", "unsigned", "update", "updated", "upload", "user", "username", "usernames", "users", "using", "valid", "validate", "validation", "value", "values",
    "variable", "variables", "verify", "version", "versions", "virtual", "volume", "warning", "webhook", "website", "whatever", "whether", "windows", "without", "workflow", "working",
    "workspace", "yesterday",
];

/// Whether `text` is one of them, whatever its case.
pub(super) fn is_common(text: &str) -> bool {
    text.len() <= 16 && COMMON.binary_search(&text.to_ascii_lowercase().as_str()).is_ok()
}

/// Whether a value is an ordinary word: letters only, in one case or with one capital at the start.
pub(super) fn is_word(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let rest = text.get(1..).unwrap_or_default();
    let cased = !rest.bytes().any(|b| b.is_ascii_uppercase()) || !text.bytes().any(|b| b.is_ascii_lowercase());
    cased && text.bytes().all(|b| b.is_ascii_alphabetic()) && is_common(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn words_are_letters_in_one_case() {
        assert!(is_word(b"production") && is_word(b"Production") && is_word(b"PRODUCTION"));
        assert!(!is_word(b"proDuction") && !is_word(b"production1") && !is_word(b"correcthorse"));
    }
}
