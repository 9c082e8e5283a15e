//! A queue on the emulator, which hears of what is published.

use serde_json::{Value, json};

use crate::Ministack;

/// A queue of that name.
#[derive(Debug)]
pub struct Queue<'a> {
    aws: &'a Ministack,
    name: String,
    url: String,
}

impl<'a> Queue<'a> {
    /// Makes one.
    ///
    /// # Panics
    /// Where it can't be made.
    pub fn new(aws: &'a Ministack, name: &str) -> Self {
        let mut this = Self {
            aws,
            name: name.to_owned(),
            url: String::new(),
        };
        let made = this.ask("CreateQueue", &json!({ "QueueName": name }));
        made["QueueUrl"].as_str().unwrap().clone_into(&mut this.url);
        this
    }

    /// Its name for all of AWS.
    pub fn arn(&self) -> String {
        format!("arn:aws:sqs:us-east-1:000000000000:{}", self.name)
    }

    /// What is in it by now, as the topic wrapped it; it is taken out.
    ///
    /// # Panics
    /// Where it can't be read.
    pub fn take(&self) -> Vec<Value> {
        let mut taken = Vec::new();
        loop {
            let asked = json!({ "QueueUrl": self.url, "MaxNumberOfMessages": 10 });
            let answer = self.ask("ReceiveMessage", &asked);
            let Some(messages) = answer["Messages"]
                .as_array()
                .filter(|some| !some.is_empty())
            else {
                return taken;
            };
            for message in messages {
                let receipt =
                    json!({ "QueueUrl": self.url, "ReceiptHandle": message["ReceiptHandle"] });
                self.ask("DeleteMessage", &receipt);
                taken.push(serde_json::from_str(message["Body"].as_str().unwrap()).unwrap());
            }
        }
    }

    fn ask(&self, operation: &str, body: &Value) -> Value {
        let operation = format!("AmazonSQS.{operation}");
        let headers = [
            ("X-Amz-Target", operation.as_str()),
            ("Content-Type", "application/x-amz-json-1.0"),
        ];
        let (status, answer) = self.aws.ask("POST", "/", &headers, &body.to_string());
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }
}
