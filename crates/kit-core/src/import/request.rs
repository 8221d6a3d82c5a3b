use crate::bulk::{
    BulkAddSubscribersToForms, BulkCreateSubscribers, BulkTagSubscribers,
    BulkUpdateCustomFieldValues,
};
use crate::custom_fields::{CreateCustomField, ListCustomFields};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::forms::{AddSubscriberToFormByEmail, ListForms};
use crate::subscribers::{CreateSubscriber, ListSubscribers, Unsubscribe, UpdateSubscriber};
use crate::tags::{CreateTag, TagSubscriber};

/// A client that blocks, as an import uses it.
pub trait ImportClient {
    /// Sends an operation, and reads its reply.
    ///
    /// # Errors
    ///
    /// Those of the client.
    fn send<E: Endpoint>(&self, operation: &E) -> Result<E::Reply, Error>;
}

/// An async client, as an import uses it.
pub trait AsyncImportClient: Sync {
    /// Sends an operation, and reads its reply.
    ///
    /// # Errors
    ///
    /// Those of the client.
    fn send<E: Endpoint + Sync>(
        &self,
        operation: &E,
    ) -> impl Future<Output = Result<E::Reply, Error>> + Send
    where
        E::Reply: Send;
}

/// An operation that an [`Import`](super::Import) sends.
pub(super) trait Asked: Endpoint + Clone {
    fn ask(self) -> ImportRequest;

    fn answer(reply: ImportReply) -> Option<Result<Self::Reply, Error>>;
}

macro_rules! requests {
    ($($operation:ident,)+) => {
        /// What an [`Import`](super::Import) sends: one of these operations.
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum ImportRequest {
            $(
                #[doc = concat!("[`", stringify!($operation), "`]")]
                $operation($operation),
            )+
        }

        /// What came of an [`ImportRequest`].
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum ImportReply {
            $(
                #[doc = concat!("Of [`", stringify!($operation), "`]")]
                $operation(Result<<$operation as Endpoint>::Reply, Error>),
            )+
        }

        impl ImportRequest {
            /// Sends the operation, and returns what to tell the import.
            pub fn send<C: ImportClient>(&self, client: &C) -> ImportReply {
                match self {
                    $(Self::$operation(operation) => ImportReply::$operation(client.send(operation)),)+
                }
            }

            /// Sends the operation, and returns what to tell the import.
            pub async fn send_async<C: AsyncImportClient>(&self, client: &C) -> ImportReply {
                match self {
                    $(
                        Self::$operation(operation) => {
                            ImportReply::$operation(client.send(operation).await)
                        }
                    )+
                }
            }
        }

        impl ImportReply {
            pub(super) fn error(&self) -> Option<&Error> {
                match self {
                    $(Self::$operation(result) => result.as_ref().err(),)+
                }
            }
        }

        $(
            impl Asked for $operation {
                fn ask(self) -> ImportRequest {
                    ImportRequest::$operation(self)
                }

                fn answer(reply: ImportReply) -> Option<Result<Self::Reply, Error>> {
                    match reply {
                        ImportReply::$operation(result) => Some(result),
                        _ => None,
                    }
                }
            }
        )+
    };
}

requests! {
    ListCustomFields,
    CreateCustomField,
    ListForms,
    CreateTag,
    BulkCreateSubscribers,
    BulkUpdateCustomFieldValues,
    BulkTagSubscribers,
    BulkAddSubscribersToForms,
    CreateSubscriber,
    UpdateSubscriber,
    TagSubscriber,
    AddSubscriberToFormByEmail,
    ListSubscribers,
    Unsubscribe,
}
