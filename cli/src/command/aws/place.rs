//! AWS as the place of a run.

use std::sync::Arc;

use star_aws::assets::Place;
use star_aws::deploy::{Deployment, check, find, ledger_of};
use star_aws::{Access, Advised, AwsError, Bucket, Calls, Config, Lambda, Names};
use star_core::clock::SystemClock;
use star_core::registry::Kinds;
use star_core::worker::{Host, SystemIds, World};
use star_core::{Bell, Ending, Voice};

use crate::args::AwsArgs;
use crate::error::CommandError;
use crate::hint::Hint;
use crate::output;

/// Which deployment is meant, and how it is reached.
#[derive(Debug)]
pub(in crate::command) struct Deployed {
    pub(in crate::command) names: Names,
    pub(in crate::command) config: Config,
    /// How commands mean the same.
    pub(in crate::command) hint: Hint,
}

impl Deployed {
    pub(in crate::command) async fn new(args: &AwsArgs) -> Result<Self, CommandError> {
        Self::at(super::assets::place(args)?, args).await
    }

    /// That deployment.
    pub(super) async fn at(place: Place, args: &AwsArgs) -> Result<Self, CommandError> {
        let hint = Hint::aws(args, &place.names, place.region.as_deref());
        let access = Access {
            profile: args.aws_profile.clone(),
            region: place.region,
            calls: output::debugs().then(|| Calls::new(output::debug)),
        };
        let config = Config::load(&access).await?;
        let names = place.names;
        output::verbose(&format!(
            "the deployment is `{names}` in {}",
            config.region()
        ));
        Ok(Self {
            names,
            config,
            hint,
        })
    }

    /// What is deployed.
    pub(in crate::command) async fn deployment(&self) -> Result<Deployment, CommandError> {
        let found = find(&self.config, &self.names).await?;
        match found {
            Some(found) => Ok(found),
            None => Err(self.missing_or_foreign().await),
        }
    }

    /// Why there is no deployment: nothing is there, or what is there is somebody else's, or is being made.
    async fn missing_or_foreign(&self) -> CommandError {
        match check(&self.config, &self.names).await {
            Ok(()) => self.missing(),
            Err(why) => CommandError::undeployed(&why, &self.hint),
        }
    }

    /// The ledger, also of a deployment whose function is gone; no worker is sent for.
    pub(in crate::command) async fn ledger(&self) -> Result<(Host, Bucket), CommandError> {
        let name = ledger_of(&self.config, &self.names).await?;
        let name = name.ok_or_else(|| self.missing())?;
        let host = self.host(name.clone(), String::new(), String::new())?;
        Ok((host, Bucket::new(&self.config, name)))
    }

    /// The launcher of a run whose workers are functions.
    pub(in crate::command) fn launcher(&self, there: &Deployment) -> Result<Host, CommandError> {
        let (bucket, function, id) = (&there.bucket, &there.function, &there.id);
        self.host(bucket.clone(), function.clone(), id.clone())
    }

    /// What it is called for people.
    pub(in crate::command) fn name(&self) -> String {
        format!("the ledger of `{}` in {}", self.names, self.config.region())
    }

    fn host(
        &self,
        bucket: String,
        function: String,
        deployment: String,
    ) -> Result<Host, CommandError> {
        let hint = self.hint.clone();
        let bucket = Bucket::new(&self.config, bucket);
        Ok(Host {
            world: World {
                ledger: Arc::new(Advised::new(bucket, move |why| hint.in_text(why))),
                clock: Arc::new(SystemClock::new()),
                kinds: Kinds::linked()?,
                ids: Arc::new(SystemIds),
                deployment,
                voice: Voice::default(),
                ending: Ending::default(),
                bell: Bell::default(),
            },
            transport: Arc::new(Lambda::new(&self.config, function)),
            deadline: None,
        })
    }

    /// AWS refused something; what helps are commands on this deployment.
    pub(in crate::command) fn refused(&self, why: &AwsError) -> CommandError {
        CommandError::Undeployed(self.hint.in_text(&why.to_string()))
    }

    fn missing(&self) -> CommandError {
        CommandError::NotDeployed {
            stack: self.names.stack(),
            region: self.config.region().to_owned(),
            deploy: self.hint.command(&["deploy"]),
        }
    }
}
