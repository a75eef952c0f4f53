//! Lists that say how long they are: all of one, or nothing.

use super::{Gh, GhError, typed};
use crate::process::Cancel;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashSet;

impl Gh {
    /// Every element of a list whose pages are `{"total_count": n, KEY: […]}`. A list that does not hold as many
    /// different elements as it says is no answer: one may have come or gone between two pages.
    pub(super) async fn counted<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        id: impl Fn(&T) -> u64,
        cancel: &Cancel,
    ) -> Result<Vec<T>, GhError> {
        let (mut all, mut totals) = (Vec::new(), HashSet::new());
        for mut page in self.get_pages(path, cancel).await? {
            let what = format!("a list of {key}");
            let missing = || GhError::nonsense(format!("not {what}"));
            totals.insert(page.get("total_count").and_then(Value::as_u64).ok_or_else(missing)?);
            let elements = page.get_mut(key).map(Value::take).ok_or_else(missing)?;
            all.extend(typed::<Vec<T>>(elements, &what)?);
        }
        let different = all.iter().map(id).collect::<HashSet<_>>().len();
        if different != all.len() || totals != HashSet::from([all.len() as u64]) {
            return Err(GhError::nonsense(format!(
                "{} {key} were listed, {different} of them different, of {totals:?} announced",
                all.len()
            )));
        }
        Ok(all)
    }

    /// What GitHub has at a path below the repository's; `None` only where the repository itself is there to be asked,
    /// since GitHub also says "not found" of what the token may not see.
    pub(super) async fn found(&self, path: &str, cancel: &Cancel) -> Result<Option<Value>, GhError> {
        match self.get(path, cancel).await {
            Ok(answer) => Ok(Some(answer)),
            Err(GhError::NotFound { .. }) => self.facts(cancel).await.map(|_| None),
            Err(error) => Err(error),
        }
    }
}
