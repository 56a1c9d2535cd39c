//! What a decoded private key is: kind, size, and whether a passphrase protects it.
//!
//! In: the bytes under the armour. Out: [`Facts`], only if the whole structure fits together, lengths included. It does
//! no arithmetic on the numbers inside, so a key made up of random numbers in the right structure is a key here.

mod der;
pub(super) mod facts;
pub(crate) mod pgp;
mod ssh;

pub(crate) use ssh::putty_blob;

use facts::Facts;
pub(crate) use facts::bits;

/// Reads a key in any of the structures that stand under PEM armour: DER, OpenSSH, SSH2. Bytes after it are ignored.
pub(crate) fn read(bytes: &[u8]) -> Option<Facts> {
    der::read(bytes).or_else(|| ssh::read_openssh(bytes)).or_else(|| ssh::read_ssh2(bytes))
}
