//! How many connections a user has at once, as far as a script tells.

use std::collections::BTreeSet;

use crate::life::scenarios;
use crate::script::Script;
use crate::script::model::{Step, StepKind};

/// The most connections that a user of any scenario has at once: to each server that its requests name one, or as many as it has branches under way
/// that ask it. Users keep a connection until they end. Where redirects lead is not known, nor how many servers a placeholder names: it counts as one.
pub(crate) fn connections(script: &Script) -> u64 {
    let target = server(&script.target);
    let of_flow = |flow: &[Step]| {
        let mut servers = BTreeSet::new();
        note_servers(flow, target, &mut servers);
        let each = servers.iter().map(|server| at_once(flow, (server, target)));
        each.fold(0_u64, u64::saturating_add)
    };
    let most = scenarios(script).map(|(_, scenario)| of_flow(&scenario.flow));
    most.max().unwrap_or_default().max(1)
}

/// The server that a URL names, as it is written; nothing where that is the target.
fn server(url: &str) -> &str {
    let end = |from: usize| {
        let end = url[from..].find(['/', '?', '#']);
        end.map_or(url.len(), |end| from + end)
    };
    let first = end(0);
    let is_scheme = url[..first].ends_with(':') && url[first..].starts_with("//");
    &url[..if is_scheme {
        end(first + "//".len())
    } else {
        first
    }]
}

/// The same of a request, which may name the target in full.
fn asked<'u>(url: &'u str, target: &str) -> &'u str {
    let server = server(url);
    if server == target { "" } else { server }
}

fn note_servers<'s>(flow: &'s [Step], target: &str, servers: &mut BTreeSet<&'s str>) {
    for step in flow {
        match &step.kind {
            StepKind::Request(request) => {
                servers.insert(asked(request.url.source(), target));
            }
            StepKind::Think(_) | StepKind::Log(_) => {}
            StepKind::Loop(repeat) => note_servers(&repeat.flow, target, servers),
            StepKind::Parallel(parallel) => {
                for branch in &parallel.branches {
                    note_servers(branch, target, servers);
                }
            }
        }
    }
}

/// How many branches that ask a server are under way at once at most.
fn at_once(flow: &[Step], (one, target): (&str, &str)) -> u64 {
    let of_step = |step: &Step| match &step.kind {
        StepKind::Request(request) => u64::from(asked(request.url.source(), target) == one),
        StepKind::Think(_) | StepKind::Log(_) => 0,
        StepKind::Loop(repeat) => at_once(&repeat.flow, (one, target)),
        StepKind::Parallel(parallel) => {
            let branches = parallel.branches.iter();
            let mut branches: Vec<_> = branches.map(|flow| at_once(flow, (one, target))).collect();
            branches.sort_unstable();
            let largest = branches.iter().rev().take(parallel.limit.get() as usize);
            largest.fold(0_u64, |sum, branch| sum.saturating_add(*branch))
        }
    };
    flow.iter().map(of_step).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_what_stands_before_the_path() {
        for (url, named) in [
            ("/items?next=http://other/", ""),
            ("http://a.example", "http://a.example"),
            ("https://a.example:8443/x://y", "https://a.example:8443"),
            ("http://a.example?q=1", "http://a.example"),
            ("{{ base }}/items", "{{ base }}"),
            ("http://{{ host }}/items", "http://{{ host }}"),
            ("?q=1", ""),
        ] {
            assert_eq!(server(url), named, "{url}");
        }
    }
}
