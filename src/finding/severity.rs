//! How bad a value is at a place.
//!
//! In: the severity of its rule, and the evidence at the place, which says who made the value and where it is. Out: the
//! severity there. A finding has that of its worst place. A generated value keeps the severity of its rule everywhere
//! (docs/design.md, "How sure, how bad").

use super::evidence::{Evidence, Reason};
use crate::rule::{Identity, Rule, Severity};

/// The severity of what `rule` found, with this evidence at this place:
///
/// | value | documentation | tests, examples, vendored code | beside a production host | elsewhere |
/// |---|---|---|---|---|
/// | generated | of the rule | of the rule | of the rule | of the rule |
/// | expired token | low | of the rule | low in documentation | of the rule |
/// | made up by a person | low | low | of the rule | of the rule |
/// | setting (an insecure connection) | low | low; in comments as well | one level above low | of the rule |
/// | word, stand-in or filler | low | low | medium | medium |
pub fn severity(rule: &Rule, evidence: &[Evidence]) -> Severity {
    let has = |reasons: &[Reason]| evidence.iter().any(|e| reasons.contains(&e.reason));
    let documentation = has(&[Reason::DocsPath, Reason::DocComment, Reason::IndentedComment, Reason::Transcript]);
    let lenient = documentation || has(&[Reason::TestPath, Reason::VendoredPath]);
    let weak = has(&[Reason::OrdinaryWord, Reason::CommonStandIn, Reason::Filler]);
    let made_up = weak || has(&[Reason::MadeUpValue]);
    if rule.identity == Identity::Setting {
        return match (lenient || has(&[Reason::Comment]), has(&[Reason::ProductionBeside])) {
            (true, true) => rule.severity.min(Severity::Medium),
            (true, false) => rule.severity.min(Severity::Low),
            (false, _) => rule.severity,
        };
    }
    if documentation && has(&[Reason::Expired]) {
        return rule.severity.min(Severity::Low);
    }
    if !made_up {
        return rule.severity;
    }
    // A word is as bad wherever it runs; production only makes it likely.
    let most = if weak { rule.severity.min(Severity::Medium) } else { rule.severity };
    match (has(&[Reason::ProductionBeside]), lenient) {
        (false, true) => rule.severity.min(Severity::Low),
        _ => most,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;
    use Reason::{
        Comment, CommonStandIn, DocComment, DocsPath, Expired, Filler, MadeUpValue, OrdinaryWord, ProductionBeside,
        ProductionFile, ProviderShape, Random, TestPath, Transcript, VendoredPath,
    };
    use Severity::{Critical, Info, Low, Medium};

    #[test]
    fn severity_follows_the_place() {
        let rules = RuleSet::builtin();
        let (_, some) = rules.iter().next().unwrap();
        let rule = |severity| Rule { severity, ..some.clone() };
        // What says who made the value, where it is, and what it is there if the rule is critical.
        let table: &[(&[Reason], &[Reason], Severity)] = &[
            // Generated: the same everywhere.
            (&[ProviderShape, Random], &[], Critical),
            (&[ProviderShape, Random], &[TestPath], Critical),
            (&[Random], &[DocsPath, Transcript], Critical),
            (&[Random], &[VendoredPath, DocComment], Critical),
            (&[Random], &[ProductionBeside, TestPath], Critical),
            // An expired token is harmless in a manual.
            (&[ProviderShape, Expired], &[], Critical),
            (&[ProviderShape, Expired], &[TestPath], Critical),
            (&[ProviderShape, Expired], &[DocsPath, ProductionBeside], Low),
            // Made up by a person.
            (&[MadeUpValue], &[], Critical),
            (&[MadeUpValue], &[ProductionFile], Critical),
            (&[MadeUpValue], &[TestPath], Low),
            (&[MadeUpValue], &[DocsPath], Low),
            (&[MadeUpValue], &[VendoredPath], Low),
            (&[MadeUpValue], &[DocComment], Low),
            (&[MadeUpValue], &[Transcript], Low),
            (&[MadeUpValue], &[TestPath, ProductionFile], Low),
            (&[MadeUpValue], &[TestPath, ProductionBeside], Critical),
            (&[MadeUpValue], &[ProductionBeside], Critical),
            // A word, a stand-in, filler.
            (&[OrdinaryWord], &[], Medium),
            (&[CommonStandIn], &[TestPath], Low),
            (&[Filler], &[DocComment], Low),
            (&[OrdinaryWord], &[ProductionFile], Medium),
            (&[CommonStandIn], &[ProductionBeside], Medium),
            (&[Filler], &[ProductionBeside, TestPath], Medium),
            (&[CommonStandIn, MadeUpValue], &[ProductionFile], Medium),
            (&[OrdinaryWord], &[ProductionFile, TestPath], Low),
        ];
        for (value, place, expected) in table {
            let evidence: Vec<Evidence> = value.iter().chain(*place).map(|reason| Evidence::new(*reason)).collect();
            assert_eq!(severity(&rule(Critical), &evidence), *expected, "{value:?} at {place:?}");
            assert_eq!(severity(&rule(Info), &evidence), Info, "{value:?} at {place:?} is never worse than its rule");
        }
    }

    #[test]
    fn a_setting_is_low_where_it_is_not_in_use() {
        let rules = RuleSet::builtin();
        let (_, some) = rules.iter().find(|(_, rule)| rule.identity == Identity::Setting).unwrap();
        let rule = Rule { severity: Critical, ..some.clone() };
        for (place, expected) in [
            (&[][..], Critical),
            (&[TestPath], Low),
            (&[DocsPath], Low),
            (&[VendoredPath], Low),
            (&[Comment], Low),
            (&[Transcript], Low),
            (&[ProductionBeside], Critical),
            (&[TestPath, ProductionBeside], Medium),
            (&[Comment, ProductionBeside], Medium),
        ] {
            let evidence: Vec<Evidence> = place.iter().map(|reason| Evidence::new(*reason)).collect();
            assert_eq!(severity(&rule, &evidence), expected, "{place:?}");
        }
    }
}
