//! No ring of imports reaches beyond one folder and its own subfolders: a room can be read with the door shut.

use crate::exempt::less;
use crate::modules::Modules;
use crate::source::Path;
use crate::{Breach, Exempt, TextFile};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

type Module = Vec<String>;
type Graph = BTreeMap<Module, BTreeMap<Module, usize>>;

/// Rings of imports, in every crate, whose files do not all lie in one folder below `src` or in its subfolders. What
/// only tests import is left out: a test may look at anything. An exemption is called by its crate.
pub fn breaches(files: &[TextFile], exempt: &[Exempt]) -> Vec<Breach> {
    let mut found = Vec::new();
    for (name, modules) in &Modules::of_each(files) {
        let graph = imports(modules);
        for ring in rings(&graph).iter().filter(|ring| folder(ring, modules).is_empty()) {
            found.extend(told(name, ring, &graph, modules).map(|breach| ((*name).to_owned(), breach)));
        }
    }
    less(found, exempt)
}

/// Which module imports from which, each with the line of the first import.
fn imports(modules: &Modules<'_>) -> Graph {
    let mut graph = Graph::new();
    for (module, file) in modules.files.iter().filter(|(module, _)| !modules.is_test(module)) {
        let entry = graph.entry(module.clone()).or_default();
        for path in file.rust().iter().flat_map(|source| &source.paths).filter(|path| !path.in_test) {
            if let Some(target) = target(modules, module, path).filter(|target| target != module) {
                entry.entry(target).or_insert(path.line);
            }
        }
    }
    graph
}

/// The module that a path of a module leads to: the longest that is a file. What a crate's root only passes on is
/// looked for where it is.
fn target(modules: &Modules<'_>, module: &Module, path: &Path) -> Option<Module> {
    let around: Module = module.iter().chain(&path.within).cloned().collect();
    let full = absolute(modules, &around, &path.parts)?;
    let target = held(modules, &full);
    let name = full.get(target.len());
    if !target.is_empty() {
        return Some(target);
    }
    let root = modules.files.get(&Module::new())?.rust()?;
    match name.and_then(|name| root.names.get(name)).and_then(|parts| absolute(modules, &[], parts)) {
        Some(passed_on) => Some(held(modules, &passed_on)),
        None => Some(target),
    }
}

/// The longest part of a path that is a file's module.
fn held(modules: &Modules<'_>, full: &[String]) -> Module {
    let lengths = (0..=full.len()).rev();
    lengths
        .map(|length| &full[..length])
        .find(|part| modules.files.contains_key(*part))
        .unwrap_or(&[])
        .to_vec()
}

/// A path from the crate's root on. Nothing where it leads out of the crate.
fn absolute(modules: &Modules<'_>, around: &[String], parts: &[String]) -> Option<Module> {
    let (first, rest) = parts.split_first()?;
    let mut base = around.to_vec();
    match first.as_str() {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop();
            let up = rest.iter().take_while(|part| *part == "super").count();
            base.truncate(base.len().saturating_sub(up));
            return Some(base.into_iter().chain(rest[up..].iter().cloned()).collect());
        }
        child => {
            base.push(child.to_owned());
            if !modules.files.contains_key(&base) {
                return None;
            }
        }
    }
    Some(base.into_iter().chain(rest.iter().cloned()).collect())
}

/// Sets of modules that reach each other, by following each one's imports and those of who is reached.
fn rings(graph: &Graph) -> Vec<BTreeSet<Module>> {
    let reached: BTreeMap<&Module, BTreeSet<Module>> =
        graph.keys().map(|from| (from, reach(graph, from))).collect();
    let mut left: BTreeSet<&Module> = graph.keys().collect();
    let mut rings = Vec::new();
    while let Some(first) = left.pop_first() {
        let mutual = |other: &Module| {
            reached[first].contains(other) && reached.get(other).is_some_and(|back| back.contains(first))
        };
        let mut ring: BTreeSet<Module> =
            left.iter().filter(|other| mutual(other)).map(|other| (*other).clone()).collect();
        left.retain(|other| !ring.contains(*other));
        ring.insert(first.clone());
        if ring.len() > 1 {
            rings.push(ring);
        }
    }
    rings
}

fn reach(graph: &Graph, from: &Module) -> BTreeSet<Module> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&Module> = graph[from].keys().collect();
    while let Some(module) = next.pop() {
        if seen.insert(module.clone()) {
            next.extend(graph.get(module).into_iter().flat_map(|imports| imports.keys()));
        }
    }
    seen
}

