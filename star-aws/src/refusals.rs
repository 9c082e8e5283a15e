//! What is said where AWS refuses, for each call that is made.

use std::collections::BTreeMap;

use serde_json::json;
use star_core::ledger::Ledger as _;
use star_core::transport::Transport as _;

use crate::alert::{Alert, Topic};
use crate::bucket::Bucket;
use crate::call::Call;
use crate::config::Config;
use crate::lambda::Lambda;
use crate::replay::{answers, json_error, nowhere, query_error, s3_error};
use crate::stack::{Deployer, Event};

/// All calls, in the order in which each needs those before it.
const CALLS: [Call; 15] = [
    Call::GetObject,
    Call::PutObject,
    Call::ListObjects,
    Call::DeleteObject,
    Call::DeleteBucket,
    Call::Invoke,
    Call::Publish,
    Call::GetFunction,
    Call::PutFunctionConcurrency,
    Call::GetAccountSettings,
    Call::CreateStack,
    Call::UpdateStack,
    Call::DeleteStack,
    Call::DescribeStacks,
    Call::DescribeStackEvents,
];

/// How a service writes an error and its message.
type Form = fn(&str, &str) -> String;

/// What AWS answers before the call is made, and in which form it refuses.
fn before(call: Call) -> (Vec<(u16, String)>, Form) {
    let stack = || {
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>arn:s/1</StackId><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>Ledger</OutputKey><OutputValue>b</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>".to_owned()
    };
    let events = || {
        "<DescribeStackEventsResponse><DescribeStackEventsResult/></DescribeStackEventsResponse>"
            .to_owned()
    };
    let missing = || query_error("ValidationError", "Stack with id s does not exist");
    let page =
        || "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>".to_owned();
    match call {
        Call::GetObject | Call::PutObject | Call::ListObjects | Call::DeleteBucket => {
            (vec![], s3_error)
        }
        Call::DeleteObject => (vec![(200, page())], s3_error),
        Call::Invoke
        | Call::GetFunction
        | Call::PutFunctionConcurrency
        | Call::GetAccountSettings => (vec![], json_error),
        Call::CreateStack => (vec![(400, missing())], query_error),
        Call::UpdateStack | Call::DeleteStack => {
            (vec![(200, stack()), (200, events())], query_error)
        }
        Call::DescribeStackEvents => (vec![(200, stack())], query_error),
        Call::DescribeStacks | Call::Publish => (vec![], query_error),
    }
}

/// What is said where a call fails.
async fn said(call: Call, config: &Config) -> String {
    let (bucket, lambda) = (Bucket::new(config, "b"), Lambda::new(config, "f"));
    let deployer = Deployer::of(config.cloudformation());
    match call {
        Call::GetObject => bucket.get("k").await.unwrap_err().to_string(),
        Call::PutObject => bucket.upload("k", vec![1]).await.unwrap_err().to_string(),
        Call::DeleteBucket => bucket.delete().await.unwrap_err().to_string(),
        Call::ListObjects | Call::DeleteObject => bucket.empty().await.unwrap_err().to_string(),
        Call::Invoke => lambda.send(vec![1]).await.unwrap_err().to_string(),
        Call::GetFunction => lambda.configured().await.unwrap_err().to_string(),
        Call::PutFunctionConcurrency => lambda.reserve(0).await.unwrap_err().to_string(),
        Call::GetAccountSettings => lambda.account().await.unwrap_err().to_string(),
        Call::Publish => {
            let topic = Topic::new(config, "arn:aws:sns:eu-central-1:1:t");
            let alert = Alert::new("s", "t");
            topic.publish(&alert).await.unwrap_err().to_string()
        }
        Call::DeleteStack => {
            let removed = deployer.remove("s", &mut |_| {}).await;
            removed.unwrap_err().to_string()
        }
        Call::CreateStack
        | Call::UpdateStack
        | Call::DescribeStacks
        | Call::DescribeStackEvents => {
            let (template, tags) = (json!({}), BTreeMap::new());
            let tell = &mut |_: &Event| {};
            let ensured = deployer.ensure("s", &template, &[], &tags, tell);
            ensured.await.unwrap_err().to_string()
        }
    }
}

/// What is said where AWS refuses a call with this status and error.
async fn refused(call: Call, status: u16, code: &str) -> String {
    let (mut given, form) = before(call);
    given.push((status, form(code, "their words")));
    let given: Vec<_> = given
        .iter()
        .map(|(status, body)| (*status, body.as_str()))
        .collect();
    let (config, client) = answers(&given);
    let text = said(call, &config).await;
    assert_eq!(client.actual_requests().count(), given.len(), "{call:?}");
    text
}

#[tokio::test]
async fn the_permission_that_is_missing_is_named_for_each_call() {
    for call in CALLS {
        let text = refused(call, 403, "AccessDenied").await;
        let expected = format!(
            "AWS does not allow it: the permission `{}` is needed (their words)",
            call.action()
        );
        assert!(text.ends_with(&expected), "{call:?}: {text}");
    }
}

#[tokio::test]
async fn a_permission_is_missing_also_where_the_answer_has_no_body() {
    let (config, _) = answers(&[(403, "")]);
    let text = Bucket::new(&config, "b").has("k").await.unwrap_err();
    assert!(
        text.to_string()
            .starts_with("AWS does not allow it: the permission `s3:GetObject` is needed"),
        "{text}"
    );
}

#[tokio::test]
async fn credentials_that_have_expired_are_named_for_each_call() {
    for call in CALLS {
        for code in ["ExpiredToken", "ExpiredTokenException"] {
            let text = refused(call, 403, code).await;
            let expected = "the AWS credentials have expired: sign in again (their words)";
            assert!(text.ends_with(expected), "{call:?}: {text}");
        }
    }
}

#[tokio::test]
async fn what_is_too_large_is_told_from_what_is_not_allowed() {
    for (call, status, code) in [
        (Call::Invoke, 413, "RequestTooLargeException"),
        (Call::PutObject, 400, "EntityTooLarge"),
    ] {
        let text = refused(call, status, code).await;
        let expected = format!(
            "what was sent is too large for AWS: `{}` takes no more (their words)",
            call.action()
        );
        assert!(text.ends_with(&expected), "{text}");
    }
}

#[tokio::test]
async fn a_network_that_is_down_is_told_for_each_call_that_is_made_first() {
    let config = nowhere().await;
    for call in [
        Call::GetObject,
        Call::PutObject,
        Call::ListObjects,
        Call::Invoke,
        Call::DescribeStacks,
    ] {
        let text = said(call, &config).await;
        let expected = format!("AWS could not be reached for `{}`: ", call.action());
        assert!(text.contains(&expected), "{call:?}: {text}");
    }
}

#[tokio::test]
async fn an_account_of_ten_functions_is_read_as_one() {
    let limit =
        r#"{"AccountLimit":{"ConcurrentExecutions":10,"UnreservedConcurrentExecutions":10}}"#;
    let (config, _) = answers(&[(200, limit)]);
    assert_eq!(Lambda::new(&config, "f").account().await.unwrap(), Some(10));
}

#[test]
fn the_documentation_names_the_permission_of_each_call() {
    let page = include_str!("../../docs/aws.md");
    for call in CALLS {
        let named = format!("`{}`", call.action());
        assert!(page.contains(&named), "{named} in docs/aws.md");
    }
}
