//! `iam`: what the role may do besides what the function calls, and what bounds it.

use serde_json::Value;
use star_core::document::Node;

use super::Assets;
use super::reader::{Reader, listed};
use crate::stack::TOPIC;

/// `iam`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, assets: &mut Assets) {
    let Some(node) = reader
        .map(node, "`iam`", &["role"])
        .and_then(|iam| iam.get("role"))
    else {
        return;
    };
    if node.as_str().is_some() {
        let wrong = "a role of the account cannot be the function's";
        let right = "`slsart deploy` makes one that allows what the function calls; `statements` and `managedPolicies` allow more";
        reader.wrong(node.span, wrong, right);
        return;
    }
    let keys = ["statements", "managedPolicies", "permissionsBoundary"];
    let Some(role) = reader.map(node, "`role`", &keys) else {
        return;
    };
    if let Some(node) = role.get("statements") {
        for node in reader.list(node, "`statements`") {
            assets.statements.extend(statement(reader, node));
        }
        let least = assets.statements.iter().map(least).sum::<usize>();
        if least > MOST_LETTERS {
            let wrong = format!(
                "`statements` have {least} letters, and all that a role may do, {MOST_LETTERS}"
            );
            let right =
                "put some of them into a policy of the account, and name that in `managedPolicies`";
            reader.wrong(node.span, wrong, right);
        }
    }
    if let Some(node) = role.get("managedPolicies") {
        let policies = reader.texts(node, "`managedPolicies`");
        if policies.len() > MOST_POLICIES {
            let wrong = format!(
                "there are {} managed policies, and a role may have {MOST_POLICIES}, if the account's quota was raised to that",
                policies.len()
            );
            reader.wrong(node.span, wrong, "put what they allow into fewer of them");
        }
        for policy in policies {
            if !policy.value.starts_with("arn:") {
                let wrong = format!("`{}` names no policy", policy.value);
                reader.wrong(policy.span, wrong, ARN);
            }
            assets.managed_policies.push(policy.value);
        }
    }
    if let Some(node) = role.get("permissionsBoundary")
        && let Some(policy) = reader.text(node, "`permissionsBoundary`")
    {
        if !policy.starts_with("arn:") {
            reader.wrong(node.span, format!("`{policy}` names no policy"), ARN);
        }
        assets.permissions_boundary = Some(policy);
    }
}

const ARN: &str =
    "name it by its ARN, for example `arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess`";

/// So many managed policies a role may have at most; a quota of 10 can be raised so far
/// ([quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)).
const MOST_POLICIES: usize = 25;

/// So many letters a role's own policies may have together, without blanks.
const MOST_LETTERS: usize = 10_240;

/// How many letters a part of a statement has at least: what stands in the place of a function is not known here.
fn least(value: &Value) -> usize {
    match value {
        Value::Array(items) => 2 + items.iter().map(least).sum::<usize>(),
        Value::Object(map) if map.keys().any(|key| FUNCTIONS.contains(&key.as_str())) => 2,
        Value::Object(map) => {
            let each = map.iter().map(|(key, value)| key.len() + 3 + least(value));
            2 + each.sum::<usize>()
        }
        Value::String(text) => {
            let letters = text.chars().filter(|letter| !letter.is_whitespace());
            2 + letters.count()
        }
        other => other.to_string().len(),
    }
}

/// One statement of a policy.
fn statement(reader: &mut Reader<'_>, node: &Node) -> Option<Value> {
    let keys = [
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    let map = reader.map(node, "a statement", &keys)?;
    match map.get("Effect") {
        Some(node) => {
            reader.one_of(node, "`Effect`", &["Allow", "Deny"]);
        }
        None => reader.wrong(
            node.span,
            "a statement needs an `Effect`",
            "it is `Allow` or `Deny`",
        ),
    }
    for (one, other, right) in [
        ("Action", "NotAction", "for example `Action: s3:GetObject`"),
        (
            "Resource",
            "NotResource",
            "for example `Resource: \"arn:aws:s3:::bucket/*\"`",
        ),
    ] {
        if map.get(one).is_some() == map.get(other).is_some() {
            let wrong = format!("a statement needs `{one}` or `{other}`, and not both");
            reader.wrong(node.span, wrong, right);
        }
    }
    for key in ["Action", "NotAction"] {
        match map.get(key) {
            Some(node) if node.as_list().is_some() => {
                reader.texts(node, &format!("`{key}`"));
            }
            Some(node) if node.as_str().is_none() => {
                reader.misfit(node, &format!("`{key}`"), "text or a list");
            }
            _ => {}
        }
    }
    functions(reader, node);
    let mut statement = reader.json(node);
    if let Some(topic) = reader.topic.clone() {
        rename(&mut statement, &topic);
    }
    Some(statement)
}

/// The functions of `CloudFormation` that can be used in statements.
const FUNCTIONS: [&str; 4] = ["Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join"];

/// Looks at what a statement refers to: the topic, and what `CloudFormation` knows by itself.
fn functions(reader: &mut Reader<'_>, node: &Node) {
    let topic = reader.topic.clone();
    let known = |name: &str| name.starts_with("AWS::") || Some(name) == topic.as_deref();
    for item in node.as_list().unwrap_or_default() {
        functions(reader, item);
    }
    for entry in node
        .as_map()
        .map(star_core::document::Map::entries)
        .unwrap_or_default()
    {
        let (key, value) = (entry.key.as_str(), &entry.node);
        if key.starts_with("Fn::") && !FUNCTIONS.contains(&key) {
            let right = format!("there are {}", listed(&FUNCTIONS, "and"));
            reader.wrong(
                entry.key_span,
                format!("`{key}` cannot be used here"),
                &right,
            );
        }
        let name = match key {
            "Ref" => value.as_str(),
            "Fn::GetAtt" => match value.as_list() {
                Some(parts) => parts.first().and_then(Node::as_str),
                None => value.as_str().and_then(|text| text.split('.').next()),
            },
            _ => None,
        };
        if let Some(name) = name.filter(|name| !known(name)) {
            let right = "what can be referred to is the topic that `resources` has, and `AWS::Region` and the like";
            reader.wrong(value.span, format!("there is no `{name}` here"), right);
        }
        functions(reader, value);
    }
}

/// The topic by the name that it has in the template.
fn rename(value: &mut Value, topic: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, topic)),
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match (key.as_str(), &mut *value) {
                    ("Ref", Value::String(name)) if name == topic => TOPIC.clone_into(name),
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        if let Some(Value::String(name)) = parts.first_mut()
                            && name == topic
                        {
                            TOPIC.clone_into(name);
                        }
                    }
                    ("Fn::GetAtt", Value::String(name)) => {
                        if let Some(attribute) = name.strip_prefix(&format!("{topic}.")) {
                            *value = serde_json::json!([TOPIC, attribute]);
                        }
                    }
                    ("Fn::Sub", Value::String(text)) => {
                        *text = text
                            .replace(&format!("${{{topic}}}"), &format!("${{{TOPIC}}}"))
                            .replace(&format!("${{{topic}."), &format!("${{{TOPIC}."));
                    }
                    _ => rename(value, topic),
                }
            }
        }
        _ => {}
    }
}
