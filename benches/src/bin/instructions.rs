//! Does one thing many times, for a program that counts instructions, such as `valgrind --tool=callgrind`:
//! `instructions ROW ours|floor TIMES`. `benches/instructions.sh` counts those of all rows.

use std::hint::black_box;
use std::process::ExitCode;

use kit_benches::receiving::{self, Verify};
use kit_benches::resources;
use kit_core::subscribers::ListSubscribers;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [row, side, times] = &*arguments else { return usage() };
    let (is_ours, Ok(times)) = (side == "ours", times.parse::<u32>()) else { return usage() };
    let Some(once) = row_of(row, is_ours) else { return usage() };
    (0..times).for_each(|_| once());
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: instructions ids|query|body|items|page|verify|delivery|receive ours|floor TIMES"
    );
    ExitCode::from(2)
}

fn row_of(row: &str, is_ours: bool) -> Option<Box<dyn Fn()>> {
    if let Some(place) = ["ids", "query", "body", "items"].iter().position(|name| *name == row) {
        let build = resources::builds().into_iter().nth(place)?;
        let build = if is_ours { build.ours } else { build.floor };
        return Some(Box::new(move || drop(black_box(build()))));
    }
    Some(match (row, is_ours) {
        ("page", true) => {
            let (kit, list, body) = (resources::kit(), ListSubscribers::new(), resources::page());
            Box::new(move || drop(black_box(resources::read(&kit, &list, black_box(&body)))))
        }
        ("page", false) => {
            let body = resources::page();
            Box::new(move || drop(black_box(resources::read_floor(black_box(&body)))))
        }
        ("receive", _) => {
            let server = if is_ours {
                receiving::Server::with_receiver()
            } else {
                receiving::Server::by_hand()
            };
            Box::new(move || assert!(!server.time(50).is_zero()))
        }
        ("verify", _) => {
            let verify = Verify::new(1024);
            if is_ours { Box::new(move || verify.ours()) } else { Box::new(move || verify.floor()) }
        }
        ("delivery", _) => {
            let body = receiving::envelope(1, 100);
            Box::new(move || {
                let body = black_box(body.as_bytes());
                if is_ours {
                    drop(black_box(receiving::read(body)));
                } else {
                    drop(black_box(receiving::read_floor(body)));
                }
            })
        }
        _ => return None,
    })
}
