//! What the look at the channels tells its front end while it goes.

use super::{Delivered, DeliveryTask, PackageDelivery};
use gonogo_core::delivery::Judgement;
use std::time::Instant;

/// What happens while a delivery is waited for. Packages are named by their place in the list that it begins with.
pub enum DeliveryEvent<'a> {
    /// These packages are looked at.
    Begins(&'a [DeliveryTask]),
    /// What a package's channel says now.
    Waits {
        /// Which package.
        place: usize,
        /// What follows of what was seen.
        judgement: &'a Judgement,
        /// When nobody waits for it any longer.
        until: Instant,
    },
    /// A package is settled.
    Settled {
        /// Which package.
        place: usize,
        /// What came of it.
        delivery: &'a PackageDelivery,
    },
    /// This is what came of all of it.
    Came {
        /// The target's tag.
        target: &'a str,
        /// What came of it.
        delivered: &'a Delivered,
    },
}

/// Watches deliveries as they come.
pub trait DeliveryWatch {
    /// Something happened.
    fn delivery(&mut self, event: DeliveryEvent<'_>);
}
