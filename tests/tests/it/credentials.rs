//! What is said where AWS cannot be asked as it is set: one sentence, with the problem, where it is from, and what would be right.

use tests::{Program, Proxy, Scratch};

use crate::commands::slsart;

/// A call that asks AWS, which is nowhere, and knows nothing but a region.
fn asks(scratch: &Scratch) -> Program {
    slsart(scratch)
        .args(["runs", "--aws"])
        .env("HOME", scratch.path("home"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_REGION", "eu-central-1")
}

/// The one sentence that a call ends with.
fn sentence(call: Program) -> String {
    let said = call.run().expect(7);
    assert_eq!(said.out, "");
    let line = said
        .err
        .strip_prefix("error: ")
        .unwrap_or_else(|| panic!("{}", said.err));
    assert_eq!(line.lines().count(), 1, "{line}");
    for dump in [
        "Error {",
        "source:",
        "Custom",
        "os error",
        "dispatch failure",
        "((",
    ] {
        assert!(!line.contains(dump), "{dump}: {line}");
    }
    line.trim_end().to_owned()
}

#[test]
fn a_profile_that_is_not_there_is_told_with_those_that_are() {
    let scratch = Scratch::default();
    let missing = "there is no AWS profile `nobody`, which `--aws-profile` names: in `";
    let none = sentence(asks(&scratch).args(["--aws-profile", "nobody"]));
    assert!(
        none.starts_with(missing) && none.ends_with(" there is none"),
        "{none}"
    );
    scratch.write(
        "home/.aws/config",
        "[default]\n[profile me]\n[sso-session s]\n",
    );
    scratch.write(
        "home/.aws/credentials",
        "[own]\naws_access_key_id = hidden\n",
    );
    let there = sentence(asks(&scratch).args(["--aws-profile", "nobody"]));
    assert!(there.contains("/home/.aws/config` and `"), "{there}");
    assert!(
        there.ends_with(" there are `default`, `me`, `own`"),
        "{there}"
    );
    let by = sentence(asks(&scratch).env("AWS_PROFILE", "nobody"));
    assert!(by.contains("which `AWS_PROFILE` names"), "{by}");
}

#[test]
fn half_of_the_keys_is_told_with_the_half_that_is_missing() {
    let scratch = Scratch::default();
    let key = sentence(asks(&scratch).env("AWS_ACCESS_KEY_ID", "hidden"));
    assert_eq!(
        key,
        "half of the AWS credentials is missing: the environment has `AWS_ACCESS_KEY_ID`, and not `AWS_SECRET_ACCESS_KEY`"
    );
    let secret = sentence(asks(&scratch).env("AWS_SECRET_ACCESS_KEY", "hidden"));
    assert!(
        secret.ends_with("has `AWS_SECRET_ACCESS_KEY`, and not `AWS_ACCESS_KEY_ID`"),
        "{secret}"
    );
    scratch.write(
        "home/.aws/credentials",
        "[me]\naws_access_key_id = hidden\n",
    );
    let profile = sentence(asks(&scratch).args(["--aws-profile", "me"]));
    assert_eq!(
        profile,
        "half of the AWS credentials is missing: the profile `me` has `aws_access_key_id`, and not `aws_secret_access_key`"
    );
}

#[test]
fn a_region_that_cannot_be_one_is_told_with_who_said_it() {
    let scratch = Scratch::default();
    for (region, right) in [
        ("eu-centrall-1", "did you mean `eu-central-1`?"),
        ("eu central 1", "did you mean `eu-central-1`?"),
        ("", "one is called like `eu-central-1`"),
    ] {
        let expected =
            format!("error: there is no AWS region `{region}`, which `--region` says: {right}\n");
        for command in [&["configure"][..], &["deploy", "--dry"], &["runs", "--aws"]] {
            let typed = slsart(&scratch).args(command).args(["--region", region]);
            assert_eq!(typed.run().expect(2).err, expected, "{command:?}");
        }
        assert!(!scratch.path("serverless.yml").exists());
        if !region.is_empty() {
            let set = sentence(asks(&scratch).env("AWS_REGION", region));
            assert!(set.contains("which `AWS_REGION` says"), "{set}");
        }
    }
    let unset = sentence(asks(&scratch).env("AWS_REGION", ""));
    assert!(unset.contains("region"), "{unset}");
    scratch.write(
        "serverless.yml",
        "provider: { region: eu-centrall-1 }\nfunctions: { loadGenerator: {} }\n",
    );
    let file = asks(&scratch).run().expect(5);
    let said = [
        "there is no AWS region `eu-centrall-1`",
        "serverless.yml:1:21",
        "did you mean `eu-central-1`?",
    ];
    assert!(
        said.iter().all(|said| file.err.contains(said)),
        "{}",
        file.err
    );
}

#[test]
fn a_name_that_was_typed_and_cannot_be_one_is_the_flags_fault_and_not_the_files() {
    let scratch = Scratch::default();
    for file in [
        "",
        "service: load\nprovider: { stage: qa }\nfunctions: { loadGenerator: {} }\n",
    ] {
        if !file.is_empty() {
            scratch.write("serverless.yml", file);
        }
        for (flag, name) in [("--stage", "dev_1"), ("--service", "my load")] {
            for command in [&["deploy", "--dry"][..], &["runs", "--aws"], &["kill"]] {
                let typed = slsart(&scratch).args(command).args([flag, name]);
                let err = typed.run().expect(2).err;
                let said =
                    format!("error: `{flag}`: `{name}` cannot be the name of a service or a stage");
                assert!(
                    err.starts_with(&said) && !err.contains("serverless.yml"),
                    "{err}"
                );
            }
        }
        let long = "x".repeat(40);
        let err = asks(&scratch).args(["--stage", &long]).run().expect(2).err;
        assert!(
            err.contains("may have 40") && !err.contains("serverless.yml"),
            "{err}"
        );
    }
    let empty = Scratch::default();
    let new = slsart(&empty).args(["configure", "--stage", "dev_1"]);
    let err = new.run().expect(2).err;
    assert!(
        err.starts_with("error: `--stage`: `dev_1` cannot be"),
        "{err}"
    );
}

#[test]
fn an_endpoint_that_is_none_is_told_with_its_variable() {
    let scratch = Scratch::default();
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"] {
        for url in ["nonsense", "localhost:4566", "http://", "http://a:b"] {
            let said = sentence(asks(&scratch).env(name, url));
            assert!(
                said.starts_with(&format!("`{name}` is `{url}`, where AWS cannot be asked: ")),
                "{said}"
            );
        }
    }
}

#[test]
fn a_password_in_an_endpoint_is_not_shown_and_a_proxy_that_is_none_is_told() {
    let scratch = Scratch::default();
    let said = sentence(asks(&scratch).env("AWS_ENDPOINT_URL", "http://me:s3cret@a:b"));
    assert!(
        said.starts_with("`AWS_ENDPOINT_URL` is `http://a:b`, where AWS cannot be asked: ")
            && !said.contains("s3cret"),
        "{said}"
    );
    let said = sentence(asks(&scratch).env("HTTP_PROXY", "http://me:s3cret@no address"));
    assert!(
        said.starts_with(
            "`HTTP_PROXY` is `http://no address`, through which AWS cannot be asked: "
        ) && !said.contains("s3cret"),
        "{said}"
    );
}

#[test]
fn nobody_and_who_has_not_signed_in_are_told_apart() {
    let scratch = Scratch::default();
    let nobody = sentence(asks(&scratch));
    assert_eq!(
        nobody,
        "there are no AWS credentials: name a profile with `--aws-profile` or `AWS_PROFILE`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`"
    );
    let config = r#"
[profile empty]
region = eu-west-1

[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 1
sso_role_name = r

[profile session]
sso_session = own
sso_account_id = 1
sso_role_name = r

[sso-session own]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1

[profile fails]
credential_process = /bin/sh -c "echo s3cret-out; echo s3cret-err >&2; exit 3"

[profile nonsense]
credential_process = echo s3cret-out
"#;
    scratch.write("home/.aws/config", config);
    let said = |profile: &str| sentence(asks(&scratch).args(["--aws-profile", profile]));
    assert!(said("empty").starts_with("there are no AWS credentials in the profile `empty`: "));
    for profile in ["sso", "session"] {
        let signed_out = said(profile);
        let login = format!("`aws sso login --profile {profile}`");
        assert!(signed_out.ends_with(&login), "{signed_out}");
    }
    let fails = said("fails");
    assert!(
        fails.starts_with("the `credential_process` of the AWS profile `fails` gave no credentials, and ended with the exit status 3: "),
        "{fails}"
    );
    let nonsense = said("nonsense");
    assert!(
        nonsense.starts_with(
            "the `credential_process` of the AWS profile `nonsense` gave no credentials: "
        ),
        "{nonsense}"
    );
    for said in [fails, nonsense] {
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn credentials_are_had_from_a_process() {
    let scratch = Scratch::default();
    scratch.write(
        "home/.aws/config",
        "[profile process]\ncredential_process = echo {\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"a\\\",\\\"SecretAccessKey\\\":\\\"b\\\"}\n",
    );
    let asked = asks(&scratch).env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let said = sentence(asked.args(["--aws-profile", "process"]));
    assert!(
        said.starts_with("AWS could not be reached for `cloudformation:DescribeStacks`: "),
        "{said}"
    );
    let endpoint = "(the endpoint is `http://127.0.0.1:1`, by `AWS_ENDPOINT_URL`)";
    assert!(said.ends_with(endpoint), "{said}");
}

#[test]
fn a_proxy_that_lets_nobody_through_is_told_without_who_asked() {
    let scratch = Scratch::default();
    let keys = |call: Program| {
        call.env("AWS_ACCESS_KEY_ID", "a")
            .env("AWS_SECRET_ACCESS_KEY", "b")
    };
    // Nothing listens there.
    let closed = keys(asks(&scratch)).env("HTTPS_PROXY", "http://me:s3cret@127.0.0.1:1");
    let closed = sentence(closed);
    let proxy = "(the proxy is `http://127.0.0.1:1`, by `HTTPS_PROXY`)";
    assert!(
        closed.ends_with(proxy) && !closed.contains("s3cret"),
        "{closed}"
    );
    // It wants to know who asks, and opens no tunnel.
    let refusing = Proxy::refusing();
    let address = format!("http://{}", refusing.address());
    let tunnel = sentence(keys(asks(&scratch)).env("HTTPS_PROXY", &address));
    assert!(
        tunnel.ends_with(&format!("(the proxy is `{address}`, by `HTTPS_PROXY`)")),
        "{tunnel}"
    );
    let plain = keys(asks(&scratch))
        .env("HTTP_PROXY", &address)
        .env("AWS_ENDPOINT_URL", "http://aws.example.com");
    let plain = sentence(plain);
    assert!(
        plain.starts_with("a proxy does not let `cloudformation:DescribeStacks` through to AWS: "),
        "{plain}"
    );
}
