//! A monitor on functions: whoever has subscribed is told once of each run that fails, and of no other.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use star_core::wire::VERSION;
use tests::{Cloud, Ministack, Queue, RuntimeApi, finish, wait_until};

use crate::PROGRAM;

/// One scenario is as it should be, the other never; each answer takes a while.
const SCRIPT: &str = r#"
config:
  target: TARGET
  plugins: { expect: {} }
scenarios:
  - name: buy
    flow: [{ post: { url: /items, json: { name: pen }, expect: { statusCode: 201 } } }]
  - name: browse
    flow: [{ get: { url: /echo, headers: { authorization: "Bearer Zheader8842" }, expect: { statusCode: 204 } } }]
"#;

/// A deployment whose topic a queue has subscribed to.
fn deployed(cloud: &Cloud, queue: &Queue<'_>) {
    let slsart = |args: &[&str]| cloud.slsart().args(args).run().expect(0);
    let service = ["--service", "serverless-star", "--stage", "dev"];
    slsart(&[&["configure"], &service[..]].concat());
    let path = cloud.scratch.path("serverless.yml");
    let text = std::fs::read_to_string(&path).unwrap();
    let topic = "      Type: AWS::SNS::Topic\n";
    let subscribed = format!(
        "{topic}      Properties: {{ Subscription: [{{ Protocol: sqs, Endpoint: \"{}\" }}] }}\n",
        queue.arn()
    );
    assert!(text.contains(topic));
    std::fs::write(&path, text.replace(topic, &subscribed)).unwrap();
    let script = SCRIPT.replace("TARGET", cloud.target.url());
    cloud.scratch.write("script.yml", &script);
    let sound = script.replace("204", "200");
    cloud.scratch.write("sound.yml", &sound);
    let broken = format!(
        "before: {{ flow: [{{ get: {{ url: /status/500, capture: {{ json: $.token, as: token }} }} }}] }}\n{sound}"
    );
    let phases = "plugins: { expect: {} }\n  phases: [{ duration: 1, arrivalRate: 5 }]";
    let load = broken.replace("plugins: { expect: {} }", phases);
    cloud.scratch.write("load.yml", load);
    cloud.scratch.write("broken.yml", broken);
    slsart(&["deploy"]);
}

/// The next alert: its subject, its lines, and its result.
fn alert(queue: &Queue<'_>) -> (String, Vec<String>, Value) {
    let mut taken = Vec::new();
    wait_until("there is an alert", || {
        taken.extend(queue.take());
        !taken.is_empty()
    });
    assert_eq!(taken.len(), 1, "{taken:?}");
    let subject = taken[0]["Subject"].as_str().unwrap().to_owned();
    let message = taken[0]["Message"].as_str().unwrap();
    let (lines, result) = message.split_once("\n{").unwrap();
    let result = serde_json::from_str(&format!("{{{result}")).unwrap();
    (subject, lines.lines().map(str::to_owned).collect(), result)
}

