//! Steps that are done at the same time.
//!
//! What comes of them does not depend on which is done first: each branch begins with the variables as they are before the step, and
//! what the branches set is set when all have ended, in the order of the list. The cookies are the user's: they come from answers, and
//! a branch sends those that have come.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use star_core::Failure;

use super::super::engine::Compiler;
use super::super::error::UserError;
use super::super::http::Client;
use super::super::walk::Walk;
use super::Step;
use crate::script::model::Parallel;
use crate::script::{Changes, Vars};

/// Steps that are done at the same time.
#[derive(Debug)]
pub(in crate::run) struct ParallelStep {
    width: usize,
    branches: Vec<Vec<Step>>,
}

/// A branch that has ended.
struct Ended<'u> {
    number: usize,
    walk: Walk<'u>,
    result: Result<(), UserError>,
}

impl ParallelStep {
    pub(super) fn compile(
        parallel: &Parallel,
        compiler: &mut Compiler<'_>,
    ) -> Result<Self, Failure> {
        let branches = parallel.branches.iter();
        let branches = branches
            .map(|flow| Step::compile_all(flow, compiler))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            width: branches.len().min(parallel.limit.get() as usize),
            branches,
        })
    }

    /// Walks all branches to their ends, or to the first error of any: then the others are dropped where they are.
    ///
    /// # Errors
    /// That of the branch that failed; the walk is then where that branch was.
    pub(in crate::run) async fn walk<'u>(
        &'u self,
        walk: &mut Walk<'u>,
        iteration: u64,
    ) -> Result<(), UserError> {
        let vars = Rc::new(std::mem::take(&mut walk.vars));
        let mut clients = walk.client.take().map(|client| client.split(self.width));
        let mut changes: Vec<Changes> = Vec::new();
        changes.resize_with(self.branches.len(), Changes::default);
        let mut waiting = self.branches.iter().enumerate();
        let mut under_way = FuturesUnordered::new();
        loop {
            let free = self.width - under_way.len();
            for (number, flow) in waiting.by_ref().take(free) {
                let branch = Walk {
                    user: walk.user,
                    vars: Vars::branch(&vars),
                    client: clients.as_mut().and_then(Vec::pop),
                    place: walk.place,
                };
                under_way.push(to_its_end(branch, number, flow, iteration));
            }
            let Some(ended) = under_way.next().await else {
                break;
            };
            if let Err(error) = ended.result {
                walk.place = ended.walk.place;
                return Err(error);
            }
            changes[ended.number] = ended.walk.vars.into_changes();
            if let (Some(clients), Some(client)) = (&mut clients, ended.walk.client) {
                clients.push(client);
            }
        }
        walk.client = clients.and_then(Client::join);
        walk.vars = Rc::unwrap_or_clone(vars);
        for changes in changes {
            walk.vars.apply(changes);
        }
        Ok(())
    }
}

/// A branch on its way. Branches may have branches, so its type must not be made of its own.
fn to_its_end<'u>(
    mut walk: Walk<'u>,
    number: usize,
    flow: &'u [Step],
    iteration: u64,
) -> Pin<Box<dyn Future<Output = Ended<'u>> + 'u>> {
    Box::pin(async move {
        let result = walk.through(flow, iteration).await;
        Ended {
            number,
            walk,
            result,
        }
    })
}
