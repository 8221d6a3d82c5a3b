//! The program `kit`: Kit on the command line.

#![expect(clippy::doc_markdown, reason = "the comments of arguments are the program's help")]

mod api;
mod arguments;
mod authorize;
mod browser;
mod context;
mod doctor;
mod emulator;
mod export;
mod failure;
mod import;
mod keyring;
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
            let is_failure = error.use_stderr();
            let is_there = |word: &str| std::env::args_os().any(|argument| argument == word);
            let is_json = is_there("--json");
            // What is too much may be a key.
            if is_failure && (is_json || is_there("login")) {
                return Failure::of_arguments(&error, is_there("login")).tell(is_json);
            }
            // Nobody may listen.
            let _ = error.print();
            return ExitCode::from(if is_failure { failure::USAGE } else { 0 });
        }
    };
    arguments.global.color.write_global();
    let is_json = arguments.global.json;
    match arguments.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(is_json),
    }
}
