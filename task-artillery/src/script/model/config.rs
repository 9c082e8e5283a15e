//! The script as a whole, and its `config`.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::draw::Draws;
use star_core::{Window, as_nanos};

use super::super::secrets::Secrets;
use super::super::split::Split;
use super::super::template::{JsonTemplate, Template};
use super::checks::Checking;
use super::content::Cookie;
use super::flow::{Scenario, Step};
use super::payload::Payload;
use super::proxy::Proxies;
use super::reporting::Reporting;
use super::sampling::Sampling;
use super::signing::Signing;
use super::tls::TlsSettings;
use crate::arrivals::{self, Arrivals, ArrivalsError, Load};

/// A script, read and checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Script {
    /// What URLs that start with `/` are on: an absolute `http:` or `https:` URL.
    pub target: String,
    /// The run's seed, where arrivals are drawn from it.
    pub seed: Option<u64>,
    /// When users arrive; never empty.
    pub phases: Vec<Phase>,
    /// How requests are made.
    pub http: HttpSettings,
    /// Whom connections trust.
    pub tls: TlsSettings,
    /// The headers of every request that does not give its own of that name. Calls in them are made once for all users.
    pub headers: Vec<Header>,
    /// The cookies that a user is given at every request, besides those that the request names. Calls in them are made once for all
    /// users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<Cookie>,
    /// What the script knows of itself and uses (`$dirname`, `$scenarioFile`, `$environment`), by name.
    pub constants: serde_json::Map<String, serde_json::Value>,
    /// The variables of the environment that it names.
    pub secrets: Secrets,
    /// `config.variables`. A list stands for one of its elements, another for each user. Calls in them are made once for all users.
    pub variables: Vec<Variable>,
    /// The CSV files, in order: of two columns of one name the later is meant.
    pub payloads: Vec<Payload>,
    /// What users do; never empty, and one weight at least is above zero.
    pub scenarios: Vec<Scenario>,
    /// What is done once, before the first user arrives; empty where nothing is.
    pub before: Vec<Step>,
    /// What is done once, after the last user has left; its steps are numbered on from those of `before`.
    pub after: Vec<Step>,
    /// What `before` captured, from when the run has begun.
    pub captured: serde_json::Map<String, serde_json::Value>,
    /// Where in that a capture found nothing, and something is kept all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_found: Vec<String>,
    /// How every scenario is tried out, where that is what the run is for; then nobody arrives, and the phases mean nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// The script's own limits.
    pub split: Split,
    /// What it says of its report.
    pub reporting: Reporting,
    /// What it asks of answers everywhere, and of the run.
    #[serde(default, skip_serializing_if = "Checking::is_default")]
    pub checking: Checking,
    /// How those requests are signed that are to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<Signing>,
}

/// A stretch of the load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Phase {
    /// What reports call it.
    pub name: Option<String>,
    /// How long it is.
    #[serde(with = "as_nanos")]
    pub duration: Duration,
    /// Who arrives meanwhile.
    pub load: Load,
    /// How many users at most are under way when another arrives: one more is turned away.
    pub max_users: Option<u32>,
}

/// `config.http`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HttpSettings {
    /// How long a request waits for the response's headers, from when it is sent.
    #[serde(with = "as_nanos")]
    pub timeout: Duration,
    /// Which cookies are taken.
    #[serde(default, skip_serializing_if = "CookieSettings::is_default")]
    pub cookies: CookieSettings,
    /// How many connections to a server there are for all users; without it each user has one of its own.
    pub pool: Option<NonZeroU32>,
    /// How long a response's body may take in all.
    #[serde(
        with = "as_nanos",
        default = "usual_body_timeout",
        skip_serializing_if = "is_usual_body_timeout"
    )]
    pub body_timeout: Duration,
    /// Who looks names up.
    #[serde(default, skip_serializing_if = "Lookups::is_default")]
    pub dns: Lookups,
    /// What requests go through.
    #[serde(default, skip_serializing_if = "Proxies::is_empty")]
    pub proxies: Proxies,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            cookies: CookieSettings::default(),
            pool: None,
            body_timeout: usual_body_timeout(),
            dns: Lookups::default(),
            proxies: Proxies::default(),
        }
    }
}

fn usual_body_timeout() -> Duration {
    Duration::from_mins(5)
}

fn is_usual_body_timeout(timeout: &Duration) -> bool {
    *timeout == usual_body_timeout()
}

/// `config.http.dns`: who looks names up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lookups {
    /// A worker, once for all users of a window.
    #[default]
    Run,
    /// Each user, once.
    User,
}

impl Lookups {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// `config.http.cookieJarOptions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CookieSettings {
    /// Whether a text without a name is a cookie.
    pub loose: bool,
    /// Whether a cookie may be called `__Secure-` or `__Host-` something without being so.
    pub any_prefix: bool,
}

impl CookieSettings {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A header to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Header {
    /// Its name, in lower case; a valid one.
    pub name: String,
    /// Its value. A value that is one variable, and that undefined, is not sent
    /// ([`optional_text`](Template::optional_text)).
    pub value: Template,
}

impl Header {
    /// The header with its calls made.
    #[must_use]
    pub fn settle(&self, draws: &mut Draws) -> Self {
        Self {
            name: self.name.clone(),
            value: self.value.settle(draws),
        }
    }
}

/// One of `config.variables`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: JsonTemplate,
}

impl Script {
    /// Tells the run's seed, which a script keeps whose arrivals are drawn from it.
    pub fn seed(&mut self, seed: u64) {
        let drawn = |phase: &Phase| matches!(phase.load, Load::Poisson(_));
        self.seed = self.phases.iter().any(drawn).then_some(seed);
    }

    /// How many users at most may be under way in the phases that a window has a part of; the least, and none where none says.
    pub(crate) fn max_users(&self, window: Window) -> Option<u32> {
        let mut start = Duration::ZERO;
        let limits = self.phases.iter().filter_map(|phase| {
            let from = start;
            start += phase.duration;
            let within = from < window.to() && window.from() < start;
            phase.max_users.filter(|_| within)
        });
        limits.min()
    }

    /// How many users at most may be under way in that phase which allows the most of them; none where one does not say.
    pub(crate) fn max_users_anywhere(&self) -> Option<u32> {
        let arriving = self.phases.iter().filter(|phase| phase.load != Load::Pause);
        let limits: Option<Vec<_>> = arriving.map(|phase| phase.max_users).collect();
        limits?.into_iter().max()
    }

    /// When the users arrive.
    ///
    /// # Errors
    /// Never for a script that was read by [`parse`](crate::script::parse); for one from elsewhere whatever makes its phases impossible.
    pub fn arrivals(&self) -> Result<Arrivals, ArrivalsError> {
        let phases = self.phases.iter().map(|phase| arrivals::Phase {
            duration: phase.duration,
            load: phase.load,
        });
        Arrivals::drawn(phases, self.seed.unwrap_or_default())
    }
}
