//! How bad a value is at a place.
//!
//! In: the severity of its rule, and the evidence at the place, which says who made the value and where it is. Out: the
//! severity there. A finding has that of its worst place. A generated value keeps the severity of its rule everywhere
//! (docs/design.md, "How sure, how bad").

use super::evidence::{Evidence, Reason};
use crate::rule::{Rule, Severity};

/// The severity of what `rule` found, with this evidence at this place:
///
/// | value                       | tests, documentation, examples, vendored code | beside a production host | elsewhere  |
/// |-----------------------------|-----------------------------------------------|--------------------------|------------|
/// | generated                   | of the rule                                   | of the rule              | of the rule |
/// | expired token               | low                                           | low                      | of the rule |
/// | made up by a person         | low                                           | of the rule              | of the rule |
/// | word, stand-in or filler    | low                                           | medium                   | medium in a production configuration, else of the rule |
pub fn severity(rule: &Rule, evidence: &[Evidence]) -> Severity {
    let has = |reasons: &[Reason]| evidence.iter().any(|e| reasons.contains(&e.reason));
    let lenient =
        has(&[Reason::TestPath, Reason::DocsPath, Reason::VendoredPath, Reason::DocComment, Reason::Transcript]);
    let weak = has(&[Reason::OrdinaryWord, Reason::CommonStandIn, Reason::Filler]);
    let made_up = weak || has(&[Reason::MadeUpValue]);
    if lenient && has(&[Reason::Expired]) {
        return rule.severity.min(Severity::Low);
    }
    if !made_up {
        return rule.severity;
    }
    match (has(&[Reason::ProductionBeside]), lenient) {
        (true, _) if weak => rule.severity.min(Severity::Medium),
        (false, true) => rule.severity.min(Severity::Low),
        (false, false) if weak && has(&[Reason::ProductionFile]) => rule.severity.min(Severity::Medium),
        _ => rule.severity,
    }
}
