//! Hears what is told on this thread.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, Once};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// An event's fields, as text.
pub type Told = BTreeMap<&'static str, String>;

thread_local! {
    static HERE: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Keeps every event at `DEBUG` or above.
#[derive(Clone, Default)]
pub struct Listener(Arc<Mutex<Vec<(String, Told)>>>);

/// While it lives, its thread listens.
pub struct Listening;

impl Drop for Listening {
    fn drop(&mut self) {
        HERE.take();
    }
}

impl Listener {
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens on this thread until what is returned is dropped.
    ///
    /// One subscriber stands for the whole process: with one for each thread, an event that is first told on a thread
    /// without any may be switched off for all of them.
    pub fn listen(&self) -> Listening {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Everybody)).unwrap();
        });
        HERE.set(Some(self.clone()));
        Listening
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

/// Gives each event to the listener of its thread, if there is one.
struct Everybody;

impl<S: tracing::Subscriber> Layer<S> for Everybody {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() > tracing::Level::DEBUG {
            return;
        }
        let Some(listener) = HERE.with_borrow(Clone::clone) else { return };
        let mut told = Told::new();
        event.record(&mut Fields(&mut told));
        listener.0.lock().unwrap().push((event.metadata().target().to_owned(), told));
    }
}
