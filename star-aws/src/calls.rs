//! Tells of calls to AWS, for whoever looks for a fault.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Who is told of each attempt of each call: what was asked of whom, with which answer, and how long it took. No header, body or
/// signature is told.
#[derive(Clone)]
pub struct Calls(Arc<dyn Fn(&str) + Send + Sync>);

impl Calls {
    /// That one.
    pub fn new(told: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    /// A client that does as another, and tells of it.
    pub(crate) fn told(self, client: SharedHttpClient) -> SharedHttpClient {
        http_client_fn(
            move |settings: &HttpConnectorSettings, components: &RuntimeComponents| {
                SharedHttpConnector::new(Told {
                    connector: client.http_connector(settings, components),
                    calls: self.clone(),
                })
            },
        )
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls")
    }
}

#[derive(Debug)]
struct Told {
    connector: SharedHttpConnector,
    calls: Calls,
}

impl HttpConnector for Told {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = format!("{} {}", request.method(), named(&request));
        let (calls, begun) = (self.calls.clone(), Instant::now());
        let answered = self.connector.call(request);
        HttpConnectorFuture::new(async move {
            let answered = answered.await;
            let took = begun.elapsed().as_millis();
            let answer = match &answered {
                Ok(answer) => answer.status().as_u16().to_string(),
                Err(error) => error.to_string(),
            };
            (calls.0)(&format!("{asked}: {answer} in {took} ms"));
            answered
        })
    }
}

/// What is asked of whom. The query has no part in it: a signature may be there.
fn named(request: &HttpRequest) -> String {
    let uri = request.uri();
    let plain = uri.split('?').next().unwrap_or(uri);
    // The protocol of CloudFormation and SNS says in the body what is asked for.
    let body = request.body().bytes().filter(|_| plain.ends_with('/'));
    let mut pairs = body.unwrap_or_default().split(|byte| *byte == b'&');
    let action = pairs.find_map(|pair| pair.strip_prefix(b"Action="));
    match action.map(String::from_utf8_lossy) {
        Some(action) => format!("{plain} {action}"),
        None => plain.to_owned(),
    }
}
