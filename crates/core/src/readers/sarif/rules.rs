//! The rules of a SARIF run, and how grave a result is by them.
//!
//! A tool has its rules in its driver and in its extensions, and a result names the one that it means by index or by id in one of
//! them. What an invocation overrides counts before what the rule says by itself.

use serde_json::Value;

/// The components of a run's tool and what its invocations override.
pub(super) struct Rules<'a> {
    run: &'a Value,
}

impl<'a> Rules<'a> {
    pub(super) const fn of(run: &'a Value) -> Self {
        Self { run }
    }

    /// How many rules the tool says that it has.
    pub(super) fn stated(&self) -> u64 {
        let extensions = self.run.pointer("/tool/extensions").and_then(Value::as_array).into_iter().flatten();
        let components = self.run.pointer("/tool/driver").into_iter().chain(extensions);
        components.map(|one| list(one, "rules").map_or(0, |rules| rules.len() as u64)).sum()
    }

    /// The id of a result's rule.
    pub(super) fn id(&self, result: &'a Value) -> &'a str {
        let id = result.get("ruleId").or_else(|| result.pointer("/rule/id"));
        let id = id.or_else(|| self.rule(result).and_then(|rule| rule.get("id")));
        id.and_then(Value::as_str).unwrap_or("no rule")
    }

    /// The level of a result that has none of its own (section 3.27.10): what the invocation overrides, else the rule's default,
    /// else `warning`. Where it is not said which invocation made the result, the gravest of what may hold counts.
    pub(super) fn level(&self, result: &'a Value) -> &'a str {
        let rule = self.rule(result);
        let default =
            rule.and_then(|rule| rule.pointer("/defaultConfiguration/level")).and_then(Value::as_str);
        let default = default.unwrap_or("warning");
        let invocations = list(self.run, "invocations").unwrap_or_default();
        let index = result.pointer("/provenance/invocationIndex").and_then(Value::as_u64);
        let known = index.and_then(|index| invocations.get(usize::try_from(index).ok()?));
        if let Some(invocation) = known {
            return self.overridden(invocation, result, rule).unwrap_or(default);
        }
        let overridden =
            invocations.iter().filter_map(|invocation| self.overridden(invocation, result, rule));
        overridden.chain([default]).max_by_key(|level| gravity(level)).unwrap_or(default)
    }

    fn overridden(&self, invocation: &'a Value, result: &Value, rule: Option<&Value>) -> Option<&'a str> {
        let overrides = list(invocation, "ruleConfigurationOverrides")?.iter();
        let means = |one: &&Value| {
            let Some(descriptor) = one.get("descriptor") else { return false };
            let same_rule = rule.is_some_and(|rule| {
                self.descriptor(descriptor).is_some_and(|other| std::ptr::eq(rule, other))
            });
            let id = descriptor.get("id").and_then(Value::as_str);
            same_rule || id.is_some_and(|id| id == self.id_of(result))
        };
        overrides.rev().find(means)?.pointer("/configuration/level")?.as_str()
    }

    fn id_of<'b>(&self, result: &'b Value) -> &'b str {
        let id = result.get("ruleId").or_else(|| result.pointer("/rule/id"));
        id.and_then(Value::as_str).unwrap_or_default()
    }

    /// The rule that a result means.
    fn rule(&self, result: &Value) -> Option<&'a Value> {
        let reference = result.get("rule");
        if let Some(rule) = reference.and_then(|reference| self.descriptor(reference)) {
            return Some(rule);
        }
        let component = self.component(reference.and_then(|reference| reference.get("toolComponent")))?;
        let rules = list(component, "rules")?;
        let index =
            result.get("ruleIndex").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let id = result.get("ruleId").and_then(Value::as_str).or_else(|| reference?.get("id")?.as_str());
        index.and_then(|index| rules.get(index)).or_else(|| by_id(rules, id?))
    }

    /// The descriptor that a reference means, which stands in the component that it names.
    fn descriptor(&self, reference: &Value) -> Option<&'a Value> {
        let rules = list(self.component(reference.get("toolComponent"))?, "rules")?;
        let index =
            reference.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        if let Some(index) = index {
            return rules.get(index);
        }
        let guid = reference.get("guid").and_then(Value::as_str);
        let by_guid = guid.and_then(|guid| rules.iter().find(|rule| is(rule, "guid", guid)));
        by_guid.or_else(|| by_id(rules, reference.get("id")?.as_str()?))
    }

    /// The driver, or the extension that is named by index, guid or name.
    fn component(&self, reference: Option<&Value>) -> Option<&'a Value> {
        let driver = self.run.pointer("/tool/driver");
        let Some(reference) = reference else { return driver };
        let extensions = self.run.pointer("/tool/extensions").and_then(Value::as_array);
        let extensions = extensions.map(Vec::as_slice).unwrap_or_default();
        if let Some(index) = reference.get("index").and_then(Value::as_u64) {
            return extensions.get(usize::try_from(index).ok()?);
        }
        for name in ["guid", "name"] {
            if let Some(wanted) = reference.get(name).and_then(Value::as_str) {
                return driver.into_iter().chain(extensions).find(|one| is(one, name, wanted));
            }
        }
        driver
    }

    /// The level of a notification that has none of its own.
    pub(super) fn level_of_notification(&self, notification: &'a Value) -> &'a str {
        let reference = notification.get("descriptor");
        let found = reference.and_then(|reference| {
            let all = list(self.component(reference.get("toolComponent"))?, "notifications")?;
            let index =
                reference.get("index").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
            index.and_then(|index| all.get(index)).or_else(|| by_id(all, reference.get("id")?.as_str()?))
        });
        found.and_then(|one| one.pointer("/defaultConfiguration/level")?.as_str()).unwrap_or("warning")
    }
}

/// `error` before `warning` before the harmless ones. What the standard does not have is as grave as an error.
fn gravity(level: &str) -> u8 {
    match level {
        "none" => 0,
        "note" => 1,
        "warning" => 2,
        _ => 3,
    }
}

fn list<'a>(of: &'a Value, name: &str) -> Option<&'a [Value]> {
    of.get(name)?.as_array().map(Vec::as_slice)
}

fn is(value: &Value, name: &str, wanted: &str) -> bool {
    value.get(name).and_then(Value::as_str) == Some(wanted)
}

/// A rule by its id, or by what stands before the last slash of a hierarchical one (section 3.27.5).
fn by_id<'a>(rules: &'a [Value], id: &str) -> Option<&'a Value> {
    let found = |id: &str| rules.iter().find(|rule| is(rule, "id", id));
    found(id).or_else(|| found(id.rsplit_once('/')?.0))
}
