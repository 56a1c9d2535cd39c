//! Comments beside a secret, as findings carry them. Which there are says `policy::comment`; whether one is obeyed says
//! `policy`.

/// A comment beside a secret that asks not to report it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Whose way of writing it: `leaktight`, `gitleaks`, ...
    pub dialect: &'static str,
    /// Why, in the words of who wrote it; empty in dialects that give no reason. Masked, and still untrusted.
    pub reason: String,
    /// Other dialects that stand there as well.
    pub others: Vec<&'static str>,
}

impl Comment {
    /// All dialects that stand there.
    pub fn dialects(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.dialect).chain(self.others.iter().copied())
    }

    /// What this one and that beside another place of the same secret have in common.
    pub(super) fn shared(self, other: &Self) -> Option<Self> {
        let both: Vec<&'static str> = self.dialects().filter(|d| other.dialects().any(|o| o == *d)).collect();
        let (dialect, others) = both.split_first()?;
        let reason = if *dialect == self.dialect { self.reason } else { String::new() };
        Some(Self { dialect, reason, others: others.to_vec() })
    }
}
