//! What the function may do: what [`Call::OF_FUNCTION`] says, on what belongs to its deployment, and nothing else.

use serde_json::{Value, json};

use super::function::{LEDGER, LOGS, TOPIC};
use super::{Settings, attribute, reference, text};
use crate::call::Call;

/// The policy with which AWS attaches a function to a network.
const IN_NETWORKS: &str =
    "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess";

/// The role of the functions.
pub(super) fn role(settings: &Settings) -> Value {
    let mut role = json!({
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "lambda.amazonaws.com" },
                "Action": "sts:AssumeRole",
            }],
        },
        "Policies": [{
            "PolicyName": "run",
            "PolicyDocument": { "Version": "2012-10-17", "Statement": statements(settings) },
        }],
    });
    if !settings.statements.is_empty() {
        let more = json!({
            "PolicyName": "more",
            "PolicyDocument": { "Version": "2012-10-17", "Statement": settings.statements },
        });
        role["Policies"] = json!([role["Policies"][0], more]);
    }
    let in_network = settings
        .functions
        .iter()
        .any(|function| function.vpc.is_some());
    let managed = settings.managed_policies.iter().map(|arn| json!(arn));
    let managed: Vec<Value> = managed
        .chain(in_network.then(|| text(IN_NETWORKS)))
        .collect();
    if !managed.is_empty() {
        role["ManagedPolicyArns"] = Value::Array(managed);
    }
    if let Some(boundary) = &settings.permissions_boundary {
        role["PermissionsBoundary"] = json!(boundary);
    }
    if !settings.tags.is_empty() {
        role["Tags"] = super::function::tags(settings);
    }
    role
}

fn statements(settings: &Settings) -> Vec<Value> {
    let allow = |actions: &[&str], resource: Value| json!({ "Effect": "Allow", "Action": actions, "Resource": resource });
    let calls = Call::OF_FUNCTION.map(|call| allow(&[call.action()], resource_of(call, settings)));
    // What the platform does in the function's name, for what the function prints.
    let logs = allow(
        &["logs:CreateLogStream", "logs:PutLogEvents"],
        attribute(LOGS, "Arn"),
    );
    calls.into_iter().chain([logs]).collect()
}

/// What the function does it to.
fn resource_of(call: Call, settings: &Settings) -> Value {
    match call {
        Call::GetObject | Call::PutObject => {
            text(format!("arn:${{AWS::Partition}}:s3:::${{{LEDGER}}}/runs/*"))
        }
        Call::ListObjects => text(format!("arn:${{AWS::Partition}}:s3:::${{{LEDGER}}}")),
        Call::Invoke => {
            // By name: a reference to the function would go round in a circle, since the function refers to its role.
            let arn = |function: &super::Function| {
                let name = function.name(&settings.names);
                text(format!(
                    "arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{name}"
                ))
            };
            settings.functions.iter().map(arn).collect()
        }
        _ => reference(TOPIC),
    }
}
