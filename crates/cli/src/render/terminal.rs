//! A release as it goes, for people: what the engine tells, each part on its own board; and the question at the point of no
//! return.

use super::board::Board;
use super::delivery_text::Deliveries;
use super::run_text::RunProgress;
use crate::screen::Screen;
use gonogo_core::door::Consent;
use gonogo_core::mechanics::Effect;
use gonogo_engine::context::Context;
use gonogo_engine::delivery::{DeliveryEvent, DeliveryWatch};
use gonogo_engine::poll::{PollEvent, PollWatch};
use gonogo_engine::run::{RunEvent, RunWatch};

/// Shows what the engine does.
pub struct Terminal {
    board: Board,
    steps: RunProgress,
    deliveries: Deliveries,
    /// Nobody is asked at the point of no return.
    yes: bool,
}

impl Terminal {
    /// For a screen. With `yes`, nobody is asked at the point of no return.
    pub const fn new(screen: Screen, yes: bool) -> Self {
        Self {
            board: Board::new(screen),
            steps: RunProgress::new(screen),
            deliveries: Deliveries::new(screen),
            yes,
        }
    }
}

impl PollWatch for Terminal {
    fn poll(&mut self, event: PollEvent<'_>) {
        self.board.see(&event);
    }
}

impl RunWatch for Terminal {
    fn run(&mut self, event: RunEvent<'_>) {
        self.steps.see(&event);
    }

    async fn may_pass(&mut self, context: &Context, step: &str, effect: &Effect) -> Consent {
        if self.yes { Consent::Given } else { self.steps.ask(context, step, effect).await }
    }
}

impl DeliveryWatch for Terminal {
    fn delivery(&mut self, event: DeliveryEvent<'_>) {
        self.deliveries.see(&event);
    }
}
