//! The first account, by which a house begins to be somebody's: there is one first, whoever else tries at the same
//! moment, by whatever node.

use crate::{
    Account, Store, StoreRefused, accounts::add_within, audit::ChangedBy, connect::Durability,
    sql::Cells,
};
use sqlx::AnyConnection;

impl Store {
    /// Whether nobody has an account yet, disabled ones counted.
    pub async fn has_no_account(&self) -> Result<bool, StoreRefused> {
        let row = sqlx::query(COUNT).fetch_one(&self.reader).await?;
        Ok(Cells::of(&row, "agent").int()? == 0)
    }

    /// Adds the first account; `false`, and nothing is changed, when somebody has one by now.
    pub async fn add_first_account(
        &self,
        by: &ChangedBy,
        account: &Account,
    ) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        wait_for_others(&mut tx).await?;
        let row = sqlx::query(COUNT).fetch_one(&mut *tx).await?;
        if Cells::of(&row, "agent").int()? != 0 {
            return Ok(false);
        }
        add_within(&mut tx, by, account).await?;
        tx.commit().await?;
        Ok(true)
    }
}

const COUNT: &str = "SELECT COUNT(*) FROM agent";

/// Whoever adds an account takes this one row's lock first. While there is no account there is no row of accounts that
/// could be locked, so a row is taken that is always there; on SQLite there is one writer anyway.
pub(crate) async fn wait_for_others(connection: &mut AnyConnection) -> Result<(), StoreRefused> {
    sqlx::query("UPDATE directory_revision SET n = n WHERE one = 1")
        .execute(connection)
        .await?;
    Ok(())
}
