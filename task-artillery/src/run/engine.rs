//! The script, compiled for a chunk.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use star_core::document::BlobRef;
use star_core::{Failure, Unit};

use super::files::Files;
use super::http::{Locations, Shared, Trust};
use super::step::Step;
use super::{Cx, draws};
use crate::arrivals::Arrivals;
use crate::life;
use crate::payload::Table;
use crate::report::{ErrorName, LoadReport, Names, PhaseName, Place};
use crate::script::model::{Payload, Request, Weights};
use crate::script::{Globals, Script, Secrets, Vars};

/// What the users of a chunk share.
#[derive(Debug)]
pub(super) struct Engine {
    flows: Vec<Vec<Step>>,
    weights: Weights,
    arrivals: Arrivals,
    globals: Rc<Globals>,
    tables: Vec<Arc<Table>>,
    names: Names,
    http: Rc<Shared>,
    secrets: Secrets,
    rehearsal: bool,
}

impl Engine {
    /// Compiles a script: its texts, its JSON paths, its payloads, its target.
    ///
    /// # Errors
    /// Where a payload can't be read, or the script is not one that was checked.
    pub(super) async fn new(
        script: &Script,
        arrivals: &Arrivals,
        cx: &Cx,
    ) -> Result<Self, Failure> {
        let mut tables = Vec::with_capacity(script.payloads.len());
        for (index, payload) in script.payloads.iter().enumerate() {
            tables.push(Arc::new(table(index, payload, cx).await?));
        }
        let mut files = Files::default();
        let mut compiled = Compiled::new(script, tables.clone(), cx.seed(), &files)?;
        if files.fetch(cx).await? {
            compiled = Compiled::new(script, tables.clone(), cx.seed(), &files)?;
        }
        let Compiled {
            flows,
            requests,
            globals,
            locations,
        } = compiled;
        Ok(Self {
            flows,
            weights: Weights::new(&script.scenarios),
            arrivals: arrivals.clone(),
            globals: Rc::new(globals),
            tables,
            names: names(script, arrivals, requests),
            http: Rc::new(Shared::new(
                locations,
                script.http.clone(),
                if script.tls.reject_unauthorized {
                    Trust::Authorities
                } else {
                    Trust::Anybody
                },
            )),
            secrets: script.secrets.clone(),
            rehearsal: cx.rehearsal(),
        })
    }

    /// What reports call the script's parts.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// What users' HTTP clients share.
    pub(super) fn http(&self) -> &Rc<Shared> {
        &self.http
    }

    /// Whether nothing is to have an effect on the world.
    pub(super) fn rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// An error's name, in which nothing of the environment is to be read.
    pub(super) fn shown(&self, name: ErrorName) -> ErrorName {
        self.secrets.redact(name)
    }

    /// The steps of a scenario.
    pub(super) fn flow(&self, scenario: usize) -> &[Step] {
        self.flows.get(scenario).map_or(&[], Vec::as_slice)
    }

    /// Gets ready what the first users would have to wait for.
    pub(super) async fn warm_up(&self, cx: &Cx) {
        self.http.warm_up(cx).await;
    }

    /// What a user does, by its number alone: the scenario that it plays, and the phase that it arrives in.
    pub(super) fn place(&self, unit: &Unit<LoadReport>) -> Place {
        let scenario = self.weights.pick(&mut unit.draws(draws::SCENARIO, 0));
        let phase = self.arrivals.phase_of(unit.index());
        unit.note("scenario", || scenario);
        Place {
            scenario,
            phase,
            request: None,
        }
    }

    /// A user's variables, and its rows of the payloads.
    pub(super) fn vars(&self, unit: &Unit<LoadReport>) -> Vars {
        if !self.tables.is_empty() {
            unit.note("rows", || {
                let rows = self.tables.iter().map(|table| table.row_of(unit.index()));
                rows.collect::<Vec<_>>()
            });
        }
        let mut drawn = unit.draws(draws::VARIABLES, 0);
        Vars::new(Rc::clone(&self.globals), unit.index(), &mut drawn)
    }
}

