//! A tag of the checkout, as the rules see it.

use gonogo_core::ids::TagName;
use gonogo_core::mechanics::TagSeen;
use gonogo_world::git::TagFacts;

/// A tag of the checkout, as the rules see it.
pub fn tag_seen(facts: TagFacts, tag: &TagName) -> TagSeen {
    TagSeen {
        object: facts.object,
        commit: facts.commit,
        // The message of an object that names another tag is not about this one.
        message: Some(facts.message).filter(|_| facts.annotated && *tag == facts.name),
    }
}