#[test]
fn a_monitor_s_run_that_fails_is_told_of_once_and_no_other_is() {
    let cloud = Cloud::new(PROGRAM);
    let queue = Queue::new(&cloud.aws, "alerts");
    deployed(&cloud, &queue);
    let invoke = |args: &[&str], code: i32| {
        cloud
            .slsart()
            .args(["invoke"])
            .args(args)
            .run()
            .expect(code)
    };

    // What is within its budget passes; other modes tell whoever waits for them.
    invoke(&["-m", "-p", "sound.yml"], 0);
    invoke(&["-a"], 3);
    let budget = json!({ "errorBudget": 5 });
    let event = json!({ ">>": "script.yml", "mode": "mon", "sampling": budget });
    let answer = cloud.invoked(&event);
    assert_eq!(answer["ended"]["exitCode"], 0);
    assert_eq!(answer["reply"], "executed");
    assert_eq!(answer["errors"], 5, "the reference's result: {answer}");
    assert_eq!(answer["totals"], answer["ended"]["totals"]);
    assert_eq!(answer["reports"].as_array().unwrap().len(), 2);
    assert_eq!(answer.get("errorMessage"), None);
    assert_eq!(queue.take(), Vec::<Value>::new());

    let why = "monitoring failure: scenarios run: 10, total errors: 5, error budget: 4";
    invoke(&["-m", "--name", "typed"], 3);
    let (subject, lines, result) = alert(&queue);
    assert_eq!(subject, format!("Alert: {why}"));
    assert_eq!(
        lines,
        [
            subject.as_str(),
            "browse: GET /echo: statusCode: expected 204, got 200, 5 times",
            &format!(
                "browse: Failed expectations for request {}/echo, 5 times",
                cloud.target.url()
            ),
            "`slsart report typed --aws --region us-east-1` tells more",
        ]
    );
    assert_eq!(
        (&result["errorMessage"], &result["run"]),
        (&json!(why), &json!("typed"))
    );
    assert_eq!(result["errors"], json!(5));
    assert_eq!(result["totals"]["scenariosCreated"], json!(10));
    assert_eq!(result["reports"].as_array().unwrap().len(), 2);
    let all = format!("{lines:?}{result}{}", cloud.aws.log());
    assert!(!all.contains("Zheader8842"), "{all}");

    // A schedule's event, which closes itself; its log says what became of it.
    let event = json!({ ">>": "script.yml", "mode": "monitoring" });
    cloud.sent(&event);
    let (subject, _, result) = alert(&queue);
    assert_eq!(subject, format!("Alert: {why}"));
    let run = result["run"].as_str().unwrap();
    cloud.report(run, 3);
    cloud.logged(run, |lines| {
        lines.iter().any(|line| line["alert"] == "sent")
    });

    invoke(&["-m", "-p", "broken.yml", "--name", "broken"], 3);
    let (subject, lines, result) = alert(&queue);
    let why = "the run never began: `before` failed";
    assert!(subject.starts_with(&format!("Alert: {why}")), "{lines:?}");
    // It is the same wherever somebody looks.
    let (report, ended) = never_began(&cloud, "broken", 3);
    for key in ["errors", "totals", "errorMessage"] {
        assert_eq!(ended.get(key), report.get(key), "{ended} {report}");
    }
    if let Some(errors) = report.get("errors") {
        assert_eq!(&result["errors"], errors, "{result} {report}");
    }
    assert_eq!(ended["why"], result["errorMessage"], "{ended} {result}");
    let load = ["-p", "load.yml", "--wait", "--name", "load"];
    invoke(&load, 1);
    let (_, ended) = never_began(&cloud, "load", 1);
    assert!(ended["why"].as_str().unwrap().starts_with(why), "{ended}");
    assert_eq!(queue.take(), Vec::<Value>::new());
}

/// Fails unless a run never began, with that exit code, wherever somebody looks: its report, and what the function's log has of its end.
fn never_began(cloud: &Cloud, run: &str, code: i32) -> (Value, Value) {
    let report = cloud.report(run, code);
    assert_ne!(report["slsart"]["verdict"], "passed", "{report}");
    let state = cloud.states().into_iter().find(|(name, _)| name == run);
    assert_eq!(state.unwrap().1, "never began");
    let is_ended = |line: &Value| line["ended"].is_object();
    let lines = cloud.logged(run, |lines| lines.iter().any(is_ended));
    let mut ended = lines.into_iter().filter(is_ended);
    let ended = ended.next().unwrap()["ended"].clone();
    assert_eq!(ended["exitCode"], code, "{ended}");
    (report, ended)
}

