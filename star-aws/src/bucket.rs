//! A ledger on S3.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, Object, ObjectIdentifier};
use aws_smithy_types::error::operation::BuildError;
use bytes::Bytes;
use star_core::RunId;
use star_core::ledger::{Ledger, LedgerError, RUNS};

use crate::call::Call;
use crate::config::{Config, timeouts};
use crate::error::AwsError;

/// A bucket as a ledger. S3 is strongly consistent, and makes an object whole and at once; `If-None-Match: *` makes it only where there
/// is none ([S3 User Guide, conditional writes](https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html)).
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
}

/// How often a conditional write is tried again that came at the same time as another (409): which of them won is open then.
const CONFLICTS: usize = 4;

/// The longest pause before the first such try; each next may be twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// Status codes of S3.
const CONFLICT: u16 = 409;
const THERE_IS_ONE: u16 = 412;

impl Bucket {
    /// The bucket of that name.
    pub fn new(config: &Config, name: impl Into<String>) -> Self {
        Self::of(config.s3(), name)
    }

    pub(crate) fn of(client: Client, name: impl Into<String>) -> Self {
        Self {
            client,
            name: name.into(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is an object under a key.
    ///
    /// # Errors
    /// Where S3 does not tell.
    pub async fn has(&self, key: &str) -> Result<bool, AwsError> {
        let asked = self.client.head_object().bucket(&self.name).key(key);
        match asked.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(HeadObjectError::is_not_found) =>
            {
                Ok(false)
            }
            Err(error) => Err(AwsError::of(Call::GetObject, &error)),
        }
    }

    /// Writes an object.
    ///
    /// # Errors
    /// Where S3 refuses.
    pub async fn upload(&self, key: &str, bytes: Vec<u8>) -> Result<(), AwsError> {
        let asked = self.client.put_object().bucket(&self.name).key(key);
        let time = time_for(bytes.len());
        let asked = asked.body(ByteStream::from(bytes)).customize();
        let done = asked.config_override(time).send().await;
        done.map(|_written| ())
            .map_err(|error| AwsError::of(Call::PutObject, &error))
    }

    /// The runs that are recorded there, in no order.
    ///
    /// # Errors
    /// Where S3 does not tell.
    pub async fn runs(&self) -> Result<Vec<RunId>, AwsError> {
        let asked = self.client.list_objects_v2().bucket(&self.name);
        let asked = asked.prefix(RUNS).delimiter("/");
        let mut pages = asked.into_paginator().send();
        let mut runs = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| AwsError::of(Call::ListObjects, &error))?;
            let folders = page.common_prefixes().iter();
            let names = folders.filter_map(|folder| {
                let name = folder.prefix()?.strip_prefix(RUNS)?.strip_suffix('/')?;
                name.parse().ok()
            });
            runs.extend::<Vec<RunId>>(names.collect());
        }
        Ok(runs)
    }

    /// Removes every object.
    ///
    /// # Errors
    /// Where S3 refuses.
    pub async fn empty(&self) -> Result<u64, AwsError> {
        let mut removed = 0;
        loop {
            let asked = self.client.list_objects_v2().bucket(&self.name);
            let page = match asked.send().await {
                Ok(page) => page,
                Err(error) => match AwsError::of(Call::ListObjects, &error) {
                    // Nothing is in a bucket that is gone.
                    AwsError::NoBucket { .. } => return Ok(removed),
                    error => return Err(error),
                },
            };
            let keys = page.contents().iter().filter_map(Object::key);
            let keys: Vec<_> = keys.collect();
            if keys.is_empty() {
                return Ok(removed);
            }
            removed += keys.len() as u64;
            self.remove(&keys).await?;
        }
    }

