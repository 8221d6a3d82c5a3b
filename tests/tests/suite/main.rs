//! Tests that span crates, in one program: each program that is linked costs seconds. `secrets`, `warm_connections` and
//! `no_io` need a process of their own, and `kills` the whole machine.

mod accounts;
mod budgets;
mod call;
mod cancel;
mod catch_up;
mod deliveries;
mod documents;
mod drift;
mod emulator;
mod emulator_accounts;
mod emulator_attack;
mod emulator_deliveries;
mod emulator_live;
mod emulator_oauth;
mod emulator_resources;
mod emulator_routes;
mod every_operation;
mod faults;
mod framing;
mod http2;
mod hyper;
mod import;
mod inbox;
mod inventory;
mod liberal_replies;
mod lists;
mod misbehaving;
mod operations;
mod pacer;
mod proxies;

mod receiver;
mod receiver_accounts;
mod requests;
mod retries;
mod round_trips;
mod session_model;
mod sessions;
mod settings;
mod stores;
mod sync;
mod tls;
mod tracing;
mod transports;
mod ureq;
