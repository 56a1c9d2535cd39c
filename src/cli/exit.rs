//! Exit codes: hooks, CI files and scripts rely on them.

/// Looked at all that was asked, nothing at or above the gate.
pub const CLEAN: u8 = 0;
/// Findings at or above the gate.
pub const FINDINGS: u8 = 1;
/// The request or its configuration is wrong, or output was lost.
pub const ERROR: u8 = 2;
/// Could not look at all that was asked.
pub const INCOMPLETE: u8 = 3;

/// What `--help` says about them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  looked at all that was asked, nothing at or above the gate
  1  findings at or above the gate (--gate-confidence, --fail-on); wins over 3
  2  usage or configuration error, a path that does not exist, a report that cannot be written
  3  could not look at all that was asked: the report names every gap";
