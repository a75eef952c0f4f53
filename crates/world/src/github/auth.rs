//! Who gh is logged in as.

use super::{Gh, GhError, Method};
use crate::process::Cancel;
use serde_json::{Value, json};

/// Who asks, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthFacts {
    /// The login of the token's owner.
    pub login: String,
    /// The token's scopes (`X-OAuth-Scopes`); `None` where GitHub does not say, as for fine-grained tokens.
    pub scopes: Option<Vec<String>>,
}

impl Gh {
    /// Asks GitHub who we are, by GraphQL: that works with every kind of token, a workflow's own one too.
    pub async fn auth_status(&self, cancel: &Cancel) -> Result<AuthFacts, GhError> {
        let query = json!({ "query": "query UserCurrent{viewer{login}}" });
        let response = self.request(Method::Query, "graphql", Some(&query), cancel).await?;
        let answer = response.json()?;
        let login =
            answer.pointer("/data/viewer/login").and_then(Value::as_str).filter(|login| !login.is_empty());
        let login = login.ok_or_else(|| GhError::nonsense("the answer names no login"))?.to_owned();
        let scopes = response.header("x-oauth-scopes").map(|text| {
            text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        });
        Ok(AuthFacts { login, scopes })
    }
}
