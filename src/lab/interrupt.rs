//! Ctrl-C while cargo runs. The checks run in a process group of their own,
//! which the terminal's signal does not reach: we hear it, and end them.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use super::run::Stop;

/// Hears SIGINT and SIGTERM.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    came: bool,
    stop: Option<Stop>,
    tell: Option<Sender<()>>,
}

impl Interrupt {
    /// From now on a signal is heard and no longer ends the process by itself.
    pub(super) fn listen() -> std::io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        let heard = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        #[cfg(unix)]
        let mut term = {
            let _inside = runtime.enter();
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?
        };
        #[cfg(unix)]
        let mut int = {
            let _inside = runtime.enter();
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?
        };
        std::thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    #[cfg(unix)]
                    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
                    #[cfg(not(unix))]
                    if tokio::signal::ctrl_c().await.is_err() {
                        return;
                    }
                    heard.happen();
                }
            });
        });
        Ok(interrupt)
    }

    fn happen(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.came = true;
        if let Some(stop) = &state.stop {
            stop.now();
        }
        if let Some(tell) = &state.tell {
            // Nobody waits any more: then nobody need be woken.
            tell.send(()).ok();
        }
    }

    /// The next signal (or one that came already) also ends this run.
    pub(super) fn ends(&self, stop: &Stop) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.came {
            stop.now();
        }
        state.stop = Some(stop.clone());
    }

    /// The next signal is also told here.
    pub(super) fn tells(&self, tell: Sender<()>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.tell = Some(tell);
    }

    /// Whether a signal came.
    pub(super) fn came(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).came
    }
}
