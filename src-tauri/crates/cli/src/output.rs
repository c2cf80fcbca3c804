//! What is printed: sentences for people, or one JSON object a line for programs.

use std::{
    io::Write as _,
    time::{SystemTime, UNIX_EPOCH},
};

use node::{NodeError, snapshot::ErrorView};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) struct Failure {
    code: String,
    message: String,
    details: Map<String, Value>,
}

impl Failure {
    pub(crate) fn new(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned(), details: Map::new() }
    }

    /// Adds a field to the JSON form.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        error.view().into()
    }
}

impl From<ErrorView> for Failure {
    fn from(view: ErrorView) -> Self {
        Self { code: view.code, message: view.message, details: Map::new() }
    }
}

/// Prints to standard output (events and results) and standard error (errors and questions).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// An event: its fields as JSON with the time in milliseconds as `at`, or the text (if not empty).
    pub(crate) fn event(self, event: &str, fields: impl Serialize, text: &str) {
        if self.json {
            let mut object = Map::new();
            object.insert("event".to_owned(), event.into());
            object.insert("at".to_owned(), now());
            if let Ok(Value::Object(fields)) = serde_json::to_value(fields) {
                object.extend(fields);
            }
            line(&Value::Object(object).to_string());
        } else if !text.is_empty() {
            line(text);
        }
    }

    pub(crate) fn error(self, failure: &Failure) {
        if self.json {
            self.failed("error", failure);
        } else {
            let _ = writeln!(std::io::stderr(), "Error: {}", failure.message);
        }
    }

    /// Something did not succeed, and the command goes on.
    pub(crate) fn failed(self, event: &str, failure: &Failure) {
        let mut fields = failure.details.clone();
        fields.insert("code".to_owned(), failure.code.clone().into());
        fields.insert("message".to_owned(), failure.message.clone().into());
        self.event(event, fields, "");
        self.say(&failure.message);
    }

    /// Says something to a person only, on standard error.
    pub(crate) fn say(self, text: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

/// Milliseconds since the Unix epoch, with fractions.
fn now() -> Value {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    json!(since.as_secs_f64() * 1000.0)
}

/// Standard output may be closed by whoever read it; that is no reason to break off a ceremony.
fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}
