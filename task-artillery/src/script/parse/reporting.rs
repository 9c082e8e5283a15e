//! What a script says of its report: `http.extendedMetrics`, and the plugins that make figures or look at them.

use star_core::document::{Node, Value};

use super::fields::Fields;
use super::keys;
use super::reader::Reader;
use crate::script::model::{Checking, EndpointNames, Reporting, Signing};

/// What Artillery's plugin `apdex` holds for a satisfying time, in milliseconds.
const THRESHOLD: f64 = 500.0;

/// The longest that a threshold may be, in milliseconds: a day.
const LONGEST_THRESHOLD: f64 = 86_400_000.0;

/// The variable of the environment that is as good as `extendedMetrics: true`.
const EXTENDED: &str = "ARTILLERY_EXTENDED_HTTP_METRICS";

/// The longest that the names of figures may begin with.
const LONGEST_NAMESPACE: usize = 200;

impl Reader<'_> {
    /// `plugins`, `apdex` and `http.extendedMetrics`.
    pub(super) fn reporting(
        &mut self,
        config: &Fields<'_>,
        http: Option<&Fields<'_>>,
    ) -> (Reporting, Checking, Option<Signing>) {
        let extended = http.and_then(|http| http.get("extendedMetrics"));
        let extended = extended.and_then(|node| self.boolean("extendedMetrics", node));
        let plugins = config
            .get("plugins")
            .and_then(|node| self.fields("plugins", node, &keys::PLUGINS));
        let endpoints = plugins
            .as_ref()
            .and_then(|plugins| plugins.get("metrics-by-endpoint"))
            .and_then(|node| self.endpoint_names(node));
        let mut checking = Checking::default();
        if let Some(plugins) = &plugins {
            self.expect_plugin(plugins, &mut checking);
        }
        let signing = plugins.as_ref().map(|plugins| {
            self.note_signing(plugins);
            self.signing(plugins)
        });
        let sinks = plugins.as_ref().map(|plugins| self.sinks(plugins));
        self.ensure(config, plugins.as_ref(), &mut checking);
        let reporting = Reporting {
            extended_metrics: extended == Some(true) || self.environment.get(EXTENDED).is_some(),
            apdex: self.apdex(config, plugins.as_ref()),
            endpoints: endpoints.unwrap_or_default(),
            sinks: sinks.unwrap_or_default(),
        };
        (reporting, checking, signing.flatten())
    }

    fn endpoint_names(&mut self, node: &Node) -> Option<EndpointNames> {
        let fields = self.options("metrics-by-endpoint", node, &keys::ENDPOINTS)?;
        let mut names = EndpointNames::of_plugin();
        let switches = [
            ("useOnlyRequestNames", &mut names.use_only_request_names),
            ("stripQueryString", &mut names.strip_query_string),
            ("ignoreUnnamedRequests", &mut names.ignore_unnamed_requests),
            ("groupDynamicURLs", &mut names.group_dynamic_urls),
            ("suppressOutput", &mut names.suppress_output),
        ];
        for (key, switch) in switches {
            if let Some(node) = fields.get(key)
                && let Some(on) = self.boolean(key, node)
            {
                *switch = on;
            }
        }
        if let Some(node) = fields.get("metricsNamespace") {
            names.metrics_namespace = self.namespace(node);
        }
        Some(names)
    }

    fn namespace(&mut self, node: &Node) -> Option<String> {
        const KEY: &str = "metricsNamespace";
        if !matches!(node.value, Value::String(_)) {
            return self.mismatch(KEY, node, "text");
        }
        let text = self.config_text(KEY, node)?.into_owned();
        if text.chars().count() > LONGEST_NAMESPACE {
            let message = format!("`{KEY}` is longer than {LONGEST_NAMESPACE} letters");
            self.error(node.span, message, "");
            return None;
        }
        // Nothing is as good as none, as in Artillery.
        (!text.is_empty()).then_some(text)
    }

    /// The threshold of `apdex`, in microseconds: that which stands beside the plugins comes first.
    fn apdex(&mut self, config: &Fields<'_>, plugins: Option<&Fields<'_>>) -> Option<u64> {
        let beside = config.get("apdex");
        let plugin = plugins.and_then(|plugins| plugins.get("apdex"));
        let options = |reader: &mut Self, node| reader.options("apdex", node, &keys::APDEX);
        let of_beside = beside.and_then(|node| options(self, node));
        let of_plugin = plugin.and_then(|node| options(self, node));
        let nodes = [of_beside, of_plugin].map(|fields| fields?.get("threshold"));
        let [of_beside, of_plugin] = nodes.map(|node| node.and_then(|node| self.threshold(node)));
        if plugin.is_none() {
            if let Some(at) = config.key_span("apdex") {
                let help = "it takes `plugins: { apdex: {} }` as well";
                self.warn(at, "`apdex` has no effect without its plugin", help);
            }
            return None;
        }
        let millis = of_beside.or(of_plugin).unwrap_or(THRESHOLD);
        Some((millis * 1000.0).round() as u64)
    }

    fn threshold(&mut self, node: &Node) -> Option<f64> {
        const WANTED: &str = "a number of milliseconds";
        let millis = self.number("threshold", node, WANTED)?;
        if millis > LONGEST_THRESHOLD {
            self.error(node.span, "`threshold` is longer than a day", "");
            return None;
        }
        Some(millis)
    }

    /// The options of a plugin.
    pub(super) fn options<'n>(
        &mut self,
        name: &str,
        node: &'n Node,
        mapping: &'static keys::Mapping,
    ) -> Option<Fields<'n>> {
        if matches!(node.value, Value::Map(_)) {
            return self.fields(name, node, mapping);
        }
        self.mismatch(name, node, "a mapping of options, such as `{}`")
    }
}
