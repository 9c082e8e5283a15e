use super::*;
use crate::replay::{answers, s3_error};

fn bucket(given: &[(u16, &str)]) -> (Bucket, impl Fn() -> Vec<String> + use<>) {
    let (config, client) = answers(given);
    let asked = move || {
        let requests = client.actual_requests();
        requests
            .map(|request| {
                let condition = request.headers().get("if-none-match").unwrap_or("-");
                format!("{} {condition}", request.method())
            })
            .collect()
    };
    (Bucket::new(&config, "ledger"), asked)
}

#[tokio::test]
async fn a_value_is_created_only_where_there_is_none() {
    let there = s3_error(
        "PreconditionFailed",
        "At least one of the pre-conditions did not hold",
    );
    let (bucket, asked) = bucket(&[(200, ""), (412, &there)]);
    assert!(
        bucket
            .create("runs/r/claims/start", "one".into())
            .await
            .unwrap()
    );
    assert!(
        !bucket
            .create("runs/r/claims/start", "two".into())
            .await
            .unwrap()
    );
    assert_eq!(asked(), ["PUT *", "PUT *"]);
}

#[tokio::test(start_paused = true)]
async fn writers_that_collide_try_again_and_not_for_ever() {
    let conflict = s3_error(
        "ConditionalRequestConflict",
        "a conflicting operation is under way",
    );
    let (one, asked) = bucket(&[(409, &conflict), (409, &conflict), (200, "")]);
    assert!(one.create("k", "v".into()).await.unwrap());
    assert_eq!(asked().len(), 3);
    let (other, asked) = bucket(&[(409, &*conflict); 9]);
    let error = other.create("k", "v".into()).await.unwrap_err();
    assert_eq!(asked().len(), 5);
    assert!(
        error.to_string().contains("ConditionalRequestConflict"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_turned_away_for_a_while_is_asked_again_after_a_pause_and_not_for_ever() {
    let slow = s3_error("SlowDown", "Please reduce your request rate.");
    let (config, client) = answers(&[(503, &slow), (503, &slow), (200, "v")]);
    let bucket = Bucket::new(&config.retrying(), "ledger");
    let began = tokio::time::Instant::now();
    assert_eq!(bucket.get("k").await.unwrap().unwrap(), "v");
    assert_eq!(client.actual_requests().count(), 3);
    assert!(!began.elapsed().is_zero());
    let (config, client) = answers(&[(503, &*slow); 9]);
    let bucket = Bucket::new(&config.retrying(), "ledger");
    let error = bucket.get("k").await.unwrap_err();
    assert_eq!(client.actual_requests().count(), 4);
    assert!(error.to_string().contains("is throttled"), "{error}");
}

#[tokio::test]
async fn what_is_not_there_is_nothing_and_what_is_denied_names_the_permission() {
    let missing = s3_error("NoSuchKey", "The specified key does not exist.");
    let denied = s3_error("AccessDenied", "Access Denied");
    let (bucket, _) = bucket(&[(404, &missing), (403, &denied), (403, &denied), (200, "v")]);
    assert_eq!(bucket.get("k").await.unwrap(), None);
    assert_eq!(
        bucket.get("k").await.unwrap_err().to_string(),
        "the ledger cannot read `k`: AWS does not allow it: the permission `s3:GetObject` is needed (Access Denied)"
    );
    assert_eq!(
        bucket.put("k", "v".into()).await.unwrap_err().to_string(),
        "the ledger cannot write `k`: AWS does not allow it: the permission `s3:PutObject` is needed (Access Denied)"
    );
    assert_eq!(bucket.get("k").await.unwrap().unwrap(), "v");
}

#[tokio::test]
async fn whether_it_is_of_use_to_ask_again_is_told_by_what_was_refused() {
    let cases = [
        (404, "NoSuchBucket", true),
        (403, "AccessDenied", true),
        (400, "ExpiredToken", true),
        (503, "SlowDown", false),
        (500, "InternalError", false),
    ];
    for (status, code, lasting) in cases {
        let (bucket, _) = bucket(&[(status, &s3_error(code, ""))]);
        let error = bucket.put("k", "v".into()).await.unwrap_err();
        assert_eq!(error.lasting, lasting, "{error}");
    }
}

#[test]
fn pauses_are_of_the_length_that_was_asked_for_and_not_all_alike() {
    let pauses: Vec<_> = (0..100).map(|_| jitter(PAUSE)).collect();
    assert!(
        pauses
            .iter()
            .all(|pause| (PAUSE / 2..=PAUSE).contains(pause))
    );
    assert!(pauses.iter().any(|pause| *pause != pauses[0]));
}

#[tokio::test]
async fn runs_are_listed_page_by_page_by_what_stands_before_their_records() {
    let page = |names: &[&str], next: &str| {
        let folder =
            |name: &&str| format!("<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>");
        let folders: Vec<_> = names.iter().map(folder).collect();
        format!(
            "<ListBucketResult>{next}{}</ListBucketResult>",
            folders.concat()
        )
    };
    let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>";
    let first = page(&["runs/r1/", "runs/not a run/"], more);
    let second = page(&["runs/r2-0a/"], "<IsTruncated>false</IsTruncated>");
    let (bucket, asked) = bucket(&[(200, &first), (200, &second)]);
    let runs = bucket.runs().await.unwrap();
    assert_eq!(runs, ["r1".parse().unwrap(), "r2-0a".parse().unwrap()]);
    assert_eq!(asked().len(), 2);
}

#[tokio::test]
async fn what_could_not_be_removed_is_no_empty_bucket() {
    let page = "<ListBucketResult><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents></ListBucketResult>";
    let left = "<DeleteResult><Error><Key>b</Key><Code>InternalError</Code><Message>their words</Message></Error></DeleteResult>";
    let (one, _) = bucket(&[(200, page), (200, left)]);
    assert_eq!(
        one.empty().await.unwrap_err().to_string(),
        "`s3:DeleteObject` was refused: InternalError: their words"
    );
    // Page by page, until there is none left.
    let done = "<DeleteResult/>";
    let (other, asked) = bucket(&[
        (200, page),
        (200, done),
        (200, page),
        (200, done),
        (200, "<ListBucketResult/>"),
    ]);
    assert_eq!(other.empty().await.unwrap(), 4);
    assert_eq!(asked().len(), 5);
}

#[tokio::test]
async fn a_bucket_that_is_gone_need_not_be_removed() {
    let (bucket, _) = bucket(&[(204, ""), (404, &s3_error("NoSuchBucket", ""))]);
    assert!(bucket.delete().await.unwrap());
    assert!(!bucket.delete().await.unwrap());
}
