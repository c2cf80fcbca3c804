//! The texts that people are told, each with a name and values, so that an interface can say them in its language.

use std::fmt;

use serde::Serialize;
use ts_rs::TS;

/// Declares each text once: its name, its values, its English. A value that the English lacks, or the other way
/// round, does not compile.
macro_rules! messages {
    ($($id:ident { $($value:ident: $type:ty),* } $english:literal)*) => {
        /// One or more sentences of what a person is told. Names of devices are given without quotation marks; in
        /// `names` there can be several, one a line.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
        #[serde(tag = "id", content = "values", rename_all = "camelCase")]
        #[ts(export)]
        #[allow(missing_docs, reason = "the English text says it")]
        pub enum MessagePart {
            $(#[doc = $english] $id { $(#[ts(type = "string")] $value: $type),* },)*
        }

        /// The name of a [`MessagePart`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
        #[serde(rename_all = "camelCase")]
        #[ts(export)]
        #[allow(missing_docs, reason = "the English text says it")]
        pub enum MessageId {
            $(#[doc = $english] $id,)*
        }

        impl MessagePart {
            /// Its name.
            pub fn id(&self) -> MessageId {
                match self {
                    $(Self::$id { .. } => MessageId::$id,)*
                }
            }
        }

        /// In English.
        impl fmt::Display for MessagePart {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$id { $($value),* } => write!(f, $english),)*
                }
            }
        }
    };
}

messages! {
    NoServer {} "No server is set. Devices meet through a signalling server: enter its address (ws://… or wss://…), the same for everyone. It can't see or change anything of value."
    InvalidServer { url: String } "“{url}” is not a server's address. It looks like wss://example.org or ws://192.168.1.20:9710."
}
