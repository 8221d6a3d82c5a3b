//! Says what of Kit's API is new, gone or changed in a newer `OpenAPI` document: `drift NEWER.json`.

use std::error::Error;
use std::process::ExitCode;

const HELP: &str = "\
Compares an OpenAPI document of Kit's (JSON) with tests/facts/operations.txt.

Usage: drift NEWER.json

Prints what is new (+), gone (-) or changed (~), operation by operation. Ends with 0 where nothing is, with 1 where
something is, and with 2 where the document cannot be read.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        eprint!("{HELP}");
        return ExitCode::from(2);
    };
    if path == "--help" || path == "-h" {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let compared = || -> Result<_, Box<dyn Error>> {
        let document = serde_json::from_slice(&std::fs::read(&path)?)?;
        Ok(kit_tests::drift::compare(&document)?)
    };
    match compared() {
        Ok(drift) if drift.is_empty() => {
            println!("The document says what the facts say.");
            ExitCode::SUCCESS
        }
        Ok(drift) => {
            print!("{drift}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("drift: {}: {error}", path.display());
            ExitCode::from(2)
        }
    }
}
