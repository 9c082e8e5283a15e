//! `resources`: the topic of alerts, and who is told of them.

use star_core::document::{Map, Node};

use super::Assets;
use super::reader::Reader;
use crate::stack::Subscription;

const TOPIC: &str = "AWS::SNS::Topic";
const SUBSCRIPTION: &str = "AWS::SNS::Subscription";

const PROTOCOLS: [&str; 7] = [
    "email",
    "email-json",
    "sms",
    "https",
    "http",
    "sqs",
    "lambda",
];

/// `resources`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let Some(resources) = reader
        .map(node, "`resources`", &["Resources"])
        .and_then(|resources| resources.get("Resources"))
        .and_then(|node| reader.any_map(node, "`Resources`"))
    else {
        return;
    };
    let kind = |node: &Node| node.get("Type").and_then(Node::as_str).map(str::to_owned);
    for entry in resources.entries() {
        match kind(&entry.node).as_deref() {
            Some(TOPIC) if reader.topic.is_none() => {
                reader.topic = Some(entry.key.clone());
                topic(reader, &entry.node, assets);
            }
            Some(TOPIC) => reader.wrong(
                entry.key_span,
                "there is another topic already",
                "alerts are sent to one; who is to be told of them are its subscriptions",
            ),
            _ => {}
        }
    }
    for entry in resources.entries() {
        match kind(&entry.node).as_deref() {
            Some(TOPIC) => {}
            Some(SUBSCRIPTION) => of_its_own(reader, &entry.node, assets),
            _ => reader.wrong(
                entry.key_span,
                format!("the resource `{}` is not carried out", entry.key),
                "there are the topic of alerts (`AWS::SNS::Topic`) and its subscriptions (`AWS::SNS::Subscription`); others go into a stack of their own",
            ),
        }
    }
}

fn topic(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let Some(properties) = properties(reader, node, &["DisplayName", "Subscription"]) else {
        return;
    };
    if let Some(node) = properties.get("DisplayName") {
        assets.topic_display = reader.text(node, "`DisplayName`");
    }
    if let Some(node) = properties.get("Subscription") {
        for node in reader.list(node, "`Subscription`") {
            if let Some(map) = reader.map(node, "a subscription", &["Protocol", "Endpoint"]) {
                subscription(reader, node, map, assets);
            }
        }
    }
}

/// A subscription that is a resource.
fn of_its_own(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let Some(map) = properties(reader, node, &["TopicArn", "Protocol", "Endpoint"]) else {
        return;
    };
    let named = map
        .get("TopicArn")
        .and_then(|arn| arn.get("Ref"))
        .and_then(Node::as_str);
    if named.is_none() || named != reader.topic.as_deref() {
        let name = reader.topic.as_deref().unwrap_or("MonitoringAlerts");
        let right = format!("write `TopicArn: {{ Ref: {name} }}`");
        let place = map.get("TopicArn").unwrap_or(node).span;
        reader.wrong(
            place,
            "it is not said that it is of the topic of alerts",
            &right,
        );
    }
    subscription(reader, node, map, assets);
}

fn properties<'n>(reader: &mut Reader<'_>, node: &'n Node, known: &[&str]) -> Option<&'n Map> {
    let resource = reader.map(node, "a resource", &["Type", "Properties"])?;
    reader.map(resource.get("Properties")?, "`Properties`", known)
}

fn subscription(reader: &mut Reader<'_>, node: &Node, map: &Map, assets: &mut Assets) {
    let (Some(protocol), Some(endpoint)) = (map.get("Protocol"), map.get("Endpoint")) else {
        let right = "for example `{ Protocol: email, Endpoint: team@example.com }`";
        let wrong = "a subscription needs a `Protocol` and an `Endpoint`";
        reader.wrong(node.span, wrong, right);
        return;
    };
    let Some(protocol) = reader.one_of(protocol, "`Protocol`", &PROTOCOLS) else {
        return;
    };
    let node = endpoint;
    let Some(endpoint) = reader.text(node, "`Endpoint`") else {
        return;
    };
    let (fits, right) = match protocol.as_str() {
        "email" | "email-json" => (endpoint.contains('@'), "for example `team@example.com`"),
        "http" | "https" => (
            endpoint.starts_with(&format!("{protocol}://")),
            "it is a URL of that protocol",
        ),
        "sms" => (
            endpoint.starts_with('+') && endpoint[1..].bytes().all(|byte| byte.is_ascii_digit()),
            "for example `+14155550123`, in quotes",
        ),
        _ => (
            endpoint.starts_with("arn:"),
            "it is the ARN of a queue or function",
        ),
    };
    if !fits {
        let wrong = format!("`{endpoint}` is no endpoint of `{protocol}`");
        reader.wrong(node.span, wrong, right);
    }
    assets
        .subscriptions
        .push(Subscription { protocol, endpoint });
}
