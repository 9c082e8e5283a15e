//! The kinds of steps, compiled.

mod capture;
mod expect;
mod guard;
mod log;
mod parallel;
mod repeat;
mod request;
mod think;
mod undefined;

use star_core::Failure;

use super::engine::Compiler;
use crate::script::model;

pub(super) use log::LogStep;
pub(super) use parallel::ParallelStep;
pub(super) use repeat::{RepeatStep, Round};
pub(super) use request::RequestStep;
pub(super) use think::ThinkStep;

/// One step of a flow.
#[derive(Debug)]
pub(super) struct Step {
    /// Its number in its scenario: its draws are at that.
    pub(super) id: u64,
    /// What is done.
    pub(super) kind: StepKind,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum StepKind {
    /// An HTTP request.
    Request(Box<RequestStep>),
    /// A pause.
    Think(ThinkStep),
    /// Steps, several times.
    Repeat(RepeatStep),
    /// Steps, at the same time.
    Parallel(ParallelStep),
    /// A line to say.
    Log(LogStep),
}

impl Step {
    /// Compiles a flow.
    pub(super) fn compile_all(
        flow: &[model::Step],
        compiler: &mut Compiler<'_>,
    ) -> Result<Vec<Self>, Failure> {
        flow.iter()
            .map(|step| Self::compile(step, compiler))
            .collect()
    }

    fn compile(step: &model::Step, compiler: &mut Compiler<'_>) -> Result<Self, Failure> {
        let kind = match &step.kind {
            model::StepKind::Request(request) => {
                StepKind::Request(Box::new(RequestStep::compile(request, compiler)?))
            }
            model::StepKind::Think(think) => StepKind::Think(ThinkStep::compile(think)),
            model::StepKind::Loop(repeat) => {
                StepKind::Repeat(RepeatStep::compile(repeat, compiler)?)
            }
            model::StepKind::Parallel(parallel) => {
                StepKind::Parallel(ParallelStep::compile(parallel, compiler)?)
            }
            model::StepKind::Log(text) => {
                StepKind::Log(LogStep::compile(text, compiler.confidential))
            }
        };
        Ok(Self {
            id: step.id.into(),
            kind,
        })
    }
}
