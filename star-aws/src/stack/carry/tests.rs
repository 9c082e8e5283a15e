use serde_json::json;

use super::*;
use crate::replay::{answers, query_error};

fn stack(status: &str) -> String {
    format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>arn:s/1</StackId><StackName>s</StackName><Description>s: work that is cut into pieces and run wide</Description><StackStatus>{status}</StackStatus><Outputs><member><OutputKey>Ledger</OutputKey><OutputValue>b</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )
}

/// Events, the newest first, as AWS has them.
fn events(events: &[(u32, &str, &str, &str)]) -> String {
    let members: Vec<_> = events
        .iter()
        .map(|(id, resource, status, reason)| {
            format!("<member><EventId>{id}</EventId><LogicalResourceId>{resource}</LogicalResourceId><ResourceType>AWS::X::Y</ResourceType><ResourceStatus>{status}</ResourceStatus><ResourceStatusReason>{reason}</ResourceStatusReason></member>")
        })
        .collect();
    let members = members.concat();
    format!(
        "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>{members}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>"
    )
}

fn missing() -> String {
    query_error("ValidationError", "Stack with id s does not exist")
}

const DONE: &str = "<CreateStackResponse><CreateStackResult><StackId>arn:s/1</StackId></CreateStackResult></CreateStackResponse>";

async fn ensure(given: &[(u16, &str)]) -> (Result<Change, StackError>, Vec<String>, usize) {
    let (config, client) = answers(given);
    let mut told = Vec::new();
    let mut tell = |event: &Event| told.push(format!("{} {}", event.resource, event.status));
    let deployer = Deployer::of(config.cloudformation());
    let template = json!({});
    let done = deployer
        .ensure("s", &template, &[("K", "v")], &BTreeMap::new(), &mut tell)
        .await;
    (done, told, client.actual_requests().count())
}

#[tokio::test]
async fn a_new_stack_is_told_of_resource_by_resource() {
    let (done, told, _) = ensure(&[
        (400, &missing()),
        (200, DONE),
        (200, &events(&[(1, "Role", "CREATE_IN_PROGRESS", "")])),
        (200, &stack("CREATE_IN_PROGRESS")),
        (
            200,
            &events(&[
                (2, "Role", "CREATE_COMPLETE", ""),
                (1, "Role", "CREATE_IN_PROGRESS", ""),
            ]),
        ),
        (200, &stack("CREATE_COMPLETE")),
    ])
    .await;
    assert_eq!(done.unwrap(), Change::Created);
    assert_eq!(told, ["Role CREATE_IN_PROGRESS", "Role CREATE_COMPLETE"]);
}

#[tokio::test]
async fn a_resource_that_fails_is_named_with_its_reason_and_not_those_that_it_took_along() {
    let failed = [
        (5, "s", "ROLLBACK_COMPLETE", ""),
        (4, "Logs", "CREATE_FAILED", "Resource creation cancelled"),
        (
            3,
            "Role",
            "CREATE_FAILED",
            "not authorized to perform: iam:CreateRole",
        ),
    ];
    let (done, _, _) = ensure(&[
        (400, &missing()),
        (200, DONE),
        (200, &events(&failed)),
        (200, &stack("ROLLBACK_COMPLETE")),
    ])
    .await;
    assert_eq!(
        done.unwrap_err().to_string(),
        "the stack `s` ended as ROLLBACK_COMPLETE: `Role` (AWS::X::Y): not authorized to perform: iam:CreateRole (the permission `iam:CreateRole` is needed; nothing of it stays; then `slsart deploy` again)"
    );
}

#[tokio::test]
async fn nothing_to_do_is_no_failure_and_old_events_are_not_told_again() {
    let old = events(&[(1, "Role", "CREATE_COMPLETE", "")]);
    let nothing = query_error("ValidationError", "No updates are to be performed.");
    let (done, told, _) = ensure(&[
        (200, &stack("CREATE_COMPLETE")),
        (200, &old),
        (400, &nothing),
    ])
    .await;
    assert_eq!((done.unwrap(), told.len()), (Change::Unchanged, 0));
}

#[tokio::test]
async fn what_failed_when_it_was_first_made_is_removed_before_it_is_made_again() {
    let (done, _, asked) = ensure(&[
        (200, &stack("ROLLBACK_COMPLETE")),
        (200, &stack("ROLLBACK_COMPLETE")),
        (200, &events(&[])),
        (200, "<DeleteStackResponse/>"),
        (200, &events(&[])),
        (200, &stack("DELETE_COMPLETE")),
        (200, DONE),
        (200, &events(&[])),
        (200, &stack("CREATE_COMPLETE")),
    ])
    .await;
    assert_eq!((done.unwrap(), asked), (Change::Created, 9));
}

