use gonogo_core::blocker::Standing;

fn main() {
    let _forged = Standing { blockers: Vec::new() };
}
