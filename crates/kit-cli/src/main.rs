//! The program `kit`: Kit on the command line.

#![expect(clippy::doc_markdown, reason = "the comments of arguments are the program's help")]

mod api;
mod arguments;
mod context;
mod emulator;
mod export;
mod failure;
mod import;
mod listen;
mod login;
mod manual;
mod operations;
mod output;
mod profiles;
mod rows;
mod signatures;
mod sync;
mod trigger;

use std::process::ExitCode;

use clap::Parser as _;

use self::arguments::Arguments;
use self::context::Context;
use self::failure::Failure;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody may listen.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE));
        }
    };
    arguments.global.color.write_global();
    let is_json = arguments.global.json;
    match arguments.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(is_json),
    }
}
