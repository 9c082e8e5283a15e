//! Who asks AWS, and where: what is set of profile, credentials, region, endpoint and proxy, and what is wrong with it.

mod profiles;
mod region;

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

use self::profiles::{Profiles, can_be_named};
pub(crate) use self::region::{check_region, odd_region};
use crate::error::{AwsError, chain};

/// The variables that name an endpoint of all services, or of one that is asked.
const ENDPOINTS: [&str; 5] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_CLOUDFORMATION",
    "AWS_ENDPOINT_URL_LAMBDA",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_SNS",
];

/// The variables that name a proxy.
const PROXIES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// A variable of the environment that says something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The profile that is named, and by what.
fn named(typed: Option<&str>) -> Option<(String, &'static str)> {
    match typed {
        Some(typed) => Some((typed.to_owned(), "--aws-profile")),
        None => variable("AWS_PROFILE").map(|profile| (profile, "AWS_PROFILE")),
    }
}

/// Finds out before anything is asked what is wrong with what is set, where a profile may have been typed.
pub(crate) fn check(typed: Option<&str>) -> Result<(), AwsError> {
    if let Some((profile, by)) = named(typed) {
        if !can_be_named(&profile) {
            return Err(AwsError::OddProfile { profile, by });
        }
        let profiles = Profiles::read();
        if profiles.get(&profile).is_none() {
            if let Some(wrong) = profiles.wrong() {
                return Err(wrong);
            }
            return Err(AwsError::NoProfile {
                profile,
                by,
                files: profiles.looked_at(),
                there: profiles.told(),
            });
        }
    }
    if typed.is_none() {
        half(variable(KEY).is_some(), variable(SECRET).is_some(), None)?;
    }
    for name in ENDPOINTS {
        if let Some(url) = variable(name).filter(|url| !is_endpoint(url)) {
            let url = without_user(&url);
            return Err(AwsError::NoEndpoint { name, url });
        }
    }
    for name in PROXIES {
        if let Some(url) = variable(name).filter(|url| !is_proxy(url)) {
            let url = without_user(&url);
            return Err(AwsError::NoProxy { name, url });
        }
    }
    Ok(())
}

/// Why no region is known: nobody said one, or it is said where it can't be read.
pub(crate) fn no_region() -> AwsError {
    Profiles::read().wrong().unwrap_or(AwsError::NoRegion)
}

/// Half of the credentials is none.
fn half(key: bool, secret: bool, profile: Option<&str>) -> Result<(), AwsError> {
    let names = match profile {
        None => (KEY, SECRET),
        Some(_) => ("aws_access_key_id", "aws_secret_access_key"),
    };
    let (there, missing) = match (key, secret) {
        (true, false) => names,
        (false, true) => (names.1, names.0),
        _ => return Ok(()),
    };
    let place = profile.map_or_else(
        || "the environment".to_owned(),
        |profile| format!("the profile `{profile}`"),
    );
    Err(AwsError::HalfKeys {
        place,
        there,
        missing,
    })
}

/// Whether there can be a server behind it.
fn is_endpoint(url: &str) -> bool {
    let Some(rest) = ["http://", "https://"]
        .into_iter()
        .find_map(|scheme| url.strip_prefix(scheme))
    else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte);
    !host.is_empty()
        && host.bytes().all(is_host)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// Whether it can be a proxy: as an endpoint, also with a name and password, and without a scheme.
fn is_proxy(url: &str) -> bool {
    let plain = without_user(url);
    is_endpoint(&plain) || (!plain.contains("://") && is_endpoint(&format!("http://{plain}")))
}

/// Credentials of those who have some; where they can't be had, that is told as what it is.
#[derive(Debug)]
pub(crate) struct Told {
    /// The profile that was typed.
    profile: Option<String>,
    provider: SharedCredentialsProvider,
}

impl Told {
    pub(crate) fn new(profile: Option<&str>, provider: SharedCredentialsProvider) -> Self {
        Self {
            profile: profile.map(str::to_owned),
            provider,
        }
    }
}

impl ProvideCredentials for Told {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let found = self.provider.provide_credentials().await;
            found.map_err(|error| {
                CredentialsError::provider_error(refused(self.profile.as_deref(), &error))
            })
        })
    }
}

