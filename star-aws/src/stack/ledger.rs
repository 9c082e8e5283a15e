//! The bucket: the function's code, and what is recorded of runs.

use serde_json::{Value, json};

use super::{LEDGER_MARK, Settings, VERSION, reference};

/// The output that has the bucket's name.
pub const BUCKET: &str = "Ledger";

/// The template of the stack of the bucket. `CloudFormation` gives it a name that nobody else has.
pub fn ledger_template(settings: &Settings) -> Value {
    json!({
        "AWSTemplateFormatVersion": VERSION,
        "Description": format!("Ledger of {}: {LEDGER_MARK}", settings.names),
        "Resources": {
            BUCKET: {
                "Type": "AWS::S3::Bucket",
                // What is recorded of runs outlives every stack; `slsart remove --purge` removes it.
                "DeletionPolicy": "RetainExceptOnCreate",
                "UpdateReplacePolicy": "Retain",
                "Properties": bucket(settings),
            },
            "OnlyEncrypted": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": reference(BUCKET),
                    "PolicyDocument": only_encrypted(),
                },
            },
        },
        "Outputs": { BUCKET: { "Value": reference(BUCKET) } },
    })
}

fn bucket(settings: &Settings) -> Value {
    let mut bucket = json!({
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true,
            "BlockPublicPolicy": true,
            "IgnorePublicAcls": true,
            "RestrictPublicBuckets": true,
        },
        "OwnershipControls": { "Rules": [{ "ObjectOwnership": "BucketOwnerEnforced" }] },
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                { "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } },
            ],
        },
        "LifecycleConfiguration": {
            "Rules": [{
                "Id": "runs",
                "Status": "Enabled",
                "Prefix": "runs/",
                "ExpirationInDays": settings.run_days,
                "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": 1 },
            }],
        },
    });
    if !settings.tags.is_empty() {
        bucket["Tags"] = super::function::tags(settings);
    }
    bucket
}

/// Nobody reads or writes it but over TLS.
fn only_encrypted() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [
                super::attribute(BUCKET, "Arn"),
                super::text(format!("${{{BUCKET}.Arn}}/*")),
            ],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    })
}
