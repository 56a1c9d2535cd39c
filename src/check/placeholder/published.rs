//! Examples that vendors publish, by hash: the values themselves must not stand in this repository.
//!
//! In: a whole value, prefix included. Out: who publishes it. To add one: `printf %s VALUE | b3sum --length 8` gives the
//! hexadecimal digits of the first column (blake3, the first 64 bits); put the row where the order wants it.

use crate::evidence::{Evidence, Reason};

/// Hash and publisher, sorted by hash.
#[rustfmt::skip]
pub(super) const TABLE: &[(u64, &str)] = &[
    (0x0345_f400_8aa9_3bf9, "Mailgun documentation"),
    (0x0d51_ef7e_0166_68bf, "Hardhat and Anvil default accounts"),
    (0x1423_4589_c430_9234, "Hardhat and Anvil default accounts"),
    (0x1bed_7b29_f093_0fa0, "AWS documentation"),
    (0x1e82_f627_975e_0814, "Stripe documentation"),
    (0x286e_3a91_f00e_bdbe, "Stripe documentation"),
    (0x28b0_e6ef_d8d1_d25a, "Grafana tests"),
    (0x2bff_da0c_a106_92e8, "jwt.io"),
    (0x3013_3fe1_9809_0995, "BIP-39 test vectors"),
    (0x32b0_dd3b_d197_9cdd, "web3.js documentation"),
    (0x354a_d9cb_2935_72d2, "GitHub documentation"),
    (0x35cf_98a4_9d32_b1de, "Hardhat and Anvil default accounts"),
    (0x3b57_6396_fede_e3dc, "Hardhat and Anvil default accounts"),
    (0x3ed3_ce2d_6c6b_3b65, "Ganache default accounts"),
    (0x4109_2ac6_b264_8684, "Stripe documentation"),
    (0x4b8b_7f72_ac31_f758, "Hardhat and Anvil default accounts"),
    (0x4d3f_256a_7331_f681, "AWS documentation"),
    (0x4e81_4d20_c1a0_e049, "Hardhat and Anvil default accounts"),
    (0x52dc_9501_bf52_e063, "Cloudflare Turnstile test keys"),
    (0x5840_37de_85b4_8bef, "jwt.io"),
    (0x60d6_281f_4049_333d, "MinIO play server"),
    (0x6797_9683_b892_f7cb, "AWS documentation"),
    (0x7f0c_dba8_7793_2dc7, "AWS documentation"),
    (0x8198_da00_0927_b156, "Google reCAPTCHA test keys"),
    (0x84af_20ea_8323_17d5, "hCaptcha test keys"),
    (0x8503_b02c_7f88_8872, "Hardhat and Anvil default accounts"),
    (0x864b_ab38_fcb7_b648, "Stripe documentation"),
    (0x8653_ed71_fc3e_c89f, "RFC 7515"),
    (0x8e21_741c_dfdc_1bb8, "Google documentation"),
    (0x914d_d124_c317_40e5, "AWS documentation"),
    (0x938e_90e2_f4a1_b765, "Twilio documentation"),
    (0x93e5_9045_6f80_bc74, "Hardhat and Anvil default accounts"),
    (0x94cd_9210_9cad_ee5a, "AWS documentation"),
    (0x997f_28d8_24b9_fc23, "AWS documentation"),
    (0x9e0b_66f5_bad6_4e2d, "Hardhat and Anvil default accounts"),
    (0xa3fe_c93d_05df_db8b, "web3.js documentation"),
    (0xbd9e_c819_2265_5848, "jwt.io"),
    (0xbdb5_7a22_e2eb_1f0a, "GitHub documentation"),
    (0xc032_d99a_c596_0d84, "Hardhat and Anvil default accounts"),
    (0xc67b_d2eb_8487_0be2, "GitHub documentation"),
    (0xc790_27b5_9655_4ac3, "Cloudflare Turnstile test keys"),
    (0xc98c_6aa0_f010_da4e, "HashiCorp Vault documentation"),
    (0xd167_89ab_3629_9e7b, "Stellar SEP-23"),
    (0xd24f_0cb8_f811_f50d, "Google reCAPTCHA test keys"),
    (0xd29c_8fb1_1a70_835b, "Cloudflare Turnstile test keys"),
    (0xd410_8a2a_2f94_4066, "Microsoft, Cosmos DB emulator"),
    (0xd7af_b21a_cb7c_9d9e, "Hardhat and Anvil default accounts"),
    (0xdc81_af2f_fdbf_b56f, "MinIO play server"),
    (0xddbe_7038_0351_9d69, "age specification"),
    (0xe0bc_86c5_e819_681a, "Stripe documentation"),
    (0xe4ec_b7b2_1018_ba51, "GitHub documentation"),
    (0xe832_2be1_fa3e_0aa3, "Microsoft, Azurite and storage emulator"),
    (0xe877_aef2_dd30_3ffc, "Stripe documentation"),
    (0xeaee_eee4_577c_862c, "Stripe documentation"),
    (0xef20_2e86_6519_f723, "Bitcoin wiki"),
    (0xf0b0_1d7c_db35_c7c8, "Ganache default accounts"),
    (0xf614_8d91_99a8_aa16, "Laravel documentation"),
    (0xfcf5_956a_56c1_ad8b, "Square documentation"),
    (0xfe7f_39cb_11c0_8dc0, "NIP-19"),
];

/// What the table holds of a value: the first 64 bits of its blake3, as b3sum prints them.
pub fn fingerprint(value: &[u8]) -> u64 {
    let hash = blake3::hash(value);
    hash.as_bytes().iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

/// Says who publishes `value` (whole, with its prefix); nothing if nobody does.
pub fn published(value: &[u8]) -> Vec<Evidence> {
    let hash = fingerprint(value.trim_ascii());
    let row = TABLE.binary_search_by_key(&hash, |(h, _)| *h).ok().and_then(|i| TABLE.get(i));
    row.map(|(_, who)| Evidence::with(Reason::VendorExample, *who)).into_iter().collect()
}
