//! A deployment from nothing to its end: made, changed, found again, removed.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use star_core::wire::VERSION;

use crate::bucket::Bucket;
use crate::config::Config;
use crate::elf::{NotRunnable, Program, loosen};
use crate::error::AwsError;
use crate::names::Names;
use crate::package::{Package, PackageError, PackedFile, pack};
use crate::stack::{
    BUCKET, CODE_KEY, Change, DEPLOYMENT, Deployer, Event, FUNCTION, Kind, LAUNCHER, LEDGER,
    Settings, StackError, function_template, ledger_template,
};

/// The most bytes that a template may have which is sent as it is.
pub const MOST_TEMPLATE: usize = 51_200;

/// A deployment that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The bucket of its ledger.
    pub bucket: String,
    /// Its function.
    pub function: String,
    /// What its workers take envelopes of.
    pub id: String,
    /// Which program it was deployed by.
    pub launcher: String,
}

/// Why there is no deployment as it is wanted.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// AWS refused.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A stack is not as it is wanted.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// A bucket stays of which there is no stack any more.
    #[error(
        "the bucket `{bucket}` is empty, and could not be removed: {why}; remove it on AWS's console"
    )]
    Bucket {
        /// The bucket.
        bucket: String,
        /// Why.
        why: AwsError,
    },
    /// The package cannot be made.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// A template is larger than AWS takes.
    #[error(
        "the template of `{stack}` would have {size} bytes, and AWS takes {MOST_TEMPLATE}: {what}"
    )]
    Large {
        /// The stack.
        stack: String,
        /// How large it is.
        size: usize,
        /// What makes it so.
        what: String,
    },
    /// The stack is somebody else's.
    #[error("the stack `{0}` is there, and is none of this program's: it has no output `{BUCKET}`")]
    Foreign(String),
}

/// What is to be deployed, before anything is.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How.
    pub settings: Settings,
    /// What.
    pub package: Package,
    /// What its workers take envelopes of.
    pub id: String,
    /// Which program it is deployed by.
    pub launcher: String,
    /// Whether the code is sent also where it is there already.
    pub force: bool,
}

impl Wanted {
    /// Packs a program that can run as a function, and files. `launcher` is the [`id_of`] the program that deploys it, which is another
    /// where that can't run there itself.
    ///
    /// # Errors
    /// Where they cannot be packed.
    pub fn new(
        settings: Settings,
        program: &[u8],
        files: &[PackedFile],
        launcher: String,
    ) -> Result<Self, PackageError> {
        Ok(Self {
            package: pack(program, files)?,
            id: id_of(program),
            settings,
            launcher,
            force: false,
        })
    }

    /// Where its code is, in the bucket.
    pub fn code_key(&self) -> String {
        format!("code/{}.zip", self.package.hash)
    }

    /// Whether AWS takes the templates.
    ///
    /// # Errors
    /// Where one is too large.
    pub fn check(&self) -> Result<(), DeployError> {
        for (stack, template) in self.templates() {
            let size = template.to_string().len();
            if size > MOST_TEMPLATE {
                let what = self.settings.largest();
                return Err(DeployError::Large { stack, size, what });
            }
        }
        Ok(())
    }

    /// The two templates, that of the bucket first.
    pub fn templates(&self) -> [(String, Value); 2] {
        let names = &self.settings.names;
        [
            (names.ledger_stack(), ledger_template(&self.settings)),
            (
                names.stack(),
                function_template(&self.settings, &self.id, &self.launcher),
            ),
        ]
    }
}

/// What a program's workers take envelopes of: of the same program, and the same version of the wire.
pub fn id_of(program: &[u8]) -> String {
    let hash = Sha256::digest(program);
    let hash = hash
        .iter()
        .take(8)
        .fold(0, |hash, byte| (hash << 8) | u64::from(*byte));
    format!("{VERSION}-{hash:016x}")
}

/// Whether a program can run as a function, and what it needs. What it needs and can do without is changed in it so that it does.
///
/// # Errors
/// Why not.
pub fn runnable(program: &mut [u8]) -> Result<Program, NotRunnable> {
    loosen(program)?;
    Program::read(program)?.check()
}

