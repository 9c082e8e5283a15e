//! `InfluxDB`, of either version, and the plugin of that name.

use url::Url;

use super::super::fields::Fields;
use super::super::keys;
use super::super::reader::Reader;
use super::unfiltered;
use crate::run::basic;
use crate::script::model::{Hidden, Sink, SinkKind, Tag};

impl Reader<'_> {
    pub(super) fn influx(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        self.filtered("influxdb", fields, |reader| reader.influx_kind(fields))
    }

    fn influx_kind(&mut self, fields: &Fields<'_>) -> Option<SinkKind> {
        let url = self.required(fields, "url", "url: \"http://localhost:8086\"");
        let url = url.and_then(|node| {
            let text = self.text_of("url", node)?;
            self.origin("url", node, &text)
        });
        let measurement = self.sink_text(fields, "measurement", Some("artillery"));
        let texts = ["database", "username", "password", "org", "bucket", "token"];
        let texts = texts.map(|key| fields.get(key).map(|node| self.header_text(key, node)));
        let [database, username, password, org, bucket, token] = texts;
        let newer = org.is_some() || bucket.is_some() || token.is_some();
        if database.is_some() == newer || newer && bucket.is_none() {
            let message = "a sink of the type `influxdb` needs either `database` or `bucket`";
            let help =
                "`database` is that of InfluxDB 1; InfluxDB 2 has `org`, `bucket` and `token`";
            self.error(fields.span, message, help);
            return None;
        }
        let mut url = Url::parse(&url?).ok()?;
        let authorization = if let Some(database) = database {
            write_to(&mut url, "write", &[("db", database?)]);
            let (user, pass) = (username.flatten(), password.flatten());
            basic_of(user.as_deref(), pass.as_deref())
        } else {
            let pairs = [("org", org), ("bucket", bucket)];
            let pairs = pairs
                .into_iter()
                .filter_map(|(key, text)| Some(text?.map(|text| (key, text))));
            write_to(
                &mut url,
                "api/v2/write",
                &pairs.collect::<Option<Vec<_>>>()?,
            );
            token.flatten().map(|token| format!("Token {token}"))
        };
        Some(SinkKind::Influx {
            url: url.into(),
            authorization: authorization.map(Hidden),
            measurement: measurement?,
        })
    }

    pub(super) fn old_influx(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        let measurement = self.sink_text(fields, "measurementName", Some("artillery"));
        let mut tags = match fields.get("tags") {
            Some(node) => self.tags(node),
            None => Some(Vec::new()),
        };
        for key in ["testName", "test_name", "testRunId"] {
            let Some(node) = fields.get(key) else {
                continue;
            };
            let name = if key == "test_name" { "testName" } else { key };
            let value = self.text_of(key, node);
            tags = tags.zip(value).map(|(mut tags, value)| {
                let name = name.to_owned();
                tags.push(Tag { name, value });
                tags
            });
        }
        let node = self.required(
            fields,
            "influx",
            "influx: { host: localhost, database: tests }",
        )?;
        let server = self.fields("influx", node, &keys::INFLUX_SERVER)?;
        let host = self.sink_text(&server, "host", Some("127.0.0.1"));
        let port = self.port(&server, 8086);
        let protocol = match server.get("protocol") {
            Some(node) => self.choice("protocol", node, &["http", "https"]),
            None => Some("http"),
        };
        let example = "database: tests";
        let database = self.required(&server, "database", example);
        let database = database.and_then(|node| self.text_of("database", node));
        let [username, password] =
            ["username", "password"].map(|key| self.sink_text(&server, key, None));
        let text = format!("{}://{}:{}", protocol?, host?, port?);
        let mut url = Url::parse(&self.origin("host", node, &text)?).ok()?;
        write_to(&mut url, "write", &[("db", database?)]);
        let kind = SinkKind::Influx {
            url: url.into(),
            authorization: basic_of(username.as_deref(), password.as_deref()).map(Hidden),
            measurement: measurement?,
        };
        Some(Sink {
            tags: tags?,
            ..unfiltered("influxdb", kind)
        })
    }
}

/// Where lines are written to on a server.
fn write_to(url: &mut Url, path: &str, pairs: &[(&str, String)]) {
    let base = url.path().trim_end_matches('/');
    let path = format!("{base}/{path}");
    url.set_path(&path);
    let mut query = url.query_pairs_mut();
    query.clear().extend_pairs(pairs);
    query.append_pair("precision", "ns");
}

fn basic_of(user: Option<&str>, pass: Option<&str>) -> Option<String> {
    let value = basic(
        user.unwrap_or_default().as_bytes(),
        pass.unwrap_or_default().as_bytes(),
    )?;
    value.to_str().ok().map(str::to_owned)
}
