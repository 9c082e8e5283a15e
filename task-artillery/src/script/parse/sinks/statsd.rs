//! Datagrams, of the type `statsd` and the plugin of that name.

use super::super::fields::Fields;
use super::super::reader::Reader;
use super::unfiltered;
use crate::script::model::{Dialect, Sink, SinkKind};

impl Reader<'_> {
    pub(super) fn statsd(
        &mut self,
        name: &str,
        fields: &Fields<'_>,
        dialect: Dialect,
    ) -> Option<Sink> {
        self.filtered(name, fields, |reader| {
            let host = reader.sink_text(fields, "host", Some("127.0.0.1"));
            let port = reader.port(fields, 8125);
            let prefix = reader.prefix(fields);
            Some(SinkKind::Statsd {
                host: host?,
                port: port?,
                prefix: prefix?,
                dialect,
            })
        })
    }

    pub(super) fn old_statsd(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        let host = self.sink_text(fields, "host", Some("127.0.0.1"));
        let port = self.port(fields, 8125);
        let prefix = self.sink_text(fields, "prefix", Some("artillery"));
        let kind = SinkKind::Statsd {
            host: host?,
            port: port?,
            prefix: format!("{}.", prefix?.trim_end_matches('.')),
            dialect: Dialect::Behind,
        };
        Some(unfiltered("statsd", kind))
    }
}
