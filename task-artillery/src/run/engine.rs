//! The script, compiled for a chunk.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use star_core::document::BlobRef;
use star_core::{Failure, Lanes, Unit};

use super::endpoint::Naming;
use super::files::Files;
use super::http::{Locations, Security, Shared};
use super::sign::Signer;
use super::step::Step;
use super::{Cx, draws, limit, once};
use crate::arrivals::Arrivals;
use crate::life;
use crate::payload::{Table, shared};
use crate::report::{
    Ensured, ErrorName, LoadReport, Names, PhaseName, Place, RequestName, Sampled, View,
};
use crate::script::model::{Checking, Payload, Request, Sampling, Weights};
use crate::script::template::Template;
use crate::script::{
    Confidential, Globals, Literals, Script, Secrets, Vars, longest_first, without,
};

/// What the users of a chunk share.
#[derive(Debug)]
pub(super) struct Engine {
    flows: Vec<Vec<Step>>,
    weights: Weights,
    arrivals: Arrivals,
    sampling: Option<Sampling>,
    globals: Rc<Globals>,
    tables: Vec<Arc<Table>>,
    names: Names,
    naming: Naming,
    http: Rc<Shared>,
    secrets: Secrets,
    /// The environment, and the script's own credentials: what is looked for, and what is shown instead, longer values first.
    hidden: Vec<(String, String)>,
    confidential: Confidential,
    signer: Option<Signer>,
    rehearsal: bool,
}