    /// Removes these objects, at most a thousand.
    async fn remove(&self, keys: &[&str]) -> Result<(), AwsError> {
        let refused = |code: &str, message: &str| AwsError::Refused {
            action: Call::DeleteObject.action(),
            code: code.to_owned(),
            message: message.to_owned(),
        };
        let unasked = |error: BuildError| refused("InvalidRequest", &error.to_string());
        let objects = keys
            .iter()
            .map(|key| ObjectIdentifier::builder().key(*key).build());
        let objects = objects.collect::<Result<Vec<_>, _>>().map_err(unasked)?;
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true);
        let delete = delete.build().map_err(unasked)?;
        let asked = self.client.delete_objects().bucket(&self.name);
        let done = asked.delete(delete).send().await;
        let done = done.map_err(|error| AwsError::of(Call::DeleteObject, &error))?;
        match done.errors().first() {
            Some(error) => Err(refused(
                error.code().unwrap_or_default(),
                error.message().unwrap_or_default(),
            )),
            None => Ok(()),
        }
    }

    /// Removes the bucket itself, which must be empty. Whether there was one.
    ///
    /// # Errors
    /// Where S3 refuses.
    pub async fn delete(&self) -> Result<bool, AwsError> {
        let Err(error) = self.client.delete_bucket().bucket(&self.name).send().await else {
            return Ok(true);
        };
        match AwsError::of(Call::DeleteBucket, &error) {
            AwsError::NoBucket { .. } => Ok(false),
            error => Err(error),
        }
    }
}

#[async_trait(?Send)]
impl Ledger for Bucket {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        let pauses = std::iter::successors(Some(PAUSE), |pause| Some(*pause * 2));
        let mut pauses = pauses.take(CONFLICTS);
        loop {
            let asked = self.client.put_object().bucket(&self.name).key(key);
            let asked = asked
                .if_none_match("*")
                .body(ByteStream::from(value.clone()));
            let asked = asked.customize().config_override(time_for(value.len()));
            let Err(error) = asked.send().await else {
                return Ok(true);
            };
            let status = status(&error);
            if status == Some(THERE_IS_ONE) {
                return Ok(false);
            }
            match pauses.next() {
                Some(pause) if status == Some(CONFLICT) => {
                    tokio::time::sleep(jitter(pause)).await;
                }
                _ => return Err(failed("write", Call::PutObject, key, &error)),
            }
        }
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        let asked = self.client.put_object().bucket(&self.name).key(key);
        let time = time_for(value.len());
        let asked = asked.body(ByteStream::from(value)).customize();
        let done = asked.config_override(time).send().await;
        done.map(|_written| ())
            .map_err(|error| failed("write", Call::PutObject, key, &error))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        let asked = self.client.get_object().bucket(&self.name).key(key);
        let object = match asked.send().await {
            Ok(object) => object,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(failed("read", Call::GetObject, key, &error)),
        };
        let body = object.body.collect().await.map_err(|error| LedgerError {
            what: "read",
            key: key.to_owned(),
            why: error.to_string(),
            lasting: false,
            remote: true,
        })?;
        Ok(Some(body.into_bytes()))
    }
}

/// How long a write may take: besides what every call may, as long as so many bytes take on a slow line.
fn time_for(bytes: usize) -> aws_sdk_s3::config::Builder {
    /// Bytes in a second.
    const SLOW: u64 = 64 * 1024;
    let travel = Duration::from_secs(bytes as u64 / SLOW);
    let time = timeouts(travel);
    aws_sdk_s3::config::Builder::new().timeout_config(time)
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error
        .raw_response()
        .map(|response| response.status().as_u16())
}

fn failed<E>(what: &'static str, call: Call, key: &str, error: &SdkError<E>) -> LedgerError
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::error::Error + 'static,
{
    let why = AwsError::of(call, error);
    LedgerError {
        what,
        key: key.to_owned(),
        lasting: why.is_lasting(),
        remote: true,
        why: why.to_string(),
    }
}

/// Between half of a pause and all of it, so that those who collided do not do so again.
pub(crate) fn jitter(pause: Duration) -> Duration {
    use std::hash::{BuildHasher as _, RandomState};
    let chance = RandomState::new().hash_one(0) % 1_000;
    pause / 2 + pause / 2 * chance as u32 / 1_000
}

#[cfg(test)]
mod tests;