/// The folder that all of a ring's files lie in, its head (`a.rs` beside `a/`) among them. The root is no folder.
fn folder(ring: &BTreeSet<Module>, modules: &Modules<'_>) -> Module {
    let has_folder = |module: &Module| {
        modules.files.keys().any(|other| other.len() > module.len() && other.starts_with(module))
    };
    let mut folders = ring.iter().map(|module| {
        if has_folder(module) { module.clone() } else { module[..module.len().saturating_sub(1)].to_vec() }
    });
    let mut common = folders.next().unwrap_or_default();
    for folder in folders {
        let same = common.iter().zip(&folder).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    common
}

fn told(name: &str, ring: &BTreeSet<Module>, graph: &Graph, modules: &Modules<'_>) -> Option<Breach> {
    // The shortest way around that leaves a folder says best which import is the wrong one.
    let steps = ring.iter().flat_map(|from| graph[from].keys().map(move |to| (from, to)));
    let leaving = steps.filter(|(from, to)| ring.contains(*to) && from.first() != to.first());
    let around = leaving.filter_map(|(from, to)| way(graph, ring, to, from)).min_by_key(Vec::len)?;
    let (last, first) = (around.last()?, around.first()?);
    let shown: Vec<String> = std::iter::once(last).chain(&around).map(words).collect();
    let message = format!(
        "{} files of {name} import each other in a ring beyond one folder ({}): move what both need below both",
        ring.len(),
        shown.join(" -> ")
    );
    Some(Breach::new(&modules.files.get(last)?.path, graph[last][first], message))
}

fn words(module: &Module) -> String {
    if module.is_empty() { "the root".to_owned() } else { module.join("::") }
}

/// The shortest way from one module to another within a ring, both ends included.
fn way(graph: &Graph, ring: &BTreeSet<Module>, from: &Module, to: &Module) -> Option<Vec<Module>> {
    let mut led: BTreeMap<&Module, Option<&Module>> = BTreeMap::from([(from, None)]);
    let mut next = VecDeque::from([from]);
    while let Some(module) = next.pop_front() {
        if module == to {
            let steps = std::iter::successors(Some(module), |at| led.get(at).copied().flatten());
            let mut steps: Vec<Module> = steps.cloned().collect();
            steps.reverse();
            return Some(steps);
        }
        for other in graph[module].keys().filter(|other| ring.contains(*other)) {
            led.entry(other).or_insert_with(|| {
                next.push_back(other);
                Some(module)
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<TextFile> =
            files.iter().map(|(path, text)| TextFile::new(format!("crates/x/src/{path}"), *text)).collect();
        breaches(&files, &[]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_ring_of_two_rooms_is_found_and_its_way_told() {
        let found = of(&[
            ("lib.rs", "pub mod a;\npub mod b;\npub mod c;"),
            ("a/mod.rs", "mod deep;\npub struct A;"),
            ("a/deep.rs", "\nuse crate::b::B;"),
            ("b/mod.rs", "pub struct B;\nfn f() { crate::c::g(); }"),
            ("c.rs", "pub fn g() -> super::a::deep::D {}"),
        ]);
        let message = "crates/x/src/a/deep.rs:2: 3 files of x import each other in a ring beyond one folder (a::deep -> b -> c -> a::deep): move what both need below both";
        assert_eq!(found, [message]);
    }

    #[test]
    fn a_ring_within_a_folder_is_its_own_affair() {
        let found = of(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod c; pub use c::C; use crate::b::B;"),
            ("a/c/mod.rs", "use super::D; mod d;"),
            ("a/c/d.rs", "use crate::a::C;"),
            ("b.rs", "pub struct B;"),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_test_may_look_at_anything() {
        let files =
            |tests: &str| of(&[("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::B;"), ("b.rs", tests)]);
        assert_eq!(files("#[cfg(test)] mod tests { use crate::a::A; }"), [""; 0]);
        assert_eq!(files("mod inner { use crate::a::A; }").len(), 1);
        let own = of(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B;"),
            ("b/mod.rs", "#[cfg(test)] mod tests;"),
            ("b/tests.rs", "use crate::a::A; use super::B;"),
        ]);
        assert_eq!(own, [""; 0]);
    }

    #[test]
    fn what_the_root_passes_on_is_looked_for_where_it_is() {
        let files = |a: &str| {
            of(&[("lib.rs", "mod a; mod b; pub use b::B; pub struct Own;"), ("a.rs", a), ("b.rs", "")])
        };
        assert_eq!(files("use crate::B;"), [""; 0]);
        let found =
            of(&[("main.rs", "mod a; struct Own; fn main() { a::run() }"), ("a.rs", "use crate::Own;")]);
        assert!(found[0].contains("(the root -> a -> the root)"), "{found:?}");
    }
}
