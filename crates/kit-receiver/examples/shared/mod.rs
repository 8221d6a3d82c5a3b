//! The parts that both examples share: the command line, the endpoint at Kit, and the handling of events.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use kit_examples::{Where, say};
use kit_hyper::Client;
use kit_hyper::webhook_endpoints::{
    CreateWebhookEndpoint, DeleteWebhookEndpoint, EventType, SigningSecret,
};
use kit_receiver::{Events, Receiver};
use lexopt::prelude::{Long, Short, ValueExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Whatever ends the program.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

const HELP: &str = "\
Receives what Kit delivers to a webhook endpoint, and prints a line for each event when it was handled.

Options:
  --port PORT      the port on 127.0.0.1; 0 lets the system choose          [default: 0]
  --secret SECRET  the signing secret; twice while it is rotated. Without one, an endpoint is created at Kit, and
                   deleted at the end: by KIT_API_KEY and KIT_BASE_URL, or in a Kit that this program starts
  --url URL        where Kit reaches this program        [default: http://127.0.0.1:PORT/]
  --event TYPE     a type of events for the endpoint     [default: subscriber.tag_added]
  --state FILE     keeps what was received and handled over restarts
  -h, --help       prints this help
";

/// The options of the command line.
#[derive(Default)]
pub(crate) struct Options {
    port: u16,
    secrets: Vec<SigningSecret>,
    url: Option<String>,
    events: Vec<EventType>,
    state: Option<PathBuf>,
}

/// Runs an example, which is given its options and the socket to serve.
pub(crate) fn main<F: Future<Output = Result<(), Failure>>>(
    run: impl FnOnce(Options, TcpListener, Stop) -> F,
) -> ExitCode {
    let options = match Options::read(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            say(format_args!("{HELP}"));
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let result = (|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
            let stop = Stop::listen()?;
            say(format_args!("listening http://{}", listener.local_addr()?));
            run(options, listener, stop).await
        })
    })();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

impl Options {
    fn read(mut arguments: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("port") => options.port = arguments.value()?.parse()?,
                Long("secret") => options.secrets.push(arguments.value()?.string()?.into()),
                Long("url") => options.url = Some(arguments.value()?.string()?),
                Long("event") => options.events.push(arguments.value()?.string()?.into()),
                Long("state") => options.state = Some(arguments.value()?.into()),
                Short('h') | Long("help") => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(Some(options))
    }

    /// Creates the endpoint at Kit, where no secret was given. It is to be deleted at the end.
    pub(crate) async fn endpoint(
        &mut self,
        listener: &TcpListener,
    ) -> Result<Option<Endpoint>, Failure> {
        if !self.secrets.is_empty() {
            return Ok(None);
        }
        let kit = Where::find().map_err(|error| error.to_string())?;
        let client = Client::builder().base_url(kit.base_url()).build(kit.credentials())?;
        let url = match &self.url {
            Some(url) => url.clone(),
            None => format!("http://{}/", listener.local_addr()?),
        };
        if self.events.is_empty() {
            self.events.push(EventType::SubscriberTagAdded);
        }
        let create = CreateWebhookEndpoint::new(url, self.events.clone())?;
        let made = client.send(&create).await?;
        eprintln!("created webhook endpoint {} for {}", made.endpoint.id, made.endpoint.url);
        self.secrets.push(made.secret);
        let delete = DeleteWebhookEndpoint::new(made.endpoint.id);
        Ok(Some(Endpoint { client, delete, kit }))
    }

    /// The service and the queue of its events.
    pub(crate) fn receiver(self) -> Result<(Receiver, Events), Failure> {
        let mut builder = Receiver::builder(self.secrets)
            .on_error(|error| eprintln!("the state file cannot be written: {error}"));
        if let Some(state) = self.state {
            builder = builder.state_file(state);
        }
        Ok(builder.build()?)
    }
}

/// An endpoint that lives as long as the program.
pub(crate) struct Endpoint {
    client: Client,
    delete: DeleteWebhookEndpoint,
    /// The Kit that this program has started, if it has.
    kit: Where,
}

impl Endpoint {
    /// Shows something, where Kit is this program's own.
    pub(crate) fn make_events_happen(&self) -> Result<(), Failure> {
        if let Some(emulator) = self.kit.emulator() {
            emulator.trigger("subscriber.tag_added", 3, None)?;
        }
        Ok(())
    }

    /// Deletes the endpoint.
    pub(crate) async fn delete(self) -> Result<(), Failure> {
        Ok(self.client.send(&self.delete).await?)
    }
}

/// Handles events until the receiver is closed, and no more wait.
async fn handle(events: Events) -> Result<(), Failure> {
    while let Some(received) = events.next().await {
        // The work of the program comes here.
        say(format_args!("handled {} {}", received.event.id, received.event.event_type));
        received.done().await?;
    }
    Ok(())
}

/// Ctrl-C, or the signal that ends a service: listened for from now on.
pub(crate) struct Stop {
    #[cfg(unix)]
    terminated: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Result<Self, Failure> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { terminated: signal(SignalKind::terminate())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Ready when the program is asked to end, or when its events are handled no more.
    pub(crate) async fn asked_for(mut self, handling: &mut Handling) {
        #[cfg(unix)]
        let terminated = self.terminated.recv();
        #[cfg(not(unix))]
        let terminated = std::future::pending::<Option<()>>();
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated => {}
            () = handling.ended() => {}
        }
    }
}

/// The task that handles events.
pub(crate) struct Handling(JoinHandle<Result<(), Failure>>);

impl Handling {
    pub(crate) fn begin(events: Events) -> Self {
        Self(tokio::spawn(handle(events)))
    }

    async fn ended(&mut self) {
        while !self.0.is_finished() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits for its end.
    pub(crate) async fn end(self) -> Result<(), Failure> {
        self.0.await?
    }
}
