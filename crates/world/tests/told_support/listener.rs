//! Hears what is told on this thread.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// An event's fields, as text.
pub type Told = BTreeMap<&'static str, String>;

/// Keeps every event at `DEBUG` or above.
#[derive(Clone, Default)]
pub struct Listener(Arc<Mutex<Vec<(String, Told)>>>);

impl Listener {
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens on this thread until what is returned is dropped.
    pub fn listen(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    /// What was told under a target so far.
    pub fn take(&self, target: &str) -> Vec<Told> {
        let told = std::mem::take(&mut *self.0.lock().unwrap());
        told.into_iter().filter(|(of, _)| of == target).map(|(_, told)| told).collect()
    }
}

struct Fields<'a>(&'a mut Told);

impl tracing::field::Visit for Fields<'_> {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() > tracing::Level::DEBUG {
            return;
        }
        let mut told = Told::new();
        event.record(&mut Fields(&mut told));
        self.0.lock().unwrap().push((event.metadata().target().to_owned(), told));
    }
}
