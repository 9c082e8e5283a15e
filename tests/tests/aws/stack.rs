//! Deployments as `serverless.yml` says, from nothing to nothing.

use tests::{Cloud, Finished, Program, Proxy, Scratch};

use crate::PROGRAM;

fn called(cloud: &Cloud, args: &[&str]) -> Finished {
    cloud.slsart().args(args).run()
}

#[test]
fn what_the_file_says_is_deployed_changed_invoked_and_removed_without_being_named_again() {
    let cloud = Cloud::new(PROGRAM);
    cloud.script("[{ duration: 1, arrivalRate: 5 }]", "{}");
    let configure = ["configure", "--service", "my-load", "--stage", "qa"];
    cloud.slsart().args(configure).run().expect(0);
    let path = cloud.scratch.path("serverless.yml");
    let text = std::fs::read_to_string(&path).unwrap();
    let topic = "      Type: AWS::SNS::Topic\n";
    let told = format!(
        "{topic}      Properties: {{ Subscription: [{{ Protocol: email, Endpoint: a@example.com }}] }}\n"
    );
    let text = text
        .replace(
            "# package:\n#   patterns:\n#     - \"!**\"\n#     - script.yml\n",
            "package:\n  patterns:\n    - script.yml\n",
        )
        .replace(topic, &told)
        .replace(
            "    # environment:\n    #   API_TOKEN: ${env:API_TOKEN}\n",
            "    environment: { TOKEN: hunter2hunter2 }\n",
        )
        .replace("  # tags:\n  #   team: load\n", "  tags: { team: load }\n");
    std::fs::write(&path, &text).unwrap();

    let first = called(&cloud, &["deploy", "--debug"]).expect(0);
    assert!(
        first
            .out
            .starts_with("deployed\nfunction my-load-qa-loadGenerator\n"),
        "{}",
        first.out
    );
    for said in [
        "`serverless.yml` says what is deployed",
        "the deployment is `my-load-qa` in us-east-1",
        " CreateStack: 200 in ",
        "/code/",
        "LoadGeneratorSchedule0",
    ] {
        assert!(first.err.contains(said), "{said}: {}", first.err);
    }
    for secret in ["hunter2", "AWS4-HMAC", "Signature"] {
        assert!(!first.err.contains(secret), "{secret}: {}", first.err);
    }
    let second = called(&cloud, &["deploy"]).expect(0);
    assert!(second.out.starts_with("nothing to do"), "{}", second.out);
    let forced = called(&cloud, &["deploy", "--force"]).expect(0);
    assert!(
        forced.out.starts_with("the code was sent again"),
        "{}",
        forced.out
    );
    std::fs::write(&path, text.replace("memorySize: 1024", "memorySize: 512")).unwrap();
    let changed = called(&cloud, &["deploy"]).expect(0);
    assert!(changed.out.starts_with("updated\n"), "{}", changed.out);

    let invoked = called(&cloud, &["invoke", "--seed", "7"]).expect(0);
    assert!(
        invoked
            .out
            .contains("Your function invocation has completed."),
        "{}",
        invoked.out
    );
    let run = Cloud::run_of(&invoked);
    // What is told to be typed means the same elsewhere.
    let watch = invoked.err.split('`').nth(1).unwrap();
    assert_eq!(
        watch,
        format!("slsart watch {run} --aws --service my-load --stage qa")
    );
    let elsewhere = Scratch::default();
    let shell = cloud.aws.program(Program::new("/bin/sh", &elsewhere));
    let shell = shell.env("PATH", cloud.scratch.path(""));
    shell.args(["-c", watch]).run().expect(0);
    called(&cloud, &["report", &run, "--aws"]).expect(0);
    // What the command line says wins: there is no such stage.
    let elsewhere = called(&cloud, &["invoke", "--stage", "dev"]).expect(7);
    assert!(
        elsewhere
            .err
            .contains("nothing is deployed as `my-load-dev`"),
        "{}",
        elsewhere.err
    );
    let ledger = first
        .out
        .lines()
        .find_map(|line| line.strip_prefix("ledger   "));
    let listed = format!("/{}?list-type=2", ledger.unwrap());
    assert_eq!(cloud.aws.ask("GET", &listed, &[], "").0, 200);
    called(&cloud, &["remove"]).expect(0);
    assert_eq!(cloud.aws.ask("GET", &listed, &[], "").0, 200);
    called(&cloud, &["deploy"]).expect(0);
    let removed = called(&cloud, &["remove", "--purge"]).expect(0);
    assert_eq!(cloud.aws.ask("GET", &listed, &[], "").0, 404);
    assert!(
        removed
            .out
            .contains("`my-load-qa` is removed, and its ledger"),
        "{}",
        removed.out
    );
}

#[test]
fn a_stack_of_somebody_else_keeps_a_deployment_from_being_begun() {
    let cloud = Cloud::new(PROGRAM);
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let template = "%7B%22Resources%22%3A%7B%22Shop%22%3A%7B%22Type%22%3A%22AWS%3A%3ASNS%3A%3ATopic%22%7D%7D%7D";
    let ask = |action: &str, more: &str| {
        let body = format!("Action={action}&Version=2010-05-15{more}");
        let service = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0";
        cloud
            .aws
            .ask("POST", "/", &[form, ("Authorization", service)], &body)
    };
    let made = format!("&StackName=serverless-star-dev&TemplateBody={template}");
    let (status, answer) = ask("CreateStack", &made);
    assert_eq!(status, 200, "{answer}");
    let said = "the stack `serverless-star-dev` is there, and was not made by this program";
    for command in ["deploy", "invoke"] {
        let refused = called(&cloud, &[command]).expect(7);
        assert!(refused.err.contains(said), "{}", refused.err);
    }
    let (status, answer) = ask("DescribeStacks", "&StackName=serverless-star-dev-ledger");
    assert_eq!(status, 400, "{answer}");
    assert!(answer.contains("does not exist"), "{answer}");
}

#[test]
fn aws_is_asked_through_the_proxy_and_as_the_profile_that_are_named() {
    let cloud = Cloud::new(PROGRAM);
    let proxy = Proxy::start();
    let runs = || cloud.slsart().args(["runs", "--aws"]);
    let asked = runs()
        .env("HTTP_PROXY", format!("http://{}", proxy.address()))
        .run()
        .expect(7);
    assert!(
        asked.err.contains("nothing is deployed as"),
        "{}",
        asked.err
    );
    let record = proxy.record();
    assert!(
        !record.is_empty() && record.iter().all(|one| one.line.starts_with("POST http")),
        "{record:?}"
    );
    let nobody = runs().args(["--aws-profile", "nobody"]).run().expect(7);
    let said = "there is no AWS profile `nobody`, which `--aws-profile` names: in `";
    assert!(nobody.err.contains(said), "{}", nobody.err);
    // To the emulator a key of twelve digits is an account of its own, where nothing is deployed.
    cloud.slsart().args(["deploy"]).run().expect(0);
    let keys = "[other]\naws_access_key_id = 123456789012\naws_secret_access_key = secret\n";
    let keys = cloud.scratch.write("credentials", keys);
    let other = runs().env("AWS_SHARED_CREDENTIALS_FILE", keys);
    let other = other.args(["--aws-profile", "other"]).run().expect(7);
    assert!(
        other.err.contains("nothing is deployed as"),
        "{}",
        other.err
    );
    runs().run().expect(0);
}
