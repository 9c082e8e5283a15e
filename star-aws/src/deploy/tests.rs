use super::*;
use crate::elf::Architecture;
use crate::replay::{answers, query_error, s3_error};

/// A stack as it is described: ours where it has an output that we know.
fn described(status: &str, output: &str) -> String {
    format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>arn:s/1</StackId><StackName>s</StackName><StackStatus>{status}</StackStatus><Outputs><member><OutputKey>{output}</OutputKey><OutputValue>b</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )
}

fn missing() -> String {
    query_error("ValidationError", "Stack with id s does not exist")
}

const EVENTS: &str =
    "<DescribeStackEventsResponse><DescribeStackEventsResult/></DescribeStackEventsResponse>";

fn names() -> Names {
    Names::new("serverless-star", "dev").unwrap()
}

#[tokio::test]
async fn a_stack_of_somebody_else_is_refused_before_anything_is_made() {
    let settings = Settings::new(names(), Architecture::X86);
    let wanted = Wanted::new(settings, b"program", &[], "l".to_owned()).unwrap();
    let foreign = described("CREATE_COMPLETE", "Website");
    let missing = missing();
    for (given, stack) in [
        (&[(200, &*foreign)][..], "serverless-star-dev"),
        (
            &[(400, &*missing), (200, &*foreign)],
            "serverless-star-dev-ledger",
        ),
    ] {
        let (config, client) = answers(given);
        let why = deploy(&config, &wanted, &mut |_, _| {}).await.unwrap_err();
        assert!(
            why.to_string().starts_with(&format!(
                "the stack `{stack}` is there, and was not made by this program"
            )),
            "{why}"
        );
        // Nothing was asked but what there is.
        assert_eq!(client.actual_requests().count(), given.len());
        for request in client.actual_requests() {
            let body = String::from_utf8_lossy(request.body().bytes().unwrap());
            assert!(body.starts_with("Action=DescribeStacks&"), "{body}");
        }
    }
}

#[tokio::test]
async fn a_ledger_is_purged_bucket_and_all_whether_its_stack_keeps_it_or_not() {
    let ledger = described("CREATE_COMPLETE", BUCKET);
    let gone = described("DELETE_COMPLETE", BUCKET);
    let missing = missing();
    let page = "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>";
    let none = s3_error("NoSuchBucket", "");
    let denied = s3_error("AccessDenied", "their words");
    for (last, said) in [
        ((204, ""), None),
        ((404, &*none), None),
        (
            (403, &*denied),
            Some(
                "the bucket `b` is empty, and could not be removed: AWS does not allow it: the permission `s3:DeleteBucket` is needed (their words)",
            ),
        ),
    ] {
        let (config, client) = answers(&[
            (200, &*ledger),
            (400, &*missing),
            (400, &*missing),
            (200, page),
            (200, "<DeleteResult/>"),
            (200, "<ListBucketResult/>"),
            (200, &*ledger),
            (200, EVENTS),
            (200, ""),
            (200, EVENTS),
            (200, &*gone),
            last,
        ]);
        let removed = remove(&config, &names(), true, &mut |_, _| {}).await;
        assert_eq!(client.actual_requests().count(), 12);
        match said {
            None => assert!(removed.unwrap().ledger),
            Some(said) => {
                let why = removed.unwrap_err().to_string();
                assert!(why.starts_with(said), "{why}");
            }
        }
    }
}

#[tokio::test]
async fn the_stack_of_another_deployment_is_neither_taken_for_ones_own_nor_removed() {
    let settings = Settings::new(names(), Architecture::X86);
    let wanted = Wanted::new(settings, b"program", &[], "l".to_owned()).unwrap();
    let (ledger, function) = (
        described("CREATE_COMPLETE", BUCKET),
        described("CREATE_COMPLETE", DEPLOYMENT),
    );
    let missing = missing();
    for (given, said) in [
        (
            &[(200, &*ledger)][..],
            "the stack `serverless-star-dev` is there, and is the ledger of another deployment",
        ),
        (
            &[(400, &*missing), (200, &*function)],
            "the stack `serverless-star-dev-ledger` is there, and is the function of another deployment",
        ),
    ] {
        let (config, client) = answers(given);
        let why = deploy(&config, &wanted, &mut |_, _| {}).await.unwrap_err();
        assert!(why.to_string().starts_with(said), "{why}");
        assert_eq!(client.actual_requests().count(), given.len());
    }
    let (config, client) = answers(&[(200, &*ledger)]);
    let removed = remove(&config, &names(), false, &mut |_, _| {}).await;
    let why = removed.unwrap_err().to_string();
    assert!(why.contains("is the ledger of another deployment"), "{why}");
    assert_eq!(client.actual_requests().count(), 1);
    // Nobody's bucket is emptied.
    let both = function.replace(
        "</Outputs>",
        "<member><OutputKey>Ledger</OutputKey><OutputValue>b</OutputValue></member></Outputs>",
    );
    let (config, client) = answers(&[(200, &*both), (400, &*missing), (400, &*missing)]);
    let removed = remove(&config, &names(), true, &mut |_, _| {}).await;
    assert!(!removed.unwrap().ledger);
    assert_eq!(client.actual_requests().count(), 3);
}
