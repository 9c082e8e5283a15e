//! `slsart remove`: takes everything away, but for what is recorded of runs.

use star_aws::deploy::{find, ledger_of};

use super::deploy::tell;
use super::going_on::{Harm, may_harm};
use super::place::Deployed;
use crate::args::RemoveArgs;
use crate::command::on_runtime;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(in crate::command) fn remove(args: &RemoveArgs) -> Result<Exit, CommandError> {
    on_runtime(async {
        let place = Deployed::new(&args.aws).await?;
        if find(&place.config, &place.names).await?.is_some() {
            may_harm(&place, Harm::Remove, args.yes).await?;
        }
        let removed =
            star_aws::deploy::remove(&place.config, &place.names, args.purge, &mut tell).await;
        let removed = removed.map_err(|why| CommandError::undeployed(&why, &place.hint))?;
        let stack = place.names.stack();
        let text = match (removed.function, removed.ledger) {
            (true, true) => format!("`{stack}` is removed, and its ledger with all runs\n"),
            (true, false) if args.purge => {
                format!("`{stack}` is removed; there is no ledger of it\n")
            }
            (true, false) => format!(
                "`{stack}` is removed; its ledger stays, with the reports of its runs (`--purge` removes it too)\n"
            ),
            (false, true) => format!("the ledger of `{stack}` is removed, with all runs\n"),
            (false, false) if !args.purge && keeps_ledger(&place).await? => format!(
                "there is no `{stack}`: nothing to do; its ledger stays, with the reports of its runs (`--purge` removes it)\n"
            ),
            (false, false) => format!("there is no `{stack}`: nothing to do\n"),
        };
        output::print(&text)?;
        Ok(Exit::Passed)
    })?
}

/// Whether there is a ledger of a deployment.
async fn keeps_ledger(place: &Deployed) -> Result<bool, CommandError> {
    Ok(ledger_of(&place.config, &place.names).await?.is_some())
}
