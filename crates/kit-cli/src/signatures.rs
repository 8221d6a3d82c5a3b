use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, Subcommand};
use kit_core::deliveries::Verifier;
use kit_core::webhook_endpoints::SigningSecret;

use crate::output::say;
use crate::profiles::variable;
use crate::{Context, Failure};

/// The variable with the secret of an endpoint.
const SECRET: &str = "KIT_SIGNING_SECRET";

/// How large a body may be, in bytes.
const MAX_BODY: u64 = 64 * 1024 * 1024;

/// Signatures of deliveries
#[derive(Debug, Subcommand)]
pub(crate) enum Signatures {
    /// Write the header X-Kit-Signature for a body, as Kit would send it now
    ///
    /// curl -H "X-Kit-Signature: $(kit webhooks sign body.json)" --data-binary @body.json URL
    Sign(Signed),
    /// Tell whether a signature is right, and not older than 5 minutes
    Verify {
        #[command(flatten)]
        signed: Signed,
        /// What the header X-Kit-Signature says.
        #[arg(long, value_name = "HEADER")]
        signature: String,
        /// However old it is.
        #[arg(long)]
        any_age: bool,
    },
}

/// A body, and the secret of its endpoint
#[derive(Args, Debug)]
pub(crate) struct Signed {
    /// The file with the body, byte for byte; - is the standard input stream.
    body: PathBuf,
    /// A file with the secret of the endpoint. Default: the variable KIT_SIGNING_SECRET.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl Signed {
    fn read(&self) -> Result<(Verifier, Vec<u8>), Failure> {
        let secret = match &self.secret_file {
            Some(file) => {
                let text = std::fs::read_to_string(file);
                text.map_err(|error| Failure::of_argument(file, error))?.trim().to_owned()
            }
            None => variable(SECRET).ok_or_else(|| {
                let advice = format!("Say --secret-file, or set {SECRET}.");
                Failure::usage("the secret of the endpoint is missing").advise(advice)
            })?,
        };
        Ok((Verifier::new([SigningSecret::new(secret)])?, bytes(&self.body)?))
    }
}

impl Signatures {
    pub(crate) fn run(self, _: &Context) -> Result<(), Failure> {
        let now = SystemTime::now();
        match self {
            Self::Sign(signed) => {
                let (verifier, body) = signed.read()?;
                Ok(writeln!(std::io::stdout(), "{}", verifier.sign(&body, now))?)
            }
            Self::Verify { signed, signature, any_age } => {
                let (mut verifier, body) = signed.read()?;
                if any_age {
                    verifier = verifier.with_tolerance(std::time::Duration::MAX);
                }
                let told = verifier.verify([signature.as_bytes()], &body, now);
                told.map_err(|error| Failure::other(error.to_string()))?;
                say("The signature is right.");
                Ok(())
            }
        }
    }
}

/// The bytes of a file, or of the standard input stream.
fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().take(MAX_BODY).read_to_end(&mut body)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(MAX_BODY).read_to_end(&mut body))
    };
    read.map_err(|error| Failure::of_argument(file, error))?;
    Ok(body)
}
