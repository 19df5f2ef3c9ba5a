//! The built-in example: Contoso, as in `fixtures/scenarios/contoso`.

use std::sync::Arc;

/// The plan's name in messages.
pub(crate) const PLAN_NAME: &str = "contoso/plan.toml";
/// The plan.
pub(crate) const PLAN: &[u8] = include_bytes!("../../fixtures/scenarios/contoso/plan.toml");

/// The inventory files with their names in messages.
pub(crate) fn inventories() -> [(&'static str, Arc<[u8]>); 3] {
    [
        (
            "contoso/users.csv",
            Arc::from(include_bytes!("../../fixtures/scenarios/contoso/users.csv").as_slice()),
        ),
        (
            "contoso/clients.xlsx",
            Arc::from(include_bytes!("../../fixtures/scenarios/contoso/clients.xlsx").as_slice()),
        ),
        (
            "contoso/waves.csv",
            Arc::from(include_bytes!("../../fixtures/scenarios/contoso/waves.csv").as_slice()),
        ),
    ]
}
