//! A request that is none of the script's: figures, for whoever keeps them.

use std::time::Duration;

use serde_json::json;
use star_core::RunContext;

use super::error::UserError;
use super::once;
use super::user::User;
use crate::arrivals::Arrivals;
use crate::script::Script;
use crate::script::model::{
    Body, Expectation, Header, HttpSettings, Method, Reporting, Request, Step, StepKind,
    TlsSettings,
};
use crate::script::template::{JsonTemplate, Template};

/// How long an answer is waited for.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Posts what is none of the script's: with none of its headers, cookies, certificates and variables, but through its proxies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Poster<'p> {
    script: &'p Script,
    arrivals: &'p Arrivals,
    cx: &'p RunContext,
}

impl<'p> Poster<'p> {
    /// For a run of this script.
    pub(crate) fn new(script: &'p Script, arrivals: &'p Arrivals, cx: &'p RunContext) -> Self {
        Self {
            script,
            arrivals,
            cx,
        }
    }

    /// Posts a body, which is to be taken with a status of 2xx.
    ///
    /// # Errors
    /// Why it was not, without what was sent.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(), String> {
        let flow = [step(url, headers, body)];
        let script = self.bare(&flow);
        let user = User::aside(&script, self.arrivals, self.cx).await;
        let user = user.map_err(|failure| failure.to_string())?;
        let walked = user.set_out_aside().through(user.engine.flow(0), 0).await;
        match walked {
            Ok(()) => Ok(()),
            Err(UserError::Expectations(_)) => {
                let cx = &user.cx;
                let code = cx.record(|report| {
                    report.count_notes();
                    report.traffic.codes.keys().next().copied()
                });
                Err(code.map_or_else(String::new, |code| format!("it answers with {code}")))
            }
            Err(error) => Err(error.name().into_owned()),
        }
    }

    fn bare(&self, flow: &[Step]) -> Script {
        Script {
            http: HttpSettings {
                proxies: self.script.http.proxies.clone(),
                ..HttpSettings::default()
            },
            tls: TlsSettings::default(),
            headers: Vec::new(),
            cookies: Vec::new(),
            variables: Vec::new(),
            payloads: Vec::new(),
            reporting: Reporting::default(),
            signing: None,
            ..once::alone(self.script, flow)
        }
    }
}

fn step(url: &str, headers: &[(&str, &str)], body: &str) -> Step {
    let headers = headers.iter().map(|(name, value)| Header {
        name: (*name).to_owned(),
        value: Template::literal(*value),
    });
    let good: Vec<_> = (200..300).collect();
    let request = Request {
        method: Method::Post,
        url: Template::literal(url),
        query: None,
        name: None,
        headers: headers.collect(),
        auth: None,
        signed: false,
        cookies: Vec::new(),
        body: Some(Body::Text(Template::literal(body))),
        follow_redirect: false,
        gzip: true,
        timeout: Some(TIMEOUT),
        captures: Vec::new(),
        matches: Vec::new(),
        expectations: vec![Expectation::StatusCode(JsonTemplate::Fixed(json!(good)))],
        probability: None,
        condition: None,
    };
    Step {
        id: 0,
        kind: StepKind::Request(Box::new(request)),
    }
}
