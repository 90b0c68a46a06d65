//! What of a solution stands in the handout, and what of a starter does not
//! stand in its solution.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Shorter lines are everybody's: `}`, `Ok(())`, `let n = 0;`.
const SUBSTANCE: usize = 24;

/// Stands in the comment above lines of a starter that the student is to
/// change; they end at the next empty line.
const TO_CHANGE: &str = "Yours to change";

/// A line of code where it must not be, or is missing where it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file that holds it.
    pub file: PathBuf,
    /// From 1.
    pub number: usize,
    /// Without the white space around it.
    pub text: String,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.number, self.text)
    }
}

/// Lines of `solution` that stand in the files under `handout`, other than
/// those that `starter` has as well. The third hints of a `lab.toml` are there
/// to say nearly the answer, and are not searched.
///
/// # Errors
///
/// A file cannot be read.
pub fn leaks(handout: &Path, starter: &Path, solution: &Path) -> std::io::Result<Vec<Line>> {
    let shared: BTreeSet<String> = lines(starter)?.map(|line| line.text).collect();
    let secret: BTreeSet<String> = lines(solution)?
        .map(|line| line.text)
        .filter(|text| text.len() >= SUBSTANCE && !["//", "use "].iter().any(|start| text.starts_with(start)))
        .filter(|text| !shared.contains(text))
        .collect();
    let mut found = Vec::new();
    let files = WalkDir::new(handout).into_iter().filter_entry(|entry| entry.file_name() != "target");
    let told = |entry: &walkdir::DirEntry| entry.file_type().is_file() && entry.file_name() != "lab.toml";
    for entry in files.filter_map(Result::ok).filter(told) {
        let Ok(lines) = lines(entry.path()) else { continue };
        found.extend(lines.filter(|line| secret.iter().any(|text| line.text.contains(text.as_str()))));
    }
    Ok(found)
}

/// Lines of `starter` that do not occur in `solution`, where they are code, no
/// `todo!`, and not the student's to change. Imports are left to the compiler.
///
/// # Errors
///
/// A file cannot be read.
pub fn drift(starter: &Path, solution: &Path) -> std::io::Result<Vec<Line>> {
    let solved: BTreeSet<String> = lines(solution)?.map(|line| plain(&line.text)).collect();
    let mut to_change = false;
    let mut found = Vec::new();
    for line in lines(starter)? {
        to_change = line.text.contains(TO_CHANGE) || (to_change && !line.text.is_empty());
        let is_code = !line.text.is_empty() && !line.text.starts_with("//") && !line.text.starts_with("use ");
        if is_code && !to_change && !line.text.contains("todo!(") && !solved.contains(&plain(&line.text)) {
            found.push(line);
        }
    }
    Ok(found)
}

/// Without what a solution may add to a line: `mut`, and the use of a name.
fn plain(text: &str) -> String {
    text.trim_start_matches('_').replace("mut ", "").replace("(_", "(").replace(" _", " ")
}

fn lines(file: &Path) -> std::io::Result<impl Iterator<Item = Line> + use<>> {
    let text = fs::read_to_string(file)?;
    let lines: Vec<Line> = text
        .lines()
        .enumerate()
        .map(|(n, text)| Line { file: file.to_path_buf(), number: n + 1, text: text.trim().to_string() })
        .collect();
    Ok(lines.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_solution_is_found_in_the_handout_and_a_shared_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let starter = write("labs/main.rs", "let shared_by_both = number(1);\nfn f(_x: u8) { todo!(\"x\") }\n");
        let solution = write("solution.rs", "let shared_by_both = number(1);\nstream.write_all(&buf[..n])?;\n");
        let labs = dir.path().join("labs");
        assert_eq!(leaks(&labs, &starter, &solution).unwrap(), []);
        let told = write("labs/README.md", "hint = 'stream.write_all(&buf[..n])?; is it'\n");
        let found = leaks(&labs, &starter, &solution).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].file.as_path(), found[0].number), (told.as_path(), 1));
    }

    #[test]
    fn a_starter_line_that_the_solution_lacks_is_drift() {
        let dir = tempfile::tempdir().unwrap();
        let (starter, solution) = (dir.path().join("a.rs"), dir.path().join("b.rs"));
        fs::write(
            &starter,
            "fn echo(_stream: T) {\n    todo!(\"x\")\n}\nlet gone = 1;\n// Yours to change: this.\nlet mine = 1;\n",
        )
        .unwrap();
        fs::write(&solution, "fn echo(mut stream: T) {\n    stream.go()\n}\n").unwrap();
        let found = drift(&starter, &solution).unwrap();
        assert_eq!(found.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["let gone = 1;"]);
    }
}
