//! What the disk says about folders, without running git: the ground that configuration, sources and git share.

pub mod root;
