//! What an entry of a tree or of the index is, from the type bits of its mode. Permission bits say nothing here: git keeps
//! one of them, and old repositories hold others.

/// The mode of a tree in a tree.
pub(crate) const TREE: u32 = 0o040_000;

const TYPE: u32 = 0o170_000;

/// Whether it is a tree.
pub(crate) const fn is_tree(mode: u32) -> bool {
    mode & TYPE == TREE
}

/// Whether it is a plain file.
pub(crate) const fn is_file(mode: u32) -> bool {
    mode & TYPE == 0o100_000
}

/// Whether it is a symbolic link, whose content is its target.
pub(crate) const fn is_link(mode: u32) -> bool {
    mode & TYPE == 0o120_000
}

/// Whether it is a commit of another repository.
pub(crate) const fn is_submodule(mode: u32) -> bool {
    mode & TYPE == 0o160_000
}
