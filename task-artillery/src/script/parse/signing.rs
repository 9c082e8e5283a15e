//! The plugin `aws-sigv4`, and the hook by which scenarios and requests ask for it.

use std::slice;

use star_core::document::{Node, Span};

use super::fields::Fields;
use super::keys;
use super::reader::Reader;
use crate::script::model::{Hidden, Scenario, Signing, Step, StepKind};

/// The function of the plugin that is called before a request.
const HOOK: &str = "addAmazonSignatureV4";

/// The variables of the environment that say where it is.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

/// Whether requests are signed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signatures {
    /// Whether the script has the plugin.
    given: bool,
    /// Whether those requests are that are being read.
    pub(super) asked: bool,
}

impl Reader<'_> {
    /// The plugin: how requests are signed.
    pub(super) fn signing(&mut self, plugins: &Fields<'_>) -> Option<Signing> {
        let node = plugins.get("aws-sigv4")?;
        let fields = self.options("aws-sigv4", node, &keys::SIGNING)?;
        let example = "serviceName: execute-api";
        let service = self.required(&fields, "serviceName", example);
        let service = service.and_then(|node| self.word_of("serviceName", node));
        let region = match fields
            .get("region")
            .filter(|node| node.as_str() != Some(""))
        {
            Some(node) => self.word_of("region", node),
            None => self.region(fields.span),
        };
        let key = self.credential(KEY_ID, fields.span);
        let secret = self.credential(SECRET, fields.span);
        let token = self
            .environment
            .get(TOKEN)
            .filter(|token| !token.is_empty());
        if let Some(token) = &token {
            self.scope.keep_secret(TOKEN, token.clone());
        }
        Some(Signing {
            service: service?,
            region: region?,
            access_key_id: Hidden(key?),
            secret_access_key: Hidden(secret?),
            session_token: token.map(Hidden),
        })
    }

    /// A name that a signature can have in it.
    fn word_of(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = self.config_text(key, node)?.into_owned();
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if text.is_empty() || !text.chars().all(fits) {
            let message = format!("`{key}` is no name that a signature can have in it");
            self.error(
                node.span,
                message,
                "for example `execute-api` or `eu-west-1`",
            );
            return None;
        }
        Some(text)
    }

    fn region(&mut self, at: Span) -> Option<String> {
        let mut all = REGIONS.iter();
        let found = all.find_map(|name| self.environment.get(name).filter(|it| !it.is_empty()));
        if found.is_none() {
            let help = format!(
                "`region: eu-west-1` says it, or `{}` in the environment",
                REGIONS[0]
            );
            self.error(at, "`aws-sigv4` needs a region", help);
        }
        found
    }

    /// A variable of the environment that says who signs.
    fn credential(&mut self, name: &str, at: Span) -> Option<String> {
        let value = self.environment.get(name).filter(|value| !value.is_empty());
        let Some(value) = value else {
            let message = format!("the environment has no variable `{name}`");
            let help =
                "requests are signed with what it and its like say; profiles are not looked at";
            self.error(at, message, help);
            return None;
        };
        self.scope.keep_secret(name, value.clone());
        Some(value)
    }

    /// `beforeRequest`: whether it asks for signatures. Any other function is JavaScript.
    pub(super) fn before_request(&mut self, fields: &Fields<'_>) -> bool {
        const KEY: &str = "beforeRequest";
        let Some(node) = fields.get(KEY) else {
            return false;
        };
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        if items.iter().all(|item| item.as_str() == Some(HOOK)) && !items.is_empty() {
            if !self.signatures.given {
                let help = "`plugins: { aws-sigv4: { serviceName: execute-api } }` has it";
                let message = format!("`{HOOK}` is a function of the plugin `aws-sigv4`");
                self.error(node.span, message, help);
            }
            return true;
        }
        if matches!(node.value, star_core::document::Value::Null) {
            self.mismatch::<()>(KEY, node, "the name of a function");
            return false;
        }
        if let (Some(at), keys::Status::NotYet(instead)) = (fields.key_span(KEY), keys::JAVASCRIPT)
        {
            self.not_yet(at, &format!("`{KEY}`"), instead);
        }
        false
    }

    /// Whether the script's plugins sign, known before its flows are read.
    pub(super) fn note_signing(&mut self, plugins: &Fields<'_>) {
        self.signatures.given = plugins.get("aws-sigv4").is_some();
    }
}

/// Where no request asks to be signed, all are.
pub(super) fn sign_all(scenarios: &mut [Scenario], once: [&mut Vec<Step>; 2]) {
    let flows = scenarios.iter_mut().map(|scenario| &mut scenario.flow);
    let mut flows: Vec<&mut Vec<Step>> = flows.chain(once).collect();
    if flows.iter().any(|flow| asks(flow)) {
        return;
    }
    for flow in &mut flows {
        mark(flow);
    }
}

fn asks(flow: &[Step]) -> bool {
    flow.iter().any(|step| match &step.kind {
        StepKind::Request(request) => request.signed,
        StepKind::Loop(repeat) => asks(&repeat.flow),
        StepKind::Parallel(parallel) => parallel.branches.iter().any(|branch| asks(branch)),
        StepKind::Think(_) | StepKind::Log(_) => false,
    })
}

fn mark(flow: &mut [Step]) {
    for step in flow {
        match &mut step.kind {
            StepKind::Request(request) => request.signed = true,
            StepKind::Loop(repeat) => mark(&mut repeat.flow),
            StepKind::Parallel(parallel) => {
                for branch in &mut parallel.branches {
                    mark(branch);
                }
            }
            StepKind::Think(_) | StepKind::Log(_) => {}
        }
    }
}
