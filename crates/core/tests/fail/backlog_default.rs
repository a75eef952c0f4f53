use gonogo_core::blocker::Backlog;

fn main() {
    // A backlog that was not read must not come about by a default.
    let _unread: Backlog = Default::default();
}