/// Why there are no credentials.
fn refused(typed: Option<&str>, error: &CredentialsError) -> AwsError {
    let named = named(typed).map(|(profile, _)| profile);
    let profiles = Profiles::read();
    let profile = named.clone().unwrap_or_else(|| "default".to_owned());
    let keys = profiles.get(&profile);
    let has = |key: &str| keys.is_some_and(|keys| keys.contains(key));
    let why = chain(error);
    // What a process said may be anything.
    if why.contains("external process") || has("credential_process") {
        let status = why
            .split("exit status: ")
            .nth(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
        return AwsError::NoProcess { profile, status };
    }
    if ["sso_session", "sso_start_url", "sso_account_id"]
        .iter()
        .any(|key| has(key))
    {
        return AwsError::SignedOut { profile };
    }
    let keys = (has("aws_access_key_id"), has("aws_secret_access_key"));
    if let Err(half) = half(keys.0, keys.1, Some(&profile)) {
        return half;
    }
    if let Some(wrong) = profiles.wrong() {
        return wrong;
    }
    match error {
        CredentialsError::CredentialsNotLoaded(_) => AwsError::NoCredentials { profile: named },
        // A profile that says nothing of credentials has none, however that is put.
        _ if named.is_some()
            && !["role_arn", "web_identity_token_file"]
                .iter()
                .any(|key| has(key)) =>
        {
            AwsError::NoCredentials { profile: named }
        }
        _ => AwsError::Refusal {
            profile: named,
            why,
        },
    }
}

/// What is wrong with credentials, where an error is about them.
pub(crate) fn about_credentials(error: &(dyn Error + 'static)) -> Option<AwsError> {
    let mut is_about = false;
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(told) = error.downcast_ref::<AwsError>() {
            return Some(told.clone());
        }
        is_about |= error.is::<CredentialsError>();
        cause = error.source();
    }
    is_about.then_some(AwsError::NoCredentials { profile: None })
}

/// What stands between this machine and AWS, as the environment says; nothing where it says nothing.
pub(crate) fn between() -> String {
    let endpoint = variable(ENDPOINTS[0]).map(|url| (ENDPOINTS[0], without_user(&url)));
    let proxy = PROXIES
        .iter()
        .find_map(|name| variable(name).map(|url| (*name, without_user(&url))));
    let told = |what: &str, said: Option<(&str, String)>| {
        said.map(|(name, url)| format!("{what} is `{url}`, by `{name}`"))
    };
    let all: Vec<_> = [told("the endpoint", endpoint), told("the proxy", proxy)]
        .into_iter()
        .flatten()
        .collect();
    if all.is_empty() {
        return String::new();
    }
    format!(" ({})", all.join("; "))
}

/// An address without the name and password that may be in it.
fn without_user(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        (_, None) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_the_address_of_a_server() {
        for url in [
            "http://127.0.0.1:4566",
            "https://s3.example.com/path",
            "http://[::1]:80",
            "http://[::1]",
        ] {
            assert!(is_endpoint(url), "{url}");
        }
        for url in [
            "nonsense",
            "localhost:4566",
            "ftp://a",
            "http://",
            "http://a b",
            "http://a:port",
            "http://a:99999",
        ] {
            assert!(!is_endpoint(url), "{url}");
        }
    }

    #[test]
    fn a_proxy_is_the_address_of_a_server() {
        for url in [
            "http://proxy:80",
            "proxy:3128",
            "http://me:s@crt@proxy:80",
            "proxy",
            "me:s@[::1]:80",
        ] {
            assert!(is_proxy(url), "{url}");
        }
        for url in [
            "not an address",
            "http://",
            "http://a:port",
            "://",
            "ftp://proxy",
        ] {
            assert!(!is_proxy(url), "{url}");
        }
    }

    #[test]
    fn who_is_let_through_by_a_proxy_is_not_told() {
        for (url, told) in [
            ("http://me:secret@proxy:80", "http://proxy:80"),
            ("me:secret@proxy:80", "proxy:80"),
            ("http://proxy:80", "http://proxy:80"),
        ] {
            assert_eq!(without_user(url), told);
        }
    }
}