impl Engine {
    /// Compiles a script: its texts, its JSON paths, its payloads, its target; with these lanes' share of its connections.
    ///
    /// # Errors
    /// Where a payload can't be read, or the script is not one that was checked.
    pub(super) async fn new(
        script: &Script,
        arrivals: &Arrivals,
        lanes: Lanes,
        cx: &Cx,
    ) -> Result<Self, Failure> {
        let mut tables = Vec::with_capacity(script.payloads.len());
        for (index, payload) in script.payloads.iter().enumerate() {
            let key = (payload.clone(), cx.seed(), index);
            tables.push(shared(key, table(index, payload, cx)).await?);
        }
        let mut files = Files::default();
        let mut compiled =
            Compiled::new(script, tables.clone(), cx.seed(), &files, cx.rehearsal())?;
        if files.fetch(cx).await? {
            compiled = Compiled::new(script, tables.clone(), cx.seed(), &files, cx.rehearsal())?;
        }
        let Compiled {
            flows,
            requests,
            naming,
            globals,
            locations,
            confidential,
        } = compiled;
        Ok(Self {
            flows,
            weights: Weights::new(&script.scenarios),
            arrivals: arrivals.clone(),
            sampling: script.sampling.clone(),
            globals: Rc::new(globals),
            tables,
            names: named(script, arrivals, requests),
            naming,
            http: Rc::new(Shared::new(
                locations,
                script.http.clone(),
                Security::new(&script.tls, cx).await?,
                script
                    .http
                    .pool
                    .map(|pool| limit::share(pool.get(), lanes) as usize),
            )),
            hidden: hidden(script),
            secrets: script.secrets.clone(),
            confidential,
            signer: script.signing.as_ref().map(Signer::new),
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

    /// What reports call endpoints.
    pub(super) fn naming(&self) -> &Naming {
        &self.naming
    }

    /// Who signs requests.
    pub(super) fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Whether nothing is to have an effect on the world.
    pub(super) fn rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// What ended a user, for people. A name of capital letters is nobody's.
    pub(super) fn shown_error(&self, name: ErrorName) -> ErrorName {
        let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if name.bytes().all(is_code) {
            return name;
        }
        self.redacted(name)
    }

    /// An endpoint's name, in which nothing of the environment is to be read.
    pub(super) fn shown(&self, name: ErrorName) -> ErrorName {
        self.secrets.redact(name)
    }

    /// A text for people, in which nothing is to be read of the environment, or of the script's own credentials.
    pub(super) fn redacted<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        without(text, &self.hidden)
    }

    /// What is hidden in all texts, and what is shown instead.
    pub(super) fn hidden(&self) -> &[(String, String)] {
        &self.hidden
    }

    /// What is not to be shown.
    pub(super) fn confidential(&self) -> &Confidential {
        &self.confidential
    }

    /// A rendered text as errors may show it: as the script has it where it is made of what is not to be shown.
    pub(super) fn legible(&self, template: &Template, rendered: String) -> String {
        self.confidential.shown(template, rendered)
    }

    /// The steps of a scenario.
    pub(super) fn flow(&self, scenario: usize) -> &[Step] {
        self.flows.get(scenario).map_or(&[], Vec::as_slice)
    }

    /// Gets ready what the first users would have to wait for.
    pub(super) async fn warm_up(&self, cx: &Cx) {
        self.http.warm_up(cx).await;
    }

    /// How scenarios are tried out, where that is what the run is for.
    pub(super) fn sampling(&self) -> Option<&Sampling> {
        self.sampling.as_ref()
    }

    /// What a user does, by its number alone: the scenario that it plays, and the phase that it arrives in. Where scenarios are tried out
    /// each unit is one of them, and there are no phases.
    pub(super) fn place(&self, unit: &Unit<LoadReport>) -> Place {
        if self.sampling.is_some() {
            let scenario = usize::try_from(unit.index()).unwrap_or(usize::MAX);
            unit.note("scenario", || scenario);
            return Place {
                scenario,
                ..Place::default()
            };
        }
        let scenario = self.weights.pick(&mut unit.draws(draws::SCENARIO, 0));
        let phase = self.arrivals.phase_of(unit.index());
        unit.note("scenario", || scenario);
        Place {
            scenario,
            phase,
            request: None,
        }
    }

    /// A user's number among all of the run's: the samples of all scenarios are numbered through.
    pub(super) fn number_of(&self, unit: &Unit<LoadReport>, sample: u64) -> u64 {
        match &self.sampling {
            Some(sampling) => unit.index() * sampling.size + sample,
            None => unit.index(),
        }
    }

    /// A user's variables, and its rows of the payloads: each sample of a scenario is a user of its own, and those of all scenarios are
    /// numbered through.
    pub(super) fn vars(&self, unit: &Unit<LoadReport>, sample: u64) -> Vars {
        let number = self.number_of(unit, sample);
        if !self.tables.is_empty() {
            unit.note("rows", || {
                let rows = self.tables.iter().map(|table| table.row_of(number));
                rows.collect::<Vec<_>>()
            });
        }
        let mut drawn = unit.draws(draws::VARIABLES, sample);
        Vars::new(Rc::clone(&self.globals), number, &mut drawn)
    }

    /// The variables of what is done once per run: with the first row of each payload.
    pub(super) fn vars_of_nobody(&self, unit: &Unit<LoadReport>) -> Vars {
        let mut drawn = unit.draws(draws::VARIABLES, 0);
        Vars::new(Rc::clone(&self.globals), 0, &mut drawn)
    }
}

/// What is hidden of all texts of a script.
fn hidden(script: &Script) -> Vec<(String, String)> {
    let literals = Literals::of(script);
    longest_first(script.secrets.hidden().chain(literals.hidden()))
}

/// Whether a script can be compiled, apart from its files.
///
/// # Errors
/// One sentence.
pub(crate) fn check(script: &Script) -> Result<(), String> {
    if let Some(sampling) = &script.sampling {
        sampling.check()?;
    } else if script.scenarios.iter().all(|scenario| scenario.weight == 0) {
        return Err("no scenario has a weight above zero".to_owned());
    }
    Security::check(&script.tls)?;
    let files = Files::default();
    let whole = Compiled::new(script, Vec::new(), 0, &files, false);
    let once = [&script.before, &script.after].map(|flow| once::alone(script, flow));
    let once = once
        .iter()
        .map(|script| Compiled::new(script, Vec::new(), 0, &files, false));
    let mut compiled = std::iter::once(whole).chain(once);
    compiled
        .try_for_each(|compiled| compiled.map(|_| ()))
        .map_err(|failure| failure.to_string())
}

/// What a script's texts come to.
struct Compiled {
    flows: Vec<Vec<Step>>,
    requests: Requests,
    naming: Naming,
    globals: Globals,
    locations: Locations,
    confidential: Confidential,
}

/// What a script asks of answers: where scenarios are tried out, one that is not as it should be ends the sample.
fn checking(script: &Script) -> Checking {
    let mut checking = script.checking.clone();
    checking.failures_as_errors |= script.sampling.is_some();
    checking
}

impl Compiled {
    fn new(
        script: &Script,
        tables: Vec<Arc<Table>>,
        seed: u64,
        files: &Files,
        rehearsal: bool,
    ) -> Result<Self, Failure> {
        let given = [
            ("target".to_owned(), Value::from(&*script.target)),
            ("$testId".to_owned(), Value::from(format!("t{seed:016x}"))),
        ];
        let captured = script.known_from_before(rehearsal).into_owned();
        let given = given.into_iter().chain(captured);
        let mut drawn = draws::of_config(seed);
        let globals = Globals::new(script, tables, given, &mut drawn);
        let locations = Locations::new(&script.target, &script.http.proxies)
            .map_err(|error| Failure::because("the target cannot be reached", &error))?;
        let naming = Naming::new(&script.reporting.endpoints, &script.target);
        let confidential = Confidential::of(script);
        let checking = checking(script);
        let mut compiler = Compiler {
            globals: &globals,
            locations: &locations,
            naming: &naming,
            files,
            checking: &checking,
            confidential: &confidential,
            requests: Requests::default(),
        };
        let scenarios = script.scenarios.iter();
        let flows = scenarios
            .map(|scenario| Step::compile_all(&scenario.flow, &mut compiler))
            .collect::<Result<_, _>>()?;
        let requests = compiler.requests;
        Ok(Self {
            flows,
            requests,
            naming,
            globals,
            locations,
            confidential,
        })
    }
}

async fn table(index: usize, payload: &Payload, cx: &Cx) -> Result<Table, Failure> {
    let bytes = cx.blob(&payload.file).await?;
    let table = Table::read(bytes, payload).map_err(|error| {
        Failure::because(
            format!("the payload `{}` cannot be read", payload.file.name),
            &error,
        )
    })?;
    let mut drawn = draws::of_payload(cx.seed(), index);
    Ok(table.ordered(payload.order, &mut drawn))
}

/// What reports call a script's parts, where no worker said so.
///
/// # Errors
/// Where the script is not one that was checked.
pub(crate) fn names(script: &Script, arrivals: &Arrivals) -> Result<Names, Failure> {
    let compiled = Compiled::new(script, Vec::new(), 0, &Files::default(), false)?;
    Ok(named(script, arrivals, compiled.requests))
}

fn named(script: &Script, arrivals: &Arrivals, requests: Requests) -> Names {
    let scenarios = script.scenarios.iter().enumerate();
    Names {
        scenarios: scenarios
            .map(|(index, scenario)| scenario.name.clone().unwrap_or_else(|| index.to_string()))
            .collect(),
        phases: phases(script, arrivals),
        view: view(script, requests.made),
        requests: requests.names,
        length: life::of_run(script, arrivals),
    }
}

/// What reports call the script's phases.
fn phases(script: &Script, arrivals: &Arrivals) -> Vec<PhaseName> {
    if script.sampling.is_some() {
        return Vec::new();
    }
    let phases = script.phases.iter().enumerate().map(|(index, phase)| {
        let span = arrivals.span_of(index).unwrap_or_default();
        PhaseName {
            name: phase.name.clone(),
            from: span.start,
            to: span.end,
            load: Some(phase.load),
            max_users: phase.max_users,
        }
    });
    phases.collect()
}

/// How a script's report is read.
fn view(script: &Script, made: bool) -> View {
    let reporting = &script.reporting;
    let ensured = script.checking.ensure.iter().map(|one| {
        let condition = one.condition.source();
        Ensured {
            text: script.secrets.redact(&*one.text).into_owned(),
            condition: condition.to_owned(),
            strict: one.strict,
            concealed: script.secrets.redact(condition) != condition,
        }
    });
    let namespace = reporting.endpoints.metrics_namespace.clone();
    let shown = namespace.as_deref().map(|name| script.secrets.redact(name));
    let shown = shown.filter(|shown| namespace.as_deref() != Some(shown));
    View {
        ensured: ensured.collect(),
        sampling: script.sampling.as_ref().map(|sampling| Sampled {
            trial: sampling.trial,
            size: sampling.size,
            error_budget: sampling.error_budget,
        }),
        extended: reporting.extended_metrics,
        shown_namespace: shown.map(Cow::into_owned),
        namespace,
        without_requests: reporting.endpoints.suppress_output,
        apdex: reporting.apdex,
        made,
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
    /// What is asked of all answers.
    pub(super) checking: &'s Checking,
    /// What is not to be shown.
    pub(super) confidential: &'s Confidential,
    /// What reports call endpoints.
    pub(super) naming: &'s Naming,
    requests: Requests,
}

/// The names of requests, and the number of each.
#[derive(Debug, Default)]
struct Requests {
    names: Vec<RequestName>,
    numbers: HashMap<String, usize>,
    /// Whether an endpoint's name is made of data.
    made: bool,
}

impl Compiler<'_> {
    /// A file's bytes.
    pub(super) fn file(&self, file: &BlobRef) -> Bytes {
        self.files.get(file)
    }

    /// The number of a request in reports: what is called the same is counted together.
    pub(super) fn number_of(&mut self, request: &Request) -> usize {
        let Requests {
            names,
            numbers,
            made,
        } = &mut self.requests;
        *made |= self.naming.is_made(request);
        let name = self.naming.of(request);
        *numbers.entry(name.label.clone()).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        })
    }
}
