//! The data files that ship with the program.

/// A data file of the folder `data`, with its name there.
macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("data/", $name)))
    };
}

/// Every data file as (name, text).
pub(super) const FILES: &[(&str, &str)] = &[
    file!("capabilities.toml"),
    file!("codes.toml"),
    file!("judgements.toml"),
    file!("products.toml"),
    file!("services.toml"),
    file!("sources/block-clients-on-r2.toml"),
    file!("sources/chat-coexistence.toml"),
    file!("sources/chat-legacy-endpoint.toml"),
    file!("sources/chat-migration.toml"),
    file!("sources/chat-policy.toml"),
    file!("sources/clients-of-2013.toml"),
    file!("sources/decommission.toml"),
    file!("sources/desktop-clients.toml"),
    file!("sources/join-page.toml"),
    file!("sources/meeting-content.toml"),
    file!("sources/meetings-to-2010.toml"),
    file!("sources/meetings-to-2013.toml"),
    file!("sources/move-csuser.toml"),
    file!("sources/phases-from-r2.toml"),
    file!("sources/pic-provisioning.toml"),
    file!("sources/pilot-pool.toml"),
    file!("sources/remaining-users-r2.toml"),
    file!("sources/rollback.toml"),
    file!("sources/s0-client-interoperability.toml"),
    file!("sources/s1-supported-clients.toml"),
    file!("sources/s2-chat-sdk.toml"),
    file!("sources/s3-pic-support.toml"),
    file!("sources/s4-public-im.toml"),
    file!("sources/server-paths.toml"),
    file!("sources/skype-faq.toml"),
    file!("sources/store-app.toml"),
];