/// Whether a script can be compiled, apart from its files.
///
/// # Errors
/// One sentence.
pub(crate) fn check(script: &Script) -> Result<(), String> {
    if script.scenarios.iter().all(|scenario| scenario.weight == 0) {
        return Err("no scenario has a weight above zero".to_owned());
    }
    Compiled::new(script, Vec::new(), 0, &Files::default())
        .map(|_| ())
        .map_err(|failure| failure.to_string())
}

/// What a script's texts come to.
struct Compiled {
    flows: Vec<Vec<Step>>,
    requests: Requests,
    globals: Globals,
    locations: Locations,
}

impl Compiled {
    fn new(
        script: &Script,
        tables: Vec<Arc<Table>>,
        seed: u64,
        files: &Files,
    ) -> Result<Self, Failure> {
        let given = [
            ("target".to_owned(), Value::from(&*script.target)),
            ("$testId".to_owned(), Value::from(format!("t{seed:016x}"))),
        ];
        let mut drawn = draws::of_config(seed);
        let globals = Globals::new(script, tables, given, &mut drawn);
        let locations = Locations::new(&script.target)
            .map_err(|error| Failure::because("the target cannot be reached", &error))?;
        let mut compiler = Compiler::new(&globals, &locations, files);
        let scenarios = script.scenarios.iter();
        let flows = scenarios
            .map(|scenario| Step::compile_all(&scenario.flow, &mut compiler))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            flows,
            requests: compiler.requests,
            globals,
            locations,
        })
    }
}

async fn table(index: usize, payload: &Payload, cx: &Cx) -> Result<Table, Failure> {
    let bytes = cx.blob(&payload.file).await?;
    let table = Table::read(&bytes, payload).map_err(|error| {
        Failure::because(
            format!("the payload `{}` cannot be read", payload.file.name),
            &error,
        )
    })?;
    let mut drawn = draws::of_payload(cx.seed(), index);
    Ok(table.ordered(payload.order, &mut drawn))
}

fn names(script: &Script, arrivals: &Arrivals, requests: Requests) -> Names {
    let scenarios = script.scenarios.iter().enumerate();
    let phases = script.phases.iter().enumerate().map(|(index, phase)| {
        let span = arrivals.span_of(index).unwrap_or_default();
        PhaseName {
            name: phase.name.clone(),
            from: span.start,
            to: span.end,
        }
    });
    Names {
        scenarios: scenarios
            .map(|(index, scenario)| scenario.name.clone().unwrap_or_else(|| index.to_string()))
            .collect(),
        phases: phases.collect(),
        requests: requests.names,
        length: arrivals.duration().saturating_add(life::longest(script)),
    }
}

/// What is needed to compile steps.
#[derive(Debug)]
pub(super) struct Compiler<'s> {
    /// What users share.
    pub(super) globals: &'s Globals,
    /// Where URLs lead.
    pub(super) locations: &'s Locations,
    files: &'s Files,
    requests: Requests,
}

/// The names of requests, and the number of each.
#[derive(Debug, Default)]
struct Requests {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl<'s> Compiler<'s> {
    fn new(globals: &'s Globals, locations: &'s Locations, files: &'s Files) -> Self {
        Self {
            globals,
            locations,
            files,
            requests: Requests::default(),
        }
    }

    /// A file's bytes.
    pub(super) fn file(&self, file: &BlobRef) -> Bytes {
        self.files.get(file)
    }

    /// The number of a request in reports: what is called the same is counted together.
    pub(super) fn number_of(&mut self, request: &Request) -> usize {
        let Requests { names, numbers } = &mut self.requests;
        let (method, endpoint) = (request.method.as_str(), &request.endpoint);
        let name = match &request.name {
            Some(name) => format!("{method} {endpoint} ({name})"),
            None => format!("{method} {endpoint}"),
        };
        *numbers.entry(name).or_insert_with_key(|name| {
            names.push(name.clone());
            names.len() - 1
        })
    }
}
