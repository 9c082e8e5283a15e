//! Alerts: what somebody is told of a run that failed, by way of a topic.

use bytes::Bytes;
use serde_json::json;
use star_core::ledger::{Ledger, LedgerError, RUNS};
use star_core::{RunId, Time};

use crate::call::Call;
use crate::config::Config;
use crate::error::AwsError;

/// A subject has less than 100 characters of ASCII, none of them for control
/// ([Publish](https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)).
const LONGEST_SUBJECT: usize = 99;

/// The most of a message, in bytes.
const LONGEST_TEXT: usize = 256 * 1024;

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    subject: String,
    text: String,
}

impl Alert {
    /// A line, and a text; as much of them as can be sent.
    pub fn new(subject: &str, text: &str) -> Self {
        let plain = |letter: char| match letter {
            ' '..='~' => letter,
            _ => '?',
        };
        Self {
            subject: subject.chars().take(LONGEST_SUBJECT).map(plain).collect(),
            text: text[..text.floor_char_boundary(LONGEST_TEXT)].to_owned(),
        }
    }

    /// The line.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The topic that alerts are sent to.
#[derive(Clone, Debug)]
pub struct Topic {
    /// There is a client only where there is an alert: a function is to be there soon.
    config: Config,
    arn: String,
}

impl Topic {
    /// That topic.
    pub fn new(config: &Config, arn: impl Into<String>) -> Self {
        Self {
            config: config.clone(),
            arn: arn.into(),
        }
    }

    /// Sends an alert to all who have subscribed.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub async fn publish(&self, alert: &Alert) -> Result<(), AwsError> {
        let asked = self.config.sns().publish().topic_arn(&self.arn);
        let asked = asked.subject(&alert.subject).message(&alert.text);
        let sent = asked.send().await;
        sent.map(|_number| ())
            .map_err(|error| AwsError::of(Call::Publish, &error))
    }
}

/// Claims a run's alert; whether it is ours to send. Of all who tell of a run's end, one sends it: the record is made once, and whoever
/// finds its own number in it made it.
pub(crate) async fn claim(
    ledger: &dyn Ledger,
    run: &RunId,
    alert: &Alert,
    (number, at): (u64, Time),
) -> Result<bool, LedgerError> {
    let key = format!("{RUNS}{run}/alert");
    let record = json!({ "nonce": number, "at": at, "subject": alert.subject });
    let record = Bytes::from(record.to_string());
    match ledger.create(&key, record.clone()).await {
        Ok(true) => Ok(true),
        Ok(false) => Ok(ledger.get(&key).await?.as_ref() == Some(&record)),
        // It may have been made all the same.
        Err(error) => match ledger.get(&key).await? {
            Some(there) => Ok(there == record),
            None => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use star_core::ledger::Memory;

    use super::*;
    use crate::replay::answers;

    const PUBLISHED: &str = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";

    #[tokio::test]
    async fn a_subject_is_a_line_that_the_platform_takes() {
        let long = format!("Alert: `{}` does not hold\n\u{1b}[1m: é", "p99 ".repeat(40));
        let (config, client) = answers(&[(200, PUBLISHED), (200, PUBLISHED)]);
        let topic = Topic::new(&config, "arn:aws:sns:eu-central-1:1:t");
        for subject in [long.as_str(), "Alert: é\n"] {
            topic.publish(&Alert::new(subject, "a\nb")).await.unwrap();
        }
        let bodies: Vec<_> = client
            .actual_requests()
            .map(|request| String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap())
            .collect();
        let sent = "&Message=a%0Ab&Subject=Alert%3A%20%3F%3F";
        assert!(bodies[1].contains(sent), "{}", bodies[1]);
        let alert = Alert::new(&long, &"é".repeat(LONGEST_TEXT));
        assert_eq!(alert.subject().len(), LONGEST_SUBJECT);
        assert_eq!(alert.text().len(), LONGEST_TEXT);
    }

    #[tokio::test]
    async fn an_alert_is_one_claimer_s_and_stays_it() {
        let (ledger, run) = (Memory::default(), "r".parse().unwrap());
        let alert = Alert::new("s", "t");
        let at = Time::from_nanos(7);
        let mine = async |number| claim(&ledger, &run, &alert, (number, at)).await.unwrap();
        assert!(mine(1).await);
        assert!(!mine(2).await);
        // An answer that was lost is asked for again.
        assert!(mine(1).await);
    }
}