#[test]
fn an_event_that_is_delivered_twice_is_one_run_and_one_alert() {
    let cloud = Cloud::new(PROGRAM);
    let queue = Queue::new(&cloud.aws, "alerts");
    deployed(&cloud, &queue);
    // The platform, as it would deliver one event to two functions.
    let functions = [RuntimeApi::start(), RuntimeApi::start()];
    let started = functions.each_ref().map(|api| {
        let mut function = cloud.aws.program(api.function(cloud.slsart()));
        for (name, value) in cloud.variables() {
            function = function.env(&name, value);
        }
        function
            .env("AWS_LAMBDA_FUNCTION_NAME", tests::FUNCTION)
            .env("LAMBDA_TASK_ROOT", cloud.scratch.path("."))
            .start()
    });
    let event = json!({ ">>": "script.yml", "mode": "monitoring" });
    let delivered = std::thread::scope(|scope| {
        let event = &event;
        let both = functions.map(|api| {
            scope.spawn(move || {
                let reply = api.deliver("one-event", event);
                (api, reply)
            })
        });
        both.map(|one| one.join().unwrap())
    });
    let replies = delivered.each_ref().map(|(_, reply)| reply);
    let kinds: BTreeSet<_> = replies.iter().map(|one| one["reply"].as_str()).collect();
    assert_eq!(
        kinds,
        BTreeSet::from([Some("duplicate"), Some("executed")]),
        "{replies:?}"
    );
    let ended = replies.iter().find(|one| one["reply"] == "executed");
    assert_eq!(ended.unwrap()["ended"]["exitCode"], 3, "{replies:?}");
    let again = delivered[0].0.deliver("one-event", &event);
    assert_eq!(again["reply"], "duplicate", "{again}");
    let (_, _, result) = alert(&queue);
    assert_eq!(result["run"], "one-event");
    for mut child in started {
        child.kill().unwrap();
        child.wait().unwrap();
    }

    // A launched run whose order to start is delivered again and again.
    let deployment = cloud.deployment();
    let invoke = ["invoke", "-m", "--name", "launched"];
    let launcher = cloud.slsart().args(invoke).start();
    wait_until("the run is launched", || {
        cloud.states().iter().any(|(run, _)| run == "launched")
    });
    let start = json!({
        "version": VERSION, "deployment": deployment, "run": "launched", "order": "start", "hop": 1, "expires": u64::MAX,
    });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| cloud.invoked(&start));
        }
    });
    finish(launcher).expect(3);
    let (_, _, result) = alert(&queue);
    assert_eq!(result["run"], "launched");
    assert_eq!(queue.take(), Vec::<Value>::new());
    assert_eq!(cloud.target.count(), 2 * 10);
}

/// The permission that a call takes, as the emulator's log has it, if it is one of those that functions have.
fn permission(line: &str) -> Option<&'static str> {
    let call = line.split(" -> service=").next()?;
    let (rest, path) = call.rsplit_once(' ')?;
    let method = rest.rsplit(' ').next()?;
    let in_runs = path.split('/').nth(2) == Some("runs");
    let function = format!("/{}/invocations", tests::FUNCTION);
    Some(
        match (method, line.split("service=").nth(1)?.split(' ').next()?) {
            ("GET", "s3") if in_runs => "s3:GetObject",
            ("PUT", "s3") if in_runs => "s3:PutObject",
            ("POST", "lambda") if path.ends_with(&function) => "lambda:InvokeFunction",
            ("POST", "sns") => "sns:Publish",
            _ => return None,
        },
    )
}

#[test]
fn what_functions_ask_of_aws_is_what_their_role_allows() {
    let cloud = Cloud::on(Ministack::telling(), PROGRAM);
    let queue = Queue::new(&cloud.aws, "alerts");
    deployed(&cloud, &queue);
    let before = cloud.aws.log().lines().count();
    cloud.sent(&json!({ ">>": "script.yml", "mode": "monitoring" }));
    wait_until("the run is over", || {
        cloud.aws.log().contains(r#""alert":"sent""#)
    });
    let log = cloud.aws.log();
    let calls = log.lines().skip(before);
    // Reading the queue is the test's own.
    let calls = calls.filter(|line| line.contains(" -> service=") && !line.contains("service=sqs"));
    let asked: BTreeSet<_> = calls.map(|line| permission(line).ok_or(line)).collect();
    let allowed = [
        "lambda:InvokeFunction",
        "s3:GetObject",
        "s3:PutObject",
        "sns:Publish",
    ];
    assert_eq!(asked, allowed.map(Ok).into());
}
