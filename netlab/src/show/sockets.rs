//! The table of sockets at a moment of a run, like `ss -tuanp`.

use std::net::SocketAddr;

use super::play::LIMITS;
use crate::host::Listing;
use crate::json::Part::{N, Q};
use crate::json::{array, put};
use crate::run::{Options, Plan, Run, listing_after};
use crate::script::ast::Script;

/// The sockets of all hosts after record `n` of `run`, which played `script`
/// with `seed` and the limits of a page: a JSON array, a row a socket, orphans
/// and TIME-WAIT included. Empty if there is no such record.
#[must_use]
pub fn sockets(script: &Script, run: &Run, seed: u64, n: usize) -> String {
    let options = Options { seed, record: true, limits: LIMITS };
    let hosts = listing_after(script, options, run, n).unwrap_or_default();
    let rows = hosts.iter().enumerate().flat_map(|(host, rows)| rows.iter().map(move |row| (host, row)));
    let mut out = String::new();
    array(&mut out, rows, |out, (host, row)| write_row(out, &run.plan, host, row));
    out
}

fn write_row(out: &mut String, plan: &Plan, host: usize, row: &Listing) {
    let program = row.process.and_then(|process| {
        // Each program is a process, in the order of the programs of its host.
        plan.programs.iter().filter(|program| program.host == host).nth(process)
    });
    let program = program.map_or("", |program| &program.name);
    put(out, "{\"host\":%,\"program\":%,\"fd\":", &[Q(&plan.hosts[host].name), Q(program)]);
    array(out, &row.fds, |out, fd| put(out, "%", &[N((*fd).into())]));
    let (local, remote) = (address(row.local), address(row.remote));
    let parts = [Q(row.kind), Q(row.state.map_or("", |state| state.name())), Q(&local), Q(&remote)];
    put(out, ",\"kind\":%,\"state\":%,\"local\":%,\"remote\":%", &parts);
    put(out, ",\"recv\":%,\"send\":%}", &[N(row.receive_queue as i64), N(row.send_queue as i64)]);
}

/// `*` for what is not there, and for a port that is not chosen.
fn address(address: Option<SocketAddr>) -> String {
    match address {
        None => "*".to_owned(),
        Some(address) if address.port() == 0 => match address {
            SocketAddr::V4(at) => format!("{}:*", at.ip()),
            SocketAddr::V6(at) => format!("[{}]:*", at.ip()),
        },
        Some(address) => address.to_string(),
    }
}
