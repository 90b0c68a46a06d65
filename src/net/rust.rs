//! `sockets net rust`: a script as a Rust program.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use netlab::rust;
use netlab::script;

use super::{read, wrong};
use crate::cli::Context;
use crate::text::{Lang, say};

/// The command line of `net rust`.
pub(super) fn command(lang: Lang) -> Command {
    let file = Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf));
    Command::new("rust").about(say(lang, "net.rust", &[])).arg(file.help(say(lang, "net.arg.file", &[])))
}

/// Prints the program.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(ExitCode::from(2)) };
    let text = read(path)?;
    let script = match script::parse(&text) {
        Ok(script) => script,
        Err(error) => {
            eprintln!("{}:{}", path.display(), wrong(lang, &error, &text));
            return Ok(ExitCode::FAILURE);
        }
    };
    match rust::program(&script, in_comments(lang)) {
        Ok(program) => {
            print!("{program}");
            Ok(ExitCode::SUCCESS)
        }
        Err(not) => {
            eprintln!("{}: {}", path.display(), say(lang, &format!("net.rust-not.{}", not.id()), &[]));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The language of the comments in the program.
fn in_comments(lang: Lang) -> rust::Lang {
    match lang {
        Lang::En => rust::Lang::En,
        Lang::Ko => rust::Lang::Ko,
    }
}

#[cfg(test)]
mod tests {
    use netlab::rust::Not;

    use crate::text::{Lang, say};

    #[test]
    fn every_reason_why_there_is_no_program_has_words_in_both_languages() {
        for not in Not::ALL {
            let id = format!("net.rust-not.{}", not.id());
            assert!(say(Lang::En, &id, &[]).contains(not.english()), "{id}");
            assert!(!say(Lang::Ko, &id, &[]).is_ascii(), "{id}");
        }
    }
}