#[tokio::test]
async fn each_refusal_is_one_sentence_that_says_what_to_do() {
    for (code, message, said) in [
        (
            "AccessDenied",
            "User is not authorized",
            "AWS does not allow it: the permission `cloudformation:DescribeStacks` is needed (User is not authorized)",
        ),
        (
            "ExpiredToken",
            "The security token is expired",
            "the AWS credentials have expired: sign in again (The security token is expired)",
        ),
        (
            "InvalidClientTokenId",
            "The security token is invalid",
            "AWS does not know these credentials: look at the profile, or at `AWS_ACCESS_KEY_ID` (The security token is invalid)",
        ),
        (
            "Throttling",
            "Rate exceeded",
            "AWS took no more for now, also when asked again: `cloudformation:DescribeStacks` is throttled (Rate exceeded)",
        ),
    ] {
        let (done, _, _) = ensure(&[(400, &query_error(code, message))]).await;
        assert_eq!(done.unwrap_err().to_string(), said);
    }
}

#[tokio::test]
async fn a_stack_that_cannot_be_removed_says_why() {
    let (config, _) = answers(&[
        (200, &stack("CREATE_COMPLETE")),
        (200, &events(&[])),
        (200, "<DeleteStackResponse/>"),
        (
            200,
            &events(&[(
                2,
                "Ledger",
                "DELETE_FAILED",
                "The bucket you tried to delete is not empty",
            )]),
        ),
        (200, &stack("DELETE_FAILED")),
    ]);
    let removed = Deployer::of(config.cloudformation())
        .remove("s", &mut |_| {})
        .await;
    assert_eq!(
        removed.unwrap_err().to_string(),
        "the stack `s` ended as DELETE_FAILED: `Ledger` (AWS::X::Y): The bucket you tried to delete is not empty (`slsart remove --purge` empties it first)"
    );
}

/// What is said of a resource that fails when a stack is in this state before, and in that one afterwards.
async fn failing(before: Option<&str>, after: &str, reason: &str) -> String {
    let (before, asked) = match before {
        Some(status) => (vec![(200, stack(status)), (200, events(&[]))], "Update"),
        None => (vec![(400, missing())], "Create"),
    };
    let asked = format!(
        "<{asked}StackResponse><{asked}StackResult><StackId>arn:s/1</StackId></{asked}StackResult></{asked}StackResponse>"
    );
    let failed = events(&[(9, "Ledger", "CREATE_FAILED", reason)]);
    let mut given = before;
    given.extend([(200, asked), (200, failed), (200, stack(after))]);
    let given: Vec<_> = given
        .iter()
        .map(|(status, body)| (*status, body.as_str()))
        .collect();
    ensure(&given).await.0.unwrap_err().to_string()
}

#[tokio::test]
async fn what_fails_says_what_to_do_next() {
    let taken = failing(None, "ROLLBACK_COMPLETE", "star-ledger already exists").await;
    assert_eq!(
        taken,
        "the stack `s` ended as ROLLBACK_COMPLETE: `Ledger` (AWS::X::Y): star-ledger already exists (it is there already, and is none of this stack's: remove it, or choose another name with `--stage` or `--service`; nothing of it stays; then `slsart deploy` again)"
    );
    for (after, said) in [
        (
            "UPDATE_ROLLBACK_COMPLETE",
            "(put right what it says; what was deployed before is in place; then `slsart deploy` again)",
        ),
        (
            "UPDATE_ROLLBACK_FAILED",
            "(put right what it says; the stack must be brought back on AWS's console; then `slsart deploy` again)",
        ),
    ] {
        let text = failing(Some("CREATE_COMPLETE"), after, "it is red").await;
        assert!(text.ends_with(said), "{text}");
    }
    let limit = failing(None, "ROLLBACK_COMPLETE", "Account limit exceeded").await;
    assert!(
        limit.contains("a limit of the account is reached"),
        "{limit}"
    );
}

#[tokio::test]
async fn a_stack_of_somebody_else_is_neither_changed_nor_removed() {
    let foreign = stack("CREATE_COMPLETE")
        .replace("cut into pieces", "sold in pieces")
        .replace(">Ledger<", ">Url<");
    let said = "the stack `s` is there, and was not made by this program: it is left as it is (`--stage` and `--service` choose another name)";
    let (done, _, asked) = ensure(&[(200, &foreign)]).await;
    assert_eq!((done.unwrap_err().to_string().as_str(), asked), (said, 1));
    let (config, client) = answers(&[(200, &foreign)]);
    let deployer = Deployer::of(config.cloudformation());
    let removed = deployer.remove("s", &mut |_| {}).await;
    assert_eq!(removed.unwrap_err().to_string(), said);
    assert_eq!(client.actual_requests().count(), 1);
}

#[tokio::test]
async fn a_stack_that_somebody_is_at_is_left_to_him() {
    let (done, _, asked) = ensure(&[(200, &stack("UPDATE_IN_PROGRESS"))]).await;
    assert_eq!(
        (done.unwrap_err().to_string().as_str(), asked),
        (
            "the stack `s` is UPDATE_IN_PROGRESS: somebody is at it; wait until that is over, and call this again",
            1
        )
    );
}