/// Makes a deployment as it is wanted, telling of each stack's resources.
///
/// # Errors
/// Where AWS refuses, or a resource fails.
pub async fn deploy(
    config: &Config,
    wanted: &Wanted,
    told: &mut dyn FnMut(&str, &Event),
) -> Result<(Change, Deployment), DeployError> {
    wanted.check()?;
    let deployer = Deployer::new(config);
    let [(ledger_stack, ledger), (stack, function)] = wanted.templates();
    let tags = &wanted.settings.tags;
    // Before anything is made: what is in the way of one stack is to leave nothing of the other behind.
    deployer.check(&stack, Kind::Function).await?;
    deployer.check(&ledger_stack, Kind::Ledger).await?;
    let mut tell = |event: &Event| told(&ledger_stack, event);
    let bucket_change = deployer
        .ensure(&ledger_stack, &ledger, &[], tags, &mut tell)
        .await?;
    let outputs = deployer.outputs(&ledger_stack).await?;
    let bucket = outputs.and_then(|mut outputs| outputs.remove(BUCKET));
    let bucket = bucket.ok_or(DeployError::Foreign(ledger_stack))?;
    let (store, key) = (Bucket::new(config, &bucket), wanted.code_key());
    if wanted.force || !store.has(&key).await? {
        store.upload(&key, wanted.package.bytes.clone()).await?;
    }
    let parameters = [(LEDGER, bucket.as_str()), (CODE_KEY, key.as_str())];
    let mut tell = |event: &Event| told(&stack, event);
    let change = deployer
        .ensure(&stack, &function, &parameters, tags, &mut tell)
        .await?;
    let change = match (change, bucket_change) {
        (Change::Unchanged, Change::Unchanged) => Change::Unchanged,
        (Change::Unchanged, _) => Change::Updated,
        (change, _) => change,
    };
    let there = find(config, &wanted.settings.names).await?;
    Ok((change, there.ok_or(DeployError::Foreign(stack))?))
}

/// Whether a deployment of that name can be made, or made anew.
///
/// # Errors
/// Where its stack is somebody else's, or is being changed.
pub async fn check(config: &Config, names: &Names) -> Result<(), DeployError> {
    let deployer = Deployer::new(config);
    Ok(deployer.check(&names.stack(), Kind::Function).await?)
}

/// The deployment of that name; none where there is none.
///
/// # Errors
/// Where AWS does not tell.
pub async fn find(config: &Config, names: &Names) -> Result<Option<Deployment>, AwsError> {
    let deployer = Deployer::new(config);
    let Some(mut outputs) = deployer.outputs(&names.stack()).await? else {
        return Ok(None);
    };
    let mut output = |name| outputs.remove(name);
    let found = (output(LEDGER), output(FUNCTION), output(DEPLOYMENT));
    let (Some(bucket), Some(function), Some(id)) = found else {
        return Ok(None);
    };
    Ok(Some(Deployment {
        bucket,
        function,
        id,
        launcher: output(LAUNCHER).unwrap_or_default(),
    }))
}

/// The bucket of a deployment's ledger, also when the function is gone.
///
/// # Errors
/// Where AWS does not tell.
pub async fn ledger_of(config: &Config, names: &Names) -> Result<Option<String>, AwsError> {
    let outputs = Deployer::new(config).outputs(&names.ledger_stack()).await?;
    // That of a function is of another deployment, and has the name of its ledger.
    let outputs = outputs.filter(|outputs| !outputs.contains_key(DEPLOYMENT));
    Ok(outputs.and_then(|mut outputs| outputs.remove(BUCKET)))
}

/// What was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Whether there was a function's stack.
    pub function: bool,
    /// Whether there was a ledger's, and it was to go too.
    pub ledger: bool,
}

/// Removes a deployment; its ledger only where it is to be purged, which empties it first.
///
/// # Errors
/// Where AWS refuses, or a resource cannot be removed.
pub async fn remove(
    config: &Config,
    names: &Names,
    purge: bool,
    told: &mut dyn FnMut(&str, &Event),
) -> Result<Removed, DeployError> {
    let deployer = Deployer::new(config);
    let (stack, ledger_stack) = (names.stack(), names.ledger_stack());
    let bucket = if purge {
        ledger_of(config, names).await?
    } else {
        None
    };
    deployer.check(&stack, Kind::Function).await?;
    let mut tell = |event: &Event| told(&stack, event);
    let function = deployer.remove(&stack, &mut tell).await?;
    let mut ledger = false;
    if let Some(bucket) = bucket {
        let bucket = Bucket::new(config, bucket);
        bucket.empty().await?;
        let mut tell = |event: &Event| told(&ledger_stack, event);
        ledger = deployer.remove(&ledger_stack, &mut tell).await?;
        // The stack's end is not its bucket's.
        bucket.delete().await.map_err(|why| DeployError::Bucket {
            bucket: bucket.name().to_owned(),
            why,
        })?;
    }
    Ok(Removed { function, ledger })
}

#[cfg(test)]
mod tests;
